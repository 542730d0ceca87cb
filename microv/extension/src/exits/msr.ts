// RDMSR and WRMSR of a guest (msrs.ts): #GP for those that it has not, unless its caller wants to hear of them
//
//     guest       MicroV                                  caller
//     RDMSR  ──▶  MV_OPTION_MSR_ASKED: ─────────────────────▶ decides by its filter
//                 ◀── MV_RUN_MSR_ALLOWED ──────────────── the guest executes it again, and has its MSR
//                 ◀── MV_RUN_MSR_FAULT, MV_RUN_MSR_DONE ─ #GP, or the caller's value

import { guest, Next, poke32, poke64, Vector } from "@bareflank/sdk";
import {
  MV_EXIT_MSR,
  MV_EXIT_MSR_ACCESS,
  MV_MSR_ASKED,
  MV_MSR_REFUSED,
  MV_MSR_UNKNOWN,
  MV_MSR_WRITE,
  MV_OPTION_MSR_REFUSED,
  MV_OPTION_MSR_UNKNOWN,
  MV_PAGE_DATA,
  MV_PAGE_MSR,
  MV_PAGE_MSR_FLAGS,
} from "../../../../abi/generated/bare/hypercalls";
import { eferBits } from "../control-bits";
import { giveMsr, isAsked, notePending, takeAllowance } from "../msr-access";
import { guestMsrValue, isVmms, MSR_TSC_DEADLINE, mayGuestWrite, readGuestMsr, writeGuestMsr } from "../msrs";
import { leaveGuestBehind, leaveGuestWith } from "../run";
import { Vcpu } from "../vcpu";
import { isApicMsr, readApicMsr, writeApicMsr, writeDeadline } from "./apic";

const MSR_EFER: u32 = 0xc000_0080;

/** EDX:EAX from or to the MSR that ECX names. */
export function accessMsr(vcpu: Vcpu, isWrite: bool): Next {
  const msr = <u32>guest.rcx;
  // No caller decides about these
  if (vcpu.apic != 0 && isApicMsr(msr)) return isWrite ? writeApicMsr(vcpu, msr, written()) : readApicMsr(vcpu, msr);
  if (!takeAllowance(vcpu, msr, isWrite) && isAsked(vcpu)) return ask(vcpu, isWrite, MV_MSR_ASKED);
  if (isWrite) {
    const value = written();
    if (vcpu.apic != 0 && msr == MSR_TSC_DEADLINE) return writeDeadline(vcpu, value);
    const isKnown = msr == MSR_EFER ? (value & ~eferBits(vcpu)) == 0 : mayGuestWrite(vcpu, msr, value);
    if (!isKnown || !writeGuestMsr(vcpu, msr, value)) return refuse(vcpu, msr, true);
    return isVmms(msr) ? leaveForMsr(vcpu, msr, value) : Next.AdvanceAndRun;
  }
  if (!readGuestMsr(vcpu, msr)) return refuse(vcpu, msr, false);
  giveMsr(guestMsrValue(vcpu));
  return Next.AdvanceAndRun;
}

/** The guest has no such MSR, or it does not take such a value. */
function refuse(vcpu: Vcpu, msr: u32, isWrite: bool): Next {
  const isThere = isWrite && readGuestMsr(vcpu, msr);
  const option = isThere ? MV_OPTION_MSR_REFUSED : MV_OPTION_MSR_UNKNOWN;
  if ((vcpu.vp.guest.options & option) == 0) return vcpu.vs.raiseWithCode(Vector.GeneralProtection, 0);
  return ask(vcpu, isWrite, isThere ? MV_MSR_REFUSED : MV_MSR_UNKNOWN);
}

/** The caller is asked, with the guest at the instruction. */
function ask(vcpu: Vcpu, isWrite: bool, why: u32): Next {
  const msr = <u32>guest.rcx;
  notePending(vcpu, msr, isWrite);
  const page = vcpu.shared(0);
  poke32(page + MV_PAGE_MSR, msr);
  poke32(page + MV_PAGE_MSR_FLAGS, isWrite ? why | MV_MSR_WRITE : why);
  poke64(page + MV_PAGE_DATA, isWrite ? written() : 0);
  return leaveGuestWith(vcpu, MV_EXIT_MSR_ACCESS, false);
}

/** Its caller hears of it, and has it going on. */
function leaveForMsr(vcpu: Vcpu, msr: u32, value: u64): Next {
  poke32(vcpu.shared(MV_PAGE_MSR), msr);
  poke64(vcpu.shared(MV_PAGE_DATA), value);
  return leaveGuestBehind(vcpu, MV_EXIT_MSR);
}

/** EDX:EAX. */
function written(): u64 {
  return (guest.rdx << 32) | (guest.rax & 0xffff_ffff);
}
