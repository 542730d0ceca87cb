// One instruction of the VM at a time; interrupts wait until it is done
//
// AMD, and Intel without a monitor trap flag: by RFLAGS.TF (APM volume 2, 13.1.4). PUSHF sees the flags as they would be,
// and what POPF, IRET, STI and CLI make of IF stays. Behind STI and loads of SS a processor may execute one more instruction
// in the same step. SYSCALL and software interrupts keep a copy of the flags with TF set and IF clear.
//
// Intel otherwise: by the monitor trap flag (SDM volume 3, 26.5.2), of which the VM sees nothing.

import { INTEL_EXIT_MONITOR_TRAP_FLAG } from "../../../../abi/generated/bare/callbacks";
import { Register } from "../../../../abi/generated/bare/enumerations";
import { DECODED } from "../../../../bsl/src/x64/instruction";
import { Operation } from "../../../../bsl/src/x64/operation";
import { Vector } from "../events/vectors";
import { guest } from "../guest/guest";
import { guestInstruction } from "../guest/instruction";
import { operandValue, readOperand, stackTop, writeOperand } from "../guest/operand";
import { requireOwnInstance } from "../life/instance";
import { Next } from "../life/next";
import { isIntel } from "../vendor/vendor";
import { Vs } from "../vs/vs";
import { ExceptionExit } from "./exception-exit";
import { Exit } from "./exit";
import { onException, onOther } from "./on";

const RFLAGS_TF: u64 = 1 << 8;
const RFLAGS_IF: u64 = 1 << 9;
const RFLAGS_IOPL_SHIFT: u64 = 12;
const CHANGED: u64 = RFLAGS_TF | RFLAGS_IF;
/** DR6.BS: the exception is that of a step. */
const DR6_STEP: u64 = 1 << 14;

let isReady: bool = false;
let isStepping: bool = false;
/** TF and IF as they were. */
let kept: u64 = 0;
let after: (() => void) | null = null;
/** The instruction, when it is one that looks at IF or TF, or changes them. */
let operation: Operation = Operation.Other;
/** Bytes of the flags on the stack. */
let flagBytes: u32 = 0;
/** Whether IF is its to change: IOPL is not below the privilege level. */
let changesInterrupts: bool = false;

/** Lets a VS execute one instruction; `done` is called when it is back. Next.Run is to follow. */
export function step(vs: Vs, done: () => void): void {
  requireOwnInstance();
  if (!isReady) listen();
  after = done;
  if (isStepping) return;
  isStepping = true;
  if (!isIntel() || !trapByMonitor(vs)) trapByFlag(vs);
}

function listen(): void {
  isReady = true;
  if (isIntel()) onOther(steppedByMonitor);
  onException(steppedByFlag);
}

function trapByFlag(vs: Vs): void {
  const instruction = guestInstruction();
  operation = instruction.status == DECODED ? instruction.operation : Operation.Other;
  flagBytes = instruction.operandBytes;
  const flags = guest.rflags;
  changesInterrupts = guest.privilege <= (<u32>(flags >> RFLAGS_IOPL_SHIFT) & 3);
  kept = flags & CHANGED;
  guest.rflags = (flags & ~CHANGED) | RFLAGS_TF;
  vs.interceptException(Vector.Debug, true);
  // Interrupts wait without it, too; Intel wants a trap to be pending in a shadow with TF set (SDM volume 3, 27.3.1.5)
  if (vs.interruptShadow) vs.interruptShadow = false;
}

/** False when the processor cannot. */
function trapByMonitor(vs: Vs): bool {
  if (!vs.intel.trapInstructions(true)) return false;
  if ((guest.rflags & RFLAGS_IF) != 0) vs.interruptShadow = true;
  return true;
}

function steppedByFlag(exit: ExceptionExit): bool {
  if (!isStepping || exit.vector != Vector.Debug) return false;
  exit.vs.interceptException(Vector.Debug, false);
  const mine = CHANGED & ~changedByInstruction();
  guest.rflags = (guest.rflags & ~mine) | (kept & mine);
  if (operation == Operation.Pushf) correctPushed();
  exit.vs.set(Register.Dr6, exit.vs.get(Register.Dr6) & ~DR6_STEP);
  finish();
  return true;
}

function steppedByMonitor(exit: Exit): bool {
  if (!isStepping || exit.reason != INTEL_EXIT_MONITOR_TRAP_FLAG) return false;
  exit.vs.intel.trapInstructions(false);
  exit.next = Next.Run;
  finish();
  return true;
}

function finish(): void {
  isStepping = false;
  if (after !== null) after();
}

/** Bits of CHANGED that the instruction itself has written. */
function changedByInstruction(): u64 {
  switch (operation) {
    case Operation.Popf:
    case Operation.Iret:
      return changesInterrupts ? CHANGED : RFLAGS_TF;
    case Operation.Sti:
    case Operation.Cli:
      return RFLAGS_IF;
    default:
      return 0;
  }
}

/** Gives PUSHF's word on the stack the flags that it should have seen. */
function correctPushed(): void {
  const top = stackTop();
  if (readOperand(top, flagBytes)) writeOperand(top, flagBytes, (operandValue() & ~CHANGED) | kept);
}
