// A counter of an 8254 (Intel 231164, "Mode Definitions"): what it is at, and its output, by how long it counts
//
// Times are nanoseconds of a clock that never goes back. A count that is written begins at once, whatever the counter is at.

import {
  KVM_PIT_CHANNEL_STATE_COUNT,
  KVM_PIT_CHANNEL_STATE_COUNT_LOAD_TIME,
  KVM_PIT_CHANNEL_STATE_GATE,
  KVM_PIT_CHANNEL_STATE_MODE,
} from "../../../../abi/generated/bare/kvm";
import { peek8, peek32, peek64, poke8, poke32, poke64 } from "../../../../bsl/src/memory";
import { channelOf, isWaiting, setWaiting } from "./state";

/** Ticks in a second: a twelfth of 14.31818 MHz, as KVM rounds it. */
const HERTZ: u64 = 1_193_181;
const SECOND: u64 = 1_000_000_000;
/** What a count of 0 is. */
const FULL_COUNT: u32 = 0x1_0000;

/** Whole ticks in a time. */
export function ticksIn(nanoseconds: u64): u64 {
  return (nanoseconds / SECOND) * HERTZ + ((nanoseconds % SECOND) * HERTZ) / SECOND;
}

/** The shortest time in which so many ticks are. */
export function timeOf(ticks: u64): u64 {
  return (ticks / HERTZ) * SECOND + ((ticks % HERTZ) * SECOND + HERTZ - 1) / HERTZ;
}

export function modeOf(pit: u64, index: u32): u32 {
  return peek8(channelOf(pit, index) + KVM_PIT_CHANNEL_STATE_MODE);
}

/** What it counts from. */
export function reloadOf(pit: u64, index: u32): u64 {
  return peek32(channelOf(pit, index) + KVM_PIT_CHANNEL_STATE_COUNT);
}

/** A count is written: 16 bits. */
export function loadCounter(pit: u64, index: u32, count: u32, now: u64): void {
  const channel = channelOf(pit, index);
  poke32(channel + KVM_PIT_CHANNEL_STATE_COUNT, count != 0 ? count : FULL_COUNT);
  setWaiting(pit, index, isTriggered(modeOf(pit, index)) || !hasMode(pit, index));
  begin(pit, index, now);
}

/** A control word is written: nothing counts until there is a count, too. */
export function setMode(pit: u64, index: u32, mode: u32): void {
  poke8(channelOf(pit, index) + KVM_PIT_CHANNEL_STATE_MODE, <u8>mode);
  setWaiting(pit, index, true);
}

/** Its state is another machine's: it begins with its count. */
export function restartCounter(pit: u64, index: u32, now: u64): void {
  const channel = channelOf(pit, index);
  if (reloadOf(pit, index) == 0) poke32(channel + KVM_PIT_CHANNEL_STATE_COUNT, FULL_COUNT);
  poke8(channel + KVM_PIT_CHANNEL_STATE_GATE, peek8(channel + KVM_PIT_CHANNEL_STATE_GATE) & 1);
  setWaiting(pit, index, !hasMode(pit, index));
  begin(pit, index, now);
}

/** "Gate Pin Operations Summary": low holds modes 0, 2, 3 and 4; its edge begins 1, 2, 3 and 5. */
export function setGate(pit: u64, index: u32, gate: u32, now: u64): void {
  const channel = channelOf(pit, index);
  if (peek8(channel + KVM_PIT_CHANNEL_STATE_GATE) == gate) return;
  const mode = modeOf(pit, index);
  const time = peek64(channel + KVM_PIT_CHANNEL_STATE_COUNT_LOAD_TIME);
  poke8(channel + KVM_PIT_CHANNEL_STATE_GATE, <u8>gate);
  if (isTriggered(mode)) {
    if (gate == 0) return;
    setWaiting(pit, index, false);
    poke64(channel + KVM_PIT_CHANNEL_STATE_COUNT_LOAD_TIME, now);
  } else if (gate != 0 && isPeriodic(mode)) {
    poke64(channel + KVM_PIT_CHANNEL_STATE_COUNT_LOAD_TIME, now);
  } else {
    // Of one that is held it is how long it has counted
    poke64(channel + KVM_PIT_CHANNEL_STATE_COUNT_LOAD_TIME, now - time);
  }
}

/** Ticks since it began. */
export function countedTicks(pit: u64, index: u32, now: u64): u64 {
  const time = peek64(channelOf(pit, index) + KVM_PIT_CHANNEL_STATE_COUNT_LOAD_TIME);
  return ticksIn(isHeld(pit, index) ? time : now - time);
}

/** What a read finds: 16 bits. */
export function counterAt(pit: u64, index: u32, now: u64): u32 {
  const reload = reloadOf(pit, index);
  if (isWaiting(pit, index)) return <u32>reload & 0xffff;
  const ticks = countedTicks(pit, index, now);
  switch (modeOf(pit, index)) {
    case 2:
      return <u32>(reload - (ticks % reload)) & 0xffff;
    case 3: {
      // Twice as fast, from the even number below, while the output is high and again while it is low
      const high = (reload + 1) / 2;
      const place = ticks % reload;
      return <u32>((reload & ~(<u64>1)) - 2 * (place < high ? place : place - high)) & 0xffff;
    }
    default:
      return <u32>(reload - ticks) & 0xffff;
  }
}

/** 0 or 1. */
export function outputAt(pit: u64, index: u32, now: u64): u32 {
  const mode = modeOf(pit, index);
  if (isWaiting(pit, index)) return mode == 0 ? 0 : 1;
  const reload = reloadOf(pit, index);
  const ticks = countedTicks(pit, index, now);
  switch (mode) {
    case 0:
    case 1:
      return ticks >= reload ? 1 : 0;
    case 2:
      return isHeld(pit, index) || ticks % reload != reload - 1 ? 1 : 0;
    case 3:
      return isHeld(pit, index) || ticks % reload < (reload + 1) / 2 ? 1 : 0;
    default:
      return ticks != reload ? 1 : 0;
  }
}

/** Without one it has no control word. */
export function hasMode(pit: u64, index: u32): bool {
  return modeOf(pit, index) <= 5;
}

export function isPeriodic(mode: u32): bool {
  return mode == 2 || mode == 3;
}

/** Whether an edge of its gate begins it. */
export function isTriggered(mode: u32): bool {
  return mode == 1 || mode == 5;
}

/** By its gate. */
export function isHeld(pit: u64, index: u32): bool {
  return peek8(channelOf(pit, index) + KVM_PIT_CHANNEL_STATE_GATE) == 0 && !isTriggered(modeOf(pit, index));
}

function begin(pit: u64, index: u32, now: u64): void {
  poke64(channelOf(pit, index) + KVM_PIT_CHANNEL_STATE_COUNT_LOAD_TIME, isHeld(pit, index) ? 0 : now);
}
