// VM exits on Intel: what has to be done before the extension hears of one

import {
  INTEL_EXIT_CPUID,
  INTEL_EXIT_ENTRY_FAILURE,
  INTEL_EXIT_EXCEPTION_OR_NMI,
  INTEL_EXIT_NMI_WINDOW,
  INTEL_EXIT_VMCALL,
} from "../../../../abi/generated/bare/callbacks";
import {
  ENTRY_LAUNCH,
  ENTRY_MITIGATED,
  ENTRY_REFUSED,
  PP_BLOCK_ENTRY_WORK,
  PP_BLOCK_PLAIN_EXIT,
} from "../../../../abi/generated/bare/pp-block";
import { close, decimal, hex, open, text } from "../../../src/console";
import { isDoor, serveDoor } from "../../../src/door";
import { callVmexit, runAgain, runAgainAdvanced } from "../../../src/life-cycle";
import { activeVs, block32, block64, ppid, setBlock32 } from "../../../src/pp";
import { countExit } from "../../../src/statistics";
import { Vs } from "../../../src/vs";
import { refuseEntry } from "../refusal";
import { secureExit } from "../speculation";
import { forgetCached } from "./current";
import { takeAnnouncedNmi, takeNmi } from "./nmi";
import { tellCr4, tellExit } from "./told";
import { RAISED, SKIP, serveUnasked } from "./unasked";
import { VMCS_INSTRUCTION_ERROR, VMCS_QUALIFICATION, VMCS_SS_ATTRIB } from "./vmcs";
import { vmread } from "./vmx";

/** The reason that an extension gets when VMLAUNCH or VMRESUME failed, as on AMD when VMRUN does. */
const REFUSED: u64 = 0xffff_ffff_ffff_ffff;
/** Of a segment's access rights (25.4.1). */
const SEGMENT_PRIVILEGE: u64 = 3 << 5;

/** The active VS exited. Result: ACTION_*. */
export function enterIntelExit(reason: u64): u32 {
  // The exit that pays for speed comes always
  if (reason != block64(PP_BLOCK_PLAIN_EXIT) || block32(PP_BLOCK_ENTRY_WORK) != 0) return otherIntelExit(reason);
  return plainExit();
}

/** CPUID, which needs nothing of what follows. */
function plainExit(): u32 {
  countExit(INTEL_EXIT_CPUID);
  tellCr4();
  return callVmexit(INTEL_EXIT_CPUID);
}

/**
 * The first exit after a launch, an entry that failed; or the guest has a STAR of its own; all that is no CPUID, and CPUID while
 * it may fault (cpuid-faulting.ts). Exported from the module, so that no compiler puts it into the way of the others.
 */
export function otherIntelExit(reason: u64): u32 {
  const work = block32(PP_BLOCK_ENTRY_WORK);
  if ((work & (ENTRY_MITIGATED | ENTRY_REFUSED)) != 0) {
    secureExit();
    if ((work & ENTRY_REFUSED) != 0) return refused(changetype<Vs>(activeVs()), REFUSED);
  }
  const vs = changetype<Vs>(activeVs());
  if ((reason & INTEL_EXIT_ENTRY_FAILURE) != 0) return refused(vs, reason);
  setBlock32(PP_BLOCK_ENTRY_WORK, work & ~ENTRY_LAUNCH);
  if (reason == block64(PP_BLOCK_PLAIN_EXIT)) return plainExit();
  if (reason == INTEL_EXIT_NMI_WINDOW && !takeNmi(vs)) return runAgain(vs);
  if (reason == INTEL_EXIT_EXCEPTION_OR_NMI && takeAnnouncedNmi()) return runAgain(vs);
  if (reason == INTEL_EXIT_VMCALL && isKernel() && isDoor(vs)) {
    return serveDoor(vs) ? runAgainAdvanced(vs) : runAgain(vs);
  }
  // What the extension does not hear of, its statistics do not count
  const done = serveUnasked(vs, reason);
  if (done == SKIP) return runAgainAdvanced(vs);
  if (done == RAISED) return runAgain(vs);
  countExit(reason);
  tellExit();
  return callVmexit(reason);
}

/** Whether the guest was in ring 0: the privilege of its stack segment (SDM volume 3, 25.4.1). */
function isKernel(): bool {
  return (vmread(VMCS_SS_ATTRIB) & SEGMENT_PRIVILEGE) == 0;
}

/** The processor refused the VS's controls or state (SDM volume 3, 27.2, 27.3 and 27.8): nothing of it has happened. */
function refused(vs: Vs, reason: u64): u32 {
  report(reason);
  setBlock32(PP_BLOCK_ENTRY_WORK, block32(PP_BLOCK_ENTRY_WORK) & ~ENTRY_REFUSED);
  // Whatever its launch state is now
  forgetCached(vs);
  countExit(reason);
  tellExit();
  return refuseEntry(vs, reason);
}

function report(reason: u64): void {
  open();
  text("bareflank: PP ");
  decimal(ppid());
  if (reason == REFUSED) {
    text(": VM-instruction error ");
    decimal(vmread(VMCS_INSTRUCTION_ERROR));
  } else {
    text(": exit reason ");
    hex(reason);
    text(", qualification ");
    hex(vmread(VMCS_QUALIFICATION));
  }
  text("\n");
  close();
}
