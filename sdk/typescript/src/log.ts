// Lines in the debug ring

import { SYSCALL_DEBUG_WRITE_STR } from "../../../abi/generated/bare/syscalls";
import { TCB_PPID } from "../../../abi/generated/bare/tls";
import { writeDecimal, writeText } from "../../../bsl/src/format";
import { nativeAddress } from "../../../bsl/src/memory";
import { callDebug } from "./syscall";
import { tcbLoad16 } from "./tcb";

/** Longest line, its prefix and newline included; what is longer is cut. */
const LINE_BYTES: u32 = 256;
const NEWLINE: u8 = 0x0a;

const buffer: usize = memory.data(256);
let length: u32 = 0;

/** The line that is being put together on this processor. */
@unmanaged
class Line {
  put(byte: u8): void {
    if (length < LINE_BYTES - 1) this.append(byte);
  }

  /** Without the check: for the newline, which always has room. */
  append(byte: u8): void {
    store<u8>(buffer + <usize>length, byte);
    length++;
  }
}

const line: Line = changetype<Line>(0);

/**
 * Writes a line to the debug ring and the serial port, behind the number of this processor; `bfm dump` shows it. Lines
 * of several processors do not mix.
 */
export function log(text: string): void {
  begin(text);
  end();
}

/** The same with a number, in decimal, at the end of the line. */
export function logNumber(text: string, value: u64): void {
  begin(text);
  writeDecimal<Line>(line, value);
  end();
}

function begin(text: string): void {
  length = 0;
  writeText<Line>(line, "PP ");
  writeDecimal<Line>(line, tcbLoad16(TCB_PPID));
  writeText<Line>(line, ": ");
  writeText<Line>(line, text);
}

function end(): void {
  line.append(NEWLINE);
  callDebug(SYSCALL_DEBUG_WRITE_STR, nativeAddress(<u32>buffer), length);
}
