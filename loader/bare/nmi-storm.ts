// NMIs for a processor that is in host mode most of the time: the sending end

import { loadAcquire32, pause } from "../../bsl/src/atomic";
import { nmiCounter } from "./board";
import { print, printDecimal } from "./console";
import { awaitEnd, beginOn, OPERATION_STORM, processorsFound, sendNmi } from "./processors";
import { endStorm, openStorm } from "./storm-target";

/** An NMI that has not arrived after so many looks is lost. */
const PATIENCE: u32 = 1_000_000;
/** So that they arrive at different instructions. */
const MOST_PAUSES: u64 = 61;

/** Sends NMIs to each other processor in turn, each when the one before has arrived, and prints how many did. */
export function storm(nmis: u64): void {
  for (let index: u32 = 1; index < processorsFound(); index++) {
    openStorm();
    beginOn(index, OPERATION_STORM);
    const first = loadAcquire32(nmiCounter());
    for (let sent: u64 = 0; sent < nmis; sent++) {
      const before = loadAcquire32(nmiCounter());
      for (let i = sent % MOST_PAUSES; i !== 0; i--) pause();
      sendNmi(index);
      for (let i: u32 = 0; i < PATIENCE && loadAcquire32(nmiCounter()) === before; i++) pause();
    }
    endStorm();
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
