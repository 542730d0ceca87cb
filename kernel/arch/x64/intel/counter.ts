// The performance counter that watches a machine's only processor, on Intel: the last general-purpose one
//
// The operating system's values are in the block while ring 3 runs. A write of a counter takes 32 bits, which are extended
// by their sign (SDM volume 3, 20.2.2), so it runs out after half of that at the latest; src/watchdog.ts looks at the clock
// when the NMI comes. An operating system writes it in the same way, so its values come back whole as well.
//
// Manual: SDM volume 3, 20.2 (architectural performance monitoring), 20.6.5 and 11.5.1 (the entry of the local vector table,
// which the processor masks when it interrupts).

import {
  PP_BLOCK_COUNTER_CONTROL,
  PP_BLOCK_COUNTER_ENTRY,
  PP_BLOCK_COUNTER_GLOBAL,
  PP_BLOCK_COUNTER_VALUE,
} from "../../../../abi/generated/bare/pp-block";
import { block64, setBlock64 } from "../../../src/pp";
import { APIC_COUNTERS, DELIVER_NMI, readApic, writeApic } from "../apic";
import { cpuidRegister, rdmsr, wrmsr } from "../cpu";

const LEAF_COUNTERS: u32 = 0xa;
const MSR_PMC: u32 = 0xc1;
const MSR_PERFEVTSEL: u32 = 0x186;
const MSR_GLOBAL_CTRL: u32 = 0x38f;
const MSR_GLOBAL_OVF_CTRL: u32 = 0x390;
/** Event 3Ch (unhalted core cycles), user and system mode, interrupt, enabled. */
const CONTROL: u64 = 0x3c | (1 << 16) | (1 << 17) | (1 << 20) | (1 << 22);
const MOST_TICKS: u64 = 0x7fff_ffff;

/** Number of the last counter. */
function last(): u32 {
  return ((cpuidRegister(LEAF_COUNTERS, 0, 0) >> 8) & 0xff) - 1;
}

/** Version 2 has one register that switches all counters on and off. */
function hasGlobal(): bool {
  return (cpuidRegister(LEAF_COUNTERS, 0, 0) & 0xff) > 1;
}

export function claimCounter(): void {
  const counter = last();
  setBlock64(PP_BLOCK_COUNTER_CONTROL, rdmsr(MSR_PERFEVTSEL + counter));
  setBlock64(PP_BLOCK_COUNTER_VALUE, rdmsr(MSR_PMC + counter));
  setBlock64(PP_BLOCK_COUNTER_ENTRY, readApic(APIC_COUNTERS));
  if (hasGlobal()) setBlock64(PP_BLOCK_COUNTER_GLOBAL, rdmsr(MSR_GLOBAL_CTRL));
}

export function startCounter(ticks: u64): void {
  const counter = last();
  wrmsr(MSR_PERFEVTSEL + counter, 0);
  wrmsr(MSR_PMC + counter, -(ticks < MOST_TICKS ? ticks : MOST_TICKS) & 0xffff_ffff);
  const bit = (<u64>1) << counter;
  if (hasGlobal()) {
    wrmsr(MSR_GLOBAL_OVF_CTRL, bit);
    wrmsr(MSR_GLOBAL_CTRL, block64(PP_BLOCK_COUNTER_GLOBAL) | bit);
  }
  writeApic(APIC_COUNTERS, DELIVER_NMI);
  wrmsr(MSR_PERFEVTSEL + counter, CONTROL);
}

export function releaseCounter(): void {
  const counter = last();
  wrmsr(MSR_PERFEVTSEL + counter, 0);
  wrmsr(MSR_PMC + counter, block64(PP_BLOCK_COUNTER_VALUE));
  if (hasGlobal()) {
    wrmsr(MSR_GLOBAL_OVF_CTRL, (<u64>1) << counter);
    wrmsr(MSR_GLOBAL_CTRL, block64(PP_BLOCK_COUNTER_GLOBAL));
  }
  writeApic(APIC_COUNTERS, <u32>block64(PP_BLOCK_COUNTER_ENTRY));
  wrmsr(MSR_PERFEVTSEL + counter, block64(PP_BLOCK_COUNTER_CONTROL));
}

/** It counts up from below zero, through as many bits as CPUID says. */
export function hasRunOut(): bool {
  const width = (cpuidRegister(LEAF_COUNTERS, 0, 0) >> 16) & 0xff;
  const isOn = rdmsr(MSR_PERFEVTSEL + last()) == CONTROL;
  return isOn && ((rdmsr(MSR_PMC + last()) >> (<u64>width - 1)) & 1) == 0;
}
