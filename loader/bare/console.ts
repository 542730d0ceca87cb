// The serial port COM1 (16550), written without interrupts

import { writeDecimal, writeHex, writeText } from "../../bsl/src/format";
import { inb, outb } from "./board";

const COM1: u32 = 0x3f8;
const LINE_CONTROL: u32 = COM1 + 3;
const LINE_STATUS: u32 = COM1 + 5;
/** The next byte may be written; all bytes have left. */
const LINE_STATUS_READY: u32 = 0x20;
const LINE_STATUS_IDLE: u32 = 0x40;

/** The sink of bsl's writers. */
@unmanaged
class Console {
  put(byte: u8): void {
    while ((inb(LINE_STATUS) & LINE_STATUS_READY) === 0) {}
    outb(COM1, byte);
  }
}

const console = changetype<Console>(0);

/** 115200 baud, 8 data bits, no parity, 1 stop bit. */
export function openConsole(): void {
  outb(COM1 + 1, 0);
  outb(LINE_CONTROL, 0x80);
  outb(COM1, 1);
  outb(COM1 + 1, 0);
  outb(LINE_CONTROL, 3);
  outb(COM1 + 2, 7);
}

/** Prints text. */
export function print(text: string): void {
  writeText<Console>(console, text);
}

/** Waits until everything that was printed is out. */
export function flush(): void {
  while ((inb(LINE_STATUS) & LINE_STATUS_IDLE) === 0) {}
}

/** Prints a decimal number. */
export function printDecimal(value: u64): void {
  writeDecimal<Console>(console, value);
}

/** Prints a hexadecimal number with its prefix. */
export function printHex(value: u64): void {
  print("0x");
  writeHex<Console>(console, value, 1);
}

/** Prints one character. */
export function printByte(byte: u8): void {
  console.put(byte);
}
