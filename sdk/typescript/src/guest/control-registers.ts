// Control registers on the guest's behalf, with what the processor does beside (APM volume 2, 3.1)

import { Register } from "../../../../abi/generated/bare/enumerations";
import { Vs } from "../vs/vs";

const CR0_PE: u64 = 1;
const CR0_NW: u64 = 1 << 29;
const CR0_CD: u64 = 1 << 30;
const CR0_PG: u64 = 1 << 31;
const CR0_ET: u64 = 1 << 4;
const CR4_PAE: u64 = 1 << 5;
const EFER_LME: u64 = 1 << 8;
const EFER_LMA: u64 = 1 << 10;
const UPPER: u64 = 0xffff_ffff_0000_0000;
/** CR3: with PCIDs, "flush nothing". More is flushed than must be. */
const CR3_NO_FLUSH: u64 = 1 << 63;
const CR8_MAXIMUM: u64 = 15;

/** Reads CR0, CR2, CR3, CR4 or CR8. */
export function readControl(vs: Vs, number: u32): u64 {
  return vs.get(registerOf(number));
}

/**
 * Writes one; false when the processor would raise #GP. Bits of CR4 that the processor does not have are not looked for.
 */
export function writeControl(vs: Vs, number: u32, value: u64): bool {
  switch (number) {
    case 0:
      if (!writeCr0(vs, value)) return false;
      break;
    case 3:
      vs.set(Register.Cr3, value & ~CR3_NO_FLUSH);
      break;
    case 4:
      if ((value & UPPER) != 0) return false;
      if ((value & CR4_PAE) == 0 && (vs.get(Register.Efer) & EFER_LMA) != 0) return false;
      vs.set(Register.Cr4, value);
      break;
    case 8:
      if (value > CR8_MAXIMUM) return false;
      vs.set(Register.Cr8, value);
      return true;
    default:
      vs.set(registerOf(number), value);
      return true;
  }
  vs.flushTranslations();
  return true;
}

function writeCr0(vs: Vs, value: u64): bool {
  if ((value & UPPER) != 0) return false;
  if ((value & CR0_PG) != 0 && (value & CR0_PE) == 0) return false;
  if ((value & CR0_NW) != 0 && (value & CR0_CD) == 0) return false;
  const efer = vs.get(Register.Efer);
  if ((efer & EFER_LME) != 0) {
    const isPaging = (value & CR0_PG) != 0;
    if (isPaging && (vs.get(Register.Cr4) & CR4_PAE) == 0) return false;
    vs.set(Register.Efer, isPaging ? efer | EFER_LMA : efer & ~EFER_LMA);
  }
  vs.set(Register.Cr0, value | CR0_ET);
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
