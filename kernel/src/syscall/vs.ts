// Group 6, virtual processor states

import { mayWrite } from "#arch/objects";
import { ppLoad32 } from "#arch/pparea";
import { initRoot } from "#arch/root";
import {
  flushAddress,
  forgetCached,
  initControlBlock,
  isRegister,
  raiseStep,
  readHeld,
  readRegister,
  requestFlush,
  skipInstruction,
  tellCr4,
  writeRegister,
} from "#arch/vendor";
import { BOOT_ARGS_PP_COUNT, QUOTA_VSS } from "../../../abi/generated/bare/boot";
import { MAP_IO, MAP_MSR } from "../../../abi/generated/bare/objects";
import { PP_BLOCK_REG0 } from "../../../abi/generated/bare/pp-block";
import {
  STATUS_FAILURE_UNKNOWN,
  STATUS_INVALID_INPUT_REG1,
  STATUS_INVALID_INPUT_REG2,
  STATUS_INVALID_INPUT_REG3,
  STATUS_INVALID_PERM_DENIED,
  STATUS_SUCCESS,
} from "../../../abi/generated/bare/status";
import { INVALID_ID } from "../../../abi/generated/bare/syscalls";
import { PP_AREA_BASE, PP_ARGS, PP_BLOCK } from "../../../abi/generated/bare/windows";
import { activate } from "../activate";
import { dropMap, dropNested, followVs } from "../attach";
import { currentExtension } from "../extension";
import { mayRun, promote, runActive, runAdvanced } from "../life-cycle";
import { lockObjects, unlockObjects } from "../objects";
import { activeVs, ppid, setIdentifier } from "../pp";
import { allocateFrom, ownsRootVm, releaseTo, vmAt, vms } from "../vm";
import { vpAt, vps } from "../vp";
import { vsAt, vss } from "../vs";
import { finish } from "./finish";
import { checkOwner } from "./handle";

/** REG0 of the result. */
const OUTPUT: u64 = PP_AREA_BASE + PP_BLOCK + PP_BLOCK_REG0;

/** 6.0: REG1 vpid, REG2 ppid -> REG0 vsid. */
export function vsCreate(handle: u64, reg1: u64, reg2: u64): u64 {
  const denied = checkOwner(handle);
  if (denied != STATUS_SUCCESS) return denied;
  if (!vps.isOwn(reg1)) return STATUS_INVALID_INPUT_REG1;
  const vpid = <u32>reg1 & 0xffff;
  const target = <u32>reg2 & 0xffff;
  if (target >= ppLoad32(PP_ARGS + BOOT_ARGS_PP_COUNT)) return STATUS_INVALID_INPUT_REG2;
  // A root VS has its processor's number (6.2): it is among those that are kept
  const vsid = allocateFrom(vss, QUOTA_VSS);
  if (vsid == INVALID_ID) return STATUS_FAILURE_UNKNOWN;
  if (!vsAt(vsid).init(vpid, target)) {
    releaseTo(vss, QUOTA_VSS, vsid);
    return STATUS_FAILURE_UNKNOWN;
  }
  initControlBlock(vsAt(vsid));
  vpAt(vpid).vsCount++;
  const vm = vmAt(vpAt(vpid).vmid);
  vm.vsCount++;
  vss.push(vm.states, vsid);
  setIdentifier(PP_BLOCK_REG0, vsAt(vsid));
  return STATUS_SUCCESS;
}

/** 6.1: REG1 vsid. */
export function vsDestroy(handle: u64, reg1: u64): u64 {
  const denied = checkVs(handle, reg1);
  if (denied != STATUS_SUCCESS) return denied;
  const vs = vsAt(<u32>reg1 & 0xffff);
  if (vs.active != 0) return STATUS_FAILURE_UNKNOWN;
  vpAt(vs.vpid).vsCount--;
  const vm = vmAt(vpAt(vs.vpid).vmid);
  vm.vsCount--;
  vss.remove(vm.states, vs.id);
  dropNested(vs);
  dropMap(vs, MAP_MSR);
  dropMap(vs, MAP_IO);
  const freed = vs.discard();
  releaseTo(vss, QUOTA_VSS, vs.id);
  return freed ? STATUS_SUCCESS : STATUS_FAILURE_UNKNOWN;
}

/** 6.2: REG1 vsid, which is this processor's number: makes it the operating system's state on this processor. */
export function vsInitAsRoot(handle: u64, reg1: u64): u64 {
  const denied = checkVsHere(handle, reg1);
  if (denied != STATUS_SUCCESS) return denied;
  const vs = vsAt(<u32>reg1 & 0xffff);
  if (vs.id != ppid()) return STATUS_INVALID_INPUT_REG1;
  initRoot(vs);
  if (activeVs() == vs) tellCr4(vs);
  return STATUS_SUCCESS;
}

/** 6.3: REG1 vsid, REG2 register -> REG0 value. */
export function vsRead(handle: u64, reg1: u64, reg2: u64): u64 {
  const isLocked = lockUnlessActive(reg1);
  const status = read(handle, reg1, reg2);
  if (isLocked) unlockObjects();
  return status;
}

function read(handle: u64, reg1: u64, reg2: u64): u64 {
  const denied = checkVsHere(handle, reg1);
  if (denied != STATUS_SUCCESS) return denied;
  if (!isRegister(reg2)) return STATUS_INVALID_INPUT_REG2;
  return readRegister(vsAt(<u32>reg1 & 0xffff), <u32>reg2, OUTPUT) ? STATUS_SUCCESS : STATUS_FAILURE_UNKNOWN;
}

/**
 * The same for the caller's active VS and a register that its control block holds, which is what handlers read most.
 * False leaves everything to vsRead(): whatever is wrong, and every other VS and register.
 */
export function readActive(handle: u64, reg1: u64, register: u64): bool {
  const extension = currentExtension();
  const vs = activeVs();
  if (vs === null || vs.owner != extension.reader || handle != extension.handle) return false;
  if (((<u32>reg1 ^ vs.tag) & extension.idMask) != 0) return false;
  return readHeld(vs, register, OUTPUT);
}

/** 6.4: REG1 vsid, REG2 register, REG3 value. */
export function vsWrite(handle: u64, reg1: u64, reg2: u64, reg3: u64): u64 {
  const isLocked = lockUnlessActive(reg1);
  const status = write(handle, reg1, reg2, reg3);
  if (isLocked) unlockObjects();
  return status;
}

function write(handle: u64, reg1: u64, reg2: u64, value: u64): u64 {
  const denied = checkVsHere(handle, reg1);
  if (denied != STATUS_SUCCESS) return denied;
  if (!isRegister(reg2)) return STATUS_INVALID_INPUT_REG2;
  const vs = vsAt(<u32>reg1 & 0xffff);
  // Version 2 names structures by attaching them, never by a raw address; a VS made through it keeps to that
  if (vs.namesObjects() && !mayWrite(vs, <u32>reg2, value)) return STATUS_INVALID_PERM_DENIED;
  if (!writeRegister(vs, <u32>reg2, value)) return STATUS_FAILURE_UNKNOWN;
  if (activeVs() == vs) tellCr4(vs);
  return STATUS_SUCCESS;
}

/** 6.5: REG1 vmid, REG2 vpid, REG3 vsid. Returns only when it fails. */
export function vsRun(handle: u64, reg1: u64, reg2: u64, reg3: u64): u32 {
  const denied = checkRunner(handle);
  if (denied != STATUS_SUCCESS) return finish(denied);
  lockObjects();
  const status = vsSetActive(handle, reg1, reg2, reg3);
  unlockObjects();
  return status == STATUS_SUCCESS ? runActive() : finish(status);
}

/** 6.6: runs the active VS. */
export function vsRunCurrent(handle: u64): u32 {
  const denied = checkRunner(handle);
  if (denied != STATUS_SUCCESS) return finish(denied);
  if (activeVs() === null) return finish(STATUS_FAILURE_UNKNOWN);
  return runActive();
}

/** 6.7: as 6.5, with the instruction that the VS exited for skipped. */
export function vsAdvanceIpAndRun(handle: u64, reg1: u64, reg2: u64, reg3: u64): u32 {
  const denied = checkRunner(handle);
  if (denied != STATUS_SUCCESS) return finish(denied);
  lockObjects();
  const status = vsSetActive(handle, reg1, reg2, reg3);
  unlockObjects();
  if (status != STATUS_SUCCESS) return finish(status);
  return runAdvanced(vsAt(<u32>reg3 & 0xffff));
}

/** 6.8: as 6.6, with the instruction that the VS exited for skipped. */
export function vsAdvanceIpAndRunCurrent(handle: u64): u32 {
  const denied = checkRunner(handle);
  if (denied != STATUS_SUCCESS) return finish(denied);
  const vs = activeVs();
  if (vs === null) return finish(STATUS_FAILURE_UNKNOWN);
  return runAdvanced(vs);
}

/** 6.9: REG1 vsid becomes the operating system again, behind the instruction that it exited for. */
export function vsPromote(handle: u64, reg1: u64): u32 {
  // Until it is active another processor may destroy it, or take it
  lockObjects();
  const status = checkPromote(handle, reg1);
  if (status == STATUS_SUCCESS) activate(vsAt(<u32>reg1 & 0xffff));
  unlockObjects();
  return status == STATUS_SUCCESS ? promote(vsAt(<u32>reg1 & 0xffff)) : finish(status);
}

function checkPromote(handle: u64, reg1: u64): u64 {
  const denied = checkVsHere(handle, reg1);
  if (denied != STATUS_SUCCESS) return denied;
  if (!ownsRootVm(currentExtension())) return STATUS_INVALID_PERM_DENIED;
  return vsAt(<u32>reg1 & 0xffff).ran != 0 ? STATUS_SUCCESS : STATUS_INVALID_INPUT_REG1;
}

/** 6.C: the checks of 6.5; the VS becomes active, and the call returns. */
export function vsSetActive(handle: u64, reg1: u64, reg2: u64, reg3: u64): u64 {
  const status = checkRun(handle, reg1, reg2, reg3);
  if (status == STATUS_SUCCESS) activate(vsAt(<u32>reg3 & 0xffff));
  return status;
}

/** 6.A: REG1 vsid. Nothing that the processor caches of its control block is used again. */
export function vsClear(handle: u64, reg1: u64): u64 {
  const denied = checkVsHere(handle, reg1);
  if (denied != STATUS_SUCCESS) return denied;
  forgetCached(vsAt(<u32>reg1 & 0xffff));
  return STATUS_SUCCESS;
}

/** 6.B: REG1 vsid, REG2 ppid: the VS belongs to another processor from now on. */
export function vsMigrate(handle: u64, reg1: u64, reg2: u64): u64 {
  const denied = checkVs(handle, reg1);
  if (denied != STATUS_SUCCESS) return denied;
  const target = <u32>reg2 & 0xffff;
  if (target >= ppLoad32(PP_ARGS + BOOT_ARGS_PP_COUNT)) return STATUS_INVALID_INPUT_REG2;
  const vs = vsAt(<u32>reg1 & 0xffff);
  if (vs.ppid == target) return STATUS_SUCCESS;
  if (vs.active != 0) return STATUS_FAILURE_UNKNOWN;
  vs.ppid = target;
  forgetCached(vs);
  requestFlush(vs);
  followVs(vs);
  return STATUS_SUCCESS;
}

/** 6.D: as 6.C, with the instruction that the VS active so far exited for skipped; there must be one. */
export function vsAdvanceIpAndSetActive(handle: u64, reg1: u64, reg2: u64, reg3: u64): u64 {
  const denied = checkOwner(handle);
  if (denied != STATUS_SUCCESS) return denied;
  const previous = activeVs();
  if (previous === null) return STATUS_FAILURE_UNKNOWN;
  const status = checkRun(handle, reg1, reg2, reg3);
  if (status != STATUS_SUCCESS) return status;
  // A trap that is an exit of its own would come at the wrong time: a VS that intercepts it gets it an instruction later
  if (skipInstruction(previous)) raiseStep(previous);
  activate(vsAt(<u32>reg3 & 0xffff));
  return STATUS_SUCCESS;
}

/** 6.E: REG1 vsid, REG2 guest linear address: one translation of the VS. */
export function vsTlbFlush(handle: u64, reg1: u64, reg2: u64): u64 {
  const denied = checkVsHere(handle, reg1);
  if (denied != STATUS_SUCCESS) return denied;
  if (reg2 == 0 || (reg2 & 0xfff) != 0) return STATUS_INVALID_INPUT_REG2;
  flushAddress(vsAt(<u32>reg1 & 0xffff), reg2);
  return STATUS_SUCCESS;
}

/** The handle, the caller, then the identifier. */
function checkVs(handle: u64, reg1: u64): u64 {
  const denied = checkOwner(handle);
  if (denied != STATUS_SUCCESS) return denied;
  return vss.isOwn(reg1) ? STATUS_SUCCESS : STATUS_INVALID_INPUT_REG1;
}

/** The same, and that the VS is this processor's: what another one may have loaded of it is out of reach. */
function checkVsHere(handle: u64, reg1: u64): u64 {
  const denied = checkOwner(handle);
  if (denied != STATUS_SUCCESS) return denied;
  return isHere(reg1) ? STATUS_SUCCESS : STATUS_INVALID_INPUT_REG1;
}

/** What calls that run a VS check first: the handle, the caller, and that it may run one now. */
function checkRunner(handle: u64): u64 {
  const denied = checkOwner(handle);
  if (denied != STATUS_SUCCESS) return denied;
  return mayRun() ? STATUS_SUCCESS : STATUS_INVALID_PERM_DENIED;
}

/**
 * What 6.5 and 6.7 check: each identifier, that the VS is this processor's, then that they belong together and that the
 * VP, which may have several VSs, is active on no other processor.
 */
function checkRun(handle: u64, reg1: u64, reg2: u64, reg3: u64): u64 {
  const denied = checkOwner(handle);
  if (denied != STATUS_SUCCESS) return denied;
  const vmid = <u32>reg1 & 0xffff;
  const vpid = <u32>reg2 & 0xffff;
  const vsid = <u32>reg3 & 0xffff;
  if (!vms.isOwn(reg1)) return STATUS_INVALID_INPUT_REG1;
  if (!vps.isOwn(reg2)) return STATUS_INVALID_INPUT_REG2;
  if (!isHere(reg3)) return STATUS_INVALID_INPUT_REG3;
  const vp = vpAt(vpid);
  if (vp.vmid != vmid) return STATUS_INVALID_INPUT_REG2;
  if (vsAt(vsid).vpid != vpid) return STATUS_INVALID_INPUT_REG3;
  return vp.activeOn == 0 || vp.activeOn == ppid() + 1 ? STATUS_SUCCESS : STATUS_INVALID_INPUT_REG2;
}

/** Whether a register holds the identifier of a VS of the caller's on this processor. */
function isHere(register: u64): bool {
  return vss.isOwn(register) && vsAt(<u32>register & 0xffff).ppid == ppid();
}

/**
 * Takes the lock of objects, unless a register names the active VS, which nobody else takes off; whether it did. The
 * processor's own note says which that is, because others change hands between two looks at them.
 */
function lockUnlessActive(register: u64): bool {
  const vs = activeVs();
  if (vs !== null && vs.id == (<u32>register & 0xffff)) return false;
  lockObjects();
  return true;
}
