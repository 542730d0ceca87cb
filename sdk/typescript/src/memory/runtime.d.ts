// What asc's runtimes have and its declarations leave out

/** Frees every managed object that no variable of a module leads to; variables of functions do not count. */
declare function __collect(): void;
