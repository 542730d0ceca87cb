// Nested page tables and permission maps of this processor's vendor: where each VS names them, and how maps look

import { attachIoMap, attachMsrMap, attachNestedTables, mayWrite } from "./amd/attachments";
import { changeMsrpm, MSRPM_ORDER, readMsrpm } from "./amd/msr-map";
import { changeMsrBitmap, MSR_BITMAP_ORDER, readMsrBitmap } from "./intel/msr-map";
import { initMemoryTypes } from "./memory-type";
import { initNestedFormat } from "./nested-format";

export { attachIoMap, attachMsrMap, attachNestedTables, mayWrite };

let isIntel: bool = false;

/** Looks at the processor, once. */
export function initObjectFormats(intel: bool): void {
  isIntel = intel;
  initNestedFormat(intel);
  initMemoryTypes(intel);
}

/** log2 of the pages of a map of MSRs. */
export function msrMapOrder(): u32 {
  return isIntel ? MSR_BITMAP_ORDER : MSRPM_ORDER;
}

/** Changes the bits of MSRs `first` to `last`: how many of them the map has. */
export function changeMsrs(map: u64, first: u32, last: u32, accesses: u32, exits: bool): u64 {
  if (isIntel) return changeMsrBitmap(map, first, last, accesses, exits);
  return changeMsrpm(map, first, last, accesses, exits);
}

/** Which accesses to an MSR exit; all ones when the map does not have it. */
export function readMsrs(map: u64, msr: u32): u32 {
  return isIntel ? readMsrBitmap(map, msr) : readMsrpm(map, msr);
}
