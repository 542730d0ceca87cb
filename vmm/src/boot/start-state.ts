// Registers that a guest starts with, in each of the processor's modes

import type { GuestMemory } from "../memory.ts";
import type { Registers, Segment, SpecialRegisters } from "../registers.ts";
import type { Vcpu } from "../vcpu.ts";

/** What a loader leaves to the virtual processor. */
export interface StartState {
  readonly registers: Partial<Registers>;
  readonly specialRegisters: Partial<SpecialRegisters>;
}

export const applyStart = (vcpu: Vcpu, { registers, specialRegisters }: StartState): void => {
  vcpu.setSpecialRegisters(specialRegisters);
  vcpu.setRegisters(registers);
};

/** APM volume 2, 3.1.1 to 3.1.7; SDM volume 3, 2.2.1 and 2.5. */
const CR0_PE = 1n << 0n;
const CR0_ET = 1n << 4n;
const CR0_PG = 1n << 31n;
const CR4_PAE = 1n << 5n;
const EFER_LME = 1n << 8n;
const EFER_LMA = 1n << 10n;
/** Always set. */
const RFLAGS_RESERVED = 2n;

/** Types of descriptors: APM volume 2, 4.7.2; accessed already. */
const CODE = 0xb;
const DATA = 0x3;
const TSS = 0xb;

const flat: Segment = {
  selector: 0,
  base: 0n,
  limit: 0xffff_ffff,
  type: DATA,
  dpl: 0,
  present: true,
  s: true,
  db: true,
  l: false,
  g: true,
  avl: false,
  unusable: false,
};

const realSegment = (type: number): Segment => ({ ...flat, limit: 0xffff, type, db: false, g: false });

const unpaged = { cr3: 0n, cr4: 0n, efer: 0n } as const;

/** Real mode, all segments at 0: `address` is below 64 KiB. */
export const realMode = (address: number): StartState => ({
  registers: { rip: BigInt(address), rflags: RFLAGS_RESERVED },
  specialRegisters: {
    ...unpaged,
    cr0: CR0_ET,
    cs: realSegment(CODE),
    ...Object.fromEntries(["ds", "es", "fs", "gs", "ss"].map((name) => [name, realSegment(DATA)])),
  },
});

/** A boot protocol's segments: where in the GDT code and data are. */
const CODE_SELECTOR = 0x10;
const DATA_SELECTOR = 0x18;

const segmentsFor = (code: Partial<Segment>): Partial<SpecialRegisters> => {
  const data = { ...flat, selector: DATA_SELECTOR };
  return {
    cs: { ...flat, selector: CODE_SELECTOR, type: CODE, ...code },
    ...Object.fromEntries(["ds", "es", "fs", "gs", "ss"].map((name) => [name, data])),
    tr: { ...flat, limit: 0x67, type: TSS, s: false, db: false, g: false },
  };
};

/** Descriptors of the flat segments, as the GDT has them (APM volume 2, 4.7). */
const descriptors = [0n, 0n, 0x00cf_9b00_0000_ffffn, 0x00cf_9300_0000_ffffn] as const;
const longCode = 0x00af_9b00_0000_ffffn;
const DESCRIPTOR_BYTES = 8;

const writeTable = (memory: GuestMemory, address: number, entries: readonly bigint[]): void => {
  const bytes = memory.bytes(address, entries.length * DESCRIPTOR_BYTES);
  const table = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const [index, entry] of entries.entries()) table.setBigUint64(index * DESCRIPTOR_BYTES, entry, true);
};

const gdtAt = (address: number) => ({ base: BigInt(address), limit: descriptors.length * DESCRIPTOR_BYTES - 1 });

/** Where these functions put their tables; loaders put nothing there. */
const GDT = 0x1000;
const PAGE_TABLES = 0x9000;
const PAGE = 0x1000;
const DIRECTORIES = 4;

/** Memory that a start state takes: tables, below what loaders use. */
export const reserved = { first: GDT, last: PAGE_TABLES + (2 + DIRECTORIES) * PAGE - 1 } as const;

/** 32-bit protected mode without paging, flat segments. */
export const protectedMode = (memory: GuestMemory, entry: number, registers: Partial<Registers> = {}): StartState => {
  writeTable(memory, GDT, descriptors);
  return {
    registers: { rip: BigInt(entry), rflags: RFLAGS_RESERVED, ...registers },
    specialRegisters: { ...unpaged, cr0: CR0_PE | CR0_ET, ...segmentsFor({}), gdt: gdtAt(GDT) },
  };
};

/** APM volume 2, 5.4.1. */
const PRESENT_WRITABLE = 3n;
const LARGE = 1n << 7n;
const LARGE_BYTES = 2n * 1024n * 1024n;
const ENTRIES = 512;

/** Maps the first 4 GiB where they are, in pages of 2 MiB. */
const writePageTables = (memory: GuestMemory): void => {
  const tableAt = (index: number) => PAGE_TABLES + index * PAGE;
  const entry = (table: number) => BigInt(tableAt(table)) | PRESENT_WRITABLE;
  writeTable(memory, tableAt(0), [entry(1)]);
  writeTable(
    memory,
    tableAt(1),
    Array.from({ length: DIRECTORIES }, (_, index) => entry(2 + index)),
  );
  writeTable(
    memory,
    tableAt(2),
    Array.from(
      { length: DIRECTORIES * ENTRIES },
      (_, index) => (BigInt(index) * LARGE_BYTES) | PRESENT_WRITABLE | LARGE,
    ),
  );
};

/** 64-bit mode: the first 4 GiB are mapped where they are, flat segments. */
export const longMode = (memory: GuestMemory, entry: bigint, registers: Partial<Registers> = {}): StartState => {
  const [none, unused, , data] = descriptors;
  writeTable(memory, GDT, [none, unused, longCode, data]);
  writePageTables(memory);
  return {
    registers: { rip: entry, rflags: RFLAGS_RESERVED, ...registers },
    specialRegisters: {
      cr0: CR0_PE | CR0_ET | CR0_PG,
      cr3: BigInt(PAGE_TABLES),
      cr4: CR4_PAE,
      efer: EFER_LME | EFER_LMA,
      ...segmentsFor({ db: false, l: true }),
      gdt: gdtAt(GDT),
    },
  };
};
