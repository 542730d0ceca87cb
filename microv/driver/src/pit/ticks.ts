// Ticks of channel 0, which a guest gets as interrupts: when the next one is due, and what becomes of those that it has missed
//
// A tick is missed when the interrupt of the one before still waits. It is given again while the guest takes them, four times as fast,
// until it has all; so its clock is right in the end, though it counts ticks. Nobody tells when a guest has ended an interrupt: one that
// it handles for longer than a quarter of a period has the next one wait already.

import { KVM_PIT_CHANNEL_STATE_COUNT_LOAD_TIME, KVM_PIT_FLAGS_HPET_LEGACY } from "../../../../abi/generated/bare/kvm";
import { peek32, peek64, poke64 } from "../../../../bsl/src/memory";
import { countedTicks, isHeld, isPeriodic, isTriggered, modeOf, reloadOf, timeOf } from "./counter";
import { channelOf, isWaiting, PIT_FLAGS, PIT_MISSED, PIT_NOTICED, PIT_REINJECTS, wordOf } from "./state";

/** No guest has more than 5,000 a second, whatever it asks for: counts. KVM's limit. */
const SHORTEST: u64 = 239;

/** Notices what is due. True: the guest is to get one. */
export function noticeTicks(pit: u64, now: u64): bool {
  if (!isTicking(pit)) return false;
  const noticed = wordOf(pit, PIT_NOTICED);
  const passed = countedTicks(pit, 0, now) / period(pit);
  const all = isPeriodic(modeOf(pit, 0)) ? passed : min(passed, 1);
  const missed = wordOf(pit, PIT_MISSED) + (all - noticed);
  poke64(pit + PIT_NOTICED, all);
  poke64(pit + PIT_MISSED, wordOf(pit, PIT_REINJECTS) != 0 ? missed : min(missed, 1));
  return missed != 0;
}

/** What became of that one: `taken` local APICs, 0: the one before waits still, below 0: the guest wants none. */
export function accountTick(pit: u64, taken: i64): void {
  const missed = wordOf(pit, PIT_MISSED);
  const keeps = taken >= 0 && wordOf(pit, PIT_REINJECTS) != 0 && isPeriodic(modeOf(pit, 0));
  poke64(pit + PIT_MISSED, !keeps ? 0 : taken == 0 ? missed : missed - 1);
}

/** When to look again; 0: never. `hasTaken`: the guest has just taken one. */
export function nextLook(pit: u64, now: u64, hasTaken: bool): u64 {
  if (!isTicking(pit)) return 0;
  const noticed = wordOf(pit, PIT_NOTICED);
  if (noticed != 0 && !isPeriodic(modeOf(pit, 0))) return 0;
  const begin = peek64(channelOf(pit, 0) + KVM_PIT_CHANNEL_STATE_COUNT_LOAD_TIME);
  // Never at once: whoever looks there does so in an interrupt
  const next = max(begin + timeOf((noticed + 1) * period(pit)), now + 1);
  if (!hasTaken || wordOf(pit, PIT_MISSED) == 0) return next;
  return min(next, now + timeOf(max(period(pit) / 4, SHORTEST)));
}

/** Modes 1 and 5 wait for an edge of the gate, which channel 0 never has; low it is only in a state that its user has made up. */
function isTicking(pit: u64): bool {
  if ((peek32(pit + PIT_FLAGS) & KVM_PIT_FLAGS_HPET_LEGACY) != 0) return false;
  return !isWaiting(pit, 0) && !isTriggered(modeOf(pit, 0)) && !isHeld(pit, 0);
}

/** In counts. */
function period(pit: u64): u64 {
  const reload = reloadOf(pit, 0);
  return isPeriodic(modeOf(pit, 0)) ? max(reload, SHORTEST) : reload;
}
