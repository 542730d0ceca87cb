// The exit that this processor is at

import { ownWord, Slot, setOwnWord } from "../calls/own";
import { Next } from "../life/next";

/** What is to happen when the handlers are done. */
export function takeNext(): Next {
  return <Next>ownWord(Slot.Next);
}

export function setNext(value: Next): void {
  setOwnWord(Slot.Next, value);
}

/** Why the VM exited. */
export function exitReason(): u64 {
  return ownWord(Slot.Reason);
}

export function setExitReason(value: u64): void {
  setOwnWord(Slot.Reason, value);
}
