// Reads JSON (RFC 8259) piece by piece, and says where it is wrong: line and column
//
//     if (beginObject()) while (nextMember()) { const key = readKey(); ... readText() ... }
//
// A text that is read is good until the next one is, unless text.ts keeps it. After a failure nothing is read any more, and every function says so.

import { peek8 } from "../../bsl/src/memory";
import { addUnit, beginText, endBriefly, keepText } from "./text";

let at: u64 = 0;
let begin: u64 = 0;
let end: u64 = 0;
let problem: string = "";
let problemAt: u64 = 0;
/** Whether the next member or element is the first. */
let isFirst: bool = false;

const QUOTE: u32 = 0x22;
const BACKSLASH: u32 = 0x5c;
const NO_VALUE: string = "a value is missing";
export const TOO_LONG: string = "all texts together are too long";

/** Reads `bytes` bytes at a native address from now on. */
export function openJson(address: u64, bytes: u64): void {
  begin = address;
  at = address;
  end = address + bytes;
  problem = "";
  problemAt = 0;
}

/** Says that something is wrong where reading stands, or at an earlier place(); the first failure stays. */
export function fail(what: string): void {
  failAt(at, what);
}
export function failAt(where: u64, what: string): void {
  if (problemAt === 0) {
    problem = what;
    problemAt = where;
  }
}
/** Where the next value begins. */
export function valuePlace(): u64 {
  peekByte();
  return at;
}

export function hasFailed(): bool {
  return problemAt !== 0;
}
export function problemText(): string {
  return problem;
}
/** From 1; a column is a character. */
export function problemLine(): u32 {
  let line: u32 = 1;
  for (let byte = begin; byte < problemAt; byte++) if (peek8(byte) === 0x0a) line++;
  return line;
}
export function problemColumn(): u32 {
  let column: u32 = 1;
  for (let byte = begin; byte < problemAt; byte++) {
    const value = peek8(byte);
    if (value === 0x0a) column = 1;
    else if ((value & 0xc0) !== 0x80) column++;
  }
  return column;
}

/** The next byte that is no white space; 0 at the end. */
export function peekByte(): u32 {
  while (at < end) {
    const byte: u32 = peek8(at);
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return byte;
    at++;
  }
  return 0;
}

function take(byte: u32): bool {
  if (hasFailed() || peekByte() !== byte || at === end) return false;
  at++;
  return true;
}

/** `{` or `[`, of which the members or elements follow. */
export function beginObject(): bool {
  return beginGroup(0x7b, "here an object begins: {");
}
export function beginArray(): bool {
  return beginGroup(0x5b, "here a list begins: [");
}
function beginGroup(opening: u32, expected: string): bool {
  isFirst = take(opening);
  if (!isFirst) fail(expected);
  return isFirst;
}

/** Whether another member follows: its key, and then its value, are to be read. */
export function nextMember(): bool {
  if (!nextInGroup(0x7d, "behind a member there is a comma, or the object's end: }")) return false;
  if (peekByte() !== QUOTE) fail('here is the name of a setting, in quotation marks: "boot"');
  return !hasFailed();
}
export function nextElement(): bool {
  return nextInGroup(0x5d, "behind an element there is a comma, or the list's end: ]");
}
function nextInGroup(closing: u32, expected: string): bool {
  const wasFirst = isFirst;
  isFirst = false;
  if (take(closing)) return false;
  if (!wasFirst && !take(0x2c)) fail(expected);
  else if (!wasFirst && peekByte() === closing) fail("nothing follows this comma");
  return !hasFailed();
}

/** The key of a member, and the colon. */
export function readKey(): usize {
  const key = readText();
  if (key !== 0 && !take(0x3a)) fail("behind a setting's name there is a colon");
  return hasFailed() ? 0 : key;
}

/** Nothing but white space may follow. */
export function endJson(): void {
  if (!hasFailed() && peekByte() !== 0) fail("nothing may follow the last }");
}

/** A text in quotation marks that text.ts keeps; 0 after a failure. */
export function readKept(): usize {
  const text = readText();
  if (text !== 0) keepText();
  return text;
}

/** A text in quotation marks; 0 after a failure. */
export function readText(): usize {
  if (!take(QUOTE)) {
    fail(at === end ? NO_VALUE : "here is a text, in quotation marks");
    return 0;
  }
  beginText();
  while (!hasFailed()) {
    const byte: u32 = at < end ? peek8(at) : 0;
    if (byte < 0x20) fail("a text ends on its line, with a quotation mark");
    else if (byte === QUOTE) break;
    else if (byte === BACKSLASH) readEscape();
    else readCharacter(byte);
  }
  if (hasFailed()) return 0;
  at++;
  return endBriefly();
}

/** Whether a text in quotation marks follows. */
export function isTextNext(): bool {
  return peekByte() === QUOTE;
}

/** A number, or true or false, as it is written; whoever reads it judges it. 0 when there is no such thing. */
export function readBare(): usize {
  peekByte();
  beginText();
  let units: u32 = 0;
  for (; at < end && !hasFailed() && isBare(peek8(at)); units++) add(peek8(at++));
  return units === 0 || hasFailed() ? 0 : endBriefly();
}

/** Letters, digits, and what else numbers have. */
function isBare(byte: u32): bool {
  const letter = byte | 0x20;
  const isWord = (byte >= 0x30 && byte <= 0x39) || (letter >= 0x61 && letter <= 0x7a);
  return isWord || byte === 0x2b || byte === 0x2d || byte === 0x2e;
}

function add(unit: u32): void {
  if (!addUnit(unit)) fail(TOO_LONG);
}

function readEscape(): void {
  const where = at;
  const byte: u32 = at + 1 < end ? peek8(at + 1) : 0;
  at += 2;
  switch (byte) {
    case QUOTE:
    case BACKSLASH:
    case 0x2f:
      add(byte);
      break;
    case 0x62:
      add(8);
      break;
    case 0x66:
      add(12);
      break;
    case 0x6e:
      add(10);
      break;
    case 0x72:
      add(13);
      break;
    case 0x74:
      add(9);
      break;
    case 0x75:
      readUnit(where);
      break;
    default:
      failAt(where, "JSON has no such escape: a backslash is written twice");
  }
}

/** The four digits behind \u. */
function readUnit(where: u64): void {
  let unit: u32 = 0;
  for (let i = 0; i < 4; i++) {
    const digit = at < end ? hexDigit(peek8(at)) : 16;
    if (digit === 16) {
      failAt(where, "behind \\u are four hexadecimal digits");
      return;
    }
    unit = unit * 16 + digit;
    at++;
  }
  if (unit === 0) failAt(where, "a text has no NUL");
  else add(unit);
}

function hexDigit(byte: u32): u32 {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : 16;
}

/** A character of UTF-8 (RFC 3629, 4), as one UTF-16 unit or two. */
function readCharacter(first: u32): void {
  const length = sequenceLength(first);
  let code = length < 2 ? first : first & (0x7f >> length);
  let isWhole = length !== 0 && at + length <= end;
  for (let i: u32 = 1; isWhole && i < length; i++) {
    const byte: u32 = peek8(at + i);
    isWhole = (byte & 0xc0) === 0x80;
    code = (code << 6) | (byte & 0x3f);
  }
  if (!isWhole || !isCharacter(code, length)) {
    fail("this is not UTF-8");
    return;
  }
  at += length;
  if (code < 0x1_0000) {
    add(code);
  } else {
    add(0xd800 + ((code - 0x1_0000) >> 10));
    add(0xdc00 + ((code - 0x1_0000) & 0x3ff));
  }
}

/** Bytes of a character that begins so; 0: none does. */
function sequenceLength(first: u32): u32 {
  if (first < 0x80) return 1;
  if (first < 0xc2 || first >= 0xf5) return 0;
  return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/** Whether it is one, and not written longer than need be. */
function isCharacter(code: u32, length: u32): bool {
  if (length === 3) return code >= 0x800 && (code < 0xd800 || code >= 0xe000);
  return length < 3 || (code >= 0x1_0000 && code < 0x11_0000);
}
