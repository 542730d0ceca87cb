// System calls of the microkernel; syscall.h implements them with one SYSCALL instruction each

/** Makes a call with the extension's handle in REG0 and up to three more arguments. Result: its status. */
export declare function callStatus(call: u32, reg1: u64, reg2: u64, reg3: u64): u64;

/** The same for a call that succeeds unless the extension is wrong: otherwise it asserts, as callValue does. */
export function callRequired(call: u32, reg1: u64, reg2: u64, reg3: u64): void {
  callValue(call, reg1, reg2, reg3);
}

/**
 * Makes a call whose REG0 is its output. A call that fails raises a breakpoint exception, which is how an extension
 * asserts: the fail callback is told.
 */
export declare function callValue(call: u32, reg1: u64, reg2: u64, reg3: u64): u64;

/** The same, for calls that may fail without anybody's fault: 0 when it does. */
export declare function callOrZero(call: u32, reg1: u64, reg2: u64, reg3: u64): u64;

/** The same as callStatus, for calls whose REG0 is an output: callOutput() is that, until the next such call. */
export declare function callWithOutput(call: u32, reg1: u64, reg2: u64, reg3: u64): u64;
export declare function callOutput(): u64;

/** Makes a debug call: no handle, REG0 and REG1 are arguments. */
export declare function callDebug(call: u32, reg0: u64, reg1: u64): void;

/** Ends the callback as a failed assertion. */
export declare function assertionFailed(): void;

/** Asserts that a call succeeds, which has not: the call is reported. */
export declare function refuse(call: u32, reg1: u64, reg2: u64, status: u64): void;

/** What an assertion was about, until forgetRefusal(): call, REG1, REG2, status; the call is 0 when it was about none. */
export declare function refusal(index: u32): u64;
export declare function forgetRefusal(): void;

/** Has the dispatcher, a function of the module's table, called for every exit of an extension without a vmexit. */
export declare function useDispatcher(index: u32): void;
/** The same for the fail callback of an extension without a fail. */
export declare function useFailHandler(index: u32): void;
/** Has a function without parameters called once, on the first processor, before any callback. */
export declare function useLoader(index: u32): void;
/** Has a function called with each error that nobody caught, and another one with the reason of each trap. */
export declare function useUncaughtHandler(index: u32): void;
export declare function useThrower(index: u32): void;
/** Makes the extension a service, and has a function called with each request of another extension. */
export declare function useAnswerer(index: u32): void;
