// Files that several threads use: whoever takes one from its place closes it, and nobody else does

import { closeSync } from "node:fs";

const VMS = 4;
const VCPUS = 10;
const NONE = -1;

/** Places of machines, and of vCPUs. */
export class Files {
  readonly table: SharedArrayBuffer;
  readonly #places: Int32Array;

  static create(): Files {
    const files = new Files(new SharedArrayBuffer(4 * (VMS + VCPUS)));
    files.#places.fill(NONE);
    return files;
  }

  constructor(table: SharedArrayBuffer) {
    this.table = table;
    this.#places = new Int32Array(table);
  }

  /** The file of a machine now, or -1; any other thread may close it meanwhile. */
  vm(choice: number): number {
    return Atomics.load(this.#places, choice % VMS);
  }
  vcpu(choice: number): number {
    return Atomics.load(this.#places, VMS + (choice % VCPUS));
  }

  /** Puts a file into a place, and closes what was there. */
  putVm(choice: number, file: number): void {
    this.#put(choice % VMS, file);
  }
  putVcpu(choice: number, file: number): void {
    this.#put(VMS + (choice % VCPUS), file);
  }

  closeAll(): void {
    for (let place = 0; place < VMS + VCPUS; place++) this.#put(place, NONE);
  }

  #put(place: number, file: number): void {
    const before = Atomics.exchange(this.#places, place, file);
    if (before !== NONE) closeSync(before);
  }
}
