// The root VS: the operating system's state, as the loader saved it

import {
  SAVED_STATE_CR8,
  SAVED_STATE_DR0,
  SAVED_STATE_DR1,
  SAVED_STATE_DR2,
  SAVED_STATE_DR3,
  SAVED_STATE_RAX,
  SAVED_STATE_XCR0,
} from "../../../abi/generated/bare/boot";
import { DIRECT_BASE, PP_STATE } from "../../../abi/generated/bare/windows";
import { poke8 } from "../../../bsl/src/memory";
import { GENERAL_REGISTERS, Vs } from "../../src/vs";
import { loadSavedState } from "./amd/svm";
import { VMCB_TLB_CONTROL } from "./amd/vmcb";
import { ppLoad64 } from "./pparea";

/** Gives a VS of this processor the state in which the operating system entered the loader's code. */
export function initRoot(vs: Vs): void {
  loadSavedState(vs.vmcb);
  for (let i: u32 = 0; i < GENERAL_REGISTERS; i++) vs.writeGeneral(i, ppLoad64(PP_STATE + SAVED_STATE_RAX + i * 8));
  vs.cr8 = ppLoad64(PP_STATE + SAVED_STATE_CR8);
  vs.dr0 = ppLoad64(PP_STATE + SAVED_STATE_DR0);
  vs.dr1 = ppLoad64(PP_STATE + SAVED_STATE_DR1);
  vs.dr2 = ppLoad64(PP_STATE + SAVED_STATE_DR2);
  vs.dr3 = ppLoad64(PP_STATE + SAVED_STATE_DR3);
  vs.xcr0 = ppLoad64(PP_STATE + SAVED_STATE_XCR0);
}

/** The root VS has run once, so what its ASID may have held from before us is flushed: later runs flush nothing. */
export function endFlush(vs: Vs): void {
  poke8(DIRECT_BASE + vs.vmcb + VMCB_TLB_CONTROL, 0);
}
