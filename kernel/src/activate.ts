// Which VS is active on this processor: what the control block does not hold changes hands

import { giveFpu } from "#arch/fpu";
import { loadSwitched, parkSwitched } from "#arch/switched";
import * as vendor from "#arch/vendor";
import {
  CONTEXT_VMEXIT,
  PP_BLOCK_ACTIVE_VS,
  PP_BLOCK_CONTEXT,
  PP_BLOCK_LOADED_VS,
  PP_BLOCK_TCB_IDS0,
  PP_BLOCK_UPCALL_REG0,
  WORK_KICKED,
} from "../../abi/generated/bare/pp-block";
import { switchView } from "./direct-map";
import { currentExtension } from "./extension";
import { nestedAt } from "./nested/nested";
import { activeVs, block32, ppid, setBlock32, setBlock64, showActive } from "./pp";
import { addWork } from "./requests";
import { vmAt } from "./vm";
import { vpAt } from "./vp";
import { Vs } from "./vs";

/** Makes a VS of this processor the active one: registers that its control block does not hold change hands. */
export function activate(vs: Vs): void {
  const previous = activeVs();
  if (previous == vs) return;
  if (previous !== null) {
    previous.storeGeneral();
    vpAt(previous.vpid).activeOn = 0;
    if (previous.nested != 0) nestedAt(previous.nested - 1).runners.remove(ppid());
  }
  vs.takeGeneral();
  if (vs.nested != 0) nestedAt(vs.nested - 1).runners.add(ppid());
  const vp = vpAt(vs.vpid);
  vp.activeOn = ppid() + 1;
  // Before the first exit was handled, only a run that happened counts; afterwards what is active runs next
  if (block32(PP_BLOCK_CONTEXT) == CONTEXT_VMEXIT) vs.ran = 1;
  setBlock32(PP_BLOCK_ACTIVE_VS, <u32>changetype<usize>(vs));
  becomeLoaded(changetype<usize>(vs));
  if (vs.kicked != 0) addWork(WORK_KICKED);
  switchView(vp.vmid);
  const ids = ((<u64>vp.vmid) << 16) | ((<u64>vs.vpid) << 32) | ((<u64>vs.id) << 48);
  setBlock64(PP_BLOCK_TCB_IDS0, currentExtension().id | ids);
  setBlock64(PP_BLOCK_UPCALL_REG0, vs.name());
  showActive(vmAt(vp.vmid).tag, vp.tag, vs.tag);
}

/**
 * Makes the processor hold the registers of an active VS, by its address, which neither its control block nor the TCB
 * holds. Those of another one, which stays active for its own extension, are parked.
 */
export function becomeLoaded(address: usize): void {
  const loaded = block32(PP_BLOCK_LOADED_VS);
  if (loaded == <u32>address) return;
  if (loaded != 0) unload(changetype<Vs>(<usize>loaded));
  const vs = changetype<Vs>(address);
  loadSwitched(vs);
  giveFpu(vs.fpu);
  setBlock32(PP_BLOCK_LOADED_VS, <u32>address);
  vendor.load(vs);
}

/** Takes out of the processor what only the VS that runs next has there. */
function unload(vs: Vs): void {
  parkSwitched(vs);
  vendor.park(vs);
}
