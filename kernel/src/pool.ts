// Pools of kernel objects: allocation and release cost the same however many there are
//
// What version 2 of the interface calls an identifier; version 1 has the lower half:
//
//      31          16 15           0
//     ┌──────────────┬──────────────┐
//     │  generation  │    index     │   the generation changes when the object is given back
//     └──────────────┴──────────────┘

import { INVALID_ID } from "../../abi/generated/bare/syscalls";
import { TicketLock } from "../../bsl/src/lock";
import { currentExtension } from "./extension";
import { isToFail } from "./memory/faults";

/** Owner of an object that no extension has claimed: no address of an extension. */
export const KERNEL: u32 = 1;

const NEXT_GENERATION: u32 = 0x1_0000;

/** What every object in a pool begins with. */
@unmanaged
export class PoolObject {
  /** Its index in the pool. */
  id: u32 = 0;
  /** Linear address of the extension that it belongs to; 0 while it is free. */
  owner: u32 = 0;
  /** Its generation and its index. */
  tag: u32 = 0;
  /** Index of the next free object plus one; 0 at the end of the list. */
  private nextFree: u32 = 0;

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

  /** Makes all objects free; indexes come out in ascending order. */
  init(base: usize, sizeBytes: u32, count: u32): void {
    this.base = base;
    this.sizeBytes = sizeBytes;
    this.count = count;
    this.firstFree = 1;
    for (let i: u32 = 0; i < count; i++) {
      const object = this.at(i);
      object.id = i;
      object.tag = i;
      object.linkFree(i + 1 < count ? i + 2 : 0);
    }
  }

  /** Takes an object for an owner; its index, or INVALID_ID when none is left. */
  allocate(owner: u32): u32 {
    return this.allocateFrom(0, owner);
  }

  /** The same, with an index of at least `lowest`. It passes by no more than `lowest` free objects. */
  allocateFrom(lowest: u32, owner: u32): u32 {
    if (isToFail()) return INVALID_ID;
    const lock = changetype<TicketLock>(this);
    lock.acquire();
    let before: u32 = 0;
    let place = this.firstFree;
    while (place != 0 && place - 1 < lowest) {
      before = place;
      place = this.at(place - 1).followingFree();
    }
    let id: u32 = INVALID_ID;
    if (place != 0) {
      id = place - 1;
      const object = this.at(id);
      if (before == 0) this.firstFree = object.followingFree();
      else this.at(before - 1).linkFree(object.followingFree());
      object.owner = owner;
    }
    lock.release();
    return id;
  }

  /** Gives an object back; its identifier names nothing from now on, nor what is made of it later. */
  release(id: u32): void {
    const lock = changetype<TicketLock>(this);
    lock.acquire();
    const object = this.at(id);
    object.owner = 0;
    object.tag += NEXT_GENERATION;
    object.linkFree(this.firstFree);
    this.firstFree = id + 1;
    lock.release();
  }

  /** Whether `id` is an index of the pool at all. */
  isIndex(id: u32): bool {
    return id < this.count;
  }

  /** Whether the object at an index is allocated, whoever has it. */
  has(id: u32): bool {
    return id < this.count && this.at(id).owner != 0;
  }

  /** Whether a register holds the identifier of an object that the running extension owns. */
  isOwn(register: u64): bool {
    const id = <u32>register & 0xffff;
    if (id >= this.count) return false;
    const object = this.at(id);
    const extension = currentExtension();
    return object.owner == extension.address() && ((<u32>register ^ object.tag) & extension.idMask) == 0;
  }

  /** The object at an index below the pool's count. */
  at(id: u32): PoolObject {
    return changetype<PoolObject>(this.base + <usize>(id * this.sizeBytes));
  }
}
