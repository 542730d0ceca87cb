// Pages taken from the operating system, counted so that a leak shows

import { fillMemory } from "../../bsl/src/memory";
import { allocatePages, freePages } from "./platform";

export const PAGE_BYTES: u64 = 0x1000;

/** For allocatePages(): contiguous, as long as that costs the operating system little; a run. */
const CONTIGUOUS_IF_EASY: u32 = 2;
const RUN: u32 = 3;

let held: u64 = 0;

/** How many 4 KiB pages `bytes` bytes take. */
export function pagesFor(bytes: u64): u64 {
  return (bytes + PAGE_BYTES - 1) / PAGE_BYTES;
}

/** Takes zeroed pages; 0 when the operating system has none. `contiguous`: physically, `pages` a power of two. */
export function takePages(pages: u64, contiguous: bool): u64 {
  const address = allocatePages(<u32>pages, contiguous ? 1 : 0);
  if (address === 0) return 0;
  held += pages;
  fillMemory(address, 0, pages * PAGE_BYTES);
  return address;
}

/**
 * Takes physically contiguous pages without trying hard, at a multiple of their size; they hold whatever they held. 0 when
 * there are none.
 */
export function borrowPages(pages: u64): u64 {
  const address = allocatePages(<u32>pages, CONTIGUOUS_IF_EASY);
  if (address !== 0) held += pages;
  return address;
}

/** Takes any number of physically contiguous pages, at a multiple of RUN_STEP_BYTES; they hold whatever they held. 0: there are none. */
export function borrowRun(pages: u64): u64 {
  const address = allocatePages(<u32>pages, RUN);
  if (address !== 0) held += pages;
  return address;
}

/** Gives pages back, with the arguments that took them. */
export function givePages(address: u64, pages: u64, contiguous: bool): void {
  giveKind(address, pages, contiguous ? 1 : 0);
}

/** Gives back what borrowRun() took. */
export function giveRun(address: u64, pages: u64): void {
  giveKind(address, pages, RUN);
}

function giveKind(address: u64, pages: u64, kind: u32): void {
  freePages(address, <u32>pages, kind);
  held -= pages;
}

/** 4 KiB pages that are taken and not given back. */
export function heldPages(): u64 {
  return held;
}
