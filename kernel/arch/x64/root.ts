// The root VS: the operating system's state, from SavedState and back into it

import { SAVED_STATE_RAX } from "../../../abi/generated/bare/boot";
import { PP_STATE } from "../../../abi/generated/bare/windows";
import { Vs } from "../../src/vs";
import { giveFpu, loadBootFpu, restoreBootFpu } from "./fpu";
import { ppLoad64, ppStore64 } from "./pparea";
import { GENERAL_REGISTERS, VS_CR8, VS_XCR0 } from "./register-file";
import { restoreSwitched, savedSwitched, writeSwitched } from "./switched";
import * as vendor from "./vendor";

/** Gives a VS of this processor the state in which the operating system entered the loader's code. */
export function initRoot(vs: Vs): void {
  vs.makeRoot();
  vendor.becomeRoot(vs);
  vendor.loadSavedState(vs);
  for (let i: u32 = 0; i < GENERAL_REGISTERS; i++) vs.writeGeneral(i, ppLoad64(PP_STATE + SAVED_STATE_RAX + i * 8));
  for (let index = VS_CR8; index <= VS_XCR0; index++) writeSwitched(vs, index, savedSwitched(index));
  loadBootFpu(vs.fpu);
  vs.ran = 0;
  // The address space identifier may have been used by another hypervisor before us
  vendor.requestFlush(vs);
}

/** Makes SavedState what `vs`, which is active and has run, is now, and the processor's other registers with it. */
export function giveBack(vs: Vs): void {
  vendor.storeSavedState(vs);
  for (let i: u32 = 0; i < GENERAL_REGISTERS; i++) {
    ppStore64(PP_STATE + SAVED_STATE_RAX + i * 8, vs.readGeneral(i));
  }
  giveFpu(vs.fpu);
  vendor.leave(vs);
}

/** Leaves SavedState as the loader wrote it, but for RAX. */
export function giveBackSaved(rax: u64): void {
  ppStore64(PP_STATE + SAVED_STATE_RAX, rax);
  restoreBootFpu();
  restoreSwitched();
  vendor.leaveAsSaved();
}
