// A ticket lock: processors enter in the order in which they came
//
//      31          next          0   the ticket that the next one to come will draw
//     ┌───────────────────────────┐
//     │          serving          │  the ticket that holds the lock
//     └───────────────────────────┘
//
// Next is written by everybody, serving by the holder alone. Both wrap around together. The lock lies in linear
// memory, zeroed, and is not recursive: a processor that holds it and asks again waits forever.

import { compareExchange32, exchangeAdd32, loadAcquire32, pause, storeRelease32 } from "./atomic";
import { nativeAddress } from "./memory";

/** Offset of TicketLock.serving. */
const SERVING: u64 = 4;

/** A lock that is free when its bytes are zero. */
@unmanaged
export class TicketLock {
  /** The ticket that the next one to come will draw; written by atomic additions only. */
  next: u32 = 0;
  /** The ticket that holds the lock; written by the holder only. */
  serving: u32 = 0;

  /** Waits until this processor holds the lock. */
  acquire(): void {
    const address = nativeAddress(<u32>changetype<usize>(this));
    const ticket = exchangeAdd32(address, 1);
    while (loadAcquire32(address + SERVING) !== ticket) pause();
  }

  /** Takes the lock if it is free; never waits. */
  tryAcquire(): bool {
    const address = nativeAddress(<u32>changetype<usize>(this));
    const ticket = loadAcquire32(address + SERVING);
    return compareExchange32(address, ticket, ticket + 1) === ticket;
  }

  /** Gives the lock to whoever waits longest. Only the holder may call it. */
  release(): void {
    const address = nativeAddress(<u32>changetype<usize>(this)) + SERVING;
    storeRelease32(address, loadAcquire32(address) + 1);
  }

  /** Whether somebody holds it; true or false may be past already. */
  isHeld(): bool {
    const address = nativeAddress(<u32>changetype<usize>(this));
    return loadAcquire32(address) !== loadAcquire32(address + SERVING);
  }
}
