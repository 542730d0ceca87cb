// Four-level page tables (APM volume 2, 5.3) for host mode, built from pages of the arena

import { peek64, poke64 } from "../../bsl/src/memory";
import { arenaAddress, arenaPhysical, carvePage } from "./arena";
import { PAGE_BYTES } from "./pages";

const PTE_PRESENT: u64 = 1 << 0;
const PTE_WRITABLE: u64 = 1 << 1;
const PTE_ACCESSED: u64 = 1 << 5;
const PTE_DIRTY: u64 = 1 << 6;
const PTE_NO_EXECUTE: u64 = 1 << 63;
const PTE_ADDRESS: u64 = 0x000f_ffff_ffff_f000;
const ENTRIES: u32 = 512;

/** Nothing may be written and executed; accessed and dirty are set, so that the processor never writes to a leaf. */
const LEAF: u64 = PTE_PRESENT | PTE_ACCESSED | PTE_DIRTY;
/** Data that is only read. */
export const READ_ONLY: u64 = LEAF | PTE_NO_EXECUTE;
/** Data. */
export const READ_WRITE: u64 = LEAF | PTE_WRITABLE | PTE_NO_EXECUTE;
/** Code. */
export const READ_EXECUTE: u64 = LEAF;

/** Address of the entry that translates `virtual` at `level` (4 is the top). */
function entryOf(table: u64, virtual: u64, level: u32): u64 {
  return table + ((virtual >> (12 + 9 * (level - 1))) % ENTRIES) * 8;
}

/**
 * Maps one page, supervisor only. `root` is the top-level table's address in the operating system's address space.
 * False when the arena has no page left for a table.
 */
export function mapPage(root: u64, virtual: u64, physical: u64, access: u64): bool {
  let table = root;
  for (let level: u32 = 4; level > 1; level--) {
    const entry = entryOf(table, virtual, level);
    if (peek64(entry) === 0) {
      const lower = carvePage();
      if (lower === 0) return false;
      poke64(entry, arenaPhysical(lower) | PTE_PRESENT | PTE_WRITABLE | PTE_ACCESSED);
    }
    table = arenaAddress(peek64(entry) & PTE_ADDRESS);
  }
  poke64(entryOf(table, virtual, 1), physical | access);
  return true;
}

/** Makes the table that the top-level entry for `virtual` leads to. False when the arena has no page left. */
export function reserveTopEntry(root: u64, virtual: u64): bool {
  const entry = entryOf(root, virtual, 4);
  if (peek64(entry) !== 0) return true;
  const lower = carvePage();
  if (lower === 0) return false;
  poke64(entry, arenaPhysical(lower) | PTE_PRESENT | PTE_WRITABLE | PTE_ACCESSED);
  return true;
}

/** Maps `bytes` bytes of contiguous physical memory. */
export function mapRange(root: u64, virtual: u64, physical: u64, bytes: u64, access: u64): bool {
  for (let offset: u64 = 0; offset < bytes; offset += PAGE_BYTES) {
    if (!mapPage(root, virtual + offset, physical + offset, access)) return false;
  }
  return true;
}

/** Physical address that `virtual`, a mapped page, translates to. */
export function translate(root: u64, virtual: u64): u64 {
  let table = root;
  for (let level: u32 = 4; level > 1; level--) {
    table = arenaAddress(peek64(entryOf(table, virtual, level)) & PTE_ADDRESS);
  }
  return peek64(entryOf(table, virtual, 1)) & PTE_ADDRESS;
}

/**
 * A new top-level table with everything of `template`, in which the first GiB stays private: the top-level table and
 * the table of its first entry are copies, all others are shared. 0 when the arena has no page left.
 */
export function deriveTable(template: u64): u64 {
  const root = carvePage();
  const lower = carvePage();
  if (root === 0 || lower === 0) return 0;
  const first = peek64(template);
  copyTable(root, template);
  copyTable(lower, arenaAddress(first & PTE_ADDRESS));
  poke64(root, arenaPhysical(lower) | (first & ~PTE_ADDRESS));
  poke64(lower, 0);
  return root;
}

function copyTable(to: u64, from: u64): void {
  for (let i: u32 = 0; i < ENTRIES; i++) poke64(to + i * 8, peek64(from + i * 8));
}
