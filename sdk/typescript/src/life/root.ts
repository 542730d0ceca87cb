// The operating system as the root VM, with what it and the loader expect of CPUID

import {
  CPUID_CONTROL,
  CPUID_CONTROL_DONE,
  CPUID_CONTROL_REFUSED,
  CPUID_CONTROL_REPORT_OFF,
  CPUID_CONTROL_REPORT_ON,
  CPUID_CONTROL_STOP,
  CPUID_HYPERVISOR_BASE,
  CPUID_HYPERVISOR_LAST,
  CPUID_HYPERVISOR_MAX,
  CPUID_INTERFACE_EAX,
  CPUID_INTERFACE_HYPERCALLS,
} from "../../../../abi/generated/bare/control";
import { Instruction } from "../../../../abi/generated/bare/enumerations";
import { CpuidExit } from "../exits/cpuid-exit";
import { hasHandlers, Kind } from "../exits/handlers";
import { onCpuid } from "../exits/on";
import { guest } from "../guest/guest";
import { log } from "../text/log";
import { Vs } from "../vs/vs";
import { announced } from "./interfaces";
import { entered, farewell } from "./life";
import { Next } from "./next";

/**
 * Makes the operating system the root VM of this processor: call it first in bootstrap. It answers the hypervisor's own
 * CPUID leaves, the one that stops it among them; every other leaf is the processor's, as long as no handler that is
 * registered later wants it.
 */
export function startRoot(ppid: u32): Vs {
  onCpuid(answerHypervisorLeaves);
  entered();
  return Vs.createRoot(ppid).intercept(Instruction.Cpuid);
}

/** The handler of the hypervisor's own leaves. */
export function answerHypervisorLeaves(exit: CpuidExit): bool {
  const leaf = exit.leaf;
  if (leaf < CPUID_HYPERVISOR_BASE || leaf > CPUID_HYPERVISOR_LAST) return false;
  if (leaf == CPUID_CONTROL) control(exit);
  else if (leaf == CPUID_HYPERVISOR_BASE) guest.answerSignature();
  else if (leaf == CPUID_HYPERVISOR_MAX) exit.answer(CPUID_INTERFACE_EAX, interfaces(), 0, 0);
  else exit.answer(0, 0, 0, 0);
  return true;
}

/**
 * EBX of the interface leaf. Who makes hypercalls asks first, because without a handler VMMCALL and VMCALL are no
 * instructions; and whoever starts processors in the root VM (loader/uefi).
 */
function interfaces(): u32 {
  return (hasHandlers(Kind.Hypercall) ? CPUID_INTERFACE_HYPERCALLS : 0) | announced();
}

/** The control leaf: only the operating system's kernel may use it. */
function control(exit: CpuidExit): void {
  const command = exit.subleaf;
  const allowed = guest.privilege == 0 && command - CPUID_CONTROL_STOP <= 2;
  exit.answer(allowed ? CPUID_CONTROL_DONE : CPUID_CONTROL_REFUSED, 0, 0, 0);
  if (!allowed) return;
  if (command == CPUID_CONTROL_STOP) exit.next = Next.Stop;
  if (command == CPUID_CONTROL_REPORT_ON) log("in a VM now");
  const isLast = command == CPUID_CONTROL_REPORT_OFF || command == CPUID_CONTROL_STOP;
  if (isLast && farewell !== null) farewell();
}
