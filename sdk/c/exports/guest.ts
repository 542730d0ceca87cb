// The guest's memory and registers in C, C++ and Rust; abi/src/sdk-functions.ts says what each function is

import { guest } from "../../typescript/src/guest/guest";
import { operandValue, readOperand, setRegister, writeOperand } from "../../typescript/src/guest/operand";
import { guestMemory, readGuestPhysical, writeGuestPhysical } from "../../typescript/src/guest/physical-memory";
import {
  guestWord,
  readGuestVirtual,
  translateGuest,
  writeGuestVirtual,
} from "../../typescript/src/guest/virtual-memory";
import { NestedTables } from "../../typescript/src/tables/nested-tables";
import { Vs } from "../../typescript/src/vs/vs";

export function bf_nested_use_for(tables: u32, vs: u32): void {
  NestedTables.of(tables).use(Vs.of(vs));
}

export function bf_guest_memory(physical: u64): u64 {
  return guestMemory(physical);
}

export function bf_guest_read_physical(to: u64, physical: u64, bytes: u64): u32 {
  return readGuestPhysical(to, physical, bytes) ? 1 : 0;
}

export function bf_guest_write_physical(physical: u64, from: u64, bytes: u64): u32 {
  return writeGuestPhysical(physical, from, bytes) ? 1 : 0;
}

export function bf_guest_translate(address: u64, access: u32): u64 {
  return translateGuest(address, access);
}

export function bf_guest_read_virtual(to: u64, address: u64, bytes: u64, access: u32): u32 {
  return readGuestVirtual(to, address, bytes, access) ? 1 : 0;
}

export function bf_guest_write_virtual(address: u64, from: u64, bytes: u64, access: u32): u32 {
  return writeGuestVirtual(address, from, bytes, access) ? 1 : 0;
}

export function bf_guest_word(address: u64, otherwise: u64): u64 {
  return guestWord(address, otherwise);
}

export function bf_guest_general(number: u32): u64 {
  return guest.general(number & 15);
}

export function bf_guest_set_general(number: u32, value: u64): void {
  guest.setGeneral(number & 15, value);
}

export function bf_guest_set_register(number: u32, bytes: u32, value: u64): void {
  setRegister(number & 15, bytes, value);
}

export function bf_guest_skip(bytes: u64): void {
  guest.skip(bytes);
}

export function bf_guest_read_operand(address: u64, bytes: u32): u32 {
  return readOperand(address, bytes) ? 1 : 0;
}

export function bf_guest_operand_value(): u64 {
  return operandValue();
}

export function bf_guest_write_operand(address: u64, bytes: u32, value: u64): u32 {
  return writeOperand(address, bytes, value) ? 1 : 0;
}
