// A VS on Intel: its VMCS (SDM volume 3, chapter 25)

import { FLUSH_OWN, Vs } from "../../../src/vs";
import { ASKED_EXCEPTIONS, ASKED_PIN, ASKED_SECONDARY } from "./asked";
import { borrow, giveBack } from "./current";
import { defaultPointer } from "./ept";
import { writeRevision } from "./operation";
import { writeField } from "./registers";
import { flushAddressNow } from "./tlb";
import {
  FIRST_FIELD,
  isReadOnly,
  LAST_FIELD,
  VMCS_EPT_POINTER,
  VMCS_EXCEPTION_BITMAP,
  VMCS_EXIT_REASON,
  VMCS_LINK_POINTER,
  VMCS_PHYSICAL_ADDRESS,
  VMCS_PIN_CONTROLS,
  VMCS_PROCESSOR_CONTROLS,
  VMCS_QUALIFICATION,
  VMCS_RIP,
  VMCS_SECONDARY_CONTROLS,
  vmcsField,
} from "./vmcs";
import { vmclear, vmread, vmwrite } from "./vmx";

/** Without VMCS shadowing the link pointer is all ones (25.4.2). */
const NO_LINK: u64 = 0xffff_ffff_ffff_ffff;

/** Makes a new page a VMCS: all zero, but for what must not be. */
export function initControlBlock(vs: Vs): void {
  writeRevision(vs.controlBlock);
  vs.hostOf = 0;
  vs.flushing = FLUSH_OWN;
  vmclear(vs.controlBlock);
  borrow(vs);
  for (let register = FIRST_FIELD; register <= LAST_FIELD; register++) {
    const field = vmcsField(register);
    if (!isReadOnly(field)) writeField(vs, field, 0);
  }
  vmwrite(VMCS_EPT_POINTER, defaultPointer(vs));
  vmwrite(VMCS_LINK_POINTER, NO_LINK);
  clearHostState();
  giveBack(vs);
}

/** The VS owns the machine from now on. */
export function becomeRoot(vs: Vs): void {
  borrow(vs);
  writeField(vs, VMCS_PIN_CONTROLS, vs.asked(ASKED_PIN));
  writeField(vs, VMCS_PROCESSOR_CONTROLS, vs.processorControls);
  writeField(vs, VMCS_EXCEPTION_BITMAP, vs.asked(ASKED_EXCEPTIONS));
  writeField(vs, VMCS_SECONDARY_CONTROLS, vs.asked(ASKED_SECONDARY));
  giveBack(vs);
}

/** What host-state.ts does not write: its 16-bit, 32-bit and natural fields (appendix B). */
function clearHostState(): void {
  for (let field: u32 = 0x0c00; field <= 0x0c0c; field += 2) vmwrite(field, 0);
  for (let field: u32 = 0x6c00; field <= 0x6c16; field += 2) vmwrite(field, 0);
  vmwrite(0x4c00, 0);
}

/** What the log keeps of the active VS's exit: the reason, two words that explain it, and the guest's RIP. */
export function exitWord(index: u32): u64 {
  if (index == 0) return vmread(VMCS_EXIT_REASON);
  if (index == 1) return vmread(VMCS_QUALIFICATION);
  return vmread(index == 2 ? VMCS_PHYSICAL_ADDRESS : VMCS_RIP);
}

/** Drops the translation of one guest linear address. */
export function flushAddress(vs: Vs, address: u64): void {
  borrow(vs);
  flushAddressNow(address);
  giveBack(vs);
}
