// Which VMCS is current: the active VS's, or for a moment another's (SDM volume 3, 25.1 and 25.11.3)
//
// A VMCS whose VS is not active is clear: nothing of it is in any processor, so each may make it current and look.

import {
  ENTRY_LAUNCH,
  ENTRY_MITIGATED,
  ENTRY_STATE,
  PP_BLOCK_ENTRY_WORK,
  PP_BLOCK_VMCS,
} from "../../../../abi/generated/bare/pp-block";
import { block32, loadedVs, ppid, setBlock32, setBlock64 } from "../../../src/pp";
import { FLUSH_NONE, Vs } from "../../../src/vs";
import { isMitigated } from "../speculation";
import { writeHostState } from "./host-state";
import { writeProcessorControls } from "./nmi";
import { loadOwn, parkOwn } from "./own-registers";
import { flushNow } from "./tlb";
import { tellCr4 } from "./told";
import { vmclear, vmptrld } from "./vmx";

/** The VS is active from now on. */
export function load(vs: Vs): void {
  vmptrld(vs.controlBlock);
  if (vs.hostOf != ppid() + 1) writeHostState(vs);
  loadOwn(vs);
  setBlock32(PP_BLOCK_ENTRY_WORK, ENTRY_LAUNCH | ENTRY_STATE | (isMitigated() ? ENTRY_MITIGATED : 0));
  if (vs.flushing != FLUSH_NONE) flushNow(vs);
  arm(vs);
  tellCr4();
}

/** The VS is not active any more. */
export function park(vs: Vs): void {
  setBlock64(PP_BLOCK_VMCS, 0);
  vmclear(vs.controlBlock);
  parkOwn(vs);
}

/** Makes a VS's VMCS current; giveBack() must follow. */
export function borrow(vs: Vs): void {
  if (vs.active != 0) return;
  setBlock64(PP_BLOCK_VMCS, 0);
  vmptrld(vs.controlBlock);
}

/** The VMCS that was borrowed is clear again, and the loaded VS's current. */
export function giveBack(vs: Vs): void {
  if (vs.active != 0) return;
  vmclear(vs.controlBlock);
  const loaded = loadedVs();
  if (loaded === null) return;
  vmptrld(loaded.controlBlock);
  arm(loaded);
}

/** Nothing that the processor caches of the VMCS is used again: it is written back, and launched anew. */
export function forgetCached(vs: Vs): void {
  if (vs.active == 0) {
    vmclear(vs.controlBlock);
    return;
  }
  setBlock64(PP_BLOCK_VMCS, 0);
  vmclear(vs.controlBlock);
  vmptrld(vs.controlBlock);
  setBlock32(PP_BLOCK_ENTRY_WORK, block32(PP_BLOCK_ENTRY_WORK) | ENTRY_LAUNCH);
  arm(vs);
}

/** From now on NMIs are armed in this VMCS, which is current; those that have come before are. */
function arm(vs: Vs): void {
  setBlock64(PP_BLOCK_VMCS, vs.controlBlock);
  writeProcessorControls(vs);
}
