// Guest VMs: a VM of the microkernel's, and the memory that it has

import { NestedTables, processorCount, Vm } from "@bareflank/sdk";
import { MV_MAX_VMS } from "../../../abi/generated/bare/hypercalls";
import { lockObjects, unlockObjects } from "./lock";

/** A guest VM. All fields are behind the lock. */
@unmanaged
export class GuestVm {
  isUsed: u32 = 0;
  /** VPs that belong to it. */
  vps: u32 = 0;
  /** Of the microkernel's. */
  vmId: u32 = 0;
  tablesId: u32 = 0;
  /** MV_OPTION_*: exits read it while it may change. */
  options: u32 = 0;
  /** Page of its interrupt controllers, and the lock of what is there: words of a TicketLock (irqchip/chips.ts). 0: it has none. */
  chipsLock: u64 = 0;
  chips: u64 = 0;

  get vm(): Vm {
    return Vm.of(this.vmId);
  }
  get tables(): NestedTables {
    return NestedTables.of(this.tablesId);
  }
}

const vms: usize = memory.data(MV_MAX_VMS * offsetof<GuestVm>(), 8);
let count: u32 = 0;
/** Processors that have a root VS. */
let begun: u32 = 0;
/** MicroV is about to stop. */
let isEnding: bool = false;

/** How many there are. */
export function guestVms(): u32 {
  return count;
}

/** Makes no more, if there is none or they may end with MicroV: whether. Behind the lock. */
export function endGuests(withGuests: bool): bool {
  if (count != 0 && !withGuests) return false;
  // bf-allow shared-variable: behind the lock
  isEnding = true;
  return true;
}

/** The VM with a number, or null. */
export function findVm(id: u64): GuestVm | null {
  if (id >= MV_MAX_VMS) return null;
  const vm = vmAt(<u32>id);
  return vm.isUsed != 0 ? vm : null;
}

/** A processor has its root VS. */
export function noteProcessor(): void {
  lockObjects();
  // bf-allow shared-variable: behind the lock
  begun++;
  unlockObjects();
}

/**
 * Makes a VM without memory: its number, or MV_MAX_VMS: there is no room. None before all processors have begun: a root VS has the
 * number of its processor, which a guest's might take (vs_init_as_root).
 */
export function createVm(): u32 {
  if (isEnding || begun < processorCount()) return MV_MAX_VMS;
  let id: u32 = 0;
  while (id < MV_MAX_VMS && vmAt(id).isUsed != 0) id++;
  if (id == MV_MAX_VMS) return id;
  const tables = NestedTables.empty();
  if (tables === null) return MV_MAX_VMS;
  const made = Vm.tryCreate();
  if (made === null) {
    tables.free();
    return MV_MAX_VMS;
  }
  const vm = vmAt(id);
  vm.isUsed = 1;
  vm.vps = 0;
  vm.options = 0;
  vm.chips = 0;
  vm.vmId = made.id;
  vm.tablesId = tables.id;
  // bf-allow shared-variable: behind the lock
  count++;
  return id;
}

/** Ends a VM that has no VPs and no interrupt controllers. */
export function destroyVm(vm: GuestVm): void {
  vm.vm.destroy();
  vm.tables.free();
  vm.isUsed = 0;
  // bf-allow shared-variable: behind the lock
  count--;
}

/** The place of a number below MV_MAX_VMS, whether there is a VM or not. */
export function vmAt(id: u32): GuestVm {
  return changetype<GuestVm>(vms + <usize>id * offsetof<GuestVm>());
}
