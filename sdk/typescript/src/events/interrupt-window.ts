// The wish to be told when a VM can take an interrupt
//
// AMD's virtual interrupt control, offset 60h of the VMCB (APM volume 2, 15.21.4): bit 8 V_IRQ, bits 19:16 its priority,
// bit 20 V_IGN_TPR.

import { Instruction } from "../../../../abi/generated/bare/enumerations";
import { AMD_REG_VIRTUAL_INTERRUPT_A } from "../../../../abi/generated/bare/registers-amd";
import { isIntel } from "../vendor/vendor";
import { NativeVs } from "../vs/native-vs";

const V_IRQ: u64 = 1 << 8;
const V_PRIORITY_HIGHEST: u64 = 15 << 16;
const V_IGNORE_TPR: u64 = 1 << 20;
const WINDOW: u64 = V_IRQ | V_PRIORITY_HIGHEST | V_IGNORE_TPR;

/** Asks for an exit as soon as the VM can take an interrupt. */
export function requestInterruptWindow(vs: NativeVs): void {
  if (!isIntel()) vs.write(AMD_REG_VIRTUAL_INTERRUPT_A, vs.read(AMD_REG_VIRTUAL_INTERRUPT_A) | WINDOW);
  vs.setInterception(Instruction.InterruptWindow, true);
}

/** Takes the wish back. */
export function closeInterruptWindow(vs: NativeVs): void {
  if (!isIntel()) vs.write(AMD_REG_VIRTUAL_INTERRUPT_A, vs.read(AMD_REG_VIRTUAL_INTERRUPT_A) & ~WINDOW);
  vs.setInterception(Instruction.InterruptWindow, false);
}
