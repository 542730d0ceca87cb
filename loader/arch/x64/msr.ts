// Model-specific registers and bits that the loader reads

/** APM volume 2, 3.1.7: extended feature enable register. */
export const MSR_EFER: u32 = 0xc000_0080;
export const EFER_SCE: u64 = 1 << 0;
export const EFER_LME: u64 = 1 << 8;
export const EFER_LMA: u64 = 1 << 10;
export const EFER_NXE: u64 = 1 << 11;
export const EFER_SVME: u64 = 1 << 12;

/** APM volume 2, 6.1: system call registers. */
export const MSR_STAR: u32 = 0xc000_0081;
export const MSR_LSTAR: u32 = 0xc000_0082;
export const MSR_CSTAR: u32 = 0xc000_0083;
export const MSR_SFMASK: u32 = 0xc000_0084;
export const MSR_SYSENTER_CS: u32 = 0x174;
export const MSR_SYSENTER_ESP: u32 = 0x175;
export const MSR_SYSENTER_EIP: u32 = 0x176;

/** APM volume 2, 4.5.3: segment bases in 64-bit mode. */
export const MSR_FS_BASE: u32 = 0xc000_0100;
export const MSR_GS_BASE: u32 = 0xc000_0101;
export const MSR_KERNEL_GS_BASE: u32 = 0xc000_0102;

/** APM volume 2, 7.8.1: page attribute table. */
export const MSR_PAT: u32 = 0x277;
/** APM volume 2, 13.1.1: debug control. */
export const MSR_DEBUGCTL: u32 = 0x1d9;

/** APM volume 2, 15.30.1: VM_CR. */
export const MSR_VM_CR: u32 = 0xc001_0114;
export const VM_CR_SVMDIS: u64 = 1 << 4;
/** APM volume 2, 15.30.4: VM_HSAVE_PA. */
export const MSR_VM_HSAVE_PA: u32 = 0xc001_0117;

/** SDM volume 4, 2.1, IA32_SPEC_CTRL; APM volume 2, 3.2.9. */
export const SPEC_CTRL_IBRS: u64 = 1 << 0;
export const SPEC_CTRL_STIBP: u64 = 1 << 1;
export const SPEC_CTRL_RRSBA_DIS_S: u64 = 1 << 6;
export const SPEC_CTRL_BHI_DIS_S: u64 = 1 << 10;

/** SDM volume 3, 24.7: whether the firmware allows VMXON outside of SMX. */
export const MSR_FEATURE_CONTROL: u32 = 0x3a;
export const FEATURE_CONTROL_LOCK: u64 = 1 << 0;
export const FEATURE_CONTROL_VMXON: u64 = 1 << 2;

/** SDM volume 3, appendix A: what VMX can do. */
export const MSR_VMX_BASIC: u32 = 0x480;
export const MSR_VMX_PIN: u32 = 0x481;
export const MSR_VMX_PROCESSOR: u32 = 0x482;
export const MSR_VMX_EXIT: u32 = 0x483;
export const MSR_VMX_ENTRY: u32 = 0x484;
export const MSR_VMX_CR0_FIXED0: u32 = 0x486;
export const MSR_VMX_CR0_FIXED1: u32 = 0x487;
export const MSR_VMX_CR4_FIXED0: u32 = 0x488;
export const MSR_VMX_CR4_FIXED1: u32 = 0x489;
export const MSR_VMX_SECONDARY: u32 = 0x48b;
export const MSR_VMX_EPT_VPID: u32 = 0x48c;
export const MSR_VMX_TRUE_PROCESSOR: u32 = 0x48e;

/** APM volume 2, 3.1.3: CR4; VMXE: SDM volume 3, 2.5. */
export const CR4_TSD: u64 = 1 << 2;
export const CR4_PAE: u64 = 1 << 5;
export const CR4_MCE: u64 = 1 << 6;
export const CR4_OSFXSR: u64 = 1 << 9;
export const CR4_OSXMMEXCPT: u64 = 1 << 10;
export const CR4_UMIP: u64 = 1 << 11;
export const CR4_LA57: u64 = 1 << 12;
export const CR4_VMXE: u64 = 1 << 13;
export const CR4_OSXSAVE: u64 = 1 << 18;
export const CR4_SMEP: u64 = 1 << 20;
export const CR4_SMAP: u64 = 1 << 21;
