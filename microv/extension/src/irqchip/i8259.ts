// One 8259A: eight lines, their priorities, and the words that are written to it
//
// What it knows lies at a native address: KvmPicState, and behind that who asserts which line. A set of lines is a bit for each.
// Of Intel's data sheet 231468 it has everything but what PCs do not use and their chip sets do not have (82371 data sheet): the
// 8085's mode, the buffered one, a single 8259, and a trigger mode for all lines together: each line has its own in ELCR.

import {
  KVM_PIC_STATE_AUTO_EOI,
  KVM_PIC_STATE_BYTES,
  KVM_PIC_STATE_ELCR,
  KVM_PIC_STATE_ELCR_MASK,
  KVM_PIC_STATE_IMR,
  KVM_PIC_STATE_INIT_STATE,
  KVM_PIC_STATE_INIT4,
  KVM_PIC_STATE_IRQ_BASE,
  KVM_PIC_STATE_IRR,
  KVM_PIC_STATE_ISR,
  KVM_PIC_STATE_LAST_IRR,
  KVM_PIC_STATE_POLL,
  KVM_PIC_STATE_PRIORITY_ADD,
  KVM_PIC_STATE_READ_REG_SELECT,
  KVM_PIC_STATE_ROTATE_ON_AUTO_EOI,
  KVM_PIC_STATE_SPECIAL_FULLY_NESTED_MODE,
  KVM_PIC_STATE_SPECIAL_MASK,
} from "../../../../abi/generated/bare/kvm";
import { fillMemory, peek8, poke8 } from "../../../../bsl/src/memory";
import { RESAMPLED, SOURCES } from "./sources";

/** A set of lines for each source that asserts them; and lines whose interrupt has ended, and with it what RESAMPLED asserts. */
const ASSERTED: u32 = KVM_PIC_STATE_BYTES;
const ENDED: u32 = ASSERTED + SOURCES;
export const I8259_BYTES: u32 = 24;

const LINES: u32 = 8;
const NO_LINE: i32 = -1;
/** The line of an interrupt that is none any more. */
const SPURIOUS: u32 = 7;

const ICW1: u32 = 0x10;
const ICW1_ICW4: u32 = 1;
const ICW2_VECTOR: u32 = 0xf8;
const ICW4_AUTO_EOI: u32 = 2;
const ICW4_FULLY_NESTED: u32 = 0x10;
const OCW2_LINE: u32 = 7;
const OCW2_END: u32 = 0x20;
const OCW2_SPECIFIC: u32 = 0x40;
const OCW2_ROTATE: u32 = 0x80;
const OCW3: u32 = 8;
const OCW3_READ_ISR: u32 = 1;
const OCW3_READ: u32 = 2;
const OCW3_POLL: u32 = 4;
const OCW3_MASK: u32 = 0x20;
const OCW3_SET_MASK: u32 = 0x40;
const POLLED: u32 = 0x80;

/** As it is before anything is written; `levels`: lines that ELCR can make level-triggered. */
export function reset8259(chip: u64, levels: u32): void {
  fillMemory(chip, 0, I8259_BYTES);
  set(chip, KVM_PIC_STATE_ELCR_MASK, levels);
}

/** One of the sources asserts a line, or does not any more: 1, 0: its interrupt waits already, -1: it is masked. */
export function setLine(chip: u64, line: u32, source: u32, level: u32): i32 {
  const bit: u32 = 1 << line;
  const asserted = get(chip, ASSERTED + source);
  set(chip, ASSERTED + source, level != 0 ? asserted | bit : asserted & ~bit);
  const isNew = isAsserted(chip, bit) ? raise(chip, bit) : lower(chip, bit);
  if ((get(chip, KVM_PIC_STATE_IMR) & bit) != 0) return -1;
  return isNew ? 1 : 0;
}

/** Whether it asks for an interrupt; `slaves`: lines that another 8259 is behind. */
export function hasRequest(chip: u64, slaves: u32): bool {
  return requested(chip, slaves) != NO_LINE;
}

/** The request that a slave makes at a line, which nothing else is at. */
export function setSlaveRequest(chip: u64, bit: u32, asks: bool): void {
  const requests = get(chip, KVM_PIC_STATE_IRR);
  set(chip, KVM_PIC_STATE_IRR, asks ? requests | bit : requests & ~bit);
}

/** The processor has taken its request: which line, or 7 when there is none. */
export function acknowledge(chip: u64, slaves: u32): u32 {
  const line = requested(chip, slaves);
  if (line == NO_LINE) return SPURIOUS;
  const bit: u32 = 1 << line;
  set(chip, KVM_PIC_STATE_ISR, get(chip, KVM_PIC_STATE_ISR) | bit);
  // A level stays until it goes
  clear(chip, KVM_PIC_STATE_IRR, bit & ~get(chip, KVM_PIC_STATE_ELCR));
  if (get(chip, KVM_PIC_STATE_AUTO_EOI) != 0) end(chip, line, get(chip, KVM_PIC_STATE_ROTATE_ON_AUTO_EOI) != 0);
  return line;
}

/** The vector of a line. */
export function vectorOf(chip: u64, line: u32): u32 {
  return (get(chip, KVM_PIC_STATE_IRQ_BASE) + line) & 0xff;
}

/** A write to the first of its ports: ICW1, OCW2 or OCW3. */
export function writeCommand(chip: u64, value: u32): void {
  if ((value & ICW1) != 0) begin(chip, value);
  else if ((value & OCW3) != 0) select(chip, value);
  else control(chip, value);
}

/** A write to the second one: the mask (OCW1), or the next of ICW2 to ICW4. */
export function writeData(chip: u64, value: u32): void {
  switch (get(chip, KVM_PIC_STATE_INIT_STATE)) {
    case 0:
      set(chip, KVM_PIC_STATE_IMR, value);
      return;
    case 1:
      set(chip, KVM_PIC_STATE_IRQ_BASE, value & ICW2_VECTOR);
      set(chip, KVM_PIC_STATE_INIT_STATE, 2);
      return;
    case 2:
      // Which line the slave is at is wired
      set(chip, KVM_PIC_STATE_INIT_STATE, get(chip, KVM_PIC_STATE_INIT4) != 0 ? 3 : 0);
      return;
    default:
      set(chip, KVM_PIC_STATE_AUTO_EOI, (value & ICW4_AUTO_EOI) != 0 ? 1 : 0);
      set(chip, KVM_PIC_STATE_SPECIAL_FULLY_NESTED_MODE, (value & ICW4_FULLY_NESTED) != 0 ? 1 : 0);
      set(chip, KVM_PIC_STATE_INIT_STATE, 0);
  }
}

/** A read of the first of its ports, or of the second one: after a poll command, either is an acknowledgement. */
export function readPort(chip: u64, isData: bool, slaves: u32): u32 {
  if (get(chip, KVM_PIC_STATE_POLL) != 0) {
    set(chip, KVM_PIC_STATE_POLL, 0);
    const polled = hasRequest(chip, slaves) ? POLLED : 0;
    return polled | acknowledge(chip, slaves);
  }
  if (isData) return get(chip, KVM_PIC_STATE_IMR);
  return get(chip, get(chip, KVM_PIC_STATE_READ_REG_SELECT) != 0 ? KVM_PIC_STATE_ISR : KVM_PIC_STATE_IRR);
}

/** ELCR. */
export function readLevels(chip: u64): u32 {
  return get(chip, KVM_PIC_STATE_ELCR);
}

/** Makes lines level-triggered, and the others edge-triggered. A line that is asserted at that moment asks for its interrupt. */
export function writeLevels(chip: u64, value: u32): void {
  const levels = value & get(chip, KVM_PIC_STATE_ELCR_MASK);
  const fresh = levels & ~get(chip, KVM_PIC_STATE_ELCR);
  set(chip, KVM_PIC_STATE_ELCR, levels);
  const requests = get(chip, KVM_PIC_STATE_IRR);
  set(chip, KVM_PIC_STATE_IRR, (requests & ~fresh) | (get(chip, KVM_PIC_STATE_LAST_IRR) & fresh));
}

/** The set of lines that RESAMPLED does not assert any more because their interrupts have ended, since the last call. */
export function takeEnded(chip: u64): u32 {
  const lines = get(chip, ENDED);
  set(chip, ENDED, 0);
  return lines;
}

/** ICW1: all but what is in service, ELCR, and requests by level, which last as long as that. */
function begin(chip: u64, value: u32): void {
  const hasFourth = (value & ICW1_ICW4) != 0;
  clear(chip, KVM_PIC_STATE_IRR, ~get(chip, KVM_PIC_STATE_ELCR));
  set(chip, KVM_PIC_STATE_IMR, 0);
  set(chip, KVM_PIC_STATE_PRIORITY_ADD, 0);
  set(chip, KVM_PIC_STATE_SPECIAL_MASK, 0);
  set(chip, KVM_PIC_STATE_READ_REG_SELECT, 0);
  set(chip, KVM_PIC_STATE_INIT4, hasFourth ? 1 : 0);
  set(chip, KVM_PIC_STATE_INIT_STATE, 1);
  if (hasFourth) return;
  set(chip, KVM_PIC_STATE_AUTO_EOI, 0);
  set(chip, KVM_PIC_STATE_SPECIAL_FULLY_NESTED_MODE, 0);
}

/** OCW3. */
function select(chip: u64, value: u32): void {
  if ((value & OCW3_POLL) != 0) set(chip, KVM_PIC_STATE_POLL, 1);
  if ((value & OCW3_READ) != 0) set(chip, KVM_PIC_STATE_READ_REG_SELECT, value & OCW3_READ_ISR);
  if ((value & OCW3_SET_MASK) != 0) set(chip, KVM_PIC_STATE_SPECIAL_MASK, (value & OCW3_MASK) != 0 ? 1 : 0);
}

/** OCW2. */
function control(chip: u64, value: u32): void {
  const rotates = (value & OCW2_ROTATE) != 0;
  const isSpecific = (value & OCW2_SPECIFIC) != 0;
  if ((value & OCW2_END) != 0) {
    const line = isSpecific ? <i32>(value & OCW2_LINE) : lineAt(chip, distance(chip, blocking(chip)));
    if (line != NO_LINE) end(chip, line, rotates);
  } else if (isSpecific) {
    if (rotates) setLowest(chip, value & OCW2_LINE);
  } else {
    set(chip, KVM_PIC_STATE_ROTATE_ON_AUTO_EOI, rotates ? 1 : 0);
  }
}

/** The interrupt of a line has ended; `rotates`: it has the lowest priority from now on. */
function end(chip: u64, line: u32, rotates: bool): void {
  const bit: u32 = 1 << line;
  if (rotates) setLowest(chip, line);
  const resampled = get(chip, KVM_PIC_STATE_ISR) & get(chip, ASSERTED + RESAMPLED) & bit;
  clear(chip, KVM_PIC_STATE_ISR, bit);
  if (resampled == 0) return;
  setLine(chip, line, RESAMPLED, 0);
  set(chip, ENDED, get(chip, ENDED) | bit);
}

function setLowest(chip: u64, line: u32): void {
  set(chip, KVM_PIC_STATE_PRIORITY_ADD, (line + 1) % LINES);
}

/** The line whose request comes before all that is in service, or NO_LINE. */
function requested(chip: u64, slaves: u32): i32 {
  const first = distance(chip, get(chip, KVM_PIC_STATE_IRR) & ~get(chip, KVM_PIC_STATE_IMR));
  const line = lineAt(chip, first);
  if (line == NO_LINE) return NO_LINE;
  let busy = blocking(chip);
  // A slave in service may still have something of more priority than that
  if (get(chip, KVM_PIC_STATE_SPECIAL_FULLY_NESTED_MODE) != 0) busy &= ~(slaves & (1 << line));
  return first < distance(chip, busy) ? line : NO_LINE;
}

/** Lines in service; in the special mask mode those alone that are not masked. */
function blocking(chip: u64): u32 {
  const service = get(chip, KVM_PIC_STATE_ISR);
  return get(chip, KVM_PIC_STATE_SPECIAL_MASK) != 0 ? service & ~get(chip, KVM_PIC_STATE_IMR) : service;
}

/** How many lines have more priority than each of a set; LINES: it is empty. */
function distance(chip: u64, lines: u32): u32 {
  const highest = get(chip, KVM_PIC_STATE_PRIORITY_ADD) % LINES;
  const turned = ((lines >> highest) | (lines << (LINES - highest))) & 0xff;
  return turned == 0 ? LINES : ctz(turned);
}

function lineAt(chip: u64, distance: u32): i32 {
  return distance == LINES ? NO_LINE : <i32>((distance + get(chip, KVM_PIC_STATE_PRIORITY_ADD)) % LINES);
}

/** Whether any source asserts a line. */
function isAsserted(chip: u64, bit: u32): bool {
  let asserted: u32 = 0;
  for (let source: u32 = 0; source < SOURCES; source++) asserted |= get(chip, ASSERTED + source);
  return (asserted & bit) != 0;
}

/** Whether the line asks for an interrupt that it did not ask for before. */
function raise(chip: u64, bit: u32): bool {
  const before = get(chip, KVM_PIC_STATE_IRR);
  const isEdge = (get(chip, KVM_PIC_STATE_LAST_IRR) & bit) == 0;
  set(chip, KVM_PIC_STATE_LAST_IRR, get(chip, KVM_PIC_STATE_LAST_IRR) | bit);
  if (!isEdge && (get(chip, KVM_PIC_STATE_ELCR) & bit) == 0) return false;
  set(chip, KVM_PIC_STATE_IRR, before | bit);
  return (before & bit) == 0;
}

/** An edge that came is not taken back, a level is. */
function lower(chip: u64, bit: u32): bool {
  clear(chip, KVM_PIC_STATE_LAST_IRR, bit);
  clear(chip, KVM_PIC_STATE_IRR, bit & get(chip, KVM_PIC_STATE_ELCR));
  return true;
}

function get(chip: u64, field: u32): u32 {
  return peek8(chip + field);
}

function set(chip: u64, field: u32, value: u32): void {
  poke8(chip + field, <u8>value);
}

function clear(chip: u64, field: u32, bits: u32): void {
  set(chip, field, get(chip, field) & ~bits);
}
