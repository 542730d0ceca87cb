// What a build that checks itself does with the objects of slab caches (`bf build kernel-checked`)
//
//      object's bytes                                      │ red zone: 16 bytes
//     ┌────────────────────────────────────────────────────┬─────────────────┐
//     │ poison while nobody has it                         │ red             │
//     └────────────────────────────────────────────────────┴─────────────────┘
//
// Who writes into an object that he gave back has changed the poison, which is looked at when somebody takes it. Who writes
// behind his object has changed the red zone, which is looked at when he gives it back. Both stop the kernel.

import { fillMemory, peek64 } from "../../../bsl/src/memory";
import { close, hex, open, text } from "../console";

/** Bytes of a red zone; part of what one object takes. */
export const RED_ZONE_BYTES: u64 = isDefined(MEMORY_CHECKS) ? 16 : 0;

const POISON: u8 = 0x6b;
const POISON_WORD: u64 = 0x6b6b_6b6b_6b6b_6b6b;
const RED: u8 = 0xbb;
const RED_WORD: u64 = 0xbbbb_bbbb_bbbb_bbbb;

/** Whether this is such a build: what stands behind it is not in any other. */
export function isChecked(): bool {
  return isDefined(MEMORY_CHECKS);
}

/** Nobody has an object any more: its bytes, red zone included, are poison and red. */
export function markFree(object: u64, bytes: u64): void {
  fillMemory(object, POISON, bytes - RED_ZONE_BYTES);
  fillMemory(object + bytes - RED_ZONE_BYTES, RED, RED_ZONE_BYTES);
}

/** Somebody has it: its red zone is red, the rest is his. */
export function markTaken(object: u64, bytes: u64): void {
  fillMemory(object + bytes - RED_ZONE_BYTES, RED, RED_ZONE_BYTES);
}

/** Stops the kernel when an object that nobody had is not as markFree() left it. */
export function checkFree(object: u64, bytes: u64): void {
  const end = object + bytes - RED_ZONE_BYTES;
  for (let at = object; at < end; at += 8) {
    if (peek64(at) !== POISON_WORD) stop("was written to after it was given back", object, at);
  }
  checkTaken(object, bytes);
}

/** Stops the kernel when somebody wrote behind an object that he had. */
export function checkTaken(object: u64, bytes: u64): void {
  for (let at = object + bytes - RED_ZONE_BYTES; at < object + bytes; at += 8) {
    if (peek64(at) !== RED_WORD) stop("was written to behind its end", object, at);
  }
}

function stop(what: string, object: u64, at: u64): void {
  open();
  text("bareflank: the object at ");
  hex(object, 16);
  text(" ");
  text(what);
  text(", at offset ");
  hex(at - object);
  text(": ");
  hex(peek64(at), 16);
  text("\n");
  close();
  unreachable();
}
