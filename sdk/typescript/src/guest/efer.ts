// EFER on the guest's behalf (APM volume 2, 3.1.7; SDM volume 3, 2.2.1)

import { Register } from "../../../../abi/generated/bare/enumerations";
import { Vs } from "../vs/vs";
import { isLegal, merged } from "./legal-values";

const EFER_LME: u64 = 1 << 8;
const CR0_PG: u64 = 1 << 31;

/** Writes it; false when the processor would raise #GP: for reserved bits, and when LME changes while paging is on. */
export function writeEfer(vs: Vs, value: u64): bool {
  const before = vs.get(Register.Efer);
  if (!isLegal(Register.Efer, value)) return false;
  if (((value ^ before) & EFER_LME) != 0 && (vs.get(Register.Cr0) & CR0_PG) != 0) return false;
  vs.set(Register.Efer, merged(Register.Efer, before, value));
  return true;
}
