// Virtual processors: what a VM's virtual processor states belong to

import { MAX_VPS } from "../../abi/generated/bare/syscalls";
import { VP_WINDOW } from "./object-pages";
import { Pool, PoolObject } from "./pool";

@unmanaged
export class Vp extends PoolObject {
  /** The VM that it belongs to. */
  vmid: u32 = 0;
  /** Virtual processor states that are assigned to it. */
  vsCount: u32 = 0;
  /** The processor, plus one, on which one of them is active; 0: none. */
  activeOn: u32 = 0;
}

export const vps: Pool = changetype<Pool>(memory.data(offsetof<Pool>(), 8));

export function initVps(): void {
  vps.init(VP_WINDOW, offsetof<Vp>(), MAX_VPS);
}

export function vpAt(id: u32): Vp {
  return changetype<Vp>(vps.at(id));
}
