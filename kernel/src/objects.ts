// The lock that calls hold while they look objects up and change who belongs to whom
//
// Without it one processor could destroy what another has just found, and two could open the same handle or register the
// same callback. The active VS of a processor needs no lock there: only that processor takes it off, and nothing that is
// active is destroyed or migrated. Whoever takes the lock drops the translations of pages of objects that have gone
// (object-pages.ts).

import { pause } from "../../bsl/src/atomic";
import { LOCK_PATIENCE, TicketLock } from "../../bsl/src/lock";
import { flushIfAsked } from "./flush";

const lock: TicketLock = changetype<TicketLock>(memory.data(8, 8));

export function lockObjects(): void {
  lock.acquire();
  flushIfAsked();
}

/** The same with an end: false when whoever holds it seems to be lost, which is when nobody changes anything any more. */
export function tryLockObjects(): bool {
  for (let i: u32 = 0; i < LOCK_PATIENCE; i++) {
    if (lock.tryAcquire()) {
      flushIfAsked();
      return true;
    }
    pause();
  }
  return false;
}

export function unlockObjects(): void {
  lock.release();
}
