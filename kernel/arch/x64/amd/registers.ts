// Registers of a VS on AMD, by the numbers of the ABI

import {
  AMD_REG_CR8,
  AMD_REG_EFER,
  AMD_REG_GUEST_ASID,
  AMD_REG_R15,
  AMD_REG_RAX,
  AMD_REG_XCR0,
} from "../../../../abi/generated/bare/registers-amd";
import { DIRECT_BASE } from "../../../../abi/generated/bare/windows";
import { peek8, peek16, peek32, peek64, poke8, poke16, poke32, poke64 } from "../../../../bsl/src/memory";
import { Vs } from "../../../src/vs";
import { VS_CR8 } from "../register-file";
import { isTooWide } from "../register-width";
import { readSwitched, writeSwitched } from "../switched";
import { readAsked, writeAsked } from "./asked-registers";
import { EFER_SVME, KERNEL_HAS_A_SAY, VMCB_VIRTUAL_INTERRUPT, vmcbField } from "./vmcb";
import { noteWritten } from "./written";

/** Place of RAX among a VS's general registers; RBX to R15 follow it. */
const GENERAL_RAX: u32 = 0;

const V_TPR: u8 = 15;

/** Whether a number names a register. */
export function isRegister(register: u64): bool {
  return register != 0 && register <= AMD_REG_XCR0;
}

/** Number of the last register. */
export function registerCount(): u32 {
  return AMD_REG_XCR0;
}

/** The byte that is CR8 of a VM with V_INTR_MASKING (15.21.2). */
function virtualTpr(vs: Vs): u64 {
  return DIRECT_BASE + vs.controlBlock + VMCB_VIRTUAL_INTERRUPT;
}

/** Reads one of the 64-bit registers that the VMCB holds as they are; false for every other. */
export function readHeld(vs: Vs, register: u64, out: u64): bool {
  const field = vmcbField(register);
  if ((field & 0xff) != 8 || register == AMD_REG_RAX) return false;
  poke64(out, peek64(DIRECT_BASE + vs.controlBlock + (field >> 8)));
  return true;
}

/** Reads a register that exists into the native u64 at `out`; false when the processor does not have it. */
export function readRegister(vs: Vs, register: u32, out: u64): bool {
  poke64(out, valueOf(vs, register));
  return true;
}

function valueOf(vs: Vs, register: u32): u64 {
  const field = vmcbField(register);
  if (register == AMD_REG_RAX) return vs.readGeneral(GENERAL_RAX);
  if (field != 0) {
    const address = DIRECT_BASE + vs.controlBlock + (field >> 8);
    const bytes = field & 0xff;
    if ((bytes & KERNEL_HAS_A_SAY) != 0) return readAsked(vs, register);
    if (bytes == 8) return peek64(address);
    if (bytes == 4) return peek32(address);
    return bytes == 2 ? peek16(address) : peek8(address);
  }
  if (register <= AMD_REG_R15) return vs.readGeneral(register);
  if (register == AMD_REG_CR8 && vs.isClosed()) return peek8(virtualTpr(vs)) & V_TPR;
  return readSwitched(vs, VS_CR8 + (register - AMD_REG_CR8));
}

/** Bytes that a register in the VMCB has. An ASID has 16 bits for the interface, as Intel's identifiers have. */
function widthOf(register: u32, bytes: u32): u32 {
  return register == AMD_REG_GUEST_ASID ? 2 : bytes & ~KERNEL_HAS_A_SAY;
}

/** Writes a register that exists; false when the processor refuses the value, or the register is not as wide. */
export function writeRegister(vs: Vs, register: u32, value: u64): bool {
  const field = vmcbField(register);
  if (register == AMD_REG_RAX) {
    vs.writeGeneral(GENERAL_RAX, value);
    return true;
  }
  if (field != 0) {
    const address = DIRECT_BASE + vs.controlBlock + (field >> 8);
    const bytes = field & 0xff;
    if (isTooWide(value, widthOf(register, bytes))) return false;
    if (register == AMD_REG_EFER) value |= EFER_SVME;
    noteWritten(vs, register, value);
    if ((bytes & KERNEL_HAS_A_SAY) != 0) writeAsked(vs, register, value);
    else if (bytes == 8) poke64(address, value);
    else if (bytes == 4) poke32(address, <u32>value);
    else if (bytes == 2) poke16(address, <u16>value);
    else poke8(address, <u8>value);
    return true;
  }
  if (register <= AMD_REG_R15) {
    vs.writeGeneral(register, value);
    return true;
  }
  if (register == AMD_REG_CR8 && vs.isClosed()) {
    if (value > V_TPR) return false;
    poke8(virtualTpr(vs), (peek8(virtualTpr(vs)) & ~V_TPR) | <u8>value);
    return true;
  }
  return writeSwitched(vs, VS_CR8 + (register - AMD_REG_CR8), value);
}
