// Bits of permission maps: what both vendors' formats are made of

import { peek8, poke8 } from "../../../bsl/src/memory";

const BYTE: u32 = 8;

/**
 * Sets or clears `pattern` in each of `count` fields of `width` bits, 1 or 2, from field number `first` on; `base` is the
 * native address of field 0.
 */
export function changeFields(base: u64, first: u32, count: u32, width: u32, pattern: u32, wanted: bool): void {
  const perByte = BYTE / width;
  const whole: u32 = width == 1 ? pattern * 0xff : pattern * 0x55;
  let field = first;
  const end = first + count;
  while (field < end) {
    const address = base + <u64>(field / perByte);
    const place = field % perByte;
    const isWhole = place == 0 && end - field >= perByte;
    const mask = isWhole ? whole : pattern << (place * width);
    const before: u32 = peek8(address);
    poke8(address, <u8>(wanted ? before | mask : before & ~mask));
    field += isWhole ? perByte : 1;
  }
}

/** The field's bits. */
export function readField(base: u64, field: u32, width: u32): u32 {
  const perByte = BYTE / width;
  const byte: u32 = peek8(base + <u64>(field / perByte));
  return (byte >> ((field % perByte) * width)) & ((1 << width) - 1);
}
