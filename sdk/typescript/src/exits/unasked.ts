// Exits that nobody asked for: the processor exits all the same, and the VM finds what it would have found without it
//
// AMD: VMRUN, and what goes with it. Intel (SDM volume 3, 26.1.2): NMIs, VMX instructions, XSETBV, INVD, GETSEC, MSRs that
// the map does not have, and CR4.VMXE, which is the hypervisor's.

import {
  AMD_EXIT_SKINIT,
  AMD_EXIT_VMRUN,
  INTEL_EXIT_CR_ACCESS,
  INTEL_EXIT_EXCEPTION_OR_NMI,
  INTEL_EXIT_GETSEC,
  INTEL_EXIT_INVD,
  INTEL_EXIT_INVEPT,
  INTEL_EXIT_INVVPID,
  INTEL_EXIT_NMI_WINDOW,
  INTEL_EXIT_RDMSR,
  INTEL_EXIT_VMCALL,
  INTEL_EXIT_VMXON,
  INTEL_EXIT_WRMSR,
  INTEL_EXIT_XSETBV,
} from "../../../../abi/generated/bare/callbacks";
import { SINGLETON } from "../calls/handle";
import { deliverNmi, deliverWaitingNmi, isNmi } from "../events/intel-events";
import { Vector } from "../events/vectors";
import { guest } from "../guest/guest";
import { setXcr0 } from "../guest/xcr0";
import { lockInstance, unlockInstance } from "../life/instance";
import { Next } from "../life/next";
import { isIntel } from "../vendor/vendor";
import { Vs } from "../vs/vs";
import { ControlRegisterExit } from "./control-register-exit";
import { setExitReason, setNext, takeNext } from "./current";
import { MsrExit } from "./msr-exit";

/**
 * Does what the processor would have done at an exit that nobody asked for; Next.Fail when it is none of those. An
 * extension that exports vmexit ends it with this; handlers' dispatcher does it by itself.
 */
export function unaskedExit(vsid: u32, reason: u64): Next {
  return notInline(vsid, reason);
}

/** Called through a variable: what an extension does at every exit shall not save the registers that this needs. */
const notInline: (vsid: u32, reason: u64) => Next = carryOut;

function carryOut(vsid: u32, reason: u64): Next {
  const vs = Vs.of(vsid);
  if (!isIntel()) {
    return reason >= AMD_EXIT_VMRUN && reason <= AMD_EXIT_SKINIT ? vs.raise(Vector.UndefinedOpcode) : Next.Fail;
  }
  if (isForbidden(reason)) return vs.raise(Vector.UndefinedOpcode);
  if (reason == INTEL_EXIT_EXCEPTION_OR_NMI && isNmi(vs)) {
    deliverNmi(vs);
    return Next.Run;
  }
  if (reason == INTEL_EXIT_NMI_WINDOW) {
    deliverWaitingNmi(vs);
    return Next.Run;
  }
  // Nothing that caches hold may be lost, so it is no more than skipped
  if (reason == INTEL_EXIT_INVD) return Next.AdvanceAndRun;
  if (reason == INTEL_EXIT_XSETBV) return xsetbv(vs);
  return accessExit(reason);
}

/** Instructions of a hypervisor that the VM cannot be. */
function isForbidden(reason: u64): bool {
  if (reason >= INTEL_EXIT_VMCALL && reason <= INTEL_EXIT_VMXON) return true;
  return reason == INTEL_EXIT_INVEPT || reason == INTEL_EXIT_INVVPID || reason == INTEL_EXIT_GETSEC;
}

/** ECX is the register, EDX:EAX the value. */
function xsetbv(vs: Vs): Next {
  const value = (guest.rdx << 32) | (guest.rax & 0xffff_ffff);
  if (<u32>guest.rcx == 0 && setXcr0(vs, value)) return Next.AdvanceAndRun;
  return vs.raiseWithCode(Vector.GeneralProtection, 0);
}

function accessExit(reason: u64): Next {
  lockInstance();
  const next = passThrough(reason);
  unlockInstance();
  return next;
}

/** What the classes of exits know about the exit is in variables. */
function passThrough(reason: u64): Next {
  setExitReason(reason);
  if (reason == INTEL_EXIT_RDMSR || reason == INTEL_EXIT_WRMSR) {
    setNext(Next.AdvanceAndRun);
    changetype<MsrExit>(SINGLETON).passThrough();
    return takeNext();
  }
  if (reason != INTEL_EXIT_CR_ACCESS) return Next.Fail;
  setNext(Next.Run);
  changetype<ControlRegisterExit>(SINGLETON).passThrough();
  return takeNext();
}
