// Every page that a top-level table maps

import type { SimulatedMemory } from "@bareflank/bsl/test-support";

/** One 4 KiB mapping; rights are what all four levels agree on. */
export interface Mapping {
  readonly virtual: bigint;
  readonly physical: bigint;
  readonly isWritable: boolean;
  readonly isExecutable: boolean;
  readonly isUser: boolean;
}

const PRESENT = 1n;
const WRITABLE = 2n;
const USER = 4n;
const LARGE = 0x80n;
const NO_EXECUTE = 1n << 63n;
const ADDRESS = 0x000f_ffff_ffff_f000n;

/** What a table maps, in ascending order, and which pages its tables are made of. */
export interface Walk {
  readonly mappings: readonly Mapping[];
  readonly tables: ReadonlySet<bigint>;
}

/** Walks the four-level table at a physical address. `toVirtual` says where the test can read physical memory. */
export function walk(memory: SimulatedMemory, root: bigint, toVirtual: (physical: bigint) => bigint): Walk {
  const mappings: Mapping[] = [];
  const tables = new Set<bigint>();
  const visit = (table: bigint, level: number, base: bigint, rights: bigint, isExecutable: boolean): void => {
    tables.add(table);
    const bytes = memory.read(toVirtual(table), 4096);
    const view = new DataView(bytes.buffer);
    for (let i = 0; i < 512; i++) {
      const entry = view.getBigUint64(i * 8, true);
      if ((entry & PRESENT) === 0n) {
        if (entry !== 0n) throw new Error(`level ${level} entry ${i} is neither present nor empty`);
        continue;
      }
      const virtual = base + (BigInt(i) << BigInt(12 + 9 * (level - 1)));
      const both = rights & entry;
      const runs = isExecutable && (entry & NO_EXECUTE) === 0n;
      if (level > 1) {
        if ((entry & LARGE) !== 0n) throw new Error("large pages are not expected");
        visit(entry & ADDRESS, level - 1, virtual, both, runs);
      } else {
        mappings.push({
          virtual: virtual >= 1n << 47n ? virtual | 0xffff_0000_0000_0000n : virtual,
          physical: entry & ADDRESS,
          isWritable: (both & WRITABLE) !== 0n,
          isExecutable: runs,
          isUser: (both & USER) !== 0n,
        });
      }
    }
  };
  visit(root, 4, 0n, WRITABLE | USER, true);
  return { mappings, tables };
}

/** Physical address behind one virtual address. */
export function translate(
  memory: SimulatedMemory,
  root: bigint,
  virtual: bigint,
  toVirtual: (physical: bigint) => bigint,
): bigint {
  let table = root;
  for (let level = 4; level > 0; level--) {
    const index = (virtual >> BigInt(12 + 9 * (level - 1))) & 511n;
    const entry = memory.peek(toVirtual(table) + index * 8n, 8);
    if ((entry & PRESENT) === 0n) throw new Error(`0x${virtual.toString(16)} is not mapped at level ${level}`);
    table = entry & ADDRESS;
  }
  return table + (virtual & 4095n);
}
