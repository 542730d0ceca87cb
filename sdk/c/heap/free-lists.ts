// Free blocks by their size: a list for each of 16 sizes between two powers of two, and bits for those lists that have any
//
//     firsts     bit f: some list of row f has a block          row 0: 0 to 240 bytes in steps of 16
//     seconds    word f, bit s: list s of row f has one         row f: 2^(f + 7) bytes in 16 steps, up to twice as many
//     heads      row f, place s: the first block of that list
//
// A search looks at two words, whatever there is (TLSF: M. Masmano and others, "TLSF: a new dynamic memory allocator for
// real-time systems", 2004). In a free block, its list's neighbours stand behind its header (blocks.ts).

import { GRAIN, HEADER } from "./blocks";

const ROW: u32 = 16;
/** The last one begins with 2 GiB. */
const ROWS: u32 = 25;
const NO_LIST: u32 = 0xffff_ffff;

const firsts: usize = memory.data(4, 8);
const seconds: usize = memory.data(4 * ROWS, 8);
const heads: usize = memory.data(4 * ROW * ROWS, 8);

/** Places of a free block's links. */
const NEXT: u32 = HEADER;
const PREVIOUS: u32 = HEADER + 4;

function at(place: u32): u32 {
  return load<u32>(<usize>place);
}

function put(place: u32, value: u32): void {
  store<u32>(<usize>place, value);
}

function secondsOf(row: u32): u32 {
  return <u32>seconds + 4 * row;
}

function headOf(list: u32): u32 {
  return <u32>heads + 4 * list;
}

/** Sizes in a row beyond the first are so many bytes apart. */
function stepOf(row: u32): u32 {
  return GRAIN << (row - 1);
}

function rowOf(bytes: u32): u32 {
  const grains = bytes / GRAIN;
  return grains < ROW ? 0 : 28 - clz<u32>(grains);
}

/** The list that a free block of a size is in. */
function listOf(bytes: u32): u32 {
  const row = rowOf(bytes);
  return row === 0 ? bytes / GRAIN : row * ROW + ((bytes / stepOf(row)) & (ROW - 1));
}

/** The first list that has a block, of those in which every block has at least so many bytes. */
function findList(bytes: u32): u32 {
  const row = rowOf(bytes);
  const list = listOf(row === 0 ? bytes : bytes + stepOf(row) - GRAIN);
  const first = list / ROW;
  const inRow = at(secondsOf(first)) & (~(<u32>0) << (list % ROW));
  if (inRow !== 0) return first * ROW + ctz<u32>(inRow);
  const rows = at(<u32>firsts) & (~(<u32>0) << (first + 1));
  return rows === 0 ? NO_LIST : ctz<u32>(rows) * ROW + ctz<u32>(at(secondsOf(ctz<u32>(rows))));
}

/** Takes a block of at least so many bytes out of its list; 0: there may be one, but in none of the lists that are looked at. */
export function takeFree(bytes: u32): u32 {
  const list = findList(bytes);
  if (list === NO_LIST) return 0;
  const block = at(headOf(list));
  unlink(block, list);
  return block;
}

/** Takes a block out of the list that its size says. */
export function removeFree(block: u32, bytes: u32): void {
  unlink(block, listOf(bytes));
}

function unlink(block: u32, list: u32): void {
  const next = at(block + NEXT);
  const previous = at(block + PREVIOUS);
  if (next !== 0) put(next + PREVIOUS, previous);
  if (previous !== 0) put(previous + NEXT, next);
  else put(headOf(list), next);
  if (at(headOf(list)) !== 0) return;
  const row = list / ROW;
  put(secondsOf(row), at(secondsOf(row)) & ~((<u32>1) << (list % ROW)));
  if (at(secondsOf(row)) === 0) put(<u32>firsts, at(<u32>firsts) & ~((<u32>1) << row));
}

/** Puts a block in front of the list that its size says. */
export function insertFree(block: u32, bytes: u32): void {
  const list = listOf(bytes);
  const next = at(headOf(list));
  put(block + NEXT, next);
  put(block + PREVIOUS, 0);
  if (next !== 0) put(next + PREVIOUS, block);
  put(headOf(list), block);
  put(secondsOf(list / ROW), at(secondsOf(list / ROW)) | ((<u32>1) << (list % ROW)));
  put(<u32>firsts, at(<u32>firsts) | ((<u32>1) << (list / ROW)));
}
