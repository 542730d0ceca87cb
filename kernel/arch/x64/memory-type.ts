// Memory types of host memory: those that a caller asks for, or those that the MTRRs say
//
// On AMD the MTRRs count whatever nested page tables say (APM volume 2, 15.25.8), as the processor has them at each access: nothing
// is repeated, and what a VM writes to them is nobody's business here. On Intel they do not count (SDM volume 3, 29.3.7): there the
// entries must repeat them, and are written anew when they change (nested/retype.ts).

import { NESTED_MACHINE } from "../../../abi/generated/bare/objects";
import { initMtrrs, mtrrEnd, mtrrType, takeMtrrs } from "./intel/mtrr";
import { ENTRY_MACHINE } from "./nested-format";

/** NESTED_MACHINE as an entry would have it. */
export const TYPE_MACHINE: u32 = NESTED_MACHINE >> 8;
export const TYPE_UNCACHEABLE: u32 = 0;
export const TYPE_WRITE_BACK: u32 = 6;

let repeatsMtrrs: bool = false;
/** What the last look at the MTRRs said: from `knownFrom` to `knownEnd` memory has `knownType`. */
let knownFrom: u64 = 0;
let knownEnd: u64 = 0;
let knownType: u32 = 0;

export function initMemoryTypes(isIntel: bool): void {
  repeatsMtrrs = isIntel;
  if (isIntel) initMtrrs();
}

/** Looks at this processor's MTRRs, one of which was written: whether memory has other types from now on. */
export function takeMemoryTypes(): bool {
  const isOther = takeMtrrs();
  if (isOther) knownEnd = 0;
  return isOther;
}

/** The type of an entry for the page at an address. */
export function memoryType(host: u64, type: u32): u32 {
  if (type != TYPE_MACHINE) return type;
  if (!repeatsMtrrs) return TYPE_WRITE_BACK;
  look(host);
  return knownType;
}

/** The mark of an entry that is to be written anew when the MTRRs change. */
export function typeMark(type: u32): u64 {
  return repeatsMtrrs && type == TYPE_MACHINE ? ENTRY_MACHINE : 0;
}

/** How many of so many bytes from an address on have its type. */
export function uniformBytes(host: u64, bytes: u64, type: u32): u64 {
  if (type != TYPE_MACHINE || !repeatsMtrrs) return bytes;
  look(host);
  return min<u64>(knownEnd - host, bytes);
}

/** Whether all of some memory is of one type. */
export function hasOneType(host: u64, bytes: u64): bool {
  const type = memoryType(host, TYPE_MACHINE);
  for (let at = host; at < host + bytes; at += uniformBytes(at, host + bytes - at, TYPE_MACHINE)) {
    if (memoryType(at, TYPE_MACHINE) != type) return false;
  }
  return true;
}

function look(host: u64): void {
  if (host >= knownFrom && host < knownEnd) return;
  knownFrom = host;
  knownEnd = mtrrEnd(host);
  knownType = mtrrType(host);
}
