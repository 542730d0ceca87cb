// What may be loaded into which segment register, and the exceptions otherwise (APM volume 2, 4.10; SDM volume 2, MOV, LLDT, LTR)

import {
  EMULATION_CPL,
  EMULATION_CR0,
  EMULATION_FLAG_SEGMENTS,
  EMULATION_FLAGS,
  EMULATION_MODE,
  EMULATION_VALUE,
} from "../../../abi/generated/bare/emulation";
import { peek32, peek64 } from "../memory";
import { MODE_64, SEGMENT_SS } from "../x64/instruction";
import { CR0_PE } from "../x64/paging";
import { FLAG_VM, OK, protectionFault, rflags } from "./context";
import {
  DESCRIPTOR_ACCESSED,
  DESCRIPTOR_CODE,
  DESCRIPTOR_CONFORMING,
  DESCRIPTOR_MAY,
  DESCRIPTOR_PRESENT,
  DESCRIPTOR_USER,
  GENERAL_PROTECTION,
  isLocal,
  isLongMode,
  isNull,
  markDescriptor,
  NOT_PRESENT,
  privilegeOf,
  readDescriptor,
  SEGMENT_LDTR,
  SEGMENT_TR,
  SELECTOR_RPL,
  STACK_FAULT,
  selectorFault,
  setParts,
  setRealSegment,
  setSegment,
  typeOf,
} from "./descriptor";
import { isCanonical } from "./segments";

/** Types of the system's descriptors (APM volume 2, tables 4-5 and 4-6). The first one is not there in long mode. */
const TYPE_TSS_16: u32 = 1;
const TYPE_LDT: u32 = 2;
const TYPE_TSS: u32 = 9;
const BUSY: u64 = 1 << 41;

/** What the stack's segment without a descriptor is in 64-bit mode: flat, data, writable, with the current privilege. */
const FLAT_DATA: u32 = 0xc93;
const PRIVILEGE_SHIFT: u32 = 5;
const NO_LIMIT: u32 = 0xffff_ffff;

/** Bits of the second word that must be 0: its type (APM volume 2, 4.8.3). */
const HIGH_TYPE: u64 = 0x1f << 40;

/** Whether the caller has said what the guest's segments are. */
export function knowsSegments(c: u64): bool {
  return (peek32(c + EMULATION_FLAGS) & EMULATION_FLAG_SEGMENTS) !== 0;
}

/** Protected mode, but for virtual-8086 mode. */
export function hasDescriptors(c: u64): bool {
  return (peek64(c + EMULATION_CR0) & CR0_PE) !== 0 && (rflags(c) & FLAG_VM) === 0;
}

export function privilege(c: u64): u32 {
  return peek32(c + EMULATION_CPL);
}

/** Loads ES, SS, DS, FS or GS. */
export function loadSegment(c: u64, segment: u32, selector: u32): u32 {
  if (!hasDescriptors(c)) {
    setRealSegment(c, segment, selector);
    return OK;
  }
  if (isNull(selector)) return loadNull(c, segment, selector);
  let status = readDescriptor(c, selector, 8);
  if (status !== OK) return status;
  const descriptor = peek64(c + EMULATION_VALUE);
  const isStack = segment === SEGMENT_SS;
  const isGood = isStack ? isStackOf(c, selector, descriptor) : isDataFor(c, selector, descriptor);
  if (!isGood) return selectorFault(c, GENERAL_PROTECTION, selector);
  if ((descriptor & DESCRIPTOR_PRESENT) === 0) return selectorFault(c, isStack ? STACK_FAULT : NOT_PRESENT, selector);
  status = markDescriptor(c, selector, descriptor, DESCRIPTOR_ACCESSED);
  if (status === OK) setSegment(c, segment, selector, descriptor | DESCRIPTOR_ACCESSED, 0);
  return status;
}

/** No segment; a stack without one is 64-bit code's affair, and not the user's. */
function loadNull(c: u64, segment: u32, selector: u32): u32 {
  if (segment !== SEGMENT_SS) {
    setParts(c, segment, selector, 0, 0, 0);
    return OK;
  }
  const cpl = privilege(c);
  const isLong = peek32(c + EMULATION_MODE) === MODE_64;
  if (!isLong || cpl === 3 || (selector & SELECTOR_RPL) !== cpl) return protectionFault(c, false);
  setParts(c, segment, selector, FLAT_DATA | (cpl << PRIVILEGE_SHIFT), NO_LIMIT, 0);
  return OK;
}

function isStackOf(c: u64, selector: u32, descriptor: u64): bool {
  const cpl = privilege(c);
  const kind = descriptor & (DESCRIPTOR_USER | DESCRIPTOR_CODE | DESCRIPTOR_MAY);
  if (kind !== (DESCRIPTOR_USER | DESCRIPTOR_MAY)) return false;
  return (selector & SELECTOR_RPL) === cpl && privilegeOf(descriptor) === cpl;
}

/** Data, or code that may be read; conforming code is everybody's. */
function isDataFor(c: u64, selector: u32, descriptor: u64): bool {
  if ((descriptor & DESCRIPTOR_USER) === 0) return false;
  if ((descriptor & DESCRIPTOR_CODE) !== 0) {
    if ((descriptor & DESCRIPTOR_MAY) === 0) return false;
    if ((descriptor & DESCRIPTOR_CONFORMING) !== 0) return true;
  }
  const wanted = privilegeOf(descriptor);
  return (selector & SELECTOR_RPL) <= wanted && privilege(c) <= wanted;
}

/** LLDT: none, by a null selector. */
export function loadLocalTable(c: u64, selector: u32): u32 {
  if (isNull(selector)) {
    setParts(c, SEGMENT_LDTR, selector, 0, 0, 0);
    return OK;
  }
  const status = readSystem(c, selector, TYPE_LDT, TYPE_LDT);
  if (status === OK) setSegment(c, SEGMENT_LDTR, selector, peek64(c + EMULATION_VALUE), baseHigh(c));
  return status;
}

/** LTR: the task is busy then, also in its table. */
export function loadTask(c: u64, selector: u32): u32 {
  if (isNull(selector)) return protectionFault(c, false);
  let status = readSystem(c, selector, TYPE_TSS, isLongMode(c) ? TYPE_TSS : TYPE_TSS_16);
  if (status !== OK) return status;
  const descriptor = peek64(c + EMULATION_VALUE);
  const high = baseHigh(c);
  status = markDescriptor(c, selector, descriptor, BUSY);
  if (status === OK) setSegment(c, SEGMENT_TR, selector, descriptor | BUSY, high);
  return status;
}

/** Reads a descriptor of one of two types from the global table. */
function readSystem(c: u64, selector: u32, type: u32, other: u32): u32 {
  if (isLocal(selector)) return selectorFault(c, GENERAL_PROTECTION, selector);
  const isLong = isLongMode(c);
  const status = readDescriptor(c, selector, isLong ? 16 : 8);
  if (status !== OK) return status;
  const descriptor = peek64(c + EMULATION_VALUE);
  const found = typeOf(descriptor);
  const isOfType = (descriptor & DESCRIPTOR_USER) === 0 && (found === type || found === other);
  if (!isOfType || (isLong && !isGoodLong(c, descriptor))) return selectorFault(c, GENERAL_PROTECTION, selector);
  return (descriptor & DESCRIPTOR_PRESENT) === 0 ? selectorFault(c, NOT_PRESENT, selector) : OK;
}

/** Whether the second word is one, and the base canonical. */
function isGoodLong(c: u64, descriptor: u64): bool {
  const low = ((descriptor >> 16) & 0xff_ffff) | ((descriptor >> 32) & 0xff00_0000);
  return (peek64(c + EMULATION_VALUE + 8) & HIGH_TYPE) === 0 && isCanonical(c, low | (baseHigh(c) << 32));
}

/** Bits 63:32 of the base: outside of long mode there is no second word, and none was read. */
function baseHigh(c: u64): u64 {
  return peek64(c + EMULATION_VALUE + 8) & 0xffff_ffff;
}
