// How a run ends: its exit code, told to the emulator
//
// QEMU (-device isa-debug-exit,iobase=0xf4,iosize=4) ends with the exit status 2 * code + 1; Bochs has no exit status
// and reads the last line.

import { halt, outb, outl } from "./board";
import { flush, print, printDecimal } from "./console";

/** Everything went well; exit status 33. */
export const EXIT_PASSED: u32 = 16;
/** The loader reported an error; exit status 35. */
export const EXIT_LOADER: u32 = 17;
/** A processor, the command line or the boot loader's information is of no use; exit status 37. */
export const EXIT_BOARD: u32 = 18;
/** An exception, or a trap of the module: a bug; exit status 39. */
export const EXIT_BUG: u32 = 19;
/** Pages were lost between two cycles; exit status 41. */
export const EXIT_LEAK: u32 = 20;

const PORT_DEBUG_EXIT: u32 = 0xf4;
/** Bochs ends when it has seen the string "Shutdown" here. */
const PORT_SHUTDOWN: u32 = 0x8900;

/** Ends the run. */
export function end(code: u32): void {
  print("bare: exit ");
  printDecimal(code);
  print("\n");
  flush();
  outl(PORT_DEBUG_EXIT, code);
  const word = "Shutdown";
  for (let i = 0; i < word.length; i++) outb(PORT_SHUTDOWN, word.charCodeAt(i));
  halt();
}
