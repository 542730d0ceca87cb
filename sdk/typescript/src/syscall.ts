// System calls of the microkernel; syscall.h implements them with one SYSCALL instruction each

/** Makes a call with the extension's handle in REG0 and up to three more arguments. Result: its status. */
export declare function callStatus(call: u32, reg1: u64, reg2: u64, reg3: u64): u64;

/**
 * Makes a call whose REG0 is its output. A call that fails raises a breakpoint exception, which is how an extension
 * asserts: the fail callback is told.
 */
export declare function callValue(call: u32, reg1: u64, reg2: u64, reg3: u64): u64;

/** Makes a debug call: no handle, REG0 and REG1 are arguments. */
export declare function callDebug(call: u32, reg0: u64, reg1: u64): void;

/** Ends the callback as a failed assertion. */
export declare function assertionFailed(): void;
