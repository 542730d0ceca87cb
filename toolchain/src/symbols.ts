// From addresses in an image to functions of TypeScript

import { readFileSync } from "node:fs";
import { BuildError } from "./errors.ts";

/** A function or object in an image. */
export interface Symbol {
  /** As the linker knows it: `w2c_kernel_kernel0x2Fsrc0x2Fvm0x2FcreateVm`. */
  readonly name: string;
  readonly address: bigint;
  readonly size: bigint;
}

const HEADER = { magic: 0x7f454c46, sectionOffset: 0x28, sectionEntryBytes: 0x3a, sectionCount: 0x3c } as const;
const SECTION = { type: 4, offset: 24, size: 32, link: 40, entryBytes: 64 } as const;
const SYMBOL = { name: 0, info: 4, value: 8, size: 16, bytes: 24 } as const;
const SHT_SYMTAB = 2;
const STT_FUNC = 2;
const STT_NOTYPE = 0;

/**
 * The name that TypeScript knows a symbol by: `kernel/src/vm/createVm` for `w2c_kernel_kernel0x2Fsrc0x2Fvm0x2FcreateVm`.
 * Symbols of C and assembly, and exported functions, are what they are.
 */
export function demangle(symbol: string): string {
  const base = symbol.split(".", 1)[0] ?? symbol;
  const match = /^(?:wrap_)?w2c_[A-Za-z0-9]+?_(.+)$/.exec(base);
  if (match?.[1] === undefined) return base;
  return match[1].replace(/0x([0-9A-F]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}

/** Functions of an ELF64 file with symbols (`*.debug.elf`), by ascending address. */
export function readSymbols(elf: Uint8Array): Symbol[] {
  const view = new DataView(elf.buffer, elf.byteOffset, elf.byteLength);
  if (elf.length < 64 || view.getUint32(0) !== HEADER.magic) throw new BuildError("This is no ELF file.");
  const sections = Number(view.getBigUint64(HEADER.sectionOffset, true));
  const count = view.getUint16(HEADER.sectionCount, true);
  const section = (index: number) => sections + index * SECTION.entryBytes;
  const found: Symbol[] = [];
  for (let index = 0; index < count; index++) {
    if (view.getUint32(section(index) + SECTION.type, true) !== SHT_SYMTAB) continue;
    const start = Number(view.getBigUint64(section(index) + SECTION.offset, true));
    const bytes = Number(view.getBigUint64(section(index) + SECTION.size, true));
    const strings = section(view.getUint32(section(index) + SECTION.link, true));
    const texts = Number(view.getBigUint64(strings + SECTION.offset, true));
    for (let at = start; at < start + bytes; at += SYMBOL.bytes) {
      const type = view.getUint8(at + SYMBOL.info) & 15;
      const address = view.getBigUint64(at + SYMBOL.value, true);
      if ((type !== STT_FUNC && type !== STT_NOTYPE) || address === 0n) continue;
      const name = textAt(elf, texts + view.getUint32(at + SYMBOL.name, true));
      if (name !== "") found.push({ name, address, size: view.getBigUint64(at + SYMBOL.size, true) });
    }
  }
  return found.sort((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : Number(b.size - a.size)));
}

function textAt(elf: Uint8Array, offset: number): string {
  return Buffer.from(elf.subarray(offset, elf.indexOf(0, offset))).toString("latin1");
}

/** The symbols of one image, ready to be asked. */
export class SymbolTable {
  readonly #symbols: readonly Symbol[];
  readonly #end: bigint;

  /** @param elf a `*.debug.elf` */
  constructor(elf: Uint8Array) {
    this.#symbols = readSymbols(elf);
    this.#end = endOfCode(elf);
  }

  /** Whether the file has no symbols: it is stripped. */
  get isEmpty(): boolean {
    return this.#symbols.length === 0;
  }

  /** `kernel/src/vm/createVm+0x1c`, or nothing when the address is not in the image's code. */
  symbolize(address: bigint): string | undefined {
    if (address >= this.#end) return undefined;
    let low = 0;
    let high = this.#symbols.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#symbols[middle]?.address ?? 0n) <= address) low = middle + 1;
      else high = middle;
    }
    const symbol = this.#symbols[low - 1];
    if (symbol === undefined) return undefined;
    // Functions of assembly have no size: they last until the next symbol.
    if (symbol.size > 0n && address >= symbol.address + symbol.size) return undefined;
    const offset = address - symbol.address;
    return offset === 0n ? demangle(symbol.name) : `${demangle(symbol.name)}+0x${offset.toString(16)}`;
  }
}

const PROGRAM = { offset: 0x20, count: 0x38, entryBytes: 56, flags: 4, address: 16, memoryBytes: 40 } as const;
const PT_LOAD = 1;
const PF_X = 1;

function endOfCode(elf: Uint8Array): bigint {
  const view = new DataView(elf.buffer, elf.byteOffset, elf.byteLength);
  const start = Number(view.getBigUint64(PROGRAM.offset, true));
  let end = 0n;
  for (let index = 0; index < view.getUint16(PROGRAM.count, true); index++) {
    const at = start + index * PROGRAM.entryBytes;
    const executable = (view.getUint32(at + PROGRAM.flags, true) & PF_X) !== 0;
    if (view.getUint32(at, true) !== PT_LOAD || !executable) continue;
    const last = view.getBigUint64(at + PROGRAM.address, true) + view.getBigUint64(at + PROGRAM.memoryBytes, true);
    if (last > end) end = last;
  }
  return end;
}

/**
 * Puts a function's name and the offset in it behind every hexadecimal address that lies in one.
 *
 * @example
 * nameAddresses("rip 0x40001008", [table]); // "rip 0x40001008 (kernel/src/pool/Pool#allocate+0x8)"
 */
export function nameAddresses(text: string, tables: readonly Pick<SymbolTable, "symbolize">[]): string {
  if (tables.length === 0) return text;
  return text.replace(/\b0x[0-9a-f]{6,16}\b/gi, (address) => {
    const name = tables.map((table) => table.symbolize(BigInt(address))).find((found) => found !== undefined);
    return name === undefined ? address : `${address} (${name})`;
  });
}

/** Name of the function at an address of an image: `symbolize("build/kernel/kernel.debug.elf", 0x40001234n)`. */
export function symbolize(elf: string, address: bigint): string | undefined {
  return new SymbolTable(readFileSync(elf)).symbolize(address);
}
