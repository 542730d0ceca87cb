// What the processors of a start do against speculation, and what they are exposed to all the same (`bfm start --mitigations`)

import {
  MITIGATION_CALL_BARRIER,
  MITIGATION_CLEAR_BUFFERS,
  MITIGATION_EXIT_BARRIER,
  MITIGATION_FLUSH_L1D,
  MITIGATION_GUEST_BARRIER,
  MITIGATION_ISOLATE_KERNEL,
  MITIGATION_SERVICE_BARRIER,
  MITIGATION_SWITCH_BARRIER,
} from "../../abi/generated/bare/boot";
import {
  EXPOSED_BRANCHES,
  EXPOSED_BUFFERS,
  EXPOSED_KERNEL_MEMORY,
  EXPOSED_L1D,
  EXPOSED_ROOT_BRANCHES,
} from "../../abi/generated/bare/driver";
import { forcedMitigations } from "./platform";
import { Processor, processorAt, processorCount } from "./processor";

/** How much of what a processor needs a start does: nothing; what is not the operating system's own affair; all. */
export const MITIGATE_NONE: u32 = 0;
export const MITIGATE_OTHERS: u32 = 1;
export const MITIGATE_ALL: u32 = 2;

let extent: u32 = MITIGATE_OTHERS;
let isolates: bool = false;

/** What this start does: MITIGATE_*, and whether it isolates the microkernel, whatever a processor needs. */
export function chooseMitigations(most: u32, isolatesKernel: bool): void {
  extent = most;
  isolates = isolatesKernel;
}

/** Whether it isolates the microkernel. */
export function isIsolated(): bool {
  return isolates || (forcedMitigations() & MITIGATION_ISOLATE_KERNEL) !== 0;
}

/** MITIGATION_* that are done on a processor. */
export function mitigationsOf(processor: Processor): u32 {
  const asked = isolates ? MITIGATION_ISOLATE_KERNEL : 0;
  const forced = forcedMitigations();
  if (forced !== 0) return asked | forced;
  if (extent === MITIGATE_NONE) return asked;
  return asked | (extent === MITIGATE_ALL ? processor.mitigations : againstOthers(processor.mitigations));
}

/** The root VM and its extension are the operating system's, which loaded the hypervisor: no barrier behind them. */
function againstOthers(needed: u32): u32 {
  let wanted = needed & ~(MITIGATION_EXIT_BARRIER | MITIGATION_CALL_BARRIER);
  if ((needed & MITIGATION_EXIT_BARRIER) !== 0) wanted |= MITIGATION_GUEST_BARRIER;
  if ((needed & MITIGATION_CALL_BARRIER) !== 0) wanted |= MITIGATION_SERVICE_BARRIER;
  return wanted;
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
    const done = mitigationsOf(processor);
    const own = processor.exposures | exposedWithout(processor.mitigations, done);
    all |= (done & MITIGATION_ISOLATE_KERNEL) !== 0 ? own & ~EXPOSED_KERNEL_MEMORY : own;
  }
  return all;
}

/** What comes of leaving some of those out that are needed. */
function exposedWithout(needed: u32, done: u32): u32 {
  const missing = needed & ~done;
  const keepsOthers = (done & (MITIGATION_GUEST_BARRIER | MITIGATION_SERVICE_BARRIER)) !== 0;
  let exposed: u32 = 0;
  if ((missing & MITIGATION_SWITCH_BARRIER) !== 0) exposed |= EXPOSED_BRANCHES;
  if ((missing & (MITIGATION_EXIT_BARRIER | MITIGATION_CALL_BARRIER)) !== 0) {
    exposed |= keepsOthers ? EXPOSED_ROOT_BRANCHES : EXPOSED_BRANCHES;
  }
  if ((missing & MITIGATION_CLEAR_BUFFERS) !== 0) exposed |= EXPOSED_BUFFERS;
  if ((missing & MITIGATION_FLUSH_L1D) !== 0) exposed |= EXPOSED_L1D;
  return exposed;
}
