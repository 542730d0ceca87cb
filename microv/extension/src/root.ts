// Exits of the root VM: it hears of nothing but CPUID's own leaves, and makes hypercalls

import {
  CPUID_CONTROL,
  CPUID_CONTROL_DONE,
  CPUID_CONTROL_GUESTS,
  CPUID_CONTROL_REFUSED,
  CPUID_CONTROL_REPORT_OFF,
  CPUID_CONTROL_REPORT_ON,
  CPUID_CONTROL_STOP,
  CPUID_CONTROL_STOP_ANYWAY,
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
import { lockObjects, unlockObjects } from "./lock";
import { showMore } from "./root-memory";
import { endGuests, guestVms } from "./vm";

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

/** The control leaf: only the operating system's kernel may use it, and it leaves no guests behind. */
function control(command: u32): Next {
  const isKnown =
    guest.privilege == 0 && command - CPUID_CONTROL_STOP <= CPUID_CONTROL_STOP_ANYWAY - CPUID_CONTROL_STOP;
  const isStop = isKnown && (command == CPUID_CONTROL_STOP || command == CPUID_CONTROL_STOP_ANYWAY);
  if (isStop && !mayStop(command == CPUID_CONTROL_STOP_ANYWAY)) return answerControl(CPUID_CONTROL_GUESTS);
  if (!isKnown) return answerControl(CPUID_CONTROL_REFUSED);
  if (command == CPUID_CONTROL_REPORT_ON) log("in a VM now");
  if (command == CPUID_CONTROL_REPORT_OFF) log("leaving the VM");
  answerControl(CPUID_CONTROL_DONE);
  return isStop ? Next.Stop : Next.AdvanceAndRun;
}

/** When the first processor stops, no guest can be made any more: the others stop, too. */
function mayStop(withGuests: bool): bool {
  lockObjects();
  const may = endGuests(withGuests);
  unlockObjects();
  if (!may) line(Level.Warning).text("no stop: guest VMs are there, ").decimal(guestVms()).end();
  return may;
}

function answerControl(answer: u32): Next {
  guest.answer(answer, 0, 0, 0);
  return Next.AdvanceAndRun;
}
