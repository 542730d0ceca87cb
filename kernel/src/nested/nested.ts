// Nested page tables as objects: what physical memory a VM sees, and what it may do with it

import { MAX_NESTED, MAX_PPS } from "../../../abi/generated/bare/syscalls";
import { lowestBit } from "../../../bsl/src/bits";
import { allocatePage } from "../memory/pages";
import { Pool, PoolObject } from "../pool";

@unmanaged
export class Nested extends PoolObject {
  /** VSs that it is attached to. */
  users: u32 = 0;
  /** 1: only the operating system's VSs may have it, and it shows what they share with the kernel. */
  forRoot: u32 = 0;
  /** Physical address of the top-level table. */
  root: u64 = 0;
  /** Physical address of the page that notes what waits for processors to flush; 0: nothing does. */
  limbo: u64 = 0;
  /** Processors that may hold translations: a bit each. */
  private processors0: u64 = 0;
  private processors1: u64 = 0;

  /** Makes one that has just been allocated empty; false when memory runs out. */
  init(forRoot: bool): bool {
    this.users = 0;
    this.forRoot = forRoot ? 1 : 0;
    this.limbo = 0;
    this.processors0 = 0;
    this.processors1 = 0;
    this.root = allocatePage();
    return this.root != 0;
  }

  /** A VS that it is attached to can run on a processor from now on. */
  addProcessor(ppid: u32): void {
    const bit = (<u64>1) << (ppid & 63);
    if (ppid < 64) this.processors0 |= bit;
    else this.processors1 |= bit;
  }

  /** The first processor from a number on that may hold translations; MAX_PPS when there is none. */
  nextProcessor(ppid: u32): u32 {
    if (ppid < 64) {
      const low = this.processors0 >> ppid;
      if (low != 0) return ppid + lowestBit(low);
    }
    const from: u32 = ppid < 64 ? 64 : ppid;
    const high = from < MAX_PPS ? this.processors1 >> (from & 63) : 0;
    return high != 0 ? from + lowestBit(high) : MAX_PPS;
  }
}

export const nesteds: Pool = changetype<Pool>(memory.data(offsetof<Pool>(), 8));

export function initNesteds(): void {
  nesteds.init(memory.data(MAX_NESTED * offsetof<Nested>(), 8), offsetof<Nested>(), MAX_NESTED);
}

export function nestedAt(id: u32): Nested {
  return changetype<Nested>(nesteds.at(id));
}
