// A processor that NMIs are sent to: it executes CPUIDs, each of which exits, so it is in host mode most of the time

import { cpuidEax } from "#arch/cpu";
import { loadAcquire32, storeRelease32 } from "../../bsl/src/atomic";
import { nativeAddress } from "../../bsl/src/memory";

const over: usize = memory.data(4, 4);

/** A storm begins. */
export function openStorm(): void {
  storeRelease32(nativeAddress(<u32>over), 0);
}

/** It is over. */
export function endStorm(): void {
  storeRelease32(nativeAddress(<u32>over), 1);
}

/** Executes CPUIDs until it is. */
export function takeStorm(): void {
  const flag = nativeAddress(<u32>over);
  while (loadAcquire32(flag) === 0) cpuidEax(0, 0);
}
