// Exits of a guest: most are done with here; for the others its caller goes on

import {
  AMD_EXIT_CR_WRITE,
  AMD_EXIT_EXCEPTION,
  AMD_EXIT_INTR,
  AMD_EXIT_INVALID,
  AMD_EXIT_IRET,
  AMD_EXIT_MSR,
  AMD_EXIT_NMI,
  deliverNmi,
  EXIT_CPUID,
  EXIT_HLT,
  EXIT_HYPERCALL,
  EXIT_INTERRUPT_WINDOW,
  EXIT_IO,
  EXIT_KICK,
  EXIT_MONITOR,
  EXIT_MWAIT,
  EXIT_NESTED_PAGE_FAULT,
  EXIT_SHUTDOWN,
  EXIT_XSETBV,
  exitInformation1,
  guest,
  INTEL_EXIT_CR_ACCESS,
  INTEL_EXIT_ENTRY_FAILURE,
  INTEL_EXIT_EXCEPTION_OR_NMI,
  INTEL_EXIT_EXTERNAL_INTERRUPT,
  INTEL_EXIT_NMI_WINDOW,
  INTEL_EXIT_RDMSR,
  INTEL_EXIT_WRMSR,
  IntelRegister,
  isIntel,
  isMachineCheck,
  isNmi,
  Next,
  poke32,
  poke64,
  redeliver,
  unaskedExit,
  Vector,
} from "@bareflank/sdk";
import {
  MV_EXIT_FAILURE,
  MV_EXIT_HLT,
  MV_EXIT_INTERRUPT,
  MV_EXIT_MACHINE_CHECK,
  MV_EXIT_NMI,
  MV_EXIT_SHUTDOWN,
  MV_EXIT_UNKNOWN,
  MV_OPTION_MWAIT_BY_CPUID,
  MV_PAGE_DETAIL,
  MV_PAGE_PROCESSOR,
} from "../../../abi/generated/bare/hypercalls";
import { answerCpuid, hasMwait } from "./cpuid";
import { haltGuest } from "./exits/apic";
import { writeControl, writeXcr0 } from "./exits/control";
import { answerHypercall } from "./exits/hypercall";
import { leaveForMemory } from "./exits/memory";
import { accessMsr } from "./exits/msr";
import { leaveForPort } from "./exits/port";
import { explainRefusal } from "./exits/refusal";
import { leaveForUndefined } from "./exits/undefined";
import { endStep } from "./iret-step";
import { noteIret, offerNmi } from "./nmi";
import { leaveGuest, leaveGuestBehind, leaveGuestWith, windowOpened } from "./run";
import { NMI_STEPPING, Vcpu } from "./vcpu";

/** Vector and type of an event; of #UD. */
const EVENT: u64 = 0x7ff;
const UNDEFINED_OPCODE: u64 = 0x306;
const AMD_EXIT_CR4_WRITE = AMD_EXIT_CR_WRITE + 4;
const AMD_EXIT_CR8_WRITE = AMD_EXIT_CR_WRITE + 8;

/** What is to happen after an exit of a guest. */
export function guestExit(vcpu: Vcpu, reason: u64): Next {
  vcpu.exits++;
  if (vcpu.nmiState == NMI_STEPPING && reason != EXIT_KICK && endStep(vcpu, reason)) return offerWaitingNmi(vcpu);
  if (reason == EXIT_CPUID) return answerCpuid(vcpu);
  if (reason == EXIT_IO) return leaveForPort(vcpu);
  if (reason == EXIT_NESTED_PAGE_FAULT) return leaveForMemory(vcpu);
  if (reason == EXIT_HLT) return vcpu.apic != 0 ? haltGuest(vcpu) : leaveGuestBehind(vcpu, MV_EXIT_HLT);
  if (reason == EXIT_INTERRUPT_WINDOW) return windowOpened(vcpu);
  if (reason == EXIT_XSETBV) return writeXcr0(vcpu);
  if (reason == EXIT_SHUTDOWN) return leaveGuest(vcpu, MV_EXIT_SHUTDOWN);
  if (reason == EXIT_KICK) return Next.Run;
  if (reason == EXIT_HYPERCALL) return answerHypercall();
  return isIntel() ? intelExit(vcpu, reason) : amdExit(vcpu, reason);
}

function amdExit(vcpu: Vcpu, reason: u64): Next {
  if (reason == AMD_EXIT_MSR) return accessMsr(vcpu, exitInformation1() != 0);
  if (reason == AMD_EXIT_CR4_WRITE || reason == AMD_EXIT_CR8_WRITE) return writeControl(vcpu, reason);
  if (reason == AMD_EXIT_INTR) return interrupted(vcpu, MV_EXIT_INTERRUPT);
  if (reason == AMD_EXIT_NMI) return interrupted(vcpu, MV_EXIT_NMI);
  if (reason == AMD_EXIT_EXCEPTION + <u64>Vector.UndefinedOpcode) return leaveForUndefined(vcpu);
  if (reason == AMD_EXIT_IRET) {
    noteIret(vcpu);
    return offerWaitingNmi(vcpu);
  }
  // The emulator's processor has 32 bits of -1
  if (<u32>reason == <u32>AMD_EXIT_INVALID) return refused(vcpu, reason);
  return isMachineCheck(vcpu.vs, reason) ? machineChecked(vcpu) : other(vcpu, reason);
}

function intelExit(vcpu: Vcpu, reason: u64): Next {
  if (reason == INTEL_EXIT_RDMSR) return accessMsr(vcpu, false);
  if (reason == INTEL_EXIT_WRMSR) return accessMsr(vcpu, true);
  if (reason == INTEL_EXIT_CR_ACCESS) return writeControl(vcpu, reason);
  if (reason == INTEL_EXIT_EXTERNAL_INTERRUPT) return interrupted(vcpu, MV_EXIT_INTERRUPT);
  if (reason == INTEL_EXIT_NMI_WINDOW) {
    vcpu.vs.intel.trapNmiWindow(false);
    return offerWaitingNmi(vcpu);
  }
  if (reason == INTEL_EXIT_EXCEPTION_OR_NMI && isUndefined(vcpu)) return leaveForUndefined(vcpu);
  if (reason == INTEL_EXIT_EXCEPTION_OR_NMI && isNmi(vcpu.vs)) {
    const next = interrupted(vcpu, MV_EXIT_NMI);
    // The exit has taken it from the processor
    deliverNmi(guest.vs);
    return next;
  }
  if (isMachineCheck(vcpu.vs, reason)) return machineChecked(vcpu);
  return (reason & INTEL_EXIT_ENTRY_FAILURE) != 0 ? refused(vcpu, reason) : other(vcpu, reason);
}

/** Of an exit for an exception (SDM volume 3, 25.9.2). */
function isUndefined(vcpu: Vcpu): bool {
  return (vcpu.vs.intel.read(IntelRegister.VmexitInterruptionInformation) & EVENT) == UNDEFINED_OPCODE;
}

/** The guest may have become ready for an NMI. */
function offerWaitingNmi(vcpu: Vcpu): Next {
  if (vcpu.nmiWaits != 0) offerNmi(vcpu);
  return Next.Run;
}

/** The machine wants the processor. What was being delivered to the guest is delivered when it goes on. */
function interrupted(vcpu: Vcpu, reason: u32): Next {
  const hasEvent = redeliver(vcpu.vs);
  return leaveGuestWith(vcpu, reason, hasEvent);
}

/** The machine has found an error in itself: the exit has taken the exception from the processor. */
function machineChecked(vcpu: Vcpu): Next {
  const next = interrupted(vcpu, MV_EXIT_MACHINE_CHECK);
  guest.vs.raise(Vector.MachineCheck);
  return next;
}

/** The processor does not run such a VS. */
function refused(vcpu: Vcpu, reason: u64): Next {
  poke64(vcpu.shared(MV_PAGE_DETAIL), reason);
  poke32(vcpu.shared(MV_PAGE_PROCESSOR), vcpu.ppid);
  explainRefusal(vcpu.vs);
  return leaveGuest(vcpu, MV_EXIT_FAILURE);
}

/** What nobody asked for is as the processor would have it, or the caller's affair. */
function other(vcpu: Vcpu, reason: u64): Next {
  if ((reason == EXIT_MONITOR || reason == EXIT_MWAIT) && lacksMwait(vcpu)) return vcpu.vs.injectUndefinedOpcode();
  const next = unaskedExit(vcpu.vs.id, reason);
  if (next != Next.Fail) return next;
  poke64(vcpu.shared(MV_PAGE_DETAIL), reason);
  return leaveGuest(vcpu, MV_EXIT_UNKNOWN);
}

function lacksMwait(vcpu: Vcpu): bool {
  return (vcpu.vp.guest.options & MV_OPTION_MWAIT_BY_CPUID) != 0 && !hasMwait(vcpu);
}
