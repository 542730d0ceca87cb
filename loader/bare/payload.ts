// What runs as the root VM on every processor: CPUIDs, counted
//
// Under QEMU's -icount the time stamp counter counts instructions, so the cost of one CPUID round trip is exact.

import { cpuidEax } from "#arch/cpu";
import { rdtsc } from "./board";

let leaf: u32 = 0;
let times: u64 = 0;
let ticks: u64 = 0;
let sum: u32 = 0;

/** Sets what each run does. */
export function preparePayload(itsLeaf: u32, itsTimes: u64): void {
  leaf = itsLeaf;
  times = itsTimes;
}

/** Runs it on this processor. */
export function runPayload(): void {
  const repetitions = times;
  const itsLeaf = leaf;
  const begin = rdtsc();
  for (let i: u64 = 0; i < repetitions; i++) sum += cpuidEax(itsLeaf, 0);
  ticks = rdtsc() - begin;
}

/** What the last run took. */
export function payloadTicks(): u64 {
  return ticks;
}
