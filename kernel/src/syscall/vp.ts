// Group 5, virtual processors

import { QUOTA_VPS } from "../../../abi/generated/bare/boot";
import { PP_BLOCK_REG0 } from "../../../abi/generated/bare/pp-block";
import { STATUS_FAILURE_UNKNOWN, STATUS_INVALID_INPUT_REG1, STATUS_SUCCESS } from "../../../abi/generated/bare/status";
import { INVALID_ID } from "../../../abi/generated/bare/syscalls";
import { setIdentifier } from "../pp";
import { allocateFrom, releaseTo, vmAt, vms } from "../vm";
import { vpAt, vps } from "../vp";
import { checkOwner } from "./handle";

/** 5.0: REG1 vmid -> REG0 vpid. */
export function vpCreate(handle: u64, reg1: u64): u64 {
  const denied = checkOwner(handle);
  if (denied != STATUS_SUCCESS) return denied;
  if (!vms.isOwn(reg1)) return STATUS_INVALID_INPUT_REG1;
  const vmid = <u32>reg1 & 0xffff;
  const vpid = allocateFrom(vps, QUOTA_VPS);
  if (vpid == INVALID_ID) return STATUS_FAILURE_UNKNOWN;
  const vp = vpAt(vpid);
  vp.vmid = vmid;
  vp.vsCount = 0;
  vp.activeOn = 0;
  vmAt(vmid).vpCount++;
  setIdentifier(PP_BLOCK_REG0, vp);
  return STATUS_SUCCESS;
}

/** 5.1: REG1 vpid. */
export function vpDestroy(handle: u64, reg1: u64): u64 {
  const denied = checkOwner(handle);
  if (denied != STATUS_SUCCESS) return denied;
  if (!vps.isOwn(reg1)) return STATUS_INVALID_INPUT_REG1;
  const vpid = <u32>reg1 & 0xffff;
  const vp = vpAt(vpid);
  if (vp.vsCount != 0) return STATUS_FAILURE_UNKNOWN;
  vmAt(vp.vmid).vpCount--;
  releaseTo(vps, QUOTA_VPS, vpid);
  return STATUS_SUCCESS;
}
