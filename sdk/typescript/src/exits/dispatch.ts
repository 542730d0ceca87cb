// From an exit to its handlers, and what happens when none wants it

import { SINGLETON } from "../calls/handle";
import { closeInterruptWindow } from "../events/interrupt-window";
import { redeliver } from "../events/redelivery";
import { Vector } from "../events/vectors";
import { guest } from "../guest/guest";
import { Next } from "../life/next";
import { Level, Line, line } from "../text/log";
import { isIntel } from "../vendor/vendor";
import { Vs } from "../vs/vs";
import { ControlRegisterExit } from "./control-register-exit";
import { exitReason, setExitReason, setNext, takeNext } from "./current";
import { accessMsr, accessPort } from "./default-access";
import { ExceptionExit } from "./exception-exit";
import { callHandlers, Kind } from "./handlers";
import { kindOf } from "./kinds";
import { nestedPageFault } from "./nested-page-fault-exit";
import { EXIT_CPUID } from "./reasons";
import { unaskedExit } from "./unasked";

/** The vmexit callback of an extension that has registered handlers. */
export function dispatch(vsid: u32, reason: u64): Next {
  setExitReason(reason);
  // The exit that happens most comes first
  if (reason == EXIT_CPUID) {
    setNext(Next.AdvanceAndRun);
    if (!callHandlers(Kind.Cpuid)) guest.answerCpuid(<u32>guest.rax);
    return takeNext();
  }
  const vs = Vs.of(vsid);
  const kind = kindOf(vs, reason);
  switch (kind) {
    case Kind.MsrRead:
    case Kind.MsrWrite:
    case Kind.Io:
      return access(kind);
    case Kind.ControlRead:
    case Kind.ControlWrite:
      setNext(Next.Run);
      if (!callHandlers(kind)) changetype<ControlRegisterExit>(SINGLETON).passThrough();
      return takeNext();
    case Kind.Exception:
      return exception(vs);
    case Kind.NestedPageFault:
      return mapping(vs);
    case Kind.Hypercall:
      setNext(Next.AdvanceAndRun);
      return callHandlers(kind) ? takeNext() : vs.raise(Vector.UndefinedOpcode);
    case Kind.Hlt:
      setNext(Next.AdvanceAndRun);
      callHandlers(kind);
      return takeNext();
    case Kind.InterruptWindow:
      closeInterruptWindow(vs);
      setNext(Next.Run);
      callHandlers(kind);
      return takeNext();
    case Kind.Kick:
      setNext(Next.Run);
      callHandlers(kind);
      return takeNext();
    default:
      return other(vs, reason);
  }
}

function access(kind: Kind): Next {
  setNext(Next.AdvanceAndRun);
  if (callHandlers(kind)) return takeNext();
  return kind == Kind.Io ? accessPort() : accessMsr();
}

function exception(vs: Vs): Next {
  setNext(Next.Run);
  if (!callHandlers(Kind.Exception)) changetype<ExceptionExit>(SINGLETON).passThrough();
  else if (takeNext() == Next.Run) redeliver(vs);
  return takeNext();
}

function mapping(vs: Vs): Next {
  setNext(Next.Run);
  if (!callHandlers(Kind.NestedPageFault)) return nobodyMaps();
  if (takeNext() == Next.Run) redeliver(vs);
  return takeNext();
}

/** Reasons that have no handlers of their own: a handler says what is to happen, or the SDK knows. */
function other(vs: Vs, reason: u64): Next {
  setNext(Next.Fail);
  if (!callHandlers(Kind.Other)) {
    const next = unaskedExit(vs.id, reason);
    return next == Next.Fail ? nobody() : next;
  }
  if (takeNext() == Next.AdvanceAndRun) return Next.AdvanceAndRun;
  if (takeNext() == Next.Run) redeliver(vs);
  else if (takeNext() == Next.Fail) undecided();
  return takeNext();
}

/** Exits that somebody must know what to do about. What shows the debug ring knows the reason's name. */
function nobody(): Next {
  unhandled().text(", RIP ").hex(guest.rip).text(": onOther registers one").end();
  return Next.Fail;
}

/** A handler that wants to give up says why; most that do have forgotten something. */
function undecided(): void {
  exitLine().text(", RIP ").hex(guest.rip).text(": a handler returned true and has left exit.next at Next.Fail").end();
}

function nobodyMaps(): Next {
  const what = nestedPageFault.isWrite ? ", write of " : nestedPageFault.isExecute ? ", execution of " : ", read of ";
  unhandled()
    .text(what)
    .hex(nestedPageFault.address)
    .text(", RIP ")
    .hex(guest.rip)
    .text(": map it in NestedTables, or onNestedPageFault registers one")
    .end();
  return Next.Fail;
}

function unhandled(): Line {
  return exitLine().text(" has no handler");
}

function exitLine(): Line {
  return line(Level.Error)
    .text(isIntel() ? "Intel exit " : "AMD exit ")
    .hex(exitReason());
}
