// The I/O APIC: 24 pins, and for each the message that it sends to local APICs (82093AA data sheet; version 11h, without an EOI
// register)
//
//     63         56        17 16  15    14    13  12  11    10    8 7      0
//     ┌────────────┬─────────┬────┬─────┬─────┬───┬───┬─────┬───────┬────────┐
//     │ desti-     │ reser-  │mask│trig-│remo-│   │   │logi-│ deli- │ vector │    a redirection entry
//     │ nation     │ ved     │    │ ger │te   │   │   │cal  │ very  │        │
//     └────────────┴─────────┴────┴─────┴─IRR─┴───┴───┴─────┴───────┴────────┘
//
// What it knows lies at a native address: KvmIoapicState, and behind that who asserts which pin. Whoever calls has it for itself, and
// says how messages are sent. Polarity is of no account: a pin is asserted, or it is not.

import {
  KVM_IOAPIC_STATE_BASE_ADDRESS,
  KVM_IOAPIC_STATE_BYTES,
  KVM_IOAPIC_STATE_ID,
  KVM_IOAPIC_STATE_IOREGSEL,
  KVM_IOAPIC_STATE_IRR,
  KVM_IOAPIC_STATE_REDIRTBL,
} from "../../../../abi/generated/bare/kvm";
import { fillMemory, peek32, peek64, poke32, poke64 } from "../../../../bsl/src/memory";
import { RESAMPLED, SOURCES } from "./sources";

/**
 * Sends a message: bits 15:0 as those of a local APIC's ICR (SDM volume 3, 11.6.1), and to whom, by 8 bits. How many local APICs have
 * taken it; 0: it waits there already, -1: there is none of that name.
 */
export type Send = (context: u64, message: u32, destination: u32) => i32;

export const IO_APIC_PINS: u32 = 24;
/** 64-bit words of its state. */
export const IO_APIC_STATE_WORDS: u32 = KVM_IOAPIC_STATE_BYTES / 8;

/** 32 bits for each source that asserts pins; pins whose edge was delivered; pins whose interrupt has ended, and what RESAMPLED asserted. */
const ASSERTED: u32 = KVM_IOAPIC_STATE_BYTES;
const DELIVERED: u32 = ASSERTED + SOURCES * 4;
const ENDED: u32 = DELIVERED + 4;
export const IO_APIC_BYTES: u32 = (ENDED + 4 + 7) & ~7;

const MEMORY: u64 = 0xfec0_0000;

/** Where the two registers lie in memory by which all others are reached. */
const SELECT: u32 = 0;
const WINDOW: u32 = 0x10;

const REGISTER_ID: u32 = 0;
const REGISTER_VERSION: u32 = 1;
const REGISTER_ARBITRATION: u32 = 2;
const REGISTER_ENTRIES: u32 = 0x10;
const VERSION: u32 = 0x11 | ((IO_APIC_PINS - 1) << 16);
const ID: u32 = 0xf;
const ID_SHIFT: u32 = 24;
/** What is read where there is no register. */
const NOTHING: u32 = 0xffff_ffff;

const VECTOR: u64 = 0xff;
const DELIVERY: u64 = 7 << 8;
const LOGICAL: u64 = 1 << 11;
const STATUS: u64 = 1 << 12;
const REMOTE_IRR: u64 = 1 << 14;
const LEVEL: u64 = 1 << 15;
const MASKED: u64 = 1 << 16;
const DESTINATION_SHIFT: u64 = 56;
/** Only messages that set something are sent (ICR's bit 14). */
const MESSAGE_SETS: u32 = 1 << 14;

/** All pins masked. */
export function ioApicReset(chip: u64): void {
  fillMemory(chip, 0, IO_APIC_BYTES);
  poke64(chip + KVM_IOAPIC_STATE_BASE_ADDRESS, MEMORY);
  for (let pin: u32 = 0; pin < IO_APIC_PINS; pin++) setEntry(chip, pin, MASKED);
}

/** A read at an offset in its memory. */
export function ioApicRead(chip: u64, offset: u32): u32 {
  if (offset == SELECT) return get(chip, KVM_IOAPIC_STATE_IOREGSEL);
  return offset == WINDOW ? readRegister(chip, get(chip, KVM_IOAPIC_STATE_IOREGSEL)) : 0;
}

/** A write at an offset in its memory. */
export function ioApicWrite(chip: u64, offset: u32, value: u32, send: Send, context: u64): void {
  if (offset == SELECT) set(chip, KVM_IOAPIC_STATE_IOREGSEL, value & 0xff);
  else if (offset == WINDOW) writeRegister(chip, get(chip, KVM_IOAPIC_STATE_IOREGSEL), value, send, context);
}

/**
 * A source (sources.ts) asserts pin 0 to 23, or does not any more: how many local APICs have taken the interrupt, 1 when the pin is
 * not asserted; 0: it waits already; -1: it is masked, or for nobody.
 */
export function ioApicLine(chip: u64, pin: u32, source: u32, level: u32, send: Send, context: u64): i32 {
  const bit: u32 = 1 << pin;
  const word = ASSERTED + source * 4;
  set(chip, word, level != 0 ? get(chip, word) | bit : get(chip, word) & ~bit);
  if (isAsserted(chip, bit)) return raise(chip, pin, send, context);
  clear(chip, KVM_IOAPIC_STATE_IRR, bit);
  return 1;
}

/** A local APIC has ended an interrupt with a level-triggered vector. What is asserted still is sent again. */
export function ioApicEoi(chip: u64, vector: u32, send: Send, context: u64): void {
  for (let pin: u32 = 0; pin < IO_APIC_PINS; pin++) {
    const entry = entryAt(chip, pin);
    if ((entry & (VECTOR | LEVEL)) != (vector | LEVEL)) continue;
    setEntry(chip, pin, entry & ~REMOTE_IRR);
    endResampled(chip, pin);
    if ((get(chip, KVM_IOAPIC_STATE_IRR) & (1 << pin)) != 0) serve(chip, pin, send, context);
  }
}

/** Pins, a bit each, that MV_SOURCE_RESAMPLED does not assert any more because their interrupts have ended since the last call. */
export function ioApicEnded(chip: u64): u32 {
  const pins = get(chip, ENDED);
  set(chip, ENDED, 0);
  return pins;
}

/** A word of KvmIoapicState. An edge that was delivered is no request any more. */
export function ioApicState(chip: u64, word: u32): u64 {
  const value = peek64(chip + word * 8);
  return word * 8 == KVM_IOAPIC_STATE_IRR ? value & ~(<u64>get(chip, DELIVERED)) : value;
}

/** Sets it, whatever it is; with the last one, what its requests ask for is sent. */
export function setIoApicState(chip: u64, word: u32, value: u64, send: Send, context: u64): void {
  poke64(chip + word * 8, value);
  if (word != IO_APIC_STATE_WORDS - 1) return;
  const requests = get(chip, KVM_IOAPIC_STATE_IRR);
  set(chip, KVM_IOAPIC_STATE_IRR, 0);
  set(chip, DELIVERED, 0);
  for (let pin: u32 = 0; pin < IO_APIC_PINS; pin++) {
    if ((requests & (1 << pin)) != 0) raise(chip, pin, send, context);
  }
}

function readRegister(chip: u64, register: u32): u32 {
  switch (register) {
    case REGISTER_ID:
    case REGISTER_ARBITRATION:
      return (get(chip, KVM_IOAPIC_STATE_ID) & ID) << ID_SHIFT;
    case REGISTER_VERSION:
      return VERSION;
  }
  const pin = (register - REGISTER_ENTRIES) >> 1;
  if (pin >= IO_APIC_PINS) return NOTHING;
  const entry = entryAt(chip, pin);
  return <u32>(isHigh(register) ? entry >> 32 : entry);
}

function writeRegister(chip: u64, register: u32, value: u32, send: Send, context: u64): void {
  if (register == REGISTER_ID) set(chip, KVM_IOAPIC_STATE_ID, (value >> ID_SHIFT) & ID);
  const pin = (register - REGISTER_ENTRIES) >> 1;
  if (pin >= IO_APIC_PINS) return;
  const before = entryAt(chip, pin);
  let entry: u64;
  if (isHigh(register)) {
    entry = (before & 0xffff_ffff) | ((<u64>value) << 32);
  } else {
    entry = (before & ~0xffff_ffff) | (value & ~(STATUS | REMOTE_IRR)) | (before & REMOTE_IRR);
    // By this, systems end an interrupt where there is no register for that
    if ((entry & LEVEL) == 0) entry &= ~REMOTE_IRR;
  }
  setEntry(chip, pin, entry);
  // Edges that came while it was masked are lost
  if ((entry & LEVEL) == 0) return;
  clear(chip, DELIVERED, 1 << pin);
  if ((get(chip, KVM_IOAPIC_STATE_IRR) & (1 << pin)) != 0) serve(chip, pin, send, context);
}

/** A pin is asserted: what ioApicLine() says. */
function raise(chip: u64, pin: u32, send: Send, context: u64): i32 {
  const bit: u32 = 1 << pin;
  const requests = get(chip, KVM_IOAPIC_STATE_IRR);
  set(chip, KVM_IOAPIC_STATE_IRR, requests | bit);
  if ((entryAt(chip, pin) & LEVEL) == 0) {
    if ((requests & bit) != 0) return 0;
    clear(chip, DELIVERED, bit);
  }
  return serve(chip, pin, send, context);
}

/** Sends what a pin asks for, unless it is masked or was taken already and has not ended. */
function serve(chip: u64, pin: u32, send: Send, context: u64): i32 {
  const entry = entryAt(chip, pin);
  if ((entry & MASKED) != 0) return -1;
  const isLevel = (entry & LEVEL) != 0;
  if (isLevel && (entry & REMOTE_IRR) != 0) return 0;
  if (!isLevel) set(chip, DELIVERED, get(chip, DELIVERED) | (1 << pin));
  const message = <u32>(entry & (VECTOR | DELIVERY | LOGICAL | LEVEL)) | MESSAGE_SETS;
  const taken = send(context, message, <u32>(entry >> DESTINATION_SHIFT));
  // Whoever has not taken it does not end it
  if (isLevel && taken > 0) setEntry(chip, pin, entry | REMOTE_IRR);
  return taken;
}

/** What RESAMPLED asserts ends with the interrupt. */
function endResampled(chip: u64, pin: u32): void {
  const bit: u32 = 1 << pin;
  const word = ASSERTED + RESAMPLED * 4;
  if ((get(chip, word) & bit) == 0) return;
  clear(chip, word, bit);
  set(chip, ENDED, get(chip, ENDED) | bit);
  if (!isAsserted(chip, bit)) clear(chip, KVM_IOAPIC_STATE_IRR, bit);
}

/** Whether any source asserts a pin. */
function isAsserted(chip: u64, bit: u32): bool {
  let asserted: u32 = 0;
  for (let source: u32 = 0; source < SOURCES; source++) asserted |= get(chip, ASSERTED + source * 4);
  return (asserted & bit) != 0;
}

function isHigh(register: u32): bool {
  return (register & 1) != 0;
}

function entryAt(chip: u64, pin: u32): u64 {
  return peek64(chip + KVM_IOAPIC_STATE_REDIRTBL + pin * 8);
}

function setEntry(chip: u64, pin: u32, entry: u64): void {
  poke64(chip + KVM_IOAPIC_STATE_REDIRTBL + pin * 8, entry);
}

function get(chip: u64, field: u32): u32 {
  return peek32(chip + field);
}

function set(chip: u64, field: u32, value: u32): void {
  poke32(chip + field, value);
}

function clear(chip: u64, field: u32, bits: u32): void {
  set(chip, field, get(chip, field) & ~bits);
}
