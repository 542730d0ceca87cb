// The driver's operations: each ends well or throws a Failure

import * as abi from "@bareflank/abi";
import type { Place } from "@bareflank/abi/messages";
import {
  Block,
  dumpBlock,
  loadBlock,
  memoryBlock,
  operationBlock,
  readStatus,
  type Span,
  type Status,
  statusBlock,
  vmcallBlock,
} from "./blocks.ts";
import { DEVICE_PATH, type Device, type Errno, type OpenDevice } from "./device.ts";
import { ioctlFailure, openFailure, reportFailure } from "./driver-failure.ts";
import { MEMORY_REPORT_BYTES, type Memory, readMemory } from "./memory-report.ts";
import type { MemoryBounds } from "./memory-size.ts";

/** Interrupted calls are repeated so often: a signal that nobody meant for bfm, such as a stopped job that goes on. */
const MOST_REPEATS = 10;
const EINTR: Errno = 4;

/** Requests that wait for processors, as messages call them. */
const operations: ReadonlyMap<number, string> = new Map([
  [abi.IOCTL_STOP, "stop"],
  [abi.IOCTL_UNLOAD, "unload"],
  [abi.IOCTL_VMCALL, "the hypercall"],
]);

/** How much of what it needs each processor does against speculation. */
const mitigationFlags = {
  /** The root VM and its extension count as the operating system, which is trusted with the machine. */
  auto: 0,
  full: abi.OPERATION_ALL_MITIGATIONS,
  off: abi.OPERATION_NO_MITIGATIONS,
} as const;

export type MitigationChoice = keyof typeof mitigationFlags;
export const mitigationChoices = Object.keys(mitigationFlags) as MitigationChoice[];

/** A file to load, and what to call it in messages. */
export interface LoadedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface StartOptions {
  readonly once?: boolean;
  /** In milliseconds. */
  readonly watchdog?: number;
  readonly mitigations?: MitigationChoice;
  /** Whether the microkernel lies at a random place. */
  readonly kaslr?: boolean;
  /** Whether nothing of the microkernel is mapped while an extension runs but what entries need. */
  readonly isolateKernel?: boolean;
  readonly bounds?: MemoryBounds;
}

/** An open driver. */
export class Driver {
  readonly #device: Device;

  private constructor(device: Device) {
    this.#device = device;
  }

  /** Opens the driver, or throws a Failure that says why that does not work and what would help. */
  static open(openDevice: OpenDevice): Driver {
    const device = openDevice();
    if (typeof device === "number") throw openFailure(device, DEVICE_PATH);
    return new Driver(device);
  }

  close(): void {
    this.#device.close();
  }

  /** Gives kernel, extensions and their policies to the driver. They have been checked. */
  load(kernel: LoadedFile, extensions: readonly LoadedFile[], policies: Uint8Array): void {
    const names = [kernel, ...extensions].map(({ name }) => name);
    this.#call(
      abi.IOCTL_LOAD,
      loadBlock(
        this.#span(kernel.bytes),
        extensions.map(({ bytes }) => this.#span(bytes)),
        this.#span(policies),
      ),
      names,
    );
  }

  unload(): void {
    this.#call(abi.IOCTL_UNLOAD, operationBlock());
  }

  stop(): void {
    this.#call(abi.IOCTL_STOP, operationBlock());
  }

  status(): Status {
    const block = statusBlock();
    this.#call(abi.IOCTL_STATUS, block);
    return readStatus(block);
  }

  /** The text of the debug ring; the newest whole when some was overwritten. */
  dump(): string {
    const buffer = new Uint8Array(new ArrayBuffer(abi.DEBUG_RING_CHARS));
    const block = dumpBlock(this.#span(buffer));
    this.#call(abi.IOCTL_DUMP, block);
    const written = Number(block.get64(abi.DUMP_ARGS_WRITTEN_BYTES));
    return Buffer.from(buffer.subarray(0, written)).toString("latin1");
  }

  /** What the hypervisor, with these extensions, has of memory, after it was given `donatedBytes` more. */
  memory(extensions: readonly string[], donatedBytes = 0n): Memory {
    const answer = new Block(new Uint8Array(MEMORY_REPORT_BYTES));
    this.#call(abi.IOCTL_MEMORY, memoryBlock(this.#span(answer.bytes), donatedBytes));
    return readMemory(answer, extensions);
  }

  /** Makes a hypercall on a processor: eight registers in, what the extension left in them out. */
  vmcall(cpu: number, registers: readonly bigint[]): bigint[] {
    const block = vmcallBlock(cpu, registers);
    this.#call(abi.IOCTL_VMCALL, block);
    return registers.map((_, index) => block.get64(abi.VMCALL_ARGS_RAX + 8 * index));
  }

  /**
   * Starts the hypervisor on every processor, in a thread of its own: the driver waits for the extension. `once`: what
   * Linux's sleep, or a change of its processors, ends is not started again. `watchdog`: after this time an extension is
   * taken off a processor. `mitigations`: how
   * much of what it needs each processor does against speculation.
   */
  async start({
    once = false,
    watchdog = 0,
    mitigations = "auto",
    kaslr = true,
    isolateKernel = false,
    bounds,
  }: StartOptions = {}): Promise<void> {
    const flags =
      (once ? abi.OPERATION_ONCE : 0) |
      mitigationFlags[mitigations] |
      (kaslr ? 0 : abi.OPERATION_NO_SLIDE) |
      (isolateKernel ? abi.OPERATION_ISOLATE_KERNEL : 0);
    const block = operationBlock(flags, watchdog, bounds);
    this.#check(await this.#device.ioctlInThread(abi.IOCTL_START, block.bytes), block, "start");
  }

  /** Where a start in another thread is. The driver may keep this waiting, so it has a thread of its own, too. */
  async place(): Promise<Place> {
    const block = statusBlock();
    this.#check(await this.#device.ioctlInThread(abi.IOCTL_STATUS, block.bytes), block);
    const { cpu, phase } = block.report;
    return { cpu, phase };
  }

  #call(request: number, block: Block, fileNames: readonly string[] = []): void {
    let errno = this.#device.ioctl(request, block.bytes);
    for (let repeat = 0; errno === EINTR && repeat < MOST_REPEATS; repeat++) {
      errno = this.#device.ioctl(request, block.bytes);
    }
    this.#check(errno, block, operations.get(request), fileNames);
  }

  #check(errno: Errno, block: Block, operation?: string, fileNames: readonly string[] = []): void {
    if (errno !== 0) throw ioctlFailure(errno, block.version);
    const { report } = block;
    if (report.error === abi.ERROR_NONE) return;
    throw reportFailure({ ...report, operation, fileName: fileNames[report.file] });
  }

  #span(bytes: Uint8Array): Span {
    return { address: this.#device.address(bytes), sizeBytes: bytes.byteLength };
  }
}
