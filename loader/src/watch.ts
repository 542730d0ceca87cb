// The loader's part of the watchdog: the kernel measures, and needs somebody who looks
//
// A processor in ring 3 that is overdue is seen by any other that leaves its VM. While Linux sleeps none does, so the
// platform calls look() on every processor, again and again: its CPUID leaves the VM, wherever there is one. Before a
// processor is inside, nobody may be: the platform calls watch() while it waits for one that is on its way, and that
// asks by NMI itself. The kernel decides by its own clock whether a processor that is asked is overdue.
//
// Each kick is announced, and withdrawn when the processor has gone on meanwhile: kernel/src/watchdog.ts says why.

import { cpuidEax } from "#arch/cpu";
import { BOOT_REPORT_KICK, BOOT_REPORT_WATCHING } from "../../abi/generated/bare/boot";
import { compareExchange32, loadAcquire32 } from "../../bsl/src/atomic";
import { sendNmi, tscKhz } from "./platform";
import { processorAt, processorCount } from "./processor";

/** Looks while a processor becomes overdue. */
const LOOKS: u32 = 4;

let limitMs: u32 = 0;
let isOn: bool = false;

/** Milliseconds after which a processor is overdue, for the next start; 0: nobody watches. */
export function setWatchdog(milliseconds: u32): void {
  limitMs = milliseconds;
}

/** The same, of the last start. */
export function watchdogMs(): u32 {
  return limitMs;
}

/** The same in ticks of the time stamp counter. */
export function watchTicks(): u64 {
  return <u64>limitMs * tscKhz();
}

/** Looks are wanted from now on, or not any more. */
export function switchLooks(on: bool): void {
  isOn = on && limitMs !== 0;
}

/** Milliseconds between two looks; 0: none are wanted. */
export function lookPeriod(): u32 {
  if (!isOn) return 0;
  return limitMs < LOOKS ? 1 : limitMs / LOOKS;
}

/** On any processor: where it is in a VM, the kernel has a look at the others. Extensions trap CPUID, or no start works. */
export function look(): void {
  cpuidEax(0, 0);
}

/** While the platform waits for a processor: asks all that are in host mode. */
export function watch(): void {
  for (let i: u32 = 0; i < processorCount(); i++) {
    const report = processorAt(i).report;
    if (report === 0 || loadAcquire32(report + BOOT_REPORT_WATCHING) === 0) continue;
    if (compareExchange32(report + BOOT_REPORT_KICK, 0, 1) !== 0) continue;
    if (loadAcquire32(report + BOOT_REPORT_WATCHING) === 0) compareExchange32(report + BOOT_REPORT_KICK, 1, 0);
    else sendNmi(i);
  }
}
