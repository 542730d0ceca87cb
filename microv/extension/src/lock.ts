// The lock of everything that hypercalls make and end: tables of VMs, VPs and VSs, and who acquires a vCPU
//
// A run of a guest does not hold it: the vCPU is acquired, and nobody else touches what is acquired.

import { compareExchange32, nativeAddress, pause, storeRelease32 } from "@bareflank/sdk";

const lock: usize = memory.data(4, 4);

export function lockObjects(): void {
  const address = nativeAddress(<u32>lock);
  while (compareExchange32(address, 0, 1) != 0) pause();
}

export function unlockObjects(): void {
  storeRelease32(nativeAddress(<u32>lock), 0);
}
