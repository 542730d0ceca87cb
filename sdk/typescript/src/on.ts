// Registers handlers of exits
//
//     onCpuid((exit) => {
//       if (exit.leaf != 0x4000_0000) return false;   // the handlers before this one have their turn
//       exit.answer(1, 2, 3, 4);
//       return true;                                  // handled: exit.next says what happens now
//     });
//
// The newest handler of a reason is asked first. An arrow function must not use variables of a function around it. Call
// these in bootstrap: each processor has its own handlers, as it has its own variables. Which exits there are is said
// by Vs.intercept and its like, MsrMap, IoMap and NestedTables.

import { ControlRegisterExit } from "./control-register-exit";
import { CpuidExit } from "./cpuid-exit";
import { dispatch } from "./dispatch";
import { ExceptionExit } from "./exception-exit";
import { Exit } from "./exit";
import { addHandler, Kind } from "./handlers";
import { HypercallExit } from "./hypercall-exit";
import { IoExit } from "./io-exit";
import { MsrExit } from "./msr-exit";
import { NestedPageFaultExit } from "./nested-page-fault-exit";
import { Next } from "./next";
import { useDispatcher } from "./syscall";

/** CPUID: Instruction.Cpuid. */
export function onCpuid(handler: (exit: CpuidExit) => bool): void {
  add(Kind.Cpuid, handler.index);
}

/** RDMSR: MsrMap.trapReads. */
export function onMsrRead(handler: (exit: MsrExit) => bool): void {
  add(Kind.MsrRead, handler.index);
}

/** WRMSR: MsrMap.trapWrites. */
export function onMsrWrite(handler: (exit: MsrExit) => bool): void {
  add(Kind.MsrWrite, handler.index);
}

/** IN, OUT, INS, OUTS: IoMap.trap. */
export function onIo(handler: (exit: IoExit) => bool): void {
  add(Kind.Io, handler.index);
}

/** Reads of control registers: Vs.interceptControlRead. */
export function onControlRead(handler: (exit: ControlRegisterExit) => bool): void {
  add(Kind.ControlRead, handler.index);
}

/** Writes of control registers: Vs.interceptControlWrite. */
export function onControlWrite(handler: (exit: ControlRegisterExit) => bool): void {
  add(Kind.ControlWrite, handler.index);
}

/** Accesses that NestedTables do not allow. */
export function onNestedPageFault(handler: (exit: NestedPageFaultExit) => bool): void {
  add(Kind.NestedPageFault, handler.index);
}

/** VMMCALL: Instruction.Vmmcall. */
export function onHypercall(handler: (exit: HypercallExit) => bool): void {
  add(Kind.Hypercall, handler.index);
}

/** HLT: Instruction.Hlt. Next is AdvanceAndRun: without a handler the VM does not wait. */
export function onHlt(handler: (exit: Exit) => bool): void {
  add(Kind.Hlt, handler.index);
}

/** Exceptions: Vs.interceptException. */
export function onException(handler: (exit: ExceptionExit) => bool): void {
  add(Kind.Exception, handler.index);
}

/** The VM can take an interrupt: Vs.requestInterruptWindow. Next is Run. */
export function onInterruptWindow(handler: (exit: Exit) => bool): void {
  add(Kind.InterruptWindow, handler.index);
}

/** Every other reason. Next is Fail, so a handler must say what else is to happen. */
export function onOther(handler: (exit: Exit) => bool): void {
  add(Kind.Other, handler.index);
}

function add(kind: Kind, function_: u32): void {
  // Here and not at the top level: an extension that registers nothing shall not carry the dispatcher with it
  const dispatcher: (vsid: u32, reason: u64) => Next = dispatch;
  useDispatcher(dispatcher.index);
  addHandler(kind, function_);
}
