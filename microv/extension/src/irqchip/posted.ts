// What is posted for a local APIC by anybody, on any processor, and taken by the one that has its VS
//
//     sender                                taker
//     levels, posted, events: OR            notified = 0
//     notified = 1                          posted, events: exchanged with 0, and into the registers
//     it was 0: somebody has to wake it
//
// So whoever posts behind the taker's look finds `notified` 0, and wakes it. Vectors come in order of nothing: they are a set.

import { compareExchange32, compareExchange64, loadAcquire32, loadAcquire64 } from "../../../../bsl/src/atomic";
import { peek32, poke32 } from "../../../../bsl/src/memory";
import { APIC_POSTED, APIC_POSTED_EVENTS, APIC_POSTED_LEVELS, APIC_REQUESTED, APIC_TRIGGER_MODE } from "./apic-page";

/** Events: INIT, a SIPI and its vector, an NMI, and that the 8259 pair has changed. */
export const POSTED_INIT: u32 = 1;
export const POSTED_SIPI: u32 = 2;
export const POSTED_NMI: u32 = 4;
export const SIPI_VECTOR_SHIFT: u32 = 8;
const SIPI_VECTOR: u32 = 0xff << 8;

const WORDS: u64 = 4;
const STRIDE: u64 = 16;

/** Posts an interrupt. */
export function postVector(apic: u64, vector: u32, isLevel: bool): void {
  const place = <u64>(vector >> 6) * 8;
  const bit = (<u64>1) << (vector & 63);
  if (isLevel) change64(apic + APIC_POSTED_LEVELS + place, 0, bit);
  else change64(apic + APIC_POSTED_LEVELS + place, bit, 0);
  change64(apic + APIC_POSTED + place, 0, bit);
}

/** Posts an event: a SIPI with its vector. An INIT takes back a SIPI that came before it, and the last SIPI does not count. */
export function postEvent(apic: u64, event: u32, vector: u32): void {
  const address = apic + APIC_POSTED_EVENTS;
  for (;;) {
    const before = loadAcquire32(address);
    if (event == POSTED_SIPI && (before & POSTED_SIPI) != 0) return;
    let after = before | event;
    if (event == POSTED_INIT) after &= ~(POSTED_SIPI | SIPI_VECTOR);
    else if (event == POSTED_SIPI) after |= vector << SIPI_VECTOR_SHIFT;
    if (compareExchange32(address, before, after) == before) return;
  }
}

/** Takes vectors into IRR and TMR. */
export function takeVectors(apic: u64): void {
  for (let word: u64 = 0; word < WORDS; word++) {
    const bits = take64(apic + APIC_POSTED + word * 8);
    if (bits == 0) continue;
    const levels = loadAcquire64(apic + APIC_POSTED_LEVELS + word * 8);
    takeHalf(apic, word * 2, <u32>bits, <u32>levels);
    takeHalf(apic, word * 2 + 1, <u32>(bits >> 32), <u32>(levels >> 32));
  }
}

/** Takes events. */
export function takeEvents(apic: u64): u32 {
  const address = apic + APIC_POSTED_EVENTS;
  let before = loadAcquire32(address);
  while (before != 0 && compareExchange32(address, before, 0) != before) before = loadAcquire32(address);
  return before;
}

function takeHalf(apic: u64, place: u64, bits: u32, levels: u32): void {
  if (bits == 0) return;
  const requested = apic + APIC_REQUESTED + place * STRIDE;
  const modes = apic + APIC_TRIGGER_MODE + place * STRIDE;
  poke32(requested, peek32(requested) | bits);
  poke32(modes, (peek32(modes) & ~bits) | (levels & bits));
}

function take64(address: u64): u64 {
  let before = loadAcquire64(address);
  while (before != 0 && compareExchange64(address, before, 0) != before) before = loadAcquire64(address);
  return before;
}

/** Clears bits and sets others. */
function change64(address: u64, clear: u64, set: u64): void {
  for (;;) {
    const before = loadAcquire64(address);
    const after = (before & ~clear) | set;
    if (before == after || compareExchange64(address, before, after) == before) return;
  }
}
