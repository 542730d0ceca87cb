// The KVM API's first file: what there is, and virtual machines

import { constants, openSync } from "node:fs";
import * as kvm from "@bareflank/abi/kvm";
import { Block } from "./block.ts";
import { type CpuidLeaf, readLeaves, roomForLeaves } from "./cpuid.ts";
import { KvmError, VmmError } from "./errors.ts";
import { KvmFile } from "./file.ts";
import { type Msrs, readMsrs, writeMsrs } from "./msrs.ts";
import { allowKicks } from "./native.ts";
import { VirtualMachine } from "./virtual-machine.ts";

const MOST_LEAVES = 1024;

/** Linux's KVM, or whoever offers the same API. */
export class Kvm {
  readonly #file: KvmFile;

  /**
   * Opens it.
   *
   * @param device its file; without it what the environment variable BAREFLANK_KVM says, or /dev/kvm
   * @throws KvmError when it cannot be opened
   * @throws VmmError when it is of another version than 12
   */
  static open(device = process.env.BAREFLANK_KVM ?? "/dev/kvm"): Kvm {
    let file: KvmFile;
    try {
      file = new KvmFile(openSync(device, constants.O_RDWR));
    } catch (error) {
      throw new KvmError("open", -((error as NodeJS.ErrnoException).errno ?? 0), device);
    }
    try {
      return new Kvm(file, device);
    } catch (error) {
      file.close();
      throw error;
    }
  }

  private constructor(file: KvmFile, device: string) {
    this.#file = file;
    const version = file.call("KVM_GET_API_VERSION", 0, device);
    if (version !== kvm.KVM_API_VERSION) {
      throw new VmmError(
        `${device} has version ${version} of the KVM API, and this library knows ${kvm.KVM_API_VERSION}: all Linux since 2.6.22 has it.`,
      );
    }
    const kicks = allowKicks();
    if (kicks < 0) throw new KvmError("sigaction", -kicks);
  }

  /** What a capability (KVM_CAP_*) is worth; 0: it is not there. */
  capability(number: number): number {
    return this.#file.capability(number);
  }

  /** CPUID leaves that virtual processors can have. */
  supportedCpuid(): CpuidLeaf[] {
    const room = roomForLeaves(MOST_LEAVES);
    this.#file.call("KVM_GET_SUPPORTED_CPUID", room.bytes);
    return readLeaves(room);
  }

  /** Numbers of the MSRs that make a virtual processor's state. */
  msrList(): number[] {
    return this.#list("KVM_GET_MSR_INDEX_LIST");
  }

  /** Numbers of the MSRs that describe what virtual processors can do. */
  featureMsrList(): number[] {
    return this.#list("KVM_GET_MSR_FEATURE_INDEX_LIST");
  }

  /** Values of feature MSRs; those that are not there are left out. */
  featureMsrs(numbers: readonly number[]): Msrs {
    const block = writeMsrs(new Map(numbers.map((number) => [number, 0n])));
    const count = this.#file.call("KVM_GET_MSRS", block.bytes);
    return readMsrs(block, count);
  }

  /** Makes a virtual machine, without memory and processors. */
  createVm(): VirtualMachine {
    const sharedBytes = this.#file.call("KVM_GET_VCPU_MMAP_SIZE");
    return VirtualMachine.create(this.#file.call("KVM_CREATE_VM"), sharedBytes);
  }

  /** Virtual machines that were made stay. */
  close(): void {
    this.#file.close();
  }

  #list(name: "KVM_GET_MSR_INDEX_LIST" | "KVM_GET_MSR_FEATURE_INDEX_LIST"): number[] {
    const count = new Block(kvm.KVM_MSR_LIST_BYTES);
    const result = this.#file.try(name, count.bytes);
    if (result < 0 && result !== -kvm.ERRNO_E2BIG) throw new KvmError(name, -result);
    const room = count.get32(kvm.KVM_MSR_LIST_NMSRS);
    const list = new Block(kvm.KVM_MSR_LIST_BYTES + 4 * room).set32(kvm.KVM_MSR_LIST_NMSRS, room);
    this.#file.call(name, list.bytes);
    return Array.from({ length: list.get32(kvm.KVM_MSR_LIST_NMSRS) }, (_, index) =>
      list.get32(kvm.KVM_MSR_LIST_BYTES + 4 * index),
    );
  }
}
