// Registers of a VM with values of the VM's own: written where its processor would take them

import { Register } from "../../../../abi/generated/bare/enumerations";
import { Vs } from "../vs/vs";
import { writeControl } from "./control-registers";
import { writeEfer } from "./efer";
import { isLegal, merged } from "./legal-values";
import { setXcr0 } from "./xcr0";

/**
 * Writes a register with a value that the VM chose, as an instruction of the VM does; false when the processor would raise
 * #GP, as for reserved bits and for addresses that are not canonical. `vs.set` asserts that the value is a good one, so it
 * is for values of the extension's.
 */
export function trySet(vs: Vs, register: Register, value: u64): bool {
  switch (register) {
    case Register.Cr0:
      return writeControl(vs, 0, value);
    case Register.Cr3:
      return writeControl(vs, 3, value);
    case Register.Cr4:
      return writeControl(vs, 4, value);
    case Register.Efer:
      return writeEfer(vs, value);
    case Register.Xcr0:
      return setXcr0(vs, value);
    case Register.Dr6:
    case Register.Dr7:
      return isLegal(register, value) && setDebug(vs, register, value);
    default:
      if (!isLegal(register, value)) return false;
      vs.set(register, merged(register, 0, value));
      return true;
  }
}

/** Bits that read as 1, and those that read as 0, whatever is written (SDM volume 3, 18.2.3 and 18.2.4). */
const DR6_ONES: u64 = 0xffff_07f0;
const DR6_ZEROS: u64 = 1 << 12;
const DR7_ONES: u64 = 1 << 10;
const DR7_ZEROS: u64 = 0xd000;

function setDebug(vs: Vs, register: Register, value: u64): bool {
  if (register == Register.Dr6) vs.set(register, (value | DR6_ONES) & ~DR6_ZEROS);
  else vs.set(register, (value | DR7_ONES) & ~DR7_ZEROS);
  return true;
}
