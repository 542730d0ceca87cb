// Exits of the root VM: it hears of nothing but CPUID's own leaves, and makes hypercalls

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
  EXIT_CPUID,
  EXIT_HYPERCALL,
  EXIT_NESTED_PAGE_FAULT,
  exitPrivilege,
  guest,
  Level,
  line,
  log,
  Next,
  unaskedExit,
  Vector,
  Vs,
} from "@bareflank/sdk";
import { MV_SPEC_ID } from "../../../abi/generated/bare/hypercalls";
import { hypercall } from "./hypercalls";
import { showMore } from "./root-memory";
import { guestVms } from "./vm";

/** What is to happen after an exit of the root VM. */
export function rootExit(vsid: u32, reason: u64): Next {
  if (reason == EXIT_CPUID) return answerCpuid(<u32>guest.rax);
  if (reason == EXIT_HYPERCALL) {
    // Programs have no such instruction: what they want of guests they ask the kernel for
    return exitPrivilege() == 0 ? hypercall() : Vs.of(vsid).raise(Vector.UndefinedOpcode);
  }
  if (reason == EXIT_NESTED_PAGE_FAULT) return showMore(Vs.of(vsid));
  return unaskedExit(vsid, reason);
}

/** The processor answers, but for the hypervisor's own leaves. */
function answerCpuid(leaf: u32): Next {
  if (leaf == CPUID_CONTROL) return control(<u32>guest.rcx);
  if (leaf < CPUID_HYPERVISOR_BASE || leaf > CPUID_HYPERVISOR_LAST) guest.answerCpuid(leaf);
  else if (leaf == CPUID_HYPERVISOR_BASE) guest.answerSignature();
  else if (leaf == CPUID_HYPERVISOR_MAX) {
    guest.answer(CPUID_INTERFACE_EAX, CPUID_INTERFACE_HYPERCALLS, MV_SPEC_ID, 0);
  } else guest.answer(0, 0, 0, 0);
  return Next.AdvanceAndRun;
}

/** The control leaf: only the operating system's kernel may use it, and it does not leave guests behind. */
function control(command: u32): Next {
  const isKnown = guest.privilege == 0 && command - CPUID_CONTROL_STOP <= 2;
  const isStop = command == CPUID_CONTROL_STOP;
  const allowed = isKnown && (!isStop || guestVms() == 0);
  guest.answer(allowed ? CPUID_CONTROL_DONE : CPUID_CONTROL_REFUSED, 0, 0, 0);
  if (isKnown && !allowed) {
    line(Level.Warning).text("no stop: guest VMs are there, ").decimal(guestVms()).end();
  }
  if (!allowed) return Next.AdvanceAndRun;
  if (isStop) return Next.Stop;
  if (command == CPUID_CONTROL_REPORT_ON) log("in a VM now");
  if (command == CPUID_CONTROL_REPORT_OFF) log("leaving the VM");
  return Next.AdvanceAndRun;
}
