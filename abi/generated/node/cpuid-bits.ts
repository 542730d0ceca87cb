// Generated from abi/src by `bf build abi`. Do not edit.

// Bits of CPUID that show the VM's state: leaf, bit, and what they follow

/** ECX of subleaf 0, and of every other: the leaf has none. */
export const CPUID_OSXSAVE_LEAF = 0x1n;
export const CPUID_OSXSAVE_BIT = 0x8000000n;
/** CR4.OSXSAVE. */
export const CPUID_OSXSAVE_CR4 = 0x40000n;
/** ECX of subleaf 0. */
export const CPUID_OSPKE_LEAF = 0x7n;
export const CPUID_OSPKE_BIT = 0x10n;
/** CR4.PKE. */
export const CPUID_OSPKE_CR4 = 0x400000n;
/** EBX, on Intel. */
export const CPUID_AESKLE_LEAF = 0x19n;
export const CPUID_AESKLE_BIT = 0x1n;
/** CR4.KL. */
export const CPUID_AESKLE_CR4 = 0x80000n;
/** EDX, on Intel: only in 64-bit code is there such an instruction. */
export const CPUID_SYSCALL_LEAF = 0x80000001n;
export const CPUID_SYSCALL_BIT = 0x800n;
/** EFER.LMA, without which CS.L says nothing. */
export const CPUID_SYSCALL_EFER = 0x400n;
