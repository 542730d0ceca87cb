// Byte strings with every combination of prefixes before every opcode

import { MODE_64, type Mode } from "./decoder.ts";
import { PLACE_BYTES } from "./disassembler.ts";

const OPERAND_SIZE = 0x66;
const ADDRESS_SIZE = 0x67;
const LOCK = 0xf0;
const REPEATS = [0xf2, 0xf3];
const SEGMENTS = [0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65];
/** None, one of each bit, and all of them. */
const REX = [0x40, 0x41, 0x42, 0x44, 0x48, 0x4f];

/** Numbers that look random and are the same in every run. */
export function generator(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) % below;
  };
}

/**
 * For every combination of prefixes, in an order of their own, some opcodes: together, each combination and each opcode
 * of each map comes several times. What follows the opcode is random.
 */
export function prefixedInstructions(mode: Mode, seed: number, opcodesEach: number): Uint8Array[] {
  const random = generator(seed);
  const places: Uint8Array[] = [];
  let turn = 0;
  for (const prefixes of combinations()) {
    for (const rex of mode === MODE_64 ? [[], ...REX.map((one) => [one])] : [[]]) {
      for (let i = 0; i < opcodesEach; i++, turn++) {
        const start = [...shuffled(prefixes, random), ...rex, ...opcodeOf(turn)];
        places.push(Uint8Array.from({ length: PLACE_BYTES }, (_, at) => start[at] ?? random(256)));
      }
    }
  }
  return places;
}

/** Every one-byte opcode with every value of ModRM's register field, for memory and for a register. */
export function plainInstructions(): Uint8Array[] {
  const places: Uint8Array[] = [];
  for (let opcode = 0; opcode < 256; opcode++) {
    for (let field = 0; field < 8; field++) {
      for (const rest of [0x03, 0xc1])
        places.push(Uint8Array.of(opcode, rest | (field << 3), 1, 2, 3, 4, 5, 6, 7, 8, 9));
    }
  }
  return places;
}

/** 66, 67, and F0, F2 or F3, and a segment: each there or not. */
function combinations(): number[][] {
  let all: number[][] = [[]];
  for (const choices of [[OPERAND_SIZE], [ADDRESS_SIZE], [LOCK, ...REPEATS], SEGMENTS]) {
    all = all.flatMap((before) => [before, ...choices.map((one) => [...before, one])]);
  }
  return all;
}

/** All opcodes in turn: of one byte and behind 0F twice as often as the others. */
function opcodeOf(turn: number): number[] {
  const opcode = Math.floor(turn / 6) % 256;
  const map = turn % 6;
  if (map < 2) return [opcode];
  if (map < 4) return [0x0f, opcode];
  return [0x0f, map === 4 ? 0x38 : 0x3a, opcode];
}

function shuffled(values: readonly number[], random: (below: number) => number): number[] {
  const result = [...values];
  for (let i = result.length - 1; i > 0; i--) {
    const j = random(i + 1);
    [result[i], result[j]] = [result[j] ?? 0, result[i] ?? 0];
  }
  return result;
}
