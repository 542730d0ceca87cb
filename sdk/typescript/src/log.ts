// Lines in the debug ring

import { SYSCALL_DEBUG_WRITE_C } from "../../../abi/generated/bare/syscalls";
import { callDebug } from "./syscall";

const NEWLINE: u64 = 0x0a;

/** Writes a line to the debug ring and the serial port; `bfm dump` shows it. */
export function log(text: string): void {
  for (let i = 0; i < text.length; i++) callDebug(SYSCALL_DEBUG_WRITE_C, text.charCodeAt(i), 0);
  callDebug(SYSCALL_DEBUG_WRITE_C, NEWLINE, 0);
}
