// KVM_IRQFD: an eventfd that is signalled raises an interrupt
//
// A machine has a list of them, which belongs to whoever holds the machine's lock. The eventfd calls from wherever it is signalled;
// what it needs of an irqfd stays as it is from before that until nobody calls any more.

import { MV_SOURCE_RESAMPLED, MV_SOURCE_USER } from "../../../abi/generated/bare/hypercalls";
import * as kvm from "../../../abi/generated/bare/kvm";
import { peek32, peek64, poke64 } from "../../../bsl/src/memory";
import { EBUSY, EINVAL, ENOMEM, isError } from "./errors";
import { hasIrqchip, isFull, raiseLine } from "./interrupts";
import { MACHINE_GLUE, MACHINE_IRQFDS, setWord, word } from "./objects";
import {
  allocate,
  closeEvent,
  closeIrqfd,
  eventOf,
  free,
  hasEnded,
  lockInterrupts,
  lockMachine,
  openEvent,
  openIrqfd,
  signalEvent,
  unlockInterrupts,
  unlockMachine,
  watchIrqfd,
} from "./platform";
import { isMessage, NO_ROUTE, ROUTE_CHIP, ROUTE_PIN, routeAfter, routeField } from "./routes";

/** The machine, the line, the eventfd that is signalled at the interrupt's end (0: none), the glue's own, and the next one. */
const IRQFD_MACHINE: u64 = 0;
const IRQFD_GSI: u64 = 8;
const IRQFD_RESAMPLE: u64 = 16;
const IRQFD_GLUE: u64 = 24;
const IRQFD_NEXT: u64 = 32;
const IRQFD_BYTES: u64 = 40;

/** Where MV_EXIT_EOI has lines of the 8259 pair. */
const PIC_LINES: u64 = 32;

/** `asked` is a KvmIrqfd. */
export function setIrqfd(machine: u64, asked: u64): i64 {
  const flags = peek32(asked + kvm.KVM_IRQFD_FLAGS);
  if ((flags & ~(kvm.KVM_IRQFD_FLAG_DEASSIGN | kvm.KVM_IRQFD_FLAG_RESAMPLE)) != 0) return EINVAL;
  if ((flags & kvm.KVM_IRQFD_FLAG_DEASSIGN) != 0) return deassign(machine, asked);
  const isResampled = (flags & kvm.KVM_IRQFD_FLAG_RESAMPLE) != 0;
  if (!(isResampled ? isFull(machine) : hasIrqchip(machine))) return EINVAL;
  forgetEnded(machine);
  const irqfd = allocate(IRQFD_BYTES);
  if (irqfd == 0) return ENOMEM;
  poke64(irqfd + IRQFD_MACHINE, machine);
  poke64(irqfd + IRQFD_GSI, peek32(asked + kvm.KVM_IRQFD_GSI));
  const error = open(
    machine,
    irqfd,
    peek32(asked + kvm.KVM_IRQFD_FD),
    isResampled,
    peek32(asked + kvm.KVM_IRQFD_RESAMPLEFD),
  );
  if (error != 0) {
    close(irqfd);
    return error;
  }
  poke64(irqfd + IRQFD_NEXT, word(machine, MACHINE_IRQFDS));
  setWord(machine, MACHINE_IRQFDS, irqfd);
  // It may have been signalled before
  if (watchIrqfd(peek64(irqfd + IRQFD_GLUE)) != 0) raiseIrqfd(irqfd);
  return 0;
}

/** The machine ends, and its VM is there still. */
export function closeIrqfds(machine: u64): void {
  while (word(machine, MACHINE_IRQFDS) != 0) remove(machine, machine + MACHINE_IRQFDS);
}

/** Its eventfd is signalled: in any process's time or none's, with interrupts disabled. */
export function raiseIrqfd(irqfd: u64): void {
  const machine = peek64(irqfd + IRQFD_MACHINE);
  const gsi = <u32>peek64(irqfd + IRQFD_GSI);
  if (peek64(irqfd + IRQFD_RESAMPLE) != 0) {
    raiseLine(machine, gsi, MV_SOURCE_RESAMPLED, 1);
  } else {
    raiseLine(machine, gsi, MV_SOURCE_USER, 1);
    raiseLine(machine, gsi, MV_SOURCE_USER, 0);
  }
}

/**
 * The guest has ended interrupts of lines that irqfds asserted, a bit for each as MV_EXIT_EOI has them: whoever is behind them is told, and
 * asserts them again if it wants to. Without the machine's lock.
 */
export function resampleIrqfds(machine: u64, ended: u64): void {
  lockMachine(word(machine, MACHINE_GLUE));
  // All are low before one is told
  for (let irqfd = word(machine, MACHINE_IRQFDS); irqfd != 0; irqfd = peek64(irqfd + IRQFD_NEXT)) {
    if (isResampled(machine, irqfd, ended)) raiseLine(machine, <u32>peek64(irqfd + IRQFD_GSI), MV_SOURCE_RESAMPLED, 0);
  }
  for (let irqfd = word(machine, MACHINE_IRQFDS); irqfd != 0; irqfd = peek64(irqfd + IRQFD_NEXT)) {
    if (isResampled(machine, irqfd, ended)) signalEvent(peek64(irqfd + IRQFD_RESAMPLE));
  }
  unlockMachine(word(machine, MACHINE_GLUE));
}

function isResampled(machine: u64, irqfd: u64, ended: u64): bool {
  return peek64(irqfd + IRQFD_RESAMPLE) != 0 && leadsTo(machine, <u32>peek64(irqfd + IRQFD_GSI), ended);
}

function leadsTo(machine: u64, gsi: u32, lines: u64): bool {
  lockInterrupts(word(machine, MACHINE_GLUE));
  let found: u64 = 0;
  for (let route = routeAfter(machine, NO_ROUTE, gsi); route != NO_ROUTE; route = routeAfter(machine, route, gsi)) {
    if (isMessage(machine, route)) continue;
    const isPic = routeField(machine, route, ROUTE_CHIP) != kvm.KVM_IRQCHIP_IOAPIC;
    found |= lines >> (routeField(machine, route, ROUTE_PIN) + (isPic ? PIC_LINES : 0));
  }
  unlockInterrupts(word(machine, MACHINE_GLUE));
  return (found & 1) != 0;
}

function open(machine: u64, irqfd: u64, file: u32, resamples: bool, resampleFile: u32): i64 {
  const glue = openIrqfd(irqfd, file);
  if (isError(glue)) return <i64>glue;
  poke64(irqfd + IRQFD_GLUE, glue);
  if (resamples) {
    const event = openEvent(resampleFile);
    if (isError(event)) return <i64>event;
    poke64(irqfd + IRQFD_RESAMPLE, event);
  }
  return find(machine, eventOf(glue)) != 0 ? EBUSY : 0;
}

/** All go that have this eventfd and this line: there is one, or none. */
function deassign(machine: u64, asked: u64): i64 {
  const event = openEvent(peek32(asked + kvm.KVM_IRQFD_FD));
  if (isError(event)) return <i64>event;
  const place = find(machine, event);
  if (place != 0 && peek64(peek64(place) + IRQFD_GSI) == peek32(asked + kvm.KVM_IRQFD_GSI)) remove(machine, place);
  closeEvent(event);
  return 0;
}

/** Where the word is that leads to the one with an eventfd; 0: there is none. */
function find(machine: u64, event: u64): u64 {
  let place = machine + MACHINE_IRQFDS;
  while (peek64(place) != 0) {
    if (eventOf(peek64(peek64(place) + IRQFD_GLUE)) == event) return place;
    place = peek64(place) + IRQFD_NEXT;
  }
  return 0;
}

/** Eventfds that nobody has any more are never signalled again. */
function forgetEnded(machine: u64): void {
  let place = machine + MACHINE_IRQFDS;
  while (peek64(place) != 0) {
    if (hasEnded(peek64(peek64(place) + IRQFD_GLUE)) != 0) remove(machine, place);
    else place = peek64(place) + IRQFD_NEXT;
  }
}

/** What it asserts goes with it. */
function remove(machine: u64, place: u64): void {
  const irqfd = peek64(place);
  poke64(place, peek64(irqfd + IRQFD_NEXT));
  const gsi = <u32>peek64(irqfd + IRQFD_GSI);
  const wasResampled = peek64(irqfd + IRQFD_RESAMPLE) != 0;
  close(irqfd);
  if (wasResampled && !hasResampled(machine, gsi)) raiseLine(machine, gsi, MV_SOURCE_RESAMPLED, 0);
}

function hasResampled(machine: u64, gsi: u32): bool {
  for (let irqfd = word(machine, MACHINE_IRQFDS); irqfd != 0; irqfd = peek64(irqfd + IRQFD_NEXT)) {
    if (peek64(irqfd + IRQFD_RESAMPLE) != 0 && peek64(irqfd + IRQFD_GSI) == gsi) return true;
  }
  return false;
}

/** Nobody calls raiseIrqfd() for it any more. */
function close(irqfd: u64): void {
  if (peek64(irqfd + IRQFD_GLUE) != 0) closeIrqfd(peek64(irqfd + IRQFD_GLUE));
  if (peek64(irqfd + IRQFD_RESAMPLE) != 0) closeEvent(peek64(irqfd + IRQFD_RESAMPLE));
  free(irqfd);
}
