// Generated from abi/src by `bf build abi`. Do not edit.

// What an SDK does about an exit that no handler wants, by its reason up to LAST_ANSWERED; FAIL above

export const ANSWER_FAIL: u32 = 0;
export const ANSWER_UNDEFINED: u32 = 1;
export const ANSWER_MISSING: u32 = 2;
export const ANSWER_SKIP: u32 = 3;
export const ANSWER_RUN: u32 = 4;
export const ANSWER_FLUSH: u32 = 5;
export const ANSWER_CPUID: u32 = 6;
export const ANSWER_TIME: u32 = 7;
export const ANSWER_IO: u32 = 8;
export const ANSWER_MSR: u32 = 9;
export const ANSWER_CONTROL: u32 = 10;
export const ANSWER_XSETBV: u32 = 11;
export const ANSWER_EVENT: u32 = 12;
export const ANSWER_WINDOW: u32 = 13;
export const ANSWER_NMI_WINDOW: u32 = 14;
export const ANSWER_RESET: u32 = 15;

export const LAST_ANSWERED: u64 = 255;
export const AMD_ANSWERS: usize = memory.data<u8>([
  10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10,
  10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10,
  2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
  2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
  12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12,
  12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12,
  0, 0, 0, 0, 13, 10, 2, 2, 2, 2, 2, 2, 2, 2, 7, 2,
  2, 2, 6, 1, 2, 2, 3, 3, 3, 5, 1, 8, 9, 2, 0, 15,
  1, 1, 1, 1, 1, 1, 1, 7, 2, 3, 3, 3, 3, 11, 1, 4,
  4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4,
  1, 1, 5, 1, 1, 0, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2,
  2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
  2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
  2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
  2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
  2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
]);
export const INTEL_ANSWERS: usize = memory.data<u8>([
  12, 0, 15, 0, 0, 0, 0, 13, 14, 2, 6, 1, 3, 3, 5, 2,
  7, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 10, 2, 8, 9,
  9, 0, 0, 2, 3, 4, 2, 3, 3, 0, 2, 4, 0, 4, 2, 2,
  0, 0, 1, 7, 4, 1, 3, 11, 4, 2, 5, 1, 1, 2, 0, 2,
  2, 1, 0, 3, 3, 1, 1, 2, 2, 2, 4, 4, 1, 1, 2, 2,
  2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
  2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
  2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
  2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
  2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
  2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
  2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
  2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
  2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
  2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
  2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
]);
