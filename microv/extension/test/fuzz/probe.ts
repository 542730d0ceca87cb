// A guest of a few instructions in 16-bit mode, which tells what it sees at an address: DS's base

import * as mv from "../../../../abi/generated/node/hypercalls.ts";

/** mov eax, [0]; mov [0], eax; out 10h, eax; hlt */
export const PROBE_CODE = [
  0x66, 0xa1, 0x00, 0x00, 0x66, 0xa3, 0x00, 0x00, 0x66, 0xe7, 0x10, 0xf4, 0xf4, 0xf4, 0xf4, 0xf4,
];

export const PROBE = {
  /** The scratch page that has the code, and where guests see it. */
  codePage: 1023,
  codeAddress: 0x7000_0000n,
  /** What the first word of a scratch page holds. */
  magic: (page: number): bigint => (page === 1023 ? 0x00a3_6600_00a1_66n : 0x5a00_0000n + BigInt(page)),
} as const;

const segments = [mv.MV_REG_ES_SELECTOR, mv.MV_REG_SS_SELECTOR, mv.MV_REG_DS_SELECTOR, mv.MV_REG_FS_SELECTOR];

/** A whole state of a processor in 16-bit mode, at the code. */
export const PROBE_STATE: readonly (readonly [number, bigint])[] = [
  ...Array.from({ length: 16 }, (_, index): [number, bigint] => [mv.MV_REG_RAX + index, 0n]),
  [mv.MV_REG_RIP, 0n],
  [mv.MV_REG_RFLAGS, 2n],
  ...[...segments, mv.MV_REG_GS_SELECTOR].flatMap((first): [number, bigint][] => [
    [first, 0n],
    [first + 1, 0x93n],
    [first + 2, 0xffffn],
    [first + 3, 0n],
  ]),
  [mv.MV_REG_CS_SELECTOR, 0n],
  [mv.MV_REG_CS_ATTRIB, 0x9bn],
  [mv.MV_REG_CS_LIMIT, 0xffffn],
  [mv.MV_REG_CS_BASE, PROBE.codeAddress],
  [mv.MV_REG_LDTR_SELECTOR, 0n],
  [mv.MV_REG_LDTR_ATTRIB, 0x82n],
  [mv.MV_REG_LDTR_LIMIT, 0xffffn],
  [mv.MV_REG_LDTR_BASE, 0n],
  [mv.MV_REG_TR_SELECTOR, 0n],
  [mv.MV_REG_TR_ATTRIB, 0x8bn],
  [mv.MV_REG_TR_LIMIT, 0xffffn],
  [mv.MV_REG_TR_BASE, 0n],
  [mv.MV_REG_GDTR_LIMIT, 0xffffn],
  [mv.MV_REG_GDTR_BASE, 0n],
  [mv.MV_REG_IDTR_LIMIT, 0xffffn],
  [mv.MV_REG_IDTR_BASE, 0n],
  [mv.MV_REG_DR0, 0n],
  [mv.MV_REG_DR1, 0n],
  [mv.MV_REG_DR2, 0n],
  [mv.MV_REG_DR3, 0n],
  [mv.MV_REG_DR6, 0xffff_0ff0n],
  [mv.MV_REG_DR7, 0x400n],
  [mv.MV_REG_CR0, 0x10n],
  [mv.MV_REG_CR2, 0n],
  [mv.MV_REG_CR3, 0n],
  [mv.MV_REG_CR4, 0n],
  [mv.MV_REG_CR8, 0n],
  [mv.MV_REG_XCR0, 1n],
  [mv.MV_REG_EFER, 0n],
  [mv.MV_REG_INTERRUPT_SHADOW, 0n],
  [mv.MV_REG_EVENT, 0n],
  [mv.MV_REG_NMI, 0n],
];
