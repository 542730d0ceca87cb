// Memory types of host memory: those that a caller asks for, or those that the MTRRs say
//
// On AMD the MTRRs count whatever nested page tables say (APM volume 2, 15.25.8). On Intel they do not (SDM volume 3,
// 29.3.7): there the entries must repeat them.

import { NESTED_MACHINE } from "../../../abi/generated/bare/objects";
import { mtrrEnd, mtrrType } from "./intel/mtrr";

/** NESTED_MACHINE as an entry would have it. */
export const TYPE_MACHINE: u32 = NESTED_MACHINE >> 8;
export const TYPE_WRITE_BACK: u32 = 6;

let repeatsMtrrs: bool = false;
/** What the last look at the MTRRs said: from `knownFrom` to `knownEnd` memory has `knownType`. */
let knownFrom: u64 = 0;
let knownEnd: u64 = 0;
let knownType: u32 = 0;

export function initMemoryTypes(isIntel: bool): void {
  repeatsMtrrs = isIntel;
}

/** Begins a call: the operating system may have changed the MTRRs since the last one. */
export function forgetMemoryTypes(): void {
  knownEnd = 0;
}

/** The type of an entry for the page at an address. */
export function memoryType(host: u64, type: u32): u32 {
  if (type != TYPE_MACHINE) return type;
  if (!repeatsMtrrs) return TYPE_WRITE_BACK;
  look(host);
  return knownType;
}

/** How many of so many bytes from an address on have its type. */
export function uniformBytes(host: u64, bytes: u64, type: u32): u64 {
  if (type != TYPE_MACHINE || !repeatsMtrrs) return bytes;
  look(host);
  return min<u64>(knownEnd - host, bytes);
}

function look(host: u64): void {
  if (host >= knownFrom && host < knownEnd) return;
  knownFrom = host;
  knownEnd = mtrrEnd(host);
  knownType = mtrrType(host);
}
