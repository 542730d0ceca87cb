// Why a VM exits
//
// An EXIT_* is this processor's number of a reason that both vendors have (APM volume 2, appendix C; SDM volume 3,
// appendix C): compare it with what the vmexit callback gets. Other reasons are AMD_EXIT_* and INTEL_EXIT_*.

import * as portable from "../../../../abi/generated/bare/portable";
import { native } from "../vendor/vendor";

export const EXIT_CPUID: u64 = native(portable.EXIT_CPUID);
export const EXIT_EXTERNAL_INTERRUPT: u64 = native(portable.EXIT_EXTERNAL_INTERRUPT);
export const EXIT_HLT: u64 = native(portable.EXIT_HLT);
/** VMMCALL, VMCALL. */
export const EXIT_HYPERCALL: u64 = native(portable.EXIT_HYPERCALL);
export const EXIT_INTERRUPT_WINDOW: u64 = native(portable.EXIT_INTERRUPT_WINDOW);
export const EXIT_INVD: u64 = native(portable.EXIT_INVD);
export const EXIT_INVLPG: u64 = native(portable.EXIT_INVLPG);
export const EXIT_IO: u64 = native(portable.EXIT_IO);
export const EXIT_MONITOR: u64 = native(portable.EXIT_MONITOR);
export const EXIT_MWAIT: u64 = native(portable.EXIT_MWAIT);
/** EPT violations, in Intel's words. */
export const EXIT_NESTED_PAGE_FAULT: u64 = native(portable.EXIT_NESTED_PAGE_FAULT);
export const EXIT_PAUSE: u64 = native(portable.EXIT_PAUSE);
export const EXIT_RDPMC: u64 = native(portable.EXIT_RDPMC);
export const EXIT_RDTSC: u64 = native(portable.EXIT_RDTSC);
export const EXIT_RDTSCP: u64 = native(portable.EXIT_RDTSCP);
/** A triple fault. */
export const EXIT_SHUTDOWN: u64 = native(portable.EXIT_SHUTDOWN);
export const EXIT_WBINVD: u64 = native(portable.EXIT_WBINVD);
export const EXIT_XSETBV: u64 = native(portable.EXIT_XSETBV);
