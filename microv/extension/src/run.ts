// Into a guest, and back to the root VM: one hypercall of the root VM runs a guest until its caller has something to do
//
// The caller has interrupts disabled. One of the machine makes the guest exit, and is taken when the caller enables them.

import { exitRflags, exitShadow, guest, Next, peek32, peek64, poke64, Register, Vs } from "@bareflank/sdk";
import {
  MV_EXIT_HLT,
  MV_EXIT_STOP,
  MV_EXIT_TIMER,
  MV_EXIT_WINDOW,
  MV_PAGE_DATA,
  MV_PAGE_EXITS,
  MV_PAGE_REQUEST,
  MV_RUN_REGISTERS,
  MV_RUN_STOP,
  MV_RUN_WINDOW,
  MV_STATUS_SUCCESS,
} from "../../../abi/generated/bare/hypercalls";
import { takesOver } from "./address-space";
import { setCurrentVcpu } from "./current";
import { takeInstruction } from "./instruction";
import { givePriority, priorityOf, takePriority, tellState } from "./interruptibility";
import {
  exitedPriority,
  hasInterrupt,
  hasOtherDeadline,
  isRunnable,
  notePriority,
  offerInterrupt,
  takePosted,
  takesCallers,
  tellDeadline,
  watchPriority,
} from "./interrupts";
import { closeMsrs, finishMsr, mustClose } from "./msr-access";
import { offerNmi } from "./nmi";
import { NMI_NOT_HANDLED, releaseVcpu, Vcpu } from "./vcpu";

const RFLAGS_TF: u64 = 1 << 8;
const RFLAGS_IF: u64 = 1 << 9;

/** Who waits for the window: the caller, by its MV_RUN_WINDOW, an NMI, */
const WINDOW_CALLER: u32 = MV_RUN_WINDOW;
const WINDOW_NMI: u32 = 0x8000_0000;
/** and an interrupt of its local APIC's. */
const WINDOW_INTERRUPT: u32 = 0x4000_0000;

/** Runs a vCPU that this processor has acquired, in place of the root VM, whose hypercall is behind it when it comes back. */
export function enterGuest(vcpu: Vcpu): Next {
  const vs = vcpu.vs;
  vs.activate(vcpu.vp.guest.vm, vcpu.vp.vp);
  setCurrentVcpu(vcpu);
  if (takesOver(vcpu.id)) vs.flushTranslations();
  if (vcpu.pendingInput != 0) finishInput(vcpu);
  givePriority(vcpu);
  const request = peek32(vcpu.shared(MV_PAGE_REQUEST));
  if ((request & MV_RUN_REGISTERS) != 0) takeInstruction(vcpu);
  let next = vcpu.pendingMsr != 0 ? finishMsr(vcpu, request) : Next.Run;
  if ((request & MV_RUN_STOP) != 0) return stopGuest(vcpu, next == Next.AdvanceAndRun, MV_EXIT_STOP);
  if (mustClose(vcpu)) closeMsrs(vcpu);
  let window: u32 = request & WINDOW_CALLER;
  if (vcpu.apic != 0) {
    notePriority(vcpu, priorityOf(vcpu));
    if (takePosted(vcpu)) next = Next.Run;
    if (hasOtherDeadline(vcpu)) return stopGuest(vcpu, next == Next.AdvanceAndRun, MV_EXIT_TIMER);
    const canTake = canTakeInterrupt(vs, next == Next.AdvanceAndRun);
    if (!isRunnable(vcpu, canTake)) return stopGuest(vcpu, next == Next.AdvanceAndRun, MV_EXIT_HLT);
    if (!takesCallers(vcpu)) window = 0;
    if (vcpu.nmiWaits == 0 ? offerInterrupt(vcpu, canTake) : hasInterrupt(vcpu)) window |= WINDOW_INTERRUPT;
    watchPriority(vcpu);
  }
  if (vcpu.nmiWaits != 0 && !offerNmi(vcpu) && vcpu.nmiState == NMI_NOT_HANDLED) window |= WINDOW_NMI;
  if (window != vcpu.window) setWindow(vcpu, window);
  return next;
}

/** Whether a guest that is active and has not run takes an interrupt: at the instruction where it is, or behind it. */
function canTakeInterrupt(vs: Vs, isBehind: bool): bool {
  const flags = vs.get(Register.Rflags);
  if ((flags & RFLAGS_IF) == 0 || vs.hasEvent) return false;
  return isBehind ? !isStepping(flags) : !vs.interruptShadow;
}

/** The guest, which is active and has not run, stops: at the instruction where it is, or behind it. */
function stopGuest(vcpu: Vcpu, isBehind: bool, reason: u32): Next {
  const vs = vcpu.vs;
  const flags = vs.get(Register.Rflags);
  const isHeld = vs.hasEvent || (isBehind ? isStepping(flags) : vs.interruptShadow);
  tellState(vcpu.shared(0), flags, isHeld || !takesCallers(vcpu));
  setCurrentVcpu(null);
  if (isBehind) Vs.activateRootAfterSkip();
  else Vs.activateRoot();
  if (vcpu.apic != 0) tellDeadline(vcpu);
  return answerRun(vcpu, reason);
}

/** The guest stops: its caller goes on, and reads the reason, MV_EXIT_*. */
export function leaveGuest(vcpu: Vcpu, reason: u32): Next {
  return leaveGuestWith(vcpu, reason, vcpu.vs.hasEvent);
}

/** The same where it is known whether the guest is going to be delivered something. */
export function leaveGuestWith(vcpu: Vcpu, reason: u32, hasEvent: bool): Next {
  tell(vcpu, hasEvent || exitShadow());
  setCurrentVcpu(null);
  Vs.activateRoot();
  return answerRun(vcpu, reason);
}

/**
 * The same, with the guest behind the instruction that it exited for: what held interrupts off before that does so no longer, but
 * the instruction's own step comes first.
 */
export function leaveGuestBehind(vcpu: Vcpu, reason: u32): Next {
  tell(vcpu, isStepping(exitRflags()));
  setCurrentVcpu(null);
  Vs.activateRootAfterSkip();
  return answerRun(vcpu, reason);
}

/** Whether a debug exception may follow an instruction: the microkernel, which completes it, knows for certain. */
function isStepping(flags: u64): bool {
  return (flags & RFLAGS_TF) != 0;
}

/** What the vCPU's page tells besides the reason; `isHeld`: the guest takes no interrupt although it has them enabled. */
function tell(vcpu: Vcpu, isHeld: bool): void {
  const page = vcpu.shared(0);
  tellState(page, exitRflags(), isHeld || !takesCallers(vcpu));
  takePriority(vcpu, page);
  if (vcpu.apic != 0) tellDeadline(vcpu);
  poke64(page + MV_PAGE_EXITS, vcpu.exits);
}

function answerRun(vcpu: Vcpu, reason: u32): Next {
  releaseVcpu(vcpu);
  guest.rax = MV_STATUS_SUCCESS;
  guest.r10 = reason;
  return Next.AdvanceAndRun;
}

/** The guest can take an interrupt, as somebody wanted to know. */
export function windowOpened(vcpu: Vcpu): Next {
  const callers = vcpu.window & WINDOW_CALLER;
  const interrupts = vcpu.window & WINDOW_INTERRUPT;
  if (vcpu.nmiWaits != 0 && offerNmi(vcpu)) {
    // It cannot any more
    setWindow(vcpu, callers | interrupts);
    return Next.Run;
  }
  if (interrupts != 0) {
    exitedPriority(vcpu);
    if (hasInterrupt(vcpu)) {
      const waits = offerInterrupt(vcpu, true);
      setWindow(vcpu, waits ? callers | WINDOW_INTERRUPT : callers);
      watchPriority(vcpu);
      return Next.Run;
    }
  }
  setWindow(vcpu, 0);
  return callers != 0 ? leaveGuest(vcpu, MV_EXIT_WINDOW) : Next.Run;
}

/** The guest goes on behind the instruction that it exited for, and takes an NMI there that waits, or the interrupt that is next. */
export function goOnBehind(vcpu: Vcpu): Next {
  const flags = exitRflags();
  const isTaken = vcpu.nmiWaits != 0 && offerNmi(vcpu);
  const canTake = !isTaken && (flags & RFLAGS_IF) != 0 && !isStepping(flags);
  let window = vcpu.window & WINDOW_CALLER;
  if (offerInterrupt(vcpu, canTake)) window |= WINDOW_INTERRUPT;
  if (vcpu.nmiWaits != 0 && vcpu.nmiState == NMI_NOT_HANDLED) window |= WINDOW_NMI;
  if (window != vcpu.window) setWindow(vcpu, window);
  watchPriority(vcpu);
  return Next.AdvanceAndRun;
}

/** Asks for an exit when the guest can take an interrupt, for those who wait for it; 0: for nobody any more. */
function setWindow(vcpu: Vcpu, window: u32): void {
  if (window != 0) vcpu.vs.requestInterruptWindow();
  else vcpu.vs.closeInterruptWindow();
  vcpu.window = window;
}

/** An IN gets its datum: 32 bits clear the upper half of RAX, fewer leave the rest alone (APM volume 1, 3.1.2). */
function finishInput(vcpu: Vcpu): void {
  const data = peek64(vcpu.shared(MV_PAGE_DATA));
  const bytes = vcpu.pendingInput;
  vcpu.pendingInput = 0;
  if (bytes == 4) guest.rax = data & 0xffff_ffff;
  else {
    const mask: u64 = bytes == 2 ? 0xffff : 0xff;
    guest.rax = (guest.rax & ~mask) | (data & mask);
  }
}
