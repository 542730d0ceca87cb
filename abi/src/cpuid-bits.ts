// Bits of CPUID that depend on who executes it: host mode finds its own, and a VM must find its own
//
// Leaf 0Dh is none of them: the XCR0 and XSS of the VM stay loaded in host mode. APM volume 3, appendix E; SDM volume 2,
// CPUID.

import { type Table, table } from "./schema.ts";

export const followers: Table = table(
  "cpuid-bits",
  "Bits of CPUID that show the VM's state: leaf, bit, and what they follow",
  "u64",
  {
    CPUID_OSXSAVE_LEAF: [1, "ECX of subleaf 0, and of every other: the leaf has none."],
    CPUID_OSXSAVE_BIT: 1n << 27n,
    CPUID_OSXSAVE_CR4: [1n << 18n, "CR4.OSXSAVE."],
    CPUID_OSPKE_LEAF: [7, "ECX of subleaf 0."],
    CPUID_OSPKE_BIT: 1n << 4n,
    CPUID_OSPKE_CR4: [1n << 22n, "CR4.PKE."],
    CPUID_AESKLE_LEAF: [0x19, "EBX, on Intel."],
    CPUID_AESKLE_BIT: 1n << 0n,
    CPUID_AESKLE_CR4: [1n << 19n, "CR4.KL."],
    CPUID_SYSCALL_LEAF: [0x8000_0001n, "EDX, on Intel: only in 64-bit code is there such an instruction."],
    CPUID_SYSCALL_BIT: 1n << 11n,
    CPUID_SYSCALL_EFER: [1n << 10n, "EFER.LMA, without which CS.L says nothing."],
  },
);
