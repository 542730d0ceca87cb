// The first serial port (16550), as firmware and loader left it

import { inb, outb } from "./cpu";

const COM1: u32 = 0x3f8;
const LINE_STATUS: u32 = 5;
const TRANSMITTER_EMPTY: u32 = 0x20;
/** A port that stays busy for so many reads is not there. */
const PATIENCE: u32 = 100_000;

/** Sends a byte. */
export function writeSerial(byte: u8): void {
  for (let i: u32 = 0; i < PATIENCE; i++) {
    if ((inb(COM1 + LINE_STATUS) & TRANSMITTER_EMPTY) != 0) break;
  }
  outb(COM1, byte);
}
