// Host mode's page tables as the processor sees them, read from a machine's physical memory (APM volume 2, 5.3)

const PRESENT = 1n;
const WRITABLE = 2n;
const USER = 4n;
const LARGE = 0x80n;
const NO_EXECUTE = 1n << 63n;
const ADDRESS = 0x000f_ffff_ffff_f000n;
const PAGE_BYTES = 0x1000n;
const ENTRIES = 512;

/** One page of a mapping, with what all levels together allow. */
export interface MappedPage {
  readonly address: bigint;
  readonly physical: bigint;
  readonly isWritable: boolean;
  readonly isExecutable: boolean;
  readonly isUser: boolean;
}

/** All pages below a top-level table, and the pages that the tables themselves lie in. */
export interface AddressSpace {
  readonly pages: readonly MappedPage[];
  readonly tables: ReadonlySet<bigint>;
}

/** Reads the address space of a CR3 from a copy of physical memory. */
export function readAddressSpace(memory: Buffer, cr3: bigint): AddressSpace {
  const pages: MappedPage[] = [];
  const tables = new Set<bigint>();

  const walk = (table: bigint, level: number, base: bigint, allowed: bigint): void => {
    tables.add(table);
    for (let index = 0; index < ENTRIES; index++) {
      const entry = memory.readBigUInt64LE(Number(table) + index * 8);
      if ((entry & PRESENT) === 0n) continue;
      const shift = BigInt(12 + 9 * (level - 1));
      const address = base + (BigInt(index) << shift);
      // W and U must be set, NX clear, on every level.
      const rights = allowed & (entry ^ NO_EXECUTE);
      if (level > 1 && (entry & LARGE) !== 0n) throw new Error(`a large page at 0x${address.toString(16)}`);
      if (level > 1) {
        walk(entry & ADDRESS, level - 1, address, rights);
        continue;
      }
      pages.push({
        address: canonical(address),
        physical: entry & ADDRESS,
        isWritable: (rights & WRITABLE) !== 0n,
        isExecutable: (rights & NO_EXECUTE) !== 0n,
        isUser: (rights & USER) !== 0n,
      });
    }
  };

  walk(cr3 & ADDRESS, 4, 0n, WRITABLE | USER | NO_EXECUTE);
  return { pages, tables };
}

const canonical = (address: bigint) => BigInt.asUintN(64, BigInt.asIntN(48, address));

/** Addresses of `bytes` bytes from `base` on. */
export interface Window {
  readonly base: bigint;
  readonly bytes: bigint;
}

/** Whether an address lies in one of the windows. */
export function isInside(address: bigint, windows: readonly Window[]): boolean {
  return windows.some(({ base, bytes }) => address >= base && address < base + bytes);
}

/** The first addresses of consecutive pages. */
export function pagesOf({ base, bytes }: Window): bigint[] {
  return Array.from({ length: Number(bytes / PAGE_BYTES) }, (_, index) => base + BigInt(index) * PAGE_BYTES);
}
