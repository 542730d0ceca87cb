// Work for one processor: what to do there, and how it went

/** The operation was carried out. */
export const RUN_DONE: u32 = 0;
/** The processor did not begin: it is offline, or the wait was interrupted before. */
export const RUN_CANCELLED: u32 = 1;
/** The wait was interrupted and the processor never came back: it may do so at any later time. */
export const RUN_LOST: u32 = 2;

/** Check whether the processor can do what the kernel needs; changes nothing. */
export const OPERATION_CHECK: u32 = 1;
/** Put the operating system into a VM on this processor. */
export const OPERATION_ENTER: u32 = 2;
/** Take the operating system out of its VM on this processor. */
export const OPERATION_LEAVE: u32 = 3;
/** Make a hypercall on this processor. */
export const OPERATION_CALL: u32 = 4;
/** Make the microkernel drop its translations on this processor. */
export const OPERATION_FLUSH: u32 = 5;
/** Ask whether a hypervisor runs on this processor. */
export const OPERATION_FIND: u32 = 6;
/** Let this processor's stop end here, where another loader has started it. */
export const OPERATION_ADOPT: u32 = 7;
/** See whether this processor is still in its VM. */
export const OPERATION_LOOK: u32 = 8;
