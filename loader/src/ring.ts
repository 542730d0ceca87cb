// The debug ring: written by the microkernel, read here. It lives from load to unload.

import {
  DEBUG_RING_AREA_BYTES,
  DEBUG_RING_BEGIN,
  DEBUG_RING_BYTES,
  DEBUG_RING_CHARS,
  DEBUG_RING_END,
} from "../../abi/generated/bare/boot";
import { loadAcquire64 } from "../../bsl/src/atomic";
import { givePages, pagesFor, takePages } from "./pages";
import { copyToCaller, mapReserved, physicalAddress, unmapReserved } from "./platform";

const CHARS: u64 = <u64>DEBUG_RING_CHARS;
/** How often a copy is repeated that the kernel overran. */
const COPY_ATTEMPTS: u32 = 4;

let ring: u64 = 0;
/** Whether another loader has taken it. */
let isForeign: bool = false;

export function hasRing(): bool {
  return ring !== 0;
}

/** Takes an empty ring, or keeps the one that it has taken before. False when there is no memory. */
export function openRing(): bool {
  if (isForeign) closeRing();
  if (ring === 0) ring = takePages(pagesFor(DEBUG_RING_AREA_BYTES), true);
  return ring !== 0;
}

/** Reads one that another loader has taken, at a physical address; it stays readable when nothing runs any more. */
export function mapRing(physical: u64): bool {
  ring = mapReserved(physical, DEBUG_RING_AREA_BYTES);
  isForeign = ring !== 0;
  return isForeign;
}

/** Gives the ring back to whom it was taken from. */
export function closeRing(): void {
  if (isForeign) unmapReserved(ring);
  else if (ring !== 0) givePages(ring, pagesFor(DEBUG_RING_AREA_BYTES), true);
  ring = 0;
  isForeign = false;
}

/** Physical address of the ring. */
export function ringPhysical(): u64 {
  return physicalAddress(ring);
}

/** Characters in the ring; 0 when there is none. */
export function ringChars(): u64 {
  if (ring === 0) return 0;
  const chars = loadAcquire64(ring + DEBUG_RING_END) - loadAcquire64(ring + DEBUG_RING_BEGIN);
  return chars < CHARS ? chars : CHARS;
}

/**
 * Copies the newest text to the caller's buffer and returns how much it was, or -1 when the caller's memory is not
 * writable. Text that the kernel drops meanwhile would be newer text in the wrong place: then the copy is made again.
 */
export function dumpRing(buffer: u64, bufferBytes: u64): i64 {
  let chars: u64 = 0;
  for (let attempt: u32 = 0; attempt < COPY_ATTEMPTS; attempt++) {
    const end = loadAcquire64(ring + DEBUG_RING_END);
    chars = ringChars();
    if (chars > bufferBytes) chars = bufferBytes;
    if (!copyText(buffer, end - chars, chars)) return -1;
    if (loadAcquire64(ring + DEBUG_RING_END) - (end - chars) <= CHARS) break;
  }
  return <i64>chars;
}

/** Copies text from position `start`, in two pieces where it wraps around. */
function copyText(buffer: u64, start: u64, chars: u64): bool {
  const text = ring + DEBUG_RING_BYTES;
  const offset = start % CHARS;
  const first = chars < CHARS - offset ? chars : CHARS - offset;
  if (first !== 0 && copyToCaller(buffer, text + offset, first) === 0) return false;
  return chars === first || copyToCaller(buffer + first, text, chars - first) !== 0;
}
