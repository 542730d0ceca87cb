// Group 4, virtual machines

import { dropTranslation } from "#arch/isolation";
import { requestFlush } from "#arch/vendor";
import { QUOTA_VMS } from "../../../abi/generated/bare/boot";
import { PP_BLOCK_REG0, PP_BLOCK_VIEW } from "../../../abi/generated/bare/pp-block";
import {
  STATUS_FAILURE_UNKNOWN,
  STATUS_INVALID_INPUT_REG1,
  STATUS_INVALID_INPUT_REG2,
  STATUS_SUCCESS,
} from "../../../abi/generated/bare/status";
import { INVALID_ID, ROOT_VMID } from "../../../abi/generated/bare/syscalls";
import { EXT_DIRECT_BYTES } from "../../../abi/generated/bare/windows";
import { freeDirectMap, isDirectAddress, mapDirect, unmapDirect } from "../direct-map";
import { pages } from "../memory/pages";
import { block32, ppid, setBlock64, setIdentifier } from "../pp";
import { requestFlushEverywhere } from "../requests";
import { allocateFrom, releaseTo, Vm, vmAt, vms } from "../vm";
import { vsAt } from "../vs";
import { checkOwner } from "./handle";

/** 4.0: -> REG0 vmid. */
export function vmCreate(handle: u64): u64 {
  const denied = checkOwner(handle);
  if (denied != STATUS_SUCCESS) return denied;
  const vmid = allocateFrom(vms, QUOTA_VMS);
  if (vmid == INVALID_ID) return STATUS_FAILURE_UNKNOWN;
  vmAt(vmid).init();
  setIdentifier(PP_BLOCK_REG0, vmAt(vmid));
  return STATUS_SUCCESS;
}

/** 4.1: REG1 vmid. */
export function vmDestroy(handle: u64, reg1: u64): u64 {
  const denied = checkVm(handle, reg1);
  if (denied != STATUS_SUCCESS) return denied;
  const vm = vmOf(reg1);
  if (vm.id == ROOT_VMID || vm.vpCount != 0) return STATUS_FAILURE_UNKNOWN;
  freeDirectMap(vm);
  releaseTo(vms, QUOTA_VMS, vm.id);
  return STATUS_SUCCESS;
}

/** 4.2: REG1 vmid, REG2 physical -> REG0 virtual. What belongs to the hypervisor is refused. */
export function vmMapDirect(handle: u64, reg1: u64, reg2: u64): u64 {
  const denied = checkVm(handle, reg1);
  if (denied != STATUS_SUCCESS) return denied;
  if (reg2 == 0 || (reg2 & 0xfff) != 0 || reg2 >= EXT_DIRECT_BYTES) return STATUS_INVALID_INPUT_REG2;
  if (pages.ownsPhys(reg2)) return STATUS_INVALID_INPUT_REG2;
  const virtual = mapDirect(vmOf(reg1), reg2);
  if (virtual == 0) return STATUS_FAILURE_UNKNOWN;
  setBlock64(PP_BLOCK_REG0, virtual);
  return STATUS_SUCCESS;
}

/** 4.3: REG1 vmid, REG2 virtual. Only this processor's translation is gone afterwards. */
export function vmUnmapDirect(handle: u64, reg1: u64, reg2: u64): u64 {
  const status = unmap(handle, reg1, reg2);
  if (status == STATUS_SUCCESS && block32(PP_BLOCK_VIEW) == vmOf(reg1).id) dropTranslation(reg2);
  return status;
}

/** 4.4: as 4.3, on every processor: on one that is in ring 3 now before that is entered again. */
export function vmUnmapDirectBroadcast(handle: u64, reg1: u64, reg2: u64): u64 {
  const status = unmap(handle, reg1, reg2);
  if (status == STATUS_SUCCESS) requestFlushEverywhere();
  return status;
}

/** 4.5: REG1 vmid. The guest translations of all its VSs on this processor. */
export function vmTlbFlush(handle: u64, reg1: u64): u64 {
  const denied = checkVm(handle, reg1);
  if (denied != STATUS_SUCCESS) return denied;
  for (let place = vmOf(reg1).states.first; place != 0; place = vsAt(<u32>place - 1).next) {
    const vs = vsAt(<u32>place - 1);
    if (vs.ppid == ppid()) requestFlush(vs);
  }
  return STATUS_SUCCESS;
}

function unmap(handle: u64, reg1: u64, reg2: u64): u64 {
  const denied = checkVm(handle, reg1);
  if (denied != STATUS_SUCCESS) return denied;
  if (!isDirectAddress(reg2)) return STATUS_INVALID_INPUT_REG2;
  return unmapDirect(vmOf(reg1), reg2) ? STATUS_SUCCESS : STATUS_FAILURE_UNKNOWN;
}

function vmOf(reg1: u64): Vm {
  return vmAt(<u32>reg1 & 0xffff);
}

/** The handle, the caller, then the identifier. */
function checkVm(handle: u64, reg1: u64): u64 {
  const denied = checkOwner(handle);
  if (denied != STATUS_SUCCESS) return denied;
  return vms.isOwn(reg1) ? STATUS_SUCCESS : STATUS_INVALID_INPUT_REG1;
}
