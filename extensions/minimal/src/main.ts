// A hypervisor that changes nothing: the operating system runs on as a VM

import * as sdk from "@bareflank/sdk";
import { guest, Instruction, log, Next, Vs } from "@bareflank/sdk";

/** Called on each processor when it starts: the operating system becomes its root VS. */
export function bootstrap(ppid: u32): Next {
  Vs.createRoot(ppid).intercept(Instruction.Cpuid).intercept(Instruction.Vmrun);
  return Next.Run;
}

/** Called for each VM exit. */
export function vmexit(vsid: u32, reason: u64): Next {
  if (reason == sdk.EXIT_CPUID) return cpuid(<u32>guest.rax);
  if (reason == sdk.EXIT_VMRUN) return Vs.of(vsid).injectUndefinedOpcode();
  return Next.Fail;
}

/** CPUID: the processor answers. Change it, and Linux sees another processor. */
function cpuid(leaf: u32): Next {
  if (leaf == sdk.CPUID_CONTROL) return control(<u32>guest.rcx);
  guest.answerCpuid(leaf);
  return Next.AdvanceAndRun;
}

/** The control leaf, by which the driver starts and stops: only the operating system's kernel may use it. */
function control(command: u32): Next {
  const allowed = guest.privilege == 0 && command - sdk.CPUID_CONTROL_STOP <= 2;
  guest.answer(allowed ? sdk.CPUID_CONTROL_DONE : sdk.CPUID_CONTROL_REFUSED, 0, 0, 0);
  if (allowed && command == sdk.CPUID_CONTROL_STOP) return Next.Stop;
  if (allowed && command == sdk.CPUID_CONTROL_REPORT_ON) log("in a VM now");
  if (allowed && command == sdk.CPUID_CONTROL_REPORT_OFF) log("leaving the VM");
  return Next.AdvanceAndRun;
}
