// MSR permission maps on AMD (APM volume 2, 15.11)
//
//     0x0000  MSRs 0000_0000 to 0000_1FFF   two bits each: read, write; set: the access exits
//     0x0800  MSRs C000_0000 to C000_1FFF
//     0x1000  MSRs C001_0000 to C001_1FFF   MSRs that are not in the map exit always
//     0x1800  the kernel's own: two bits for each of the MSRs that exit in every map of the kernel's, which its extension
//     0x1900  asked for, and the same of those whose writes exit (guarded-msrs.ts); the processor does not look here

import { VENDOR_AMD } from "../../../../abi/generated/bare/boot";
import { MAP_ACCESSES, MAP_WRITES } from "../../../../abi/generated/bare/objects";
import { HWCR } from "../cpuid-faulting";
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
import { EFER, VM_CR, VM_HSAVE_PA } from "./guest-msrs";

/** log2 of its pages. */
export const MSRPM_ORDER: u32 = 1;

const RANGES: u32 = 3;
const RANGE_MSRS: u32 = 0x2000;
const RANGE_BYTES: u64 = 0x800;

/** MSRs that no VM is left alone with: guest-msrs.ts serves those accesses that its extension has not asked for. */
const SERVED: u32 = 4;
const SERVED_OFFSET: u64 = 0x1800;
const GUARDED_OFFSET: u64 = 0x1900;

function servedMsr(index: u32): u32 {
  if (index == 3) return HWCR;
  return index == 0 ? EFER : index == 1 ? VM_CR : VM_HSAVE_PA;
}

/** Makes zeroed pages a map that lets everything pass that may; a change of a map ends with the same. */
export function initMsrpm(map: u64): void {
  for (let index: u32 = 0; index < SERVED; index++) {
    const range: u32 = index == 0 ? 1 : 2;
    changeFields(map + range * RANGE_BYTES, servedMsr(index) - start(range), 1, 2, MAP_ACCESSES, true);
  }
  for (let row: u32 = 0; row < guardedRows(); row++) {
    if (!isGuardedOn(row, VENDOR_AMD)) continue;
    const first = firstGuarded(row);
    const range: u32 = first < start(1) ? 0 : first < start(2) ? 1 : 2;
    const count = lastGuarded(row) - first + 1;
    changeFields(map + range * RANGE_BYTES, first - start(range), count, 2, MAP_WRITES, true);
  }
}

/** Whether an exit for an access to an MSR is one that the extension asked for in a map of the kernel's. */
export function isAskedFor(map: u64, msr: u32, access: u32): bool {
  for (let index: u32 = 0; index < SERVED; index++) {
    if (msr == servedMsr(index)) return (readField(map + SERVED_OFFSET, index, 2) & access) != 0;
  }
  return !isGuardedMsr(msr, VENDOR_AMD) || (notedOf(map + GUARDED_OFFSET, msr, VENDOR_AMD) & access) != 0;
}

/** The first MSR of a range. */
function start(range: u32): u32 {
  return range == 0 ? 0 : 0xc000_0000 + (range - 1) * 0x1_0000;
}

/** Changes the bits of MSRs `first` to `last`: how many of them the map has. */
export function changeMsrpm(map: u64, first: u32, last: u32, accesses: u32, wanted: bool): u64 {
  let known: u64 = 0;
  for (let range: u32 = 0; range < RANGES; range++) {
    const low = max<u32>(first, start(range));
    const high = min<u32>(last, start(range) + (RANGE_MSRS - 1));
    if (low > high) continue;
    const count = high - low + 1;
    changeFields(map + range * RANGE_BYTES, low - start(range), count, 2, accesses, wanted);
    known += count;
  }
  for (let index: u32 = 0; index < SERVED; index++) {
    const msr = servedMsr(index);
    if (first <= msr && msr <= last) changeFields(map + SERVED_OFFSET, index, 1, 2, accesses, wanted);
  }
  noteGuarded(map + GUARDED_OFFSET, first, last, accesses, wanted);
  initMsrpm(map);
  return known;
}

/** Which accesses to an MSR the extension hears of; all ones when the map does not have it. */
export function readMsrpm(map: u64, msr: u32): u32 {
  for (let index: u32 = 0; index < SERVED; index++) {
    if (msr == servedMsr(index)) return readField(map + SERVED_OFFSET, index, 2);
  }
  if (isGuardedMsr(msr, VENDOR_AMD)) return notedOf(map + GUARDED_OFFSET, msr, VENDOR_AMD);
  for (let range: u32 = 0; range < RANGES; range++) {
    const offset = msr - start(range);
    if (offset < RANGE_MSRS) return readField(map + range * RANGE_BYTES, offset, 2);
  }
  return ~0;
}
