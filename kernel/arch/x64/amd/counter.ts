// The performance counter that watches a machine's only processor, on AMD: the last of the six core counters
//
// The operating system's values are in the block while ring 3 runs. Counted are clocks that are not halted, which pass at
// another rate than the time stamp counter's: src/watchdog.ts looks at the clock when the NMI comes.
//
// Manual: APM volume 2, 13.2; the entry of the local vector table: 16.4.

import {
  PP_BLOCK_COUNTER_CONTROL,
  PP_BLOCK_COUNTER_ENTRY,
  PP_BLOCK_COUNTER_VALUE,
} from "../../../../abi/generated/bare/pp-block";
import { block64, setBlock64 } from "../../../src/pp";
import { APIC_COUNTERS, DELIVER_NMI, readApic, writeApic } from "../apic";
import { rdmsr, wrmsr } from "../cpu";

const MSR_PERF_CTL5: u32 = 0xc001_020a;
const MSR_PERF_CTR5: u32 = 0xc001_020b;
/** Event 76h (CPU clocks not halted), user and system mode, interrupt, enabled. */
const CONTROL: u64 = 0x76 | (1 << 16) | (1 << 17) | (1 << 20) | (1 << 22);
const COUNTER_MASK: u64 = 0xffff_ffff_ffff;
const COUNTER_TOP: u64 = 1 << 47;

export function claimCounter(): void {
  setBlock64(PP_BLOCK_COUNTER_CONTROL, rdmsr(MSR_PERF_CTL5));
  setBlock64(PP_BLOCK_COUNTER_VALUE, rdmsr(MSR_PERF_CTR5));
  setBlock64(PP_BLOCK_COUNTER_ENTRY, readApic(APIC_COUNTERS));
}

export function startCounter(ticks: u64): void {
  wrmsr(MSR_PERF_CTL5, 0);
  wrmsr(MSR_PERF_CTR5, -(ticks < COUNTER_TOP ? ticks : COUNTER_TOP) & COUNTER_MASK);
  writeApic(APIC_COUNTERS, DELIVER_NMI);
  wrmsr(MSR_PERF_CTL5, CONTROL);
}

export function releaseCounter(): void {
  wrmsr(MSR_PERF_CTL5, 0);
  wrmsr(MSR_PERF_CTR5, block64(PP_BLOCK_COUNTER_VALUE));
  writeApic(APIC_COUNTERS, <u32>block64(PP_BLOCK_COUNTER_ENTRY));
  wrmsr(MSR_PERF_CTL5, block64(PP_BLOCK_COUNTER_CONTROL));
}

/** It counts up from below zero. */
export function hasRunOut(): bool {
  return rdmsr(MSR_PERF_CTL5) == CONTROL && (rdmsr(MSR_PERF_CTR5) & COUNTER_TOP) == 0;
}
