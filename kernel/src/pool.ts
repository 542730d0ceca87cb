// Pools of kernel objects: identifiers are indexes, allocation and release cost the same however many there are

import { INVALID_ID } from "../../abi/generated/bare/syscalls";
import { TicketLock } from "../../bsl/src/lock";

/** What every object in a pool begins with. */
@unmanaged
export class PoolObject {
  /** The object's identifier: its index in the pool. */
  id: u32 = 0;
  /** 1 while it is allocated. */
  allocated: u32 = 0;
  /** Index of the next free object plus one; 0 at the end of the list. */
  private nextFree: u32 = 0;
  private reserved: u32 = 0;

  /** Used by Pool alone. */
  linkFree(next: u32): void {
    this.nextFree = next;
  }

  /** Used by Pool alone. */
  followingFree(): u32 {
    return this.nextFree;
  }
}

/** A pool over `count` objects of `sizeBytes` each in linear memory. */
@unmanaged
export class Pool {
  private lock0: u32 = 0;
  private lock1: u32 = 0;
  private base: usize = 0;
  private sizeBytes: u32 = 0;
  private count: u32 = 0;
  private firstFree: u32 = 0;

  /** Makes all objects free; identifiers come out in ascending order. */
  init(base: usize, sizeBytes: u32, count: u32): void {
    this.base = base;
    this.sizeBytes = sizeBytes;
    this.count = count;
    this.firstFree = 1;
    for (let i: u32 = 0; i < count; i++) {
      const object = this.at(i);
      object.id = i;
      object.linkFree(i + 1 < count ? i + 2 : 0);
    }
  }

  /** Takes an object; its identifier, or INVALID_ID when none is left. */
  allocate(): u32 {
    const lock = changetype<TicketLock>(this);
    lock.acquire();
    const first = this.firstFree;
    let id: u32 = INVALID_ID;
    if (first != 0) {
      id = first - 1;
      const object = this.at(id);
      this.firstFree = object.followingFree();
      object.allocated = 1;
    }
    lock.release();
    return id;
  }

  /** Gives an object back. */
  release(id: u32): void {
    const lock = changetype<TicketLock>(this);
    lock.acquire();
    const object = this.at(id);
    object.allocated = 0;
    object.linkFree(this.firstFree);
    this.firstFree = id + 1;
    lock.release();
  }

  /** Whether `id` is an index of the pool at all. */
  isIndex(id: u32): bool {
    return id < this.count;
  }

  /** Whether `id` names an allocated object. */
  has(id: u32): bool {
    return id < this.count && this.at(id).allocated != 0;
  }

  /** The object at an index below the pool's count. */
  at(id: u32): PoolObject {
    return changetype<PoolObject>(this.base + <usize>(id * this.sizeBytes));
  }
}
