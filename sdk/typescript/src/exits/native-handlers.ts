// The handlers of an extension in C, C++ or Rust: for each kind a few functions of its own, by their native addresses
//
// Some are this SDK's: below 4 GiB, where no extension is. All processors have one list, which is only added to.

import { storeRelease32 } from "../../../../bsl/src/atomic";
import { nativeAddress } from "../../../../bsl/src/memory";
import { SINGLETON } from "../calls/handle";
import { callHandler } from "../calls/native";
import { assertionFailed } from "../calls/syscall";
import { lockInstance, unlockInstance } from "../life/instance";

/** How many functions one kind may have. */
const MOST: u32 = 8;
const KINDS: u32 = 13;
const FIRST_NATIVE: u64 = 0x1_0000_0000;

/** Puts a function in front of those of its kind, unless another processor has done so. One too many fails the callback. */
export function addNativeHandler(kind: u32, function_: u64): void {
  lockInstance();
  const count = countOf(kind);
  let index: u32 = 0;
  while (index < count && load<u64>(place(kind, index)) != function_) index++;
  if (index == count && count < MOST) {
    store<u64>(place(kind, count), function_);
    // Others may be at an exit meanwhile
    storeRelease32(nativeAddress(<u32>countAt(kind)), count + 1);
  }
  unlockInstance();
  if (index == MOST) assertionFailed();
}

export function hasNativeHandlers(kind: u32): bool {
  return countOf(kind) != 0;
}

/** Calls the functions of a kind, the newest first, until one says that it has handled the exit: true then. */
export function callNativeHandlers(kind: u32, vsid: u32): bool {
  for (let index = countOf(kind); index != 0; index--) {
    if (call(load<u64>(place(kind, index - 1)), vsid)) return true;
  }
  return false;
}

function countOf(kind: u32): u32 {
  return load<u32>(countAt(kind));
}

/** Tables stand in functions: an extension in TypeScript has neither. */
function countAt(kind: u32): usize {
  return memory.data(4 * KINDS, 4) + <usize>(kind << 2);
}

function call(function_: u64, vsid: u32): bool {
  if (function_ >= FIRST_NATIVE) return callHandler(function_, vsid) != 0;
  return changetype<(exit: usize) => bool>(<usize>function_)(SINGLETON);
}

function place(kind: u32, index: u32): usize {
  return memory.data(8 * MOST * KINDS, 8) + <usize>((kind * MOST + index) << 3);
}
