// Which guest's vCPU each processor runs

import { processorNumber } from "@bareflank/sdk";
import { Vcpu } from "./vcpu";

const MOST_PROCESSORS: i32 = 128;

/** A Vcpu's address for each processor; 0: the root VM. Only that processor reads and writes its own. */
const current: usize = memory.data(4 * MOST_PROCESSORS, 4);

/** The vCPU that this processor runs, or null: the root VM. */
export function currentVcpu(): Vcpu | null {
  return changetype<Vcpu | null>(load<usize>(current + <usize>processorNumber() * 4));
}

export function setCurrentVcpu(vcpu: Vcpu | null): void {
  store<usize>(current + <usize>processorNumber() * 4, changetype<usize>(vcpu));
}
