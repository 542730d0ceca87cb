// Into a guest, and back to the root VM: one hypercall of the root VM runs a guest until its caller has something to do
//
// The caller has interrupts disabled. One of the machine makes the guest exit, and is taken when the caller enables them.

import { exitRflags, guest, Next, peek32, peek64, poke32, poke64, Register, Vs } from "@bareflank/sdk";
import {
  MV_PAGE_APIC_BASE,
  MV_PAGE_CR8,
  MV_PAGE_DATA,
  MV_PAGE_EXITS,
  MV_PAGE_PROCESSOR,
  MV_PAGE_REQUEST,
  MV_PAGE_STATE,
  MV_RUN_REGISTERS,
  MV_RUN_WINDOW,
  MV_STATE_IF,
  MV_STATE_INTERRUPTIBLE,
  MV_STATUS_SUCCESS,
} from "../../../abi/generated/bare/hypercalls";
import { takesOver } from "./address-space";
import { setCurrentVcpu } from "./current";
import { takeInstruction } from "./instruction";
import { releaseVcpu, Vcpu } from "./vcpu";

const RFLAGS_IF: u64 = 1 << 9;
const MOST_PRIORITY: u64 = 15;

/** Runs a vCPU that this processor has acquired, in place of the root VM, whose hypercall is behind it when it comes back. */
export function enterGuest(vcpu: Vcpu): Next {
  const vs = vcpu.vs;
  vs.activate(vcpu.vp.guest.vm, vcpu.vp.vp);
  setCurrentVcpu(vcpu);
  if (takesOver(vcpu.id)) vs.flushTranslations();
  if (vcpu.pendingInput != 0) finishInput(vcpu);
  const priority = peek64(vcpu.shared(MV_PAGE_CR8)) & MOST_PRIORITY;
  if (priority != vcpu.priority) vs.set(Register.Cr8, priority);
  const request = peek32(vcpu.shared(MV_PAGE_REQUEST));
  if ((request & MV_RUN_REGISTERS) != 0) takeInstruction(vcpu);
  const wantsWindow: u32 = request & MV_RUN_WINDOW;
  if (wantsWindow != vcpu.isWindowOpen) setWindow(vcpu, wantsWindow != 0);
  return Next.Run;
}

/** The guest stops: its caller goes on, and reads the reason, MV_EXIT_*. */
export function leaveGuest(vcpu: Vcpu, reason: u32): Next {
  const isHeld = vcpu.vs.interruptShadow || vcpu.vs.hasEvent;
  tell(vcpu, isHeld);
  setCurrentVcpu(null);
  Vs.activateRoot();
  return answerRun(vcpu, reason);
}

/** The same, with the guest behind the instruction that it exited for: what held interrupts off before that does so no longer. */
export function leaveGuestBehind(vcpu: Vcpu, reason: u32): Next {
  tell(vcpu, false);
  setCurrentVcpu(null);
  Vs.activateRootAfterSkip();
  return answerRun(vcpu, reason);
}

/** What the vCPU's page tells besides the reason; `isHeld`: the guest takes no interrupt although it has them enabled. */
function tell(vcpu: Vcpu, isHeld: bool): void {
  const vs = vcpu.vs;
  const isEnabled = (exitRflags() & RFLAGS_IF) != 0;
  let state: u32 = isEnabled ? MV_STATE_IF : 0;
  if (isEnabled && !isHeld) state |= MV_STATE_INTERRUPTIBLE;
  poke32(vcpu.shared(MV_PAGE_STATE), state);
  vcpu.priority = vs.get(Register.Cr8);
  poke64(vcpu.shared(MV_PAGE_CR8), vcpu.priority);
  poke64(vcpu.shared(MV_PAGE_APIC_BASE), vcpu.apicBase);
  poke64(vcpu.shared(MV_PAGE_EXITS), vcpu.exits);
  poke32(vcpu.shared(MV_PAGE_PROCESSOR), vcpu.ppid);
}

function answerRun(vcpu: Vcpu, reason: u32): Next {
  releaseVcpu(vcpu);
  guest.rax = MV_STATUS_SUCCESS;
  guest.r10 = reason;
  return Next.AdvanceAndRun;
}

/** Asks for an exit when the guest can take an interrupt, or no longer. */
export function setWindow(vcpu: Vcpu, wanted: bool): void {
  if (wanted) vcpu.vs.requestInterruptWindow();
  else vcpu.vs.closeInterruptWindow();
  vcpu.isWindowOpen = wanted ? MV_RUN_WINDOW : 0;
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
