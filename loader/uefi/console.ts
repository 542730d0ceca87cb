// What the application says: lines on the firmware's console, and on COM1 unless that is a part of the console
//
//     bareflank:    3.2 ms  kernel \EFI\bareflank\kernel.elf, 147688 bytes

import { writeDecimal, writeHex, writeText } from "../../bsl/src/format";
import { nativeAddress, peek64 } from "../../bsl/src/memory";
import { inb, outb, rdtsc } from "./firmware";
import { invoke, runtimeService, stall, systemTable, ticksPerMillisecond } from "./services";
import {
  EFI_SUCCESS,
  NODE_UART,
  OUTPUT_STRING,
  READ_KEY_STROKE,
  RESET_SYSTEM,
  SCAN_ESCAPE,
  SYSTEM_CONSOLE_IN,
  SYSTEM_CONSOLE_OUT,
} from "./tables";
import { readVariable, variableContent } from "./variables";

/** The first serial port: a 16550, set up by the firmware or not used. */
const COM1: u32 = 0x3f8;
const LINE_STATUS: u32 = COM1 + 5;
const LINE_STATUS_READY: u32 = 0x20;
/** What a port reads as where nothing is. */
const NOTHING: u32 = 0xff;

/** A piece of a line, and a zero. */
const PIECE_UNITS: u32 = 126;
const piece: usize = memory.data(256, 2);
let units: u32 = 0;

/** An EFI_INPUT_KEY. */
const key: usize = memory.data(8, 8);
/** Bytes of a device path node's header: type, subtype, length. */
const NODE_HEADER: u32 = 4;

/** How often a key is looked for that is waited for. */
const KEY_PAUSE_US: u64 = 20_000;

let usesCom1: bool = false;
let begin: u64 = 0;
let column: u32 = 0;

/** The sink of bsl's writers. */
@unmanaged
class Console {
  put(byte: u8): void {
    printUnit(byte);
  }
}

const console = changetype<Console>(0);

/** Time counts from here on. */
export function openConsole(): void {
  begin = rdtsc();
  usesCom1 = inb(LINE_STATUS) !== NOTHING && !isConsoleSerial();
}

/** The time stamp counter at openConsole(). */
export function begun(): u64 {
  return begin;
}

/** Whether a serial port is among the devices of the console: their paths are in the variable ConOut. */
function isConsoleSerial(): bool {
  const end = variableContent() + readVariable("ConOut");
  for (let node = variableContent(); node + NODE_HEADER <= end; ) {
    if (<u32>load<u16>(node) === NODE_UART) return true;
    const bytes: u32 = load<u16>(node, 2);
    if (bytes < NODE_HEADER) return false;
    node += bytes;
  }
  return false;
}

/** Prints a UTF-16 unit. */
export function printUnit(unit: u32): void {
  if (unit === 0x0a) putUnit(0x0d);
  putUnit(unit);
  column = unit === 0x0a ? 0 : column + 1;
  if (unit === 0x0a) flush();
}

function putUnit(unit: u32): void {
  if (units === PIECE_UNITS) flush();
  store<u16>(piece + 2 * units, <u16>unit);
  units++;
}

function flush(): void {
  store<u16>(piece + 2 * units, 0);
  const output = peek64(systemTable() + SYSTEM_CONSOLE_OUT);
  if (output !== 0) invoke(output, OUTPUT_STRING, output, nativeAddress(<u32>piece));
  for (let i: u32 = 0; usesCom1 && i < units; i++) putSerial(load<u16>(piece + 2 * i));
  units = 0;
}

function putSerial(unit: u32): void {
  while ((inb(LINE_STATUS) & LINE_STATUS_READY) === 0) {}
  outb(COM1, unit < 0x80 ? unit : 0x3f);
}

export function print(text: string): void {
  writeText<Console>(console, text);
}

/** Prints a text of text.ts. */
export function printText(text: usize): void {
  for (let at = text; load<u16>(at) !== 0; at += 2) printUnit(load<u16>(at));
}

export function printDecimal(value: u64): void {
  writeDecimal<Console>(console, value);
}

export function printHex(value: u64): void {
  print("0x");
  writeHex<Console>(console, value, 1);
}

/** Begins a line, with the time since openConsole(). */
export function beginLine(): void {
  if (column !== 0) print("\n");
  const tenths = ((rdtsc() - begin) * 10) / ticksPerMillisecond();
  print("bareflank: ");
  for (let bound: u64 = 10_000; bound > tenths && bound > 10; bound /= 10) print(" ");
  printDecimal(tenths / 10);
  print(".");
  printDecimal(tenths % 10);
  print(" ms  ");
}

/** A whole line. */
export function say(text: string): void {
  beginLine();
  print(text);
  print("\n");
}

/** Whether ESC is among the keys that were pressed and not read. */
export function isEscapePressed(): bool {
  let isPressed = false;
  while (readKey()) if (<u32>load<u16>(key) === SCAN_ESCAPE) isPressed = true;
  return isPressed;
}

/** Takes a key. */
function readKey(): bool {
  const input = peek64(systemTable() + SYSTEM_CONSOLE_IN);
  return input !== 0 && invoke(input, READ_KEY_STROKE, input, nativeAddress(<u32>key)) === EFI_SUCCESS;
}

/** Waits for a key, and restarts the machine. */
export function restartOnKey(): void {
  say("press a key to restart the machine");
  while (!readKey()) stall(KEY_PAUSE_US);
  runtimeService(RESET_SYSTEM, 0, 0, 0, 0);
}
