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

/** APM volume 2, 3.1.3: CR4. */
export const CR4_TSD: u64 = 1 << 2;
export const CR4_PAE: u64 = 1 << 5;
export const CR4_MCE: u64 = 1 << 6;
export const CR4_OSFXSR: u64 = 1 << 9;
export const CR4_OSXMMEXCPT: u64 = 1 << 10;
export const CR4_UMIP: u64 = 1 << 11;
export const CR4_LA57: u64 = 1 << 12;
export const CR4_OSXSAVE: u64 = 1 << 18;
export const CR4_SMEP: u64 = 1 << 20;
export const CR4_SMAP: u64 = 1 << 21;
