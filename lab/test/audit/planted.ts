// Page tables in a memory of a few pages, as a hypervisor's are, to plant faults in

import * as abi from "@bareflank/abi";
import type { Hypervisor, NestedSpace } from "../../src/audit/rules.ts";
import { type FormatName, NoMemoryError, PAGE, type ReadPage, readTables } from "../../src/audit/tables.ts";

export const PRESENT = 1n;
export const WRITABLE = 2n;
export const USER = 4n;
export const LARGE = 0x80n;
export const NO_EXECUTE = 1n << 63n;

/** Ring 0's data, code and constants; ring 3's. */
export const KERNEL_DATA = PRESENT | WRITABLE | NO_EXECUTE;
export const KERNEL_CODE = PRESENT;
export const KERNEL_CONSTANT = PRESENT | NO_EXECUTE;
export const USER_DATA = KERNEL_DATA | USER;
export const USER_CODE = PRESENT | USER;

const ENTRY_OF_A_TABLE = PRESENT | WRITABLE | USER;

/** Physical memory: pages that were written. */
export class Memory {
  readonly #pages = new Map<bigint, Buffer>();
  /** Where the next table goes. */
  #next: bigint;

  constructor(tablesFrom: bigint) {
    this.#next = tablesFrom;
  }

  readonly read: ReadPage = (physical) => {
    const page = this.#pages.get(physical);
    return page === undefined ? Promise.reject(new NoMemoryError(physical)) : Promise.resolve(page);
  };

  newTable(): bigint {
    const table = this.#next;
    this.#pages.set(table, Buffer.alloc(Number(PAGE)));
    this.#next += PAGE;
    return table;
  }

  /** Writes the entry of a level for an address, and makes the tables above it. */
  map(root: bigint, address: bigint, entry: bigint, level = 1, tableBits = ENTRY_OF_A_TABLE): void {
    let table = root;
    for (let above = 4; above > level; above--) {
      const at = this.#slot(table, address, above);
      if (at.value === 0n) at.value = this.newTable() | tableBits;
      table = at.value & 0x000f_ffff_ffff_f000n;
    }
    this.#slot(table, address, level).value = entry;
  }

  #slot(table: bigint, address: bigint, level: number) {
    const page = this.#pages.get(table);
    if (page === undefined) throw new Error(`no table at ${table}`);
    const at = Number((address >> BigInt(12 + 9 * (level - 1))) & 511n) * 8;
    return {
      get value() {
        return page.readBigUInt64LE(at);
      },
      set value(value: bigint) {
        page.writeBigUInt64LE(value, at);
      },
    };
  }
}

const area = (offset: number): bigint => abi.PP_AREA_BASE + BigInt(offset);

/** Frames of a hypervisor with one processor and one extension. */
export const FRAMES = {
  stack: 0x10_0000n,
  nmi: 0x10_4000n,
  doubleFault: 0x10_6000n,
  machineCheck: 0x10_8000n,
  block: 0x10_a000n,
  gdt: 0x10_b000n,
  text: 0x11_0000n,
  memory: 0x11_1000n,
  handoff: 0x11_2000n,
  code: 0x11_3000n,
  extensionStack: 0x12_0000n,
  failStack: 0x12_8000n,
  tls: 0x13_0000n,
  tcb: 0x13_1000n,
  poolPage: 0x13_2000n,
  vmcb: 0x13_3000n,
  blank: 0x13_4000n,
  ring: 0x20_0000n,
} as const;
export const TABLES = 0x30_0000n;

/** Nothing is wrong with this one. */
export class Planted {
  readonly memory = new Memory(TABLES);
  readonly host = this.memory.newTable();
  readonly second = this.memory.newTable();
  readonly nested: { readonly name: string; readonly isRootVm: boolean; readonly root: bigint; format: FormatName }[] =
    [];

  constructor() {
    const both = (address: bigint, physical: bigint, flags: bigint, pages = 1) => {
      for (let page = 0n; page < pages; page++) this.map(address + page * PAGE, (physical + page * PAGE) | flags);
    };
    both(area(abi.PP_STACK), FRAMES.stack, KERNEL_DATA, 4);
    both(area(abi.PP_NMI_STACK), FRAMES.nmi, KERNEL_DATA, 2);
    both(area(abi.PP_DF_STACK), FRAMES.doubleFault, KERNEL_DATA, 2);
    both(area(abi.PP_MC_STACK), FRAMES.machineCheck, KERNEL_DATA, 2);
    both(area(abi.PP_BLOCK), FRAMES.block, KERNEL_DATA);
    both(area(abi.PP_GDT), FRAMES.gdt, KERNEL_DATA);
    both(area(abi.PP_TCB), FRAMES.tcb, KERNEL_DATA);
    both(abi.KERNEL_IMAGE_BASE, FRAMES.text, KERNEL_CODE);
    both(abi.KERNEL_MEMORY_BASE + 0x1_0000n, FRAMES.memory, KERNEL_DATA);
    both(abi.HANDOFF_BASE, FRAMES.handoff, KERNEL_CODE);
    both(abi.DIRECT_BASE + FRAMES.text, FRAMES.text, KERNEL_CONSTANT);
    both(abi.DIRECT_BASE + FRAMES.code, FRAMES.code, KERNEL_DATA);
    both(abi.DIRECT_BASE + FRAMES.poolPage, FRAMES.poolPage, KERNEL_DATA);
    both(abi.DIRECT_BASE + FRAMES.vmcb, FRAMES.vmcb, KERNEL_DATA);
    both(abi.DIRECT_BASE + FRAMES.blank, FRAMES.blank, KERNEL_DATA);
    both(abi.DIRECT_BASE + FRAMES.ring, FRAMES.ring, KERNEL_DATA);
    both(abi.EXT_CODE_BASE, FRAMES.code, USER_CODE);
    both(abi.EXT_STACK_BASE, FRAMES.extensionStack, USER_DATA, 8);
    both(abi.EXT_FAIL_STACK_BASE, FRAMES.failStack, USER_DATA, 8);
    both(abi.EXT_TLS_BASE, FRAMES.tls, USER_DATA, 2);
    both(abi.EXT_POOL_BASE, FRAMES.poolPage, USER_DATA);
  }

  /** Maps a page in the tables of extension 0. */
  map(address: bigint, entry: bigint, level = 1): void {
    this.memory.map(this.host, address, entry, level);
  }

  /** A VM that sees this. */
  vm(
    format: FormatName,
    isRootVm: boolean,
    map: (map: (guest: bigint, entry: bigint, level?: number) => void) => void,
  ): void {
    const root = this.memory.newTable();
    map((guest, entry, level) => this.memory.map(root, guest, entry, level, 7n));
    this.nested.push({ name: isRootVm ? "VM 0 on PP 0" : "VM 1 on PP 0", isRootVm, root, format });
  }

  async hypervisor(): Promise<Hypervisor> {
    const { read } = this.memory;
    const nested: NestedSpace[] = [];
    for (const { format, root, ...vm } of this.nested) {
      nested.push({ ...vm, tables: await readTables(read, root, format) });
    }
    const host = await readTables(read, this.host, "host");
    const second = await readTables(read, this.second, "host");
    return {
      hosts: [
        { ...host, name: "PP 0, extension 0", ppid: 0, extension: 0, isRing3s: false },
        ...(second.leaves.length === 0
          ? []
          : [{ ...second, name: "PP 0, extension 1", ppid: 0, extension: 1, isRing3s: false }]),
      ],
      nested,
      shared: [
        { name: "debug ring", base: FRAMES.ring, bytes: PAGE, isWritable: true },
        { name: "page of zeroes", base: FRAMES.blank, bytes: PAGE, isWritable: false },
      ],
      structures: [FRAMES.vmcb],
      registers: [{ ppid: 0, cr0: 0x8001_0033n, cr4: 0x30_0620n, efer: 0x1d01n }],
      memorySlide: 0n,
      memoryBytes: 1n << 31n,
    };
  }
}
