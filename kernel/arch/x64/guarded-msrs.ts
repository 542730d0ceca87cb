// MSRs by which a VM would move memory from under the hypervisor, or make the processor write there: past all page tables
//
// Nested page tables translate what instructions access. These registers decide below them what a physical address is, or name a
// place by one, and a VM that has them needs no page: it would put the local APIC or a window of PCI over the microkernel's tables, or
// have a trace written to its stack. So writes of them exit in every permission map of the kernel's, whatever its extension asked for,
// and what the extension did not ask for is decided here: what must be kept must be written as it is, what must not be switched on may
// be switched off; else #GP. docs/security.md has the table of all MSRs of the kind, and of what is left.
//
// A map notes, behind what the processor looks at, which of these accesses its extension asked for: two bits for each MSR.
//
// Manual: APM volume 2, 7.9, 15.36 and appendix A; SDM volume 4, 2.1, and volume 3, 11.4.4, 20.6.2, 33.2.7 and 15.6.

import { VENDOR_AMD, VENDOR_INTEL } from "../../../abi/generated/bare/boot";
import { PP_BLOCK_SCRATCH } from "../../../abi/generated/bare/pp-block";
import { PP_AREA_BASE, PP_BLOCK } from "../../../abi/generated/bare/windows";
import { peek64 } from "../../../bsl/src/memory";
import { tryRdmsr, tryWrmsr } from "./cpu";
import { changeFields, readField } from "./permission-bits";

const BOTH: u32 = VENDOR_AMD | VENDOR_INTEL;
const ALL: u32 = 0xffff_ffff;
/** Of APIC_BASE: x2APIC mode and the global enable may change, and where it is not. */
const APIC_MODES: u32 = 3 << 10;
const SCRATCH: u64 = PP_AREA_BASE + PP_BLOCK + PP_BLOCK_SCRATCH;

/** First and last MSR; bits that must be kept (31:0, 63:32); bits that must not be set (the same); VENDOR_*. */
// prettier-ignore
// biome-ignore format: a table
const GUARDED: usize = memory.data<u32>([
  0x0000_001b, 0x0000_001b, ~APIC_MODES, ALL, 0, 0, BOTH, // APIC_BASE: the APIC's page, before any memory
  0x0000_01a0, 0x0000_01a0, 0, 0, 0, 1 << 2, VENDOR_INTEL, // MISC_ENABLE: XD Disable, with which host mode's page tables are invalid
  0x0000_01f4, 0x0000_01f5, ALL, ALL, 0, 0, VENDOR_INTEL, // PRMRR: memory of enclaves, which reads as ones, if firmware left that open
  0x0000_0200, 0x0000_024f, ALL, ALL, 0, 0, VENDOR_INTEL, // MTRRs: types that nested page tables repeat; of who owns the machine intel/mtrr.ts decides
  0x0000_0250, 0x0000_0250, ALL, ALL, 0, 0, VENDOR_INTEL,
  0x0000_0258, 0x0000_0259, ALL, ALL, 0, 0, VENDOR_INTEL,
  0x0000_0268, 0x0000_026f, ALL, ALL, 0, 0, VENDOR_INTEL,
  0x0000_02a0, 0x0000_02a7, ALL, ALL, 0, 0, VENDOR_INTEL, // PRMRR of newer processors
  0x0000_02f4, 0x0000_02f5, ALL, ALL, 0, 0, VENDOR_INTEL, // The same outside of the core
  0x0000_02ff, 0x0000_02ff, ALL, ALL, 0, 0, VENDOR_INTEL,
  0x0000_03f1, 0x0000_03f1, 0, 0, ALL, ALL, VENDOR_INTEL, // PEBS_ENABLE: records of host mode, at an address of host mode
  0x0000_03f4, 0x0000_03f5, ALL, ALL, 0, 0, VENDOR_INTEL, // PEBS_BASE, PEBS_INDEX: the same where PEBS is architectural
  0x0000_0570, 0x0000_0570, 0, 0, 1, 0, VENDOR_INTEL, // RTIT_CTL: TraceEn, output by physical addresses
  0x0000_0981, 0x0000_0983, ALL, ALL, 0, 0, VENDOR_INTEL, // TME: what memory holds
  0x0000_0da0, 0x0000_0da0, 0, 0, 1 << 8, 0, BOTH, // XSS: PT, by which XRSTORS loads RTIT_CTL; a guest's says more (own-msrs.ts)
  0x0000_1400, 0x0000_1401, ALL, ALL, 0, 0, VENDOR_INTEL, // SEAMRR: memory of TDX's module, the same as PRMRR
  0x0000_17d0, 0x0000_17d1, ALL, ALL, 0, 0, VENDOR_INTEL, // HW_FEEDBACK_PTR, HW_FEEDBACK_CONFIG: a table at a physical address
  0xc000_0105, 0xc000_0106, 0, 0, ALL, ALL, VENDOR_AMD, // LWP_CFG, LWP_CBADDR: records of ring 3, an extension's, too
  0xc001_0010, 0xc001_0010, ALL, ALL, 0, 0, VENDOR_AMD, // SYSCFG: TOM2, fixed MTRRs as memory, encryption, SNP
  0xc001_0016, 0xc001_001a, ALL, ALL, 0, 0, VENDOR_AMD, // IORRs, TOP_MEM: memory or devices
  0xc001_001d, 0xc001_001d, ALL, ALL, 0, 0, VENDOR_AMD, // TOM2
  0xc001_0058, 0xc001_0058, ALL, ALL, 0, 0, VENDOR_AMD, // MMIO_CFG_BASE: PCI's registers
  0xc001_0111, 0xc001_0113, ALL, ALL, 0, 0, VENDOR_AMD, // SMM_BASE, SMM_ADDR, SMM_MASK: where SMM's code is, if firmware left that open
  0xc001_0132, 0xc001_0138, ALL, ALL, 0, 0, VENDOR_AMD, // RMP: pages that only their owner writes
]);
const ROWS: u32 = 24;
const ROW_BYTES: u32 = 28;

function word(row: u32, field: u32): u32 {
  return load<u32>(GUARDED + <usize>(row * ROW_BYTES + field * 4));
}

/** Two words as one. */
function bits(row: u32, field: u32): u64 {
  return word(row, field) | ((<u64>word(row, field + 1)) << 32);
}

/** How many rows there are; each is a vendor's, or both vendors'. */
export function guardedRows(): u32 {
  return ROWS;
}

export function isGuardedOn(row: u32, vendor: u32): bool {
  return (word(row, 6) & vendor) != 0;
}

export function firstGuarded(row: u32): u32 {
  return word(row, 0);
}

export function lastGuarded(row: u32): u32 {
  return word(row, 1);
}

/** The row of an MSR; ROWS when it is not guarded. */
function rowOf(msr: u32, vendor: u32): u32 {
  let row: u32 = 0;
  while (row < ROWS && (msr < firstGuarded(row) || msr > lastGuarded(row) || !isGuardedOn(row, vendor))) row++;
  return row;
}

export function isGuardedMsr(msr: u32, vendor: u32): bool {
  return rowOf(msr, vendor) < ROWS;
}

/** Which field of a map's notes a row begins with. */
function fieldOf(row: u32): u32 {
  let field: u32 = 0;
  for (let before: u32 = 0; before < row; before++) field += lastGuarded(before) - firstGuarded(before) + 1;
  return field;
}

/** Notes what an extension asked for of MSRs `first` to `last`. */
export function noteGuarded(notes: u64, first: u32, last: u32, accesses: u32, wanted: bool): void {
  for (let row: u32 = 0; row < ROWS; row++) {
    const low = max<u32>(first, firstGuarded(row));
    const high = min<u32>(last, lastGuarded(row));
    if (low > high) continue;
    changeFields(notes, fieldOf(row) + low - firstGuarded(row), high - low + 1, 2, accesses, wanted);
  }
}

/** Which accesses to a guarded MSR it asked for. */
export function notedOf(notes: u64, msr: u32, vendor: u32): u32 {
  const row = rowOf(msr, vendor);
  return readField(notes, fieldOf(row) + msr - firstGuarded(row), 2);
}

/** Writes a guarded MSR for a VM that is left alone with it; false when that is #GP. */
export function writeGuarded(msr: u32, value: u64, vendor: u32): bool {
  const row = rowOf(msr, vendor);
  if (tryRdmsr(msr, SCRATCH) == 0) return false;
  const before = peek64(SCRATCH);
  if (((before ^ value) & bits(row, 2)) != 0 || (value & ~before & bits(row, 4)) != 0) return false;
  return value == before || tryWrmsr(msr, value) != 0;
}
