// XCR0 on the VM's behalf (SDM volume 1, 13.3; volume 2, XSETBV)

import { Register } from "../../../../abi/generated/bare/enumerations";
import { cpuidEaxEdx } from "../vendor/cpuid";
import { Vs } from "../vs/vs";

/** CPUID 0Dh, subleaf 0: EDX:EAX are the bits that the processor has. */
const LEAF_STATE: u32 = 0xd;

const X87: u64 = 1;
const SSE: u64 = 1 << 1;
const AVX: u64 = 1 << 2;
const MPX: u64 = 3 << 3;
const AVX_512: u64 = 7 << 5;
const AMX: u64 = 3 << 17;

/** Writes it; false when the processor would raise #GP. */
export function setXcr0(vs: Vs, value: u64): bool {
  if ((value & ~cpuidEaxEdx(LEAF_STATE, 0)) != 0 || !isConsistent(value)) return false;
  vs.set(Register.Xcr0, value);
  return true;
}

/** Parts of a state come together, and on top of what they extend. */
function isConsistent(value: u64): bool {
  if ((value & X87) == 0) return false;
  if ((value & AVX) != 0 && (value & SSE) == 0) return false;
  if ((value & AVX_512) != 0 && ((value & AVX_512) != AVX_512 || (value & AVX) == 0)) return false;
  return isWhole(value, MPX) && isWhole(value, AMX);
}

function isWhole(value: u64, parts: u64): bool {
  return (value & parts) == 0 || (value & parts) == parts;
}
