// NMIs for a processor that is in host mode most of the time: it executes CPUIDs, each of which exits

import { loadAcquire32, pause, storeRelease32 } from "../../bsl/src/atomic";
import { nativeAddress } from "../../bsl/src/memory";
import { cpuidEax } from "../src/x64/cpu";
import { nmiCounter } from "./board";
import { print, printDecimal } from "./console";
import { awaitEnd, beginOn, OPERATION_STORM, processorsFound, sendNmi } from "./processors";

/** An NMI that has not arrived after so many looks is lost. */
const PATIENCE: u32 = 1_000_000;
/** So that they arrive at different instructions. */
const MOST_PAUSES: u64 = 61;

const over: usize = memory.data(4, 4);

/** The receiving end: executes CPUIDs until the storm is over. */
export function takeStorm(): void {
  const flag = nativeAddress(<u32>over);
  while (loadAcquire32(flag) === 0) cpuidEax(0, 0);
}

/** Sends NMIs to each other processor in turn, each when the one before has arrived, and prints how many did. */
export function storm(nmis: u64): void {
  for (let index: u32 = 1; index < processorsFound(); index++) {
    storeRelease32(nativeAddress(<u32>over), 0);
    beginOn(index, OPERATION_STORM);
    const first = loadAcquire32(nmiCounter());
    for (let sent: u64 = 0; sent < nmis; sent++) {
      const before = loadAcquire32(nmiCounter());
      for (let i = sent % MOST_PAUSES; i !== 0; i--) pause();
      sendNmi(index);
      for (let i: u32 = 0; i < PATIENCE && loadAcquire32(nmiCounter()) === before; i++) pause();
    }
    storeRelease32(nativeAddress(<u32>over), 1);
    awaitEnd(index);
    print("bare: processor ");
    printDecimal(index);
    print(": NMIs sent ");
    printDecimal(nmis);
    print(", received ");
    printDecimal(loadAcquire32(nmiCounter()) - first);
    print("\n");
  }
}
