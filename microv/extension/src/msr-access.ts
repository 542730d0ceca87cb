// Accesses to MSRs that a guest's caller decides about: what it has been told of, and what it says (exits/msr.ts)

import { guest, MsrMap, Next, peek64, Vector } from "@bareflank/sdk";
import {
  MV_OPTION_MSR_ASKED,
  MV_OPTION_MSR_CLOSED,
  MV_PAGE_DATA,
  MV_RUN_MSR_ALLOWED,
  MV_RUN_MSR_DONE,
  MV_RUN_MSR_FAULT,
} from "../../../abi/generated/bare/hypercalls";
import { Vcpu } from "./vcpu";

/** Vcpu.pendingMsr. */
const MSR_READ: u32 = 1;
const MSR_WRITE: u32 = 2;

/** The map in which all MSRs exit, of all VSs that need one; null: not made yet. */
let closed: MsrMap | null = null;

/** Makes that map; false when memory runs out. Behind the lock. */
export function prepareClosedMsrs(): bool {
  // bf-allow shared-variable: behind the lock
  if (closed === null) closed = MsrMap.tryClosed();
  return closed !== null;
}

/** From now on all MSRs of a VS exit, also those that change hands with it. */
export function closeMsrs(vcpu: Vcpu): void {
  vcpu.hasClosedMsrs = 1;
  changetype<MsrMap>(closed).use(vcpu.vs);
}

/** Whether the caller decides about all accesses. */
export function isAsked(vcpu: Vcpu): bool {
  return (vcpu.vp.guest.options & MV_OPTION_MSR_ASKED) != 0;
}

/** Whether all MSRs are to exit, and do not yet. */
export function mustClose(vcpu: Vcpu): bool {
  return (vcpu.vp.guest.options & MV_OPTION_MSR_CLOSED) != 0 && vcpu.hasClosedMsrs == 0;
}

/** The caller is told of an access, with the guest at the instruction. */
export function notePending(vcpu: Vcpu, msr: u32, isWrite: bool): void {
  vcpu.pendingMsr = isWrite ? MSR_WRITE : MSR_READ;
  vcpu.allowedMsr = msr;
  vcpu.isWriteAllowed = <u32>isWrite;
}

/** What the caller says of it. The guest, which is active again, is at it still. */
export function finishMsr(vcpu: Vcpu, request: u32): Next {
  const pending = vcpu.pendingMsr;
  vcpu.pendingMsr = 0;
  if ((request & MV_RUN_MSR_FAULT) != 0) return vcpu.vs.raiseWithCode(Vector.GeneralProtection, 0);
  if ((request & MV_RUN_MSR_DONE) != 0) {
    if (pending == MSR_READ) giveMsr(peek64(vcpu.shared(MV_PAGE_DATA)));
    return Next.AdvanceAndRun;
  }
  if ((request & MV_RUN_MSR_ALLOWED) != 0) vcpu.isMsrAllowed = 1;
  return Next.Run;
}

/** Whether the caller has allowed this access, which holds for once: what was allowed and what comes may be two. */
export function takeAllowance(vcpu: Vcpu, msr: u32, isWrite: bool): bool {
  const isAllowed = vcpu.isMsrAllowed != 0;
  vcpu.isMsrAllowed = 0;
  return isAllowed && vcpu.allowedMsr == msr && vcpu.isWriteAllowed == <u32>isWrite;
}

/** EDX:EAX. */
export function giveMsr(value: u64): void {
  guest.rax = value & 0xffff_ffff;
  guest.rdx = value >> 32;
}
