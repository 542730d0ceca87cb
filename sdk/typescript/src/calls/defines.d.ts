// What the toolchain may define; only isDefined() looks at it

/** The extension has one instance for all processors. */
declare const SHARED_INSTANCE: bool;
