// Why the processor refuses a VS
//
//     const why = vs.explain();
//     if (why.isBroken) why.describe(line(Level.Error)).end();
//
// writes "PP 0: error: CR0: PG needs PE (SDM 3, 27.3.1.1); register 143 is 0x80000020".

import { AMD_RULE_TEXTS, INTEL_RULE_TEXTS } from "../../../../abi/generated/bare/entry-rules-text";
import { SYSCALL_INTRINSIC_RDMSR, SYSCALL_VS_READ } from "../../../../abi/generated/bare/syscalls";
import { explainAmd } from "../../../../bsl/src/entry-checks/amd";
import { registerOf, ruleOf, UNBROKEN, writeSection, writeSentence } from "../../../../bsl/src/entry-checks/broken";
import { explainIntel } from "../../../../bsl/src/entry-checks/intel";
import { callOrZero } from "../calls/syscall";
import { cpuidRegister } from "../vendor/cpuid";
import { isIntel } from "../vendor/vendor";
import { Line } from "./log";

/** The first rule of the processor's manual that a VS breaks; the same object at every call. */
@unmanaged
export class Explanation {
  private what: u32 = 0;
  private reserved: u32 = 0;
  /** The value of the register that breaks it. */
  value: u64 = 0;

  /** Whether there is such a rule. What registers do not show, such as memory behind an address, is not looked at. */
  get isBroken(): bool {
    return this.what != UNBROKEN;
  }

  /** The rule's number: INTEL_RULE_* or AMD_RULE_*. */
  get rule(): u32 {
    return ruleOf(this.what);
  }

  /** The register's number in the ABI: INTEL_REG_* or AMD_REG_*. */
  get register(): u32 {
    return registerOf(this.what);
  }

  /** Appends the rule's sentence to a line. */
  sentence(to: Line): Line {
    writeSentence<Line>(to, isIntel() ? INTEL_RULE_TEXTS : AMD_RULE_TEXTS, this.what);
    return to;
  }

  /** Appends the section that has the rule: of the SDM, volume 3, or the APM, volume 2. */
  section(to: Line): Line {
    writeSection<Line>(to, isIntel() ? INTEL_RULE_TEXTS : AMD_RULE_TEXTS, this.what);
    return to;
  }

  /** Appends all of it to a line: sentence, section, register and value. */
  describe(to: Line): Line {
    if (!this.isBroken) return to.text("no rule that the registers show is broken");
    this.sentence(to).text(isIntel() ? " (SDM 3, " : " (APM 2, ");
    return this.section(to).text("); register ").decimal(this.register).text(" is ").hex(this.value);
  }

  /** Looks at a VS by its identifier. */
  take(vs: u32): Explanation {
    const described = changetype<DescribedVs>(<usize>vs);
    this.what = isIntel() ? explainIntel<DescribedVs>(described) : explainAmd<DescribedVs>(described);
    this.value = this.isBroken ? described.register(this.register) : 0;
    return this;
  }
}

/** A VS, by its identifier, and this processor, as the checks look at both. */
@unmanaged
class DescribedVs {
  register(number: u32): u64 {
    return callOrZero(SYSCALL_VS_READ, changetype<usize>(this), number, 0);
  }

  msr(index: u32): u64 {
    return callOrZero(SYSCALL_INTRINSIC_RDMSR, index, 0, 0);
  }

  cpuid(leaf: u32, subleaf: u32, result: u32): u32 {
    return cpuidRegister(leaf, subleaf, result);
  }
}

const explanation: Explanation = changetype<Explanation>(memory.data(16, 8));

/** Why the processor refuses the VS with an identifier. */
export function explain(vs: u32): Explanation {
  return explanation.take(vs);
}
