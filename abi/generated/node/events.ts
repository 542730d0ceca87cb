// Generated from abi/src by `bf build abi`. Do not edit.

// An event that a VM finds when it runs next

export const EVENT_VECTOR = 0xffn;
export const EVENT_TYPE = 0x700n;
/** The error code counts. */
export const EVENT_WITH_CODE = 0x800n;
export const EVENT_VALID = 0x80000000n;
/** Of EVENT_TYPE, as those below. */
export const EVENT_TYPE_INTERRUPT = 0x0n;
export const EVENT_TYPE_NMI = 0x200n;
export const EVENT_TYPE_EXCEPTION = 0x300n;
/** What an instruction raises. On Intel this and those above: INT n, ICEBP, INT3 and INTO. */
export const EVENT_TYPE_SOFTWARE = 0x400n;
