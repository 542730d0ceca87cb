// Words that each processor has for itself, also where all of them share the extension's variables; own.h has them
//
// What the SDK keeps of the exit that a processor is at lies here and in no variable: with one instance for all processors
// (life/instance.ts) a variable is everybody's. An access costs what one to a variable does.

/// <reference path="./defines.d.ts" />

import { MAX_PPS } from "../../../../abi/generated/bare/syscalls";
import { TCB_PPID } from "../../../../abi/generated/bare/tls";
import { tcbLoad16 } from "./tcb";

/** One for each purpose; own.h has as many. */
export enum Slot {
  /** exits/current.ts */
  Next,
  Reason,
  /** guest/msr.ts */
  MsrValue,
  /** guest/operand.ts */
  Operand,
  /** guest/virtual-memory.ts */
  Word,
  Entry,
  /** events/event.ts */
  TrapOf,
  TrapRip,
  /** life/failure.ts */
  FailureError,
  FailureAddress,
  /** life/life.ts */
  IsInside,
  /** exits/step.ts */
  Step,
  StepDone,
  /** sdk/c/exports/step.ts */
  NativeDone,
  /** messages/messages.ts */
  Taken,
  Sender,
  First,
  Second,
}

export declare function ownWord(which: Slot): u64;
export declare function setOwnWord(which: Slot, value: u64): void;
/** Its native address, for copies. */
export declare function ownAddress(which: Slot): u64;

/**
 * How many places linear memory needs so that each processor has its own there: for what native memory cannot hold. The
 * toolchain defines SHARED_INSTANCE in extensions with one instance for all.
 */
export const OWN_PLACES: i32 = isDefined(SHARED_INSTANCE) ? MAX_PPS : 1;

/** The place of this processor among as many. */
export function ownPlace(): u32 {
  return isDefined(SHARED_INSTANCE) ? tcbLoad16(TCB_PPID) : 0;
}
