// MSR bitmaps on Intel (SDM volume 3, 25.6.9): a bit each; set: the access exits
//
//     0x000  RDMSR of 0000_0000 to 0000_1FFF        0x800  WRMSR to them
//     0x400  RDMSR of C000_0000 to C000_1FFF        0xC00  WRMSR to them
//     0x1000 the kernel's own, where the processor does not look: which accesses to MISC_FEATURES_ENABLES, which exit in every
//            map (cpuid-faulting.ts), its extension asked for
//     0x1100 and which to those whose writes exit (guarded-msrs.ts)

import { VENDOR_INTEL } from "../../../../abi/generated/bare/boot";
import { MAP_READS, MAP_WRITES } from "../../../../abi/generated/bare/objects";
import { MISC_FEATURES_ENABLES } from "../cpuid-faulting";
import {
  firstGuarded,
  guardedRows,
  isGuardedMsr,
  isGuardedOn,
  lastGuarded,
  notedOf,
  noteGuarded,
} from "../guarded-msrs";
import { changeFields, readField } from "../permission-bits";

/** log2 of its pages. */
export const MSR_BITMAP_ORDER: u32 = 1;

const RANGES: u32 = 2;
const RANGE_MSRS: u32 = 0x2000;
const RANGE_BYTES: u64 = 0x400;
const WRITES: u64 = 0x800;
const ASKED: u64 = 0x1000;
const GUARDED: u64 = 0x1100;

/** The first MSR of a range. */
function start(range: u32): u32 {
  return range == 0 ? 0 : 0xc000_0000;
}

/** Makes zeroed pages a map that lets everything pass that may; a change of a map ends with the same. */
export function initMsrBitmap(map: u64): void {
  changeFields(map, MISC_FEATURES_ENABLES, 1, 1, 1, true);
  changeFields(map + WRITES, MISC_FEATURES_ENABLES, 1, 1, 1, true);
  for (let row: u32 = 0; row < guardedRows(); row++) {
    if (!isGuardedOn(row, VENDOR_INTEL)) continue;
    // All of Intel's are in the first range
    changeFields(map + WRITES, firstGuarded(row), lastGuarded(row) - firstGuarded(row) + 1, 1, 1, true);
  }
}

/** Whether an exit for an access to an MSR is one that the extension asked for in a map. */
export function isAskedFor(map: u64, msr: u32, access: u32): bool {
  if (msr == MISC_FEATURES_ENABLES) return (readField(map + ASKED, 0, 2) & access) != 0;
  return !isGuardedMsr(msr, VENDOR_INTEL) || (notedOf(map + GUARDED, msr, VENDOR_INTEL) & access) != 0;
}

/** Changes the bits of MSRs `first` to `last`: how many of them the map has. */
export function changeMsrBitmap(map: u64, first: u32, last: u32, accesses: u32, wanted: bool): u64 {
  let known: u64 = 0;
  for (let range: u32 = 0; range < RANGES; range++) {
    const low = max<u32>(first, start(range));
    const high = min<u32>(last, start(range) + (RANGE_MSRS - 1));
    if (low > high) continue;
    const base = map + range * RANGE_BYTES;
    const offset = low - start(range);
    const count = high - low + 1;
    if ((accesses & MAP_READS) != 0) changeFields(base, offset, count, 1, 1, wanted);
    if ((accesses & MAP_WRITES) != 0) changeFields(base + WRITES, offset, count, 1, 1, wanted);
    known += count;
  }
  if (first <= MISC_FEATURES_ENABLES && MISC_FEATURES_ENABLES <= last) {
    changeFields(map + ASKED, 0, 1, 2, accesses, wanted);
  }
  noteGuarded(map + GUARDED, first, last, accesses, wanted);
  initMsrBitmap(map);
  return known;
}

/** Which accesses to an MSR exit; all ones when the map does not have it. */
export function readMsrBitmap(map: u64, msr: u32): u32 {
  if (msr == MISC_FEATURES_ENABLES) return readField(map + ASKED, 0, 2);
  if (isGuardedMsr(msr, VENDOR_INTEL)) return notedOf(map + GUARDED, msr, VENDOR_INTEL);
  for (let range: u32 = 0; range < RANGES; range++) {
    const offset = msr - start(range);
    if (offset >= RANGE_MSRS) continue;
    const base = map + range * RANGE_BYTES;
    return readField(base, offset, 1) * MAP_READS + readField(base + WRITES, offset, 1) * MAP_WRITES;
  }
  return ~0;
}
