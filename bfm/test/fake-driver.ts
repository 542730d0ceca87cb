// A driver behind the device's interface that does what the real one does, and goes wrong where a test wants it to

import * as abi from "@bareflank/abi";
import { NO_CPU } from "@bareflank/abi/messages";
import { expect } from "vitest";
import { Block } from "../src/blocks.ts";
import type { Device, Errno } from "../src/device.ts";

/** Fields of the report at the head of every block. */
export interface FakeReport {
  readonly error: number;
  readonly cpu?: number;
  readonly phase?: number;
  readonly file?: number;
  readonly detail?: bigint;
}

const requestNames: Readonly<Record<number, string>> = {
  [abi.IOCTL_LOAD]: "load",
  [abi.IOCTL_UNLOAD]: "unload",
  [abi.IOCTL_START]: "start",
  [abi.IOCTL_STOP]: "stop",
  [abi.IOCTL_STATUS]: "status",
  [abi.IOCTL_DUMP]: "dump",
  [abi.IOCTL_VMCALL]: "vmcall",
  [abi.IOCTL_MEMORY]: "memory",
};

export class FakeDriver implements Device {
  state: number = abi.STATE_UNLOADED;
  cpuCount = 2;
  version: bigint = abi.DRIVER_VERSION;
  /** Counters of the extension; a processor adds its own number to each. */
  readonly counters = new Map<string, bigint>();
  /** What the extension answers to every hypercall, when it takes them for something else. */
  answer: readonly bigint[] | undefined;
  ring = "";
  kernelBuildId = Buffer.alloc(20);
  /** Requests in order, without the status that follows each. */
  readonly requests: string[] = [];
  /** Bytes of the files of the last load, the kernel first. */
  loaded: Uint8Array[] = [];
  /** Error numbers that the next calls of a request end with. */
  readonly errnos: Partial<Record<string, Errno[]>> = {};
  /** Reports that requests end with. */
  readonly reports: Partial<Record<string, FakeReport>> = {};
  /** OPERATION_* of the last start. */
  startFlags = -1;
  /** What the last start said of it. */
  watchdogMs = 0;
  /** What it does against speculation, and what is left. */
  mitigations = 0;
  exposures = 0;
  /** STARTED_BY_*: UEFI's is stopped, and never loaded beside. */
  startedBy: number = abi.STARTED_BY_DRIVER;
  /** Least and most memory of the last start. */
  startBounds: readonly bigint[] = [];
  /** What it knows of memory: a MemoryExchange, and a MemoryLoans behind it; and what it was last given. */
  readonly memory = new Block(new Uint8Array(abi.MEMORY_EXCHANGE_BYTES + abi.MEMORY_LOANS_BYTES));
  donatedBytes = 0n;
  /** A start that waits, and what a status says meanwhile. */
  waitsIn: { readonly cpu: number; readonly phase: number } | undefined;
  /** A status that is asked for during a start waits for ever. */
  placeWaits = false;
  /** Ends the wait of a start. */
  endWait = () => {};
  closed = false;

  readonly #addresses = new Map<bigint, Uint8Array>();

  constructor() {
    this.memory.set64(abi.MEMORY_EXCHANGE_BYTES + abi.MEMORY_LOANS_HELD_BYTES, 0x48_0000n);
  }

  ioctl(request: number, bytes: Uint8Array): Errno {
    const name = requestNames[request];
    if (name === undefined) return 25;
    const errno = this.errnos[name]?.shift() ?? 0;
    this.requests.push(name);
    if (errno !== 0) return errno;
    const block = new Block(bytes);
    if (block.version !== this.version) {
      block.set64(abi.OPERATION_ARGS_VERSION, this.version);
      return 71;
    }
    this.#run(name, block);
    return 0;
  }

  async ioctlInThread(request: number, bytes: Uint8Array): Promise<Errno> {
    if (request === abi.IOCTL_STATUS && this.placeWaits) await new Promise(() => {});
    if (request === abi.IOCTL_START && this.waitsIn !== undefined) {
      await new Promise<void>((resolve) => {
        this.endWait = resolve;
      });
      this.waitsIn = undefined;
    }
    return this.ioctl(request, bytes);
  }

  address(bytes: Uint8Array): bigint {
    const address = 0x7f00_0000_0000n + BigInt(this.#addresses.size) * 0x100_0000n;
    this.#addresses.set(address, bytes);
    return address;
  }

  close(): void {
    this.closed = true;
  }

  #run(name: string, block: Block): void {
    const report = this.reports[name];
    this.#report(block, report ?? { error: abi.ERROR_NONE });
    if (report !== undefined && name !== "status") return;
    switch (name) {
      case "load":
        if (this.#isForeign) {
          this.#report(block, { error: abi.ERROR_STARTED_BEFORE });
          break;
        }
        this.loaded = [this.#file(block, abi.LOAD_ARGS_KERNEL_ADDRESS, abi.LOAD_ARGS_KERNEL_BYTES)];
        for (let i = 0; i < block.get32(abi.LOAD_ARGS_EXT_COUNT); i++) {
          this.loaded.push(this.#file(block, abi.LOAD_ARGS_EXT_ADDRESS + 8 * i, abi.LOAD_ARGS_EXT_BYTES + 8 * i));
        }
        this.state = abi.STATE_LOADED;
        break;
      case "unload":
        this.state = abi.STATE_UNLOADED;
        break;
      case "start":
        this.startFlags = block.get32(abi.OPERATION_ARGS_FLAGS);
        this.watchdogMs = block.get32(abi.OPERATION_ARGS_WATCHDOG_MS);
        this.startBounds = [block.get64(abi.OPERATION_ARGS_LEAST_BYTES), block.get64(abi.OPERATION_ARGS_MOST_BYTES)];
        this.#operate(block, abi.STATE_RUNNING);
        break;
      case "stop":
        this.#operate(block, abi.STATE_LOADED);
        break;
      case "status":
        this.#status(block);
        break;
      case "dump":
        this.#dump(block);
        break;
      case "memory":
        this.#memory(block);
        break;
      case "vmcall":
        this.#vmcall(block);
        break;
    }
  }

  get #isForeign(): boolean {
    return this.state === abi.STATE_RUNNING && this.startedBy === abi.STARTED_BY_UEFI;
  }

  #operate(block: Block, next: number): void {
    if (this.#isForeign && next === abi.STATE_RUNNING) {
      this.#report(block, { error: abi.ERROR_STARTED_BEFORE });
      return;
    }
    if (this.#isForeign) {
      this.state = abi.STATE_UNLOADED;
      return;
    }
    if (this.state === abi.STATE_UNLOADED) this.#report(block, { error: abi.ERROR_NOT_LOADED });
    else if (next === abi.STATE_LOADED && this.state !== abi.STATE_RUNNING) {
      this.#report(block, { error: abi.ERROR_NOT_RUNNING });
    } else this.state = next;
  }

  #status(block: Block): void {
    if (this.waitsIn !== undefined) this.#report(block, { error: abi.ERROR_NONE, ...this.waitsIn });
    const running = this.state === abi.STATE_RUNNING;
    block.set32(abi.STATUS_ARGS_STATE, this.state);
    block.set32(abi.STATUS_ARGS_CPU_COUNT, this.cpuCount);
    block.set32(abi.STATUS_ARGS_RUNNING_COUNT, running ? this.cpuCount : 0);
    block.set32(abi.STATUS_ARGS_STARTED_BY, running ? this.startedBy : 0);
    block.set32(abi.STATUS_ARGS_WATCHDOG_MS, running ? this.watchdogMs : 0);
    block.set32(abi.STATUS_ARGS_MITIGATIONS, running ? this.mitigations : 0);
    block.set32(abi.STATUS_ARGS_EXPOSURES, running ? this.exposures : 0);
    block.set32(abi.STATUS_ARGS_VENDOR, running ? abi.VENDOR_AMD : 0);
    block.set64(abi.STATUS_ARGS_MEMORY_BYTES, running ? 0x48_0000n : 0n);
    block.set64(abi.STATUS_ARGS_ALLOCATED_PAGES, running ? 0x480n : 0n);
    block.set64(abi.STATUS_ARGS_RING_BYTES, BigInt(this.ring.length));
    block.set64(abi.STATUS_ARGS_START_COUNT, 3n);
    block.set64(abi.STATUS_ARGS_STOP_COUNT, 2n);
    block.set64(abi.STATUS_ARGS_RUNNING, running ? (1n << BigInt(this.cpuCount)) - 1n : 0n);
    block.bytes.set(this.kernelBuildId, abi.STATUS_ARGS_KERNEL_BUILD_ID);
  }

  /** An extension that takes hypercalls and adds one to each register. */
  #vmcall(block: Block): void {
    const cpu = block.get32(abi.VMCALL_ARGS_TARGET);
    if (this.state !== abi.STATE_RUNNING) this.#report(block, { error: abi.ERROR_NOT_RUNNING });
    else if (cpu >= this.cpuCount) this.#report(block, { error: abi.ERROR_NO_SUCH_CPU, cpu });
    else if (this.answer !== undefined) {
      for (const [index, value] of this.answer.entries()) block.set64(abi.VMCALL_ARGS_RAX + 8 * index, value);
    } else if (block.get64(abi.VMCALL_ARGS_RAX) === abi.HYPERCALL_COUNTER) this.#counter(block, cpu);
    else this.#addOne(block);
  }

  /** Answers as the SDK does. */
  #counter(block: Block, cpu: number): void {
    const entry = [...this.counters][Number(block.get64(abi.VMCALL_ARGS_RBX))];
    block.set64(abi.VMCALL_ARGS_RAX, entry === undefined ? 1n : 0n);
    if (entry === undefined) return;
    const name = Buffer.alloc(32);
    name.write(entry[0], "latin1");
    block.set64(abi.VMCALL_ARGS_RBX, entry[1] + BigInt(cpu));
    for (let i = 0; i < 4; i++) block.set64(abi.VMCALL_ARGS_RCX + 8 * i, name.readBigUInt64LE(8 * i));
  }

  #addOne(block: Block): void {
    for (let offset = abi.VMCALL_ARGS_RAX; offset < abi.VMCALL_ARGS_BYTES; offset += 8) {
      block.set64(offset, block.get64(offset) + 1n);
    }
  }

  #dump(block: Block): void {
    const buffer = this.#addresses.get(block.get64(abi.DUMP_ARGS_BUFFER_ADDRESS));
    const most = Number(block.get64(abi.DUMP_ARGS_BUFFER_BYTES));
    const text = Buffer.from(this.ring.slice(-most), "latin1");
    buffer?.set(text);
    block.set64(abi.DUMP_ARGS_WRITTEN_BYTES, BigInt(text.length));
  }

  /** Fills the buffer with what a test put into `memory`. */
  #memory(block: Block): void {
    if (this.state !== abi.STATE_RUNNING) {
      this.#report(block, { error: abi.ERROR_NOT_RUNNING });
      return;
    }
    this.donatedBytes = block.get64(abi.MEMORY_ARGS_DONATE_BYTES);
    const buffer = this.#addresses.get(block.get64(abi.MEMORY_ARGS_BUFFER_ADDRESS));
    expect(block.get64(abi.MEMORY_ARGS_BUFFER_BYTES)).toBe(BigInt(buffer?.length ?? 0));
    buffer?.set(this.memory.bytes);
  }

  #file(block: Block, address: number, bytes: number): Uint8Array {
    const file = this.#addresses.get(block.get64(address)) ?? new Uint8Array();
    return file.slice(0, Number(block.get64(bytes)));
  }

  #report(block: Block, { error, cpu = NO_CPU, phase = 0, file = 0, detail = 0n }: FakeReport): void {
    block.set32(abi.OPERATION_ARGS_ERROR, error);
    block.set32(abi.OPERATION_ARGS_CPU, cpu);
    block.set32(abi.OPERATION_ARGS_PHASE, phase);
    block.set32(abi.OPERATION_ARGS_FILE, file);
    block.set64(abi.OPERATION_ARGS_DETAIL, detail);
  }
}
