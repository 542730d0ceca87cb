// A vCPU that waits in MicroV's hands: for an interrupt, its timer, or to be started
//
//     MV_EXIT_HLT ──▶ rest ── `notified`, `deadline` ──▶ MV_VS_RUN ──▶ the guest, or MV_EXIT_HLT again
//                       └── a signal ──▶ KVM_RUN ends with EINTR

import { MV_PAGE_DEADLINE, MV_PAGE_NOTIFIED } from "../../../abi/generated/bare/hypercalls";
import { peek64 } from "../../../bsl/src/memory";
import { setWord, VCPU_ARMED, VCPU_GLUE, VCPU_PAGE, word } from "./objects";
import { armTimer, timeStamp, tscKhz, waitForWork } from "./platform";

/** A timer is set for an hour at most, and looked at again then. */
const LONGEST_MILLISECONDS: u64 = 3_600_000;
const MILLISECOND: u64 = 1_000_000;

/** Has Linux's timer set to when the local APIC's is due, which the guest's last exit may have changed. */
export function followDeadline(vcpu: u64): void {
  const deadline = peek64(word(vcpu, VCPU_PAGE) + MV_PAGE_DEADLINE);
  if (deadline == word(vcpu, VCPU_ARMED)) return;
  setWord(vcpu, VCPU_ARMED, deadline);
  armTimer(word(vcpu, VCPU_GLUE), deadline == 0 ? 0 : max(timeLeft(vcpu), 1));
}

/**
 * Nanoseconds until Linux's timer of a vCPU is due, if it is set to when the guest's is; 0: it is due. Linux's clock is another one than
 * the guest's, which may ask for any time at all.
 */
export function timeLeft(vcpu: u64): u64 {
  const deadline = word(vcpu, VCPU_ARMED);
  const now = timeStamp();
  if (deadline <= now) return 0;
  const khz: u64 = tscKhz();
  const ticks = min(deadline - now, khz * LONGEST_MILLISECONDS);
  return (ticks / khz) * MILLISECOND + ((ticks % khz) * MILLISECOND) / khz + 1;
}

/** Sleeps until there is something to do; false: a signal came first. */
export function rest(vcpu: u64): bool {
  const isWoken = waitForWork(word(vcpu, VCPU_GLUE), word(vcpu, VCPU_PAGE) + MV_PAGE_NOTIFIED) != 0;
  // A timer that has come is set again, if the guest has taken nothing of it
  setWord(vcpu, VCPU_ARMED, 0);
  return isWoken;
}
