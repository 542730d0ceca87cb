// The operating system's side of the loader: memory, processors, whoever calls

import { PAGE_BYTES, type SimulatedMemory } from "@bareflank/bsl/test-support";
import type { Processor } from "./processor.ts";

/** Where the operating system sees physical memory, as Linux does. */
export const DIRECT_MAP = 0xffff_8880_0000_0000n;
/** Where it makes pieces contiguous that are not. */
export const VMALLOC = 0xffff_c900_0000_0000n;
/** Its code, where the hand-off page lies. */
export const MODULE = 0xffff_ffff_c000_0000n;
export const MODULE_PHYSICAL = 0x1234_5000n;

interface Block {
  readonly pages: number;
  readonly kind: Kind;
}

/** How pages are taken: in pieces, contiguous, or contiguous in any number at a multiple of 2 MiB. */
type Kind = "pieces" | "contiguous" | "run";
const kindOf = (contiguous: number): Kind => (contiguous === 0 ? "pieces" : contiguous === 3 ? "run" : "contiguous");
const RUN_STEP_BYTES = 0x20_0000n;

/** How the loader's runOnCpu ends (loader/src/run.ts). */
export const RUN = { done: 0, cancelled: 1, lost: 2 } as const;

/** What loader/src/platform.ts imports. Tests change the public fields. */
export class Platform {
  readonly memory: SimulatedMemory;
  readonly processors: Processor[];
  /** Blocks that are taken now, by their address. */
  readonly blocks = new Map<bigint, Block>();
  /** What was in the contiguous pieces that were given back. */
  readonly freed: Uint8Array[] = [];
  /** What was asked of processors: "2 operation 3". */
  readonly runs: string[] = [];
  /** From the n-th allocation on all fail; each counts down. */
  failAllocation = Number.POSITIVE_INFINITY;
  /** The n-th allocation from now on fails, and no other; each counts down. */
  failOneAllocation = Number.POSITIVE_INFINITY;
  /** Most pages that are physically contiguous. */
  largestPiece = 1024;
  /** Most pages of a run. */
  largestRun = 1 << 18;
  injectedFailure = 0xffff_ffff;
  forcedMitigations = 0;
  /** Nothing moves, unless a test says otherwise. */
  randomNumber = () => 0n;
  /** Processors that NMIs were sent to. */
  readonly nmis: number[] = [];
  tscKhz = 1_000_000;
  /** Where memory is that is no device's. */
  ram: readonly (readonly [bigint, bigint])[] = [[0x10_0000_0000n, 0x20_0000_0000n]];
  /** Where the driver looks for signals. */
  signals = 0n;
  clock = 1n;
  /** What is mapped of other loaders' memory: sizes by address. */
  readonly reserved = new Map<bigint, number>();
  /** The n-th mapping of such memory fails. */
  failMapping = Number.POSITIVE_INFINITY;
  /** Fills what has just been mapped. */
  onMap: (physical: bigint, address: bigint) => void = () => {};
  /** Numbers of the processors that are offline. */
  readonly offline = new Set<number>();
  /** The operating system's numbers of the processors, as the loader lists them; and how many of them count. */
  listed: number[] = [];
  listedCount = 0;
  /** Decides how a run ends instead of carrying it out; undefined carries it out. */
  intercept: (index: number, operation: number) => number | undefined = () => undefined;
  /** Carries an operation out on a processor. */
  carryOut: (index: number, operation: number) => void = () => {};
  #nextPhysical = 0x10_0000_0000n;
  #nextVirtual = VMALLOC;
  readonly #virtualToPhysical = new Map<bigint, bigint>();

  constructor(memory: SimulatedMemory, processors: Processor[]) {
    this.memory = memory;
    this.processors = processors;
  }

  intrinsics() {
    return {
      allocatePages: (pages: number, contiguous: number) => this.#allocate(pages, kindOf(contiguous)),
      freePages: (address: bigint, pages: number, contiguous: number) =>
        this.#free(BigInt.asUintN(64, address), pages, kindOf(contiguous)),
      physicalAddress: (address: bigint) => this.physicalAddress(BigInt.asUintN(64, address)),
      listRam: () => this.ram.length,
      ramBase: (index: number) => this.ram[index]?.[0] ?? 0n,
      ramEnd: (index: number) => this.ram[index]?.[1] ?? 0n,
      watchSignals: (address: bigint) => {
        this.signals = BigInt.asUintN(64, address);
      },
      now: () => this.clock++,
      mapReserved: (physical: bigint, bytes: bigint) => this.#mapReserved(BigInt.asUintN(64, physical), Number(bytes)),
      unmapReserved: (address: bigint) => this.#unmapReserved(BigInt.asUintN(64, address)),
      onlineCpus: () => this.#online.length,
      listCpus: () => this.#list(this.#online),
      setCpus: (numbers: bigint, count: number) => {
        const at = BigInt.asUintN(64, numbers);
        this.#list(Array.from({ length: count + 1 }, (_, i) => Number(this.memory.peek(at + BigInt(4 * i), 4))));
        this.listedCount = count;
      },
      cpuNumber: (index: number) => this.listed[index] ?? -1,
      runOnCpu: (index: number, operation: number) => this.#run(index, operation),
      sendNmi: (index: number) => this.nmis.push(index),
      tscKhz: () => this.tscKhz,
      injectedFailure: () => this.injectedFailure,
      randomNumber: () => this.randomNumber(),
      forcedMitigations: () => this.forcedMitigations,
      debugLevel: () => 1,
      copyFromCaller: (to: bigint, from: bigint, bytes: bigint) => this.#copy(to, from, bytes, from),
      copyToCaller: (to: bigint, from: bigint, bytes: bigint) => this.#copy(to, from, bytes, to),
    };
  }

  /** 4 KiB pages that are taken. */
  get takenPages(): number {
    return [...this.blocks.values()].reduce((sum, { pages }) => sum + pages, 0);
  }

  physicalAddress(address: bigint): bigint {
    if (address >= MODULE) return MODULE_PHYSICAL + (address - MODULE);
    if (address < VMALLOC) return address - DIRECT_MAP;
    const page = this.#virtualToPhysical.get(address & ~4095n);
    if (page === undefined) throw new Error(`0x${address.toString(16)} has no physical address`);
    return page + (address & 4095n);
  }

  #allocate(pages: number, kind: Kind): bigint {
    const isInPieces = kind === "pieces";
    if (kind === "contiguous" && (pages & (pages - 1)) !== 0)
      throw new Error(`${pages} contiguous pages: no power of two`);
    const most = { pieces: pages, contiguous: this.largestPiece, run: this.largestRun }[kind];
    if (--this.failOneAllocation === 0 || --this.failAllocation <= 0 || pages > most) return 0n;
    const bytes = BigInt(pages * PAGE_BYTES);
    const alignment = kind === "run" ? RUN_STEP_BYTES : bytes;
    this.#nextPhysical = (this.#nextPhysical + alignment - 1n) & ~(alignment - 1n);
    const address = isInPieces ? this.#nextVirtual : DIRECT_MAP + this.#nextPhysical;
    for (let offset = 0n; isInPieces && offset < bytes; offset += 4096n) {
      this.#virtualToPhysical.set(address + offset, this.#nextPhysical + (bytes - 4096n - offset));
    }
    this.#nextPhysical += bytes;
    if (isInPieces) this.#nextVirtual += bytes + 4096n;
    this.memory.map(address, pages * PAGE_BYTES);
    this.memory.fill(address, 0xa5, pages * PAGE_BYTES);
    this.blocks.set(address, { pages, kind });
    return address;
  }

  #free(address: bigint, pages: number, kind: Kind): void {
    const block = this.blocks.get(address);
    if (block?.pages !== pages || block.kind !== kind) {
      throw new Error(`0x${address.toString(16)}: ${pages} pages were not allocated like that`);
    }
    if (kind !== "pieces") this.freed.push(this.memory.read(address, pages * PAGE_BYTES));
    this.blocks.delete(address);
    this.memory.unmap(address, pages * PAGE_BYTES);
  }

  get #online(): number[] {
    return this.processors.map(({ number }) => number).filter((number) => !this.offline.has(number));
  }

  #list(numbers: number[]): number {
    this.listed = numbers;
    this.listedCount = numbers.length;
    return numbers.length;
  }

  #mapReserved(physical: bigint, bytes: number): bigint {
    if (physical % 4096n !== 0n || bytes % PAGE_BYTES !== 0) throw new Error("no whole pages");
    if (--this.failMapping === 0) return 0n;
    const address = this.#nextVirtual;
    this.#nextVirtual += BigInt(bytes) + 4096n;
    this.memory.map(address, bytes);
    this.memory.fill(address, 0, bytes);
    this.reserved.set(address, bytes);
    for (let offset = 0n; offset < bytes; offset += 4096n) {
      this.#virtualToPhysical.set(address + offset, physical + offset);
    }
    this.onMap(physical, address);
    return address;
  }

  #unmapReserved(address: bigint): void {
    const bytes = this.reserved.get(address);
    if (bytes === undefined) throw new Error(`0x${address.toString(16)} is not mapped`);
    this.reserved.delete(address);
    this.memory.unmap(address, bytes);
  }

  #run(index: number, operation: number): number {
    this.runs.push(`${index} operation ${operation}`);
    const result = this.intercept(index, operation);
    if (result !== undefined) return result;
    const number = this.listed[index];
    if (number === undefined || !this.#online.includes(number)) return RUN.cancelled;
    this.carryOut(index, operation);
    return RUN.done;
  }

  /** Addresses of the caller's lie in the lower half. */
  #copy(to: bigint, from: bigint, bytes: bigint, callers: bigint): number {
    const isReadable = BigInt.asUintN(64, callers) < 0x8000_0000_0000n && this.memory.isMapped(callers);
    if (isReadable) this.memory.write(to, this.memory.read(from, Number(bytes)));
    return isReadable ? 1 : 0;
  }
}
