// The smallest useful hypervisor: the operating system runs on as a VM, and only CPUID tells

import * as sdk from "@bareflank/sdk";
import { guest, Instruction, log, logNumber, Next, Vs } from "@bareflank/sdk";

let answered: u64 = 0; // CPUIDs, on this processor

/** Called on each processor when it starts: the operating system becomes its root VS, which does not see the hypervisor. */
export function bootstrap(ppid: u32): Next {
  const root = Vs.createRoot(ppid).intercept(Instruction.Cpuid);
  return sdk.settingIs("nested", "no") || root.hideHypervisor() ? Next.Run : Next.Fail;
}

/** Called for each VM exit. */
export function vmexit(vsid: u32, reason: u64): Next {
  return reason == sdk.EXIT_CPUID ? cpuid(<u32>guest.rax) : sdk.unaskedExit(vsid, reason);
}

/** CPUID: the processor answers, but for the hypervisor's own leaves. */
function cpuid(leaf: u32): Next {
  answered++;
  if (leaf == sdk.CPUID_CONTROL) return control(<u32>guest.rcx);
  if (leaf < sdk.CPUID_HYPERVISOR_BASE || leaf > sdk.CPUID_HYPERVISOR_LAST) guest.answerCpuid(leaf);
  else if (leaf == sdk.CPUID_HYPERVISOR_BASE) guest.answerSignature();
  else if (leaf == sdk.CPUID_HYPERVISOR_MAX) guest.answer(sdk.CPUID_INTERFACE_EAX, 0, 0, 0);
  else guest.answer(0, 0, 0, 0);
  return Next.AdvanceAndRun;
}

/** The control leaf: only the operating system's kernel may use it. */
function control(command: u32): Next {
  const allowed = guest.privilege == 0 && command - sdk.CPUID_CONTROL_STOP <= 2;
  guest.answer(allowed ? sdk.CPUID_CONTROL_DONE : sdk.CPUID_CONTROL_REFUSED, 0, 0, 0);
  if (allowed && command == sdk.CPUID_CONTROL_STOP) return Next.Stop;
  if (allowed && command == sdk.CPUID_CONTROL_REPORT_ON) log("in a VM now");
  if (allowed && command == sdk.CPUID_CONTROL_REPORT_OFF) logNumber("leaving the VM, CPUIDs answered: ", answered);
  return Next.AdvanceAndRun;
}
