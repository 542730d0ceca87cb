// The registers in a structure Emulation, whose address is called `c` throughout the emulator

import {
  EMULATION_CPL,
  EMULATION_ERROR_CODE,
  EMULATION_EXCEPTION,
  EMULATION_GENERAL,
  EMULATION_RFLAGS,
  EMULATION_VECTOR,
} from "../../../abi/generated/bare/emulation";
import { peek32, peek64, poke32, poke64 } from "../memory";
import { ACCESS_USER } from "../x64/paging";

export const RAX: u32 = 0;
export const RCX: u32 = 1;
export const RDX: u32 = 2;
export const RBX: u32 = 3;
export const RSP: u32 = 4;
export const RBP: u32 = 5;
export const RSI: u32 = 6;
export const RDI: u32 = 7;

export const FLAG_CF: u64 = 1;
export const FLAG_PF: u64 = 1 << 2;
export const FLAG_AF: u64 = 1 << 4;
export const FLAG_ZF: u64 = 1 << 6;
export const FLAG_SF: u64 = 1 << 7;
export const FLAG_TF: u64 = 1 << 8;
export const FLAG_DF: u64 = 1 << 10;
export const FLAG_OF: u64 = 1 << 11;
export const FLAG_RF: u64 = 1 << 16;
export const FLAG_VM: u64 = 1 << 17;

const UNDEFINED_OPCODE: u32 = 6;
const STACK_FAULT: u32 = 12;
const GENERAL_PROTECTION: u32 = 13;

const USER_PRIVILEGE: u32 = 3;

/** What the functions of the emulator return when all is well; otherwise it is EMULATION_*, for the caller. */
export const OK: u32 = 0;
/** The instruction is to be executed by the guest once more: nothing of it has been done. */
export const AGAIN: u32 = 0x100;
/** One or some of an instruction's repetitions are done. */
export const PART: u32 = 0x101;

/** A general register, whole. */
export function general(c: u64, number: u32): u64 {
  return peek64(c + EMULATION_GENERAL + number * 8);
}

/** Writes a general register: one of 32 bits clears the upper half, a smaller one leaves the rest alone. */
export function setGeneral(c: u64, number: u32, bytes: u32, value: u64): void {
  const mask = maskOf(bytes);
  const kept = bytes >= 4 ? 0 : general(c, number) & ~mask;
  poke64(c + EMULATION_GENERAL + number * 8, kept | (value & mask));
}

export function rflags(c: u64): u64 {
  return peek64(c + EMULATION_RFLAGS);
}

/** Replaces some of RFLAGS. */
export function setFlags(c: u64, mask: u64, flags: u64): void {
  poke64(c + EMULATION_RFLAGS, (rflags(c) & ~mask) | flags);
}

/** ACCESS_USER when the guest runs with the least privilege. */
export function userAccess(c: u64): u32 {
  return peek32(c + EMULATION_CPL) === USER_PRIVILEGE ? ACCESS_USER : 0;
}

/** Ones in all bits of a value of up to 8 bytes. */
export function maskOf(bytes: u32): u64 {
  return bytes === 8 ? ~(<u64>0) : ((<u64>1) << (bytes * 8)) - 1;
}

/** The guest gets an exception. */
export function raise(c: u64, vector: u32, errorCode: u32): u32 {
  poke32(c + EMULATION_VECTOR, vector);
  poke32(c + EMULATION_ERROR_CODE, errorCode);
  return EMULATION_EXCEPTION;
}

export function undefinedOpcode(c: u64): u32 {
  return raise(c, UNDEFINED_OPCODE, 0);
}

/** #SS for the stack's segment, #GP for others and what else is forbidden. */
export function protectionFault(c: u64, isStack: bool): u32 {
  return raise(c, isStack ? STACK_FAULT : GENERAL_PROTECTION, 0);
}

/** A value of 1, 2, 4 or 8 bytes with its sign in all bits above. */
export function signExtended(value: u64, bytes: u32): u64 {
  const unused: u64 = 64 - bytes * 8;
  return <u64>(<i64>(value << unused) >> unused);
}
