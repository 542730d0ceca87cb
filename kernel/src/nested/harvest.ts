// What processors have noted in nested page tables: which pages a VM has accessed, and written
//
// A processor notes each once, and remembers in its translations that it has. So what is cleared here counts from when translations
// are flushed: until then it may write a page again that was told of, and none that was not.

import { accessedBit, dirtyBit, isPage, pageBytes } from "#arch/nested-format";
import { NESTED_ACCESSED } from "../../../abi/generated/bare/objects";
import { PAGE_SIZE } from "../../../abi/generated/bare/syscalls";
import { compareExchange64 } from "../../../bsl/src/atomic";
import { peek64, poke64 } from "../../../bsl/src/memory";
import { lockTables, unlockTables } from "../direct-map";
import { ownWritableMemory } from "../own-memory";
import { hasBudget, markStale, spend } from "./budget";
import { Nested } from "./nested";
import { findEntry, levelFor, levelOfFound, reachEntry } from "./tables";

/** Pages that a word of the bitmap has bits for. */
const WORD_PAGES: u64 = 64;
const PAGE_MASK: u64 = PAGE_SIZE - 1;

/**
 * Clears what is noted of a range's pages, and writes a bit for each to `bitmap` in the extension's memory, up to the end of that page
 * of it: how many bytes, in whole words of the bitmap but at the range's end; 0 when there is no such memory.
 */
export function harvestRange(nested: Nested, guest: u64, bytes: u64, bitmap: u64, what: u32): u64 {
  const most = min(bytes, (PAGE_SIZE - (bitmap & PAGE_MASK)) * 8 * PAGE_SIZE);
  let noted: u64 = 0;
  if ((what & NESTED_ACCESSED) != 0) noted |= accessedBit();
  if ((what & ~NESTED_ACCESSED) != 0) noted |= dirtyBit();
  // Under this lock nobody takes the memory away
  lockTables();
  const words = ownWritableMemory(bitmap);
  const done = words == 0 ? 0 : harvest(nested, guest, most, words, noted);
  unlockTables();
  return done;
}

function harvest(nested: Nested, guest: u64, bytes: u64, words: u64, noted: u64): u64 {
  const pages = bytes / PAGE_SIZE;
  let page: u64 = 0;
  let word: u64 = 0;
  while (page < pages && (page % WORD_PAGES != 0 || hasBudget())) {
    const from = guest + page * PAGE_SIZE;
    const left = (pages - page) * PAGE_SIZE;
    let at = findEntry(nested, from);
    let level = levelOfFound();
    const fitting = levelFor(from, left, level);
    let isNoted: bool = false;
    let count = (pageBytes(level) - (from & (pageBytes(level) - 1))) / PAGE_SIZE;
    if (isPage(peek64(at))) {
      // Part of a larger page is one of its own from now on; without memory for that, what is noted stays, and is told again
      const part = fitting < level ? reachEntry(nested, from, fitting) : at;
      if (part != 0) {
        level = fitting;
        count = pageBytes(level) / PAGE_SIZE;
        at = part;
      }
      isNoted = part != 0 ? take(at, noted) : (peek64(at) & noted) != 0;
    }
    spend(1);
    word = write(words, page, min(count, pages - page), word, isNoted);
    page += min(count, pages - page);
  }
  if (page % WORD_PAGES != 0) poke64(words + (page / WORD_PAGES) * 8, word);
  return page * PAGE_SIZE;
}

/** Clears bits of an entry; whether one of them was set. */
function take(at: u64, bits: u64): bool {
  let old = peek64(at);
  while ((old & bits) != 0) {
    // The processor may be setting another one
    const found = compareExchange64(at, old, old & ~bits);
    if (found == old) {
      markStale();
      return true;
    }
    old = found;
  }
  return false;
}

/** Adds bits of `count` pages to the bitmap, whose last word, if it is not whole, is `word`: that as it is then. */
function write(words: u64, page: u64, count: u64, word: u64, isSet: bool): u64 {
  while (count != 0) {
    const first = page % WORD_PAGES;
    const some = min(count, WORD_PAGES - first);
    if (isSet) word |= (~(<u64>0) >> (WORD_PAGES - some)) << first;
    page += some;
    count -= some;
    if (page % WORD_PAGES != 0) break;
    poke64(words + (page / WORD_PAGES - 1) * 8, word);
    word = 0;
  }
  return word;
}
