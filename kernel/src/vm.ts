// Virtual machines: an address space and a policy that virtual processors belong to

import { INVALID_ID, MAX_VMS, ROOT_VMID } from "../../abi/generated/bare/syscalls";
import { currentExtension, Extension } from "./extension";
import { VM_WINDOW } from "./object-pages";
import { KERNEL, ObjectList, Pool, PoolObject } from "./pool";
import { giveQuota, takeQuota } from "./quota";

@unmanaged
export class Vm extends PoolObject {
  /** Virtual processors that are assigned to it, and the states of those. */
  vpCount: u16 = 0;
  vsCount: u16 = 0;
  private firstVs: u16 = 0;
  private lastVs: u16 = 0;
  /** Top-level table of its direct map (physical), 0 until something is mapped. */
  table: u64 = 0;

  /** Makes one that has just been allocated empty. */
  init(): void {
    this.vpCount = 0;
    this.vsCount = 0;
    this.firstVs = 0;
    this.lastVs = 0;
    this.table = 0;
  }

  /** The states as a list. */
  get states(): ObjectList {
    return changetype<ObjectList>(changetype<usize>(this) + offsetof<Vm>("firstVs"));
  }
}

export const vms: Pool = changetype<Pool>(memory.data(offsetof<Pool>(), 8));

/** Makes the pool, and the root VM in it, which nobody owns yet; false when it cannot be made. */
export function initVms(): bool {
  vms.init(VM_WINDOW, offsetof<Vm>(), MAX_VMS);
  if (vms.allocate(KERNEL, true, false) != ROOT_VMID) return false;
  vmAt(ROOT_VMID).init();
  return true;
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

/**
 * Takes an object for the running extension: its index, or INVALID_ID when none is left. The one that owns the root VM has
 * those that are kept for it; further ones there are in version 2 alone.
 */
export function allocateFrom(pool: Pool, quota: u32): u32 {
  const extension = currentExtension();
  if (!takeQuota(quota, 1)) return INVALID_ID;
  const id = pool.allocate(extension.address(), ownsRootVm(extension), extension.version2 != 0);
  if (id == INVALID_ID) giveQuota(quota, 1);
  return id;
}

/** Gives back what it took. */
export function releaseTo(pool: Pool, quota: u32, id: u32): void {
  pool.release(id);
  giveQuota(quota, 1);
}

export function vmAt(id: u32): Vm {
  return changetype<Vm>(vms.at(id));
}
