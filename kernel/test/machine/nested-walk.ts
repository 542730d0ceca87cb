// Nested page tables as a test reads them: any format whose entries hold an address in bits 51:12

import type { PhysicalMemory } from "./physical-memory.ts";

const ADDRESS = 0x000f_ffff_ffff_f000n;
const MAPPED = 1n << 52n;

/** The entry of a level (4 is the top) for a guest physical address; every table above it must be there. */
export function entryAt(physical: PhysicalMemory, root: bigint, guest: bigint, wanted: number): bigint {
  let table = root;
  for (let level = 4; ; level--) {
    const entry = physical.peek(table + ((guest >> BigInt(12 + 9 * (level - 1))) & 511n) * 8n, 8);
    if (level === wanted) return entry;
    if (entry === 0n || (entry & MAPPED) !== 0n) throw new Error(`level ${level} is no table: 0x${entry.toString(16)}`);
    table = entry & ADDRESS;
  }
}

/** All entries that hold a page, by guest physical address. */
export function nestedEntries(physical: PhysicalMemory, table: bigint, level = 4, base = 0n): [bigint, bigint][] {
  return Array.from({ length: 512 }, (_, index) => index).flatMap((index): [bigint, bigint][] => {
    const entry = physical.peek(table + BigInt(index) * 8n, 8);
    const guest = base + (BigInt(index) << BigInt(12 + 9 * (level - 1)));
    if (entry === 0n) return [];
    if ((entry & MAPPED) !== 0n) return [[guest, entry]];
    return nestedEntries(physical, entry & ADDRESS, level - 1, guest);
  });
}
