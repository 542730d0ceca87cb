// The emulator's module, and a guest for it: memory, devices, and a processor

import * as abi from "@bareflank/abi";
import { loadPart } from "../../test-support/index.ts";
import { unsigned } from "../library.ts";

/** Exports of fixtures/emulator.ts. */
interface Exports {
  emulateIn(context: bigint, place: number): number;
  placesAddress(): number;
  placesBytes(): number;
}

const PAGE_BYTES = 4096;
/** Where contexts lie. */
const CONTEXTS = 0x7000_0000_0000n;
const CONTEXT_BYTES = 4096;
const BUFFER_OFFSET = 2048;
const FPU_OFFSET = 3072;
/** As FXSAVE has them: all, and XMM registers. */
const FPU_BYTES = 416;
const XMM_OFFSET = 160;

/** What a device was asked. */
export interface Access {
  readonly kind: "read" | "write" | "in" | "out";
  readonly address: bigint;
  readonly bytes: number;
  readonly data: bigint;
}

export const RESULT = {
  done: abi.EMULATION_DONE,
  read: abi.EMULATION_READ,
  write: abi.EMULATION_WRITE,
  in: abi.EMULATION_IN,
  out: abi.EMULATION_OUT,
  exception: abi.EMULATION_EXCEPTION,
  unknown: abi.EMULATION_UNKNOWN,
  failed: abi.EMULATION_FAILED,
} as const;

/** Fields of 64 bits. */
const WIDE = {
  RIP: abi.EMULATION_RIP,
  RFLAGS: abi.EMULATION_RFLAGS,
  CR0: abi.EMULATION_CR0,
  CR3: abi.EMULATION_CR3,
  CR4: abi.EMULATION_CR4,
  EFER: abi.EMULATION_EFER,
  OWNER: abi.EMULATION_OWNER,
  KNOWN_ADDRESS: abi.EMULATION_KNOWN_ADDRESS,
  BUFFER: abi.EMULATION_BUFFER,
  FPU: abi.EMULATION_FPU,
  GDT_BASE: abi.EMULATION_GDT_BASE,
  ADDRESS: abi.EMULATION_ADDRESS,
  DATA: abi.EMULATION_DATA,
  CR2: abi.EMULATION_CR2,
} as const;
/** Fields of 32 bits. */
const NARROW = {
  CPL: abi.EMULATION_CPL,
  PKRU: abi.EMULATION_PKRU,
  PHYSICAL_BITS: abi.EMULATION_PHYSICAL_BITS,
  FLAGS: abi.EMULATION_FLAGS,
  BUFFER_BYTES: abi.EMULATION_BUFFER_BYTES,
  GDT_LIMIT: abi.EMULATION_GDT_LIMIT,
  CHANGED_SEGMENTS: abi.EMULATION_CHANGED_SEGMENTS,
  SHADOW: abi.EMULATION_SHADOW,
  INSTRUCTION_BYTES: abi.EMULATION_INSTRUCTION_BYTES,
  RESULT: abi.EMULATION_RESULT,
  ACCESS_BYTES: abi.EMULATION_ACCESS_BYTES,
  ELEMENT_COUNT: abi.EMULATION_ELEMENT_COUNT,
  VECTOR: abi.EMULATION_VECTOR,
  ERROR_CODE: abi.EMULATION_ERROR_CODE,
  TRAP: abi.EMULATION_TRAP,
  PROGRESS: abi.EMULATION_PROGRESS,
} as const;
type Wide = keyof typeof WIDE;
type Narrow = keyof typeof NARROW;

/** Segments in the order of their numbers. */
export const SEGMENTS = ["es", "cs", "ss", "ds", "fs", "gs"] as const;
const ALL_SEGMENTS = [...SEGMENTS, "ldtr", "tr"] as const;
export type Segment = (typeof ALL_SEGMENTS)[number];

/** What a segment register holds, its selector apart. */
export interface SegmentParts {
  readonly base: bigint;
  readonly limit: number;
  readonly attributes: number;
}

const contexts = new DataView(new ArrayBuffer(16 * CONTEXT_BYTES));
/** Whose memory the functions of guest memory mean, by owner. */
const owners = new Map<bigint, Guest>();

/** Native memory is the contexts, and nothing else: any other address is a fault. */
const at = (address: bigint): number => Number(unsigned(address) - CONTEXTS);
const { exports, linear } = loadPart<Exports>("emulator", {
  intrinsics: {
    memory: {
      peek8: (address: bigint) => contexts.getUint8(at(address)),
      peek16: (address: bigint) => contexts.getUint16(at(address), true),
      peek32: (address: bigint) => contexts.getUint32(at(address), true),
      peek64: (address: bigint) => contexts.getBigUint64(at(address), true),
      poke8: (address: bigint, value: number) => contexts.setUint8(at(address), value),
      poke16: (address: bigint, value: number) => contexts.setUint16(at(address), value, true),
      poke32: (address: bigint, value: number) => contexts.setUint32(at(address), value, true),
      poke64: (address: bigint, value: bigint) => contexts.setBigUint64(at(address), value, true),
    },
    guest: {
      readGuest: (owner: bigint, physical: bigint, to: bigint, bytes: number) =>
        ownerOf(owner).readGuest(unsigned(physical), at(to), bytes),
      writeGuest: (owner: bigint, physical: bigint, from: bigint, bytes: number) =>
        ownerOf(owner).writeGuest(unsigned(physical), at(from), bytes),
      exchangeGuest: (owner: bigint, physical: bigint, bytes: number, expected: bigint, value: bigint) =>
        ownerOf(owner).exchangeGuest(unsigned(physical), bytes, unsigned(expected), unsigned(value)),
    },
  },
});

function ownerOf(owner: bigint): Guest {
  const guest = owners.get(unsigned(owner));
  if (guest === undefined) throw new Error(`nobody is owner ${owner}`);
  return guest;
}

/** The module's own memory, to see that nothing is kept in it. */
export const moduleMemory = (): Uint8Array => new Uint8Array(linear.buffer);

/** The part of it that calls may use while they last. */
export const placesAt = () => ({ address: exports.placesAddress(), bytes: exports.placesBytes() });

interface Page {
  readonly bytes: Uint8Array;
  /** "rom": what is written there is a device's business. */
  readonly kind: "ram" | "rom" | "device" | "lost";
}

/** A guest with one processor, in 64-bit mode at its start, with paging off. Its memory is what map() says. */
export class Guest {
  /** What devices were asked, in order. */
  readonly accesses: Access[] = [];
  /** Answers a read of a device or a port; otherwise devices are memory that must be asked. */
  onRead: ((address: bigint, bytes: number) => bigint) | undefined;
  /** Called before an exchange: what another processor does just then. */
  onExchange: (() => void) | undefined;
  readonly #pages = new Map<bigint, Page>();
  readonly #context: number;
  readonly #index: number;

  constructor(index = 0) {
    this.#index = index;
    this.#context = index * CONTEXT_BYTES;
    new Uint8Array(contexts.buffer, this.#context, CONTEXT_BYTES).fill(0);
    this.set("OWNER", BigInt(index + 1));
    owners.set(BigInt(index + 1), this);
    this.set("EFER", 0xd01n);
    this.set("RFLAGS", 2n);
    for (const segment of SEGMENTS) this.segment(segment, { base: 0n, limit: 0xffff_ffff, attributes: 0xc93 });
    this.segment("cs", { base: 0n, limit: 0xffff_ffff, attributes: 0xa9b });
  }

  /** Lets pages of 4 KiB be there. */
  map(physical: bigint, bytes: number, kind: Page["kind"] = "ram"): void {
    for (let page = physical; page < physical + BigInt(bytes); page += BigInt(PAGE_BYTES)) {
      this.#pages.set(page, { bytes: new Uint8Array(PAGE_BYTES), kind });
    }
  }

  /** Writes memory, or a device that is like it, from outside. */
  load(physical: bigint, bytes: Uint8Array): void {
    bytes.forEach((byte, index) => {
      const { page, offset } = this.#find(physical + BigInt(index));
      page.bytes[offset] = byte;
    });
  }

  /** Reads it from outside. */
  dump(physical: bigint, bytes: number): Uint8Array {
    return Uint8Array.from({ length: bytes }, (_, index) => {
      const { page, offset } = this.#find(physical + BigInt(index));
      return page.bytes[offset] ?? 0;
    });
  }

  word(physical: bigint, bytes = 8): bigint {
    return this.dump(physical, bytes).reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  }

  setWord(physical: bigint, value: bigint, bytes = 8): void {
    this.load(physical, littleEndian(value, bytes));
  }

  /** A field of 64 bits. */
  get(name: Wide): bigint {
    return contexts.getBigUint64(this.#context + WIDE[name], true);
  }

  set(name: Wide, value: bigint): void {
    contexts.setBigUint64(this.#context + WIDE[name], value, true);
  }

  /** A field of 32 bits. */
  get32(name: Narrow): number {
    return contexts.getUint32(this.#context + NARROW[name], true);
  }

  set32(name: Narrow, value: number): void {
    contexts.setUint32(this.#context + NARROW[name], value, true);
  }

  general(number: number): bigint {
    return contexts.getBigUint64(this.#context + abi.EMULATION_GENERAL + number * 8, true);
  }

  setGeneral(number: number, value: bigint): void {
    contexts.setBigUint64(this.#context + abi.EMULATION_GENERAL + number * 8, value, true);
  }

  segment(name: Segment, { base, limit, attributes }: SegmentParts): void {
    const number = ALL_SEGMENTS.indexOf(name);
    contexts.setBigUint64(this.#context + abi.EMULATION_SEGMENT_BASE + number * 8, base, true);
    contexts.setUint32(this.#context + abi.EMULATION_SEGMENT_LIMIT + number * 4, limit, true);
    contexts.setUint16(this.#context + abi.EMULATION_SEGMENT_ATTRIBUTES + number * 2, attributes, true);
  }

  segmentOf(name: Segment): SegmentParts {
    const number = ALL_SEGMENTS.indexOf(name);
    return {
      base: contexts.getBigUint64(this.#context + abi.EMULATION_SEGMENT_BASE + number * 8, true),
      limit: contexts.getUint32(this.#context + abi.EMULATION_SEGMENT_LIMIT + number * 4, true),
      attributes: contexts.getUint16(this.#context + abi.EMULATION_SEGMENT_ATTRIBUTES + number * 2, true),
    };
  }

  selector(name: Segment): number {
    return contexts.getUint16(this.#selectorAt(name), true);
  }

  setSelector(name: Segment, value: number): void {
    contexts.setUint16(this.#selectorAt(name), value, true);
  }

  /** The segments that the instruction has changed. */
  changed(): Segment[] {
    const bits = this.get32("CHANGED_SEGMENTS");
    return ALL_SEGMENTS.filter((_, number) => ((bits >> number) & 1) === 1);
  }

  #selectorAt(name: Segment): number {
    return this.#context + abi.EMULATION_SEGMENT_SELECTOR + ALL_SEGMENTS.indexOf(name) * 2;
  }

  /** Gives the bytes of the instruction, as a processor that tells them does. */
  tell(code: Uint8Array): void {
    new Uint8Array(contexts.buffer, this.#context + abi.EMULATION_INSTRUCTION, 16).set(code.subarray(0, 16));
    this.set32("INSTRUCTION_BYTES", Math.min(code.length, 15));
  }

  /** Has the caller's buffer lie behind the context. */
  giveBuffer(bytes: number): void {
    this.set("BUFFER", CONTEXTS + BigInt(this.#context + BUFFER_OFFSET));
    this.set32("BUFFER_BYTES", bytes);
  }

  buffer(): Uint8Array {
    return new Uint8Array(contexts.buffer, this.#context + BUFFER_OFFSET, this.get32("BUFFER_BYTES"));
  }

  /** The area of x87, MMX and XMM registers, which the emulator knows from now on. */
  fpu(): Uint8Array {
    this.set("FPU", CONTEXTS + BigInt(this.#context + FPU_OFFSET));
    return new Uint8Array(contexts.buffer, this.#context + FPU_OFFSET, FPU_BYTES);
  }

  /** Its XMM registers. */
  vectors(): Uint8Array {
    return this.fpu().subarray(XMM_OFFSET);
  }

  /** The caller wants no more of the instruction. */
  giveUp(): void {
    this.set32("PROGRESS", 0);
    this.set32("INSTRUCTION_BYTES", 0);
  }

  /** A call, and no more. */
  step(): number {
    return exports.emulateIn(CONTEXTS + BigInt(this.#context), this.#index);
  }

  /** Serves devices until the instruction ends. Result: how. */
  run(): number {
    for (let calls = 0; calls < 10_000; calls++) {
      const result = this.step();
      if (result === RESULT.read || result === RESULT.in) this.#answer(result);
      else if (result === RESULT.write || result === RESULT.out) this.#obey(result);
      else return result;
    }
    throw new Error("the instruction does not end");
  }

  readGuest(physical: bigint, to: number, bytes: number): number {
    const found = this.#access(physical, bytes);
    if (typeof found === "number") return found;
    if (found.page.kind === "device") return abi.GUEST_DEVICE;
    new Uint8Array(contexts.buffer, to, bytes).set(found.page.bytes.subarray(found.offset, found.offset + bytes));
    return abi.GUEST_DONE;
  }

  writeGuest(physical: bigint, from: number, bytes: number): number {
    const found = this.#access(physical, bytes);
    if (typeof found === "number") return found;
    if (found.page.kind !== "ram") return abi.GUEST_DEVICE;
    found.page.bytes.set(new Uint8Array(contexts.buffer, from, bytes), found.offset);
    return abi.GUEST_DONE;
  }

  exchangeGuest(physical: bigint, bytes: number, expected: bigint, value: bigint): number {
    this.onExchange?.();
    if (physical % BigInt(bytes) !== 0n) throw new Error("an exchange must be aligned");
    const found = this.#access(physical, bytes);
    if (typeof found === "number") return found;
    if (found.page.kind !== "ram") return abi.GUEST_DEVICE;
    if (this.word(physical, bytes) !== expected) return abi.GUEST_CHANGED;
    this.setWord(physical, value, bytes);
    return abi.GUEST_DONE;
  }

  #access(physical: bigint, bytes: number): { page: Page; offset: number } | number {
    const offset = Number(physical & 0xfffn);
    if (bytes === 0 || offset + bytes > PAGE_BYTES)
      throw new Error(`${bytes} bytes at ${physical} are not in one page`);
    const page = this.#pages.get(physical - BigInt(offset));
    if (page === undefined) return abi.GUEST_DEVICE;
    return page.kind === "lost" ? abi.GUEST_FAILED : { page, offset };
  }

  #find(physical: bigint): { page: Page; offset: number } {
    const offset = Number(physical & 0xfffn);
    const page = this.#pages.get(physical - BigInt(offset));
    if (page === undefined) throw new Error(`nothing is at 0x${physical.toString(16)}`);
    return { page, offset };
  }

  #answer(result: number): void {
    const address = this.get("ADDRESS");
    const bytes = this.get32("ACCESS_BYTES");
    const data = this.onRead === undefined ? this.word(address, bytes) : this.onRead(address, bytes);
    this.set("DATA", data);
    this.accesses.push({ kind: result === RESULT.read ? "read" : "in", address, bytes, data });
  }

  #obey(result: number): void {
    const address = this.get("ADDRESS");
    const bytes = this.get32("ACCESS_BYTES");
    const data = this.get("DATA");
    if (result === RESULT.write && this.#pages.has(address & ~0xfffn)) this.setWord(address, data, bytes);
    this.accesses.push({ kind: result === RESULT.write ? "write" : "out", address, bytes, data });
  }
}

export function littleEndian(value: bigint, bytes: number): Uint8Array {
  return Uint8Array.from({ length: bytes }, (_, index) => Number((value >> BigInt(8 * index)) & 0xffn));
}
