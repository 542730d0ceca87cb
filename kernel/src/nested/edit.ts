// Changing ranges of nested page tables: map, unmap, protect, identity
//
// Each begins at the range's first page and returns how many bytes it has done when the budget, the range or memory is
// at its end: fewer than asked for, in whole pages.

import { memoryType, typeMark, uniformBytes } from "#arch/memory-type";
import {
  ENTRY_BLANK,
  ENTRY_COUNTED,
  ENTRY_SIZED,
  fresh,
  isPage,
  largestLevel,
  NESTED_LEVELS,
  pageBytes,
  pageEntry,
  withRights,
} from "#arch/nested-format";
import {
  NESTED_OWN,
  NESTED_OWN_ABSENT,
  NESTED_PAGE,
  NESTED_READ,
  NESTED_RIGHTS,
  NESTED_TYPE,
} from "../../../abi/generated/bare/objects";
import { PAGE_SIZE } from "../../../abi/generated/bare/syscalls";
import { peek64 } from "../../../bsl/src/memory";
import { allocatePage, pages } from "../memory/pages";
import { hasBudget, spend } from "./budget";
import { Nested } from "./nested";
import { addShare, dropShare } from "./own-pages";
import { findEntry, levelFor, levelOfFound, lookAt, reachEntry, rewriteEntry, setEntry } from "./tables";

const TYPE_SHIFT: u32 = 8;
const PAGE_SHIFT: u32 = 16;
const TYPE_WRITE_BACK: u32 = 6;

/** The page of zeroes that is shown in the place of the hypervisor's own (physical); 0 before it is needed. */
let blank: u64 = 0;

/** Maps host memory that was checked to be nobody's else. */
export function mapRange(nested: Nested, guest: u64, host: u64, bytes: u64, flags: u32): u64 {
  const rights = flags & NESTED_RIGHTS;
  const marks = marksOf(nested, flags);
  let done: u64 = 0;
  while (done < bytes && hasBudget()) {
    const at = host + done;
    const owned = pages.nextOwned(at);
    const isOwn = owned == at;
    const open = isOwn ? <u64>PAGE_SIZE : min(bytes - done, owned - at);
    const level = levelFor((guest + done) | at, uniformBytes(at, open, typeIn(flags)), levelOf(flags));
    const type = memoryType(at, typeIn(flags));
    if (isOwn && !addShare(at)) break;
    if (!isOwn) nested.showsForeign = 1;
    const entry = pageEntry(at, rights, type, level, isOwn ? marks | ENTRY_COUNTED : marks);
    if (!putEntry(nested, guest + done, level, entry)) {
      if (isOwn) dropShare(at);
      break;
    }
    done += pageBytes(level);
  }
  return done;
}

/** Takes mappings away. What is not mapped is passed over. */
export function unmapRange(nested: Nested, guest: u64, bytes: u64): u64 {
  let done: u64 = 0;
  while (done < bytes && hasBudget()) {
    const size = clearAt(nested, guest + done, bytes - done);
    if (size == 0) break;
    done += size;
  }
  return done < bytes ? done : bytes;
}

/** Empties what lies at an address, in as large a step as possible: how many bytes; 0 when memory runs out. */
function clearAt(nested: Nested, guest: u64, bytes: u64): u64 {
  const level = levelFor(guest, bytes, NESTED_LEVELS - 1);
  let entry = lookAt(nested, guest, level);
  if (entry == 0) {
    // Nothing at all is there, or part of a larger page
    const above = findEntry(nested, guest);
    const size = pageBytes(levelOfFound());
    spend(1);
    if (!isPage(peek64(above))) return size - (guest & (size - 1));
    entry = reachEntry(nested, guest, level);
  }
  return entry != 0 && setEntry(nested, entry, level, 0) ? pageBytes(level) : 0;
}

/** Gives pages other rights; stops at what is not mapped. */
export function protectRange(nested: Nested, guest: u64, bytes: u64, rights: u32): u64 {
  let done: u64 = 0;
  while (done < bytes && hasBudget()) {
    let entry = findEntry(nested, guest + done);
    if (!isPage(peek64(entry))) break;
    let level = levelOfFound();
    const fitting = levelFor(guest + done, bytes - done, level);
    if (fitting < level) {
      level = fitting;
      entry = reachEntry(nested, guest + done, level);
      if (entry == 0) break;
    }
    rewriteEntry(entry, withRights(peek64(entry), rights, level));
    done += pageBytes(level);
  }
  return done;
}

/**
 * Shows host memory at its own addresses; what is the hypervisor's as the flags say. Tables for the root VM show what it
 * shares with the kernel.
 */
export function identityRange(nested: Nested, guest: u64, bytes: u64, flags: u32): u64 {
  const rights = flags & NESTED_RIGHTS;
  const own = flags & NESTED_OWN;
  const marks = marksOf(nested, flags);
  let done: u64 = 0;
  while (done < bytes && hasBudget()) {
    const at = guest + done;
    const owned = nested.forRoot != 0 ? pages.nextPrivate(at) : pages.nextOwned(at);
    let level: u32 = 1;
    let entry: u64 = 0;
    if (owned != at) {
      level = levelFor(at, uniformBytes(at, min(bytes - done, owned - at), typeIn(flags)), levelOf(flags));
      entry = pageEntry(at, rights, memoryType(at, typeIn(flags)), level, marks);
      nested.showsForeign = 1;
    } else if (own != NESTED_OWN_ABSENT) {
      entry = blankEntry();
      if (entry == 0) break;
    }
    if (!putEntry(nested, at, level, entry)) break;
    done += pageBytes(level);
  }
  return done;
}

function putEntry(nested: Nested, guest: u64, level: u32, value: u64): bool {
  const entry = reachEntry(nested, guest, level);
  return entry != 0 && setEntry(nested, entry, level, nested.tracked != 0 ? fresh(value) : value);
}

function blankEntry(): u64 {
  if (blank == 0) blank = allocatePage();
  return blank == 0 ? 0 : pageEntry(blank, NESTED_READ, TYPE_WRITE_BACK, 1, ENTRY_BLANK);
}

/** The level that flags allow, as far as the processor has it. */
function levelOf(flags: u32): u32 {
  const wanted = (flags & NESTED_PAGE) >> PAGE_SHIFT;
  return wanted == 0 || wanted > largestLevel() ? largestLevel() : wanted;
}

function typeIn(flags: u32): u32 {
  return (flags & NESTED_TYPE) >> TYPE_SHIFT;
}

/** The marks of pages whose types follow the machine's (retype.ts), of which the tables tell that they have some. */
function marksOf(nested: Nested, flags: u32): u64 {
  const mark = typeMark(typeIn(flags));
  if (mark == 0) return 0;
  nested.followsTypes = 1;
  return levelOf(flags) < largestLevel() ? mark | ENTRY_SIZED : mark;
}
