// Exits that nobody asked for, and those that nobody wants: what abi/src/exit-answers.ts says of each reason
//
// The VM finds what it would have found without the exit, as far as that can be. An instruction that nobody carries out
// raises #UD, and the debug ring says so once for each reason.

import {
  AMD_EXIT_INTR,
  AMD_EXIT_NMI,
  EXIT_KICK,
  INTEL_EXIT_EXCEPTION_OR_NMI,
  INTEL_EXIT_EXTERNAL_INTERRUPT,
} from "../../../../abi/generated/bare/callbacks";
import { Register } from "../../../../abi/generated/bare/enumerations";
import * as answers from "../../../../abi/generated/bare/exit-answers";
import { SINGLETON } from "../calls/handle";
import { deliverNmi, deliverWaitingNmi, isNmi } from "../events/intel-events";
import { closeInterruptWindow } from "../events/interrupt-window";
import { isMachineCheck } from "../events/machine-check";
import { redeliver } from "../events/redelivery";
import { Vector } from "../events/vectors";
import { answerAnyLeaf } from "../guest/cpuid-bits";
import { guest } from "../guest/guest";
import { MSR_TSC, MSR_TSC_AUX, msrValue, readMsr } from "../guest/msr";
import { trySet } from "../guest/try-set";
import { Next } from "../life/next";
import { Level, line } from "../text/log";
import { isIntel } from "../vendor/vendor";
import { Vm } from "../vs/vm";
import { Vs } from "../vs/vs";
import { ControlRegisterExit } from "./control-register-exit";
import { setExitReason, setNext, takeNext } from "./current";
import { accessMsr, accessPort } from "./default-access";
import { ExceptionExit } from "./exception-exit";
import { EXIT_RDTSCP } from "./reasons";
import { resetMachine } from "./shutdown";

/** A bit for each reason that a line was written for: a program of the VM could fill the debug ring. */
const said: usize = memory.data(32, 8);

/**
 * Does what the processor would have done at an exit that nobody asked for, or #UD; Next.Fail when it is no instruction's
 * and nobody knows. An extension that exports vmexit ends it with this; handlers' dispatcher does it by itself.
 */
export function unaskedExit(vsid: u32, reason: u64): Next {
  return notInline(vsid, reason);
}

/** Called through a variable: what an extension does at every exit shall not save the registers that this needs. */
const notInline: (vsid: u32, reason: u64) => Next = carryOut;

function carryOut(vsid: u32, reason: u64): Next {
  if (reason == EXIT_KICK) return Next.Run;
  setExitReason(reason);
  const vs = Vs.of(vsid);
  return isForRoot(vs, reason) ? runRoot(vs, reason) : answer(vs, reason);
}

/**
 * Interrupts, NMIs and machine checks are the machine's: those that come while a VM runs that does not own it make it exit,
 * whether its author asked for that or not, and are the root VM's.
 */
function isForRoot(vs: Vs, reason: u64): bool {
  if (Vm.active.id == Vm.root.id) return false;
  if (isMachineCheck(vs, reason)) return true;
  if (!isIntel()) return reason == AMD_EXIT_INTR || reason == AMD_EXIT_NMI;
  return reason == INTEL_EXIT_EXTERNAL_INTERRUPT || (reason == INTEL_EXIT_EXCEPTION_OR_NMI && isNmi(vs));
}

/** The root VM goes on. A machine check's exit has taken it from the processor, on Intel an NMI's, too. */
function runRoot(vs: Vs, reason: u64): Next {
  const isChecked = isMachineCheck(vs, reason);
  // What was being delivered is delivered when the VM goes on
  redeliver(vs);
  const root = Vs.activateRoot();
  if (isChecked) return root.raise(Vector.MachineCheck);
  if (isIntel() && reason == INTEL_EXIT_EXCEPTION_OR_NMI) deliverNmi(root);
  return Next.Run;
}

/** ANSWER_*: what is decided for a reason. */
function answerOf(reason: u64): u32 {
  if (reason > answers.LAST_ANSWERED) return answers.ANSWER_FAIL;
  return load<u8>((isIntel() ? answers.INTEL_ANSWERS : answers.AMD_ANSWERS) + <usize>reason);
}

function answer(vs: Vs, reason: u64): Next {
  switch (answerOf(reason)) {
    case answers.ANSWER_UNDEFINED:
      return vs.raise(Vector.UndefinedOpcode);
    case answers.ANSWER_MISSING:
      sayOnce(reason);
      return vs.raise(Vector.UndefinedOpcode);
    case answers.ANSWER_SKIP:
      return Next.AdvanceAndRun;
    case answers.ANSWER_RUN:
      return Next.Run;
    case answers.ANSWER_FLUSH:
      vs.flushTranslations();
      return Next.AdvanceAndRun;
    case answers.ANSWER_CPUID:
      answerAnyLeaf(<u32>guest.rax);
      return Next.AdvanceAndRun;
    case answers.ANSWER_TIME:
      return readTime(vs, reason);
    case answers.ANSWER_XSETBV:
      return writeXcr0(vs);
    case answers.ANSWER_WINDOW:
      closeInterruptWindow(vs);
      return Next.Run;
    case answers.ANSWER_NMI_WINDOW:
      deliverWaitingNmi(vs);
      return Next.Run;
    case answers.ANSWER_RESET:
      if (Vm.active.id == Vm.root.id) resetMachine();
      return Next.Fail;
    default:
      return passThrough(vs, answerOf(reason));
  }
}

/** What the classes of exits do without a handler. */
function passThrough(vs: Vs, what: u32): Next {
  switch (what) {
    case answers.ANSWER_IO:
      return accessPort();
    case answers.ANSWER_MSR:
      return accessMsr();
    case answers.ANSWER_CONTROL:
      setNext(Next.Run);
      changetype<ControlRegisterExit>(SINGLETON).passThrough();
      return takeNext();
    case answers.ANSWER_EVENT:
      if (isIntel() && isNmi(vs)) deliverNmi(vs);
      else changetype<ExceptionExit>(SINGLETON).passThrough();
      return Next.Run;
    default:
      return Next.Fail;
  }
}

/** ECX is the register, EDX:EAX the value. */
function writeXcr0(vs: Vs): Next {
  const value = (guest.rdx << 32) | (guest.rax & 0xffff_ffff);
  if (<u32>guest.rcx == 0 && trySet(vs, Register.Xcr0, value)) return Next.AdvanceAndRun;
  return vs.raiseWithCode(Vector.GeneralProtection, 0);
}

function readTime(vs: Vs, reason: u64): Next {
  if (!readMsr(vs, MSR_TSC)) return vs.raise(Vector.UndefinedOpcode);
  const time = msrValue();
  if (reason == EXIT_RDTSCP) {
    if (!readMsr(vs, MSR_TSC_AUX)) return vs.raise(Vector.UndefinedOpcode);
    guest.rcx = msrValue() & 0xffff_ffff;
  }
  guest.rax = time & 0xffff_ffff;
  guest.rdx = time >> 32;
  return Next.AdvanceAndRun;
}

function sayOnce(reason: u64): void {
  const place = said + <usize>(reason >> 3);
  const bit = 1 << (<u32>reason & 7);
  if ((load<u8>(place) & bit) != 0) return;
  store<u8>(place, load<u8>(place) | bit);
  line(Level.Warning)
    .text(isIntel() ? "Intel exit " : "AMD exit ")
    .hex(reason)
    .text(": nobody carries the instruction out, #UD, RIP ")
    .hex(guest.rip)
    .end();
}
