// Why a processor refused a VM entry: the checks of SDM volume 3, chapter 27, group by group as there
//
//     intel-controls.ts    27.2.1   the controls, and the addresses and counts beside them
//     intel-event.ts       27.2.1.3 the event to inject
//     intel-registers.ts   27.3.1.1, 27.3.1.4, 27.3.1.6
//     intel-segments.ts    27.3.1.2, 27.3.1.3
//     intel-activity.ts    27.3.1.5
//
// Not looked at: what a VS's registers do not show (the host state, which the microkernel fills, memory behind
// addresses, PERF_GLOBAL_CTRL, RTIT_CTL, CET, tertiary controls).

import {
  INTEL_RULE_HOST_STATE,
  INTEL_RULE_LINK_POINTER,
  INTEL_RULE_LOAD_MSR,
  INTEL_RULE_PDPTE_IN_MEMORY,
} from "../../../abi/generated/bare/entry-rules";
import {
  INTEL_REG_CR3,
  INTEL_REG_EXIT_QUALIFICATION,
  INTEL_REG_EXIT_REASON,
  INTEL_REG_VM_INSTRUCTION_ERROR,
  INTEL_REG_VMCS_LINK_POINTER,
} from "../../../abi/generated/bare/registers-intel";
import { isSet } from "../bits";
import { broken, UNBROKEN } from "./broken";
import { explainActivity } from "./intel-activity";
import { explainControls } from "./intel-controls";
import { explainEvent } from "./intel-event";
import { explainRegisters } from "./intel-registers";
import { explainSegments } from "./intel-segments";
import { EntryReader } from "./reader";

/** VM-instruction error: invalid host-state field (31.4). */
const ERROR_HOST_STATE: u64 = 8;
/** Exit reason bit 31: the entry failed; basic reasons then: guest state, MSR loading (27.8). */
const REASON_ENTRY_FAILED: u32 = 31;
const REASON_GUEST_STATE: u64 = 33;
const REASON_MSR_LOADING: u64 = 34;
/** Exit qualifications of a failure of the guest state (27.8). */
const QUALIFICATION_PDPTE: u64 = 2;
const QUALIFICATION_LINK_POINTER: u64 = 4;

/** The first rule that a VS breaks, as broken.ts packs it, or UNBROKEN. */
export function explainIntel<R extends EntryReader>(vs: R): u32 {
  const found = explainState<R>(vs);
  return found !== UNBROKEN ? found : explainReport<R>(vs);
}

function explainState<R extends EntryReader>(vs: R): u32 {
  let found = explainControls<R>(vs);
  if (found === UNBROKEN) found = explainEvent<R>(vs);
  if (found === UNBROKEN) found = explainRegisters<R>(vs);
  if (found === UNBROKEN) found = explainSegments<R>(vs);
  return found === UNBROKEN ? explainActivity<R>(vs) : found;
}

/** What only the processor's own report tells. */
function explainReport<R extends EntryReader>(vs: R): u32 {
  const reason = vs.register(INTEL_REG_EXIT_REASON);
  if (!isSet(reason, REASON_ENTRY_FAILED)) {
    const isHost = vs.register(INTEL_REG_VM_INSTRUCTION_ERROR) === ERROR_HOST_STATE;
    return isHost ? broken(INTEL_RULE_HOST_STATE, INTEL_REG_VM_INSTRUCTION_ERROR) : UNBROKEN;
  }
  const basic = reason & 0xffff;
  if (basic === REASON_MSR_LOADING) return broken(INTEL_RULE_LOAD_MSR, INTEL_REG_EXIT_QUALIFICATION);
  if (basic !== REASON_GUEST_STATE) return UNBROKEN;
  const qualification = vs.register(INTEL_REG_EXIT_QUALIFICATION);
  if (qualification === QUALIFICATION_PDPTE) return broken(INTEL_RULE_PDPTE_IN_MEMORY, INTEL_REG_CR3);
  if (qualification === QUALIFICATION_LINK_POINTER) {
    return broken(INTEL_RULE_LINK_POINTER, INTEL_REG_VMCS_LINK_POINTER);
  }
  return UNBROKEN;
}
