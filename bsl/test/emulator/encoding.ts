// Random instructions with a memory operand at a place that is asked for

import type { Random } from "../../test-support/index.ts";
import { littleEndian } from "./guest.ts";
import { type Bits, CODE, DATA, PAGE, WINDOW } from "./oracle.ts";

/**
 * An instruction as the manuals write it: opcode, then `/r` or `/digit`, an immediate `ib`, `iw`, `iz` or `iv`, or an address `mo`, and the
 * operands: `b` bytes, `v` of any size, `v4` of 32 and 64 bits alone, `s` of the stack's sizes, `x` vectors,
 * `d` 32 and 64 bits, by prefixes.
 */
export interface Template {
  readonly name: string;
  readonly opcode: readonly number[];
  readonly digit: number | undefined;
  readonly hasModrm: boolean;
  readonly immediate: string;
  readonly operands: string;
}

export function template(text: string): Template {
  const parts = text.split(" ");
  const opcode = parts.filter((part) => /^[0-9a-f]{2}$/.test(part)).map((part) => Number.parseInt(part, 16));
  const modrm = parts.find((part) => part.startsWith("/"));
  const immediate = parts.find((part) => /^(i[bwzv]|mo)$/.test(part)) ?? "";
  const digit = modrm === undefined || modrm === "/r" ? undefined : Number(modrm.slice(1));
  return { name: text, opcode, digit, hasModrm: modrm !== undefined, immediate, operands: parts.at(-1) ?? "" };
}

const RSP = 4;
const RBP = 5;

/** What an instruction is made of besides its template. */
export interface Wish {
  readonly bits: Bits;
  /** Linear address of the memory operand. */
  readonly target: bigint;
  readonly isLocked: boolean;
  /** Registers that are not for the address: the instruction lives by them. */
  readonly taken: readonly number[];
}

interface Address {
  readonly modrm: number;
  readonly rex: number;
  readonly tail: readonly number[];
  /** The displacement is relative to the instruction's end: this is the target. */
  readonly relative?: bigint;
}

const NO_ADDRESS: Address = { modrm: 0, rex: 0, tail: [] };

/** Encodes an instruction, and gives `general` what the address needs. */
export function encode(random: Random, wanted: Template, wish: Wish, general: bigint[]): Uint8Array {
  const { bits } = wish;
  const operandBytes = pickOperandBytes(random, wanted, bits);
  const hasAddressSize = (wanted.hasModrm || wanted.immediate === "mo") && bits !== 32 && random.once(8);
  const addressBytes = ADDRESS_BYTES[bits][hasAddressSize ? 1 : 0];
  const register = wanted.digit ?? random.below(bits === 64 ? 16 : 8);
  let offset = wish.target - (bits === 16 ? DATA : 0n);
  const taken = [...wish.taken];
  if (isBitTest(wanted)) {
    offset -= chooseBit(random, register, operandBytes, general);
    taken.push(register);
  }
  const prefixes = [
    ...(hasAddressSize ? [0x67] : []),
    ...(random.once(8) ? [random.pick(SEGMENT_PREFIXES[bits])] : []),
    ...operandPrefix(wanted, bits, operandBytes),
    ...mandatoryPrefix(wanted),
    ...(wish.isLocked ? [0xf0] : []),
  ];
  const immediate =
    wanted.immediate === "mo" ? littleEndian(offset, addressBytes) : immediateOf(random, wanted, operandBytes);
  const address = wanted.hasModrm ? addressOf(random, { bits, addressBytes, offset, general, taken }) : NO_ADDRESS;
  const isWide = operandBytes === 8 && wanted.operands !== "s";
  const isHigh = wanted.hasModrm && wanted.digit === undefined && register >= 8;
  const rex = (isWide ? 8 : 0) | (isHigh ? 4 : 0) | address.rex;
  const rexPrefix = bits === 64 && (rex !== 0 || random.once(6)) ? [0x40 | rex] : [];
  const modrm = wanted.hasModrm ? [address.modrm | ((register & 7) << 3)] : [];
  const head = [...prefixes, ...rexPrefix, ...wanted.opcode.slice(mandatoryPrefix(wanted).length), ...modrm];
  const length = BigInt(head.length + address.tail.length + immediate.length);
  const tail = address.relative === undefined ? address.tail : littleEndian(address.relative - CODE - length, 4);
  return Uint8Array.from([...head, ...tail, ...immediate]);
}

/** Bytes of an address, without and with its prefix. */
const ADDRESS_BYTES: Record<Bits, readonly [number, number]> = { 64: [8, 4], 32: [4, 2], 16: [2, 4] };

/** ES, SS and DS, and where CS is the same memory that, too. In 64-bit mode they mean nothing. */
const SEGMENT_PREFIXES: Record<Bits, readonly number[]> = {
  64: [0x26, 0x2e, 0x36, 0x3e],
  32: [0x26, 0x2e, 0x36, 0x3e],
  16: [0x26, 0x36, 0x3e],
};

function isBitTest({ opcode: [first, second = 0], digit }: Template): boolean {
  return first === 0x0f && digit === undefined && [0xa3, 0xab, 0xb3, 0xbb].includes(second);
}

/** Lets the register of a bit test have a bit around its operand. Result: how many bytes from it that is. */
function chooseBit(random: Random, register: number, operandBytes: number, general: bigint[]): bigint {
  const bits = BigInt(operandBytes * 8);
  const bit = BigInt(random.below(1024)) - 512n;
  const above = random.next() << bits;
  const width = general[8] === 0n ? 32 : 64;
  general[register] = BigInt.asUintN(width, BigInt.asUintN(Number(bits), bit) | above);
  const unit = (bit - (((bit % bits) + bits) % bits)) / bits;
  return unit * BigInt(operandBytes);
}

function pickOperandBytes(random: Random, { operands }: Template, bits: Bits): number {
  if (operands === "b") return 1;
  if (operands === "s") return bits === 64 ? random.pick([8, 8, 2]) : random.pick([2, 4]);
  if (operands === "v4") return bits === 64 ? random.pick([4, 8]) : 4;
  if (operands === "x") return 4;
  if (operands === "d") return bits === 64 ? random.pick([4, 8]) : 4;
  return random.pick(bits === 64 ? [2, 4, 8] : [2, 4]);
}

function operandPrefix({ operands }: Template, bits: Bits, operandBytes: number): number[] {
  if (operands === "b" || operands === "x" || operands === "v4") return [];
  return (bits === 16) === (operandBytes !== 2) ? [0x66] : [];
}

/** A prefix that is part of the opcode, and stands before REX. */
function mandatoryPrefix({ opcode: [first = 0] }: Template): number[] {
  return [0x66, 0xf2, 0xf3].includes(first) ? [first] : [];
}

function immediateOf(random: Random, { immediate }: Template, operandBytes: number): Uint8Array {
  if (immediate === "ib") return littleEndian(random.next(), 1);
  if (immediate === "iw") return littleEndian(random.next(), 2);
  if (immediate === "iz") return littleEndian(random.next(), operandBytes === 2 ? 2 : 4);
  return littleEndian(random.next(), immediate === "iv" ? operandBytes : 0);
}

interface Place {
  readonly bits: Bits;
  readonly addressBytes: number;
  readonly offset: bigint;
  readonly general: bigint[];
  readonly taken: readonly number[];
}

/** Encodes an address that comes to an offset, whatever the registers that nothing else needs have to be for that. */
function addressOf(random: Random, place: Place): Address {
  const { bits, addressBytes, offset, general, taken } = place;
  if (addressBytes === 2) return address16(random, offset, general, taken);
  const form = random.below(10);
  if (form < 2 && offset >= 0n && offset < 0x8000_0000n) return addressWithoutRegisters(offset, bits, form === 0);
  const free = Array.from({ length: bits === 64 ? 16 : 8 }, (_, number) => number).filter(
    (one) => !taken.includes(one),
  );
  const base = random.pick(free);
  const index = random.once(2) ? random.pick(free.filter((number) => number !== RSP && number !== base)) : RSP;
  const scale = random.below(4);
  if (index !== RSP && random.once(2)) general[index] = random.next() & 0xffn;
  const indexed = index === RSP ? 0n : (general[index] ?? 0n) << BigInt(scale);
  // RBP and R13 as a base have a displacement
  const bytes = (base & 7) === RBP ? random.pick([1, 4]) : random.pick([0, 1, 4]);
  const displacement = signed(random.next(), bytes);
  const mask = addressBytes === 8 ? 0xffff_ffff_ffff_ffffn : 0xffff_ffffn;
  const above = bits === 64 ? BigInt.asUintN(64, random.next() & ~mask) : 0n;
  general[base] = ((offset - displacement - indexed) & mask) | above;
  const mod = bytes === 0 ? 0 : bytes === 1 ? 0x40 : 0x80;
  const rex = (base >= 8 ? 1 : 0) | (index >= 8 ? 2 : 0);
  const tail = [...littleEndian(displacement, bytes)];
  if (index === RSP && (base & 7) !== RSP) return { modrm: mod | (base & 7), rex, tail };
  return { modrm: mod | 4, rex, tail: [(scale << 6) | ((index & 7) << 3) | (base & 7), ...tail] };
}

/** An address by a displacement alone, or by one from RIP. */
function addressWithoutRegisters(offset: bigint, bits: Bits, isRelative: boolean): Address {
  const tail = [...littleEndian(offset, 4)];
  if (bits !== 64) return { modrm: 5, rex: 0, tail };
  return isRelative ? { modrm: 5, rex: 0, tail, relative: offset } : { modrm: 4, rex: 0, tail: [0x25, ...tail] };
}

const BASES_16 = [[3, 6], [3, 7], [5, 6], [5, 7], [6], [7], [5], [3]];

function address16(random: Random, offset: bigint, general: bigint[], taken: readonly number[]): Address {
  const usable = BASES_16.flatMap((registers, rm) => (registers.some((number) => taken.includes(number)) ? [] : [rm]));
  if (usable.length === 0 || random.once(8)) return { modrm: 6, rex: 0, tail: [...littleEndian(offset, 2)] };
  const rm = random.pick(usable);
  const bytes = rm === 6 ? random.pick([1, 2]) : random.pick([0, 1, 2]);
  const displacement = signed(random.next(), bytes);
  const [base = 0, index] = BASES_16[rm] ?? [];
  const indexed = index === undefined ? 0n : (general[index] ?? 0n);
  general[base] = ((general[base] ?? 0n) & 0xffff_0000n) | ((offset - displacement - indexed) & 0xffffn);
  return { modrm: (bytes << 6) | rm, rex: 0, tail: [...littleEndian(displacement, bytes)] };
}

function signed(value: bigint, bytes: number): bigint {
  return bytes === 0 ? 0n : BigInt.asIntN(bytes * 8, value);
}

/** An address for an operand: mostly in the window, and where something goes wrong. */
export function pickTarget(random: Random, bits: Bits, isAligned: boolean): bigint {
  const inside = WINDOW + BigInt(random.below(236));
  if (isAligned) return (inside & ~63n) + BigInt(random.below(3) * 16);
  const choice = random.below(20);
  if (choice < 13) return inside;
  if (choice < 16) return DATA + PAGE - BigInt(random.below(9));
  if (bits === 16) return DATA + 0x1800n - BigInt(random.below(9));
  if (choice === 16) return DATA + 2n * PAGE - BigInt(random.below(9));
  if (choice === 17) return DATA + 3n * PAGE - BigInt(random.below(9));
  if (choice === 18) return DATA - BigInt(random.below(9));
  return bits === 64 && random.once(2) ? 0x0000_8000_0000_0000n - BigInt(random.below(9)) : DATA + 2n * PAGE + 64n;
}
