// Operands of a decoded instruction in the guest: read and written as the processor would

import { Register } from "../../../../abi/generated/bare/enumerations";
import {
  DecodedInstruction,
  MODE_64,
  NO_REGISTER,
  REGISTER_RIP,
  SEGMENT_CS,
  SEGMENT_ES,
  SEGMENT_FS,
  SEGMENT_GS,
  SEGMENT_SS,
} from "../../../../bsl/src/x64/instruction";
import { ownAddress, ownWord, Slot, setOwnWord } from "../calls/own";
import { Vector } from "../events/vectors";
import { ATTRIBUTE_32 } from "../vs/segments";
import { guest } from "./guest";
import { codeMode } from "./instruction";
import { ACCESS_USER, ACCESS_WRITE, readGuestVirtual, writeGuestVirtual } from "./virtual-memory";

const RDI: u32 = 7;
const USER_PRIVILEGE: u32 = 3;
const LOWER: u64 = 0xffff_ffff;

/** The guest virtual address of the memory operand. */
export function operandAddress(instruction: DecodedInstruction): u64 {
  let offset: u64 = instruction.displacement;
  if (instruction.base == REGISTER_RIP) offset += guest.rip + instruction.length;
  else if (instruction.base != NO_REGISTER) offset += guest.general(instruction.base);
  if (instruction.index != NO_REGISTER) offset += guest.general(instruction.index) * instruction.scale;
  return linear(instruction, instruction.segment, offset);
}

/** The guest virtual address at ES:rDI, where MOVS, CMPS, STOS, SCAS and INS have an operand. */
export function stringDestination(instruction: DecodedInstruction): u64 {
  return linear(instruction, SEGMENT_ES, guest.general(RDI));
}

/** The guest virtual address of what was pushed last. */
export function stackTop(): u64 {
  const mode = codeMode();
  if (mode == MODE_64) return guest.rsp;
  // The size of the stack's segment decides, not that of the code's (APM volume 2, 4.7.3)
  const isLarge = (guest.vs.get(Register.SsAttrib) & ATTRIBUTE_32) != 0;
  const offset = guest.rsp & (isLarge ? LOWER : 0xffff);
  return (guest.vs.get(Register.SsBase) + offset) & LOWER;
}

/** Ones in the bits that an address, or the count of REP, has in an instruction. */
export function addressMask(instruction: DecodedInstruction): u64 {
  return maskOf(instruction.addressBytes);
}

/** Reads up to 8 bytes of the guest's memory; false when they are not mapped, and a page fault waits for the VM. */
export function readOperand(address: u64, bytes: u32): bool {
  const user = userAccess();
  setOwnWord(Slot.Operand, 0);
  return readGuestVirtual(ownAddress(Slot.Operand), address, bytes, user) ? true : pageFault(address, user);
}

/** What readOperand() read last. */
export function operandValue(): u64 {
  return ownWord(Slot.Operand);
}

/** Writes up to 8 bytes of the guest's memory; false when they are not mapped, and a page fault waits for the VM. */
export function writeOperand(address: u64, bytes: u32, content: u64): bool {
  const user = userAccess();
  setOwnWord(Slot.Operand, content);
  if (writeGuestVirtual(address, ownAddress(Slot.Operand), bytes, user)) return true;
  return pageFault(address, user | ACCESS_WRITE);
}

/** Writes a general register: one of 32 bits clears the upper half, a smaller one leaves the rest alone. */
export function setRegister(number: u32, bytes: u32, content: u64): void {
  const mask = maskOf(bytes);
  const kept = bytes >= 4 ? 0 : guest.general(number) & ~mask;
  guest.setGeneral(number, kept | (content & mask));
}

function maskOf(bytes: u32): u64 {
  return bytes == 8 ? ~(<u64>0) : ((<u64>1) << (bytes * 8)) - 1;
}

function linear(instruction: DecodedInstruction, segment: u32, offset: u64): u64 {
  const inSegment = offset & addressMask(instruction);
  if (instruction.mode != MODE_64) return (inSegment + segmentBase(segment)) & LOWER;
  return segment >= SEGMENT_FS ? inSegment + segmentBase(segment) : inSegment;
}

function segmentBase(segment: u32): u64 {
  const vs = guest.vs;
  switch (segment) {
    case SEGMENT_ES:
      return vs.get(Register.EsBase);
    case SEGMENT_CS:
      return vs.get(Register.CsBase);
    case SEGMENT_SS:
      return vs.get(Register.SsBase);
    case SEGMENT_FS:
      return vs.get(Register.FsBase);
    case SEGMENT_GS:
      return vs.get(Register.GsBase);
    default:
      return vs.get(Register.DsBase);
  }
}

function userAccess(): u32 {
  return guest.privilege == USER_PRIVILEGE ? ACCESS_USER : 0;
}

function pageFault(address: u64, errorCode: u32): bool {
  guest.cr2 = address;
  guest.vs.raiseWithCode(Vector.PageFault, errorCode);
  return false;
}
