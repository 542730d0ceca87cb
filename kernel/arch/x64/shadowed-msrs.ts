// MSRs that host mode lives by: an extension may read them, and write back what it read

const MSR_SYSENTER_CS: u32 = 0x174;
const MSR_SYSENTER_EIP: u32 = 0x176;
const MSR_PAT: u32 = 0x277;
const MSR_EFER: u32 = 0xc000_0080;
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
