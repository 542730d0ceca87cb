// Shutdown, which the third fault in a row leads to: of the operating system's processor it resets the machine, and operating systems
// count on that as their last way to restart it. As a VM's it is an exit, so the machine is reset in its place.
//
// Manual: APM volume 2, 8.2.9 and 15.14.3; SDM volume 3, 6.15 and 25.2.

import { portIn, portOut } from "../calls/port";

/** Reset control of chipsets, Intel's and AMD's: a reset of the system, begun by RST_CPU's edge. */
const RESET_CONTROL: u32 = 0xcf9;
const SYSTEM_RESET: u32 = 1 << 1;
const RESET_PROCESSOR: u32 = 1 << 2;
/** Keyboard controller: the command that pulses the line that resets the processor. */
const KEYBOARD_COMMAND: u32 = 0x64;
const PULSE_RESET: u32 = 0xfe;

/** A port that nobody reads: each access takes about a microsecond. */
const DELAY: u32 = 0x80;
const PATIENCE: u32 = 100_000;

/** Resets the machine; where it comes back, there is nobody who can. */
export function resetMachine(): void {
  portOut(RESET_CONTROL, 1, SYSTEM_RESET);
  portOut(RESET_CONTROL, 1, SYSTEM_RESET | RESET_PROCESSOR);
  wait();
  portOut(KEYBOARD_COMMAND, 1, PULSE_RESET);
  wait();
}

function wait(): void {
  for (let i: u32 = 0; i < PATIENCE; i++) portIn(DELAY, 1);
}
