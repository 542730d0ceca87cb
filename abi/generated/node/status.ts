// Generated from abi/src by `bf build abi`. Do not edit.

// Status codes: RAX after a system call

export const STATUS_SUCCESS = 0x0n;
export const STATUS_FAILURE_UNKNOWN = 0xdead000000010001n;
export const STATUS_FAILURE_INVALID_HANDLE = 0xdead000000020001n;
export const STATUS_FAILURE_UNSUPPORTED = 0xdead000000040001n;
/** Version 2: the extension takes no message now. */
export const STATUS_FAILURE_BUSY = 0xdead000000080001n;
/** Version 2: the extension has failed for good on this processor. */
export const STATUS_FAILURE_DEAD = 0xdead000000100001n;
export const STATUS_INVALID_PERM_DENIED = 0xdead000000010002n;
export const STATUS_INVALID_INPUT_REG0 = 0xdead000000010003n;
export const STATUS_INVALID_INPUT_REG1 = 0xdead000000020003n;
export const STATUS_INVALID_INPUT_REG2 = 0xdead000000040003n;
export const STATUS_INVALID_INPUT_REG3 = 0xdead000000080003n;
export const STATUS_INVALID_INPUT_REG4 = 0xdead000000100003n;
export const STATUS_INVALID_INPUT_REG5 = 0xdead000000200003n;
export const STATUS_INVALID_OUTPUT_REG0 = 0xdead000000400003n;
export const STATUS_INVALID_OUTPUT_REG1 = 0xdead000000800003n;
export const STATUS_INVALID_OUTPUT_REG2 = 0xdead000001000003n;
export const STATUS_INVALID_OUTPUT_REG3 = 0xdead000002000003n;
export const STATUS_INVALID_OUTPUT_REG4 = 0xdead000004000003n;
export const STATUS_INVALID_OUTPUT_REG5 = 0xdead000008000003n;
