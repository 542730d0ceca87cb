// Bits of CPUID that show who executes it: abi/src/cpuid-bits.ts says which. No vendor hides them.

import {
  CPUID_AESKLE_BIT,
  CPUID_AESKLE_CR4,
  CPUID_AESKLE_LEAF,
  CPUID_OSPKE_BIT,
  CPUID_OSPKE_CR4,
  CPUID_OSPKE_LEAF,
  CPUID_OSXSAVE_BIT,
  CPUID_OSXSAVE_CR4,
  CPUID_OSXSAVE_LEAF,
  CPUID_SYSCALL_BIT,
  CPUID_SYSCALL_EFER,
  CPUID_SYSCALL_LEAF,
} from "../../../../abi/generated/bare/cpuid-bits";
import { Register } from "../../../../abi/generated/bare/enumerations";
import { TCB_ACTIVE_VS, TCB_CR4, TCB_RBX, TCB_RCX, TCB_RDX } from "../../../../abi/generated/bare/tls";
import { cpuidToGuest, tcbLoad32, tcbLoad64, tcbStore64 } from "../calls/tcb";
import { isIntel } from "../vendor/vendor";
import { ATTRIBUTE_LONG } from "../vs/segments";
import { Vs } from "../vs/vs";

/** The answer to any leaf. Called through a variable: what an extension does at every exit shall stay small. */
export const answerAnyLeaf: (leaf: u32) => void = answer;

/** CR4 of the active VS. */
export function readCr4(): u64 {
  return tcbLoad64(TCB_CR4);
}

function answer(leaf: u32): void {
  const subleaf = <u32>tcbLoad64(TCB_RCX);
  cpuidToGuest(leaf, subleaf);
  if (leaf == CPUID_OSXSAVE_LEAF) {
    show(TCB_RCX, CPUID_OSXSAVE_BIT, (readCr4() & CPUID_OSXSAVE_CR4) != 0);
  } else if (leaf == CPUID_OSPKE_LEAF) {
    if (subleaf == 0) show(TCB_RCX, CPUID_OSPKE_BIT, (readCr4() & CPUID_OSPKE_CR4) != 0);
  } else if (isIntel()) {
    if (leaf == CPUID_AESKLE_LEAF) show(TCB_RBX, CPUID_AESKLE_BIT, (readCr4() & CPUID_AESKLE_CR4) != 0);
    else if (leaf == CPUID_SYSCALL_LEAF) show(TCB_RDX, CPUID_SYSCALL_BIT, isIn64BitCode());
  }
}

function show(register: u32, bit: u64, isSet: bool): void {
  const others = tcbLoad64(register) & ~bit;
  tcbStore64(register, isSet ? others | bit : others);
}

function isIn64BitCode(): bool {
  const vs = Vs.of(tcbLoad32(TCB_ACTIVE_VS));
  return (vs.get(Register.CsAttrib) & ATTRIBUTE_LONG) != 0 && (vs.get(Register.Efer) & CPUID_SYSCALL_EFER) != 0;
}
