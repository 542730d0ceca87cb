// Registers handlers of exits
//
//     onCpuid((exit) => {
//       if (exit.leaf != 0x4000_0000) return false;   // the handlers before this one have their turn
//       exit.answer(1, 2, 3, 4);
//       return true;                                  // handled: exit.next says what happens now
//     });
//
// The newest handler of a reason is asked first. An arrow function that uses variables of a function around it is a
// closure, which needs the runtime "managed". Call these in bootstrap: each processor has its own handlers, as it has its own
// variables; with one instance for all, a function that another processor has registered counts for this one, too. Which exits
// there are is said by Vs.intercept and its like, MsrMap, IoMap and NestedTables.

/// <reference path="../calls/defines.d.ts" />

import { ControlRegisterExit } from "./control-register-exit";
import { CpuidExit } from "./cpuid-exit";
import { useHandlers } from "./enter";
import { ExceptionExit } from "./exception-exit";
import { Exit } from "./exit";
import { addHandler, Kind } from "./handlers";
import { HypercallExit } from "./hypercall-exit";
import { IoExit } from "./io-exit";
import { MsrExit } from "./msr-exit";
import { NestedPageFaultExit } from "./nested-page-fault-exit";

/** CPUID: Instruction.Cpuid. */
export function onCpuid(handler: (exit: CpuidExit) => bool): void {
  add(Kind.Cpuid, changetype<usize>(handler));
}

/** RDMSR: MsrMap.trapReads. */
export function onMsrRead(handler: (exit: MsrExit) => bool): void {
  add(Kind.MsrRead, changetype<usize>(handler));
}

/** WRMSR: MsrMap.trapWrites. */
export function onMsrWrite(handler: (exit: MsrExit) => bool): void {
  add(Kind.MsrWrite, changetype<usize>(handler));
}

/** IN, OUT, INS, OUTS: IoMap.trap. */
export function onIo(handler: (exit: IoExit) => bool): void {
  add(Kind.Io, changetype<usize>(handler));
}

/** Reads of control registers: Vs.interceptControlRead. */
export function onControlRead(handler: (exit: ControlRegisterExit) => bool): void {
  add(Kind.ControlRead, changetype<usize>(handler));
}

/** Writes of control registers: Vs.interceptControlWrite. */
export function onControlWrite(handler: (exit: ControlRegisterExit) => bool): void {
  add(Kind.ControlWrite, changetype<usize>(handler));
}

/** Accesses that NestedTables do not allow. */
export function onNestedPageFault(handler: (exit: NestedPageFaultExit) => bool): void {
  add(Kind.NestedPageFault, changetype<usize>(handler));
}

/** VMMCALL: Instruction.Vmmcall. */
export function onHypercall(handler: (exit: HypercallExit) => bool): void {
  add(Kind.Hypercall, changetype<usize>(handler));
}

/** HLT: Instruction.Hlt. Next is AdvanceAndRun: without a handler the VM does not wait. */
export function onHlt(handler: (exit: Exit) => bool): void {
  add(Kind.Hlt, changetype<usize>(handler));
}

/** Exceptions: Vs.interceptException. */
export function onException(handler: (exit: ExceptionExit) => bool): void {
  add(Kind.Exception, changetype<usize>(handler));
}

/** The VM can take an interrupt: Vs.requestInterruptWindow. Next is Run. */
export function onInterruptWindow(handler: (exit: Exit) => bool): void {
  add(Kind.InterruptWindow, changetype<usize>(handler));
}

/** The processor was kicked (`kick`). Next is Run; or AwaitKick. Nothing has happened in the VM. */
export function onKick(handler: (exit: Exit) => bool): void {
  add(Kind.Kick, changetype<usize>(handler));
}

/** Every other reason. Next is Fail, so a handler must say what else is to happen. */
export function onOther(handler: (exit: Exit) => bool): void {
  add(Kind.Other, changetype<usize>(handler));
}

function add(kind: Kind, function_: usize): void {
  // In another language vmexit calls them itself
  if (!isDefined(OTHER_LANGUAGE)) useHandlers();
  addHandler(kind, function_);
}
