// From an offset in a segment to a linear address (APM volume 2, 4.5, 4.12 and 5.3.1)

import {
  EMULATION_CR0,
  EMULATION_CR4,
  EMULATION_LINEAR,
  EMULATION_MODE,
  EMULATION_SEGMENT_ATTRIBUTES,
  EMULATION_SEGMENT_BASE,
  EMULATION_SEGMENT_LIMIT,
} from "../../../abi/generated/bare/emulation";
import { peek16, peek32, peek64, poke64 } from "../memory";
import { MODE_64, SEGMENT_FS, SEGMENT_SS } from "../x64/instruction";
import { CR0_PE, CR4_LA57 } from "../x64/paging";
import { FLAG_VM, maskOf, OK, protectionFault, rflags } from "./context";

/** Attributes as the VMCB holds them (APM volume 2, 15.5.1). The type's bits differ for code and data (4.7.2 and 4.7.3). */
export const ATTRIBUTE_PRESENT: u32 = 1 << 7;
export const ATTRIBUTE_LONG: u32 = 1 << 9;
export const ATTRIBUTE_32: u32 = 1 << 10;
const ATTRIBUTE_CODE: u32 = 1 << 3;
const DATA_EXPANDS_DOWN: u32 = 1 << 2;
/** Of data: writable. Of code: readable. */
const MAY: u32 = 1 << 1;

/** Writes the linear address of an operand into the context, or raises what the processor would. */
export function locate(c: u64, segment: u32, offset: u64, bytes: u32, isWrite: bool): u32 {
  if (peek32(c + EMULATION_MODE) === MODE_64) {
    const linear = segment >= SEGMENT_FS ? offset + segmentBase(c, segment) : offset;
    poke64(c + EMULATION_LINEAR, linear);
    const isGood = isCanonical(c, linear) && isCanonical(c, linear + bytes - 1);
    return isGood ? OK : protectionFault(c, segment === SEGMENT_SS);
  }
  poke64(c + EMULATION_LINEAR, (offset + segmentBase(c, segment)) & maskOf(4));
  const attributes = attributesOf(c, segment);
  const isGood = allows(c, attributes, isWrite) && isWithin(c, segment, attributes, offset, bytes);
  return isGood ? OK : protectionFault(c, segment === SEGMENT_SS);
}

export function attributesOf(c: u64, segment: u32): u32 {
  return peek16(c + EMULATION_SEGMENT_ATTRIBUTES + segment * 2);
}

/** Whether bits 63:47, or 63:56 with five levels, are all the same. */
export function isCanonical(c: u64, linear: u64): bool {
  const unused: u64 = (peek64(c + EMULATION_CR4) & CR4_LA57) !== 0 ? 7 : 16;
  return <u64>(<i64>(linear << unused) >> unused) === linear;
}

/** Only protected mode looks at the type. */
function allows(c: u64, attributes: u32, isWrite: bool): bool {
  if ((peek64(c + EMULATION_CR0) & CR0_PE) === 0 || (rflags(c) & FLAG_VM) !== 0) return true;
  if ((attributes & ATTRIBUTE_PRESENT) === 0) return false;
  const isCode = (attributes & ATTRIBUTE_CODE) !== 0;
  if (isWrite) return !isCode && (attributes & MAY) !== 0;
  return !isCode || (attributes & MAY) !== 0;
}

function isWithin(c: u64, segment: u32, attributes: u32, offset: u64, bytes: u32): bool {
  const limit = <u64>peek32(c + EMULATION_SEGMENT_LIMIT + segment * 4);
  const last = offset + bytes - 1;
  const expandsDown = (attributes & (ATTRIBUTE_CODE | DATA_EXPANDS_DOWN)) === DATA_EXPANDS_DOWN;
  if (!expandsDown) return last <= limit;
  return offset > limit && last <= ((attributes & ATTRIBUTE_32) !== 0 ? maskOf(4) : maskOf(2));
}

function segmentBase(c: u64, segment: u32): u64 {
  return peek64(c + EMULATION_SEGMENT_BASE + segment * 8);
}
