// Pools of kernel objects: allocation and release cost the same however many there are
//
// A pool is an array in a window of the kernel's linear memory. Pages are there for its beginning, as far as objects were
// needed (object-pages.ts):
//
//     ┌──────────┬──────────┬──────────┬─ ─ ─ ─ ─ ─ ─
//     │ page 0   │ page 1   │ page 2   │ no page           an object's address is the window's plus its index times its size
//     └──────────┴──────────┴──────────┴─ ─ ─ ─ ─ ─ ─
//      stays                  given back when nothing in it is allocated
//
// Free objects are in one of two lists: those of the lowest indexes are kept for the extension that owns the root VM, so one
// of version 1 finds as many of them as Bareflank 3.0 has, whatever the others take.
//
// What version 2 of the interface calls an identifier; version 1 has the lower half:
//
//      31          16 15           0
//     ┌──────────────┬──────────────┐
//     │  generation  │    index     │   the generation changes when the object is given back
//     └──────────────┴──────────────┘
//
// All of this happens under the lock of objects, but for looking at objects that are active on the processor that looks.

import { INVALID_ID, PAGE_SIZE } from "../../abi/generated/bare/syscalls";
import { currentExtension } from "./extension";
import { isToFail } from "./memory/faults";
import { mapObjects, unmapObjects } from "./object-pages";

/** Owner of an object that no extension has claimed: no address of an extension. */
export const KERNEL: u32 = 1;

const INDEX: u32 = 0xffff;
const NEXT_GENERATION: u32 = 0x1_0000;

/** What every object in a pool begins with. */
@unmanaged
export class PoolObject {
  /** Its generation and its index. */
  tag: u32 = 0;
  /** Linear address of the extension that it belongs to; 0 while it is free. */
  owner: u32 = 0;
  /** Its neighbours in a list, an index plus one each; 0: none. Free objects are in one of their pool's. */
  next: u16 = 0;
  previous: u16 = 0;
  /** Of the first object of a page: how many of the page's are allocated. */
  allocatedInPage: u32 = 0;

  /** Its index in the pool. */
  get id(): u32 {
    return this.tag & INDEX;
  }
}

/** A list of objects of one pool; zero while it has none. */
@unmanaged
export class ObjectList {
  /** Indexes of the first and the last one, plus one. */
  first: u16 = 0;
  last: u16 = 0;
}

@unmanaged
export class Pool {
  private base: usize = 0;
  /** Objects in a page, log2 of an object's bytes. */
  private perPage: u32 = 0;
  private shift: u32 = 0;
  /** Indexes below this are kept for the extension that owns the root VM. */
  private kept: u32 = 0;
  private firstKept: u16 = 0;
  private lastKept: u16 = 0;
  private firstFree: u16 = 0;
  private lastFree: u16 = 0;
  /** Objects for which there are pages, and those that are allocated. */
  private there: u32 = 0;
  private allocated: u32 = 0;
  /** Generation of the objects of a page to come, in its place in a tag: no index has had it. */
  private generation: u32 = 0;

  /** Makes an empty pool of objects of so many bytes, up to MOST_OBJECT_BYTES. */
  init(window: u32, objectBytes: u32, kept: u32): void {
    this.base = window;
    this.kept = kept;
    while ((<u32>1) << this.shift < objectBytes) this.shift++;
    this.perPage = PAGE_SIZE >> this.shift;
  }

  /**
   * Takes an object for an owner: one of those that are kept, if `kept` says so, and behind them any other, if `others` does.
   * Its index, or INVALID_ID when there is none.
   */
  allocate(owner: u32, kept: bool, others: bool): u32 {
    const hasKept = kept && (this.keptList.first != 0 || this.there < this.kept);
    if (isToFail() || (!hasKept && !others)) return INVALID_ID;
    const list = hasKept ? this.keptList : this.freeList;
    while (list.first == 0) if (this.there > INVALID_ID || !this.grow()) return INVALID_ID;
    const id = <u32>list.first - 1;
    this.remove(list, id);
    this.at(id).owner = owner;
    this.count(id, 1);
    return id;
  }

  /** Gives an object back; its identifier names nothing from now on, nor what is made of it later. */
  release(id: u32): void {
    const object = this.at(id);
    object.owner = 0;
    object.tag += NEXT_GENERATION;
    this.push(this.listOf(id), id);
    this.count(id, -1);
    // One empty page stays for the next object
    while (this.there > this.perPage && this.isEmpty(1) && this.isEmpty(2)) this.shrink();
  }

  /** Gives pages back that nothing allocated is in. */
  trim(): void {
    while (this.there > this.perPage && this.isEmpty(1)) this.shrink();
  }

  /** How many objects are allocated. */
  get size(): u32 {
    return this.allocated;
  }

  /** Indexes from this on have no object. */
  get end(): u32 {
    return this.there;
  }

  /** Whether the running extension could ever be given an index. */
  isIndex(id: u32): bool {
    return id < (currentExtension().version2 != 0 ? INVALID_ID : this.kept);
  }

  /** Whether the object at an index is allocated, whoever has it. */
  has(id: u32): bool {
    return id < this.there && this.at(id).owner != 0;
  }

  /** Whether a register holds the identifier of an object that the running extension owns. */
  isOwn(register: u64): bool {
    const id = <u32>register & INDEX;
    if (id >= this.there) return false;
    const object = this.at(id);
    const extension = currentExtension();
    return object.owner == extension.address() && ((<u32>register ^ object.tag) & extension.idMask) == 0;
  }

  /** The object at an index for which there is one. */
  at(id: u32): PoolObject {
    return changetype<PoolObject>(this.base + ((<usize>id) << this.shift));
  }

  /** Puts an object that is in no list in front of one. */
  push(list: ObjectList, id: u32): void {
    const object = this.at(id);
    object.next = list.first;
    object.previous = 0;
    if (list.first != 0) this.at(<u32>list.first - 1).previous = <u16>(id + 1);
    else list.last = <u16>(id + 1);
    list.first = <u16>(id + 1);
  }

  /** Puts it behind one. */
  private append(list: ObjectList, id: u32): void {
    const object = this.at(id);
    object.next = 0;
    object.previous = list.last;
    if (list.last != 0) this.at(<u32>list.last - 1).next = <u16>(id + 1);
    else list.first = <u16>(id + 1);
    list.last = <u16>(id + 1);
  }

  /** Takes an object out of a list that it is in. */
  remove(list: ObjectList, id: u32): void {
    const object = this.at(id);
    if (object.previous != 0) this.at(<u32>object.previous - 1).next = object.next;
    else list.first = object.next;
    if (object.next != 0) this.at(<u32>object.next - 1).previous = object.previous;
    else list.last = object.previous;
  }

  /** Makes a page of objects behind the last; false when memory runs out. */
  private grow(): bool {
    const first = this.there;
    if (!mapObjects(<u32>changetype<usize>(this.at(first)))) return false;
    this.there = first + this.perPage;
    for (let id = first; id < this.there; id++) {
      const object = this.at(id);
      object.tag = this.generation | id;
      object.owner = 0;
      object.allocatedInPage = 0;
      if (id != INVALID_ID) this.append(this.listOf(id), id);
    }
    return true;
  }

  /** Gives the last page back, which is empty. */
  private shrink(): void {
    const first = this.there - this.perPage;
    for (let id = first; id < this.there; id++) {
      if (id != INVALID_ID) this.remove(this.listOf(id), id);
      const generation = this.at(id).tag & ~INDEX;
      if (<i32>(generation - this.generation) > 0) this.generation = generation;
    }
    this.there = first;
    unmapObjects(<u32>changetype<usize>(this.at(first)));
  }

  /** Whether nothing is allocated in the `place`th page from the end. */
  private isEmpty(place: u32): bool {
    return this.at(this.there - place * this.perPage).allocatedInPage == 0;
  }

  private count(id: u32, change: i32): void {
    this.allocated += change;
    this.at(id & ~(this.perPage - 1)).allocatedInPage += change;
  }

  private listOf(id: u32): ObjectList {
    return id < this.kept ? this.keptList : this.freeList;
  }

  private get keptList(): ObjectList {
    return changetype<ObjectList>(changetype<usize>(this) + offsetof<Pool>("firstKept"));
  }

  private get freeList(): ObjectList {
    return changetype<ObjectList>(changetype<usize>(this) + offsetof<Pool>("firstFree"));
  }
}
