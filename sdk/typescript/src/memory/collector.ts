// When unused objects are freed: at the end of an exit, when enough of them may have gathered
//
// At that moment no function of the extension is running, so what variables of modules lead to is all that is in use. An
// exit that allocates nothing costs a comparison.

/// <reference path="./runtime.d.ts" />

import { isManaged } from "../life/flavour";
import { forgetTrace } from "../life/stacktrace";
import { heapBytes } from "./heap";

const WASM_PAGE_BYTES: u32 = 65536;
/** Most garbage between two collections, in bytes: more would make one exit very long now and then. */
const MOST_GARBAGE: u32 = 65536;

/** Collect when objects take more than this. */
let limit: u32 = isManaged ? nextLimit(0) : 0;
let count: u32 = 0;

/** Frees what is no longer used, if it is time to. Nothing but variables of modules may hold a reference then. */
export function collectIfNeeded(): void {
  if (isManaged && heapBytes() > limit) collect();
}

/** Frees what is no longer used. */
export function collect(): void {
  if (!isManaged) return;
  __collect();
  // An error may come to lie where one was freed
  forgetTrace();
  limit = nextLimit(heapBytes());
  count++;
}

/** How often objects were freed on this processor. */
export function collections(): u32 {
  return count;
}

/** Bytes of this processor's objects, used or not. */
export function allocatedBytes(): u32 {
  return isManaged ? heapBytes() : 0;
}

/** Half of what is free may fill with garbage: the rest is for an exit that needs much at once. */
function nextLimit(used: u32): u32 {
  const room = (<u32>memory.size() * WASM_PAGE_BYTES - <u32>__heap_base - used) / 2;
  return used + (room < MOST_GARBAGE ? room : MOST_GARBAGE);
}
