// Lines in the debug ring
//
//     line(Level.Info).text("RDMSR ").hex(index).text(" gave ").hex(value).end();

import { SYSCALL_DEBUG_WRITE_STR } from "../../../../abi/generated/bare/syscalls";
import { TCB_PPID } from "../../../../abi/generated/bare/tls";
import { writeDecimal, writeHex, writeText } from "../../../../bsl/src/format";
import { SINGLETON } from "../calls/handle";
import { callDebug } from "../calls/syscall";
import { tcbLoad16 } from "../calls/tcb";

/** How much a line matters. */
export enum Level {
  Error = 0,
  Warning = 1,
  Info = 2,
  Debug = 3,
}

/** Longest line, its prefix and newline included; what is longer is cut. */
const LINE_BYTES: u32 = 256;
const NEWLINE: u8 = 0x0a;

/** Begins the line of this processor again; nothing is put in or written unless it matters enough. */
declare function beginLine(matters: u32): void;
declare function isWanted(): u32;
declare function lineLength(): u32;
declare function lineText(): u64;
/** Without a check. */
declare function append(byte: u32): void;

let threshold: Level = Level.Info;

/** The line that is being put together on this processor. It ends, and is written, with end(). */
@unmanaged
export class Line {
  /** Appends text. */
  text(text: string): Line {
    if (isWanted() != 0) writeText<Line>(this, text);
    return this;
  }

  /** Appends a number in decimal. */
  decimal(value: u64): Line {
    if (isWanted() != 0) writeDecimal<Line>(this, value);
    return this;
  }

  /** Appends a number in hexadecimal, with 0x. */
  hex(value: u64): Line {
    if (isWanted() == 0) return this;
    writeText<Line>(this, "0x");
    writeHex<Line>(this, value, 1);
    return this;
  }

  /** Writes the line. */
  end(): void {
    if (isWanted() == 0) return;
    append(NEWLINE); // put() has left room for it
    callDebug(SYSCALL_DEBUG_WRITE_STR, lineText(), lineLength());
  }

  put(byte: u8): void {
    if (lineLength() < LINE_BYTES - 1) append(byte);
  }
}

const current: Line = changetype<Line>(SINGLETON);

/** Lines that matter less are not written by this instance. Info at the beginning. */
export function setLogLevel(level: Level): void {
  threshold = level;
}

/**
 * Begins a line of the debug ring and the serial port, behind the number of this processor; `bfm dump` shows it. Lines of
 * several processors do not mix.
 */
export function line(level: Level): Line {
  beginLine(level <= threshold ? 1 : 0);
  current.text("PP ").decimal(tcbLoad16(TCB_PPID)).text(": ");
  if (level == Level.Error) current.text("error: ");
  else if (level == Level.Warning) current.text("warning: ");
  return current;
}

/** A line of level Info. */
export function log(text: string): void {
  write(text, false, 0);
}

/** The same with a number, in decimal, at its end. */
export function logNumber(text: string, value: u64): void {
  write(text, true, value);
}

/** One function for both, so that it stays one: exits that do not log shall not save its registers. */
function write(text: string, hasNumber: bool, value: u64): void {
  line(Level.Info).text(text);
  if (hasNumber) current.decimal(value);
  current.end();
}
