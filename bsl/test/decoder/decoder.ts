// The decoder's module, and what it says of an instruction as an object

import { loadPart } from "../../test-support/index.ts";

/** Exports of fixtures/decoder.ts. */
interface Exports {
  inputAddress(): number;
  outputAddress(): number;
  inputCapacity(): number;
  outputCapacity(): number;
  instructionBytes(): number;
  decodeAt(count: number, end: number, mode: number): void;
}

const { exports, linear } = loadPart<Exports>("decoder");
const FIELD_BYTES = 96;

export const MODE_16 = 2;
export const MODE_32 = 4;
export const MODE_64 = 8;
export const INTEL_BRANCHES = 16;
export type Mode = number;

export const STATUS = { decoded: 0, incomplete: 1, tooLong: 2, undefined: 3 } as const;
/** In place of a register, and of RIP as a base. */
export const NO_REGISTER = 0xff;
export const RIP = 16;

/** A result, with the names that DecodedInstruction has for it. */
export interface Decoded {
  readonly status: number;
  readonly length: number;
  readonly operation: number;
  readonly hasMemory: boolean;
  readonly reads: boolean;
  readonly writes: boolean;
  readonly isLocked: boolean;
  readonly hasStringSource: boolean;
  readonly hasStringDestination: boolean;
  readonly hasVectorIndex: boolean;
  readonly isDisplacementScaled: boolean;
  readonly hasFixedRegister: boolean;
  readonly isHighRegister: boolean;
  readonly isHighRm: boolean;
  readonly hasOperandSize: boolean;
  readonly isWide: boolean;
  readonly operandBytes: number;
  readonly addressBytes: number;
  readonly register: number;
  readonly rm: number;
  readonly segment: number;
  readonly base: number;
  readonly index: number;
  readonly scale: number;
  readonly accessBytes: number;
  readonly immediateBytes: number;
  readonly immediate2: number;
  readonly repeat: number;
  readonly controlRegister: number;
  readonly encoding: number;
  readonly map: number;
  readonly opcode: number;
  readonly modrm: number;
  readonly displacement: bigint;
  readonly immediate: bigint;
}

export const inputCapacity = exports.inputCapacity();
/** What a DecodedInstruction really takes. */
export const instructionBytes = exports.instructionBytes();

/** Decodes what begins at each of the offsets; an instruction may go on up to the bytes' end. */
export function decodeAt(bytes: Uint8Array, offsets: readonly number[], mode: Mode): Decoded[] {
  const results: Decoded[] = [];
  const memory = linear.buffer;
  new Uint8Array(memory, exports.inputAddress(), inputCapacity).set(bytes);
  const step = exports.outputCapacity();
  for (let from = 0; from < offsets.length; from += step) {
    const some = offsets.slice(from, from + step);
    new Uint32Array(memory, exports.outputAddress(), some.length).set(some);
    exports.decodeAt(some.length, bytes.length, mode);
    for (let i = 0; i < some.length; i++) {
      results.push(resultOf(new DataView(memory, exports.outputAddress() + i * FIELD_BYTES, FIELD_BYTES)));
    }
  }
  return results;
}

/** Decodes one instruction: its bytes in hexadecimal, with or without spaces. */
export function decode(hexadecimal: string, mode: Mode = MODE_64): Decoded {
  const [result] = decodeAt(Uint8Array.from(Buffer.from(hexadecimal.replaceAll(" ", ""), "hex")), [0], mode);
  if (result === undefined) throw new Error("nothing was decoded");
  return result;
}

function resultOf(view: DataView): Decoded {
  const number = (index: number) => view.getUint32(index * 4, true);
  const flag = (bit: number) => (number(3) & (1 << bit)) !== 0;
  return {
    status: number(0),
    length: number(1),
    operation: number(2),
    hasMemory: flag(0),
    reads: flag(1),
    writes: flag(2),
    isLocked: flag(3),
    hasStringSource: flag(4),
    hasStringDestination: flag(5),
    hasVectorIndex: flag(6),
    isDisplacementScaled: flag(7),
    hasFixedRegister: flag(8),
    isHighRegister: flag(9),
    isHighRm: flag(10),
    hasOperandSize: flag(11),
    isWide: flag(12),
    operandBytes: number(4),
    addressBytes: number(5),
    register: number(6),
    rm: number(7),
    segment: number(8),
    base: number(9),
    index: number(10),
    scale: number(11),
    accessBytes: number(12),
    immediateBytes: number(13),
    immediate2: number(14),
    repeat: number(15),
    controlRegister: number(16),
    encoding: number(17) & 0xff,
    map: (number(17) >> 8) & 0xff,
    opcode: (number(17) >> 16) & 0xff,
    modrm: number(17) >>> 24,
    displacement: view.getBigInt64(72, true),
    immediate: view.getBigInt64(80, true),
  };
}
