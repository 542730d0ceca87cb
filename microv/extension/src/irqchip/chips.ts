// Interrupt controllers of a VM: a page with which local APICs there are, the 8259 pair and the I/O APIC
//
// All of it is behind the VM's own lock, which is taken behind no other one: a message to local APICs needs nothing but it.

import { compareExchange32, freePage, ownMemory, peek16, peek32, peek64, poke16, poke32, poke64 } from "@bareflank/sdk";
import {
  MV_EXIT_WAKE,
  MV_IRQCHIP_FULL,
  MV_MAX_APICS,
  MV_PAGE_NOTIFIED,
  MV_PAGE_WAKE,
} from "../../../../abi/generated/bare/hypercalls";
import { TicketLock } from "../../../../bsl/src/lock";
import { Vcpu, vcpuAt } from "../vcpu";
import { GuestVm } from "../vm";
import { numberOf } from "./apic-page";
import { isFor, isForLowest, MESSAGE_VECTOR, mayServe, postMessage } from "./messages";

/** By number: which vCPU has it, plus 1; 0: none. */
const CHIPS_APICS: u64 = 0;
/** MV_IRQCHIP_*; ticks of the time stamp counter in a millisecond. */
const CHIPS_KIND: u64 = 0x80;
const CHIPS_KHZ: u64 = 0x84;
/** How many local APICs took the last message. */
const CHIPS_TAKEN: u64 = 0x88;
/** vCPUs that somebody has to wake, a bit each. */
const CHIPS_WAKE: u64 = 0x90;

/** Nobody among the local APICs has sent it. */
export const FROM_DEVICE: i32 = -1;

/** Waits for the VM's lock. */
export function lockChips(vm: GuestVm): void {
  lockOf(vm).acquire();
}
export function unlockChips(vm: GuestVm): void {
  lockOf(vm).release();
}

/** A VM gets controllers in a page of zeros. Behind the lock. */
export function giveChips(vm: GuestVm, page: u64, kind: u32, khz: u32): void {
  vm.chips = page;
  poke32(chipsOf(vm) + CHIPS_KIND, kind);
  poke32(chipsOf(vm) + CHIPS_KHZ, khz);
}

/** The VM ends: nobody finds its controllers any more. */
export function takeChips(vm: GuestVm): void {
  const page = vm.chips;
  if (page == 0) return;
  lockChips(vm);
  vm.chips = 0;
  unlockChips(vm);
  freePage(page);
}

export function hasChips(vm: GuestVm): bool {
  return vm.chips != 0;
}

/** Where the page is, natively. */
export function chipsOf(vm: GuestVm): u64 {
  return ownMemory(vm.chips);
}

/** Whether the VM's other controllers are here, too, and not its caller's. */
export function isFull(vm: GuestVm): bool {
  return peek32(chipsOf(vm) + CHIPS_KIND) == MV_IRQCHIP_FULL;
}

export function khzOf(vm: GuestVm): u32 {
  return peek32(chipsOf(vm) + CHIPS_KHZ);
}

/** A vCPU's local APIC can be found from now on; false: another one has the number. */
export function addApic(vcpu: Vcpu, number: u32): bool {
  const vm = vcpu.vp.guest;
  lockChips(vm);
  const place = placeOf(vm, number);
  const isFree = peek16(place) == 0;
  if (isFree) poke16(place, <u16>(vcpu.id + 1));
  unlockChips(vm);
  return isFree;
}

/** It cannot be found any more. */
export function removeApic(vcpu: Vcpu, number: u32): void {
  const vm = vcpu.vp.guest;
  lockChips(vm);
  poke16(placeOf(vm, number), 0);
  unlockChips(vm);
}

/** The vCPU with a number, or null. Behind the lock. */
export function vcpuWith(vm: GuestVm, number: u32): Vcpu | null {
  const id = peek16(placeOf(vm, number));
  return id != 0 ? vcpuAt(id - 1) : null;
}

/**
 * Sends a message (messages.ts): a bit for each vCPU that somebody has to wake. `from`: the number of the local APIC that sends it, or
 * FROM_DEVICE. Behind the lock.
 */
export function sendMessage(vm: GuestVm, message: u32, who: u32, isWide: bool, from: i32): u64 {
  const lowest: i32 = isForLowest(message) ? servingPlace(vm, message, who, isWide, from) : -1;
  let place: i32 = 0;
  let taken: u32 = 0;
  let wake: u64 = 0;
  for (let number: u32 = 0; number < MV_MAX_APICS; number++) {
    const vcpu = vcpuWith(vm, number);
    if (vcpu === null) continue;
    const apic = ownMemory(vcpu.apic);
    if (!isFor(apic, message, who, isWide, <i32>number == from)) continue;
    if (lowest >= 0 && (!mayServe(apic) || place++ != lowest)) continue;
    if (!postMessage(apic, message)) continue;
    taken++;
    if (notify(vcpu)) wake |= (<u64>1) << number;
  }
  poke32(chipsOf(vm) + CHIPS_TAKEN, taken);
  return wake;
}

/** How many local APICs took the message that was sent last. Behind the lock. */
export function takenOf(vm: GuestVm): u32 {
  return peek32(chipsOf(vm) + CHIPS_TAKEN);
}

/** vCPUs that somebody has to wake, until whoever holds the lock takes them. */
export function addWake(vm: GuestVm, wake: u64): void {
  poke64(chipsOf(vm) + CHIPS_WAKE, peek64(chipsOf(vm) + CHIPS_WAKE) | wake);
}
export function takeWake(vm: GuestVm): u64 {
  const wake = peek64(chipsOf(vm) + CHIPS_WAKE);
  poke64(chipsOf(vm) + CHIPS_WAKE, 0);
  return wake;
}

/** Something is there for a vCPU: whether somebody has to wake it. */
export function notify(vcpu: Vcpu): bool {
  return compareExchange32(vcpu.shared(MV_PAGE_NOTIFIED), 0, 1) == 0;
}

/** The vCPU itself needs nobody to wake it. */
export function wakeOthers(vcpu: Vcpu, wake: u64): u32 {
  const others = wake & ~((<u64>1) << numberOf(ownMemory(vcpu.apic)));
  if (others == 0) return 0;
  poke64(vcpu.shared(MV_PAGE_WAKE), others);
  return MV_EXIT_WAKE;
}

/** Of those that one message may go to, each gets the same share of vectors: which one it is for. */
function servingPlace(vm: GuestVm, message: u32, who: u32, isWide: bool, from: i32): i32 {
  let count: u32 = 0;
  for (let number: u32 = 0; number < MV_MAX_APICS; number++) {
    const vcpu = vcpuWith(vm, number);
    if (vcpu === null) continue;
    const apic = ownMemory(vcpu.apic);
    if (mayServe(apic) && isFor(apic, message, who, isWide, <i32>number == from)) count++;
  }
  return count == 0 ? 0 : <i32>((message & MESSAGE_VECTOR) % count);
}

function placeOf(vm: GuestVm, number: u32): u64 {
  return chipsOf(vm) + CHIPS_APICS + <u64>number * 2;
}

function lockOf(vm: GuestVm): TicketLock {
  return changetype<TicketLock>(changetype<usize>(vm) + offsetof<GuestVm>("chipsLock"));
}
