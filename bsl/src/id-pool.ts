// Identifiers from 0 to a limit, the lowest free one first

import { Bitmap, bitmapBytes, NO_BIT } from "./bitmap";
import { TicketLock } from "./lock";

/** No identifier. */
export const NO_ID: u32 = NO_BIT;

/** Offset of the bitmap: behind IdPool's fields. */
const BITMAP: usize = 16;

/** Bytes that a pool of `limit` identifiers takes in linear memory, aligned to 8. */
export function idPoolBytes(limit: u32): u32 {
  return <u32>BITMAP + bitmapBytes(limit);
}

/** A pool of identifiers, all free when zeroed and set up. Safe for several processors. */
@unmanaged
export class IdPool {
  private lockNext: u32 = 0;
  private lockServing: u32 = 0;
  private limit: u32 = 0;
  private taken: u32 = 0;

  /** Says how many identifiers there are. */
  init(limit: u32): void {
    this.limit = limit;
  }

  /** Takes the lowest free identifier, or NO_ID when all are taken. */
  allocate(): u32 {
    this.lock.acquire();
    const id = this.bitmap.firstClear(this.limit);
    if (id !== NO_ID && this.bitmap.add(id)) this.taken++;
    this.lock.release();
    return id;
  }

  /** Gives an identifier back; false when it is not taken. */
  release(id: u32): bool {
    if (id >= this.limit) return false;
    this.lock.acquire();
    const isTaken = this.bitmap.remove(id);
    if (isTaken) this.taken--;
    this.lock.release();
    return isTaken;
  }

  /** Whether an identifier is taken. */
  has(id: u32): bool {
    return id < this.limit && this.bitmap.has(id);
  }

  /** How many identifiers are taken. */
  count(): u32 {
    return this.taken;
  }

  private get lock(): TicketLock {
    return changetype<TicketLock>(this);
  }

  private get bitmap(): Bitmap {
    return changetype<Bitmap>(changetype<usize>(this) + BITMAP);
  }
}
