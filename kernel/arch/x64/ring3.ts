// What ring 3 finds in a processor: every register that it can read or write, and what becomes of it
//
// Extensions do not trust one another. What one leaves in the processor, another must not find, and what it spoils, the next
// one must not suffer from; nor may its own fail callback, which has to run whatever it did before.
//
//     State                      Decision                                            Where
//     general registers          a callback gets its arguments and zeroes; a call    CALL_BACK and RETURN in entry.h;
//                                returns its results, and what functions preserve    the seat
//     RFLAGS                     callbacks begin with 2; the kernel with TF, DF,     entry.S: SFMASK, popfq
//                                NT and AC clear, whatever way leads into it
//     FS base, thread pointer    set when an extension is entered in another way     resetRing3(), here; VMLOAD and the
//                                than behind its own system call; VM exits load it   host state after VM exits
//     GS base                    0, in the same way                                  the same
//     DS, ES, FS, GS             null, in the same way; ring 3 finds nothing but     resetRing3(); descriptors.ts
//                                the stack segment to load
//     LDTR, GDTR, IDTR, TR       not its to load; it may read them where there is    descriptors.ts; CR4.UMIP
//                                no UMIP: constants
//     x87, MMX, XMM, YMM, ZMM,   its own, apart from every guest's and every other   fpu.ts: CR0.TS
//     opmasks, tiles, MXCSR,     extension's; initial in a fail callback
//     PKRU and bounds by XRSTOR
//     XCR0                       XGETBV shows that of the VS that is loaded; AVX     switched.ts
//                                works as far as that has it
//     PKRU                       CR4.PKE is clear: no effect, RDPKRU and WRPKRU #UD  processor.ts
//     FS and GS by WRFSBASE      CR4.FSGSBASE is clear: #UD                          processor.ts
//     debug registers            not its to touch; VM exits clear DR7                VMRUN, VM exits
//     control registers, MSRs    by system calls alone                               shadowed-msrs.ts
//     counters by RDPMC          CR4.PCE is clear: #GP                               processor.ts
//     TSC, TSC_AUX               readable, the machine's: TSC_AUX is what the guest  -
//                                had written
//     shadow stack pointer       CR4.CET is clear: none                              processor.ts
//     ports                      by its manifest                                     descriptors.ts
//     predictors, buffers        barriers where the processor needs them             speculation.ts
//     caches                     shared: extensions are not kept apart by them       docs/caveats.md
//
// Manual: APM volume 1, 3.1, and volume 2, 3.1 and 4.5; SDM volume 1, 3.4 and 13.5.

import { clearSegments, wrmsr } from "./cpu";
import { beginFailFpu, hideFpu } from "./fpu";

const MSR_FS_BASE: u32 = 0xc000_0100;
const MSR_GS_BASE: u32 = 0xc000_0101;

/** An extension is entered elsewhere than behind its own system call: it finds nothing of whoever ran before. */
export function resetRing3(threadPointer: u64): void {
  hideFpu();
  // A null selector leaves the base as it is on AMD, and clears it on Intel
  clearSegments();
  wrmsr(MSR_FS_BASE, threadPointer);
  wrmsr(MSR_GS_BASE, 0);
}

/** Its fail callback is entered. */
export function resetForFail(threadPointer: u64): void {
  resetRing3(threadPointer);
  beginFailFpu();
}
