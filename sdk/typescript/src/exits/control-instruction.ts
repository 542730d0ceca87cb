// The instruction at the guest's RIP, if it is one on a control register (APM volume 3: MOV CRn, CLTS, LMSW, SMSW)
//
// Intel's processors would tell most of it (SDM volume 3, table 28-3), but SMSW's and LMSW's memory is to be found anyhow.

import { DECODED, DecodedInstruction } from "../../../../bsl/src/x64/instruction";
import { Operation } from "../../../../bsl/src/x64/operation";
import { readControl } from "../guest/control-registers";
import { guest } from "../guest/guest";
import { guestInstruction } from "../guest/instruction";
import { operandAddress, operandValue, readOperand, setRegister, writeOperand } from "../guest/operand";

const CR0_TS: u64 = 8;
/** LMSW writes PE, MP, EM and TS, and cannot clear PE. */
const LMSW_BITS: u64 = 0xf;
const CR0_PE: u64 = 1;

/** Whether an instruction is one of these. */
export function isControlInstruction(instruction: DecodedInstruction): bool {
  if (instruction.status != DECODED) return false;
  switch (instruction.operation) {
    case Operation.MovFromCr:
    case Operation.MovToCr:
    case Operation.Clts:
    case Operation.Lmsw:
    case Operation.Smsw:
      return true;
    default:
      return false;
  }
}

/** Reads the operand that it writes to a control register; false when a page fault waits for the VM instead. */
export function fetchControlOperand(instruction: DecodedInstruction): bool {
  if (instruction.operation == Operation.Clts || !instruction.hasMemory) return true;
  return readOperand(operandAddress(instruction), instruction.accessBytes);
}

/** What the instruction at RIP would write to a control register; of one that is none of these, what it is. */
export function controlOperand(control: u32): u64 {
  const instruction = guestInstruction();
  if (!isControlInstruction(instruction) || !fetchControlOperand(instruction)) return readControl(guest.vs, control);
  return fetchedControl(instruction, control);
}

/** The same of an instruction whose operand is there. */
export function fetchedControl(instruction: DecodedInstruction, control: u32): u64 {
  const present = readControl(guest.vs, control);
  const operation = instruction.operation;
  if (operation == Operation.Clts) return present & ~CR0_TS;
  const operand = instruction.hasMemory ? operandValue() : guest.general(instruction.rm);
  if (operation == Operation.MovToCr) return instruction.operandBytes == 8 ? operand : operand & 0xffff_ffff;
  return (present & ~LMSW_BITS) | (operand & LMSW_BITS) | (present & CR0_PE);
}

/** Gives it what it reads; false when a page fault waits for the VM instead. */
export function storeControl(instruction: DecodedInstruction, value: u64): bool {
  if (instruction.hasMemory) return writeOperand(operandAddress(instruction), instruction.accessBytes, value);
  setRegister(instruction.rm, instruction.operandBytes, value);
  return true;
}
