// Which VS is active on this processor: what the control block does not hold changes hands

import {
  CONTEXT_VMEXIT,
  PP_BLOCK_ACTIVE_VS,
  PP_BLOCK_CONTEXT,
  PP_BLOCK_TCB_IDS0,
  PP_BLOCK_UPCALL_REG0,
} from "../../abi/generated/bare/pp-block";
import { loadSwitched, parkSwitched } from "../arch/x64/switched";
import * as vendor from "../arch/x64/vendor";
import { switchView } from "./direct-map";
import { activeVs, block32, setBlock32, setBlock64, showActive } from "./pp";
import { vmAt } from "./vm";
import { vpAt } from "./vp";
import { Vs } from "./vs";

/** Makes a VS of this processor the active one: registers that its control block does not hold change hands. */
export function activate(vs: Vs): void {
  const previous = activeVs();
  if (previous == vs) return;
  if (previous !== null) park(previous);
  vs.takeGeneral();
  // Before the first exit was handled, only a run that happened counts; afterwards what is active runs next
  if (block32(PP_BLOCK_CONTEXT) == CONTEXT_VMEXIT) vs.ran = 1;
  loadSwitched(vs);
  switchView(vpAt(vs.vpid).vmid);
  setBlock32(PP_BLOCK_ACTIVE_VS, <u32>changetype<usize>(vs));
  vendor.load(vs);
  setBlock64(PP_BLOCK_TCB_IDS0, ((<u64>vpAt(vs.vpid).vmid) << 16) | ((<u64>vs.vpid) << 32) | ((<u64>vs.id) << 48));
  setBlock64(PP_BLOCK_UPCALL_REG0, vs.name());
  const vp = vpAt(vs.vpid);
  showActive(vmAt(vp.vmid).tag, vp.tag, vs.tag);
}

/** Takes the active VS off this processor. */
function park(vs: Vs): void {
  vs.storeGeneral();
  parkSwitched(vs);
  vendor.park(vs);
}
