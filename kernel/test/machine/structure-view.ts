// Structures that loader, kernel and extension share, by the names of their fields

import { description } from "@bareflank/abi/description";

/** Anything that can be read and written at addresses. */
export interface ByteMemory {
  peek(address: bigint, size: number): bigint;
  poke(address: bigint, size: number, value: bigint): void;
}

/**
 * A structure of the ABI at an address.
 *
 * @example
 * const args = new StructureView(physical, 0x5000n, "BootArgs");
 * args.set("ppid", 1n);
 * args.get("arenaPhys", 2);
 */
export class StructureView {
  readonly address: bigint;
  readonly #memory: ByteMemory;
  readonly #fields;

  constructor(memory: ByteMemory, address: bigint, name: string) {
    const structure = description.find((item) => item.kind === "structure" && item.name === name);
    if (structure?.kind !== "structure") throw new RangeError(`there is no structure ${name}`);
    this.address = address;
    this.#memory = memory;
    this.#fields = new Map(structure.fields.map((field) => [field.name, field]));
  }

  get(name: string, index = 0): bigint {
    const { address, size } = this.#place(name, index);
    return this.#memory.peek(address, size);
  }

  set(name: string, value: bigint, index = 0): void {
    const { address, size } = this.#place(name, index);
    this.#memory.poke(address, size, value);
  }

  /** Names of the fields that are one number. */
  names(): string[] {
    return [...this.#fields.values()].filter(({ count }) => count === 1).map(({ name }) => name);
  }

  /** All fields that are one number, or some of them. */
  values(names: readonly string[] = this.names()): Record<string, bigint> {
    return Object.fromEntries(names.map((name) => [name, this.get(name)]));
  }

  /** Address and size in bytes of a field, and of an element when it is repeated. */
  #place(name: string, index: number): { address: bigint; size: number } {
    const field = this.#fields.get(name);
    if (field === undefined || index >= field.count) throw new RangeError(`no field ${name}[${index}]`);
    const size = Number(field.type.slice(1)) / 8;
    return { address: this.address + BigInt(field.offset + index * size), size };
  }
}
