// Nested page tables as objects: what physical memory a VM sees, and what it may do with it

import { allocatePage } from "../memory/pages";
import { NESTED_WINDOW } from "../object-pages";
import { Pool, PoolObject } from "../pool";
import { ProcessorSet } from "../processor-set";

@unmanaged
export class Nested extends PoolObject {
  /** VSs that it is attached to. */
  users: u32 = 0;
  /** 1: only the operating system's VSs may have it, and it shows what they share with the kernel. */
  forRoot: u32 = 0;
  /** 1: it may show memory that is not the hypervisor's. */
  showsForeign: u32 = 0;
  /** 1: it may have pages whose memory types follow the machine's. */
  followsTypes: u32 = 0;
  /** 1: processors note in it what is accessed and written. */
  tracked: u32 = 0;
  /** Physical address of the top-level table. */
  root: u64 = 0;
  /** Physical address of the page that notes what waits for processors to flush; 0: nothing does. */
  limbo: u64 = 0;
  private holders0: u64 = 0;
  private holders1: u64 = 0;
  private runners0: u64 = 0;
  private runners1: u64 = 0;

  /** Makes one that has just been allocated empty; false when memory runs out. */
  init(forRoot: bool, isTracked: bool): bool {
    this.users = 0;
    this.forRoot = forRoot ? 1 : 0;
    this.tracked = isTracked ? 1 : 0;
    this.showsForeign = 0;
    this.followsTypes = 0;
    this.limbo = 0;
    this.holders.clear();
    this.runners.clear();
    this.root = allocatePage();
    return this.root != 0;
  }

  /** Processors that may hold translations: those that a VS with these tables was ever assigned to. */
  get holders(): ProcessorSet {
    return changetype<ProcessorSet>(changetype<usize>(this) + offsetof<Nested>("holders0"));
  }

  /** Processors on which a VS with these tables is active. All are one extension's, of which no processor has two active. */
  get runners(): ProcessorSet {
    return changetype<ProcessorSet>(changetype<usize>(this) + offsetof<Nested>("runners0"));
  }
}

export const nesteds: Pool = changetype<Pool>(memory.data(offsetof<Pool>(), 8));

export function initNesteds(): void {
  nesteds.init(NESTED_WINDOW, offsetof<Nested>(), 0);
}

export function nestedAt(id: u32): Nested {
  return changetype<Nested>(nesteds.at(id));
}
