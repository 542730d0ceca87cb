// What a guest's exit was for is answered: the guest gets it with its next run, or without running
//
// The answer is in the page: the datum of an IN or of an MSR, or registers behind an instruction that was carried out here.

import { MV_PAGE_REQUEST, MV_RUN_STOP, MV_STATUS_SUCCESS, MV_VS_RUN } from "../../../abi/generated/bare/hypercalls";
import { poke32 } from "../../../bsl/src/memory";
import { callMv } from "./hypercall";
import { setWord, VCPU_BLOCK, VCPU_IS_ANSWERED, VCPU_PAGE, VCPU_REQUEST, VCPU_VS, word } from "./objects";

/** Notes an answer, and what MV_RUN_* is to be asked for with it. */
export function noteAnswer(vcpu: u64, request: u32): void {
  setWord(vcpu, VCPU_REQUEST, request);
  setWord(vcpu, VCPU_IS_ANSWERED, 1);
}

/** The guest has it. */
export function forgetAnswer(vcpu: u64): void {
  setWord(vcpu, VCPU_REQUEST, 0);
  setWord(vcpu, VCPU_IS_ANSWERED, 0);
}

/** Gives it to the guest, which does not run now: its registers are to be read as it will find them. True when there is nothing. */
export function giveAnswer(vcpu: u64): bool {
  if (word(vcpu, VCPU_IS_ANSWERED) == 0) return true;
  poke32(word(vcpu, VCPU_PAGE) + MV_PAGE_REQUEST, <u32>word(vcpu, VCPU_REQUEST) | MV_RUN_STOP);
  forgetAnswer(vcpu);
  return callMv(vcpu + VCPU_BLOCK, MV_VS_RUN, word(vcpu, VCPU_VS), 0, 0, 0) == MV_STATUS_SUCCESS;
}
