// Control registers on the guest's behalf, with what the processor does beside (APM volume 2, 3.1; SDM volume 3, 2.5)

import { Register } from "../../../../abi/generated/bare/enumerations";
import { ATTRIBUTE_LONG } from "../vs/segments";
import { Vs } from "../vs/vs";
import { isLegal, isPhysical, merged } from "./legal-values";

const CR0_PE: u64 = 1;
const CR0_ET: u64 = 1 << 4;
const CR0_WP: u64 = 1 << 16;
const CR0_NW: u64 = 1 << 29;
const CR0_CD: u64 = 1 << 30;
const CR0_PG: u64 = 1 << 31;
const CR4_PAE: u64 = 1 << 5;
const CR4_LA57: u64 = 1 << 12;
const CR4_PCIDE: u64 = 1 << 17;
const CR4_CET: u64 = 1 << 23;
const CR4_LAM_SUP: u64 = 1 << 28;
const EFER_LME: u64 = 1 << 8;
const EFER_LMA: u64 = 1 << 10;
/** CR3: with PCIDs, "flush nothing". More is flushed than must be. */
const CR3_NO_FLUSH: u64 = 1 << 63;
/** CR3: with LAM, which bits of a user address are its own. */
const CR3_LAM: u64 = 3 << 61;
const CR3_PCID: u64 = 0xfff;

/** Reads CR0, CR2, CR3, CR4 or CR8. */
export function readControl(vs: Vs, number: u32): u64 {
  return vs.get(registerOf(number));
}

/** Writes one; false when the processor would raise #GP. */
export function writeControl(vs: Vs, number: u32, value: u64): bool {
  const register = registerOf(number);
  if (!isLegal(register, value)) return false;
  switch (number) {
    case 0:
      if (!writeCr0(vs, value)) return false;
      break;
    case 3:
      if (!writeCr3(vs, value)) return false;
      break;
    case 4:
      if (!writeCr4(vs, value)) return false;
      break;
    default:
      vs.set(register, value);
      return true;
  }
  vs.flushTranslations();
  return true;
}

function writeCr0(vs: Vs, value: u64): bool {
  if ((value & CR0_PG) != 0 && (value & CR0_PE) == 0) return false;
  if ((value & CR0_NW) != 0 && (value & CR0_CD) == 0) return false;
  const cr4 = vs.get(Register.Cr4);
  if ((value & CR0_PG) == 0 && (cr4 & CR4_PCIDE) != 0) return false;
  if ((value & CR0_WP) == 0 && (cr4 & CR4_CET) != 0) return false;
  const before = vs.get(Register.Cr0);
  const efer = vs.get(Register.Efer);
  if ((efer & EFER_LME) != 0 && ((value ^ before) & CR0_PG) != 0) {
    const isPaging = (value & CR0_PG) != 0;
    // From 64-bit code there is no way out of long mode, and none into it
    if ((vs.get(Register.CsAttrib) & ATTRIBUTE_LONG) != 0) return false;
    if (isPaging && (cr4 & CR4_PAE) == 0) return false;
    vs.set(Register.Efer, isPaging ? efer | EFER_LMA : efer & ~EFER_LMA);
  }
  vs.set(Register.Cr0, merged(Register.Cr0, before, value) | CR0_ET);
  return true;
}

function writeCr3(vs: Vs, value: u64): bool {
  const cr4 = vs.get(Register.Cr4);
  if ((cr4 & CR4_PCIDE) != 0) value &= ~CR3_NO_FLUSH;
  const lam = isLegal(Register.Cr4, CR4_LAM_SUP) ? CR3_LAM : 0;
  if (!isPhysical(value & ~lam)) return false;
  vs.set(Register.Cr3, value);
  return true;
}

function writeCr4(vs: Vs, value: u64): bool {
  const changed = value ^ vs.get(Register.Cr4);
  const isLong = (vs.get(Register.Efer) & EFER_LMA) != 0;
  if (isLong && ((value & CR4_PAE) == 0 || (changed & CR4_LA57) != 0)) return false;
  if ((changed & value & CR4_PCIDE) != 0 && (!isLong || (vs.get(Register.Cr3) & CR3_PCID) != 0)) return false;
  if ((value & CR4_CET) != 0 && (vs.get(Register.Cr0) & CR0_WP) == 0) return false;
  vs.set(Register.Cr4, value);
  return true;
}

function registerOf(number: u32): Register {
  switch (number) {
    case 0:
      return Register.Cr0;
    case 2:
      return Register.Cr2;
    case 3:
      return Register.Cr3;
    case 4:
      return Register.Cr4;
    default:
      return Register.Cr8;
  }
}
