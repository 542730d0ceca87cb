// The ports of an 8254 (Intel 231164, "Programming the 8254") and port 61h (82371 data sheet, "NMI Status and Control")
//
// BCD is kept in the state and counts as binary, as KVM has it.

import * as kvm from "../../../../abi/generated/bare/kvm";
import { peek8, peek16, peek32, poke8, poke16, poke32 } from "../../../../bsl/src/memory";
import { counterAt, loadCounter, modeOf, outputAt, setGate, setMode } from "./counter";
import { CHANNELS, channelOf, isWaiting, PIT_FLAGS, PIT_OPTIONS, SPEAKER } from "./state";

const FIRST_PORT: u32 = 0x40;
const PORT_COUNT: u32 = 4;
const SPEAKER_PORT: u32 = 0x61;
const CONTROL: u32 = 3;

/** KvmPitChannelState.readState, writeState, rwMode, countLatched. */
const LOW: u8 = 1;
const HIGH: u8 = 2;
const BOTH: u8 = 3;
const BOTH_HIGH: u8 = 4;

/** Of a control word. */
const SELECT_SHIFT: u32 = 6;
const READ_BACK: u32 = 3;
const NOT_COUNT: u32 = 0x20;
const NOT_STATUS: u32 = 0x10;
/** Of a status byte. */
const STATUS_OUTPUT: u32 = 7;
const STATUS_NO_COUNT: u32 = 6;

const SPEAKER_GATE: u32 = 1;
const SPEAKER_DATA: u32 = 2;
/** The bit that tells that memory is refreshed changes each 16 µs. */
const REFRESH_SHIFT: u64 = 14;

/** Whether a port is one of its. */
export function isPitPort(pit: u64, port: u32, bytes: u32): bool {
  if (port >= FIRST_PORT && port + bytes <= FIRST_PORT + PORT_COUNT) return true;
  return port == SPEAKER_PORT && (peek32(pit + PIT_OPTIONS) & kvm.KVM_PIT_SPEAKER_DUMMY) != 0;
}

/** True: channel 0 counts otherwise than before. */
export function writePitPort(pit: u64, port: u32, value: u32, now: u64): bool {
  if (port == SPEAKER_PORT) {
    writeSpeaker(pit, value, now);
    return false;
  }
  if (port - FIRST_PORT == CONTROL) return writeControl(pit, value, now);
  return writeCount(pit, port - FIRST_PORT, value, now) && port == FIRST_PORT;
}

export function readPitPort(pit: u64, port: u32, now: u64): u32 {
  if (port == SPEAKER_PORT) return readSpeaker(pit, now);
  return port - FIRST_PORT == CONTROL ? 0 : readChannel(pit, port - FIRST_PORT, now);
}

function writeControl(pit: u64, value: u32, now: u64): bool {
  const index = value >> SELECT_SHIFT;
  if (index == READ_BACK) {
    for (let i: u32 = 0; i < CHANNELS; i++) {
      if (((value >> (i + 1)) & 1) == 0) continue;
      if ((value & NOT_COUNT) == 0) latchCount(pit, i, now);
      if ((value & NOT_STATUS) == 0) latchStatus(pit, i, now);
    }
    return false;
  }
  const access = <u8>((value >> 4) & 3);
  if (access == 0) {
    latchCount(pit, index, now);
    return false;
  }
  const channel = channelOf(pit, index);
  poke8(channel + kvm.KVM_PIT_CHANNEL_STATE_RW_MODE, access);
  poke8(channel + kvm.KVM_PIT_CHANNEL_STATE_READ_STATE, access);
  poke8(channel + kvm.KVM_PIT_CHANNEL_STATE_WRITE_STATE, access);
  poke8(channel + kvm.KVM_PIT_CHANNEL_STATE_BCD, <u8>(value & 1));
  const mode = (value >> 1) & 7;
  // Modes 2 and 3 have two numbers each
  setMode(pit, index, mode > 5 ? mode - 4 : mode);
  return index == 0;
}

/** True: the count is complete. */
function writeCount(pit: u64, index: u32, value: u32, now: u64): bool {
  const channel = channelOf(pit, index);
  switch (peek8(channel + kvm.KVM_PIT_CHANNEL_STATE_WRITE_STATE)) {
    case HIGH:
      loadCounter(pit, index, value << 8, now);
      return true;
    case BOTH:
      poke8(channel + kvm.KVM_PIT_CHANNEL_STATE_WRITE_LATCH, <u8>value);
      poke8(channel + kvm.KVM_PIT_CHANNEL_STATE_WRITE_STATE, BOTH_HIGH);
      return false;
    case BOTH_HIGH:
      poke8(channel + kvm.KVM_PIT_CHANNEL_STATE_WRITE_STATE, BOTH);
      loadCounter(pit, index, (value << 8) | peek8(channel + kvm.KVM_PIT_CHANNEL_STATE_WRITE_LATCH), now);
      return true;
    default:
      loadCounter(pit, index, value, now);
      return true;
  }
}

/** A count that is latched stays so until it is read. */
function latchCount(pit: u64, index: u32, now: u64): void {
  const channel = channelOf(pit, index);
  if (peek8(channel + kvm.KVM_PIT_CHANNEL_STATE_COUNT_LATCHED) != 0) return;
  poke16(channel + kvm.KVM_PIT_CHANNEL_STATE_LATCHED_COUNT, <u16>counterAt(pit, index, now));
  poke8(channel + kvm.KVM_PIT_CHANNEL_STATE_COUNT_LATCHED, peek8(channel + kvm.KVM_PIT_CHANNEL_STATE_RW_MODE));
}

function latchStatus(pit: u64, index: u32, now: u64): void {
  const channel = channelOf(pit, index);
  if (peek8(channel + kvm.KVM_PIT_CHANNEL_STATE_STATUS_LATCHED) != 0) return;
  const access: u32 = peek8(channel + kvm.KVM_PIT_CHANNEL_STATE_RW_MODE);
  const bcd: u32 = peek8(channel + kvm.KVM_PIT_CHANNEL_STATE_BCD);
  const above = (outputAt(pit, index, now) << STATUS_OUTPUT) | ((isWaiting(pit, index) ? 1 : 0) << STATUS_NO_COUNT);
  const status = above | (access << 4) | (modeOf(pit, index) << 1) | bcd;
  poke8(channel + kvm.KVM_PIT_CHANNEL_STATE_STATUS, <u8>status);
  poke8(channel + kvm.KVM_PIT_CHANNEL_STATE_STATUS_LATCHED, 1);
}

function readChannel(pit: u64, index: u32, now: u64): u32 {
  const channel = channelOf(pit, index);
  if (peek8(channel + kvm.KVM_PIT_CHANNEL_STATE_STATUS_LATCHED) != 0) {
    poke8(channel + kvm.KVM_PIT_CHANNEL_STATE_STATUS_LATCHED, 0);
    return peek8(channel + kvm.KVM_PIT_CHANNEL_STATE_STATUS);
  }
  const latch = channel + kvm.KVM_PIT_CHANNEL_STATE_COUNT_LATCHED;
  const latched = peek8(latch);
  if (latched != 0) {
    poke8(latch, latched == BOTH ? HIGH : 0);
    return half(peek16(channel + kvm.KVM_PIT_CHANNEL_STATE_LATCHED_COUNT), latched == HIGH);
  }
  const place = channel + kvm.KVM_PIT_CHANNEL_STATE_READ_STATE;
  const state = peek8(place);
  if (state == BOTH) poke8(place, BOTH_HIGH);
  else if (state == BOTH_HIGH) poke8(place, BOTH);
  return half(counterAt(pit, index, now), state == HIGH || state == BOTH_HIGH);
}

function half(count: u32, isHigh: bool): u32 {
  return isHigh ? count >> 8 : count & 0xff;
}

function writeSpeaker(pit: u64, value: u32, now: u64): void {
  const flags = peek32(pit + PIT_FLAGS) & ~(<u32>kvm.KVM_PIT_FLAGS_SPEAKER_DATA_ON);
  poke32(pit + PIT_FLAGS, (value & SPEAKER_DATA) != 0 ? flags | kvm.KVM_PIT_FLAGS_SPEAKER_DATA_ON : flags);
  setGate(pit, SPEAKER, value & SPEAKER_GATE, now);
}

function readSpeaker(pit: u64, now: u64): u32 {
  const gate: u32 = peek8(channelOf(pit, SPEAKER) + kvm.KVM_PIT_CHANNEL_STATE_GATE);
  const data: u32 = (peek32(pit + PIT_FLAGS) & kvm.KVM_PIT_FLAGS_SPEAKER_DATA_ON) != 0 ? SPEAKER_DATA : 0;
  return gate | data | ((<u32>(now >> REFRESH_SHIFT) & 1) << 4) | (outputAt(pit, SPEAKER, now) << 5);
}
