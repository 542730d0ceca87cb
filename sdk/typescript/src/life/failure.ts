// When a callback faults or asserts: what the extension says, and what happens then

import { FAIL_OVERDUE } from "../../../../abi/generated/bare/callbacks";
import { SINGLETON } from "../calls/handle";
import { ownWord, Slot, setOwnWord } from "../calls/own";
import { forgetRefusal, refusal, useFailHandler } from "../calls/syscall";
import { hasErrorCode, Vector, vectorName } from "../events/vectors";
import { Level, line } from "../text/log";
import { Next } from "./next";

/** What went wrong in a callback. */
@unmanaged
export class Failure {
  /** No exception: the callback did not end, and the watchdog took the processor back (`bfm start --watchdog`). */
  get isOverdue(): bool {
    return ownWord(Slot.FailureError) == FAIL_OVERDUE;
  }
  get vector(): Vector {
    return <Vector>(ownWord(Slot.FailureError) & 0xff);
  }
  get errorCode(): u32 {
    return <u32>(ownWord(Slot.FailureError) >> 32);
  }
  /** What a page fault was about, or where the callback was that did not end. */
  get address(): u64 {
    return ownWord(Slot.FailureAddress);
  }

  /** Writes it to the debug ring, in words. */
  report(): void {
    if (this.isOverdue) {
      line(Level.Error).text(this.name).text(" at ").hex(this.address).end();
      return;
    }
    if (this.isRefusal) {
      reportRefusal();
      return;
    }
    const message = line(Level.Error).text(this.name);
    if (hasErrorCode(this.vector)) message.text(", error code ").hex(this.errorCode);
    if (this.vector == Vector.PageFault) message.text(this.access).text(" address ").hex(this.address);
    message.end();
  }

  /** Of the exception. */
  get name(): string {
    return this.isOverdue ? "overdue" : vectorName(this.vector);
  }

  /** The SDK asserted that a system call succeeds. */
  private get isRefusal(): bool {
    return this.vector == Vector.Breakpoint && refusal(0) != 0;
  }

  private get access(): string {
    if ((this.errorCode & 16) != 0) return ": cannot execute";
    return (this.errorCode & 2) != 0 ? ": cannot write" : ": cannot read";
  }
}

/** In numbers; what shows the debug ring knows the names (toolchain/src/call-names.ts). */
function reportRefusal(): void {
  line(Level.Error)
    .text("system call ")
    .hex(refusal(0))
    .text(" refused: status ")
    .hex(refusal(3))
    .text(", REG1 ")
    .hex(refusal(1))
    .text(", REG2 ")
    .hex(refusal(2))
    .end();
  forgetRefusal();
}

let handler: ((failure: Failure) => Next) | null = null;

/**
 * Has a function called when a callback of this extension faults or asserts. What it returns happens then: Next.Run
 * leaves the callback and runs the VM on, Next.Fail gives up.
 */
export function onFailure(function_: (failure: Failure) => Next): void {
  handler = function_;
}

const receiver: (code: u64, address: u64) => Next = receive;
useFailHandler(receiver.index);

function receive(code: u64, address: u64): Next {
  setOwnWord(Slot.FailureError, code);
  setOwnWord(Slot.FailureAddress, address);
  if (handler !== null) return handler(changetype<Failure>(SINGLETON));
  // Of what is no call of the SDK's the microkernel has said what there is to say
  if (<Vector>(code & 0xff) == Vector.Breakpoint && code != FAIL_OVERDUE && refusal(0) != 0) reportRefusal();
  return Next.Fail;
}
