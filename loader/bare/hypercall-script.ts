// Hypercalls that a test chose: a file of steps, which the root VM carries out and prints
//
// A step is eight words: what, then its operands. An operand whose top byte is SCRATCH or SLOT stands for an address: of the
// scratch pages, or what a step has kept (hypercall-steps.ts).
//
//     1 CALL      RAX, R10 to R14      prints "bare: call RAX R10 R11 R12 R13" as the call leaves them
//     2 POKE      address, value       writes 64 bits
//     3 PEEK      address, words       prints "bare: peek" and so many words of 64 bits
//     4 KEEP      slot, register       keeps R10 (0) to R13 (3) of the last call
//     5 REPEAT    times, steps back    again from so many steps before on
//     6 TOGETHER  steps, ...           so many steps follow for each processor, the first one's first: all carry theirs out at the
//                                      same time, and then each prints in its turn
//     7 INSIST    RAX, R10 to R14      a CALL, again while its status is RETRY_CONTINUATION
//     8 LANE      number               whose slots the steps of this processor mean from here on
//
// All but those behind TOGETHER are the first processor's.

import { peek64 } from "../../bsl/src/memory";
import { print } from "./console";
import { carryOut, expectPortions, givePortion, MOST, prepareSteps, printPortion, STEP_BYTES } from "./hypercall-steps";
import { awaitEnd, beginOn, OPERATION_STEPS, performOn, processorsFound } from "./processors";

const REPEAT: u64 = 5;
const TOGETHER: u64 = 6;

/** Carries out the steps that lie at an address. */
export function playScript(begin: u64, end: u64): void {
  prepareSteps();
  let repeated: u64 = 0;
  for (let step = begin; step + STEP_BYTES <= end; step += STEP_BYTES) {
    const what = peek64(step);
    if (what === TOGETHER) step = playTogether(step) - STEP_BYTES;
    else if (what !== REPEAT) carryOut(step, 0);
    else if (repeated === peek64(step + 8)) repeated = 0;
    else {
      repeated++;
      step -= (peek64(step + 16) + 1) * STEP_BYTES;
    }
  }
}

/** The first step behind those that it has carried out. */
function playTogether(together: u64): u64 {
  let step = together + STEP_BYTES;
  const count = processorsFound() < MOST ? processorsFound() : MOST;
  for (let i: u32 = 0; i < MOST; i++) {
    const bytes = peek64(together + 8 + <u64>i * 8) * STEP_BYTES;
    if (bytes !== 0 && i >= count) print("bare: steps for a processor that is not there\n");
    givePortion(i, step, step + bytes);
    step += bytes;
  }
  expectPortions(count);
  for (let i: u32 = 1; i < count; i++) beginOn(i, OPERATION_STEPS);
  performOn(0, OPERATION_STEPS);
  for (let i: u32 = 1; i < count; i++) awaitEnd(i);
  for (let i: u32 = 0; i < count; i++) printPortion(i);
  return step;
}
