// Generated from abi/src by `bf build abi`. Do not edit.

// Status codes: RAX after a system call

export const STATUS_SUCCESS: u64 = 0x0;
export const STATUS_FAILURE_UNKNOWN: u64 = 0xdead000000010001;
export const STATUS_FAILURE_INVALID_HANDLE: u64 = 0xdead000000020001;
export const STATUS_FAILURE_UNSUPPORTED: u64 = 0xdead000000040001;
/** Version 2: the extension takes no message now. */
export const STATUS_FAILURE_BUSY: u64 = 0xdead000000080001;
/** Version 2: the extension has failed for good on this processor. */
export const STATUS_FAILURE_DEAD: u64 = 0xdead000000100001;
export const STATUS_INVALID_PERM_DENIED: u64 = 0xdead000000010002;
export const STATUS_INVALID_INPUT_REG0: u64 = 0xdead000000010003;
export const STATUS_INVALID_INPUT_REG1: u64 = 0xdead000000020003;
export const STATUS_INVALID_INPUT_REG2: u64 = 0xdead000000040003;
export const STATUS_INVALID_INPUT_REG3: u64 = 0xdead000000080003;
export const STATUS_INVALID_INPUT_REG4: u64 = 0xdead000000100003;
export const STATUS_INVALID_INPUT_REG5: u64 = 0xdead000000200003;
export const STATUS_INVALID_OUTPUT_REG0: u64 = 0xdead000000400003;
export const STATUS_INVALID_OUTPUT_REG1: u64 = 0xdead000000800003;
export const STATUS_INVALID_OUTPUT_REG2: u64 = 0xdead000001000003;
export const STATUS_INVALID_OUTPUT_REG3: u64 = 0xdead000002000003;
export const STATUS_INVALID_OUTPUT_REG4: u64 = 0xdead000004000003;
export const STATUS_INVALID_OUTPUT_REG5: u64 = 0xdead000008000003;
