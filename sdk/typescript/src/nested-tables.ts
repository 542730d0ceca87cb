// Nested page tables: what physical memory a VM sees, and what it may do with it (APM volume 2, 15.25)
//
// Four levels, in the format of a long mode page table; pages of 1 GiB, 2 MiB and 4 KiB. A large page is split when part
// of it gets other rights. An entry without rights keeps its address, so that the rights can come back.

import { AMD_REG_CTLS1, AMD_REG_N_CR3 } from "../../../abi/generated/bare/registers-amd";
import { peek64, poke64 } from "../../../bsl/src/memory";
import { cpuidEdx } from "./cpuid";
import { allocatePage, freePage, ownMemory, PAGE_BYTES } from "./pages";
import { Vs } from "./vs";

/** What a VM may do with a page; the processor knows nothing without Read. They can be added. */
export enum Right {
  None = 0,
  Read = 1,
  Write = 2,
  Execute = 4,
  All = 7,
}

/** What translate() gives for an address that is not mapped. */
export const NOT_NESTED: u64 = 0xffff_ffff_ffff_ffff;

const NESTED_PAGING: u64 = 1;

const PRESENT: u64 = 1;
const WRITABLE: u64 = 2;
/** Every access of a VM is one of a user (15.25.5). */
const USER: u64 = 4;
const LARGE: u64 = 1 << 7;
/** Ignored by the processor: the entry holds an address, whatever the rights. */
const MAPPED: u64 = 1 << 9;
const NO_EXECUTE: u64 = 1 << 63;
const ADDRESS: u64 = 0x000f_ffff_ffff_f000;
const TABLE: u64 = PRESENT | WRITABLE | USER;

const ENTRIES: u64 = 512;
const GIBIBYTE: u64 = 1 << 30;

/** CPUID 8000_0001h, EDX: pages of 1 GiB. */
const LEAF_EXTENDED: u32 = 0x8000_0001;
const EDX_PAGE_1G: u32 = 1 << 26;

/** The tables of one VM on one processor. */
export class NestedTables {
  private constructor(private readonly root: u64) {}

  /**
   * Tables in which the VM sees the first GiB of physical memory, up to 512 of them, as they are, with all rights. Null
   * when memory runs out: a processor without pages of 1 GiB needs a page of memory for each.
   */
  static identity(gibibytes: u32): NestedTables | null {
    return NestedTables.identityWith(gibibytes, Right.All);
  }

  /** The same with other rights, for tables that some pages are to be added to. */
  static identityWith(gibibytes: u32, rights: Right): NestedTables | null {
    const root = allocatePage();
    const second = root == 0 ? 0 : allocatePage();
    if (second == 0) return null;
    poke64(ownMemory(root), second | TABLE);
    const tables = new NestedTables(root);
    const level: u32 = (cpuidEdx(LEAF_EXTENDED, 0) & EDX_PAGE_1G) != 0 ? 3 : 2;
    const step = pageBytes(level);
    for (let at: u64 = 0; at < gibibytes * GIBIBYTE; at += step) {
      const entry = tables.entryAt(at, level);
      if (entry == 0) return null;
      poke64(entry, leaf(at, rights, level));
    }
    return tables;
  }

  /** Tables in which the VM sees nothing yet. Null when memory runs out. */
  static empty(): NestedTables | null {
    const root = allocatePage();
    return root == 0 ? null : new NestedTables(root);
  }

  /** Gives the tables' memory back, not what they map. No VS may use them any more. */
  free(): void {
    freeTable(this.root, 4);
  }

  /** Makes a VS use the tables. */
  use(vs: Vs): NestedTables {
    vs.write(AMD_REG_N_CR3, this.root);
    vs.write(AMD_REG_CTLS1, vs.read(AMD_REG_CTLS1) | NESTED_PAGING);
    vs.flushTranslations();
    return this;
  }

  /**
   * Gives pages other rights; both numbers are multiples of 4 KiB. False when memory runs out, or a page is not mapped.
   * Call Vs.flushTranslations() when you are done.
   */
  protect(address: u64, bytes: u64, rights: Right): bool {
    for (let at = address; at < address + bytes; at += PAGE_BYTES) {
      const entry = this.entryAt(at, 1);
      if (entry == 0 || (peek64(entry) & MAPPED) == 0) return false;
      poke64(entry, leaf(peek64(entry) & ADDRESS, rights, 1));
    }
    return true;
  }

  /** Shows another page of physical memory at a guest physical address. False when memory runs out. */
  map(guest: u64, host: u64, rights: Right): bool {
    const entry = this.entryAt(guest, 1);
    if (entry == 0) return false;
    poke64(entry, leaf(host, rights, 1));
    return true;
  }

  /** Host physical address behind a guest physical one, or NOT_NESTED; rights do not matter. */
  translate(address: u64): u64 {
    let table = this.root;
    for (let level: u32 = 4; level != 0; level--) {
      const entry = peek64(place(table, address, level));
      if (isLeaf(entry, level)) {
        const offset = pageBytes(level) - 1;
        return (entry & ADDRESS & ~offset) | (address & offset);
      }
      if ((entry & PRESENT) == 0) return NOT_NESTED;
      table = entry & ADDRESS;
    }
    return NOT_NESTED;
  }

  /** What the VM may do at an address. */
  rights(address: u64): Right {
    let table = this.root;
    for (let level: u32 = 4; level != 0; level--) {
      const entry = peek64(place(table, address, level));
      if ((entry & PRESENT) == 0) return Right.None;
      if (isLeaf(entry, level)) {
        const write = (entry & WRITABLE) != 0 ? Right.Write : Right.None;
        return Right.Read | write | ((entry & NO_EXECUTE) == 0 ? Right.Execute : Right.None);
      }
      table = entry & ADDRESS;
    }
    return Right.None;
  }

  /** Where the entry for a page of a level lies, with tables made and large pages split on the way; 0: no memory. */
  private entryAt(address: u64, wanted: u32): u64 {
    let table = this.root;
    for (let level: u32 = 4; level != wanted; level--) {
      const at = place(table, address, level);
      let entry = peek64(at);
      if (isLeaf(entry, level) || (entry & PRESENT) == 0) {
        const below = split(entry, level);
        if (below == 0) return 0;
        entry = below | TABLE;
        poke64(at, entry);
      }
      table = entry & ADDRESS;
    }
    return place(table, address, wanted);
  }
}

/** A table that maps what an entry of a level mapped, which may be nothing; 0 when memory runs out. */
function split(entry: u64, level: u32): u64 {
  const table = allocatePage();
  if (table == 0 || !isLeaf(entry, level)) return table;
  const step = pageBytes(level - 1);
  const large = level - 1 > 1 ? LARGE : 0;
  for (let i: u64 = 0; i < ENTRIES; i++) {
    poke64(ownMemory(table) + i * 8, ((entry & ~LARGE) + i * step) | large);
  }
  return table;
}

/** Frees a table of a level, and those below it. */
function freeTable(table: u64, level: u32): void {
  for (let i: u64 = 0; i < ENTRIES && level > 1; i++) {
    const entry = peek64(ownMemory(table) + i * 8);
    if ((entry & PRESENT) != 0 && !isLeaf(entry, level)) freeTable(entry & ADDRESS, level - 1);
  }
  freePage(table);
}

function leaf(host: u64, rights: Right, level: u32): u64 {
  let entry = host | MAPPED | USER | NO_EXECUTE;
  if ((rights & Right.Read) != 0) entry |= PRESENT;
  if ((rights & Right.Write) != 0) entry |= WRITABLE;
  if ((rights & Right.Execute) != 0) entry &= ~NO_EXECUTE;
  return level > 1 ? entry | LARGE : entry;
}

function isLeaf(entry: u64, level: u32): bool {
  return (entry & MAPPED) != 0 && (level == 1 || (entry & LARGE) != 0);
}

function place(table: u64, address: u64, level: u32): u64 {
  return ownMemory(table) + (((address >> (12 + 9 * (level - 1))) & (ENTRIES - 1)) << 3);
}

function pageBytes(level: u32): u64 {
  return PAGE_BYTES << (9 * (level - 1));
}
