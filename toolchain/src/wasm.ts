// Reads WebAssembly binaries: names of functions, and where floating point is used

import { createHash } from "node:crypto";

/** One function of a module, imported functions not counted. */
export interface WasmFunction {
  /** Index in the module's function space, imports first. */
  readonly index: number;
  /** As the compiler named it: `kernel/src/vm/createVm`; the index when names were dropped. */
  readonly name: string;
  /** Byte offsets of the function's body in the binary. */
  readonly start: number;
  readonly end: number;
}

/** A place in a module's code that needs floating point. */
export interface FloatUse {
  readonly function: WasmFunction;
  /** Byte offset of the instruction, or of the function when only its parameters or locals are floats. */
  readonly offset: number;
}

/** The functions of a module and all instructions on floating point numbers. */
export interface WasmScan {
  readonly functions: readonly WasmFunction[];
  readonly floats: readonly FloatUse[];
}

/** A call of an imported function with one constant argument. */
export interface ConstantCall {
  readonly argument: number;
  /** Byte offset of the instruction that loads the argument. */
  readonly offset: number;
  /** Where the body of the calling function starts. */
  readonly start: number;
}

const SECTION = { custom: 0, type: 1, import: 2, function: 3, global: 6, code: 10 } as const;
/** Sections of tables, memories, elements and data. */
const REST = [4, 5, 9, 11];
const F32 = 0x7d;
const F64 = 0x7c;

class Reader {
  offset: number;
  readonly end: number;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array, offset = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.offset = offset;
    this.end = end;
  }

  byte(): number {
    const value = this.#bytes[this.offset++];
    if (value === undefined) throw new RangeError("the WebAssembly binary ends early");
    return value;
  }

  /** Unsigned LEB128, or one whose value nobody needs. */
  number(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }

  text(): string {
    const length = this.number();
    const start = this.offset;
    this.offset += length;
    return Buffer.from(this.#bytes.subarray(start, this.offset)).toString("utf8");
  }

  section(): Reader {
    const length = this.number();
    const inner = new Reader(this.#bytes, this.offset, this.offset + length);
    this.offset += length;
    return inner;
  }

  /** The next instruction, and its first operand as an unsigned number; the position stays. */
  peek(): { readonly opcode: number; readonly operand: number } {
    const { offset } = this;
    const opcode = this.byte();
    // Counters' numbers are signed LEB128, but never negative: their sign bit is clear, so unsigned decoding gives them.
    const operand = OPCODES_PEEKED.includes(opcode) ? this.number() : 0;
    this.offset = offset;
    return { opcode, operand };
  }

  get done(): boolean {
    return this.offset >= this.end;
  }
}

/** Scans the code of a module. Instructions that asc never writes (SIMD, threads, tail calls) are refused. */
export function scanWasm(wasm: Uint8Array): WasmScan {
  const reader = new Reader(wasm, 8);
  let imported = 0;
  let code: Reader | undefined;
  let names = new Map<number, string>();
  const floatTypes: boolean[] = [];
  const types: number[] = [];
  while (!reader.done) {
    const id = reader.byte();
    const section = reader.section();
    if (id === SECTION.type) readTypes(section, floatTypes);
    else if (id === SECTION.import) imported = importedFunctions(section).length;
    else if (id === SECTION.function) for (let n = section.number(); n > 0; n--) types.push(section.number());
    else if (id === SECTION.code) code = section;
    else if (id === SECTION.custom && section.text() === "name") names = functionNames(section);
  }
  const functions: WasmFunction[] = [];
  const floats: FloatUse[] = [];
  const count = code === undefined ? 0 : code.number();
  for (let n = 0; code !== undefined && n < count; n++) {
    const body = code.section();
    const index = imported + n;
    const found = { index, name: names.get(index) ?? String(index), start: body.offset, end: body.end };
    functions.push(found);
    const offset = firstFloat(body, floatTypes[types[n] ?? -1] ?? false);
    if (offset !== undefined) floats.push({ function: found, offset });
  }
  return { functions, floats };
}

/** All calls `module.name(constant)`, in the order of the code. */
export function findCalls(wasm: Uint8Array, module: string, name: string): ConstantCall[] {
  const reader = new Reader(wasm, 8);
  const calls: ConstantCall[] = [];
  let callee = -1;
  while (!reader.done) {
    const id = reader.byte();
    const section = reader.section();
    if (id === SECTION.import) callee = importedFunctions(section).indexOf(`${module}.${name}`);
    if (id !== SECTION.code || callee < 0) continue;
    for (let n = section.number(); n > 0; n--) {
      const body = section.section();
      collectCalls(body, callee, calls);
    }
  }
  return calls;
}

/** Byte offsets of a function body's instructions. */
export function instructionsOf(wasm: Uint8Array, { start, end }: Pick<WasmFunction, "start" | "end">): number[] {
  const body = new Reader(wasm, start, end);
  skipLocals(body);
  const offsets: number[] = [];
  while (!body.done) {
    offsets.push(body.offset);
    skipInstruction(body);
  }
  return offsets;
}

/** Where the section of code begins with the number that identifies it, and where it ends. */
export function codeSection(wasm: Uint8Array): { readonly start: number; readonly end: number } | undefined {
  const reader = new Reader(wasm, 8);
  while (!reader.done) {
    const start = reader.offset;
    const id = reader.byte();
    const { end } = reader.section();
    if (id === SECTION.code) return { start, end };
  }
  return undefined;
}

/** What a module consists of, for comparing two. */
export interface WasmShape {
  /**
   * The instructions of each function, callees by their names and globals by their initial values: they stay the same when
   * other functions or globals come or go.
   */
  readonly functions: ReadonlyMap<string, string>;
  /** Memory, tables, data. */
  readonly rest: string;
}

/** Digests of a module's parts. */
export function shapeOf(wasm: Uint8Array): WasmShape {
  const { functions } = scanWasm(wasm);
  const { names, globals, rest } = sectionsOf(wasm);
  const digests = new Map<string, string>();
  for (const { name, start, end } of functions) {
    const digest = createHash("sha1").update(digests.get(name) ?? "");
    const body = new Reader(wasm, start, end);
    skipLocals(body);
    digest.update(wasm.subarray(start, body.offset));
    while (!body.done) {
      const from = body.offset;
      const { opcode, operand } = body.peek();
      skipInstruction(body);
      if (opcode === OPCODE_CALL) digest.update(`call ${names.get(operand) ?? operand}`);
      else if (opcode === OPCODE_GLOBAL_GET || opcode === OPCODE_GLOBAL_SET) {
        digest.update(Uint8Array.of(opcode)).update(globals[operand] ?? String(operand));
      } else digest.update(wasm.subarray(from, body.offset));
    }
    digests.set(name, digest.digest("hex"));
  }
  return { functions: digests, rest };
}

/** Names of functions, the globals' types and initial values, and a digest of the sections that are no code. */
function sectionsOf(wasm: Uint8Array) {
  const digest = createHash("sha1");
  const globals: Uint8Array[] = [];
  let names = new Map<number, string>();
  const reader = new Reader(wasm, 8);
  while (!reader.done) {
    const id = reader.byte();
    const section = reader.section();
    if (REST.includes(id)) digest.update(`${id} `).update(wasm.subarray(section.offset, section.end));
    else if (id === SECTION.global) {
      for (let n = section.number(); n > 0; n--) {
        const start = section.offset;
        // Type and whether it changes; then an expression, which ends with `end`
        section.offset += 2;
        while (section.peek().opcode !== OPCODE_END) skipInstruction(section);
        globals.push(wasm.subarray(start, section.offset));
        section.byte();
      }
    } else if (id === SECTION.custom && section.text() === "name") names = functionNames(section);
  }
  return { names, globals, rest: digest.digest("hex") };
}

function collectCalls(body: Reader, callee: number, calls: ConstantCall[]): void {
  const start = body.offset;
  skipLocals(body);
  let constant: { value: number; offset: number } | undefined;
  while (!body.done) {
    const offset = body.offset;
    const next = body.peek();
    if (next.opcode === OPCODE_CALL && constant !== undefined && next.operand === callee) {
      calls.push({ argument: constant.value, offset: constant.offset, start });
    }
    constant = next.opcode === OPCODE_I32_CONST ? { value: next.operand, offset } : undefined;
    skipInstruction(body);
  }
}

const OPCODE_END = 0x0b;
const OPCODE_CALL = 0x10;
const OPCODE_I32_CONST = 0x41;
const OPCODE_GLOBAL_GET = 0x23;
const OPCODE_GLOBAL_SET = 0x24;
const OPCODES_PEEKED = [OPCODE_CALL, OPCODE_I32_CONST, OPCODE_GLOBAL_GET, OPCODE_GLOBAL_SET];

/** Notes for each function type whether a parameter or result is a float. */
function readTypes(section: Reader, floatTypes: boolean[]): void {
  for (let n = section.number(); n > 0; n--) {
    section.byte();
    let float = false;
    for (const _ of ["parameters", "results"]) {
      for (let values = section.number(); values > 0; values--) float = isFloat(section.byte()) || float;
    }
    floatTypes.push(float);
  }
}

/** Imported functions as `module.name`, in the order of their indices. */
function importedFunctions(section: Reader): string[] {
  const functions: string[] = [];
  for (let n = section.number(); n > 0; n--) {
    const name = `${section.text()}.${section.text()}`;
    const kind = section.byte();
    if (kind === 0) {
      functions.push(name);
      section.number();
    } else if (kind === 3) {
      section.byte();
      section.byte();
    } else {
      if (kind === 1) section.byte();
      const limits = section.byte();
      section.number();
      if ((limits & 1) !== 0) section.number();
    }
  }
  return functions;
}

function functionNames(section: Reader): Map<number, string> {
  const names = new Map<number, string>();
  while (!section.done) {
    const kind = section.byte();
    const part = section.section();
    if (kind !== 1) continue;
    for (let n = part.number(); n > 0; n--) names.set(part.number(), part.text());
  }
  return names;
}

const isFloat = (type: number) => type === F32 || type === F64;

/** Offset of the first thing in a function that needs floating point: a local, or an instruction. */
function firstFloat(body: Reader, signature: boolean): number | undefined {
  const start = body.offset;
  const local = skipLocals(body) || signature;
  while (!body.done) {
    const offset = body.offset;
    if (skipInstruction(body)) return offset;
  }
  return local ? start : undefined;
}

/** Moves behind the declarations of locals; answers whether one is a float. */
function skipLocals(body: Reader): boolean {
  let float = false;
  for (let n = body.number(); n > 0; n--) {
    body.number();
    float = isFloat(body.byte()) || float;
  }
  return float;
}

/** Instructions that begin a block of a type: block, loop, if, try. */
const BLOCKS = new Set([0x02, 0x03, 0x04, 0x06]);
/** catch, throw, rethrow, delegate, of the first form of the exception handling proposal; catch_all has no operand. */
const EXCEPTIONS = new Set([0x07, 0x08, 0x09, 0x18]);

/** Moves behind one instruction; answers whether it works on floats. (WebAssembly 2.0, 5.4) */
function skipInstruction(body: Reader): boolean {
  const opcode = body.byte();
  if (BLOCKS.has(opcode)) return isFloat(body.number());
  if (EXCEPTIONS.has(opcode)) return skipNumbers(body, 1, false);
  if (opcode === 0x0e) {
    for (let n = body.number(); n >= 0; n--) body.number();
    return false;
  }
  if (opcode === 0x11) return skipNumbers(body, 2, false);
  if (opcode === 0x1c) {
    for (let n = body.number(); n > 0; n--) body.number();
    return false;
  }
  if (opcode === 0x0c || opcode === 0x0d || opcode === 0x10 || (opcode >= 0x20 && opcode <= 0x26)) {
    return skipNumbers(body, 1, false);
  }
  if (opcode >= 0x28 && opcode <= 0x3e) return skipNumbers(body, 2, [0x2a, 0x2b, 0x38, 0x39].includes(opcode));
  if (opcode === 0x3f || opcode === 0x40 || opcode === 0x41 || opcode === 0x42) return skipNumbers(body, 1, false);
  if (opcode === 0x43 || opcode === 0x44) {
    body.offset += opcode === 0x43 ? 4 : 8;
    return true;
  }
  if (opcode === 0xd0 || opcode === 0xd2) return skipNumbers(body, 1, false);
  if (opcode === 0xfc) return skipExtended(body);
  if (opcode > 0xc4) throw new RangeError(`unknown WebAssembly instruction 0x${opcode.toString(16)}`);
  return isFloatOperation(opcode);
}

function skipExtended(body: Reader): boolean {
  const opcode = body.number();
  if (opcode <= 7) return true;
  const immediates = [2, 1, 2, 1, 2, 1, 2, 1, 1, 1][opcode - 8];
  if (immediates === undefined) throw new RangeError(`unknown WebAssembly instruction 0xfc ${opcode}`);
  return skipNumbers(body, immediates, false);
}

function skipNumbers(body: Reader, count: number, result: boolean): boolean {
  for (let n = 0; n < count; n++) body.number();
  return result;
}

/** Comparison, arithmetic and conversion instructions, which have no operands of their own. */
function isFloatOperation(opcode: number): boolean {
  const ranges = [
    [0x5b, 0x66], // f32, f64 comparisons
    [0x8b, 0xa6], // f32, f64 arithmetic
    [0xa8, 0xab], // i32.trunc
    [0xae, 0xbf], // i64.trunc, conversions, reinterpretations
  ] as const;
  // 0xac and 0xad extend i32 to i64; 0xa7 wraps.
  return ranges.some(([low, high]) => opcode >= low && opcode <= high);
}
