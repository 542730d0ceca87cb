// Numbers that hypercalls are tried with: good ones, boundaries, and any

import * as mv from "../../../../abi/generated/node/hypercalls.ts";
import type { Random } from "../../../../bsl/test-support/index.ts";
import { REGISTERS, SUPPORTED_MSRS } from "../model/registers.ts";

/** Calls by their numbers. */
export const NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries<number | bigint>(mv)
    .filter(([name]) => /^MV_(ID|HANDLE|DEBUG|PP|VM|VP|VS)_/.test(name))
    .map(([name, value]) => [Number(value), name.slice(3).toLowerCase()] as const),
);

type Entry = readonly [number | bigint, bigint];

const edges = [
  ...[0n, 1n, 2n, 3n, 15n, 16n, 63n, 64n, 255n, 256n, 0xfffn, 0x1000n, 0xffffn, 0x1_0000n],
  ...[31n, 32n, 33n, 47n, 48n, 51n, 52n, 63n].map((bit) => 1n << bit),
  ...[31n, 32n, 47n, 48n, 52n, 64n].map((bit) => (1n << bit) - 1n),
  0xffff_8000_0000_0000n,
];

/** Any 64 bits, but none that a script takes for a place of its own: those with the top bytes b0 and c0 to df. */
export function anyWord(random: Random): bigint {
  const word = random.next();
  return word >> 62n === 2n || word >> 61n === 6n ? word ^ (3n << 62n) : word;
}

/** 64 bits: a boundary, or anything. */
export const chooseWord = (random: Random): bigint => (random.once(3) ? anyWord(random) : random.pick(edges));

const lengthOf = (random: Random): number => (random.once(12) ? random.below(200) : random.below(8));

/** Registers and values for them. */
export function chooseEntries(random: Random): Entry[] {
  return Array.from({ length: lengthOf(random) }, (): Entry => {
    const number = random.once(60) ? chooseWord(random) : random.pick(REGISTERS);
    if (number === mv.MV_REG_XCR0) return [number, random.pick([1n, 3n, 7n, 7n, 0n, 2n, 5n, 1n << 62n])];
    if (number === mv.MV_REG_CR4)
      return [number, random.pick([0n, 0x20n, 0xa0n, 0x7ffn, 0x2000n, 1n << 31n, 1n << 40n])];
    if (number === mv.MV_REG_CR8) return [number, BigInt(random.below(17))];
    return [number, chooseWord(random)];
  });
}

const EFER = 0xc000_0080;
const TSC = 0x10;
const COUNTERS = 0xc001_0000;
const BANKS = 0x400;

function chooseMsr(random: Random): number {
  if (random.once(30)) return COUNTERS + random.below(9);
  return random.once(4) ? BANKS + random.below(132) : random.pick(SUPPORTED_MSRS);
}

/** MSRs and values for them. The time stays as it is: nobody knows what writing it leads to. */
export function chooseMsrs(random: Random): Entry[] {
  return Array.from({ length: lengthOf(random) }, (): Entry => {
    const any = chooseWord(random);
    if (random.once(60) && any !== BigInt(TSC)) return [any, chooseWord(random)];
    const number = chooseMsr(random);
    if (number === TSC) return [0x3b, chooseWord(random)];
    if (number === EFER) return [number, random.pick([0n, 1n, 0x100n, 0x901n, 0x500n, 0x1000n, 1n << 40n, 1n << 63n])];
    if (number === 0x277 && random.once(2)) return [number, 0x0106_0504_0007_0601n];
    return [number, chooseWord(random)];
  });
}
