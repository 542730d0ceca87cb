// Waiting in the kernel for another processor to write a word
//
// Manual: APM volume 3, MONITOR and MWAIT; SDM volume 3, 9.10.4. Interrupts are off, and what AMD holds back with the global
// interrupt flag stays held back: the store is what wakes.

import { pause } from "../../../bsl/src/atomic";
import { cpuidRegister, monitorWait } from "./cpu";

/** CPUID leaf 1, ECX. */
const LEAF_FEATURES: u32 = 1;
const ECX: u32 = 2;
const HAS_MONITOR: u32 = 1 << 3;

/** Waits a while, at most until a word is not what was seen; it may come back early. */
export function awaitChange(address: u64, seen: u32): void {
  if ((cpuidRegister(LEAF_FEATURES, 0, ECX) & HAS_MONITOR) != 0) monitorWait(address, seen);
  else pause();
}
