// Whether each processor has the extension's memory for itself: "instance" in its package.json
//
// With one instance for all, every variable is everybody's. What the SDK keeps of an exit lies in words of each processor's
// (calls/own.ts) then, and what is registered is registered for all of them.

import { compareExchange32, pause, storeRelease32 } from "../../../../bsl/src/atomic";
import { nativeAddress } from "../../../../bsl/src/memory";

/** Not 0: there is one instance for all processors. A constant when the extension is built; instance.h has it. */
export declare function isShared(): u32;

/** Makes the build of an extension fail that reaches this with one instance for all processors. */
export declare function requireOwnInstance(): void;

const lock: usize = memory.data(4, 4);

/**
 * Waits until no other processor is between this and unlockInstance(): needed with one instance for all processors around
 * `new`, memory.grow, vs.explain() and variables that are written. Functions that register something do it themselves. The same
 * processor must not do it twice. Nothing when each processor has an instance of its own.
 */
export function lockInstance(): void {
  if (isShared() == 0) return;
  const address = nativeAddress(<u32>lock);
  while (compareExchange32(address, 0, 1) != 0) pause();
}

/** Lets the next processor go on. */
export function unlockInstance(): void {
  if (isShared() != 0) storeRelease32(nativeAddress(<u32>lock), 0);
}
