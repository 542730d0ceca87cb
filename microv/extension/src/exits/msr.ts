// RDMSR and WRMSR of a guest (msrs.ts): #GP for those that it has not

import { guest, Next, poke32, poke64, Vector } from "@bareflank/sdk";
import { MV_EXIT_MSR, MV_PAGE_DATA, MV_PAGE_MSR } from "../../../../abi/generated/bare/hypercalls";
import { eferBits } from "../control-bits";
import { guestMsrValue, isVmms, readGuestMsr, writeGuestMsr } from "../msrs";
import { leaveGuestBehind } from "../run";
import { Vcpu } from "../vcpu";

const MSR_EFER: u32 = 0xc000_0080;

/** EDX:EAX from or to the MSR that ECX names. */
export function accessMsr(vcpu: Vcpu, isWrite: bool): Next {
  const msr = <u32>guest.rcx;
  if (isWrite) {
    const value = (guest.rdx << 32) | (guest.rax & 0xffff_ffff);
    const isKnown = msr != MSR_EFER || (value & ~eferBits(vcpu)) == 0;
    if (!isKnown || !writeGuestMsr(vcpu, msr, value)) return vcpu.vs.raiseWithCode(Vector.GeneralProtection, 0);
    return isVmms(msr) ? leaveForMsr(vcpu, msr, value) : Next.AdvanceAndRun;
  }
  if (!readGuestMsr(vcpu, msr)) return vcpu.vs.raiseWithCode(Vector.GeneralProtection, 0);
  const value = guestMsrValue(vcpu);
  guest.rax = value & 0xffff_ffff;
  guest.rdx = value >> 32;
  return Next.AdvanceAndRun;
}

/** Its caller hears of it, and has it going on. */
function leaveForMsr(vcpu: Vcpu, msr: u32, value: u64): Next {
  poke32(vcpu.shared(MV_PAGE_MSR), msr);
  poke64(vcpu.shared(MV_PAGE_DATA), value);
  return leaveGuestBehind(vcpu, MV_EXIT_MSR);
}
