// From addresses in an image to functions of TypeScript

import { readFileSync } from "node:fs";
import { nameCallsAndExits } from "./call-names.ts";
import { BuildError } from "./errors.ts";
import { demangleForeign } from "./foreign-names.ts";
import { LineTable } from "./line-table.ts";
import { nameRegister } from "./register-names.ts";

/** A function or object in an image. */
export interface Symbol {
  /** As the linker knows it: `w2c_kernel_kernel0x2Fsrc0x2Fvm0x2FcreateVm`. */
  readonly name: string;
  readonly address: bigint;
  readonly size: bigint;
}

const HEADER = { magic: 0x7f454c46, sectionOffset: 0x28, sectionEntryBytes: 0x3a, sectionCount: 0x3c } as const;
const SECTION = { type: 4, offset: 24, size: 32, link: 40, entryBytes: 64 } as const;
const SYMBOL = { name: 0, info: 4, section: 6, value: 8, size: 16, bytes: 24 } as const;
/** The section of a symbol that is a number, and no address. */
const SHN_ABS = 0xfff1;
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
      const isNumber = view.getUint16(at + SYMBOL.section, true) === SHN_ABS;
      if ((type !== STT_FUNC && type !== STT_NOTYPE) || address === 0n || isNumber) continue;
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
  readonly #code: readonly Range[];
  readonly #names: readonly string[];
  readonly #elf: Uint8Array;
  #lines: LineTable | undefined;

  /** @param elf a `*.debug.elf` */
  constructor(elf: Uint8Array) {
    const code = codeOf(elf);
    this.#code = code;
    this.#elf = elf;
    this.#symbols = readSymbols(elf).filter(({ address }) => isWithin(code, address));
    this.#names = demangleForeign(this.#symbols.map(({ name }) => demangle(name)));
  }

  /** Whether the file has no symbols: it is stripped. */
  get isEmpty(): boolean {
    return this.#symbols.length === 0;
  }

  /**
   * `kernel/src/vm/createVm+0x1c`, or nothing when the address is not in the image's code. Where the image tells lines,
   * `src/main/bootstrap+0x1c, src/main.ts:41`.
   *
   * @param isBehind the address is that behind the instruction that is meant, as a return address is: a function may end
   * with that instruction
   */
  symbolize(address: bigint, isBehind = false): string | undefined {
    const meant = isBehind ? address - 1n : address;
    if (!isWithin(this.#code, meant)) return undefined;
    let low = 0;
    let high = this.#symbols.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#symbols[middle]?.address ?? 0n) <= meant) low = middle + 1;
      else high = middle;
    }
    const symbol = this.#symbols[low - 1];
    if (symbol === undefined) return undefined;
    // Functions of assembly have no size: they last until the next symbol.
    if (symbol.size > 0n && meant >= symbol.address + symbol.size) return undefined;
    const offset = address - symbol.address;
    const name = this.#names[low - 1] ?? symbol.name;
    this.#lines ??= new LineTable(this.#elf);
    const place = this.#lines.find(meant);
    const line = place === undefined ? "" : `, ${place.file}:${place.line}`;
    return `${name}${offset === 0n ? "" : `+0x${offset.toString(16)}`}${line}`;
  }
}

/** Addresses from the first to before the end. */
type Range = readonly [first: bigint, end: bigint];

const isWithin = (ranges: readonly Range[], address: bigint): boolean =>
  ranges.some(([first, end]) => address >= first && address < end);

const PROGRAM = { offset: 0x20, count: 0x38, entryBytes: 56, flags: 4, address: 16, memoryBytes: 40 } as const;
const PT_LOAD = 1;
const PF_X = 1;

/** What an image has executable. */
function codeOf(elf: Uint8Array): Range[] {
  const view = new DataView(elf.buffer, elf.byteOffset, elf.byteLength);
  if (elf.length < 64 || view.getUint32(0) !== HEADER.magic) throw new BuildError("This is no ELF file.");
  const start = Number(view.getBigUint64(PROGRAM.offset, true));
  const ranges: Range[] = [];
  for (let index = 0; index < view.getUint16(PROGRAM.count, true); index++) {
    const at = start + index * PROGRAM.entryBytes;
    const executable = (view.getUint32(at + PROGRAM.flags, true) & PF_X) !== 0;
    if (view.getUint32(at, true) !== PT_LOAD || !executable) continue;
    const first = view.getBigUint64(at + PROGRAM.address, true);
    ranges.push([first, first + view.getBigUint64(at + PROGRAM.memoryBytes, true)]);
  }
  return ranges;
}

/** What the microkernel says of a fault, and of a callback that ended otherwise (kernel/src/life-cycle.ts, backtrace.ts). */
const FAULT = /faulted on PP \d+: vector (\d+)/;
const ENDING = /: the extension (?:called|returned|ended)/;
const BACKTRACE = /backtrace, newest first:/;
const ENTRY = /^\s*0x[0-9a-f]+\s*$/i;
const INSTRUCTION_POINTER = /\brip 0x/i;
/** Exceptions behind the instruction that raised them. (APM volume 2, 8.1.3: traps) */
const TRAPS: ReadonlySet<string> = new Set(["1", "3", "4"]);

/**
 * Puts a function's name and the offset in it behind every hexadecimal address that lies in one, and a register's, a
 * system call's or an exit's name in the place of its number, line by line. Where the
 * microkernel prints an address that lies behind the instruction that is meant (a breakpoint, a system call, a return
 * address), the name is that instruction's.
 */
export class AddressNamer {
  readonly #read: () => readonly Pick<SymbolTable, "symbolize">[];
  #tables: readonly Pick<SymbolTable, "symbolize">[] | undefined;
  /** Whether the instruction pointer of the last failure lies behind the instruction that failed. */
  #isTrap = false;
  /** Entries of a backtrace so far; undefined outside of one. */
  #entries: number | undefined;

  /** @param read gives the tables when the first address comes, which is seldom */
  constructor(read: () => readonly Pick<SymbolTable, "symbolize">[]) {
    this.#read = read;
  }

  /** The text with names. It has whole lines. */
  name(text: string): string {
    return text
      .split("\n")
      .map((line) => this.#nameLine(line))
      .join("\n");
  }

  #nameLine(line: string): string {
    const isBehind = this.#isBehind(line);
    return nameCallsAndExits(nameRegister(line)).replace(/\b0x[0-9a-f]{6,16}\b/gi, (address) => {
      this.#tables ??= this.#read();
      const names = this.#tables.flatMap((table) => table.symbolize(BigInt(address), isBehind) ?? []);
      return names.length === 0 ? address : `${address} (${[...new Set(names)].join(", or ")})`;
    });
  }

  #isBehind(line: string): boolean {
    const vector = FAULT.exec(line)?.[1];
    if (vector !== undefined) this.#isTrap = TRAPS.has(vector);
    if (ENDING.test(line)) this.#isTrap = true;
    if (BACKTRACE.test(line)) {
      this.#entries = 0;
      return false;
    }
    if (this.#entries === undefined || !ENTRY.test(line)) {
      this.#entries = undefined;
      return this.#isTrap && INSTRUCTION_POINTER.test(line);
    }
    this.#entries += 1;
    return this.#entries > 1 || this.#isTrap;
  }
}

/**
 * The text with names behind addresses, as AddressNamer gives them.
 *
 * @example
 * nameAddresses("rip 0x40001008", [table]); // "rip 0x40001008 (kernel/src/pool/Pool#allocate+0x8)"
 */
export function nameAddresses(text: string, tables: readonly Pick<SymbolTable, "symbolize">[]): string {
  return new AddressNamer(() => tables).name(text);
}

/** Name of the function at an address of an image: `symbolize("build/kernel/kernel.debug.elf", 0x40001234n)`. */
export function symbolize(elf: string, address: bigint): string | undefined {
  return new SymbolTable(readFileSync(elf)).symbolize(address);
}
