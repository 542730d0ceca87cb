// What the hypervisor holds of the machine's memory: printed, so that it can be compared with what the operating system knows of it

import { print, printHex } from "./console";

const MOST_PIECES: u32 = 512;
/** Beginning and end of each piece, in ascending order. */
const pieces: usize = memory.data(16 * 512, 8);
let count: u32 = 0;

function base(index: u32): u64 {
  return load<u64>(pieces + 16 * index);
}
function end(index: u32): u64 {
  return load<u64>(pieces + 16 * index, 8);
}

/** Notes a piece; false when there are too many. */
export function hold(address: u64, bytes: u64): bool {
  if (count === MOST_PIECES) return false;
  let index = count++;
  for (; index !== 0 && base(index - 1) > address; index--) move(index - 1, index);
  store<u64>(pieces + 16 * index, address);
  store<u64>(pieces + 16 * index, address + bytes, 8);
  return true;
}

/** Forgets the piece that begins at an address, if there is one. */
export function letGo(address: u64): void {
  let index: u32 = 0;
  while (index < count && base(index) !== address) index++;
  if (index === count) return;
  count--;
  for (; index < count; index++) move(index + 1, index);
}

function move(from: u32, to: u32): void {
  store<u64>(pieces + 16 * to, base(from));
  store<u64>(pieces + 16 * to, end(from), 8);
}

/** Prints them, with the last address of each; those that touch are one. */
export function printHeld(): void {
  for (let index: u32 = 0; index < count; ) {
    const first = index++;
    while (index < count && base(index) === end(index - 1)) index++;
    print(first === 0 ? "" : ", ");
    printHex(base(first));
    print("-");
    printHex(end(index - 1) - 1);
  }
}
