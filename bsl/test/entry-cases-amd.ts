// States that VMRUN refuses on AMD, each in one thing, and the rule that each breaks

import type { Cpuid, Registers } from "./entry-checks.ts";

export const bit = (index: number) => 1n << BigInt(index);
export const TOO_WIDE = bit(48);

/** With everything that CR4 and EFER have bits for. */
export const cpuid: Cpuid = {
  0: [0xd, 0, 0, 0],
  1: [0, 0, bit32(17) | bit32(26), 0],
  7: [0, bit32(0) | bit32(7) | bit32(20), bit32(2) | bit32(3) | bit32(7) | bit32(16), 0],
  2147483648: [0x8000_0021 | 0, 0, 0, 0],
  2147483649: [0, 0, bit32(2) | bit32(17), bit32(20) | bit32(25)],
  2147483656: [0x3030, bit32(8) | bit32(13), 0, 0],
  2147483681: [bit32(7) | bit32(8), 0, 0, 0],
};
/** A processor that lacks all of it but SVM. */
const plain: Cpuid = {
  2147483648: [0x8000_0008 | 0, 0, 0, 0],
  2147483649: [0, 0, bit32(2), 0],
  2147483656: [0x3030, 0, 0, 0],
};

function bit32(index: number): number {
  return (1 << index) | 0;
}

export const linux: Registers = {
  efer: 0x1d01n,
  cr0: 0x8005_0033n,
  cr3: 0x2_1234_5abcn,
  cr4: 0x37_06f0n,
  dr6: 0xffff_0ff0n,
  dr7: 0x400n,
  cs_attrib: 0xa9bn,
  intercept_instruction2: 1n,
  msrpm_base_pa: TOO_WIDE - 0x2000n,
  iopm_base_pa: TOO_WIDE - 0x3000n,
  guest_asid: 1n,
  pat: 0x407_0504_0107_0406n,
};
export const nested: Registers = { ctls1: 1n, n_cr3: 0x1234_5000n };
export const event = (type: number, vector: number): Registers => ({
  eventinj: bit(31) | (BigInt(type) << 8n) | BigInt(vector),
});

/** Rule, what breaks it, the register that the explanation names, and the processor where it is another one. */
export const cases: readonly (readonly [string, Registers, string, Cpuid?])[] = [
  ["EFER_SVME", { efer: 0xd01n }, "efer"],
  ["CR0_NW", { cr0: 0xa005_0033n }, "cr0"],
  ["CR0_RESERVED", { cr0: 0x1_8005_0033n }, "cr0"],
  ["CR3_RESERVED", { cr3: TOO_WIDE }, "cr3"],
  ["CR4_RESERVED", { cr4: 0x37_26f0n }, "cr4"],
  ["CR4_RESERVED", { cr4: bit(32) | 0x37_06f0n }, "cr4"],
  ...[11, 12, 16, 17, 18, 20, 21, 22, 23].map(
    (index) => ["CR4_RESERVED", { cr4: 0x6f0n | bit(index) }, "cr4", plain] as const,
  ),
  ["DR6", { dr6: bit(32) }, "dr6"],
  ["DR7", { dr7: bit(63) }, "dr7"],
  ["EFER_RESERVED", { efer: 0x1d03n }, "efer"],
  ...[11, 14, 15, 17, 18, 20, 21].map(
    (index) => ["EFER_RESERVED", { efer: 0x1501n | bit(index), cr4: 0x6f0n }, "efer", plain] as const,
  ),
  ["LONG_PAE", { cr4: 0x37_06d0n }, "cr4"],
  ["LONG_PE", { cr0: 0x8005_0032n }, "cr0"],
  ["CS_D", { cs_attrib: 0xe9bn }, "cs_attrib"],
  ["CET", { cr4: 0xb7_06f0n, cr0: 0x8004_0033n }, "cr4"],
  ["VMRUN", { intercept_instruction2: 2n }, "intercept_instruction2"],
  ["MSRPM", { msrpm_base_pa: TOO_WIDE - 0x1000n }, "msrpm_base_pa"],
  ["MSRPM", { msrpm_base_pa: (1n << 64n) - 1n }, "msrpm_base_pa"],
  ["IOPM", { iopm_base_pa: TOO_WIDE - 0x2000n }, "iopm_base_pa"],
  ["ASID", { guest_asid: 0n }, "guest_asid"],
  ["EVENT_TYPE", event(1, 0), "eventinj"],
  ["EVENT_TYPE", event(5, 0), "eventinj"],
  ["EVENT_VECTOR", event(3, 2), "eventinj"],
  ["EVENT_VECTOR", event(3, 32), "eventinj"],
  ["N_CR3", { ...nested, n_cr3: TOO_WIDE }, "n_cr3"],
  ["G_PAT", { ...nested, pat: 0x0303_0303_0303_0303n }, "pat"],
];
