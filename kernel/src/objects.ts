// The lock that calls hold while they look objects up and change who belongs to whom
//
// Without it one processor could destroy what another has just found. The active VS of a processor needs no lock there:
// only that processor takes it off, and nothing that is active is destroyed or migrated.

import { TicketLock } from "../../bsl/src/lock";

const lock: TicketLock = changetype<TicketLock>(memory.data(8, 8));

export function lockObjects(): void {
  lock.acquire();
}

export function unlockObjects(): void {
  lock.release();
}
