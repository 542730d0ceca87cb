// One instruction of the VM at a time; interrupts wait until it is done
//
// AMD: by the trap flag (APM volume 2, 13.1.4). An instruction that looks at RFLAGS itself (PUSHF) sees TF set and IF clear,
// and one that changes IF (STI, POPF) is undone in that. Intel: by the monitor trap flag (SDM volume 3, 26.5.2), of which
// the VM sees nothing.

import { INTEL_EXIT_MONITOR_TRAP_FLAG } from "../../../abi/generated/bare/callbacks";
import { Register } from "../../../abi/generated/bare/enumerations";
import { ExceptionExit } from "./exception-exit";
import { Exit } from "./exit";
import { guest } from "./guest";
import { Next } from "./next";
import { onException, onOther } from "./on";
import { Vector } from "./vectors";
import { isIntel } from "./vendor";
import { Vs } from "./vs";

const RFLAGS_TF: u64 = 1 << 8;
const RFLAGS_IF: u64 = 1 << 9;
const CHANGED: u64 = RFLAGS_TF | RFLAGS_IF;
/** DR6.BS: the exception is that of a step. */
const DR6_STEP: u64 = 1 << 14;

let isReady: bool = false;
let isStepping: bool = false;
/** TF and IF as they were. */
let kept: u64 = 0;
let after: (() => void) | null = null;

/** Lets a VS execute one instruction; `done` is called when it is back. Next.Run is to follow. */
export function step(vs: Vs, done: () => void): void {
  if (!isReady) listen();
  after = done;
  if (isStepping) return;
  isStepping = true;
  if (isIntel()) trapByMonitor(vs);
  else trapByFlag(vs);
}

function listen(): void {
  isReady = true;
  if (isIntel()) onOther(steppedByMonitor);
  else onException(steppedByFlag);
}

function trapByFlag(vs: Vs): void {
  const flags = guest.rflags;
  kept = flags & CHANGED;
  guest.rflags = (flags & ~CHANGED) | RFLAGS_TF;
  vs.interceptException(Vector.Debug, true);
}

function trapByMonitor(vs: Vs): void {
  vs.intel.trapInstructions(true);
  if ((guest.rflags & RFLAGS_IF) != 0) vs.interruptShadow = true;
}

function steppedByFlag(exit: ExceptionExit): bool {
  if (!isStepping || exit.vector != Vector.Debug) return false;
  exit.vs.interceptException(Vector.Debug, false);
  guest.rflags = (guest.rflags & ~CHANGED) | kept;
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
