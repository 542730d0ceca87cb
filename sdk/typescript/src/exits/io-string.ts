// INS and OUTS on the guest's behalf: between a port and its memory, element by element

import { DECODED, DecodedInstruction } from "../../../../bsl/src/x64/instruction";
import { Operation } from "../../../../bsl/src/x64/operation";
import { portIn, portOut } from "../calls/port";
import { guest } from "../guest/guest";
import { guestInstruction } from "../guest/instruction";
import {
  addressMask,
  operandAddress,
  operandValue,
  readOperand,
  setRegister,
  stringDestination,
  writeOperand,
} from "../guest/operand";
import { Next } from "../life/next";
import { dataHits, portHits, restBetween, trapBehind, trapBetween } from "./trap";

const RFLAGS_DIRECTION: u64 = 1 << 10;
const RCX: u32 = 1;
const RSI: u32 = 6;
const RDI: u32 = 7;
/** Elements after which the VM may take an interrupt, as the processor lets it between any two. */
const ELEMENTS_AT_ONCE: u64 = 1024;

/** Carries out the instruction at RIP. Result: what is to happen next. */
export function passStringThrough(): Next {
  const instruction = guestInstruction();
  // Another processor may have replaced it since the exit
  if (!isStringOfPort(instruction)) return Next.Run;
  const isRepeated = instruction.repeat != 0;
  let left = isRepeated ? guest.rcx & addressMask(instruction) : 1;
  let found: u64 = left != 0 ? portHits(<u32>guest.rdx & 0xffff, instruction.accessBytes) : 0;
  for (let i: u64 = 1; left != 0; i++) {
    found |= hitsOf(instruction);
    if (!transfer(instruction)) return Next.Run;
    left--;
    if (isRepeated) setRegister(RCX, instruction.addressBytes, left);
    if (left != 0 && (trapBetween(found) || i == ELEMENTS_AT_ONCE)) {
      restBetween();
      return Next.Run;
    }
  }
  trapBehind(found);
  return Next.AdvanceAndRun;
}

function isStringOfPort(instruction: DecodedInstruction): bool {
  if (instruction.status != DECODED) return false;
  return instruction.operation == Operation.Ins || instruction.operation == Operation.Outs;
}

/** Breakpoints on the memory of the next element. */
function hitsOf(instruction: DecodedInstruction): u64 {
  const isInput = instruction.operation == Operation.Ins;
  const address = isInput ? stringDestination(instruction) : operandAddress(instruction);
  return dataHits(address, instruction.accessBytes, isInput);
}

/** One element; false when its memory is not mapped, and a page fault waits for the VM. */
function transfer(instruction: DecodedInstruction): bool {
  const port = <u32>guest.rdx & 0xffff;
  const bytes = instruction.accessBytes;
  if (instruction.operation == Operation.Ins) {
    if (!writeOperand(stringDestination(instruction), bytes, portIn(port, bytes))) return false;
    move(instruction, RDI);
  } else {
    if (!readOperand(operandAddress(instruction), bytes)) return false;
    portOut(port, bytes, <u32>operandValue());
    move(instruction, RSI);
  }
  return true;
}

/** Lets rSI or rDI go on to the next element. */
function move(instruction: DecodedInstruction, register: u32): void {
  const bytes: u64 = instruction.accessBytes;
  const present = guest.general(register);
  const next = (guest.rflags & RFLAGS_DIRECTION) != 0 ? present - bytes : present + bytes;
  setRegister(register, instruction.addressBytes, next);
}
