// The way out of the hypervisor: the operating system's state goes where the loader's code takes it from

import { BOOT_ARGS_FEATURES, CPU_FEATURE_NRIP, SAVED_STATE_RAX } from "../../../abi/generated/bare/boot";
import { DIRECT_BASE, PP_ARGS, PP_STATE } from "../../../abi/generated/bare/windows";
import { peek64, poke64 } from "../../../bsl/src/memory";
import { GENERAL_REGISTERS, Vs } from "../../src/vs";
import { nextRip } from "./amd/instruction-length";
import { leaveSvm, loadSavedState, storeSavedState } from "./amd/svm";
import { VMCB_INTERRUPT_SHADOW, VMCB_RIP } from "./amd/vmcb";
import { ppLoad32, ppStore64 } from "./pparea";
import { restoreSwitched } from "./switched";

/** Moves a VS behind the instruction that it exited for, and out of an interrupt shadow that ends there. */
export function skipInstruction(vs: Vs): void {
  skipInstructionOf(DIRECT_BASE + vs.vmcb);
}

/** The same for a VMCB in the direct map. */
export function skipInstructionOf(vmcb: u64): void {
  poke64(vmcb + VMCB_RIP, nextRip(vmcb, (ppLoad32(PP_ARGS + BOOT_ARGS_FEATURES) & CPU_FEATURE_NRIP) != 0));
  poke64(vmcb + VMCB_INTERRUPT_SHADOW, peek64(vmcb + VMCB_INTERRUPT_SHADOW) & ~1);
}

/** Makes SavedState what `vs`, which is active and has run, is now, and the processor's other registers with it. */
export function giveBack(vs: Vs): void {
  storeSavedState(vs.vmcb);
  for (let i: u32 = 0; i < GENERAL_REGISTERS; i++) {
    ppStore64(PP_STATE + SAVED_STATE_RAX + i * 8, vs.readGeneral(i));
  }
  leaveSvm(vs.vmcb);
}

/** Leaves SavedState as the loader wrote it, but for RAX. `scratch` is a VMCB that nobody needs any more. */
export function giveBackSaved(rax: u64, scratch: u64): void {
  ppStore64(PP_STATE + SAVED_STATE_RAX, rax);
  restoreSwitched();
  loadSavedState(scratch);
  leaveSvm(scratch);
}
