// The root VS: the operating system's state, as the loader saved it

import { BOOT_ARGS_FEATURES, CPU_FEATURE_FLUSH_ASID, SAVED_STATE_RAX } from "../../../abi/generated/bare/boot";
import { DIRECT_BASE, PP_ARGS, PP_STATE } from "../../../abi/generated/bare/windows";
import { poke8, poke32 } from "../../../bsl/src/memory";
import { GENERAL_REGISTERS, VS_CR8, VS_XCR0, Vs } from "../../src/vs";
import { loadSavedState } from "./amd/svm";
import { TLB_FLUSH_ALL, TLB_FLUSH_ASID, VMCB_CLEAN_BITS, VMCB_TLB_CONTROL } from "./amd/vmcb";
import { ppLoad32, ppLoad64 } from "./pparea";
import { savedSwitched, writeSwitched } from "./switched";

/** Gives a VS of this processor the state in which the operating system entered the loader's code. */
export function initRoot(vs: Vs): void {
  loadSavedState(vs.vmcb);
  for (let i: u32 = 0; i < GENERAL_REGISTERS; i++) vs.writeGeneral(i, ppLoad64(PP_STATE + SAVED_STATE_RAX + i * 8));
  for (let index = VS_CR8; index <= VS_XCR0; index++) writeSwitched(vs, index, savedSwitched(index));
  vs.isRoot = 1;
  vs.ran = 0;
  // The address space identifier may have been used by another hypervisor before us
  requestFlush(vs);
}

/** Makes the processor read all of a VS's VMCB at the next run (VMCB clean bits, APM volume 2, 15.15). */
export function forgetCached(vs: Vs): void {
  poke32(DIRECT_BASE + vs.vmcb + VMCB_CLEAN_BITS, 0);
}

/** Makes the processor flush a VS's translations when it runs the next time; WORK_END_FLUSH takes the request back. */
export function requestFlush(vs: Vs): void {
  const byAsid = (ppLoad32(PP_ARGS + BOOT_ARGS_FEATURES) & CPU_FEATURE_FLUSH_ASID) != 0;
  poke8(DIRECT_BASE + vs.vmcb + VMCB_TLB_CONTROL, byAsid ? TLB_FLUSH_ASID : TLB_FLUSH_ALL);
  vs.flushing = 1;
}

/** The VS has run, so its translations are flushed: later runs flush nothing. */
export function endFlush(vs: Vs): void {
  poke8(DIRECT_BASE + vs.vmcb + VMCB_TLB_CONTROL, 0);
  vs.flushing = 0;
}
