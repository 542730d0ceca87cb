// A VS that the processor refuses to run: which rule it breaks, for the debug ring
//
// The checks see its registers as its extension does. What they cannot see, and the processor's own report, are left.

import { AMD_RULE_TEXTS, INTEL_RULE_TEXTS } from "../../../abi/generated/bare/entry-rules-text";
import { CONTEXT_FIRST_VMEXIT, PP_BLOCK_CONTEXT, PP_BLOCK_SCRATCH } from "../../../abi/generated/bare/pp-block";
import { PP_AREA_BASE, PP_BLOCK } from "../../../abi/generated/bare/windows";
import { explainAmd } from "../../../bsl/src/entry-checks/amd";
import { registerOf, UNBROKEN, writeSection, writeSentence } from "../../../bsl/src/entry-checks/broken";
import { explainIntel } from "../../../bsl/src/entry-checks/intel";
import { peek64 } from "../../../bsl/src/memory";
import { Console, close, decimal, hex, open, sink, text } from "../../src/console";
import { callRefused, refuseFirst } from "../../src/life-cycle";
import { block32, ppid } from "../../src/pp";
import { Vs } from "../../src/vs";
import { lastWritten } from "./amd/written";
import { cpuidRegister, rdmsr } from "./cpu";
import { isIntel, readRegister } from "./vendor";

/** Whether the checks see what the extension wrote last, where that is known, and not what the control block has now. */
let asWritten: bool = false;

/** A VS and the processor that refuses it, as the checks look at both. */
@unmanaged
class RefusedVs {
  register(number: u32): u64 {
    if (asWritten && !isIntel()) {
      const written = lastWritten(changetype<Vs>(changetype<usize>(this)), number);
      if (written != 0) return written;
    }
    const value = PP_AREA_BASE + PP_BLOCK + PP_BLOCK_SCRATCH;
    return readRegister(changetype<Vs>(changetype<usize>(this)), number, value) ? peek64(value) : 0;
  }

  msr(index: u32): u64 {
    return rdmsr(index);
  }

  cpuid(leaf: u32, subleaf: u32, result: u32): u32 {
    return cpuidRegister(leaf, subleaf, result);
  }
}

/** The processor refused the active VS: nothing of it has happened. Result: ACTION_*. */
export function refuseEntry(vs: Vs, reason: u64): u32 {
  printRefusal(vs);
  return block32(PP_BLOCK_CONTEXT) == CONTEXT_FIRST_VMEXIT ? refuseFirst() : callRefused(reason);
}

function printRefusal(vs: Vs): void {
  const refused = changetype<RefusedVs>(changetype<usize>(vs));
  open();
  // Under the console's lock, since every processor has this one
  asWritten = false;
  let what = explain(refused);
  if (what == UNBROKEN) {
    asWritten = true;
    what = explain(refused);
  }
  text("bareflank: PP ");
  decimal(ppid());
  text(": the processor refuses VS ");
  decimal(vs.id);
  text(": ");
  if (what == UNBROKEN) text("no rule that its registers show is broken");
  else printRule(refused, what);
  text("\n");
  close();
}

function explain(refused: RefusedVs): u32 {
  return isIntel() ? explainIntel<RefusedVs>(refused) : explainAmd<RefusedVs>(refused);
}

function printRule(refused: RefusedVs, what: u32): void {
  const texts = isIntel() ? INTEL_RULE_TEXTS : AMD_RULE_TEXTS;
  writeSentence<Console>(sink(), texts, what);
  text(isIntel() ? " (SDM 3, " : " (APM 2, ");
  writeSection<Console>(sink(), texts, what);
  text("); register ");
  decimal(registerOf(what));
  text(" is ");
  hex(refused.register(registerOf(what)));
}
