// Errors that nobody caught, with the names of the functions they went through (runtime "managed")
//
//     onUncaught((error) => {
//       reportError(error);
//       return Next.AdvanceAndRun; // as if the handler had said so
//     });
//
// An error that is thrown in a callback and not caught ends that callback: no more of it happens, and this handler says
// what does. Null references, division by zero and the like arrive here as well.

import { useThrower, useUncaughtHandler } from "../calls/syscall";
import { collectIfNeeded } from "../memory/collector";
import { heapWasExhausted } from "../memory/heap";
import { Level, line } from "../text/log";
import { Failure, onFailure } from "./failure";
import { isManaged } from "./flavour";
import { Next } from "./next";
import { forgetTrace, traceAddress, traceLength } from "./stacktrace";

/** Reasons of a trap (toolchain/runtime/wasm-rt.h). */
const TRAP_OVERFLOW: u32 = 2;
const TRAP_DIVISION: u32 = 3;
const TRAP_CALL: u32 = 5;

let handler: ((error: Error) => Next) | null = null;
/** The error that is being handled: a variable of a module, so that its object stays. */
let current: Error | null = null;
/** Made at start: there is no memory for it when it is thrown. */
let outOfMemory: Error | null = null;
/** Whether the extension gives up: the microkernel asks the fail callback then whether it does. */
let isOver: bool = false;

/**
 * Has a function called with every error that a callback throws and nobody catches. What it returns happens then. Without
 * one, the error is reported and the extension gives up. Needs the runtime "managed".
 */
export function onUncaught(function_: (error: Error) => Next): void {
  handler = function_;
}

/** Writes an error and the functions that it was thrown in to the debug ring; `bfm dump` names those. */
export function reportError(error: Error): void {
  line(Level.Error).text(error.name).text(": ").text(error.message).end();
  if (!isManaged) return;
  for (let i: u32 = 0; i < traceLength(); i++) line(Level.Error).text("  at ").hex(traceAddress(i)).end();
}

function giveUp(error: Error): Next {
  reportError(error);
  return Next.Fail;
}

/** Called by native code, on the stack of the function that threw. */
function receive(error: Error): Next {
  if (current !== null) {
    current = null;
    line(Level.Error).text("the handler of uncaught errors threw one itself").end();
    isOver = true;
    return giveUp(error);
  }
  current = error;
  // Whatever was running has ended: what it used is free
  collectIfNeeded();
  const next = handler !== null ? handler(error) : giveUp(error);
  current = null;
  collectIfNeeded();
  isOver = next == Next.Fail;
  return next;
}

/** Called by native code instead of a trap: what went wrong becomes an error. */
function throwTrap(reason: u32): void {
  forgetTrace();
  if (heapWasExhausted() && outOfMemory !== null) throw outOfMemory;
  if (reason == TRAP_DIVISION) throw new RangeError("division by zero");
  if (reason == TRAP_OVERFLOW) throw new RangeError("the smallest integer divided by -1");
  if (reason == TRAP_CALL) throw new TypeError("call of what is no such function");
  throw new Error("this place cannot be reached");
}

/** Without an onFailure of the extension: a fault is an error like others. */
function fault(failure: Failure): Next {
  if (isOver) return Next.Fail;
  failure.report();
  forgetTrace();
  return receive(new Error(failure.name));
}

if (isManaged) {
  outOfMemory = new RangeError("out of memory");
  const receiver: (error: Error) => Next = receive;
  const thrower: (reason: u32) => void = throwTrap;
  useUncaughtHandler(receiver.index);
  useThrower(thrower.index);
  onFailure(fault);
}
