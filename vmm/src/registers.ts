// A virtual processor's registers

import * as kvm from "@bareflank/abi/kvm";
import type { Block } from "./block.ts";

const general = {
  rax: kvm.KVM_REGS_RAX,
  rbx: kvm.KVM_REGS_RBX,
  rcx: kvm.KVM_REGS_RCX,
  rdx: kvm.KVM_REGS_RDX,
  rsi: kvm.KVM_REGS_RSI,
  rdi: kvm.KVM_REGS_RDI,
  rsp: kvm.KVM_REGS_RSP,
  rbp: kvm.KVM_REGS_RBP,
  r8: kvm.KVM_REGS_R8,
  r9: kvm.KVM_REGS_R9,
  r10: kvm.KVM_REGS_R10,
  r11: kvm.KVM_REGS_R11,
  r12: kvm.KVM_REGS_R12,
  r13: kvm.KVM_REGS_R13,
  r14: kvm.KVM_REGS_R14,
  r15: kvm.KVM_REGS_R15,
  rip: kvm.KVM_REGS_RIP,
  rflags: kvm.KVM_REGS_RFLAGS,
} as const;

/** General registers, instruction pointer and flags. */
export type Registers = Record<keyof typeof general, bigint>;

const control = {
  cr0: kvm.KVM_SREGS_CR0,
  cr2: kvm.KVM_SREGS_CR2,
  cr3: kvm.KVM_SREGS_CR3,
  cr4: kvm.KVM_SREGS_CR4,
  cr8: kvm.KVM_SREGS_CR8,
  efer: kvm.KVM_SREGS_EFER,
  apicBase: kvm.KVM_SREGS_APIC_BASE,
} as const;

const segments = {
  cs: kvm.KVM_SREGS_CS,
  ds: kvm.KVM_SREGS_DS,
  es: kvm.KVM_SREGS_ES,
  fs: kvm.KVM_SREGS_FS,
  gs: kvm.KVM_SREGS_GS,
  ss: kvm.KVM_SREGS_SS,
  tr: kvm.KVM_SREGS_TR,
  ldt: kvm.KVM_SREGS_LDT,
} as const;

const tables = { gdt: kvm.KVM_SREGS_GDT, idt: kvm.KVM_SREGS_IDT } as const;

/** A segment register with what its descriptor says. */
export interface Segment {
  readonly selector: number;
  readonly base: bigint;
  /** In bytes. */
  readonly limit: number;
  /** Four bits of the descriptor. */
  readonly type: number;
  readonly dpl: number;
  readonly present: boolean;
  /** No system segment. */
  readonly s: boolean;
  /** 32 bits. */
  readonly db: boolean;
  /** 64-bit code. */
  readonly l: boolean;
  /** The descriptor's limit counts pages. */
  readonly g: boolean;
  readonly avl: boolean;
  readonly unusable: boolean;
}

/** GDTR or IDTR. */
export interface DescriptorTable {
  readonly base: bigint;
  readonly limit: number;
}

/** Segments, descriptor tables and control registers. */
export type SpecialRegisters = Record<keyof typeof control, bigint> &
  Record<keyof typeof segments, Segment> &
  Record<keyof typeof tables, DescriptorTable>;

const entriesOf = <Name extends string>(offsets: Readonly<Record<Name, number>>) =>
  Object.entries(offsets) as [Name, number][];

export const readRegisters = (block: Block): Registers =>
  Object.fromEntries(entriesOf(general).map(([name, offset]) => [name, block.get64(offset)])) as Registers;

/** Writes those that are given. */
export const writeRegisters = (block: Block, registers: Partial<Registers>): void => {
  for (const [name, offset] of entriesOf(general)) {
    const value = registers[name];
    if (value !== undefined) block.set64(offset, value);
  }
};

const readSegment = (block: Block, at: number): Segment => {
  const flag = (offset: number): boolean => block.get8(at + offset) !== 0;
  return {
    selector: block.get16(at + kvm.KVM_SEGMENT_SELECTOR),
    base: block.get64(at + kvm.KVM_SEGMENT_BASE),
    limit: block.get32(at + kvm.KVM_SEGMENT_LIMIT),
    type: block.get8(at + kvm.KVM_SEGMENT_SEGMENT_TYPE),
    dpl: block.get8(at + kvm.KVM_SEGMENT_DPL),
    present: flag(kvm.KVM_SEGMENT_PRESENT),
    s: flag(kvm.KVM_SEGMENT_S),
    db: flag(kvm.KVM_SEGMENT_DB),
    l: flag(kvm.KVM_SEGMENT_L),
    g: flag(kvm.KVM_SEGMENT_G),
    avl: flag(kvm.KVM_SEGMENT_AVL),
    unusable: flag(kvm.KVM_SEGMENT_UNUSABLE),
  };
};

const writeSegment = (block: Block, at: number, segment: Segment): void => {
  const flag = (offset: number, value: boolean) => block.set8(at + offset, value ? 1 : 0);
  block
    .set16(at + kvm.KVM_SEGMENT_SELECTOR, segment.selector)
    .set64(at + kvm.KVM_SEGMENT_BASE, segment.base)
    .set32(at + kvm.KVM_SEGMENT_LIMIT, segment.limit)
    .set8(at + kvm.KVM_SEGMENT_SEGMENT_TYPE, segment.type)
    .set8(at + kvm.KVM_SEGMENT_DPL, segment.dpl);
  flag(kvm.KVM_SEGMENT_PRESENT, segment.present);
  flag(kvm.KVM_SEGMENT_S, segment.s);
  flag(kvm.KVM_SEGMENT_DB, segment.db);
  flag(kvm.KVM_SEGMENT_L, segment.l);
  flag(kvm.KVM_SEGMENT_G, segment.g);
  flag(kvm.KVM_SEGMENT_AVL, segment.avl);
  flag(kvm.KVM_SEGMENT_UNUSABLE, segment.unusable);
};

export const readSpecialRegisters = (block: Block): SpecialRegisters =>
  Object.fromEntries([
    ...entriesOf(control).map(([name, offset]) => [name, block.get64(offset)]),
    ...entriesOf(segments).map(([name, offset]) => [name, readSegment(block, offset)]),
    ...entriesOf(tables).map(([name, offset]) => [
      name,
      { base: block.get64(offset + kvm.KVM_DTABLE_BASE), limit: block.get16(offset + kvm.KVM_DTABLE_LIMIT) },
    ]),
  ]) as SpecialRegisters;

/** Writes those that are given. */
export const writeSpecialRegisters = (block: Block, registers: Partial<SpecialRegisters>): void => {
  for (const [name, offset] of entriesOf(control)) {
    const value = registers[name];
    if (value !== undefined) block.set64(offset, value);
  }
  for (const [name, offset] of entriesOf(segments)) {
    const segment = registers[name];
    if (segment !== undefined) writeSegment(block, offset, segment);
  }
  for (const [name, offset] of entriesOf(tables)) {
    const table = registers[name];
    if (table !== undefined) {
      block.set64(offset + kvm.KVM_DTABLE_BASE, table.base).set16(offset + kvm.KVM_DTABLE_LIMIT, table.limit);
    }
  }
};

/** Extended control registers by number: 0 is XCR0. */
export type ExtendedControlRegisters = Map<number, bigint>;

export const readXcrs = (block: Block): ExtendedControlRegisters =>
  new Map(
    Array.from({ length: block.get32(kvm.KVM_XCRS_NR_XCRS) }, (_, index) => {
      const at = kvm.KVM_XCRS_XCRS + index * kvm.KVM_XCR_BYTES;
      return [block.get32(at + kvm.KVM_XCR_XCR), block.get64(at + kvm.KVM_XCR_VALUE)] as const;
    }),
  );

export const writeXcrs = (block: Block, registers: ReadonlyMap<number, bigint>): void => {
  block.set32(kvm.KVM_XCRS_NR_XCRS, registers.size);
  for (const [index, [number, value]] of [...registers].entries()) {
    const at = kvm.KVM_XCRS_XCRS + index * kvm.KVM_XCR_BYTES;
    block.set32(at + kvm.KVM_XCR_XCR, number).set64(at + kvm.KVM_XCR_VALUE, value);
  }
};
