// What a multiboot 1 loader tells (Multiboot Specification 0.6.96, 3.3)

import { peek8, peek32 } from "../../bsl/src/memory";

const MAGIC: u32 = 0x2bad_b002;
const FLAG_MEMORY: u32 = 1 << 0;
const FLAG_COMMAND_LINE: u32 = 1 << 2;
const FLAG_MODULES: u32 = 1 << 3;

let information: u64 = 0;

/** Takes the two registers that the boot loader left; false when it was none, or did not tell the memory's size. */
export function openMultiboot(magic: u32, address: u32): bool {
  information = address;
  return magic === MAGIC && (peek32(information) & FLAG_MEMORY) !== 0;
}

/** The address behind the memory that begins at 1 MiB. */
export function memoryEnd(): u64 {
  return 0x10_0000 + <u64>peek32(information + 8) * 1024;
}

/** How many files came with the image. */
export function fileCount(): u32 {
  return (peek32(information) & FLAG_MODULES) !== 0 ? peek32(information + 20) : 0;
}

/** Where file `index` begins. */
export function fileStart(index: u32): u64 {
  return peek32(peek32(information + 24) + <u64>index * 16);
}

/** The address behind file `index`. */
export function fileEnd(index: u32): u64 {
  return peek32(peek32(information + 24) + <u64>index * 16 + 4);
}

/** The number behind `name=` on the command line, decimal or with 0x, or `otherwise`. */
export function option(name: string, otherwise: u64): u64 {
  if ((peek32(information) & FLAG_COMMAND_LINE) === 0) return otherwise;
  let at: u64 = peek32(information + 16);
  while (peek8(at) !== 0) {
    const value = valueOf(at, name);
    if (value !== 0) return number(value);
    while (peek8(at) !== 0 && peek8(at) !== SPACE) at++;
    while (peek8(at) === SPACE) at++;
  }
  return otherwise;
}

const SPACE: u8 = 0x20;
const EQUALS: u8 = 0x3d;

/** Address of the value when the word at `at` is `name=value`, or 0. */
function valueOf(at: u64, name: string): u64 {
  const length = name.length;
  for (let i = 0; i < length; i++) if (peek8(at + i) !== <u8>name.charCodeAt(i)) return 0;
  return peek8(at + length) === EQUALS ? at + length + 1 : 0;
}

function number(text: u64): u64 {
  const isHexadecimal = peek8(text) === 0x30 && (peek8(text + 1) | 0x20) === 0x78;
  const base: u64 = isHexadecimal ? 16 : 10;
  let at = isHexadecimal ? text + 2 : text;
  let value: u64 = 0;
  while (digit(peek8(at)) < base) value = value * base + digit(peek8(at++));
  return value;
}

function digit(character: u8): u64 {
  if (character >= 0x30 && character <= 0x39) return character - 0x30;
  const letter: u8 = character | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x61 + 10 : 0xff;
}
