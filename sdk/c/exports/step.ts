// Single steps in C, C++ and Rust

import { callFunction } from "../../typescript/src/calls/native";
import { ownWord, Slot, setOwnWord } from "../../typescript/src/calls/own";
import { step } from "../../typescript/src/exits/step";
import { Vs } from "../../typescript/src/vs/vs";

export function bf_vs_step(vs: u32, done: u64): void {
  setOwnWord(Slot.NativeDone, done);
  step(Vs.of(vs), stepped);
}

function stepped(): void {
  callFunction(ownWord(Slot.NativeDone));
}
