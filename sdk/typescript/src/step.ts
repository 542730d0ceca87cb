// One instruction of the VM at a time, by the trap flag (APM volume 2, 13.1.4)
//
// Interrupts wait until the instruction is done. An instruction that looks at RFLAGS itself (PUSHF) sees TF set and IF
// clear, and one that changes IF (STI, POPF) is undone in that.

import { ExceptionExit } from "./exception-exit";
import { guest } from "./guest";
import { onException } from "./on";
import { Register } from "./registers";
import { Vector } from "./vectors";
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
let after: u32 = 0;

/** Lets a VS execute one instruction; `done` is called when it is back. Next.Run is to follow. */
export function step(vs: Vs, done: () => void): void {
  if (!isReady) onException(stepped);
  isReady = true;
  after = done.index;
  if (isStepping) return;
  isStepping = true;
  const flags = guest.rflags;
  kept = flags & CHANGED;
  guest.rflags = (flags & ~CHANGED) | RFLAGS_TF;
  vs.interceptException(Vector.Debug, true);
}

function stepped(exit: ExceptionExit): bool {
  if (!isStepping || exit.vector != Vector.Debug) return false;
  isStepping = false;
  exit.vs.interceptException(Vector.Debug, false);
  guest.rflags = (guest.rflags & ~CHANGED) | kept;
  exit.vs.set(Register.Dr6, exit.vs.get(Register.Dr6) & ~DR6_STEP);
  call_indirect<void>(after);
  return true;
}
