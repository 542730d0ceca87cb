// Page tables as the processor walks them, of host mode and nested, over a function that reads physical memory
//
// Manual: APM volume 2, 5.3 (host) and 15.25 (nested); SDM volume 3, 4.5 and 28.3 (EPT).

/** A page was wanted where there is no memory. */
export class NoMemoryError extends Error {
  constructor(physical: bigint) {
    super(`There is no memory at 0x${physical.toString(16)}.`);
  }
}

/** Reads the page at a physical address; fails with NoMemoryError. */
export type ReadPage = (physical: bigint) => Promise<Buffer>;

/** A page of a mapping, of 4 KiB, 2 MiB or 1 GiB, with what all levels together allow. */
export interface Leaf {
  /** Virtual, or guest physical. */
  readonly address: bigint;
  readonly physical: bigint;
  readonly bytes: bigint;
  readonly isWritable: boolean;
  readonly isExecutable: boolean;
  /** Whether ring 3, or the VM, reaches it. */
  readonly isUser: boolean;
}

/** All that a top-level table leads to, and the pages that the tables themselves lie in. */
export interface Tables {
  readonly leaves: readonly Leaf[];
  readonly tables: ReadonlySet<bigint>;
}

/** What the entries of a kind of tables mean; rights are combined over the levels by AND. */
interface Format {
  isPresent(entry: bigint): boolean;
  /** WRITE, EXECUTE and USER. */
  rights(entry: bigint): number;
  readonly isSignExtended: boolean;
}

const WRITE = 1;
const EXECUTE = 2;
const USER = 4;
const ALL = WRITE | EXECUTE | USER;

const PRESENT = 1n;
const WRITABLE = 2n;
const USER_PAGE = 4n;
const LARGE = 1n << 7n;
const NO_EXECUTE = 1n << 63n;
const EPT_READ = 1n;
const EPT_WRITE = 2n;
const EPT_EXECUTE = 4n;
const ADDRESS = 0x000f_ffff_ffff_f000n;

const ENTRIES = 512;
const LEVELS = 4;
export const PAGE = 0x1000n;

/** AMD's nested tables are host mode's, walked as by ring 3. */
const longMode = (isSignExtended: boolean): Format => ({
  isPresent: (entry) => (entry & PRESENT) !== 0n,
  rights: (entry) =>
    ((entry & WRITABLE) === 0n ? 0 : WRITE) |
    ((entry & NO_EXECUTE) === 0n ? EXECUTE : 0) |
    ((entry & USER_PAGE) === 0n ? 0 : USER),
  isSignExtended,
});

const ept: Format = {
  isPresent: (entry) => (entry & (EPT_READ | EPT_WRITE | EPT_EXECUTE)) !== 0n,
  rights: (entry) => ((entry & EPT_WRITE) === 0n ? 0 : WRITE) | ((entry & EPT_EXECUTE) === 0n ? 0 : EXECUTE) | USER,
  isSignExtended: false,
};

export const formats = { host: longMode(true), npt: longMode(false), ept } as const;
export type FormatName = keyof typeof formats;

const canonical = (address: bigint) => BigInt.asUintN(64, BigInt.asIntN(48, address));

/**
 * Follows every entry below the table at `root`, a CR3, an N_CR3 or an EPT pointer.
 *
 * @throws NoMemoryError when a table lies where there is none
 */
export async function readTables(read: ReadPage, root: bigint, formatName: FormatName): Promise<Tables> {
  const format = formats[formatName];
  const leaves: Leaf[] = [];
  const tables = new Set<bigint>();

  const walk = async (table: bigint, level: number, base: bigint, allowed: number): Promise<void> => {
    tables.add(table);
    const page = await read(table);
    const bytes = PAGE << BigInt(9 * (level - 1));
    for (let index = 0; index < ENTRIES; index++) {
      const entry = page.readBigUInt64LE(index * 8);
      if (!format.isPresent(entry)) continue;
      const rights = allowed & format.rights(entry);
      const address = base + BigInt(index) * bytes;
      if (level > 1 && (level === LEVELS || (entry & LARGE) === 0n)) {
        await walk(entry & ADDRESS, level - 1, address, rights);
        continue;
      }
      leaves.push({
        address: format.isSignExtended ? canonical(address) : address,
        physical: entry & ADDRESS & ~(bytes - 1n),
        bytes,
        isWritable: (rights & WRITE) !== 0,
        isExecutable: (rights & EXECUTE) !== 0,
        isUser: (rights & USER) !== 0,
      });
    }
  };

  await walk(root & ADDRESS, LEVELS, 0n, ALL);
  return { leaves, tables };
}

/** Where an address leads: a physical address, or undefined. */
export async function translate(read: ReadPage, root: bigint, address: bigint): Promise<bigint | undefined> {
  let table = root & ADDRESS;
  for (let level = LEVELS; ; level--) {
    const shift = BigInt(12 + 9 * (level - 1));
    const entry = (await read(table)).readBigUInt64LE(Number((address >> shift) & 511n) * 8);
    if ((entry & PRESENT) === 0n) return undefined;
    const offset = (1n << shift) - 1n;
    const isLeaf = level === 1 || (level < LEVELS && (entry & LARGE) !== 0n);
    if (isLeaf) return (entry & ADDRESS & ~offset) | (address & offset);
    table = entry & ADDRESS;
  }
}
