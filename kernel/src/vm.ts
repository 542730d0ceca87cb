// Virtual machines: an address space and a policy that virtual processors belong to

import { MAX_VMS } from "../../abi/generated/bare/syscalls";
import { Pool, PoolObject } from "./pool";

@unmanaged
export class Vm extends PoolObject {
  /** Virtual processors that are assigned to it. */
  vpCount: u32 = 0;
  private padding: u32 = 0;
  /** Top-level table of its direct map (physical), 0 until something is mapped. */
  table: u64 = 0;
}

export const vms: Pool = changetype<Pool>(memory.data(32, 8));

/** Makes the pool; the first VM out of it is the root VM. */
export function initVms(): void {
  vms.init(memory.data(32 * 16, 8), offsetof<Vm>(), MAX_VMS);
}

export function vmAt(id: u32): Vm {
  return changetype<Vm>(vms.at(id));
}
