// A ticket lock: processors enter in the order in which they came
//
//      31          next          0   the ticket that the next one to come will draw
//     ┌───────────────────────────┐
//     │          serving          │  the ticket that holds the lock
//     └───────────────────────────┘
//
// Next is written by everybody, serving by the holder alone. Both wrap around together. The lock lies in linear
// memory, zeroed, and is not recursive: a processor that holds it and asks again waits forever.
//
// Nobody takes a lock away from its holder. But a processor that ends at a fault of its own never gives back what it holds: from
// then on those who wait end likewise, after a while, and none of them is lost in silence.

import { compareExchange32, exchangeAdd32, loadAcquire32, pause, storeRelease32 } from "./atomic";
import { nativeAddress } from "./memory";

/** No lock is held for so many pauses by a processor that lives. */
export const LOCK_PATIENCE: u32 = 1_000_000;

/** 1 once a processor has ended that may hold locks. */
const abandoned: usize = memory.data(4, 4);

/** This processor ends, and gives back no lock that it holds. */
export function abandonLocks(): void {
  storeRelease32(nativeAddress(<u32>abandoned), 1);
}

/** Whoever has waited for LOCK_PATIENCE asks this: it ends like a fault when a holder may have ended so. */
export function loseHope(): void {
  if (loadAcquire32(nativeAddress(<u32>abandoned)) !== 0) unreachable();
}

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
    let turns: u32 = 0;
    while (loadAcquire32(address + SERVING) !== ticket) {
      pause();
      if (++turns > LOCK_PATIENCE) loseHope();
    }
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
