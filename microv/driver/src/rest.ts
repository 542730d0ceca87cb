// A vCPU that waits in MicroV's hands: for an interrupt, its timer, or to be started
//
//     MV_EXIT_HLT ──▶ rest ── `notified`, `deadline` ──▶ MV_VS_RUN ──▶ the guest, or MV_EXIT_HLT again
//                       └── a signal ──▶ KVM_RUN ends with EINTR

import { MV_PAGE_DEADLINE, MV_PAGE_NOTIFIED } from "../../../abi/generated/bare/hypercalls";
import { peek64 } from "../../../bsl/src/memory";
import { setWord, VCPU_ARMED, VCPU_GLUE, VCPU_PAGE, word } from "./objects";
import { armTimer, waitForWork } from "./platform";

/** Has Linux's timer set to when the local APIC's is due, which the guest's last exit may have changed. */
export function followDeadline(vcpu: u64): void {
  const deadline = peek64(word(vcpu, VCPU_PAGE) + MV_PAGE_DEADLINE);
  if (deadline == word(vcpu, VCPU_ARMED)) return;
  setWord(vcpu, VCPU_ARMED, deadline);
  armTimer(word(vcpu, VCPU_GLUE), deadline);
}

/** Sleeps until there is something to do; false: a signal came first. */
export function rest(vcpu: u64): bool {
  const isWoken = waitForWork(word(vcpu, VCPU_GLUE), word(vcpu, VCPU_PAGE) + MV_PAGE_NOTIFIED) != 0;
  // A timer that has come is set again, if the guest has taken nothing of it
  setWord(vcpu, VCPU_ARMED, 0);
  return isWoken;
}
