// What the processors of a start do against speculation, and what they are exposed to all the same (`bfm start --mitigations`)

import {
  MITIGATION_CLEAR_BUFFERS,
  MITIGATION_EXIT_BARRIER,
  MITIGATION_FLUSH_L1D,
  MITIGATION_SWITCH_BARRIER,
} from "../../abi/generated/bare/boot";
import { EXPOSED_BRANCHES, EXPOSED_BUFFERS, EXPOSED_L1D } from "../../abi/generated/bare/driver";
import { forcedMitigations } from "./platform";
import { Processor, processorAt, processorCount } from "./processor";

let isOn: bool = true;

/** Whether the next start does what each processor needs, or nothing. */
export function switchMitigations(on: bool): void {
  isOn = on;
}

/** MITIGATION_* that are done on a processor. */
export function mitigationsOf(processor: Processor): u32 {
  const forced = forcedMitigations();
  if (forced !== 0) return forced;
  return isOn ? processor.mitigations : 0;
}

/** MITIGATION_* that are done on any of them. */
export function mitigationsInForce(): u32 {
  let all: u32 = 0;
  for (let i: u32 = 0; i < processorCount(); i++) all |= mitigationsOf(processorAt(i));
  return all;
}

/** EXPOSED_* of any of them: what they are by themselves, and for what is switched off. */
export function exposuresInForce(): u32 {
  let all: u32 = 0;
  for (let i: u32 = 0; i < processorCount(); i++) {
    const processor = processorAt(i);
    all |= processor.exposures | exposedWithout(processor.mitigations & ~mitigationsOf(processor));
  }
  return all;
}

/** What comes of leaving some out. */
function exposedWithout(missing: u32): u32 {
  let exposed: u32 = 0;
  if ((missing & (MITIGATION_EXIT_BARRIER | MITIGATION_SWITCH_BARRIER)) !== 0) exposed |= EXPOSED_BRANCHES;
  if ((missing & MITIGATION_CLEAR_BUFFERS) !== 0) exposed |= EXPOSED_BUFFERS;
  if ((missing & MITIGATION_FLUSH_L1D) !== 0) exposed |= EXPOSED_L1D;
  return exposed;
}
