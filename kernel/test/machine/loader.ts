// What the loader does before a processor arrives in the kernel: memory, page tables, BootArgs and SavedState

import {
  BOOT_MAGIC,
  BOOT_REPORT_BYTES,
  BOOT_VERSION,
  CPU_FEATURE_SMAP,
  CPU_FEATURE_SMEP,
  CPU_FEATURE_UMIP,
  CPU_FEATURE_XSAVE,
  DEBUG_RING_AREA_BYTES,
  DIRECT_BASE,
  EXT_FILE_BASE,
  EXT_FILE_STRIDE,
  EXT_POLICY_BASE,
  HANDOFF_BASE,
  KERNEL_IMAGE_BASE,
  KERNEL_MEMORY_BASE,
  PP_AREA_BASE,
  PP_ARGS,
  PP_BLOCK,
  PP_STACK,
  PP_STACK_BYTES,
  PP_STATE,
  VENDOR_AMD,
} from "@bareflank/abi";
import { hiddenSegment, operatingSystemState } from "./operating-system.ts";
import type { PhysicalMemory } from "./physical-memory.ts";
import { StructureView } from "./structure-view.ts";
import { HIDDEN_SEGMENTS, setSegment, Vmcb } from "./vmcb.ts";

export interface LoaderOptions {
  /** Processors that will be started. */
  readonly ppCount?: number;
  readonly features?: number;
  readonly vendor?: number;
  /** The first extension's file, and those of the others. */
  readonly extension: Uint8Array;
  readonly others?: readonly Uint8Array[];
  /** ExtensionPolicy of each. */
  readonly policy?: Uint8Array;
  /** Pages left for the kernel's pool; about 550 unless given. */
  readonly freePages?: number;
  /** Bytes of a third chunk of memory, for tests that need much. */
  readonly moreBytes?: number;
  /** Whether there is a debug ring. */
  readonly ring?: boolean;
  /** Leaves of CPUID that the processors have otherwise. */
  readonly leaves?: readonly (readonly [number, readonly [number, number, number, number]])[];
  /** MSRs that the processors have besides, with what the operating system left in them. */
  readonly msrs?: readonly (readonly [number, bigint])[];
  /** 2: every exit is logged. */
  readonly debugLevel?: number;
  /** Physical memory that the driver may lend: from and to. It is there, and the page that is shared with the driver. */
  readonly ram?: readonly [bigint, bigint];
  /** Leaves of CPUID that they have besides. */
  readonly moreLeaves?: readonly (readonly [number, readonly [number, number, number, number]])[];
  /** Ticks after which a processor is overdue; without, nobody watches. */
  readonly watchTicks?: bigint;
  /** How far the kernel's code lies above where it was linked. */
  readonly textSlide?: bigint;
  /** MITIGATION_*, and what host mode has in SPEC_CTRL. */
  readonly mitigations?: number;
  readonly hostSpecCtrl?: bigint;
}

/** What a processor gets: its top-level table, and its own pages (physical addresses). */
export interface Handover {
  readonly root: bigint;
  readonly args: StructureView;
  readonly report: StructureView;
  readonly state: StructureView;
  readonly block: StructureView;
}

export const ALL_FEATURES = CPU_FEATURE_SMEP | CPU_FEATURE_SMAP | CPU_FEATURE_UMIP | CPU_FEATURE_XSAVE;
export const PROMOTE_ENTRY = HANDOFF_BASE + 0x80n;

const PAGE = 4096;
/** Above 4 GiB, so that an address cut to 32 bits is noticed. */
export const CHUNKS = [
  { base: 0x1_2340_0000, bytes: 0x10_0000 },
  { base: 0x9_8760_0000, bytes: 0x18_0000 },
] as const;
const THIRD_CHUNK = 0x4_0000_0000;
const RING = 0x5_0000_0000;
/** A page has reports of all processors. */
const REPORTS = 0x6_0000_0000;
export const EXCHANGE = 0x6_1000_0000;
const FILE = 0x7_0000_0000;
const POLICY = 0x7_8000_0000;
const LINEAR = 0x8_0000_0000;
const LINEAR_START = 0x1_0000;

const WRITABLE = 0x8000_0000_0000_0063n;
const READ_ONLY = 0x8000_0000_0000_0061n;
const CODE = 0x61n;
const TABLE = 0x23n;
/** What one lowest table maps. */
const TABLE_SPAN = 0x20_0000n;

export class Loader {
  readonly #physical: PhysicalMemory;
  readonly #options: LoaderOptions;
  readonly #template: number;
  readonly #chunks: readonly { readonly base: number; readonly bytes: number }[];
  #carved = 0;

  constructor(physical: PhysicalMemory, options: LoaderOptions) {
    this.#physical = physical;
    this.#options = options;
    const { moreBytes: bytes } = options;
    this.#chunks = bytes === undefined ? CHUNKS : [...CHUNKS, { base: THIRD_CHUNK, bytes }];
    for (const { base, bytes } of this.#chunks) physical.add(base, bytes);
    physical.add(RING, DEBUG_RING_AREA_BYTES);
    physical.write(BigInt(RING), new Uint8Array(16));
    physical.add(REPORTS, PAGE);
    physical.write(BigInt(REPORTS), new Uint8Array(PAGE));
    this.#template = this.#carve();
    for (const { base, bytes } of this.#chunks) this.#mapRange(DIRECT_BASE + BigInt(base), base, bytes, WRITABLE);
    this.#mapRange(DIRECT_BASE + BigInt(RING), RING, DEBUG_RING_AREA_BYTES, WRITABLE);
    this.#mapRange(DIRECT_BASE + BigInt(REPORTS), REPORTS, PAGE, WRITABLE);
    this.#prepareExchange();
    this.#files.forEach((file, index) => {
      this.#mapFile(EXT_FILE_BASE + BigInt(index) * EXT_FILE_STRIDE, FILE + index * Number(EXT_FILE_STRIDE), file);
    });
    this.#mapFile(EXT_POLICY_BASE, POLICY, options.policy ?? new Uint8Array(0));
    this.#mapRange(HANDOFF_BASE, this.#carve(), PAGE, CODE);
    this.#mapRange(KERNEL_IMAGE_BASE, this.#carve(), PAGE, CODE);
  }

  #prepareExchange(): void {
    const { ram } = this.#options;
    if (ram === undefined) return;
    this.#physical.add(EXCHANGE, PAGE);
    this.#physical.write(BigInt(EXCHANGE), new Uint8Array(PAGE));
    this.#mapRange(DIRECT_BASE + BigInt(EXCHANGE), EXCHANGE, PAGE, WRITABLE);
    this.#physical.add(Number(ram[0]), Number(ram[1] - ram[0]));
    const exchange = new StructureView(this.#physical, BigInt(EXCHANGE), "MemoryExchange");
    exchange.set("ramCount", 1n);
    exchange.set("ramBase", ram[0], 0);
    exchange.set("ramEnd", ram[1], 0);
  }

  get #files(): Uint8Array[] {
    return [this.#options.extension, ...(this.#options.others ?? [])];
  }

  #mapFile(virtual: bigint, physical: number, file: Uint8Array): void {
    if (file.length === 0) return;
    this.#physical.add(physical, Math.ceil(file.length / PAGE) * PAGE);
    this.#physical.write(BigInt(physical), file);
    this.#mapRange(virtual, physical, file.length, READ_ONLY);
  }

  /** Maps the kernel's linear memory where the kernel's image has it. */
  mapLinear(memory: { readonly buffer: ArrayBuffer }): void {
    this.#physical.addLinear(LINEAR, memory, LINEAR_START);
    const bytes = memory.buffer.byteLength - LINEAR_START;
    this.#mapRange(KERNEL_MEMORY_BASE + BigInt(LINEAR_START), LINEAR, bytes, WRITABLE);
  }

  /** Prepares every processor, then tells each of them what the arena has left. */
  handOver(): Handover[] {
    const processors = Array.from({ length: this.#options.ppCount ?? 1 }, (_, ppid) => this.#prepare(ppid));
    for (const { args } of processors) {
      args.set("arenaCount", BigInt(this.#chunks.length));
      this.#chunks.forEach(({ base, bytes }, index) => {
        args.set("arenaPhys", BigInt(base), index);
        args.set("arenaBytes", BigInt(bytes), index);
        args.set("arenaUsed", BigInt(this.#used(index)), index);
      });
    }
    return processors;
  }

  /** Bytes of a chunk that the kernel must not take. The last page holds the kernel's page states. */
  #used(chunk: number): number {
    const { freePages } = this.#options;
    if (freePages === undefined) return chunk === 0 ? this.#carved : 0;
    return chunk === 0 ? CHUNKS[0].bytes - (freePages + 1) * PAGE : CHUNKS[1].bytes;
  }

  #prepare(ppid: number): Handover {
    const root = this.#deriveTable();
    const privatePages = (offset: number, bytes: number): number => {
      const pages = Array.from({ length: bytes / PAGE }, () => this.#carve());
      pages.forEach((page, index) => {
        this.#map(root, PP_AREA_BASE + BigInt(offset + index * PAGE), page, WRITABLE);
      });
      return pages[0] ?? 0;
    };
    privatePages(PP_STACK, PP_STACK_BYTES);
    const view = (offset: number, name: string) =>
      new StructureView(this.#physical, BigInt(privatePages(offset, PAGE)), name);
    const block = view(PP_BLOCK, "PpBlock");
    const args = view(PP_ARGS, "BootArgs");
    const state = view(PP_STATE, "SavedState");
    const report = new StructureView(this.#physical, BigInt(REPORTS + ppid * BOOT_REPORT_BYTES), "BootReport");
    this.#fillArgs(args, ppid, root);
    const saved = operatingSystemState(ppid);
    for (const name of state.names()) state.set(name, saved[name] ?? 0n);
    const saveArea = new Vmcb(this.#physical, state.address);
    for (const name of HIDDEN_SEGMENTS) setSegment(saveArea, name, hiddenSegment(saved, name));
    return { root: BigInt(root), args, report, state, block };
  }

  #fillArgs(args: StructureView, ppid: number, root: number): void {
    args.set("magic", BOOT_MAGIC);
    args.set("version", BOOT_VERSION);
    args.set("ppid", BigInt(ppid));
    args.set("ppCount", BigInt(this.#options.ppCount ?? 1));
    args.set("rootPhys", BigInt(root));
    args.set("ringPhys", this.#options.ring === false ? 0n : BigInt(RING));
    args.set("exchangePhys", this.#options.ram === undefined ? 0n : BigInt(EXCHANGE));
    args.set("reportPhys", BigInt(REPORTS + ppid * BOOT_REPORT_BYTES));
    args.set("promoteEntry", PROMOTE_ENTRY);
    args.set("vendor", BigInt(this.#options.vendor ?? VENDOR_AMD));
    args.set("features", BigInt(this.#options.features ?? ALL_FEATURES));
    args.set("debugLevel", BigInt(this.#options.debugLevel ?? 1));
    args.set("watchTicks", this.#options.watchTicks ?? 0n);
    args.set("mitigations", BigInt(this.#options.mitigations ?? 0));
    args.set("hostSpecCtrl", this.#options.hostSpecCtrl ?? 0n);
    args.set("extCount", BigInt(this.#files.length));
    this.#files.forEach((file, index) => {
      args.set("extBytes", BigInt(file.length), index);
    });
    args.set("policyBytes", BigInt(this.#options.policy?.length ?? 0));
  }

  /** A table that shares all but the first GiB. */
  #deriveTable(): number {
    const [root, lower] = [this.#carve(), this.#carve()];
    const first = this.#physical.peek(BigInt(this.#template), 8);
    this.#physical.write(BigInt(root), this.#physical.read(BigInt(this.#template), PAGE));
    this.#physical.write(BigInt(lower), this.#physical.read(first & ~0xfffn, PAGE));
    this.#physical.poke(BigInt(root), 8, BigInt(lower) | TABLE);
    this.#physical.poke(BigInt(lower), 8, 0n);
    return root;
  }

  #mapRange(virtual: bigint, physical: number, bytes: number, flags: bigint): void {
    let table = 0n;
    for (let at = 0; at < bytes; at += PAGE) {
      const address = virtual + BigInt(at);
      if (at === 0 || address % TABLE_SPAN === 0n) table = this.#leafTable(this.#template, address);
      this.#setLeaf(table, address, BigInt(physical + at) | flags);
    }
  }

  #map(root: number, virtual: bigint, physical: number, flags: bigint): void {
    this.#setLeaf(this.#leafTable(root, virtual), virtual, BigInt(physical) | flags);
  }

  /** The lowest table that an address falls into; made, with those above it, if it is missing. */
  #leafTable(root: number, virtual: bigint): bigint {
    let table = BigInt(root);
    for (let level = 4n; level > 1n; level--) {
      const place = table + entryOffset(virtual, level);
      if (this.#physical.peek(place, 8) === 0n) this.#physical.poke(place, 8, BigInt(this.#carve()) | TABLE);
      table = this.#physical.peek(place, 8) & 0xf_ffff_ffff_f000n;
    }
    return table;
  }

  #setLeaf(table: bigint, virtual: bigint, entry: bigint): void {
    this.#physical.poke(table + entryOffset(virtual, 1n), 8, entry);
  }

  /** A zeroed page from the beginning of the first chunk. */
  #carve(): number {
    const page = CHUNKS[0].base + this.#carved;
    this.#carved += PAGE;
    this.#physical.write(BigInt(page), new Uint8Array(PAGE));
    return page;
  }
}

/** Where a table of a level has the entry for an address. */
function entryOffset(virtual: bigint, level: bigint): bigint {
  return ((virtual >> (12n + 9n * (level - 1n))) & 511n) * 8n;
}
