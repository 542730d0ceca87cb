// KVM_SET_GSI_ROUTING: where the interrupts of a machine lead, by their numbers (GSIs)
//
// A table of KvmIrqRoutingEntry as the user gave it, behind the lock of interrupts (interrupts.ts). Systems replace it often,
// and look for a number in it at each interrupt of a device: it is as long as the user needs.

import * as kvm from "../../../abi/generated/bare/kvm";
import { peek8, peek32, poke8, poke32 } from "../../../bsl/src/memory";
import { EFAULT, EINVAL, ENOMEM } from "./errors";
import {
  MACHINE_ARGUMENT,
  MACHINE_GLUE,
  MACHINE_IRQCHIP,
  MACHINE_ROUTE_COUNT,
  MACHINE_ROUTES,
  setWord,
  word,
} from "./objects";
import { allocate, copyFromUser, free, lockInterrupts, unlockInterrupts } from "./platform";

/** What KVM_CAP_IRQ_ROUTING says. */
export const MOST_ROUTES: u32 = 4096;
/** No route, and before the first one. */
export const NO_ROUTE: u64 = 0xffff_ffff_ffff_ffff;

/** Fields of a route: a chip and a pin, or a message. */
export const ROUTE_CHIP: u32 = 0;
export const ROUTE_PIN: u32 = 1;
export const ROUTE_ADDRESS: u32 = 2;
export const ROUTE_DATA: u32 = 3;

const SPLIT: u64 = 2;
const PIC_PINS: u32 = 8;
const IO_APIC_PINS: u32 = 24;
const ISA_LINES: u32 = 16;
const WORD: u64 = 4;
const ALL_BITS: u32 = 0xff;

/** The ioctl. */
export function setRoutes(machine: u64, argument: u64): i64 {
  const head = machine + MACHINE_ARGUMENT;
  if (copyFromUser(head, argument, kvm.KVM_IRQ_ROUTING_BYTES) == 0) return EFAULT;
  const count = peek32(head + kvm.KVM_IRQ_ROUTING_NR);
  if (word(machine, MACHINE_IRQCHIP) == 0 || count > MOST_ROUTES) return EINVAL;
  if (peek32(head + kvm.KVM_IRQ_ROUTING_FLAGS) != 0) return EINVAL;
  if (count == 0) return replaceRoutes(machine, 0, 0);
  const routes = allocate(<u64>count * kvm.KVM_IRQ_ROUTING_ENTRY_BYTES + MOST_ROUTES);
  if (routes == 0) return ENOMEM;
  let error: i64 = 0;
  const from = argument + kvm.KVM_IRQ_ROUTING_BYTES;
  if (copyFromUser(routes, from, <u64>count * kvm.KVM_IRQ_ROUTING_ENTRY_BYTES) == 0) error = EFAULT;
  for (let i: u32 = 0; error == 0 && i < count; i++) {
    error = check(machine, entryAt(routes, i));
    if (error == 0 && isDouble(entryAt(routes, count), entryAt(routes, i))) error = EINVAL;
  }
  if (error == 0) return replaceRoutes(machine, routes, count);
  free(routes);
  return error;
}

/** Those of a PC (KVM_CREATE_IRQCHIP): 16 lines to the 8259 pair and the I/O APIC, and eight more to that. 0, or an error. */
export function setDefaultRoutes(machine: u64): i64 {
  const count = ISA_LINES + IO_APIC_PINS;
  const routes = allocate(<u64>count * kvm.KVM_IRQ_ROUTING_ENTRY_BYTES);
  if (routes == 0) return ENOMEM;
  for (let line: u32 = 0; line < ISA_LINES; line++) {
    const chip: u32 = line < PIC_PINS ? kvm.KVM_IRQCHIP_PIC_MASTER : kvm.KVM_IRQCHIP_PIC_SLAVE;
    describe(entryAt(routes, line), line, chip, line & (PIC_PINS - 1));
  }
  for (let pin: u32 = 0; pin < IO_APIC_PINS; pin++) {
    describe(entryAt(routes, ISA_LINES + pin), pin, kvm.KVM_IRQCHIP_IOAPIC, pin);
  }
  return replaceRoutes(machine, routes, count);
}

/** No number leads anywhere. */
export function forgetRoutes(machine: u64): void {
  replaceRoutes(machine, 0, 0);
}

/** The machine ends. */
export function freeRoutes(machine: u64): void {
  free(word(machine, MACHINE_ROUTES));
}

/** The next route of a GSI, or NO_ROUTE. Behind the lock, as all that follow. */
export function routeAfter(machine: u64, route: u64, gsi: u32): u64 {
  const routes = word(machine, MACHINE_ROUTES);
  const count = word(machine, MACHINE_ROUTE_COUNT);
  for (let i = route + 1; i < count; i++) {
    if (peek32(entryAt(routes, <u32>i) + kvm.KVM_IRQ_ROUTING_ENTRY_GSI) == gsi) return i;
  }
  return NO_ROUTE;
}

export function isMessage(machine: u64, route: u64): bool {
  return peek32(at(machine, route) + kvm.KVM_IRQ_ROUTING_ENTRY_ROUTE_TYPE) == kvm.KVM_IRQ_ROUTING_MSI;
}

/** ROUTE_*. Pins of the slave are lines 8 to 15. */
export function routeField(machine: u64, route: u64, field: u32): u64 {
  const words = at(machine, route) + kvm.KVM_IRQ_ROUTING_ENTRY_U;
  const chip = peek32(words);
  switch (field) {
    case ROUTE_CHIP:
      return chip;
    case ROUTE_PIN:
      return chip == kvm.KVM_IRQCHIP_PIC_SLAVE ? peek32(words + WORD) + PIC_PINS : peek32(words + WORD);
    case ROUTE_ADDRESS:
      return <u64>chip | ((<u64>peek32(words + WORD)) << 32);
    default:
      return peek32(words + 2 * WORD);
  }
}

function check(machine: u64, entry: u64): i64 {
  if (peek32(entry + kvm.KVM_IRQ_ROUTING_ENTRY_FLAGS) != 0) return EINVAL;
  if (peek32(entry + kvm.KVM_IRQ_ROUTING_ENTRY_GSI) >= MOST_ROUTES) return EINVAL;
  const type = peek32(entry + kvm.KVM_IRQ_ROUTING_ENTRY_ROUTE_TYPE);
  if (type == kvm.KVM_IRQ_ROUTING_MSI) return 0;
  if (type != kvm.KVM_IRQ_ROUTING_IRQCHIP || word(machine, MACHINE_IRQCHIP) == SPLIT) return EINVAL;
  const chip = peek32(entry + kvm.KVM_IRQ_ROUTING_ENTRY_U);
  const pin = peek32(entry + kvm.KVM_IRQ_ROUTING_ENTRY_U + WORD);
  if (chip > kvm.KVM_IRQCHIP_IOAPIC) return EINVAL;
  return pin < (chip == kvm.KVM_IRQCHIP_IOAPIC ? IO_APIC_PINS : PIC_PINS) ? 0 : EINVAL;
}

/** A GSI has one message, or one pin of each controller at most: `seen` has a byte for each, what was there before. */
function isDouble(seen: u64, entry: u64): bool {
  const place = seen + peek32(entry + kvm.KVM_IRQ_ROUTING_ENTRY_GSI);
  const isPin = peek32(entry + kvm.KVM_IRQ_ROUTING_ENTRY_ROUTE_TYPE) == kvm.KVM_IRQ_ROUTING_IRQCHIP;
  const bits: u32 = isPin ? 1 << peek32(entry + kvm.KVM_IRQ_ROUTING_ENTRY_U) : ALL_BITS;
  const before = peek8(place);
  poke8(place, <u8>(before | bits));
  return (before & bits) != 0;
}

function describe(entry: u64, gsi: u32, chip: u32, pin: u32): void {
  poke32(entry + kvm.KVM_IRQ_ROUTING_ENTRY_GSI, gsi);
  poke32(entry + kvm.KVM_IRQ_ROUTING_ENTRY_ROUTE_TYPE, kvm.KVM_IRQ_ROUTING_IRQCHIP);
  poke32(entry + kvm.KVM_IRQ_ROUTING_ENTRY_U, chip);
  poke32(entry + kvm.KVM_IRQ_ROUTING_ENTRY_U + WORD, pin);
}

function replaceRoutes(machine: u64, routes: u64, count: u32): i64 {
  lockInterrupts(word(machine, MACHINE_GLUE));
  const before = word(machine, MACHINE_ROUTES);
  setWord(machine, MACHINE_ROUTES, routes);
  setWord(machine, MACHINE_ROUTE_COUNT, count);
  unlockInterrupts(word(machine, MACHINE_GLUE));
  free(before);
  return 0;
}

function at(machine: u64, route: u64): u64 {
  return entryAt(word(machine, MACHINE_ROUTES), <u32>route);
}

function entryAt(routes: u64, index: u32): u64 {
  return routes + <u64>index * kvm.KVM_IRQ_ROUTING_ENTRY_BYTES;
}
