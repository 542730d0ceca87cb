// kvmclock (Linux's Documentation/virt/kvm/x86/msr.rst): the time in a page of the guest's, by which it needs no timer to know the
// speed of its time stamp counter
//
// A guest names the page by an MSR. What it finds there is a point in time, and how many nanoseconds a tick takes; it is
// written again when the user moves the clock or the counter. The counter runs alike on all processors.

import {
  MV_MSR_KVM_SYSTEM_TIME,
  MV_MSR_KVM_SYSTEM_TIME_NEW,
  MV_MSR_KVM_WALL_CLOCK,
  MV_MSR_KVM_WALL_CLOCK_NEW,
  MV_MSR_TIME_STAMP_COUNTER,
  MV_REG_TSC_OFFSET,
} from "../../../abi/generated/bare/hypercalls";
import {
  KVM_CLOCK_DATA_BYTES,
  KVM_CLOCK_DATA_CLOCK,
  KVM_CLOCK_DATA_FLAGS,
  KVM_CLOCK_DATA_HOST_TSC,
  KVM_CLOCK_DATA_REALTIME,
  KVM_CLOCK_HOST_TSC,
  KVM_CLOCK_REALTIME,
  KVM_CLOCK_TSC_STABLE,
} from "../../../abi/generated/bare/kvm";
import { fillMemory, peek32, peek64, poke8, poke32, poke64 } from "../../../bsl/src/memory";
import { EINVAL } from "./errors";
import { getRegister } from "./list";
import {
  MACHINE_CLOCK,
  MACHINE_CLOCK_EPOCH,
  MACHINE_GLUE,
  setWord,
  VCPU_CLOCK_EPOCH,
  VCPU_CLOCK_PAGE,
  VCPU_MACHINE,
  VCPU_SCRATCH,
  word,
} from "./objects";
import { copyFromUser, copyToUser, lockMachine, readTime, tscKhz, unlockMachine } from "./platform";
import { bytesBehind, findSlot, isWritable, userAddress } from "./slots";

/** readTime(): the counter, nanoseconds since boot, and since 1970. */
const TIME_TSC: u64 = 0;
const TIME_BOOT: u64 = 8;
const TIME_REAL: u64 = 16;

/** struct pvclock_vcpu_time_info, and pvclock_wall_clock. */
const INFO_VERSION: u64 = 0;
const INFO_TSC: u64 = 8;
const INFO_SYSTEM: u64 = 16;
const INFO_MULTIPLIER: u64 = 24;
const INFO_SHIFT: u64 = 28;
const INFO_FLAGS: u64 = 29;
const INFO_BYTES: u64 = 32;
const INFO_STABLE: u8 = 1;
const WALL_SECONDS: u64 = 4;
const WALL_NANOSECONDS: u64 = 8;
const WALL_BYTES: u64 = 12;

/** What KVM_GET_CLOCK tells, and KVM_SET_CLOCK takes. */
export const CLOCK_FLAGS: u32 = KVM_CLOCK_TSC_STABLE | KVM_CLOCK_REALTIME | KVM_CLOCK_HOST_TSC;

const ENABLED: u64 = 1;
const SECOND: u64 = 1_000_000_000;

/** A machine is made: its clock begins at 0. */
export function beginClock(machine: u64, scratch: u64): void {
  readTime(scratch);
  setWord(machine, MACHINE_CLOCK, 0 - peek64(scratch + TIME_BOOT));
}

/** KVM_GET_CLOCK: nanoseconds, and what the time of day and the machine's counter were then. */
export function getClock(machine: u64, to: u64): void {
  readTime(to);
  const tsc = peek64(to + TIME_TSC);
  const clock = peek64(to + TIME_BOOT) + word(machine, MACHINE_CLOCK);
  const real = peek64(to + TIME_REAL);
  fillMemory(to, 0, KVM_CLOCK_DATA_BYTES);
  poke64(to + KVM_CLOCK_DATA_CLOCK, clock);
  poke64(to + KVM_CLOCK_DATA_REALTIME, real);
  poke64(to + KVM_CLOCK_DATA_HOST_TSC, tsc);
  poke32(to + KVM_CLOCK_DATA_FLAGS, CLOCK_FLAGS);
}

/** KVM_SET_CLOCK: what the clock was at a time of day goes on from there, and never back. */
export function setClock(machine: u64, from: u64): i64 {
  const flags = peek32(from + KVM_CLOCK_DATA_FLAGS);
  if ((flags & ~CLOCK_FLAGS) != 0) return EINVAL;
  let clock = peek64(from + KVM_CLOCK_DATA_CLOCK);
  const realtime = peek64(from + KVM_CLOCK_DATA_REALTIME);
  readTime(from);
  const now = peek64(from + TIME_REAL);
  if ((flags & KVM_CLOCK_REALTIME) != 0 && now > realtime) clock += now - realtime;
  setWord(machine, MACHINE_CLOCK, clock - peek64(from + TIME_BOOT));
  setWord(machine, MACHINE_CLOCK_EPOCH, word(machine, MACHINE_CLOCK_EPOCH) + 1);
  return 0;
}

/** An MSR has been written, by the guest or its user: one of these tells where the clock is wanted. */
export function noticeMsr(vcpu: u64, msr: u32, value: u64): void {
  switch (msr) {
    case MV_MSR_KVM_SYSTEM_TIME:
    case MV_MSR_KVM_SYSTEM_TIME_NEW:
      setWord(vcpu, VCPU_CLOCK_PAGE, value);
      setWord(vcpu, VCPU_CLOCK_EPOCH, 0);
      return;
    case MV_MSR_TIME_STAMP_COUNTER:
      setWord(vcpu, VCPU_CLOCK_EPOCH, 0);
      return;
    case MV_MSR_KVM_WALL_CLOCK:
    case MV_MSR_KVM_WALL_CLOCK_NEW:
      if (value != 0) tellWallClock(vcpu, value);
  }
}

/** Writes the time into the guest's page, if it is not of now. */
export function updateClock(vcpu: u64): void {
  const page = word(vcpu, VCPU_CLOCK_PAGE);
  if ((page & ENABLED) == 0) return;
  const machine = word(vcpu, VCPU_MACHINE);
  const epoch = word(machine, MACHINE_CLOCK_EPOCH) + 1;
  if (word(vcpu, VCPU_CLOCK_EPOCH) == epoch) return;
  setWord(vcpu, VCPU_CLOCK_EPOCH, epoch);
  const offset = getRegister(vcpu, MV_REG_TSC_OFFSET);
  const info = vcpu + VCPU_SCRATCH;
  readTime(info);
  const tsc = peek64(info + TIME_TSC);
  const system = peek64(info + TIME_BOOT) + word(machine, MACHINE_CLOCK);
  fillMemory(info, 0, INFO_BYTES);
  poke64(info + INFO_TSC, tsc + offset);
  poke64(info + INFO_SYSTEM, system);
  tellSpeed(info, <u64>tscKhz() * 1000);
  poke8(info + INFO_FLAGS, INFO_STABLE);
  publish(machine, page & ~ENABLED, info, INFO_BYTES);
}

/** Nanoseconds are (ticks << shift) * multiplier >> 32, with as many bits of the multiplier as there are. */
function tellSpeed(info: u64, hertz: u64): void {
  let shift: i32 = 0;
  for (; hertz > 2 * SECOND; hertz >>= 1) shift--;
  for (; hertz <= SECOND && hertz != 0; hertz <<= 1) shift++;
  poke32(info + INFO_MULTIPLIER, hertz == 0 ? 0 : <u32>((SECOND << 32) / hertz));
  poke8(info + INFO_SHIFT, <u8>shift);
}

/** What the time of day was when the guest's clock was 0. */
function tellWallClock(vcpu: u64, page: u64): void {
  const wall = vcpu + VCPU_SCRATCH;
  const machine = word(vcpu, VCPU_MACHINE);
  readTime(wall);
  const begin = peek64(wall + TIME_REAL) - (peek64(wall + TIME_BOOT) + word(machine, MACHINE_CLOCK));
  fillMemory(wall, 0, INFO_BYTES);
  poke32(wall + WALL_SECONDS, <u32>(begin / SECOND));
  poke32(wall + WALL_NANOSECONDS, <u32>(begin % SECOND));
  publish(machine, page, wall, WALL_BYTES);
}

/** Writes a structure that begins with its version: odd while it changes. What is not all the guest's gets nothing. */
function publish(machine: u64, page: u64, from: u64, bytes: u64): void {
  lockMachine(word(machine, MACHINE_GLUE));
  const slot = findSlot(machine, page);
  if (slot != 0 && isWritable(slot) && bytesBehind(slot, page) >= bytes) write(userAddress(slot, page), from, bytes);
  unlockMachine(word(machine, MACHINE_GLUE));
}

function write(user: u64, from: u64, bytes: u64): void {
  const before = from + INFO_BYTES;
  if (copyFromUser(before, user + INFO_VERSION, 4) == 0) return;
  const version = (peek32(before) | 1) + 2;
  poke32(from + INFO_VERSION, version);
  if (copyToUser(user, from, 4) == 0 || copyToUser(user + 4, from + 4, bytes - 4) == 0) return;
  poke32(from + INFO_VERSION, version + 1);
  copyToUser(user, from, 4);
}
