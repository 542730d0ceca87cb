// Registers of a guest, by the list in the page that its vCPU shares with MicroV

import {
  MV_LIST_ENTRIES,
  MV_PAGE_LIST,
  MV_PAGE_LIST_COUNT,
  MV_STATUS_SUCCESS,
  MV_VS_MSR_GET_LIST,
  MV_VS_REG_GET_LIST,
  MV_VS_REG_SET_LIST,
} from "../../../abi/generated/bare/hypercalls";
import { peek64, poke64 } from "../../../bsl/src/memory";
import { callMv } from "./hypercall";
import { VCPU_BLOCK, VCPU_PAGE, VCPU_VS, word } from "./objects";

const ENTRY_BYTES: u64 = 16;

/** Empties the list. */
export function beginList(vcpu: u64): void {
  poke64(word(vcpu, VCPU_PAGE) + MV_PAGE_LIST_COUNT, 0);
}

/** Appends a number, with a value for it: its place. */
export function append(vcpu: u64, number: u32, value: u64): u32 {
  const page = word(vcpu, VCPU_PAGE);
  const place = <u32>peek64(page + MV_PAGE_LIST_COUNT) % MV_LIST_ENTRIES;
  const entry = page + MV_PAGE_LIST + <u64>place * ENTRY_BYTES;
  poke64(entry, number);
  poke64(entry + 8, value);
  poke64(page + MV_PAGE_LIST_COUNT, place + 1);
  return place;
}

/** The value at a place. */
export function valueAt(vcpu: u64, place: u32): u64 {
  return peek64(word(vcpu, VCPU_PAGE) + MV_PAGE_LIST + <u64>place * ENTRY_BYTES + 8);
}

/** Gets values for the list's registers. */
export function getList(vcpu: u64): bool {
  return callMv(vcpu + VCPU_BLOCK, MV_VS_REG_GET_LIST, word(vcpu, VCPU_VS), 0, 0, 0) == MV_STATUS_SUCCESS;
}

/** Sets the list's registers. */
export function setList(vcpu: u64): bool {
  return callMv(vcpu + VCPU_BLOCK, MV_VS_REG_SET_LIST, word(vcpu, VCPU_VS), 0, 0, 0) == MV_STATUS_SUCCESS;
}

/** One register: 0 when it cannot be had. */
export function getRegister(vcpu: u64, number: u32): u64 {
  beginList(vcpu);
  append(vcpu, number, 0);
  return getList(vcpu) ? valueAt(vcpu, 0) : 0;
}

export function setRegister(vcpu: u64, number: u32, value: u64): bool {
  beginList(vcpu);
  append(vcpu, number, value);
  return setList(vcpu);
}

/** One MSR: 0 when it cannot be had. */
export function getMsr(vcpu: u64, number: u32): u64 {
  beginList(vcpu);
  append(vcpu, number, 0);
  const status = callMv(vcpu + VCPU_BLOCK, MV_VS_MSR_GET_LIST, word(vcpu, VCPU_VS), 0, 0, 0);
  return status == MV_STATUS_SUCCESS ? valueAt(vcpu, 0) : 0;
}
