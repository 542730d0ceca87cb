// Settings: what `bfm load EXTENSION --set key=value` gave this extension
//
//     const leaf = settingNumber("leaf", 0);

import { peek8 } from "../../../../bsl/src/memory";
import { Level, line } from "../text/log";

/** Native address of the area: lines `key=value`, then zeroes. */
export declare function settingsAddress(): u64;
/** Its size in bytes. */
export declare function settingsBytes(): u32;

const NEWLINE: u32 = 0x0a;
const EQUALS: u32 = 0x3d;
const ZERO: u32 = 0x30;
const LETTER_A: u32 = 0x61;
const LOWER_CASE: u32 = 0x20;
/** No such setting. */
const NOT_FOUND: u32 = 0xffff_ffff;

/** Whether a setting was given, with whatever value. */
export function hasSetting(key: string): bool {
  return valueOf(key) != NOT_FOUND;
}

/** Whether a setting was given with exactly this value. */
export function settingIs(key: string, value: string): bool {
  const at = valueOf(key);
  return at != NOT_FOUND && startsWith(at, value) && isEnd(byteAt(at + <u32>value.length));
}

/**
 * A setting's value as a number of 64 bits, decimal or hexadecimal (0x...); `otherwise` when it was not given, or, with a line in
 * the debug ring, when it is no such number.
 */
export function settingNumber(key: string, otherwise: u64): u64 {
  const from = valueOf(key);
  if (from == NOT_FOUND) return otherwise;
  const base: u64 = startsWith(from, "0x") ? 16 : 10;
  let at = base == 16 ? from + 2 : from;
  if (isEnd(byteAt(at))) return noNumber(key, from, otherwise);
  let value: u64 = 0;
  for (; !isEnd(byteAt(at)); at++) {
    const digit = digitOf(byteAt(at));
    if (digit >= base || value > (u64.MAX_VALUE - digit) / base) return noNumber(key, from, otherwise);
    value = value * base + digit;
  }
  return value;
}

function noNumber(key: string, from: u32, otherwise: u64): u64 {
  const warning = line(Level.Warning).text("setting ").text(key).text("=");
  for (let at = from; !isEnd(byteAt(at)); at++) warning.put(<u8>byteAt(at));
  warning.text(" is no number: ").decimal(otherwise).text(" it is").end();
  return otherwise;
}

/** Offset of a setting's value; the last one of a key counts. */
function valueOf(key: string): u32 {
  let found: u32 = NOT_FOUND;
  for (let line: u32 = 0; byteAt(line) != 0; line = nextLine(line)) {
    const after = line + <u32>key.length;
    if (startsWith(line, key) && byteAt(after) == EQUALS) found = after + 1;
  }
  return found;
}

function nextLine(at: u32): u32 {
  while (!isEnd(byteAt(at))) at++;
  return byteAt(at) == NEWLINE ? at + 1 : at;
}

function startsWith(at: u32, text: string): bool {
  for (let i = 0; i < text.length; i++) {
    if (byteAt(at + <u32>i) != <u32>text.charCodeAt(i)) return false;
  }
  return true;
}

function isEnd(byte: u32): bool {
  return byte == NEWLINE || byte == 0;
}

/** The value of a digit in any base up to 36; what is none is larger. */
function digitOf(byte: u32): u64 {
  const letter = byte | LOWER_CASE;
  if (letter >= LETTER_A) return letter - LETTER_A + 10;
  return byte - ZERO;
}

function byteAt(offset: u32): u32 {
  return offset < settingsBytes() ? <u32>peek8(settingsAddress() + offset) : 0;
}
