// A machine with several processors, the loader's module that ships, and a microkernel that does what tests tell it

import {
  BOOT_ARGS_REPORT_PHYS,
  BOOT_REPORT_PHASE,
  BOOT_REPORT_STATUS,
  BOOT_VERSION,
  CPUID_CONTROL_STOP,
  CPUID_CONTROL_STOP_ANYWAY,
  DRIVER_VERSION,
  IOCTL_LOAD,
  IOCTL_START,
  IOCTL_STATUS,
  LOAD_ARGS_EXT_ADDRESS,
  LOAD_ARGS_EXT_BYTES,
  LOAD_ARGS_EXT_COUNT,
  LOAD_ARGS_KERNEL_ADDRESS,
  LOAD_ARGS_KERNEL_BYTES,
  NOTE_KERNEL,
  OPERATION_ARGS_CPU,
  OPERATION_ARGS_DETAIL,
  OPERATION_ARGS_ERROR,
  OPERATION_ARGS_FILE,
  OPERATION_ARGS_FLAGS,
  OPERATION_ARGS_PHASE,
  OPERATION_ARGS_WATCHDOG_MS,
  PHASE_RUNNING,
  PHASE_START,
  PHASE_STOPPED,
  PP_AREA_BASE,
  PP_ARGS,
  SAVED_STATE_HOST_CR3,
  STATUS_ARGS_ALLOCATED_PAGES,
  STATUS_ARGS_MEMORY_BYTES,
  STATUS_ARGS_RUNNING,
  STATUS_ARGS_RUNNING_COUNT,
  STATUS_ARGS_STATE,
} from "@bareflank/abi";
import { buildElf, buildNote, littleEndian, loadPart, PF, PT, SimulatedMemory } from "@bareflank/bsl/test-support";
import { translate } from "./page-walk.ts";
import { DIRECT_MAP, MODULE, Platform } from "./platform.ts";
import { Processor } from "./processor.ts";

interface LoaderExports {
  loaderBlockBytes(command: number): number;
  loaderControl(command: number, block: bigint): number;
  loaderStatusMeanwhile(block: bigint): number;
  loaderOnCpu(index: number, operation: number): void;
  loaderTakeOver(): number;
  loaderKeepsCpus(): number;
  loaderCpuComes(cpu: number): void;
  loaderCpuGoes(cpu: number): void;
  loaderStaysBehind(): number;
  loaderStop(isEnd?: number): number;
  loaderIsInterrupted(): number;
  loaderStartAgain(): number;
  loaderLookPeriod(): number;
  loaderLook(): void;
  loaderWatch(): void;
  loaderLeaveNow(index: number): void;
  loaderBalance(): number;
  loaderUnload(): number;
  loaderIsStatus(command: number): number;
  loaderIsHeld(): number;
}

/** What an operation reported. */
export interface Report {
  readonly error: number;
  readonly cpu: number;
  readonly phase: number;
  readonly file: number;
  readonly detail: bigint;
}

export const TEXT = 0x4000_0000n;
export const RODATA = 0x4000_2000n;
export const DATA = 0x4000_3000n;
export const LINEAR = 0x6001_0000n;
/** What the page of hand-off code says of itself. */
export const RETURNED_OFFSET = 0x0ab;
export const PROMOTE_OFFSET = 0x123;
export const PROMOTE_IN_OS_OFFSET = 0x1cd;
export const NMI_OFFSET = 0x456;

/** Where the caller's argument block and files lie. */
const BLOCK = 0xffff_c980_0000_0000n;
const FILES = 0x5555_0000_0000n;

/** Where the GDTs lie, read-only, as Linux has them. */
const GDT = 0xffff_fe00_0001_0000n;

/** Where the operating system sees physical memory. */
export const toDirect = (physical: bigint): bigint => DIRECT_MAP + physical;

const filled = (bytes: number, value: number) => new Uint8Array(bytes).fill(value);

/** A kernel image with all kinds of segments. */
export const kernelImage = (version = BOOT_VERSION, linearBytes = 0x8000n): Uint8Array =>
  buildElf({
    entry: TEXT + 0x10n,
    segments: [
      { type: PT.LOAD, flags: PF.R | PF.X, address: TEXT, data: filled(0x1800, 0x90) },
      { type: PT.LOAD, flags: PF.R, address: RODATA, data: filled(0x200, 0x52) },
      { type: PT.LOAD, flags: PF.R | PF.W, address: DATA, data: filled(0x100, 0x44), memoryBytes: 0x2345n },
      { type: PT.LOAD, flags: PF.R | PF.W, address: LINEAR, memoryBytes: linearBytes },
      { type: PT.NOTE, data: buildNote("Bareflank", NOTE_KERNEL, littleEndian(8, version)) },
      {
        type: PT.NOTE,
        data: buildNote(
          "GNU",
          3,
          Uint8Array.from({ length: 20 }, (_, i) => i + 1),
        ),
      },
    ],
  });

/** An extension whose file is larger than a page. */
export const extensionImage = (): Uint8Array =>
  buildElf({
    entry: 0x3280_0000_0000n,
    segments: [{ type: PT.LOAD, flags: PF.R | PF.X, address: 0x3280_0000_0000n, data: filled(0x2100, 0xcc) }],
  });

export class Machine {
  readonly memory = new SimulatedMemory();
  readonly processors: Processor[];
  readonly platform: Platform;
  readonly loader: LoaderExports;
  readonly digest: string;
  /** SavedState's address of each demote, in order. */
  readonly demotions: { readonly index: number; readonly state: bigint }[] = [];
  /** What the kernel returns on a processor: BOOT_*. */
  kernelStatus: (index: number) => number = () => 0;
  /** Index of the processor that executes. */
  current = 0;

  constructor(cpus: number) {
    this.processors = Array.from({ length: cpus }, (_, index) => new Processor(index * 2));
    this.platform = new Platform(this.memory, this.processors);
    this.memory.map(BLOCK, 4096);
    this.memory.map(MODULE, 4096);
    [RETURNED_OFFSET, PROMOTE_OFFSET, PROMOTE_IN_OS_OFFSET, NMI_OFFSET].forEach((offset, index) => {
      this.memory.poke(MODULE + BigInt(4 * index), 4, BigInt(offset));
    });
    for (const processor of this.processors) this.#setUpDescriptors(processor);
    const part = loadPart<LoaderExports>("loader", {
      memory: this.memory,
      nativeBase: 0xffff_c970_0000_0000n,
      intrinsics: { platform: this.platform.intrinsics(), cpu: this.#cpuIntrinsics(), handoff: this.#handoff() },
    });
    this.loader = part.exports;
    this.digest = part.digest;
    this.platform.carryOut = (index, operation) => this.onProcessor(index, operation);
  }

  /** As the platform does it in runOnCpu. */
  onProcessor(index: number, operation: number): void {
    const before = this.current;
    // Its place among the machine's: the loader may number them otherwise
    this.current = this.processors.findIndex(({ number }) => number === this.platform.listed[index]);
    this.loader.loaderOnCpu(index, operation);
    this.current = before;
  }

  /** What an operating system that dies does on processor `index`, which may have none of the loader's. */
  leaveNow(index: number): void {
    const before = this.current;
    this.current = index;
    this.loader.loaderLeaveNow(index);
    this.current = before;
  }

  /** Calls the loader; the block is zero but for its version and what `fill` writes. */
  control(command: number, fill: (block: bigint) => void = () => {}, version = DRIVER_VERSION): number {
    this.memory.fill(BLOCK, 0, 4096);
    this.memory.poke(BLOCK, 8, version);
    fill(BLOCK);
    return this.loader.loaderControl(command, BLOCK);
  }

  /** Starts with OPERATION_*, and a watchdog of so many milliseconds. */
  start(flags: number, watchdog = 0): Report {
    return this.operate(IOCTL_START, (block) => {
      this.memory.poke(block + BigInt(OPERATION_ARGS_FLAGS), 4, BigInt(flags));
      this.memory.poke(block + BigInt(OPERATION_ARGS_WATCHDOG_MS), 4, BigInt(watchdog));
    });
  }

  /** Calls the loader and returns the report. */
  operate(command: number, fill?: (block: bigint) => void): Report {
    const result = this.control(command, fill);
    if (result !== 0) throw new Error(`control ended with ${result}`);
    return this.report();
  }

  report(): Report {
    return {
      error: this.word(OPERATION_ARGS_ERROR),
      cpu: this.word(OPERATION_ARGS_CPU),
      phase: this.word(OPERATION_ARGS_PHASE),
      file: this.word(OPERATION_ARGS_FILE),
      detail: this.memory.peek(BLOCK + BigInt(OPERATION_ARGS_DETAIL), 8),
    };
  }

  /** 32 bits of the argument block. */
  word(offset: number): number {
    return Number(this.memory.peek(BLOCK + BigInt(offset), 4));
  }

  /** 64 bits of the argument block. */
  long(offset: number): bigint {
    return this.memory.peek(BLOCK + BigInt(offset), 8);
  }

  load(kernel = kernelImage(), extension = extensionImage()): Report {
    const [kernelAt, extensionAt] = [FILES, FILES + 0x100_0000n];
    for (const [address, file] of [[kernelAt, kernel] as const, [extensionAt, extension] as const]) {
      this.memory.map(address, file.length);
      this.memory.write(address, file);
    }
    return this.operate(IOCTL_LOAD, (block) => {
      this.memory.poke(block + BigInt(LOAD_ARGS_KERNEL_ADDRESS), 8, kernelAt);
      this.memory.poke(block + BigInt(LOAD_ARGS_KERNEL_BYTES), 8, BigInt(kernel.length));
      this.memory.poke(block + BigInt(LOAD_ARGS_EXT_COUNT), 4, 1n);
      this.memory.poke(block + BigInt(LOAD_ARGS_EXT_ADDRESS), 8, extensionAt);
      this.memory.poke(block + BigInt(LOAD_ARGS_EXT_BYTES), 8, BigInt(extension.length));
    });
  }

  status() {
    this.operate(IOCTL_STATUS);
    return this.#statusFacts();
  }

  /** The same while another operation waits for a processor. */
  statusMeanwhile() {
    this.memory.fill(BLOCK, 0, 4096);
    this.memory.poke(BLOCK, 8, DRIVER_VERSION);
    this.loader.loaderStatusMeanwhile(BLOCK);
    return this.#statusFacts();
  }

  #statusFacts() {
    return {
      ...this.report(),
      state: this.word(STATUS_ARGS_STATE),
      runningCount: this.word(STATUS_ARGS_RUNNING_COUNT),
      running: this.long(STATUS_ARGS_RUNNING),
      memoryBytes: this.long(STATUS_ARGS_MEMORY_BYTES),
      allocatedPages: Number(this.long(STATUS_ARGS_ALLOCATED_PAGES)),
    };
  }

  /** A processor's BootReport, by its BootArgs. */
  reportOf(args: bigint): bigint {
    return toDirect(this.memory.peek(args + BigInt(BOOT_ARGS_REPORT_PHYS), 8));
  }

  /** What the kernel writes into BootReport. */
  setPhase(args: bigint, phase: number, status = 0): void {
    const report = this.reportOf(args);
    this.memory.poke(report + BigInt(BOOT_REPORT_PHASE), 4, BigInt(phase));
    this.memory.poke(report + BigInt(BOOT_REPORT_STATUS), 4, BigInt(status));
  }

  #setUpDescriptors(processor: Processor): void {
    processor.gdt = GDT + BigInt(processor.number) * 0x1000n;
    this.memory.map(processor.gdt, 4096);
    const descriptors = [0n, 0n, 0x00af_9b00_0000_ffffn, 0x00cf_9300_0000_ffffn, 0n, 0n, 0n, 0n];
    const tss = 0xffff_fe00_0000_3000n;
    descriptors.push(0x0000_8b00_0000_206fn | ((tss & 0xff_ffffn) << 16n) | ((tss & 0xff00_0000n) << 32n), tss >> 32n);
    this.memory.write(processor.gdt, littleEndian(8, ...descriptors));
  }

  #cpuIntrinsics() {
    type Intrinsic = (...args: number[]) => unknown;
    const names = Object.keys(new Processor(0).intrinsics());
    const call = (name: string, args: number[]) => {
      const own = this.processors[this.current]?.intrinsics() as unknown as Record<string, Intrinsic>;
      return own[name]?.(...args);
    };
    return Object.fromEntries(names.map((name) => [name, (...args: number[]) => call(name, args)]));
  }

  #handoff() {
    return {
      page: () => MODULE,
      demote: (state: bigint) => BigInt(this.#demote(BigInt.asUintN(64, state))),
    };
  }

  /** The microkernel, seen from outside: it takes the processor, or gives it back at once. */
  #demote(state: bigint): number {
    const index = this.current;
    const processor = this.processors[index];
    if (processor === undefined) throw new Error("no processor executes");
    this.demotions.push({ index, state });
    const args = this.argsOf(state);
    const status = this.kernelStatus(index);
    this.setPhase(args, status === 0 ? PHASE_RUNNING : PHASE_START, status);
    if (status !== 0) return status;
    processor.isInside = true;
    const answer = processor.onControl;
    processor.onControl = (command) => {
      const result = answer(command);
      if ((command === CPUID_CONTROL_STOP || command === CPUID_CONTROL_STOP_ANYWAY) && result === 0) {
        this.setPhase(args, PHASE_STOPPED);
        processor.onControl = answer;
      }
      return result;
    };
    return 0;
  }

  /** Address of the BootArgs that belong to a SavedState, found as the kernel finds them. */
  argsOf(state: bigint): bigint {
    const root = this.memory.peek(state + BigInt(SAVED_STATE_HOST_CR3), 8);
    return toDirect(translate(this.memory, root, PP_AREA_BASE + BigInt(PP_ARGS), toDirect));
  }
}
