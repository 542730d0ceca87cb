// Physical memory of the active VM: the root VM's is the machine's, another one's is what its NestedTables show
//
// guestMemory() maps a page when it is first used, for all processors, and it stays so: in each VM anew, because an extension sees
// other mappings while another VM is active. Of VMs beside the root VM the others copy without that. What belongs to the
// hypervisor is refused.

import { STATUS_FAILURE_UNKNOWN, STATUS_SUCCESS } from "../../../../abi/generated/bare/status";
import { ROOT_VMID, SYSCALL_VM_MAP_DIRECT } from "../../../../abi/generated/bare/syscalls";
import { TCB_ACTIVE_VS } from "../../../../abi/generated/bare/tls";
import { EXT_DIRECT_BASE, EXT_DIRECT_BYTES } from "../../../../abi/generated/bare/windows";
import { copyMemory } from "../../../../bsl/src/memory";
import { callStatus } from "../calls/syscall";
import { tcbLoad32 } from "../calls/tcb";
import { PAGE_BYTES } from "../memory/pages";
import { tablesOf } from "../tables/attached";
import { NestedTables, Right } from "../tables/nested-tables";
import { Vm } from "../vs/vm";

const PAGE_MASK: u64 = PAGE_BYTES - 1;
/** Pages that are known to be mapped, with their VM's identifier, by the low bits of their numbers: 64 of them. */
const known: usize = memory.data(64 * 8, 8);
const VM_SHIFT: u64 = 48;
const KNOWN_MASK: u64 = 63;

/**
 * Where the extension sees a guest physical address: for peek64(), poke64() and their like, up to the end of its page.
 * 0 when the page cannot be had: it is the hypervisor's own, or page 0, or beyond the window, or another VM than the root
 * VM may not read and write it.
 */
export function guestMemory(physical: u64): u64 {
  const vm = Vm.active.id;
  if (vm != ROOT_VMID) physical = hostAddress(physical);
  const page = physical & ~PAGE_MASK;
  if (page == 0 || page >= EXT_DIRECT_BYTES) return 0;
  const place = known + <usize>(((page >> 12) & KNOWN_MASK) << 3);
  const mapping = page | ((<u64>vm) << VM_SHIFT);
  if (load<u64>(place) != mapping) {
    const status = callStatus(SYSCALL_VM_MAP_DIRECT, vm, page, 0);
    // UNKNOWN: it is mapped already, by this processor or another one
    if (status != STATUS_SUCCESS && status != STATUS_FAILURE_UNKNOWN) return 0;
    store<u64>(place, mapping);
  }
  return EXT_DIRECT_BASE + physical;
}

/** The nested page tables of the active VS; null when none are known. */
function ownTables(): NestedTables | null {
  const id = tablesOf(tcbLoad32(TCB_ACTIVE_VS));
  return id == 0 ? null : NestedTables.of(id - 1);
}

/** Where a VM beside the root VM has an address by its nested page tables, or 0: the machine's page of that number is not its own. */
function hostAddress(physical: u64): u64 {
  const tables = ownTables();
  if (tables === null) return 0;
  const rights = Right.Read | Right.Write;
  return (tables.rights(physical) & rights) == rights ? tables.translate(physical) : 0;
}

/** Copies guest physical memory into the extension's own; false when part of it cannot be had. */
export function readGuestPhysical(to: u64, physical: u64, bytes: u64): bool {
  if (Vm.active.id != ROOT_VMID) {
    const tables = ownTables();
    return tables !== null && tables.read(to, physical, bytes);
  }
  while (bytes != 0) {
    const part = inPage(physical, bytes);
    const from = guestMemory(physical);
    if (from == 0) return false;
    copyMemory(to, from, part);
    to += part;
    physical += part;
    bytes -= part;
  }
  return true;
}

/** Copies the extension's own memory into guest physical memory; false when part of it cannot be had. */
export function writeGuestPhysical(physical: u64, from: u64, bytes: u64): bool {
  if (Vm.active.id != ROOT_VMID) {
    const tables = ownTables();
    return tables !== null && tables.write(physical, from, bytes);
  }
  while (bytes != 0) {
    const part = inPage(physical, bytes);
    const to = guestMemory(physical);
    if (to == 0) return false;
    copyMemory(to, from, part);
    from += part;
    physical += part;
    bytes -= part;
  }
  return true;
}

/** How many of `bytes` from an address on lie in its page. */
export function inPage(address: u64, bytes: u64): u64 {
  const left = PAGE_BYTES - (address & PAGE_MASK);
  return bytes < left ? bytes : left;
}
