// Random cases for the processor and the emulator

import type { Random } from "../../test-support/index.ts";
import { encode, pickTarget } from "./encoding.ts";
import { type Bits, type Case, CODE, DATA, VECTORS_BYTES, WINDOW, WINDOW_BYTES } from "./oracle.ts";
import { type Group, isDivision, isExchange, isLockable } from "./templates.ts";

const VALUES = [0n, 1n, 0x7fn, 0x80n, 0xffn, 0x7fffn, 0x8000n, 0x7fff_ffffn, 0x8000_0000n, 0xffff_ffffn];
const [RAX, RCX, RDX, RBX, RSP, RSI, RDI] = [0, 1, 2, 3, 4, 6, 7];

export function randomCase(random: Random, group: Group, bits: Bits): Case {
  const wanted = random.pick(group.templates);
  const isLocked = isLockable(wanted) && wanted.hasModrm && random.once(8);
  const general = randomRegisters(random, bits);
  const memory = Uint8Array.from({ length: WINDOW_BYTES }, () =>
    random.once(4) ? random.pick([0, 0x7f, 0x80, 0xff]) : random.below(256),
  );
  // A lock over the border of a cache line is something that Linux may forbid. CALL may push before its target is refused
  const isAligned =
    isLocked || isExchange(wanted) || wanted.name === "ff /2 s" || (wanted.operands === "x" && random.once(2));
  const target = pickTarget(random, bits, isAligned);
  const taken: number[] = [];
  if (wanted.operands === "s") {
    general[RSP] = WINDOW + BigInt(8 + random.below(WINDOW_BYTES - 16)) - (bits === 16 ? DATA : 0n);
    taken.push(RSP);
    setTargets(random, memory, bits === 16 ? 0n : CODE);
  }
  if (wanted.name === "0f c7 /1 v4") taken.push(RAX, RCX, RDX, RBX);
  if (isDivision(wanted)) {
    taken.push(RAX, RDX);
    // Otherwise nearly all are too large for a quotient
    if (random.once(2)) general[RDX] = random.once(2) ? 0n : BigInt.asUintN(bits === 64 ? 64 : 32, -1n);
  }
  const code = encode(random, wanted, { bits, target, isLocked, taken }, general);
  if (!isDivision(wanted) && random.once(2)) expectWhatIsThere(general, memory, target, bits);
  return {
    bits,
    code,
    general,
    rflags: 0x202n | (random.next() & 0x8d5n),
    memory,
    vectors: randomBytes(random, VECTORS_BYTES),
  };
}

function randomRegisters(random: Random, bits: Bits): bigint[] {
  const mask = bits === 64 ? 0xffff_ffff_ffff_ffffn : 0xffff_ffffn;
  return Array.from({ length: 16 }, (_, number) => {
    if (bits !== 64 && number >= 8) return 0n;
    return (random.once(3) ? random.pick(VALUES) : random.next()) & mask;
  });
}

/** Fills memory with addresses to which a program can go. */
function setTargets(random: Random, memory: Uint8Array, base: bigint): void {
  const view = new DataView(memory.buffer);
  for (let at = 0; at + 8 <= memory.length; at += 8) view.setBigUint64(at, base + BigInt(random.below(4096)), true);
}

/** What CMPXCHG and its like find is what they look for. */
function expectWhatIsThere(general: bigint[], memory: Uint8Array, target: bigint, bits: Bits): void {
  const offset = Number(target - WINDOW);
  if (offset < 0 || offset + 16 > memory.length) return;
  const view = new DataView(memory.buffer);
  const bytes = bits === 64 ? 8 : 4;
  const word = (at: number) => (bytes === 8 ? view.getBigUint64(at, true) : BigInt(view.getUint32(at, true)));
  general[RAX] = word(offset);
  general[RDX] = word(offset + bytes);
}

function randomBytes(random: Random, bytes: number): Uint8Array {
  return Uint8Array.from({ length: bytes }, () => random.below(256));
}

/** A string instruction, with and without a prefix that repeats it; a whole one, or one step of it. */
export function randomString(random: Random, opcodes: readonly number[], bits: Bits): Case {
  const wanted = random.pick(opcodes);
  const isWhole = random.once(2);
  const repeat = random.pick([0, 0xf2, 0xf3]);
  const hasAddressSize = bits !== 32 && random.once(6);
  const isShort = bits === 16 && !hasAddressSize;
  const general = randomRegisters(random, bits);
  // What lies above the bits of an address stays out of it. Processors differ in when they clear the upper half of 64
  const above = isShort ? random.next() << 16n : 0n;
  const cut = (value: bigint) =>
    BigInt.asUintN(bits === 64 && !hasAddressSize ? 64 : 32, above | (value - (bits === 16 ? DATA : 0n)));
  // Which of two operands faults first is a processor's own business
  const [risky, safe] = random.pick([[RSI, RDI] as const, [RDI, RSI] as const]);
  general[risky] = cut(pickTarget(random, bits, false));
  general[safe] = cut(WINDOW + BigInt(100 + random.below(28)));
  general[RCX] = BigInt.asUintN(32, above | BigInt(random.below(12)));
  const prefixes = [
    ...(random.once(3) ? [0x66] : []),
    ...(hasAddressSize ? [0x67] : []),
    ...(repeat === 0 ? [] : [repeat]),
  ];
  const rex = bits === 64 && random.once(3) ? [0x48] : [];
  // Few values, so that many are equal
  const memory = Uint8Array.from({ length: WINDOW_BYTES }, () => (random.once(6) ? 1 : 0));
  if (random.once(2)) general[RAX] = 0n;
  const code = Uint8Array.from([...prefixes, ...rex, wanted]);
  return {
    bits,
    code,
    general,
    rflags: 0x202n | (random.next() & 0xcd5n),
    memory,
    vectors: new Uint8Array(VECTORS_BYTES),
    isWhole,
  };
}
