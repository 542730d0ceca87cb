// What a machine's monitor shows of the hypervisor: registers and physical memory, while all processors stand still
//
// A processor that is in host mode shows by CR3 where its tables are, and those lead to all else: the microkernel's block on it
// names the tables of its other extensions, and the control block of the VS that it runs. Which VS that is changes, so a machine is
// looked at more than once; and it changes in several steps, so nobody asks for it while the microkernel is at work.

import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as abi from "@bareflank/abi";
import type { Monitor } from "../emulator/emulator.ts";
import type { HostRegisters, HostSpace, Hypervisor, NestedSpace, Shared } from "./rules.ts";
import { type FormatName, NoMemoryError, PAGE, type ReadPage, readTables, type Tables, translate } from "./tables.ts";

const PAGE_MASK = ~(PAGE - 1n);
const ROOT_VMID = 0;

// AMD's VMCB (APM volume 2, appendix B)
const VMCB_NESTED_CONTROL = 0x90;
const VMCB_NESTED_CR3 = 0xb0;
const NESTED_ENABLED = 1n;

// Intel's VMCS: what is in it, and where Bochs keeps a field, 4 bytes for each of 64 fields of a type (SDM volume 3, 24.11.2)
const VMCS_EPT_POINTER = 0x201a;
const VMCS_SECONDARY_CONTROLS = 0x401e;
const SECONDARY_EPT = 2;
const VMCS_FIELDS_AT = 0x10;
const vmcsOffset = (encoding: number): number => {
  const type = ((encoding >> 11) & 0xc) | ((encoding >> 10) & 3);
  return VMCS_FIELDS_AT + (type * 64 + (encoding & 0x3ff)) * 4;
};

/** The lowest bits of CS. */
const RING = 3n;

/** What a processor does: its VM runs, or an extension, or the microkernel. */
type At = "guest" | "extension" | "microkernel";

/** A look at a machine that stands still. */
export interface Look extends Hypervisor {
  /** Those whose host mode has been seen. */
  readonly processors: readonly number[];
}

/** Looks at a machine by its monitor, again and again. */
export class MachineView {
  readonly #monitor: Monitor;
  readonly #memorySlide: bigint;
  readonly #memoryBytes: bigint;
  readonly #folder = mkdtempSync(join(tmpdir(), "bf-audit-"));
  /** Host mode's tables of each processor, as its CR3 was seen. */
  readonly #roots = new Map<number, bigint>();
  #pages = new Map<bigint, Buffer>();

  constructor(monitor: Monitor, memoryBytes: bigint, memorySlide: bigint) {
    this.#monitor = monitor;
    this.#memoryBytes = memoryBytes;
    this.#memorySlide = memorySlide;
  }

  dispose(): void {
    rmSync(this.#folder, { recursive: true });
  }

  /** Stops the machine, looks at it, and lets it go on. */
  async look(): Promise<Look> {
    await this.#monitor.pause();
    this.#pages = new Map();
    const text = await this.#monitor.registers();
    const [cr0, cr3, cr4, efer] = ["CR0", "CR3", "CR4", "EFER"].map((name) => valuesOf(text, name)) as [
      bigint[],
      bigint[],
      bigint[],
      bigint[],
    ];
    const codeSegments = valuesOf(text, "CS");
    const registers: HostRegisters[] = [];
    const places = new Map<number, At>();
    for (const [ppid, root] of cr3.entries()) {
      places.set(ppid, "guest");
      if (!(await this.#isHostMode(root, ppid))) continue;
      places.set(ppid, ((codeSegments[ppid] ?? 0n) & RING) === RING ? "extension" : "microkernel");
      this.#roots.set(ppid, root & PAGE_MASK);
      registers.push({ ppid, cr0: cr0[ppid] ?? 0n, cr4: cr4[ppid] ?? 0n, efer: efer[ppid] ?? 0n });
    }
    const look = await this.#hypervisor(registers, places);
    await this.#monitor.resume();
    return look;
  }

  readonly #read: ReadPage = async (physical) => {
    const known = this.#pages.get(physical);
    if (known !== undefined) return known;
    const file = join(this.#folder, "page");
    rmSync(file, { force: true });
    await this.#monitor.saveMemory(physical, PAGE, file);
    if (statSync(file, { throwIfNoEntry: false })?.size !== Number(PAGE)) {
      throw new NoMemoryError(physical);
    }
    const page = readFileSync(file);
    this.#pages.set(physical, page);
    return page;
  };

  /**
   * Whether tables are host mode's on a processor: where its BootArgs are, there are some, of this processor. A VM's tables lead
   * anywhere.
   */
  async #isHostMode(cr3: bigint, ppid: number): Promise<boolean> {
    const args = await this.#pageAt(cr3, abi.PP_AREA_BASE + BigInt(abi.PP_ARGS)).catch((error: unknown) => {
      if (error instanceof NoMemoryError) return undefined;
      throw error;
    });
    if (args?.readBigUInt64LE(abi.BOOT_ARGS_MAGIC) !== abi.BOOT_MAGIC) return false;
    return args.readUInt32LE(abi.BOOT_ARGS_PPID) === ppid;
  }

  async #pageAt(root: bigint, address: bigint): Promise<Buffer | undefined> {
    const physical = await translate(this.#read, root, address & PAGE_MASK);
    return physical === undefined ? undefined : await this.#read(physical);
  }

  /** A page that the microkernel has on a processor; it must be there. */
  async #area(root: bigint, offset: number): Promise<Buffer> {
    const page = await this.#pageAt(root, abi.PP_AREA_BASE + BigInt(offset));
    if (page === undefined) throw new Error(`Nothing is mapped in the processor's area at 0x${offset.toString(16)}.`);
    return page;
  }

  async #hypervisor(registers: readonly HostRegisters[], places: ReadonlyMap<number, At>): Promise<Look> {
    const hosts: HostSpace[] = [];
    const nested: NestedSpace[] = [];
    const shared: Shared[] = [];
    const structures = new Set<bigint>();
    for (const [ppid, root] of this.#roots) {
      const args = await this.#area(root, abi.PP_ARGS);
      const block = await this.#area(root, abi.PP_BLOCK);
      shared.push(...sharedBy(args));
      hosts.push(...(await this.#spaces(ppid, root, args, block)));
      for (const at of [abi.PP_BLOCK_VMCB, abi.PP_BLOCK_HOST_VMCB, abi.PP_BLOCK_HOST_AREA, abi.PP_BLOCK_VMCS]) {
        const frame = block.readBigUInt64LE(at);
        if (frame !== 0n) structures.add(frame);
      }
      const at = places.get(ppid);
      if (at === undefined || at === "microkernel") continue;
      const vmid = block.readUInt16LE(abi.PP_BLOCK_TCB_IDS0 + 2);
      const space = await this.#nestedSpace(ppid, vmid, args.readUInt32LE(abi.BOOT_ARGS_VENDOR), block);
      // Its extension has yet to give it some; until then it runs with none at all, which the microkernel sees to
      if (space === undefined || (at === "extension" && !space.isRootVm && space.tables === undefined)) continue;
      nested.push(space);
    }
    for (const { tables } of nested) shared.push(...(await this.#blank(tables)));
    return {
      ...{ hosts, nested, shared, registers, structures: [...structures] },
      ...{ memorySlide: this.#memorySlide, memoryBytes: this.#memoryBytes, processors: [...this.#roots.keys()] },
    };
  }

  /** Of the extension that runs, what CR3 has; of the others, what their seats name. */
  async #spaces(ppid: number, root: bigint, args: Buffer, block: Buffer): Promise<HostSpace[]> {
    const count = args.readUInt32LE(abi.BOOT_ARGS_EXT_COUNT);
    const running = block.readUInt16LE(abi.PP_BLOCK_TCB_IDS0);
    const spaces: HostSpace[] = [];
    for (let extension = 0; extension < count; extension++) {
      const isRunning = extension === running;
      const at = isRunning ? abi.PP_BLOCK : abi.PP_SEATS + extension * abi.PP_SEAT_STRIDE;
      const seat = isRunning ? block : (await this.#area(root, at)).subarray(at % Number(PAGE));
      const name = `PP ${ppid}, extension ${extension}`;
      const tables = await readTables(this.#read, seat.readBigUInt64LE(abi.PP_BLOCK_ROOT), "host");
      spaces.push({ ...tables, name, ppid, extension, isRing3s: false });
      const own = seat.readBigUInt64LE(abi.PP_BLOCK_USER_ROOT);
      if (own === 0n) continue;
      const ring3 = await readTables(this.#read, own, "host");
      spaces.push({ ...ring3, name: `${name}, ring 3's own`, ppid, extension, isRing3s: true });
    }
    return spaces;
  }

  /** Of the VS that a processor runs; undefined when it runs none. */
  async #nestedSpace(ppid: number, vmid: number, vendor: number, block: Buffer): Promise<NestedSpace | undefined> {
    const isIntel = vendor === abi.VENDOR_INTEL;
    const frame = block.readBigUInt64LE(isIntel ? abi.PP_BLOCK_VMCS : abi.PP_BLOCK_VMCB);
    if (frame === 0n || vmid === Number(abi.INVALID_ID)) return undefined;
    const control = await this.#read(frame);
    const isOn = isIntel
      ? (control.readUInt32LE(vmcsOffset(VMCS_SECONDARY_CONTROLS)) & SECONDARY_EPT) !== 0
      : (control.readBigUInt64LE(VMCB_NESTED_CONTROL) & NESTED_ENABLED) !== 0n;
    const root = control.readBigUInt64LE(isIntel ? vmcsOffset(VMCS_EPT_POINTER) : VMCB_NESTED_CR3);
    const format: FormatName = isIntel ? "ept" : "npt";
    const tables = isOn ? await readTables(this.#read, root, format) : undefined;
    return { name: `VM ${vmid} on PP ${ppid}`, isRootVm: vmid === ROOT_VMID, tables };
  }

  /** The page of zeroes that a VM sees in many places instead of the hypervisor's: one that is never written, and holds nothing. */
  async #blank(tables: Tables | undefined): Promise<Shared[]> {
    const places = new Map<bigint, number>();
    for (const { bytes, isWritable, physical } of tables?.leaves ?? []) {
      if (bytes === PAGE && !isWritable) places.set(physical, (places.get(physical) ?? 0) + 1);
    }
    const blank: Shared[] = [];
    for (const [base, count] of places) {
      if (count === 1 || (await this.#read(base)).some((byte) => byte !== 0)) continue;
      blank.push({ name: "page of zeroes", base, bytes: PAGE, isWritable: false });
    }
    return blank;
  }
}

/** A register of each processor, in their order, as both emulators print it. */
const valuesOf = (text: string, name: string): bigint[] =>
  [...text.matchAll(new RegExp(`\\b${name} *[=:](?:0x)?([0-9a-f]+)`, "gi"))].map(([, digits]) => BigInt(`0x${digits}`));

/** What the loader, which lives in the operating system, and the microkernel have together (docs/memory.md). */
function sharedBy(args: Buffer): Shared[] {
  const page = (name: string, at: number): Shared => ({
    ...{ name, bytes: PAGE, isWritable: true },
    base: args.readBigUInt64LE(at) & PAGE_MASK,
  });
  return [
    { ...page("debug ring", abi.BOOT_ARGS_RING_PHYS), bytes: BigInt(abi.DEBUG_RING_AREA_BYTES) },
    page("reports", abi.BOOT_ARGS_REPORT_PHYS),
    page("exchange", abi.BOOT_ARGS_EXCHANGE_PHYS),
  ];
}
