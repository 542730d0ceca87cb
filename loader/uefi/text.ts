// Text as the firmware has it: UTF-16 with a zero at the end, in an area that only grows

import { nativeAddress } from "../../bsl/src/memory";

/** What is kept of a configuration: names of files, settings, and options of what boots. */
const AREA_UNITS: u32 = 0x2000;
const area: usize = memory.data(2 * 0x2000, 2);
let used: u32 = 0;
let start: u32 = 0;

/** Begins a text; what an unfinished one has is dropped. */
export function beginText(): void {
  used = start;
}

/** Adds a UTF-16 unit; false when the area is full. */
export function addUnit(unit: u32): bool {
  if (used + 1 >= AREA_UNITS) return false;
  store<u16>(area + 2 * used, <u16>unit);
  used++;
  return true;
}

/** Ends a text; it stays where it is. */
export function endText(): usize {
  const text = endBriefly();
  keepText();
  return text;
}

/** Ends a text that is good until the next one begins, */
export function endBriefly(): usize {
  store<u16>(area + 2 * used, 0);
  return area + 2 * start;
}
/** or stays where it is after all, */
export function keepText(): void {
  used++;
  start = used;
}
/** or does so behind a literal; 0: the area is full. */
export function keepBehind(literal: string): usize {
  const text = area + 2 * start;
  const units = <u32>literal.length;
  if (used + units + 1 >= AREA_UNITS) return 0;
  memory.copy(text + 2 * units, text, 2 * (used - start + 1));
  memory.copy(text, changetype<usize>(literal), 2 * units);
  used += units;
  keepText();
  return text;
}

/** A literal as such a text. */
export function textOf(literal: string): usize {
  beginText();
  addLiteral(literal);
  return endText();
}

/** Adds a literal, or another text. */
export function addLiteral(literal: string): void {
  for (let i = 0; i < literal.length; i++) addUnit(literal.charCodeAt(i));
}
export function addText(text: usize): void {
  for (let at = text; load<u16>(at) !== 0; at += 2) addUnit(load<u16>(at));
}

/** UTF-16 units of a text. */
export function lengthOf(text: usize): u32 {
  let length: u32 = 0;
  while (load<u16>(text + 2 * length) !== 0) length++;
  return length;
}

export function isText(text: usize, literal: string): bool {
  const length = lengthOf(text);
  if (length !== <u32>literal.length) return false;
  for (let i: u32 = 0; i < length; i++) {
    if (<i32>load<u16>(text + 2 * i) !== literal.charCodeAt(i)) return false;
  }
  return true;
}

/** Where the firmware finds it. */
export function textAddress(text: usize): u64 {
  return nativeAddress(<u32>text);
}
