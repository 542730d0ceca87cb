// A file of KVM: ioctls by name, errors with what to do

import { closeSync } from "node:fs";
import * as kvm from "@bareflank/abi/kvm";
import { check } from "./errors.ts";
import { ioctl, ioctlBare } from "./native.ts";

export type Ioctl = Extract<keyof typeof kvm, `KVM_${string}`>;

const numbers: Readonly<Record<string, number>> = { ...kvm };

/** The number of an ioctl; the type says that there is one. */
const numberOf = (name: Ioctl): number => numbers[name] as number;

/** /dev/kvm, a virtual machine's or a virtual processor's. */
export class KvmFile {
  #fd: number;
  readonly #isOwner: boolean;

  /** @param isOwner whether `close` closes the file: of all threads that have one file, one is */
  constructor(fd: number, isOwner = true) {
    this.#fd = fd;
    this.#isOwner = isOwner;
  }

  get fd(): number {
    return this.#fd;
  }

  /** @throws KvmError */
  call(name: Ioctl, argument: Uint8Array | number | bigint = 0, what = ""): number {
    return check(name, this.try(name, argument), what);
  }

  /** The result as it is: not negative, or an error's number below zero. */
  try(name: Ioctl, argument: Uint8Array | number | bigint = 0): number {
    return this.#fd < 0 ? -kvm.ERRNO_EBADF : ioctl(this.#fd, numberOf(name), argument);
  }

  /** KVM_RUN, as `try`. */
  run(): number {
    return this.#fd < 0 ? -kvm.ERRNO_EBADF : ioctlBare(this.#fd, kvm.KVM_RUN);
  }

  /** KVM_CHECK_EXTENSION: 0 when there is no such capability. */
  capability(number: number): number {
    return this.call("KVM_CHECK_EXTENSION", number);
  }

  close(): void {
    if (this.#fd >= 0 && this.#isOwner) closeSync(this.#fd);
    this.#fd = -1;
  }
}
