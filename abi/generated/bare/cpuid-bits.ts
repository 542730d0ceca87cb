// Generated from abi/src by `bf build abi`. Do not edit.

// Bits of CPUID that show the VM's state: leaf, bit, and what they follow

/** ECX of subleaf 0, and of every other: the leaf has none. */
export const CPUID_OSXSAVE_LEAF: u64 = 0x1;
export const CPUID_OSXSAVE_BIT: u64 = 0x8000000;
/** CR4.OSXSAVE. */
export const CPUID_OSXSAVE_CR4: u64 = 0x40000;
/** ECX of subleaf 0. */
export const CPUID_OSPKE_LEAF: u64 = 0x7;
export const CPUID_OSPKE_BIT: u64 = 0x10;
/** CR4.PKE. */
export const CPUID_OSPKE_CR4: u64 = 0x400000;
/** EBX, on Intel. */
export const CPUID_AESKLE_LEAF: u64 = 0x19;
export const CPUID_AESKLE_BIT: u64 = 0x1;
/** CR4.KL. */
export const CPUID_AESKLE_CR4: u64 = 0x80000;
/** EDX, on Intel: only in 64-bit code is there such an instruction. */
export const CPUID_SYSCALL_LEAF: u64 = 0x80000001;
export const CPUID_SYSCALL_BIT: u64 = 0x800;
/** EFER.LMA, without which CS.L says nothing. */
export const CPUID_SYSCALL_EFER: u64 = 0x400;
