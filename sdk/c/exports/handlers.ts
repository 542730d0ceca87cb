// Handlers of exits in C, C++ and Rust; abi/src/sdk-functions.ts says what each function is

import { CPUID_HYPERVISOR_BASE, CPUID_HYPERVISOR_LAST } from "../../../abi/generated/bare/control";
import { SINGLETON } from "../../typescript/src/calls/handle";
import type { CpuidExit } from "../../typescript/src/exits/cpuid-exit";
import { setExitReason, setNext, takeNext } from "../../typescript/src/exits/current";
import { dispatch } from "../../typescript/src/exits/dispatch";
import { arrivals } from "../../typescript/src/exits/enter";
import { callHandlers, Kind } from "../../typescript/src/exits/handlers";
import { addNativeHandler } from "../../typescript/src/exits/native-handlers";
import { EXIT_CPUID } from "../../typescript/src/exits/reasons";
import { guest } from "../../typescript/src/guest/guest";
import { Next } from "../../typescript/src/life/next";
import { answerHypervisorLeaves } from "../../typescript/src/life/root";

export function bf_on_cpuid(handler: u64): void {
  addNativeHandler(Kind.Cpuid, handler);
}

export function bf_on_msr_read(handler: u64): void {
  addNativeHandler(Kind.MsrRead, handler);
}

export function bf_on_msr_write(handler: u64): void {
  addNativeHandler(Kind.MsrWrite, handler);
}

export function bf_on_io(handler: u64): void {
  addNativeHandler(Kind.Io, handler);
}

export function bf_on_control_read(handler: u64): void {
  addNativeHandler(Kind.ControlRead, handler);
}

export function bf_on_control_write(handler: u64): void {
  addNativeHandler(Kind.ControlWrite, handler);
}

export function bf_on_nested_page_fault(handler: u64): void {
  addNativeHandler(Kind.NestedPageFault, handler);
}

export function bf_on_hypercall(handler: u64): void {
  addNativeHandler(Kind.Hypercall, handler);
}

export function bf_on_hlt(handler: u64): void {
  addNativeHandler(Kind.Hlt, handler);
}

export function bf_on_exception(handler: u64): void {
  addNativeHandler(Kind.Exception, handler);
}

export function bf_on_interrupt_window(handler: u64): void {
  addNativeHandler(Kind.InterruptWindow, handler);
}

export function bf_on_kick(handler: u64): void {
  addNativeHandler(Kind.Kick, handler);
}

export function bf_on_other(handler: u64): void {
  addNativeHandler(Kind.Other, handler);
}

export function bf_handle_exit(vs: u32, reason: u64): u32 {
  if (arrivals !== null) arrivals();
  return reason === EXIT_CPUID ? cpuid() : dispatch(vs, reason);
}

/** As startRoot() has it answered in TypeScript. */
function cpuid(): Next {
  setExitReason(EXIT_CPUID);
  setNext(Next.AdvanceAndRun);
  if (callHandlers(Kind.Cpuid)) return takeNext();
  const leaf = <u32>guest.rax;
  if (leaf >= CPUID_HYPERVISOR_BASE && leaf <= CPUID_HYPERVISOR_LAST) {
    answerHypervisorLeaves(changetype<CpuidExit>(SINGLETON));
  } else guest.answerCpuid(leaf);
  return takeNext();
}
