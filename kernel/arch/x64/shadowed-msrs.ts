// MSRs that host mode lives by: an extension may read them, and write back what it read

import { poke64 } from "../../../bsl/src/memory";
import { tryRdmsr } from "./cpu";
import { HOST_SFMASK, HOST_STAR } from "./host-registers";
import { isIntel } from "./vendor";

const MSR_SYSENTER_CS: u32 = 0x174;
const MSR_SYSENTER_EIP: u32 = 0x176;
const MSR_PAT: u32 = 0x277;
const MSR_EFER: u32 = 0xc000_0080;
const MSR_STAR: u32 = 0xc000_0081;
const MSR_CSTAR: u32 = 0xc000_0083;
const MSR_SFMASK: u32 = 0xc000_0084;
const MSR_FS_BASE: u32 = 0xc000_0100;
const MSR_KERNEL_GS_BASE: u32 = 0xc000_0102;
const MSR_VM_CR: u32 = 0xc001_0114;
const MSR_VM_HSAVE_PA: u32 = 0xc001_0117;

/** Whether a write of another value would pull the ground from under the kernel. */
export function isShadowed(msr: u32): bool {
  if (msr >= MSR_SYSENTER_CS && msr <= MSR_SYSENTER_EIP) return true;
  if (msr >= MSR_EFER && msr <= MSR_SFMASK) return true;
  if (msr >= MSR_FS_BASE && msr <= MSR_KERNEL_GS_BASE) return true;
  return msr == MSR_PAT || msr == MSR_VM_CR || msr == MSR_VM_HSAVE_PA;
}

/** Reads an MSR as it is in host mode into the native u64 at `out`; false when the processor does not have it. */
export function readMsr(msr: u32, out: u64): bool {
  if (!isIntel() || !isGuests(msr)) return tryRdmsr(msr, out) != 0;
  poke64(out, msr == MSR_STAR ? HOST_STAR : msr == MSR_SFMASK ? HOST_SFMASK : 0);
  return true;
}

/** Whether the assembly leaves a guest's value in it on Intel, because host mode does without. */
function isGuests(msr: u32): bool {
  return msr == MSR_STAR || msr == MSR_SFMASK || msr == MSR_CSTAR || msr == MSR_KERNEL_GS_BASE;
}
