// A processor without virtualization, as an operating system shall see it that boots inside
//
// One that finds SVM or VT-x loads what makes use of them, and comes upon #UD and refused bits where it expects none.

import { CpuidExit } from "../exits/cpuid-exit";
import { onCpuid } from "../exits/on";
import { guest } from "../guest/guest";
import { isIntel } from "../vendor/vendor";

/** SDM volume 2A, CPUID: ECX of leaf 1, VMX and SMX. */
const INTEL_LEAF: u32 = 1;
const INTEL_BITS: u64 = (1 << 5) | (1 << 6);
/** APM volume 3, appendix E: ECX of leaf 8000_0001h, SVM and SKINIT. */
const AMD_LEAF: u32 = 0x8000_0001;
const AMD_BITS: u64 = (1 << 2) | (1 << 12);
/** What SVM has. */
const AMD_LEAF_SVM: u32 = 0x8000_000a;

/**
 * Has CPUID say that this processor has neither SVM nor VT-x, SKINIT nor SMX: in bootstrap, behind startRoot. An operating system
 * that has seen them before the start goes by what it has seen.
 */
export function hideVirtualization(): void {
  onCpuid(answerWithout);
}

function answerWithout(exit: CpuidExit): bool {
  const leaf = exit.leaf;
  if (!isIntel() && leaf == AMD_LEAF_SVM) {
    exit.answer(0, 0, 0, 0);
    return true;
  }
  if (leaf != (isIntel() ? INTEL_LEAF : AMD_LEAF)) return false;
  exit.passThrough();
  guest.rcx &= ~(isIntel() ? INTEL_BITS : AMD_BITS);
  return true;
}
