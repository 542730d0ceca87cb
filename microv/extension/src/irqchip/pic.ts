// The pair of 8259 that a PC has: sixteen lines, the slave at line 2 of the master
//
//     line 0, 1, 3-7 ──▶ ┌────────┐
//                        │ master │──▶ the processor's INTR
//     line 8-15 ─▶ slave ▶ 2      │
//                        └────────┘
//
// What it knows lies at a native address: PIC_BYTES. Whoever calls has it for itself. The slave's request is at the master as long
// as the slave has one, so that neither gives an interrupt that is none any more.

import { KVM_PIC_STATE_BYTES } from "../../../../abi/generated/bare/kvm";
import { peek64, poke64 } from "../../../../bsl/src/memory";
import {
  acknowledge,
  hasRequest,
  I8259_BYTES,
  readLevels,
  readPort,
  reset8259,
  setLine,
  setSlaveRequest,
  takeEnded,
  vectorOf,
  writeCommand,
  writeData,
  writeLevels,
} from "./i8259";

export const PIC_BYTES: u32 = 2 * I8259_BYTES;
export const PIC_LINES: u32 = 16;
/** 64-bit words of the state of each of the two. */
export const PIC_STATE_WORDS: u32 = KVM_PIC_STATE_BYTES / 8;

const MASTER_COMMAND: u32 = 0x20;
const MASTER_DATA: u32 = 0x21;
const SLAVE_COMMAND: u32 = 0xa0;
const SLAVE_DATA: u32 = 0xa1;
const MASTER_LEVELS: u32 = 0x4d0;
const SLAVE_LEVELS: u32 = 0x4d1;

const LINES_EACH: u32 = 8;
const CASCADE: u32 = 2;
const CASCADE_BIT: u32 = 1 << CASCADE;
/** Lines 0, 1, 2, 8 and 13 of PCs are edge-triggered (82371 data sheet, ELCR1 and ELCR2). */
const MASTER_CAN: u32 = 0xf8;
const SLAVE_CAN: u32 = 0xde;

/** As it is before anything is written. */
export function picReset(pic: u64): void {
  reset8259(pic, MASTER_CAN);
  reset8259(slaveOf(pic), SLAVE_CAN);
}

/** Whether a port is one of its: each is a byte. */
export function isPicPort(port: u32): bool {
  switch (port) {
    case MASTER_COMMAND:
    case MASTER_DATA:
    case SLAVE_COMMAND:
    case SLAVE_DATA:
    case MASTER_LEVELS:
    case SLAVE_LEVELS:
      return true;
    default:
      return false;
  }
}

/** A guest writes to one of its ports. */
export function picWrite(pic: u64, port: u32, value: u32): void {
  switch (port) {
    case MASTER_COMMAND:
      writeCommand(pic, value);
      break;
    case MASTER_DATA:
      writeData(pic, value);
      break;
    case SLAVE_COMMAND:
      writeCommand(slaveOf(pic), value);
      break;
    case SLAVE_DATA:
      writeData(slaveOf(pic), value);
      break;
    case MASTER_LEVELS:
      writeLevels(pic, value);
      break;
    case SLAVE_LEVELS:
      writeLevels(slaveOf(pic), value);
      break;
  }
  cascade(pic);
}

/** A guest reads one of its ports. */
export function picRead(pic: u64, port: u32): u32 {
  const value = read(pic, port);
  // A poll is an acknowledgement
  cascade(pic);
  return value;
}

/**
 * A source (sources.ts) asserts line 0 to 15, or does not any more: 1, 0: its interrupt waits there already, -1: it is masked, or the
 * line that the slave is at.
 */
export function picLine(pic: u64, line: u32, source: u32, level: u32): i32 {
  if (line == CASCADE) return -1;
  const chip = line < LINES_EACH ? pic : slaveOf(pic);
  const result = setLine(chip, line % LINES_EACH, source, level);
  cascade(pic);
  return result;
}

/** Whether INTR is asserted. */
export function picOutput(pic: u64): bool {
  return hasRequest(pic, CASCADE_BIT);
}

/** INTA: the vector; a spurious one when INTR is not asserted. */
export function picAcknowledge(pic: u64): u32 {
  const line = acknowledge(pic, CASCADE_BIT);
  if (line != CASCADE) return vectorOf(pic, line);
  const slave = slaveOf(pic);
  const vector = vectorOf(slave, acknowledge(slave, 0));
  cascade(pic);
  return vector;
}

/** Lines, a bit each, that MV_SOURCE_RESAMPLED does not assert any more because their interrupts have ended since the last call. */
export function picEnded(pic: u64): u32 {
  return takeEnded(pic) | (takeEnded(slaveOf(pic)) << LINES_EACH);
}

/** A word of KvmPicState of the master, 0, or the slave, 1. */
export function picState(pic: u64, chip: u32, word: u32): u64 {
  return peek64(pic + chip * I8259_BYTES + word * 8);
}

/** Sets it, whatever it is. */
export function setPicState(pic: u64, chip: u32, word: u32, value: u64): void {
  poke64(pic + chip * I8259_BYTES + word * 8, value);
  cascade(pic);
}

function read(pic: u64, port: u32): u32 {
  switch (port) {
    case MASTER_COMMAND:
      return readPort(pic, false, CASCADE_BIT);
    case MASTER_DATA:
      return readPort(pic, true, CASCADE_BIT);
    case SLAVE_COMMAND:
      return readPort(slaveOf(pic), false, 0);
    case SLAVE_DATA:
      return readPort(slaveOf(pic), true, 0);
    case MASTER_LEVELS:
      return readLevels(pic);
    case SLAVE_LEVELS:
      return readLevels(slaveOf(pic));
    default:
      return 0;
  }
}

/** The master has the slave's request as the slave has it. */
function cascade(pic: u64): void {
  setSlaveRequest(pic, CASCADE_BIT, hasRequest(slaveOf(pic), 0));
}

function slaveOf(pic: u64): u64 {
  return pic + I8259_BYTES;
}
