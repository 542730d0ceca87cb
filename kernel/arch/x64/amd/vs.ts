// A VS on AMD: its VMCB (APM volume 2, 15.5 and appendix B), and what the processor caches of it

import { PP_BLOCK_VMCB, PP_BLOCK_VMCB_VIRTUAL } from "../../../../abi/generated/bare/pp-block";
import { DIRECT_BASE } from "../../../../abi/generated/bare/windows";
import { peek64 } from "../../../../bsl/src/memory";
import { setBlock64 } from "../../../src/pp";
import { Vs } from "../../../src/vs";
import { loadSpace, useSpace } from "./address-space";
import { ASKED_CLEAN_BITS } from "./asked";
import { confine } from "./confinement";
import { tellCr4 } from "./told";
import { VMCB_EXITCODE, VMCB_EXITINFO1, VMCB_EXITINFO2, VMCB_RIP } from "./vmcb";

/** Makes a new page a VMCB: all zero, but for what is forced. */
export function initControlBlock(vs: Vs): void {
  confine(vs);
}

/** The VS owns the machine from now on. */
export function becomeRoot(vs: Vs): void {
  confine(vs);
  useSpace(vs);
}

/** What the assembly runs from now on. */
export function load(vs: Vs): void {
  setBlock64(PP_BLOCK_VMCB, vs.controlBlock);
  setBlock64(PP_BLOCK_VMCB_VIRTUAL, DIRECT_BASE + vs.controlBlock);
  loadSpace(vs);
  tellCr4(DIRECT_BASE + vs.controlBlock);
}

/** Makes the processor read all of the VMCB at the next run (15.15), as it always does: see asked.ts. */
export function forgetCached(vs: Vs): void {
  vs.ask(ASKED_CLEAN_BITS, 0);
}

/** What the log keeps of an exit: the reason, two words that explain it, and the guest's RIP. */
export function exitWord(vs: Vs, index: u32): u64 {
  const vmcb = DIRECT_BASE + vs.controlBlock;
  if (index == 0) return peek64(vmcb + VMCB_EXITCODE);
  if (index == 1) return peek64(vmcb + VMCB_EXITINFO1);
  return peek64(vmcb + (index == 2 ? VMCB_EXITINFO2 : VMCB_RIP));
}
