// Virtual machines: an address space and a policy that virtual processors belong to

import { MAX_VMS, ROOT_VMID } from "../../abi/generated/bare/syscalls";
import { Extension } from "./extension";
import { KERNEL, Pool, PoolObject } from "./pool";

@unmanaged
export class Vm extends PoolObject {
  /** Virtual processors that are assigned to it. */
  vpCount: u32 = 0;
  private padding: u32 = 0;
  /** Top-level table of its direct map (physical), 0 until something is mapped. */
  table: u64 = 0;
}

export const vms: Pool = changetype<Pool>(memory.data(offsetof<Pool>(), 8));

/** Makes the pool, and the root VM in it, which nobody owns yet; false when it cannot be made. */
export function initVms(): bool {
  vms.init(memory.data(MAX_VMS * offsetof<Vm>(), 8), offsetof<Vm>(), MAX_VMS);
  return vms.allocate(KERNEL) == ROOT_VMID;
}

/** The extension that virtualizes the operating system, or null before one has registered for it. */
export function rootOwner(): Extension | null {
  const owner = vms.at(ROOT_VMID).owner;
  return owner == KERNEL ? null : changetype<Extension>(<usize>owner);
}

export function ownsRootVm(extension: Extension): bool {
  return vms.at(ROOT_VMID).owner == extension.address();
}

/** Gives the root VM to the first extension that handles VM exits. */
export function claimRootVm(extension: Extension): void {
  if (vms.at(ROOT_VMID).owner == KERNEL) vms.at(ROOT_VMID).owner = extension.address();
}

export function vmAt(id: u32): Vm {
  return changetype<Vm>(vms.at(id));
}
