// What the linker finds of the heap: C's functions, and C++'s operators by their mangled names (Itanium C++ ABI, 5.1.5)
//
// Addresses are native. All processors have one heap, so each operation is made under a lock. Whoever gives back what was not
// given, or gives it back twice, fails its callback.

import { TCB_PPID } from "../../../abi/generated/bare/tls";
import { compareExchange32, pause, storeRelease32 } from "../../../bsl/src/atomic";
import { isPowerOfTwo } from "../../../bsl/src/bits";
import { nativeAddress } from "../../../bsl/src/memory";
import { assertionFailed } from "../../typescript/src/calls/syscall";
import { tcbLoad16 } from "../../typescript/src/calls/tcb";
import { allocate, allocateAligned, heapBytes, isGiven, release, resize, roomOf, usedBlocks, usedBytes } from "./heap";

/** The number of the processor that is in the heap, plus one; 0: none. */
const holder: usize = memory.data(4, 8);

/** False when this processor has it: what calls then is a fail callback, and what it interrupted is in the middle of something. */
function enter(): bool {
  const own = tcbLoad16(TCB_PPID) + 1;
  const address = nativeAddress(<u32>holder);
  for (let seen = compareExchange32(address, 0, own); seen !== 0; seen = compareExchange32(address, 0, own)) {
    if (seen === own) return false;
    pause();
  }
  return true;
}

function leave(): void {
  storeRelease32(nativeAddress(<u32>holder), 0);
}

function pointer(place: u32): u64 {
  return place === 0 ? 0 : nativeAddress(place);
}

function place(address: u64): u64 {
  return address - nativeAddress(0);
}

/** At a multiple of 16; 0: no memory is left. */
export function malloc(bytes: u64): u64 {
  if (!enter()) return 0;
  const given = allocate(bytes);
  leave();
  return pointer(given);
}

/** Zeroed. */
export function calloc(count: u64, bytes: u64): u64 {
  if (bytes !== 0 && count > 0xffff_ffff / bytes) return 0;
  if (!enter()) return 0;
  const given = allocate(count * bytes);
  leave();
  if (given !== 0) memory.fill(<usize>given, 0, <usize>(count * bytes));
  return pointer(given);
}

export function aligned_alloc(alignment: u64, bytes: u64): u64 {
  if (!isPowerOfTwo(alignment) || !enter()) return 0;
  const given = allocateAligned(bytes, alignment);
  leave();
  return pointer(given);
}

/** 0: no memory is left, and what was given is as it was. */
export function realloc(address: u64, bytes: u64): u64 {
  if (address === 0) return malloc(bytes);
  if (!enter()) return 0;
  if (!isGiven(place(address))) return refuse();
  const given = <u32>place(address);
  let result = given;
  if (!resize(given, bytes)) {
    result = allocate(bytes);
    // It did not fit where it was, so it is more than it was
    if (result !== 0) {
      memory.copy(<usize>result, <usize>given, <usize>roomOf(given));
      release(given);
    }
  }
  leave();
  return pointer(result);
}

export function free(address: u64): void {
  if (address === 0) return;
  if (!enter()) {
    assertionFailed();
    return;
  }
  if (!isGiven(place(address))) {
    refuse();
    return;
  }
  release(<u32>place(address));
  leave();
}

/** Fails the callback where nothing was given; the heap is left, so that others go on. */
function refuse(): u64 {
  leave();
  assertionFailed();
  return 0;
}

/** Bytes that are in use, with 8 for each block; blocks; and bytes that the heap has from the microkernel. */
export function bf_heap_used(): u64 {
  return usedBytes();
}
export function bf_heap_blocks(): u64 {
  return usedBlocks();
}
export function bf_heap_size(): u64 {
  return heapBytes();
}

/** `new` without std::nothrow: there are no exceptions, so it is an assertion that fails. */
function orFail(address: u64): u64 {
  if (address === 0) assertionFailed();
  return address;
}

function operatorNew(bytes: u64): u64 {
  return orFail(malloc(bytes));
}

function operatorNewAligned(bytes: u64, alignment: u64): u64 {
  return orFail(aligned_alloc(alignment, bytes));
}

function operatorNewAlignedNothrow(bytes: u64, alignment: u64): u64 {
  return aligned_alloc(alignment, bytes);
}

// What an operator has behind these parameters, it has in registers that nobody looks at
export {
  free as _ZdlPv,
  free as _ZdaPv,
  free as _ZdlPvm,
  free as _ZdaPvm,
  free as _ZdlPvSt11align_val_t,
  free as _ZdaPvSt11align_val_t,
  free as _ZdlPvmSt11align_val_t,
  free as _ZdaPvmSt11align_val_t,
  free as _ZdlPvRKSt9nothrow_t,
  free as _ZdaPvRKSt9nothrow_t,
  malloc as _ZnwmRKSt9nothrow_t,
  malloc as _ZnamRKSt9nothrow_t,
  operatorNew as _Znwm,
  operatorNew as _Znam,
  operatorNewAligned as _ZnwmSt11align_val_t,
  operatorNewAligned as _ZnamSt11align_val_t,
  operatorNewAlignedNothrow as _ZnwmSt11align_val_tRKSt9nothrow_t,
  operatorNewAlignedNothrow as _ZnamSt11align_val_tRKSt9nothrow_t,
};
