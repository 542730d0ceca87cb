// Argument blocks of the driver's ioctls, byte for byte as abi/src/driver.ts describes them

import * as abi from "@bareflank/abi";
import type { Report } from "@bareflank/abi/messages";
import type { MemoryBounds } from "./memory-size.ts";

/** One block in memory. Little endian, as every machine that bfm runs on. */
export class Block {
  readonly bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** An empty block of this size that asks for this release's version. */
  static request(sizeBytes: number): Block {
    const block = new Block(new Uint8Array(sizeBytes));
    block.set64(abi.OPERATION_ARGS_VERSION, abi.DRIVER_VERSION);
    return block;
  }

  get32(offset: number): number {
    return this.#view.getUint32(offset, true);
  }

  get64(offset: number): bigint {
    return this.#view.getBigUint64(offset, true);
  }

  set32(offset: number, value: number): void {
    this.#view.setUint32(offset, value, true);
  }

  set64(offset: number, value: bigint): void {
    this.#view.setBigUint64(offset, value, true);
  }

  /** The version of the interface that the driver wrote. */
  get version(): bigint {
    return this.get64(abi.OPERATION_ARGS_VERSION);
  }

  /** What the operation ended with; the head of all blocks is the same. */
  get report(): Report {
    return {
      error: this.get32(abi.OPERATION_ARGS_ERROR),
      cpu: this.get32(abi.OPERATION_ARGS_CPU),
      phase: this.get32(abi.OPERATION_ARGS_PHASE),
      file: this.get32(abi.OPERATION_ARGS_FILE),
      detail: this.get64(abi.OPERATION_ARGS_DETAIL),
    };
  }
}

/** A file's bytes and where they lie in this process. */
export interface Span {
  readonly address: bigint;
  readonly sizeBytes: number;
}

/** Argument of IOCTL_UNLOAD, IOCTL_START and IOCTL_STOP; flags are OPERATION_*, the watchdog is in milliseconds, bounds those of a start. */
export function operationBlock(flags = 0, watchdogMs = 0, { leastBytes, mostBytes }: MemoryBounds = ANY_MEMORY): Block {
  const block = Block.request(abi.OPERATION_ARGS_BYTES);
  block.set32(abi.OPERATION_ARGS_FLAGS, flags);
  block.set32(abi.OPERATION_ARGS_WATCHDOG_MS, watchdogMs);
  block.set64(abi.OPERATION_ARGS_LEAST_BYTES, leastBytes);
  block.set64(abi.OPERATION_ARGS_MOST_BYTES, mostBytes);
  return block;
}

const ANY_MEMORY: MemoryBounds = { leastBytes: 0n, mostBytes: 0n };

/** Argument of IOCTL_MEMORY. */
export function memoryBlock(buffer: Span, donatedBytes: bigint): Block {
  const block = Block.request(abi.MEMORY_ARGS_BYTES);
  block.set64(abi.MEMORY_ARGS_BUFFER_ADDRESS, buffer.address);
  block.set64(abi.MEMORY_ARGS_BUFFER_BYTES, BigInt(buffer.sizeBytes));
  block.set64(abi.MEMORY_ARGS_DONATE_BYTES, donatedBytes);
  return block;
}

/** Argument of IOCTL_LOAD; the policies are those of the extensions, one behind the other. */
export function loadBlock(kernel: Span, extensions: readonly Span[], policies: Span): Block {
  const block = Block.request(abi.LOAD_ARGS_BYTES);
  block.set64(abi.LOAD_ARGS_KERNEL_ADDRESS, kernel.address);
  block.set64(abi.LOAD_ARGS_KERNEL_BYTES, BigInt(kernel.sizeBytes));
  block.set32(abi.LOAD_ARGS_EXT_COUNT, extensions.length);
  extensions.forEach(({ address, sizeBytes }, index) => {
    block.set64(abi.LOAD_ARGS_EXT_ADDRESS + 8 * index, address);
    block.set64(abi.LOAD_ARGS_EXT_BYTES + 8 * index, BigInt(sizeBytes));
  });
  block.set64(abi.LOAD_ARGS_POLICY_ADDRESS, policies.address);
  block.set64(abi.LOAD_ARGS_POLICY_BYTES, BigInt(policies.sizeBytes));
  return block;
}

/** Argument of IOCTL_STATUS. */
export function statusBlock(): Block {
  return Block.request(abi.STATUS_ARGS_BYTES);
}

/** Argument of IOCTL_DUMP. */
export function dumpBlock(buffer: Span): Block {
  const block = Block.request(abi.DUMP_ARGS_BYTES);
  block.set64(abi.DUMP_ARGS_BUFFER_ADDRESS, buffer.address);
  block.set64(abi.DUMP_ARGS_BUFFER_BYTES, BigInt(buffer.sizeBytes));
  return block;
}

/** Argument of IOCTL_VMCALL: RAX, RBX, RCX, RDX, RSI, RDI, R8, R9. */
export function vmcallBlock(cpu: number, registers: readonly bigint[]): Block {
  const block = Block.request(abi.VMCALL_ARGS_BYTES);
  block.set32(abi.VMCALL_ARGS_TARGET, cpu);
  for (const [index, value] of registers.entries()) block.set64(abi.VMCALL_ARGS_RAX + 8 * index, value);
  return block;
}

/** What IOCTL_STATUS answers. */
export interface Status {
  /** STATE_*. */
  readonly state: number;
  /** Processors that Linux has online. */
  readonly cpuCount: number;
  /** Processors that run under the hypervisor. */
  readonly runningCount: number;
  /** Their numbers. */
  readonly running: readonly number[];
  /** Of what runs: STARTED_BY_*; 0: nothing runs. */
  readonly startedBy: number;
  /** VENDOR_*; 0 before the first start. */
  readonly vendor: number;
  /** Of what runs: after how many milliseconds an extension is taken off a processor; 0: never. */
  readonly watchdogMs: number;
  /** Of what runs: MITIGATION_* that are done against speculation, and EXPOSED_*, what is left. */
  readonly mitigations: number;
  readonly exposures: number;
  /** The same: how far the microkernel's image, and its linear memory, lie above where they were linked. */
  readonly imageSlide: number;
  readonly memorySlide: number;
  /** Memory that the hypervisor holds, pools included. */
  readonly memoryBytes: number;
  /** 4 KiB pages that the driver holds. */
  readonly allocatedPages: number;
  /** Characters in the debug ring. */
  readonly ringBytes: number;
  readonly startCount: number;
  readonly stopCount: number;
  /** Names of the loaded extensions, in their order. */
  readonly extensions: readonly string[];
  /** GNU build id of the loaded kernel in hexadecimal, or undefined. */
  readonly kernelBuildId: string | undefined;
}

const BUILD_ID_BYTES = 20;
const RUNNING_WORDS = 16;

/** Reads the answer to IOCTL_STATUS. */
export function readStatus(block: Block): Status {
  const running: number[] = [];
  for (let cpu = 0; cpu < 64 * RUNNING_WORDS; cpu++) {
    const word = block.get64(abi.STATUS_ARGS_RUNNING + 8 * Math.floor(cpu / 64));
    if ((word >> BigInt(cpu % 64)) & 1n) running.push(cpu);
  }
  const start = abi.STATUS_ARGS_KERNEL_BUILD_ID;
  const buildId = Buffer.from(block.bytes.subarray(start, start + BUILD_ID_BYTES)).toString("hex");
  return {
    state: block.get32(abi.STATUS_ARGS_STATE),
    cpuCount: block.get32(abi.STATUS_ARGS_CPU_COUNT),
    runningCount: block.get32(abi.STATUS_ARGS_RUNNING_COUNT),
    running,
    startedBy: block.get32(abi.STATUS_ARGS_STARTED_BY),
    vendor: block.get32(abi.STATUS_ARGS_VENDOR),
    watchdogMs: block.get32(abi.STATUS_ARGS_WATCHDOG_MS),
    mitigations: block.get32(abi.STATUS_ARGS_MITIGATIONS),
    exposures: block.get32(abi.STATUS_ARGS_EXPOSURES),
    imageSlide: Number(block.get64(abi.STATUS_ARGS_IMAGE_SLIDE)),
    memorySlide: Number(block.get64(abi.STATUS_ARGS_MEMORY_SLIDE)),
    memoryBytes: Number(block.get64(abi.STATUS_ARGS_MEMORY_BYTES)),
    allocatedPages: Number(block.get64(abi.STATUS_ARGS_ALLOCATED_PAGES)),
    ringBytes: Number(block.get64(abi.STATUS_ARGS_RING_BYTES)),
    startCount: Number(block.get64(abi.STATUS_ARGS_START_COUNT)),
    stopCount: Number(block.get64(abi.STATUS_ARGS_STOP_COUNT)),
    extensions: readNames(
      block.bytes.subarray(abi.STATUS_ARGS_EXT_NAMES, start),
      block.get32(abi.STATUS_ARGS_EXT_COUNT),
    ),
    kernelBuildId: /^0+$/.test(buildId) ? undefined : buildId,
  };
}

/** So many names, each ended by a zero; one that had no room is empty, as one that an extension does not have. */
function readNames(bytes: Uint8Array, count: number): string[] {
  const names = new TextDecoder().decode(bytes).split("\0");
  return Array.from({ length: count }, (_, index) => names[index] ?? "");
}
