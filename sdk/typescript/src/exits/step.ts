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
import { ownWord, Slot, setOwnWord } from "../calls/own";
import { Vector } from "../events/vectors";
import { guest } from "../guest/guest";
import { guestInstruction } from "../guest/instruction";
import { operandValue, readOperand, stackTop, writeOperand } from "../guest/operand";
import { isShared } from "../life/instance";
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

/**
 * A word of each processor's: bits 9 and 8 are IF and TF as they were, and
 *
 *     bit 0 a step is on its way, 1 IF is the instruction's to change: IOPL is not below the privilege level
 *     bits 23:16 the operation, when the instruction looks at IF or TF or changes them, 31:24 bytes of the flags on the stack
 */
const STEPPING: u64 = 1;
const CHANGES_INTERRUPTS: u64 = 2;
const OPERATION_SHIFT: u64 = 16;
const FLAG_BYTES_SHIFT: u64 = 24;

let isReady: bool = false;
/** Keeps a closure alive: each processor's word of it is nothing that the collector knows. */
let after: (() => void) | null = null;

/** Lets a VS execute one instruction; `done` is called when it is back. Next.Run is to follow. */
export function step(vs: Vs, done: () => void): void {
  if (!isReady) listen();
  if (isShared() == 0) after = done;
  setOwnWord(Slot.StepDone, changetype<usize>(done));
  if (isStepping()) return;
  setOwnWord(Slot.Step, STEPPING);
  if (!isIntel() || !trapByMonitor(vs)) trapByFlag(vs);
}

function listen(): void {
  if (isIntel()) onOther(steppedByMonitor);
  onException(steppedByFlag);
  isReady = true;
}

function isStepping(): bool {
  return (ownWord(Slot.Step) & STEPPING) != 0;
}

function trapByFlag(vs: Vs): void {
  const instruction = guestInstruction();
  const operation: u64 = instruction.status == DECODED ? instruction.operation : Operation.Other;
  const flagBytes: u64 = instruction.operandBytes;
  const flags = guest.rflags;
  const changes: u64 = guest.privilege <= (<u32>(flags >> RFLAGS_IOPL_SHIFT) & 3) ? CHANGES_INTERRUPTS : 0;
  const kept = flags & CHANGED;
  setOwnWord(Slot.Step, STEPPING | changes | kept | (operation << OPERATION_SHIFT) | (flagBytes << FLAG_BYTES_SHIFT));
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
  if (!isStepping() || exit.vector != Vector.Debug) return false;
  exit.vs.interceptException(Vector.Debug, false);
  const mine = CHANGED & ~changedByInstruction();
  guest.rflags = (guest.rflags & ~mine) | (ownWord(Slot.Step) & mine);
  if (operation() == Operation.Pushf) correctPushed();
  exit.vs.set(Register.Dr6, exit.vs.get(Register.Dr6) & ~DR6_STEP);
  finish();
  return true;
}

function steppedByMonitor(exit: Exit): bool {
  if (!isStepping() || exit.reason != INTEL_EXIT_MONITOR_TRAP_FLAG) return false;
  exit.vs.intel.trapInstructions(false);
  exit.next = Next.Run;
  finish();
  return true;
}

function finish(): void {
  setOwnWord(Slot.Step, 0);
  changetype<() => void>(<usize>ownWord(Slot.StepDone))();
}

function operation(): Operation {
  return <Operation>((ownWord(Slot.Step) >> OPERATION_SHIFT) & 0xff);
}

/** Bits of CHANGED that the instruction itself has written. */
function changedByInstruction(): u64 {
  switch (operation()) {
    case Operation.Popf:
    case Operation.Iret:
      return (ownWord(Slot.Step) & CHANGES_INTERRUPTS) != 0 ? CHANGED : RFLAGS_TF;
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
  const step = ownWord(Slot.Step);
  const bytes = <u32>(step >> FLAG_BYTES_SHIFT) & 0xff;
  if (readOperand(top, bytes)) writeOperand(top, bytes, (operandValue() & ~CHANGED) | (step & CHANGED));
}
