// What the microkernel prints: to the debug ring, which outlives it, and to the first serial port
//
// Text is written between open() and close(), which keep the lines of two processors apart.

import { writeSerial } from "#arch/serial";
import { DEBUG_RING_BEGIN, DEBUG_RING_BYTES, DEBUG_RING_CHARS, DEBUG_RING_END } from "../../abi/generated/bare/boot";
import { pause } from "../../bsl/src/atomic";
import { writeDecimal, writeHex, writeText } from "../../bsl/src/format";
import { TicketLock } from "../../bsl/src/lock";
import { peek64, poke8, poke64 } from "../../bsl/src/memory";

/** A lock that is held for so many pauses belongs to a processor that died while it printed; a port is slow. */
const PATIENCE: u32 = 10_000_000;

/** Where bytes go; for what writes more than a string, see bsl/src/format.ts. */
@unmanaged
export class Console {
  put(byte: u8): void {
    if (ring != 0) putRing(byte);
    if (byte == 0x0a) writeSerial(0x0d);
    writeSerial(byte);
  }
}

const out: Console = changetype<Console>(0);
const lock: TicketLock = changetype<TicketLock>(memory.data(8, 8));
let ring: u64 = 0;
let held: bool = false;

/** Uses the debug ring at a native address from now on. */
export function attachRing(address: u64): void {
  ring = address;
}

/** Begins to print; a dead holder of the lock is passed by, so that a panic always gets its words out. */
export function open(): void {
  for (let i: u32 = 0; i < PATIENCE; i++) {
    if (lock.tryAcquire()) {
      held = true;
      return;
    }
    pause();
  }
}

/** Ends what open() began. */
export function close(): void {
  if (!held) return;
  held = false;
  lock.release();
}

/** Takes bytes between open() and close(). */
export function sink(): Console {
  return out;
}

export function text(value: string): void {
  writeText<Console>(out, value);
}

export function decimal(value: u64): void {
  writeDecimal<Console>(out, value);
}

/** Prints "0x" and at least `digits` hexadecimal digits. */
export function hex(value: u64, digits: u32 = 1): void {
  text("0x");
  writeHex<Console>(out, value, digits);
}

/** Prints one byte that an extension wrote. */
export function character(byte: u8): void {
  out.put(byte);
}

/** Prints a line of its own. */
export function line(value: string): void {
  open();
  text(value);
  text("\n");
  close();
}

function putRing(byte: u8): void {
  const end = peek64(ring + DEBUG_RING_END);
  poke8(ring + DEBUG_RING_BYTES + (end % DEBUG_RING_CHARS), byte);
  poke64(ring + DEBUG_RING_END, end + 1);
  if (end + 1 - peek64(ring + DEBUG_RING_BEGIN) > DEBUG_RING_CHARS) {
    poke64(ring + DEBUG_RING_BEGIN, end + 1 - DEBUG_RING_CHARS);
  }
}
