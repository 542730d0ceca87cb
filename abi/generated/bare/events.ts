// Generated from abi/src by `bf build abi`. Do not edit.

// An event that a VM finds when it runs next

export const EVENT_VECTOR: u64 = 0xff;
export const EVENT_TYPE: u64 = 0x700;
/** The error code counts. */
export const EVENT_WITH_CODE: u64 = 0x800;
export const EVENT_VALID: u64 = 0x80000000;
/** Of EVENT_TYPE, as those below. */
export const EVENT_TYPE_INTERRUPT: u64 = 0x0;
export const EVENT_TYPE_NMI: u64 = 0x200;
export const EVENT_TYPE_EXCEPTION: u64 = 0x300;
/** What an instruction raises. On Intel this and those above: INT n, ICEBP, INT3 and INTO. */
export const EVENT_TYPE_SOFTWARE: u64 = 0x400;
