// The instruction at the guest's RIP in C, C++ and Rust; abi/src/sdk-functions.ts says what each function is
//
// An instruction is its place in linear memory: of what guestInstruction() gives, which is there.

import { DECODED, type DecodedInstruction } from "../../../bsl/src/x64/instruction";
import { guestInstruction } from "../../typescript/src/guest/instruction";
import { operandAddress } from "../../typescript/src/guest/operand";

function at(instruction: u32): DecodedInstruction {
  return changetype<DecodedInstruction>(<usize>instruction);
}

export function bf_guest_instruction(): u32 {
  return <u32>changetype<usize>(guestInstruction());
}

export function bf_instruction_is_decoded(instruction: u32): u32 {
  return at(instruction).status === DECODED ? 1 : 0;
}

export function bf_instruction_length(instruction: u32): u32 {
  return at(instruction).length;
}

export function bf_instruction_map(instruction: u32): u32 {
  return at(instruction).map;
}

export function bf_instruction_opcode(instruction: u32): u32 {
  return at(instruction).opcode;
}

export function bf_instruction_operand_bytes(instruction: u32): u32 {
  return at(instruction).operandBytes;
}

export function bf_instruction_register_operand(instruction: u32): u32 {
  return at(instruction).register;
}

export function bf_instruction_rm(instruction: u32): u32 {
  return at(instruction).rm;
}

export function bf_instruction_has_memory(instruction: u32): u32 {
  return at(instruction).hasMemory ? 1 : 0;
}

export function bf_instruction_access_bytes(instruction: u32): u32 {
  return at(instruction).accessBytes;
}

export function bf_instruction_address(instruction: u32): u64 {
  return operandAddress(at(instruction));
}

export function bf_instruction_reads(instruction: u32): u32 {
  return at(instruction).reads ? 1 : 0;
}

export function bf_instruction_writes(instruction: u32): u32 {
  return at(instruction).writes ? 1 : 0;
}

export function bf_instruction_is_repeated(instruction: u32): u32 {
  return at(instruction).repeat !== 0 ? 1 : 0;
}

export function bf_instruction_immediate(instruction: u32): u64 {
  return at(instruction).immediate;
}
