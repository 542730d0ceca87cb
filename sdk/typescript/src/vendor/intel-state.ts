// Registers that a VMCS does not have as the VM sees them (SDM volume 3, 25.4.1, 25.6.6 and 25.8.1)
//
// CR0 and CR4 have bits that are the hypervisor's: the VM reads those from a shadow, and writing them exits. The mode of
// long addresses is a VM-entry control beside EFER.LMA.

import { Register } from "../../../../abi/generated/bare/enumerations";
import {
  INTEL_REG_CR0,
  INTEL_REG_CR0_GUEST_HOST_MASK,
  INTEL_REG_CR0_READ_SHADOW,
  INTEL_REG_CR4,
  INTEL_REG_CR4_GUEST_HOST_MASK,
  INTEL_REG_CR4_READ_SHADOW,
  INTEL_REG_EFER,
  INTEL_REG_ES_ATTRIB,
  INTEL_REG_SS_ATTRIB,
  INTEL_REG_TR_ATTRIB,
  INTEL_REG_VMENTRY_CTLS,
} from "../../../../abi/generated/bare/registers-intel";
import { NativeVs } from "../vs/native-vs";
import { fromAccessRights, privilegeOf, toAccessRights, withPrivilege } from "../vs/segments";

const EFER_LMA: u64 = 1 << 10;
const ENTRY_IA32E_MODE: u64 = 1 << 9;

/** Bits that VMX wants set, whatever the VM thinks: CR0.NE, CR4.VMXE (SDM volume 3, 24.8). */
const CR0_OWNED: u64 = 1 << 5;
const CR4_OWNED: u64 = 1 << 13;
const ALL: u64 = 0xffff_ffff_ffff_ffff;

/** Reads a register as the VM would. */
export function readIntel(vs: NativeVs, register: Register): u64 {
  const number = <u32>register >> 16;
  if (number == INTEL_REG_CR0) {
    return visible(vs, INTEL_REG_CR0, INTEL_REG_CR0_GUEST_HOST_MASK, INTEL_REG_CR0_READ_SHADOW);
  }
  if (number == INTEL_REG_CR4) {
    return visible(vs, INTEL_REG_CR4, INTEL_REG_CR4_GUEST_HOST_MASK, INTEL_REG_CR4_READ_SHADOW);
  }
  const value = vs.read(number);
  if (!isAttributes(number)) return value;
  return register == Register.Cpl ? privilegeOf(value) : fromAccessRights(value);
}

/** Writes a register as the VM would. */
export function writeIntel(vs: NativeVs, register: Register, value: u64): void {
  const number = <u32>register >> 16;
  if (isAttributes(number)) {
    if (register == Register.Cpl) value = withPrivilege(vs.read(INTEL_REG_SS_ATTRIB), value);
    else value = toAccessRights(value);
  } else if (number == INTEL_REG_EFER) {
    const controls = vs.read(INTEL_REG_VMENTRY_CTLS);
    const isLong = (value & EFER_LMA) != 0;
    vs.write(INTEL_REG_VMENTRY_CTLS, isLong ? controls | ENTRY_IA32E_MODE : controls & ~ENTRY_IA32E_MODE);
  } else if (number == INTEL_REG_CR0) {
    vs.write(INTEL_REG_CR0_READ_SHADOW, value);
  } else if (number == INTEL_REG_CR4) {
    vs.write(INTEL_REG_CR4_READ_SHADOW, value);
  }
  // The microkernel sets what VMX wants
  vs.write(number, value);
}

/** Makes every change that the VM makes to CR0 (or else CR4) exit, or only those to what is the hypervisor's. */
export function trapControlWrites(vs: NativeVs, isCr0: bool, wanted: bool): void {
  const shadow = isCr0 ? INTEL_REG_CR0_READ_SHADOW : INTEL_REG_CR4_READ_SHADOW;
  const mask = isCr0 ? INTEL_REG_CR0_GUEST_HOST_MASK : INTEL_REG_CR4_GUEST_HOST_MASK;
  vs.write(shadow, readIntel(vs, isCr0 ? Register.Cr0 : Register.Cr4));
  vs.write(mask, wanted ? ALL : isCr0 ? CR0_OWNED : CR4_OWNED);
}

function visible(vs: NativeVs, register: u32, mask: u32, shadow: u32): u64 {
  const owned = vs.read(mask);
  return (vs.read(register) & ~owned) | (vs.read(shadow) & owned);
}

function isAttributes(number: u32): bool {
  return number >= INTEL_REG_ES_ATTRIB && number <= INTEL_REG_TR_ATTRIB;
}
