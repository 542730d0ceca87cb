// Which VS is active on this processor: what the control block does not hold changes hands

import { exchangeMore } from "#arch/own-msrs";
import { exchangeSwitched, loadSwitched, parkSwitched } from "#arch/switched";
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
import { nestedAt } from "./nested/nested";
import { activeVs, block32, ppid, setBlock32, setBlock64, showActive } from "./pp";
import { addWork } from "./requests";
import { Vs } from "./vs";

/** Makes a VS of this processor the active one: registers that its control block does not hold change hands. */
export function activate(vs: Vs): void {
  const previous = activeVs();
  if (previous == vs) return;
  let isLoaded = false;
  if (previous !== null) {
    isLoaded = block32(PP_BLOCK_LOADED_VS) == <u32>changetype<usize>(previous);
    previous.storeGeneral();
    previous.vp.activeOn = 0;
    if (previous.nested != 0) nestedAt(previous.nested - 1).runners.remove(ppid());
  }
  vs.takeGeneral();
  if (vs.nested != 0) nestedAt(vs.nested - 1).runners.add(ppid());
  vs.vp.activeOn = ppid() + 1;
  // Before the first exit was handled, only a run that happened counts; afterwards what is active runs next
  if (block32(PP_BLOCK_CONTEXT) == CONTEXT_VMEXIT) vs.ran = 1;
  setBlock32(PP_BLOCK_ACTIVE_VS, <u32>changetype<usize>(vs));
  if (isLoaded) exchange(changetype<Vs>(previous), vs);
  else becomeLoaded(changetype<usize>(vs));
  if (vs.kicked != 0) addWork(WORK_KICKED);
  switchView(vs.vmid);
  setBlock64(PP_BLOCK_TCB_IDS0, vs.ids);
  setBlock64(PP_BLOCK_UPCALL_REG0, vs.name());
  showActive(vs.tags, vs.tag);
}

/**
 * Makes the processor hold the registers of an active VS, by its address, which neither its control block nor the TCB
 * holds. Those of another one, which stays active for its own extension, are parked.
 */
export function becomeLoaded(address: usize): void {
  const loaded = block32(PP_BLOCK_LOADED_VS);
  if (loaded == <u32>address) return;
  const vs = changetype<Vs>(address);
  if (loaded != 0) {
    parkSwitched(changetype<Vs>(<usize>loaded));
    vendor.park(changetype<Vs>(<usize>loaded));
    if (changetype<Vs>(<usize>loaded).more != 0) exchangeMore(changetype<Vs>(<usize>loaded));
  }
  loadSwitched(vs);
  setBlock32(PP_BLOCK_LOADED_VS, <u32>address);
  vendor.load(vs);
  if (vs.more != 0) exchangeMore(vs);
}

/** The same where it is known that one takes the other's place, as when two VMs take turns. */
function exchange(from: Vs, to: Vs): void {
  vendor.park(from);
  if (from.more != 0) exchangeMore(from);
  exchangeSwitched(from, to);
  setBlock32(PP_BLOCK_LOADED_VS, <u32>changetype<usize>(to));
  vendor.load(to);
  if (to.more != 0) exchangeMore(to);
}
