// What is left of an instruction that was skipped, on both vendors
//
// Completing an instruction is more than its RIP (APM volume 2, 13.1; SDM volume 3, 18.2 and 18.3):
//
//     RFLAGS.RF          0 again: an instruction breakpoint on the next instruction counts
//     interrupt shadows  of STI and MOV SS end
//     RFLAGS.TF          #DB follows, a trap with DR6.BS set, unless DEBUGCTL.BTF asks for branches alone: none is skipped
//
// A skip without any of the flags is what nearly every exit ends in; how each vendor does the rest stands in completion.ts
// of amd/ and intel/. An event that an extension injects meanwhile goes first, and the trap is lost: neither vendor has
// room for both (APM volume 2, 15.20; SDM volume 3, 27.7.3).

export const RFLAGS_TF: u64 = 1 << 8;
export const RFLAGS_RF: u64 = 1 << 16;
/** Flags that make a skip more than its RIP. */
export const RFLAGS_DEBUG: u64 = RFLAGS_TF | RFLAGS_RF;
/** DEBUGCTL.BTF: single-step on branches. */
export const DEBUGCTL_BTF: u64 = 2;
/** DR6.BS, and the same bit of Intel's pending debug exceptions. */
export const DEBUG_STEP: u64 = 1 << 14;
