// MSR permission maps on AMD (APM volume 2, 15.11)
//
//     0x0000  MSRs 0000_0000 to 0000_1FFF   two bits each: read, write; set: the access exits
//     0x0800  MSRs C000_0000 to C000_1FFF
//     0x1000  MSRs C001_0000 to C001_1FFF   MSRs that are not in the map exit always

import { changeFields, readField } from "../permission-bits";

/** log2 of its pages. */
export const MSRPM_ORDER: u32 = 1;

const RANGES: u32 = 3;
const RANGE_MSRS: u32 = 0x2000;
const RANGE_BYTES: u64 = 0x800;

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
  return known;
}

/** Which accesses to an MSR exit; all ones when the map does not have it. */
export function readMsrpm(map: u64, msr: u32): u32 {
  for (let range: u32 = 0; range < RANGES; range++) {
    const offset = msr - start(range);
    if (offset < RANGE_MSRS) return readField(map + range * RANGE_BYTES, offset, 2);
  }
  return ~0;
}
