// Messages to local APICs: commands that one gives another, and interrupts of devices
//
//     31                 20 19  18   15    14     11    10    8 7      0
//     ┌────────────────────┬─────┬──────┬───────┬──────┬───────┬────────┐    and beside it who: an ID, or a set of
//     │                    │short│trig- │ level │ logi-│ deli- │ vector │    logical destinations; wide when all 32 bits
//     │                    │hand │ ger  │       │ cal  │ very  │        │    count, as in x2APIC mode
//     └────────────────────┴─────┴──────┴───────┴──────┴───────┴────────┘
//
// Manual: SDM volume 3, 11.6.1, 11.6.2, 11.11 and 11.12.10; APM volume 2, 16.5 and 16.12.

import {
  APIC_DESTINATION_FORMAT,
  APIC_ID,
  APIC_LOGICAL_DESTINATION,
  MODE_DISABLED,
  MODE_X2APIC,
  modeOf,
  register,
} from "./apic-page";
import { isEnabled } from "./local-apic";
import { POSTED_INIT, POSTED_NMI, POSTED_SIPI, postEvent, postVector } from "./posted";

export const MESSAGE_VECTOR: u32 = 0xff;
export const MESSAGE_DELIVERY: u32 = 7 << 8;
export const DELIVER_FIXED: u32 = 0;
export const DELIVER_LOWEST: u32 = 1 << 8;
const DELIVER_NMI: u32 = 4 << 8;
const DELIVER_INIT: u32 = 5 << 8;
const DELIVER_STARTUP: u32 = 6 << 8;
export const MESSAGE_LOGICAL: u32 = 1 << 11;
const MESSAGE_LEVEL: u32 = 1 << 14;
export const MESSAGE_TRIGGER_LEVEL: u32 = 1 << 15;
const SHORTHAND_SHIFT: u32 = 18;
export const SHORTHAND_SELF: u32 = 1;
const SHORTHAND_ALL: u32 = 2;

/** All of them. */
const EVERYBODY: u32 = 0xff;
const EVERYBODY_WIDE: u32 = 0xffff_ffff;
const FIRST_VECTOR: u32 = 16;

/** A message of a device (SDM volume 3, 11.11.1): its address and data. */
export function deviceMessage(data: u32, address: u64): u32 {
  const logical: u32 = (address & 4) != 0 ? MESSAGE_LOGICAL : 0;
  return (data & (MESSAGE_VECTOR | MESSAGE_DELIVERY | MESSAGE_LEVEL | MESSAGE_TRIGGER_LEVEL)) | logical;
}
/** Bits 63:40 continue the ID, as KVM has it. */
export function deviceDestination(address: u64): u32 {
  return (<u32>(address >> 12) & 0xff) | (<u32>(address >> 32) & 0xffff_ff00);
}

export function shorthandOf(message: u32): u32 {
  return (message >> SHORTHAND_SHIFT) & 3;
}

/** Whether a message goes to one of those that it is for, whichever. */
export function isForLowest(message: u32): bool {
  return (message & MESSAGE_DELIVERY) == DELIVER_LOWEST && shorthandOf(message) == 0;
}

/** Whether a local APIC may be asked for interrupts of a message: others do not count when one is looked for. */
export function mayServe(apic: u64): bool {
  return isEnabled(apic);
}

/** Whether a message is for a local APIC. */
export function isFor(apic: u64, message: u32, who: u32, isWide: bool, isSelf: bool): bool {
  const mode = modeOf(apic);
  if (mode == MODE_DISABLED) return false;
  const shorthand = shorthandOf(message);
  if (shorthand == SHORTHAND_SELF) return isSelf;
  if (shorthand != 0) return shorthand == SHORTHAND_ALL || !isSelf;
  if (who == (isWide ? EVERYBODY_WIDE : EVERYBODY)) return true;
  const id = register(apic, APIC_ID);
  const logical = register(apic, APIC_LOGICAL_DESTINATION);
  if (mode == MODE_X2APIC) {
    if ((message & MESSAGE_LOGICAL) == 0) return who == id;
    return who >> 16 == logical >> 16 && (who & logical & 0xffff) != 0;
  }
  if ((message & MESSAGE_LOGICAL) == 0) return who == id >> 24;
  const own = logical >> 24;
  if (register(apic, APIC_DESTINATION_FORMAT) >> 28 == 0xf) return (who & own) != 0;
  return who >> 4 == own >> 4 && (who & own & 0xf) != 0;
}

/** Posts what a message says; false: the local APIC does not take it. */
export function postMessage(apic: u64, message: u32): bool {
  const vector = message & MESSAGE_VECTOR;
  switch (message & MESSAGE_DELIVERY) {
    case DELIVER_FIXED:
    case DELIVER_LOWEST:
      if (vector < FIRST_VECTOR || !isEnabled(apic)) return false;
      postVector(apic, vector, (message & MESSAGE_TRIGGER_LEVEL) != 0);
      return true;
    case DELIVER_NMI:
      postEvent(apic, POSTED_NMI, 0);
      return true;
    case DELIVER_INIT:
      // What is left of it, the level that ends, does nothing
      if ((message & (MESSAGE_LEVEL | MESSAGE_TRIGGER_LEVEL)) == MESSAGE_TRIGGER_LEVEL) return false;
      postEvent(apic, POSTED_INIT, 0);
      return true;
    case DELIVER_STARTUP:
      postEvent(apic, POSTED_SIPI, vector);
      return true;
    default:
      return false;
  }
}
