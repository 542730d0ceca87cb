// Registers of a VS on Intel, by the numbers of the ABI

import {
  INTEL_REG_CR2,
  INTEL_REG_CR8,
  INTEL_REG_R15,
  INTEL_REG_XCR0,
} from "../../../../abi/generated/bare/registers-intel";
import { poke64 } from "../../../../bsl/src/memory";
import { Vs } from "../../../src/vs";
import { VS_CR2, VS_CR8 } from "../register-file";
import { isTooWide } from "../register-width";
import { readSwitched, writeSwitched } from "../switched";
import { ASKED_SECONDARY, ASKED_VPID, effective, NOT_ASKED, slotOf } from "./asked";
import { confined } from "./confinement";
import { adjust } from "./controls";
import { borrow, giveBack } from "./current";
import { writeProcessorControls } from "./nmi";
import { readOwn, writeOwn } from "./own-registers";
import { requestFlush } from "./tlb";
import { FIRST_FIELD, isReadOnly, VMCS_EPT_POINTER, VMCS_PROCESSOR_CONTROLS, vmcsField } from "./vmcs";
import { tryVmread, vmwrite } from "./vmx";

/** Width and type of a field (25.11.2): controls of 32 bits. */
const FIELD_KIND: u32 = 0x7c00;
const CONTROLS: u32 = 0x4000;

/** Whether a number names a register. */
export function isRegister(register: u64): bool {
  return register != 0 && register <= INTEL_REG_XCR0;
}

/** Number of the last register. */
export function registerCount(): u32 {
  return INTEL_REG_XCR0;
}

/** Reads one of the registers that the current VMCS holds as they are; false for every other. */
export function readHeld(register: u64, out: u64): bool {
  // The first one is the VPID: asked.ts has it, and that of controls
  if (register <= FIRST_FIELD || register >= INTEL_REG_CR8) return false;
  const field = vmcsField(<u32>register);
  return (field & FIELD_KIND) != CONTROLS && tryVmread(field, out) != 0;
}

/** Reads a register that exists into the native u64 at `out`; false when the processor does not have it. */
export function readRegister(vs: Vs, register: u32, out: u64): bool {
  if (register >= FIRST_FIELD && register < INTEL_REG_CR8) return readField(vs, vmcsField(register), out);
  poke64(out, valueOf(vs, register));
  return true;
}

/** General registers are numbered in the order in which the TCB has them. */
function valueOf(vs: Vs, register: u32): u64 {
  if (register <= INTEL_REG_R15) return vs.readGeneral(register - 1);
  if (register < FIRST_FIELD) return readOwn(vs, VS_CR2 + (register - INTEL_REG_CR2));
  return readSwitched(vs, VS_CR8 + (register - INTEL_REG_CR8));
}

/** Writes a register that exists; false when the processor does not have it, or refuses the value, or it is not as wide. */
export function writeRegister(vs: Vs, register: u32, value: u64): bool {
  if (register <= INTEL_REG_R15) {
    vs.writeGeneral(register - 1, value);
    return true;
  }
  if (register < FIRST_FIELD) return writeOwn(vs, VS_CR2 + (register - INTEL_REG_CR2), value);
  if (register >= INTEL_REG_CR8) return writeSwitched(vs, VS_CR8 + (register - INTEL_REG_CR8), value);
  const field = vmcsField(register);
  if (isReadOnly(field) || isTooWide(value, fieldBytes(field))) return false;
  borrow(vs);
  const done = writeField(vs, field, value);
  giveBack(vs);
  return done;
}

/** Bytes of a field, from its width (25.11.2): 16, 64, 32 bits, or those of a natural number. */
function fieldBytes(field: u32): u32 {
  const width = (field >> 13) & 3;
  if (width == 0) return 2;
  return width == 2 ? 4 : 8;
}

function readField(vs: Vs, field: u32, out: u64): bool {
  // Without the bit that the kernel may have set for an NMI of its own
  if (field == VMCS_PROCESSOR_CONTROLS) {
    poke64(out, vs.processorControls);
    return true;
  }
  const slot = slotOf(field);
  if (slot != NOT_ASKED) {
    poke64(out, vs.asked(slot));
    return true;
  }
  borrow(vs);
  const done = tryVmread(field, out) != 0;
  giveBack(vs);
  return done;
}

/** Writes a field of a VS whose VMCS is current. */
export function writeField(vs: Vs, field: u32, value: u64): bool {
  const asked = adjust(field, value);
  if (field == VMCS_PROCESSOR_CONTROLS) {
    vs.processorControls = <u32>asked;
    if (vs.active != 0) {
      writeProcessorControls(vs);
      return true;
    }
    return vmwrite(field, confined(vs, field, asked)) != 0;
  }
  const slot = slotOf(field);
  if (slot == NOT_ASKED) {
    const done = vmwrite(field, confined(vs, field, asked)) != 0;
    // Translations by former tables may still be there
    if (field == VMCS_EPT_POINTER) requestFlush(vs);
    return done;
  }
  const before = vs.asked(slot);
  vs.ask(slot, asked);
  const done = vmwrite(field, effective(vs, field, asked)) != 0;
  // Translations of the identifier's former user may still be there
  if (before != asked && (slot == ASKED_VPID || slot == ASKED_SECONDARY)) requestFlush(vs);
  return done;
}
