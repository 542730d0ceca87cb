// RDMSR and WRMSR of a guest (msrs.ts): #GP for those that it has not

import { guest, Next, Vector } from "@bareflank/sdk";
import { guestMsrValue, readGuestMsr, writeGuestMsr } from "../msrs";
import { Vcpu } from "../vcpu";

/** EDX:EAX from or to the MSR that ECX names. */
export function accessMsr(vcpu: Vcpu, isWrite: bool): Next {
  const msr = <u32>guest.rcx;
  if (isWrite) {
    const value = (guest.rdx << 32) | (guest.rax & 0xffff_ffff);
    return writeGuestMsr(vcpu, msr, value) ? Next.AdvanceAndRun : vcpu.vs.raiseWithCode(Vector.GeneralProtection, 0);
  }
  if (!readGuestMsr(vcpu, msr)) return vcpu.vs.raiseWithCode(Vector.GeneralProtection, 0);
  const value = guestMsrValue(vcpu);
  guest.rax = value & 0xffff_ffff;
  guest.rdx = value >> 32;
  return Next.AdvanceAndRun;
}
