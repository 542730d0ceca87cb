// A VS's translations: dropped at once where it is active, else when it becomes so (SDM volume 3, 29.4)

import { FLUSH_NONE, FLUSH_OWN, Vs } from "../../../src/vs";
import { SECONDARY_EPT, SECONDARY_VPID } from "./controls";
import { VMCS_EPT_POINTER, VMCS_SECONDARY_CONTROLS, VMCS_VPID } from "./vmcs";
import { invept, invvpid, vmread } from "./vmx";

const INVALIDATE_ADDRESS: u32 = 0;
const INVALIDATE_ONE: u32 = 1;
const INVALIDATE_ALL: u32 = 2;

/** All that the processor keeps for a VS's VPID and EPT pointer is gone before it runs again. */
export function requestFlush(vs: Vs): void {
  if (vs.active == 0) vs.flushing = FLUSH_OWN;
  else flushNow(vs);
}

/** The same at once; its VMCS is current. Without VPID nothing outlives an exit, but for what EPT says. */
export function flushNow(vs: Vs): void {
  vs.flushing = FLUSH_NONE;
  const controls = vmread(VMCS_SECONDARY_CONTROLS);
  if ((controls & SECONDARY_VPID) != 0) invvpid(INVALIDATE_ONE, <u32>vmread(VMCS_VPID), 0);
  if ((controls & SECONDARY_EPT) != 0) invept(INVALIDATE_ONE, vmread(VMCS_EPT_POINTER));
}

/** Drops what this processor keeps for any VPID and any EPT pointer. */
export function flushGuests(): void {
  invvpid(INVALIDATE_ALL, 0, 0);
  invept(INVALIDATE_ALL, 0);
}

/** Drops the translation of one guest linear address of the VS whose VMCS is current. */
export function flushAddressNow(address: u64): void {
  if ((vmread(VMCS_SECONDARY_CONTROLS) & SECONDARY_VPID) == 0) return;
  invvpid(INVALIDATE_ADDRESS, <u32>vmread(VMCS_VPID), address);
}
