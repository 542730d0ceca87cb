// The memory door: what the driver asks of the microkernel while that runs, by a hypercall (abi/src/exchange.ts)

import { hypercall } from "#arch/cpu";
import { VENDOR_INTEL } from "../../abi/generated/bare/boot";
import {
  DOOR_FLUSH,
  DOOR_REPORT,
  DOOR_UNKNOWN,
  GIVE_DONE,
  GIVE_LATER,
  MEMORY_DOOR,
} from "../../abi/generated/bare/exchange";
import { fillMemory, nativeAddress, peek64, poke64 } from "../../bsl/src/memory";
import { physicalAddress, runOnCpu } from "./platform";
import { processorCount } from "./processor";
import { OPERATION_FLUSH } from "./run";

/** What the door is asked by, and answers in. */
const registers: usize = memory.data(64, 8);
let isIntel: u32 = 0;

/** A start is on processors of a vendor: VENDOR_*. */
export function openDoor(vendor: u32): void {
  isIntel = vendor === VENDOR_INTEL ? 1 : 0;
}

/** Knocks; this processor is in the VM. */
export function knock(what: u32, physical: u64, bytes: u64): u32 {
  const at = nativeAddress(<u32>registers);
  fillMemory(at, 0, 64);
  poke64(at, MEMORY_DOOR);
  poke64(at + 8, what);
  poke64(at + 16, physical);
  poke64(at + 24, bytes);
  return hypercall(at, isIntel) === 0 ? DOOR_UNKNOWN : <u32>peek64(at);
}

/** The physical address that the last answer is about. */
export function answeredAddress(): u64 {
  return peek64(nativeAddress(<u32>registers) + 16);
}

/** Gives memory by DOOR_GIVE or DOOR_GIVE_RUN, twice where a processor has to flush in between: GIVE_*. */
export function giveAtDoor(what: u32, address: u64, bytes: u64): u32 {
  const answer = knock(what, physicalAddress(address), bytes);
  if (answer !== GIVE_LATER) return answer;
  flushEverywhere();
  return knock(what, physicalAddress(address), bytes);
}

/** Has the microkernel report: false when it does not. */
export function askForReport(): bool {
  return knock(DOOR_REPORT, 0, 0) === GIVE_DONE;
}

export function flushEverywhere(): void {
  for (let cpu: u32 = 0; cpu < processorCount(); cpu++) runOnCpu(cpu, OPERATION_FLUSH);
}

/** Makes the processor that this runs on drop what it knows of chunks that come and go. */
export function flushHere(): void {
  knock(DOOR_FLUSH, 0, 0);
}
