// What an 8254 knows, at a native address: KVM's state of it, and what KVM's has no room for

import * as kvm from "../../../../abi/generated/bare/kvm";
import { fillMemory, peek32, peek64, poke8, poke32, poke64 } from "../../../../bsl/src/memory";

/** KvmPitState2, and behind it: */
export const PIT_FLAGS: u64 = kvm.KVM_PIT_STATE2_FLAGS;
/** A bit for each channel that waits: in modes 0, 2, 3 and 4 for a count, in modes 1 and 5 for its gate. */
const PIT_WAITING: u64 = kvm.KVM_PIT_STATE2_BYTES;
/** KVM_PIT_SPEAKER_DUMMY; whether missed ticks come later; the machine, and the glue's timer. */
export const PIT_OPTIONS: u64 = PIT_WAITING + 8;
export const PIT_REINJECTS: u64 = PIT_WAITING + 16;
export const PIT_MACHINE: u64 = PIT_WAITING + 24;
export const PIT_TIMER: u64 = PIT_WAITING + 32;
/** Ticks of channel 0 that were noticed since its count was written, and those of them that the guest has not got. */
export const PIT_NOTICED: u64 = PIT_WAITING + 40;
export const PIT_MISSED: u64 = PIT_WAITING + 48;
export const PIT_BYTES: u64 = PIT_WAITING + 56;

export const CHANNELS: u32 = 3;
/** The channel whose gate and output port 61h has; those of the others are high. */
export const SPEAKER: u32 = 2;
/** KVM's, of a channel to which no control word was written. */
const NO_MODE: u8 = 0xff;
const FULL_COUNT: u32 = 0x1_0000;

export function channelOf(pit: u64, index: u32): u64 {
  return pit + <u64>index * kvm.KVM_PIT_CHANNEL_STATE_BYTES;
}

/** As it is before anything is written. */
export function resetPit(pit: u64): void {
  fillMemory(pit, 0, kvm.KVM_PIT_STATE2_BYTES);
  for (let index: u32 = 0; index < CHANNELS; index++) {
    const channel = channelOf(pit, index);
    poke32(channel + kvm.KVM_PIT_CHANNEL_STATE_COUNT, FULL_COUNT);
    poke8(channel + kvm.KVM_PIT_CHANNEL_STATE_MODE, NO_MODE);
    poke8(channel + kvm.KVM_PIT_CHANNEL_STATE_GATE, index == SPEAKER ? 0 : 1);
    setWaiting(pit, index, true);
  }
}

export function isWaiting(pit: u64, index: u32): bool {
  return ((peek32(pit + PIT_WAITING) >> index) & 1) != 0;
}

export function setWaiting(pit: u64, index: u32, waits: bool): void {
  const others = peek32(pit + PIT_WAITING) & ~((<u32>1) << index);
  poke32(pit + PIT_WAITING, others | ((waits ? 1 : 0) << index));
}

/** Nobody has missed anything. */
export function forgetTicks(pit: u64): void {
  poke64(pit + PIT_NOTICED, 0);
  poke64(pit + PIT_MISSED, 0);
}

export function wordOf(pit: u64, place: u64): u64 {
  return peek64(pit + place);
}
