// What the processor does with a virtual address: four levels of tables (APM volume 2, 5.3)

import type { PhysicalMemory } from "./physical-memory.ts";

/** A page and what may be done with it: the rights of all four levels together. */
export interface Mapping {
  readonly physical: number;
  readonly isWritable: boolean;
  readonly isUser: boolean;
  readonly isExecutable: boolean;
  /** Whether the processor would write the entry to note an access. */
  readonly isAccessedDirty: boolean;
}

const ACCESSED_DIRTY = 0x60;

/** An entry's halves: the lower holds most flags, the upper NX. */
interface Entry {
  readonly low: number;
  readonly high: number;
}

/** In an entry of level 2: a page of 2 MiB, and no table. */
const isLarge = ({ low }: Entry): boolean => (low & 0x80) !== 0;
const isPresent = ({ low }: Entry): boolean => (low & 1) !== 0;
const target = ({ low, high }: Entry): number => (high & 0xf_ffff) * 2 ** 32 + ((low & 0xffff_f000) >>> 0);

function entryAt(memory: PhysicalMemory, table: number, index: number): Entry {
  return { low: memory.read32(table + index * 8), high: memory.read32(table + index * 8 + 4) };
}

const shift = (level: number): number => 2 ** (12 + 9 * (level - 1));

/** The page that a virtual address lies in, below the top-level table at `root`. */
export function walk(memory: PhysicalMemory, root: number, address: number): Mapping | undefined {
  let table = root;
  let flags = 7;
  let noExecute = 0;
  for (let level = 4; ; level--) {
    const entry = entryAt(memory, table, Math.floor(address / shift(level)) % 512);
    if (!isPresent(entry)) return undefined;
    flags &= entry.low;
    noExecute |= entry.high >>> 31;
    table = target(entry);
    if (level === 2 && isLarge(entry)) table += (address % shift(2)) - (address % shift(1));
    if (level === 1 || (level === 2 && isLarge(entry))) return mapping(table, flags, noExecute, entry.low);
  }
}

function mapping(physical: number, flags: number, noExecute: number, leaf: number): Mapping {
  return {
    physical,
    isWritable: (flags & 2) !== 0,
    isUser: (flags & 4) !== 0,
    isExecutable: noExecute === 0,
    isAccessedDirty: (leaf & ACCESSED_DIRTY) === ACCESSED_DIRTY,
  };
}

/** Every page that is mapped below a top-level table, by its virtual address. */
export function mappings(memory: PhysicalMemory, root: number): Map<number, Mapping> {
  const found = new Map<number, Mapping>();
  const visit = (table: number, level: number, base: number, flags: number, noExecute: number): void => {
    for (let index = 0; index < 512; index++) {
      const entry = entryAt(memory, table, index);
      if (!isPresent(entry)) continue;
      const address = base + index * shift(level);
      const [both, never] = [flags & entry.low, noExecute | (entry.high >>> 31)];
      if (level === 1) found.set(address, mapping(target(entry), both, never, entry.low));
      else visit(target(entry), level - 1, address, both, never);
    }
  };
  visit(root, 4, 0, 7, 0);
  return found;
}

/** Physical addresses of the tables themselves. */
export function tablesOf(memory: PhysicalMemory, root: number): Set<number> {
  const found = new Set<number>();
  const visit = (table: number, level: number): void => {
    found.add(table);
    if (level === 1) return;
    for (let index = 0; index < 512; index++) {
      const entry = entryAt(memory, table, index);
      if (isPresent(entry) && !(level === 2 && isLarge(entry))) visit(target(entry), level - 1);
    }
  };
  visit(root, 4);
  return found;
}
