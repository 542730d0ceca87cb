// The interval timer of a machine, an 8254: its ports, its interrupt at GSI 0, and what its user reads and writes of it
//
//     pit/state.ts    what it knows
//     pit/counter.ts  what a counter is at, and its output
//     pit/ports.ts    its registers
//     pit/ticks.ts    when channel 0 is due, and ticks that the guest has missed
//
// Its state belongs to whoever holds its timer's lock: vCPUs, the machine's ioctls, and the timer itself, which no process is.

import { MV_SOURCE_TIMER } from "../../../abi/generated/bare/hypercalls";
import * as kvm from "../../../abi/generated/bare/kvm";
import { storeRelease64 } from "../../../bsl/src/atomic";
import { copyMemory, peek8, poke64 } from "../../../bsl/src/memory";
import { EEXIST, EFAULT, ENOMEM, ENXIO } from "./errors";
import { isFull, raiseLine } from "./interrupts";
import { MACHINE_ARGUMENT, MACHINE_PIT, word } from "./objects";
import { restartCounter } from "./pit/counter";
import { isPitPort, readPitPort, writePitPort } from "./pit/ports";
import {
  CHANNELS,
  forgetTicks,
  PIT_BYTES,
  PIT_MACHINE,
  PIT_OPTIONS,
  PIT_REINJECTS,
  PIT_TIMER,
  resetPit,
  wordOf,
} from "./pit/state";
import { accountTick, nextLook, noticeTicks } from "./pit/ticks";
import {
  allocate,
  copyFromUser,
  copyToUser,
  createTimer,
  destroyTimer,
  free,
  lockTimer,
  nanoseconds,
  startTimer,
  unlockTimer,
} from "./platform";

const GSI: u32 = 0;
/** readPit(): the port is none of its. */
export const NO_PORT: i64 = -1;

/** KVM_CREATE_PIT, KVM_CREATE_PIT2: KVM_PIT_*. */
export function createPit(machine: u64, options: u32): i64 {
  if (word(machine, MACHINE_PIT) != 0) return EEXIST;
  const pit = allocate(PIT_BYTES);
  if (pit == 0) return ENOMEM;
  const timer = createTimer(pit);
  if (timer == 0) {
    free(pit);
    return ENOMEM;
  }
  resetPit(pit);
  poke64(pit + PIT_OPTIONS, options);
  poke64(pit + PIT_REINJECTS, 1);
  poke64(pit + PIT_MACHINE, machine);
  poke64(pit + PIT_TIMER, timer);
  // vCPUs look without a lock whether there is one
  storeRelease64(machine + MACHINE_PIT, pit);
  return 0;
}

/** The machine ends, and its VM is there still. */
export function closePit(machine: u64): void {
  const pit = word(machine, MACHINE_PIT);
  if (pit == 0) return;
  destroyTimer(wordOf(pit, PIT_TIMER));
  free(pit);
}

/** A guest's write to a port: false when it is none of its. */
export function writePit(machine: u64, port: u32, bytes: u32, data: u64): bool {
  const pit = word(machine, MACHINE_PIT);
  if (pit == 0 || !isPitPort(pit, port, bytes)) return false;
  lockTimer(wordOf(pit, PIT_TIMER));
  const now = nanoseconds();
  if (writePitPort(pit, port, <u32>data & 0xff, now)) beginTicks(pit, now);
  unlockTimer(wordOf(pit, PIT_TIMER));
  return true;
}

/** A guest's read: what it finds, or NO_PORT. */
export function readPit(machine: u64, port: u32, bytes: u32): i64 {
  const pit = word(machine, MACHINE_PIT);
  if (pit == 0 || !isPitPort(pit, port, bytes)) return NO_PORT;
  lockTimer(wordOf(pit, PIT_TIMER));
  const value = readPitPort(pit, port, nanoseconds());
  unlockTimer(wordOf(pit, PIT_TIMER));
  return value;
}

/** The timer has come to its time: no process. */
export function tickPit(pit: u64): void {
  lockTimer(wordOf(pit, PIT_TIMER));
  const now = nanoseconds();
  let hasTaken: bool = false;
  if (noticeTicks(pit, now)) {
    const taken = pulse(wordOf(pit, PIT_MACHINE));
    accountTick(pit, taken);
    hasTaken = taken > 0;
  }
  startTimer(wordOf(pit, PIT_TIMER), nextLook(pit, now, hasTaken));
  unlockTimer(wordOf(pit, PIT_TIMER));
}

/** KVM_GET_PIT, KVM_GET_PIT2: the first bytes of its state. */
export function getPit(machine: u64, argument: u64, bytes: u64): i64 {
  const pit = word(machine, MACHINE_PIT);
  if (pit == 0) return ENXIO;
  const state = machine + MACHINE_ARGUMENT;
  lockTimer(wordOf(pit, PIT_TIMER));
  copyMemory(state, pit, bytes);
  unlockTimer(wordOf(pit, PIT_TIMER));
  return copyToUser(argument, state, bytes) != 0 ? 0 : EFAULT;
}

/** KVM_SET_PIT, KVM_SET_PIT2: all counters begin with their counts. */
export function setPit(machine: u64, argument: u64, bytes: u64): i64 {
  const state = machine + MACHINE_ARGUMENT;
  if (copyFromUser(state, argument, bytes) == 0) return EFAULT;
  const pit = word(machine, MACHINE_PIT);
  if (pit == 0) return ENXIO;
  lockTimer(wordOf(pit, PIT_TIMER));
  const now = nanoseconds();
  // What is reserved stays 0
  copyMemory(pit, state, min(bytes, kvm.KVM_PIT_STATE2_RESERVED));
  for (let index: u32 = 0; index < CHANNELS; index++) restartCounter(pit, index, now);
  beginTicks(pit, now);
  unlockTimer(wordOf(pit, PIT_TIMER));
  return 0;
}

/** KVM_REINJECT_CONTROL. */
export function setReinjection(machine: u64, argument: u64): i64 {
  const control = machine + MACHINE_ARGUMENT;
  if (copyFromUser(control, argument, kvm.KVM_REINJECT_CONTROL_BYTES) == 0) return EFAULT;
  const pit = word(machine, MACHINE_PIT);
  if (pit == 0) return ENXIO;
  lockTimer(wordOf(pit, PIT_TIMER));
  poke64(pit + PIT_REINJECTS, peek8(control) != 0 ? 1 : 0);
  unlockTimer(wordOf(pit, PIT_TIMER));
  return 0;
}

function beginTicks(pit: u64, now: u64): void {
  forgetTicks(pit);
  // Without an I/O APIC there is no line
  const isWanted = isFull(wordOf(pit, PIT_MACHINE));
  startTimer(wordOf(pit, PIT_TIMER), isWanted ? nextLook(pit, now, false) : 0);
}

/** An edge, also for who looks at it as a level: how many have taken it, as raiseLine(). */
function pulse(machine: u64): i64 {
  const taken = raiseLine(machine, GSI, MV_SOURCE_TIMER, 1);
  raiseLine(machine, GSI, MV_SOURCE_TIMER, 0);
  return taken;
}
