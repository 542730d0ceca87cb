// Hypercalls of MicroV: a block of six words, RAX and R10 to R14, which every machine and vCPU has at its beginning

import { MV_HANDLE, MV_SIGNATURE, MV_STATUS_SUCCESS } from "../../../abi/generated/bare/hypercalls";
import { peek64, poke64 } from "../../../bsl/src/memory";
import { hypercall } from "./platform";

/** Bytes of a block. */
export const BLOCK_BYTES: u64 = 48;

const RAX: u64 = 0;
const R10: u64 = 8;
const R11: u64 = 16;
const R12: u64 = 24;
const R13: u64 = 32;
const R14: u64 = 40;

/** No hypervisor took the call: no status of MicroV's. */
export const NOT_TAKEN: u64 = 0xffff_ffff_ffff_ffff;

/** Writes a call into a block. */
export function prepare(block: u64, call: u32, r11: u64): void {
  poke64(block + RAX, ((<u64>MV_SIGNATURE) << 48) | call);
  poke64(block + R10, MV_HANDLE);
  poke64(block + R11, r11);
}

/** Makes a call: its status. */
export function callMv(block: u64, call: u32, r11: u64, r12: u64, r13: u64, r14: u64): u64 {
  prepare(block, call, r11);
  poke64(block + R12, r12);
  poke64(block + R13, r13);
  poke64(block + R14, r14);
  return hypercall(block) != 0 ? peek64(block + RAX) : NOT_TAKEN;
}

/** Whether a call with one argument succeeds. */
export function isDone(block: u64, call: u32, r11: u64): bool {
  return callMv(block, call, r11, 0, 0, 0) == MV_STATUS_SUCCESS;
}

/** What the last call of a block left. */
export function statusOf(block: u64): u64 {
  return peek64(block + RAX);
}
export function firstOf(block: u64): u64 {
  return peek64(block + R10);
}
export function secondOf(block: u64): u64 {
  return peek64(block + R11);
}
