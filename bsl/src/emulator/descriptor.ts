// Descriptors in the guest's tables (APM volume 2, 4.8; SDM volume 3, 3.4.5)
//
//     63      56 55 54 53 52 51   48 47 46 45 44 43   40 39      16 15     0
//     ┌─────────┬──┬──┬──┬──┬───────┬──┬─────┬──┬───────┬──────────┬────────┐
//     │ base    │ G│DB│ L│  │ limit │ P│ DPL │ S│ type  │ base     │ limit  │   of the system in long mode: base 63:32
//     └─────────┴──┴──┴──┴──┴───────┴──┴─────┴──┴───────┴──────────┴────────┘   in a second word

import {
  EMULATION_CHANGED_SEGMENTS,
  EMULATION_EFER,
  EMULATION_FAILED,
  EMULATION_GDT_BASE,
  EMULATION_GDT_LIMIT,
  EMULATION_OWNER,
  EMULATION_SEGMENT_ATTRIBUTES,
  EMULATION_SEGMENT_BASE,
  EMULATION_SEGMENT_LIMIT,
  EMULATION_SEGMENT_SELECTOR,
  EMULATION_SPAN_FIRST,
  EMULATION_UNKNOWN,
  EMULATION_VALUE,
  GUEST_CHANGED,
  GUEST_DONE,
  GUEST_FAILED,
} from "../../../abi/generated/bare/emulation";
import { peek16, peek32, peek64, poke16, poke32, poke64 } from "../memory";
import { ACCESS_READ, ACCESS_WRITE, EFER_LMA } from "../x64/paging";
import { AGAIN, OK, raise } from "./context";
import { exchangeGuest } from "./guest";
import { ATTRIBUTE_PRESENT, attributesOf } from "./segments";
import { openSystemSpan, readSpan, writeSpan } from "./span";

/** Segments behind those of instructions. */
export const SEGMENT_LDTR: u32 = 6;
export const SEGMENT_TR: u32 = 7;

export const NOT_PRESENT: u32 = 11;
export const STACK_FAULT: u32 = 12;
export const GENERAL_PROTECTION: u32 = 13;

export const DESCRIPTOR_ACCESSED: u64 = 1 << 40;
/** Of data: writable. Of code: readable. */
export const DESCRIPTOR_MAY: u64 = 1 << 41;
export const DESCRIPTOR_CONFORMING: u64 = 1 << 42;
export const DESCRIPTOR_CODE: u64 = 1 << 43;
/** Of code or data, not of the system. */
export const DESCRIPTOR_USER: u64 = 1 << 44;
export const DESCRIPTOR_PRESENT: u64 = 1 << 47;
export const DESCRIPTOR_LONG: u64 = 1 << 53;
export const DESCRIPTOR_32: u64 = 1 << 54;
const DESCRIPTOR_GRANULAR: u64 = 1 << 55;

/** Of a selector: the requester's privilege level; the local table. */
export const SELECTOR_RPL: u32 = 3;
const SELECTOR_LOCAL: u32 = 4;

export function selectorOf(c: u64, segment: u32): u32 {
  return peek16(c + EMULATION_SEGMENT_SELECTOR + segment * 2);
}

export function isNull(selector: u32): bool {
  return (selector & ~SELECTOR_RPL) === 0;
}

export function isLocal(selector: u32): bool {
  return (selector & SELECTOR_LOCAL) !== 0;
}

/** The privilege that a descriptor wants. */
export function privilegeOf(descriptor: u64): u32 {
  return <u32>(descriptor >> 45) & 3;
}

/** Bits 43:40. */
export function typeOf(descriptor: u64): u32 {
  return <u32>(descriptor >> 40) & 15;
}

export function isLongMode(c: u64): bool {
  return (peek64(c + EMULATION_EFER) & EFER_LMA) !== 0;
}

/** An exception whose error code is a selector. */
export function selectorFault(c: u64, vector: u32, selector: u32): u32 {
  return raise(c, vector, selector & 0xfffc);
}

/** Reads the 8 or 16 bytes of a selector's descriptor into Emulation.value; #GP: the table has none there. */
export function readDescriptor(c: u64, selector: u32, bytes: u32): u32 {
  if (!isInTable(c, selector, bytes)) return selectorFault(c, GENERAL_PROTECTION, selector);
  const address = descriptorAddress(c, selector);
  const status = openSystemSpan(c, address, bytes, ACCESS_READ);
  return status === OK ? readSpan(c, address, bytes) : status;
}

/** Sets bits of a descriptor that was read: it was used, or is busy. Another processor's change of it begins the instruction again. */
export function markDescriptor(c: u64, selector: u32, descriptor: u64, bits: u64): u32 {
  if ((descriptor & bits) === bits) return OK;
  const address = descriptorAddress(c, selector) + 4;
  const before = descriptor >> 32;
  const after = before | (bits >> 32);
  const status = openSystemSpan(c, address, 4, ACCESS_WRITE);
  if (status !== OK) return status;
  if ((address & 3) !== 0) {
    poke64(c + EMULATION_VALUE, after);
    return writeSpan(c, address, 4);
  }
  const done = exchangeGuest(peek64(c + EMULATION_OWNER), peek64(c + EMULATION_SPAN_FIRST), 4, before, after);
  if (done === GUEST_DONE) return OK;
  return done === GUEST_CHANGED ? AGAIN : done === GUEST_FAILED ? EMULATION_FAILED : EMULATION_UNKNOWN;
}

/** Has a segment be what its descriptor says. */
export function setSegment(c: u64, segment: u32, selector: u32, descriptor: u64, baseHigh: u64): void {
  const attributes = ((descriptor >> 40) & 0xff) | ((descriptor >> 44) & 0xf00);
  const limit = (descriptor & 0xffff) | ((descriptor >> 32) & 0xf_0000);
  const base = ((descriptor >> 16) & 0xff_ffff) | ((descriptor >> 32) & 0xff00_0000) | (baseHigh << 32);
  const isGranular = (descriptor & DESCRIPTOR_GRANULAR) !== 0;
  setParts(c, segment, selector, <u32>attributes, <u32>(isGranular ? (limit << 12) | 0xfff : limit), base);
}

export function setParts(c: u64, segment: u32, selector: u32, attributes: u32, limit: u32, base: u64): void {
  poke16(c + EMULATION_SEGMENT_SELECTOR + segment * 2, <u16>selector);
  poke16(c + EMULATION_SEGMENT_ATTRIBUTES + segment * 2, <u16>attributes);
  poke32(c + EMULATION_SEGMENT_LIMIT + segment * 4, limit);
  poke64(c + EMULATION_SEGMENT_BASE + segment * 8, base);
  poke32(c + EMULATION_CHANGED_SEGMENTS, peek32(c + EMULATION_CHANGED_SEGMENTS) | (1 << segment));
}

/** Real mode and virtual-8086 mode: no descriptor, and the rest stays as it is (APM volume 2, 4.5.2). */
export function setRealSegment(c: u64, segment: u32, selector: u32): void {
  const limit = peek32(c + EMULATION_SEGMENT_LIMIT + segment * 4);
  setParts(c, segment, selector, attributesOf(c, segment), limit, (<u64>selector) << 4);
}

function isInTable(c: u64, selector: u32, bytes: u32): bool {
  const last = (selector & 0xfff8) + bytes - 1;
  if (!isLocal(selector)) return last <= peek32(c + EMULATION_GDT_LIMIT);
  if ((attributesOf(c, SEGMENT_LDTR) & ATTRIBUTE_PRESENT) === 0) return false;
  return last <= peek32(c + EMULATION_SEGMENT_LIMIT + SEGMENT_LDTR * 4);
}

function descriptorAddress(c: u64, selector: u32): u64 {
  const base = isLocal(selector)
    ? peek64(c + EMULATION_SEGMENT_BASE + SEGMENT_LDTR * 8)
    : peek64(c + EMULATION_GDT_BASE);
  return base + (selector & 0xfff8);
}
