// Machine checks: errors of the machine, which its operating system knows, whoever ran when they came (APM volume 2, 9.3; SDM
// volume 3, 16.3). VSs of VMs beside the root VM exit for them.

import {
  AMD_EXIT_EXCEPTION,
  INTEL_EXIT_ENTRY_FAILURE,
  INTEL_EXIT_EXCEPTION_OR_NMI,
  INTEL_EXIT_MACHINE_CHECK_AT_ENTRY,
} from "../../../../abi/generated/bare/callbacks";
import { EVENT_TYPE, EVENT_TYPE_EXCEPTION, EVENT_VECTOR } from "../../../../abi/generated/bare/events";
import { INTEL_REG_VMEXIT_INTERRUPTION_INFORMATION } from "../../../../abi/generated/bare/registers-intel";
import { isIntel } from "../vendor/vendor";
import { NativeVs } from "../vs/native-vs";
import { Vector } from "./vectors";

/** Whether an exit was for a machine check: in the VM, or on the way into it. */
export function isMachineCheck(vs: NativeVs, reason: u64): bool {
  if (!isIntel()) return reason == AMD_EXIT_EXCEPTION + <u64>Vector.MachineCheck;
  if (reason == (INTEL_EXIT_ENTRY_FAILURE | INTEL_EXIT_MACHINE_CHECK_AT_ENTRY)) return true;
  if (reason != INTEL_EXIT_EXCEPTION_OR_NMI) return false;
  const information = vs.read(INTEL_REG_VMEXIT_INTERRUPTION_INFORMATION);
  return (information & (EVENT_TYPE | EVENT_VECTOR)) == (EVENT_TYPE_EXCEPTION | <u64>Vector.MachineCheck);
}
