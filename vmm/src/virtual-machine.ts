// A virtual machine: memory, virtual processors, and what the kernel emulates for it

import * as kvm from "@bareflank/abi/kvm";
import { Block } from "./block.ts";
import { check, KvmError, VmmError } from "./errors.ts";
import { KvmFile } from "./file.ts";
import { GuestMemory, type MemoryPiece } from "./memory.ts";
import { giveBack, mapFile, mapMemory, unmap, view } from "./native.ts";
import { Vcpu } from "./vcpu.ts";

/** Below 4 GiB and below the firmware: pages that Intel's processors need for real mode, and no guest has memory at. */
const TSS_ADDRESS = 0xfffb_d000n;
const IDENTITY_MAP_ADDRESS = 0xfffb_c000n;

export interface MemoryOptions {
  /** Guest physical; a multiple of 4096. */
  readonly address?: bigint;
  /** A multiple of 4096. */
  readonly sizeBytes: number;
  /** Slot of KVM's; without it the next that is free. */
  readonly slot?: number;
  /** The guest's writes become exits. */
  readonly isReadOnly?: boolean;
}

/** MSRs in a row, and which of them a guest may use. */
export interface MsrRange {
  readonly first: number;
  /** One for each MSR of the range, at most 12,288. */
  readonly allowed: readonly boolean[];
  /** Which accesses the range is about; both, if it does not say. */
  readonly access?: "read" | "write";
}

/** KVM's own limit of a range's bitmap, and of sixteen ranges. */
const BITMAP_BYTES = 0x600;
const BITMAPS_BYTES = 0x6000;

const accesses = {
  read: kvm.KVM_MSR_FILTER_READ,
  write: kvm.KVM_MSR_FILTER_WRITE,
  both: kvm.KVM_MSR_FILTER_READ | kvm.KVM_MSR_FILTER_WRITE,
};

const writeRange = (block: Block, at: number, { first, allowed, access }: MsrRange): void => {
  block.set32(at + kvm.KVM_MSR_FILTER_RANGE_FLAGS, accesses[access ?? "both"]);
  block.set32(at + kvm.KVM_MSR_FILTER_RANGE_NMSRS, allowed.length);
  block.set32(at + kvm.KVM_MSR_FILTER_RANGE_BASE, first);
};

const bitmapOf = (allowed: readonly boolean[]): Uint8Array => {
  const bitmap = new Uint8Array(Math.ceil(allowed.length / 8));
  for (const [index, isAllowed] of allowed.entries())
    if (isAllowed) bitmap[index >> 3] = (bitmap[index >> 3] ?? 0) | (1 << (index & 7));
  return bitmap;
};

/** What another thread needs to have the same machine. */
export interface VmHandle {
  readonly fd: number;
  readonly pieces: readonly MemoryPiece[];
  readonly sharedBytes: number;
  readonly hasInterruptControllers: boolean;
}

/** Made by `Kvm.createVm`, in other threads by `VirtualMachine.attach`. */
export class VirtualMachine {
  readonly memory: GuestMemory;
  readonly #file: KvmFile;
  readonly #sharedBytes: number;
  readonly #vcpus: Vcpu[] = [];
  #hasInterruptControllers: boolean;

  /** @internal */
  static create(fd: number, sharedBytes: number): VirtualMachine {
    const handle = { fd, pieces: [], sharedBytes, hasInterruptControllers: false };
    const vm = new VirtualMachine(handle, new KvmFile(fd));
    try {
      vm.#setUp();
    } catch (error) {
      vm.close();
      throw error;
    }
    return vm;
  }

  /** The same machine in another thread: its memory, and its interrupt lines. That which made it closes it. */
  static attach(handle: VmHandle): VirtualMachine {
    return new VirtualMachine(handle, new KvmFile(handle.fd, false));
  }

  private constructor(handle: VmHandle, file: KvmFile) {
    this.memory = new GuestMemory(handle.pieces);
    this.#file = file;
    this.#sharedBytes = handle.sharedBytes;
    this.#hasInterruptControllers = handle.hasInterruptControllers;
  }

  get hasInterruptControllers(): boolean {
    return this.#hasInterruptControllers;
  }

  /** What another thread needs. */
  get handle(): VmHandle {
    return {
      fd: this.#file.fd,
      pieces: this.memory.pieces,
      sharedBytes: this.#sharedBytes,
      hasInterruptControllers: this.#hasInterruptControllers,
    };
  }

  /** What a capability (KVM_CAP_*) is worth for this machine; 0: it is not there. */
  capability(number: number): number {
    const result = this.#file.try("KVM_CHECK_EXTENSION", number);
    // Without KVM_CAP_CHECK_EXTENSION_VM the machine's file does not know the call.
    if (result === -kvm.ERRNO_ENOTTY || result === -kvm.ERRNO_EINVAL) return 0;
    return check("KVM_CHECK_EXTENSION", result);
  }

  /** @throws KvmError when this KVM does not have it, or not with these arguments */
  enableCapability(number: number, ...args: bigint[]): void {
    const block = new Block(kvm.KVM_ENABLE_CAP_BYTES).set32(kvm.KVM_ENABLE_CAP_CAP, number);
    for (const [index, value] of args.entries()) block.set64(kvm.KVM_ENABLE_CAP_ARGS + 8 * index, value);
    this.#file.call("KVM_ENABLE_CAP", block.bytes, `capability ${number}`);
  }

  /**
   * Says which MSRs the guest may use (KVM_CAP_X86_MSR_FILTER): the first range that has an MSR and the access decides, and `isAllowed`
   * about all others. No ranges: it may use all again. What it may not is #GP, or an exit with KVM_MSR_EXIT_REASON_FILTER.
   */
  filterMsrs(ranges: readonly MsrRange[], isAllowed = true): void {
    const block = new Block(kvm.KVM_MSR_FILTER_BYTES);
    block.set32(kvm.KVM_MSR_FILTER_FLAGS, isAllowed ? 0 : kvm.KVM_MSR_FILTER_DEFAULT_DENY);
    const mapping = mapMemory(BITMAPS_BYTES);
    if (typeof mapping === "number") throw new KvmError("mmap", -mapping, `${BITMAPS_BYTES} bytes of memory`);
    try {
      const bitmaps = view(mapping);
      for (const [index, range] of ranges.entries()) {
        const at = kvm.KVM_MSR_FILTER_RANGES + index * kvm.KVM_MSR_FILTER_RANGE_BYTES;
        writeRange(block, at, range);
        bitmaps.set(bitmapOf(range.allowed), index * BITMAP_BYTES);
        block.set64(at + kvm.KVM_MSR_FILTER_RANGE_BITMAP, mapping.address + BigInt(index * BITMAP_BYTES));
      }
      this.#file.call("KVM_X86_SET_MSR_FILTER", block.bytes);
      check("mmap", giveBack(mapping, bitmaps));
    } catch (error) {
      check("munmap", unmap(mapping));
      throw error;
    }
  }

  /**
   * Gives the guest memory, filled with zeros.
   *
   * @returns its bytes
   * @throws KvmError for what KVM refuses: addresses that are taken, sizes that are no pages
   */
  addMemory({ address = 0n, sizeBytes, slot = this.#freeSlot(), isReadOnly = false }: MemoryOptions): Uint8Array {
    if (this.memory.pieces.some((piece) => piece.slot === slot)) {
      throw new KvmError("KVM_SET_USER_MEMORY_REGION", kvm.ERRNO_EEXIST, `slot ${slot} is in use`);
    }
    const mapping = mapMemory(sizeBytes);
    if (typeof mapping === "number") throw new KvmError("mmap", -mapping, `${sizeBytes} bytes of memory`);
    try {
      this.#setRegion(slot, isReadOnly ? kvm.KVM_MEM_READONLY : 0, address, sizeBytes, mapping.address);
    } catch (error) {
      check("munmap", unmap(mapping));
      throw error;
    }
    const bytes = view(mapping);
    this.memory.add({ slot, address, mapping, isReadOnly }, bytes);
    return bytes;
  }

  /** Takes a slot's memory away, and gives it back to the operating system. No other thread may hold its bytes. */
  removeMemory(slot: number): void {
    const found = this.memory.remove(slot);
    if (found === undefined) throw new VmmError(`There is no memory in slot ${slot}.`);
    this.#setRegion(slot, 0, found.piece.address, 0, found.piece.mapping.address);
    check("mmap", giveBack(found.piece.mapping, found.bytes));
  }

  /** Local APICs, an I/O APIC, two 8259 and an 8254 in the kernel. Before the first virtual processor. */
  createInterruptControllers(): void {
    this.#file.call("KVM_CREATE_IRQCHIP");
    this.#file.call("KVM_CREATE_PIT2", new Uint8Array(kvm.KVM_PIT_CONFIG_BYTES));
    this.#hasInterruptControllers = true;
  }

  /** Raises or lowers a line of the interrupt controllers in the kernel. */
  setInterruptLine(line: number, isHigh: boolean): void {
    const block = new Block(kvm.KVM_IRQ_LEVEL_BYTES);
    block.set32(kvm.KVM_IRQ_LEVEL_IRQ, line).set32(kvm.KVM_IRQ_LEVEL_LEVEL, isHigh ? 1 : 0);
    this.#file.call("KVM_IRQ_LINE", block.bytes, `line ${line}`);
  }

  /** Makes a virtual processor; the first one is number 0. */
  createVcpu(number = this.#vcpus.length): Vcpu {
    const file = new KvmFile(this.#file.call("KVM_CREATE_VCPU", number, `number ${number}`));
    const mapping = mapFile(file.fd, this.#sharedBytes);
    if (typeof mapping === "number") {
      file.close();
      throw new KvmError("mmap", -mapping, "a virtual processor's shared pages");
    }
    const guard = new Int32Array(new SharedArrayBuffer(4));
    const vcpu = new Vcpu({ number, fd: file.fd, mapping, guard }, file);
    this.#vcpus.push(vcpu);
    return vcpu;
  }

  /** Ends it: virtual processors, memory, file. No thread may run one of its virtual processors any more. */
  close(): void {
    for (const vcpu of this.#vcpus.splice(0)) vcpu.close();
    this.#file.close();
    for (const { slot } of this.memory.pieces) {
      const found = this.memory.remove(slot);
      if (found === undefined) continue;
      check("mmap", giveBack(found.piece.mapping, found.bytes));
    }
  }

  #setUp(): void {
    if (this.capability(kvm.KVM_CAP_SET_TSS_ADDR) > 0) this.#file.call("KVM_SET_TSS_ADDR", TSS_ADDRESS);
    if (this.capability(kvm.KVM_CAP_SET_IDENTITY_MAP_ADDR) > 0) {
      this.#file.call("KVM_SET_IDENTITY_MAP_ADDR", new Block(8).set64(0, IDENTITY_MAP_ADDRESS).bytes);
    }
  }

  #freeSlot(): number {
    const used = new Set(this.memory.pieces.map(({ slot }) => slot));
    for (let slot = 0; ; slot++) if (!used.has(slot)) return slot;
  }

  #setRegion(slot: number, flags: number, address: bigint, sizeBytes: number, hostAddress: bigint): void {
    const block = new Block(kvm.KVM_USERSPACE_MEMORY_REGION_BYTES)
      .set32(kvm.KVM_USERSPACE_MEMORY_REGION_SLOT, slot)
      .set32(kvm.KVM_USERSPACE_MEMORY_REGION_FLAGS, flags)
      .set64(kvm.KVM_USERSPACE_MEMORY_REGION_GUEST_PHYS_ADDR, address)
      .set64(kvm.KVM_USERSPACE_MEMORY_REGION_MEMORY_SIZE, BigInt(sizeBytes))
      .set64(kvm.KVM_USERSPACE_MEMORY_REGION_USERSPACE_ADDR, hostAddress);
    const what = `slot ${slot}, ${sizeBytes} bytes at 0x${address.toString(16)}`;
    this.#file.call("KVM_SET_USER_MEMORY_REGION", block.bytes, what);
  }
}
