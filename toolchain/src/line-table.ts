// From addresses in an image to lines of its sources: .debug_line of an ELF file (DWARF 4, 6.2)

/** A line of a source; the file as the compiler was told it, which is relative to the workspace. */
export interface SourceLine {
  readonly file: string;
  /** Counted from 1; 0 is code of no line. */
  readonly line: number;
}

interface Row extends SourceLine {
  readonly address: bigint;
}

/** ELF64 fields. (System V gABI, chapter 4) */
const ELF = { sectionOffset: 0x28, sectionCount: 0x3c, namesIndex: 0x3e, sectionBytes: 64 } as const;
const SECTION = { name: 0, offset: 24, size: 32 } as const;

/** DW_LNS_ and DW_LNE_ opcodes that do more than take operands. (7.21) */
const COPY = 1;
const ADVANCE_PC = 2;
const ADVANCE_LINE = 3;
const SET_FILE = 4;
const CONST_ADD_PC = 8;
const FIXED_ADVANCE_PC = 9;
const END_SEQUENCE = 1;
const SET_ADDRESS = 2;

/** Clang is told to write this version: it has the names of files in place, in no other section. */
const VERSION = 4;
/** Where it is not told, in what was assembled. */
const GENERATED = "<generated>";

/** The lines of one image, ready to be asked. */
export class LineTable {
  readonly #rows: readonly Row[];

  /** @param elf a `*.debug.elf`; one without lines answers nothing */
  constructor(elf: Uint8Array) {
    const rows = programsOf(elf).flatMap((program) => rowsOf(program));
    // Of two rows of an address the later one counts, but a row that ends a sequence counts least.
    this.#rows = rows.sort((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : a.line === 0 ? -1 : 0));
  }

  /** The line that the instruction at an address is of, when it is of one. */
  find(address: bigint): SourceLine | undefined {
    let low = 0;
    let high = this.#rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#rows[middle]?.address ?? 0n) <= address) low = middle + 1;
      else high = middle;
    }
    const row = this.#rows[low - 1];
    return row === undefined || row.line === 0 || row.file === GENERATED ? undefined : row;
  }
}

class Program {
  offset: number;
  readonly end: number;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array, offset: number, end: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.offset = offset;
    this.end = end;
  }

  get done(): boolean {
    return this.offset >= this.end;
  }

  byte(): number {
    return this.#view.getUint8(this.offset++);
  }

  signedByte(): number {
    return this.#view.getInt8(this.offset++);
  }

  half(): number {
    this.offset += 2;
    return this.#view.getUint16(this.offset - 2, true);
  }

  word(): number {
    this.offset += 4;
    return this.#view.getUint32(this.offset - 4, true);
  }

  address(): bigint {
    this.offset += 8;
    return this.#view.getBigUint64(this.offset - 8, true);
  }

  /** LEB128. */
  number(isSigned = false): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      scale *= 128;
      if (byte < 0x80) return isSigned && (byte & 0x40) !== 0 ? value - scale : value;
    }
  }

  text(): string {
    const start = this.offset;
    this.offset = this.#bytes.indexOf(0, start) + 1;
    return Buffer.from(this.#bytes.subarray(start, this.offset - 1)).toString("utf8");
  }
}

/** One program for each translation unit. */
function programsOf(elf: Uint8Array): Program[] {
  const section = debugLineOf(elf);
  const programs: Program[] = [];
  for (let at = section?.start ?? 0; section !== undefined && at < section.end; ) {
    const header = new Program(elf, at, section.end);
    const end = header.word() + header.offset;
    programs.push(new Program(elf, header.offset, end));
    at = end;
  }
  return programs;
}

function debugLineOf(elf: Uint8Array): { readonly start: number; readonly end: number } | undefined {
  const view = new DataView(elf.buffer, elf.byteOffset, elf.byteLength);
  const sections = Number(view.getBigUint64(ELF.sectionOffset, true));
  const at = (index: number) => sections + index * ELF.sectionBytes;
  const offsetOf = (index: number) => Number(view.getBigUint64(at(index) + SECTION.offset, true));
  const names = view.getUint16(ELF.namesIndex, true);
  for (let index = 0; index < view.getUint16(ELF.sectionCount, true); index++) {
    const name = offsetOf(names) + view.getUint32(at(index) + SECTION.name, true);
    const text = Buffer.from(elf.subarray(name, elf.indexOf(0, name))).toString("latin1");
    if (text !== ".debug_line") continue;
    const start = offsetOf(index);
    return { start, end: start + Number(view.getBigUint64(at(index) + SECTION.size, true)) };
  }
  return undefined;
}

interface Header {
  readonly unit: number;
  readonly lineBase: number;
  readonly lineRange: number;
  readonly opcodeBase: number;
  /** How many operands each standard opcode has. */
  readonly operands: readonly number[];
  /** Names of files, from number 1. */
  readonly files: readonly string[];
}

/** Reads the header of a program, and moves to its first opcode; nothing for another version of DWARF. (6.2.4) */
function headerOf(program: Program): Header | undefined {
  if (program.half() !== VERSION) return undefined;
  const length = program.word();
  const code = program.offset + length;
  const unit = program.byte();
  // Operations in an instruction, and whether rows are statements by default: always 1, and of no interest
  program.offset += 2;
  const lineBase = program.signedByte();
  const lineRange = program.byte();
  const opcodeBase = program.byte();
  const operands = Array.from({ length: opcodeBase - 1 }, () => program.byte());
  const folders = [""];
  for (let folder = program.text(); folder !== ""; folder = program.text()) folders.push(folder);
  const files = [""];
  for (let name = program.text(); name !== ""; name = program.text()) {
    const folder = folders[program.number()] ?? "";
    files.push(folder === "" ? name : `${folder}/${name}`);
    // Its time and its length
    program.number();
    program.number();
  }
  program.offset = code;
  return { unit, lineBase, lineRange, opcodeBase, operands, files };
}

/** Runs a program, and answers the rows that it makes. */
function rowsOf(program: Program): Row[] {
  const header = headerOf(program);
  if (header === undefined) return [];
  const machine = new Machine(program, header);
  while (!program.done) machine.step();
  return machine.rows;
}

/** The machine that runs such programs. (6.2.5) */
class Machine {
  readonly rows: Row[] = [];
  readonly #program: Program;
  readonly #header: Header;
  #address = 0n;
  #file = 1;
  #line = 1;

  constructor(program: Program, header: Header) {
    this.#program = program;
    this.#header = header;
  }

  step(): void {
    const opcode = this.#program.byte();
    if (opcode >= this.#header.opcodeBase) this.#special(opcode);
    else if (opcode === 0) this.#extended();
    else this.#standard(opcode);
  }

  #special(opcode: number): void {
    const { lineBase, lineRange, opcodeBase } = this.#header;
    this.#advance(opcode);
    this.#line += lineBase + ((opcode - opcodeBase) % lineRange);
    this.#push();
  }

  #standard(opcode: number): void {
    const program = this.#program;
    if (opcode === COPY) this.#push();
    else if (opcode === ADVANCE_PC) this.#address += BigInt(program.number() * this.#header.unit);
    else if (opcode === ADVANCE_LINE) this.#line += program.number(true);
    else if (opcode === SET_FILE) this.#file = program.number();
    else if (opcode === CONST_ADD_PC) this.#advance(255);
    else if (opcode === FIXED_ADVANCE_PC) this.#address += BigInt(program.half());
    else for (let rest = this.#header.operands[opcode - 1] ?? 0; rest > 0; rest--) program.number();
  }

  #extended(): void {
    const program = this.#program;
    const next = program.number() + program.offset;
    const opcode = program.byte();
    if (opcode === SET_ADDRESS) this.#address = program.address();
    if (opcode === END_SEQUENCE) {
      this.rows.push({ address: this.#address, file: "", line: 0 });
      this.#address = 0n;
      this.#file = 1;
      this.#line = 1;
    }
    program.offset = next;
  }

  /** By as much as a special opcode says. */
  #advance(opcode: number): void {
    const { lineRange, opcodeBase, unit } = this.#header;
    this.#address += BigInt(Math.floor((opcode - opcodeBase) / lineRange) * unit);
  }

  #push(): void {
    this.rows.push({ address: this.#address, file: this.#header.files[this.#file] ?? "?", line: this.#line });
  }
}
