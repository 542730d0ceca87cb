// From an exit to its handlers, and what happens when none wants it

import { AMD_REG_EXITINFO1 } from "../../../abi/generated/bare/registers-amd";
import { ControlRegisterExit } from "./control-register-exit";
import { closeInterruptWindow, redeliver } from "./events";
import { ExceptionExit } from "./exception-exit";
import { setNext, takeNext } from "./exit";
import {
  EXIT_CPUID,
  EXIT_CR0_WRITE,
  EXIT_CR15_WRITE,
  EXIT_EXCEPTION,
  EXIT_EXCEPTION_LAST,
  EXIT_HLT,
  EXIT_INTERRUPT_WINDOW,
  EXIT_IO,
  EXIT_MSR,
  EXIT_NESTED_PAGE_FAULT,
  EXIT_SKINIT,
  EXIT_VMMCALL,
  EXIT_VMRUN,
} from "./exits";
import { guest } from "./guest";
import { callHandlers, Kind } from "./handlers";
import { IoExit } from "./io-exit";
import { Level, line } from "./log";
import { MsrExit } from "./msr-exit";
import { Next } from "./next";
import { Vector } from "./vectors";
import { Vs } from "./vs";

/** The vmexit callback of an extension that has registered handlers. */
export function dispatch(vsid: u32, reason: u64): Next {
  // The exits that happen most come first
  if (reason == EXIT_CPUID) {
    setNext(Next.AdvanceAndRun);
    if (!callHandlers(Kind.Cpuid)) guest.answerCpuid(<u32>guest.rax);
    return takeNext();
  }
  if (reason == EXIT_MSR) return msr(Vs.of(vsid));
  if (reason == EXIT_IO) {
    setNext(Next.AdvanceAndRun);
    if (!callHandlers(Kind.Io)) changetype<IoExit>(0).passThrough();
    return takeNext();
  }
  if (reason == EXIT_NESTED_PAGE_FAULT) return again(Vs.of(vsid), Kind.NestedPageFault, reason);
  if (reason <= EXIT_CR15_WRITE) return controlRegister(reason);
  if (reason >= EXIT_EXCEPTION && reason <= EXIT_EXCEPTION_LAST) return exception();
  return rare(Vs.of(vsid), reason);
}

function msr(vs: Vs): Next {
  setNext(Next.AdvanceAndRun);
  const kind = vs.read(AMD_REG_EXITINFO1) != 0 ? Kind.MsrWrite : Kind.MsrRead;
  if (!callHandlers(kind)) changetype<MsrExit>(0).passThrough();
  return takeNext();
}

function controlRegister(reason: u64): Next {
  setNext(Next.Run);
  const kind = reason >= EXIT_CR0_WRITE ? Kind.ControlWrite : Kind.ControlRead;
  if (!callHandlers(kind)) changetype<ControlRegisterExit>(0).passThrough();
  return takeNext();
}

function exception(): Next {
  setNext(Next.Run);
  if (!callHandlers(Kind.Exception)) changetype<ExceptionExit>(0).passThrough();
  return takeNext();
}

function rare(vs: Vs, reason: u64): Next {
  if (reason == EXIT_HLT) {
    setNext(Next.AdvanceAndRun);
    callHandlers(Kind.Hlt);
    return takeNext();
  }
  if (reason == EXIT_INTERRUPT_WINDOW) {
    closeInterruptWindow(vs);
    setNext(Next.Run);
    callHandlers(Kind.InterruptWindow);
    return takeNext();
  }
  if (reason >= EXIT_VMRUN && reason <= EXIT_SKINIT) {
    setNext(Next.AdvanceAndRun);
    if (reason == EXIT_VMMCALL && callHandlers(Kind.Hypercall)) return takeNext();
    return vs.raise(Vector.UndefinedOpcode);
  }
  return again(vs, Kind.Other, reason);
}

/** Exits that somebody must know what to do about. */
function again(vs: Vs, kind: Kind, reason: u64): Next {
  setNext(kind == Kind.Other ? Next.Fail : Next.Run);
  if (!callHandlers(kind)) {
    line(Level.Error).text("exit ").hex(reason).text(" has no handler, RIP ").hex(guest.rip).end();
    return Next.Fail;
  }
  if (takeNext() == Next.Run) redeliver(vs);
  return takeNext();
}
