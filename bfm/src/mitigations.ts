// What is done against speculation, and what is not, as it is shown
//
// Each constant is named by itself: see constant-names.ts.

import {
  EXPOSED_BRANCHES,
  EXPOSED_BUFFERS,
  EXPOSED_KERNEL_MEMORY,
  EXPOSED_L1D,
  EXPOSED_ROOT_BRANCHES,
  EXPOSED_SIBLINGS,
  EXPOSED_VECTOR_REGISTERS,
  MITIGATION_AUTOMATIC_IBRS,
  MITIGATION_CALL_BARRIER,
  MITIGATION_CALL_IBRS,
  MITIGATION_CLEAR_BUFFERS,
  MITIGATION_EXIT_BARRIER,
  MITIGATION_FLUSH_L1D,
  MITIGATION_GUEST_BARRIER,
  MITIGATION_ISOLATE_KERNEL,
  MITIGATION_RETURN_STACK,
  MITIGATION_SERVICE_BARRIER,
  MITIGATION_SPEC_CTRL,
  MITIGATION_SWITCH_BARRIER,
  MITIGATION_VIRTUAL_SPEC_CTRL,
} from "@bareflank/abi";

const mitigations: readonly (readonly [number, string])[] = [
  [MITIGATION_SPEC_CTRL, "spec_ctrl"],
  [MITIGATION_VIRTUAL_SPEC_CTRL, "virtual_spec_ctrl"],
  [MITIGATION_AUTOMATIC_IBRS, "automatic_ibrs"],
  [MITIGATION_EXIT_BARRIER, "exit_barrier"],
  [MITIGATION_CALL_BARRIER, "call_barrier"],
  [MITIGATION_CALL_IBRS, "call_ibrs"],
  [MITIGATION_SWITCH_BARRIER, "switch_barrier"],
  [MITIGATION_RETURN_STACK, "return_stack"],
  [MITIGATION_CLEAR_BUFFERS, "clear_buffers"],
  [MITIGATION_FLUSH_L1D, "flush_l1d"],
  [MITIGATION_GUEST_BARRIER, "guest_barrier"],
  [MITIGATION_SERVICE_BARRIER, "service_barrier"],
  [MITIGATION_ISOLATE_KERNEL, "isolate_kernel"],
];

const exposures: readonly (readonly [number, string])[] = [
  [EXPOSED_BRANCHES, "branches"],
  [EXPOSED_BUFFERS, "buffers"],
  [EXPOSED_L1D, "l1d"],
  [EXPOSED_KERNEL_MEMORY, "kernel_memory"],
  [EXPOSED_VECTOR_REGISTERS, "vector_registers"],
  [EXPOSED_SIBLINGS, "siblings"],
  [EXPOSED_ROOT_BRANCHES, "root_branches"],
];

const names = (word: number, table: readonly (readonly [number, string])[]): string[] =>
  table.filter(([bit]) => (word & bit) !== 0).map(([, name]) => name);

/** Such as "exit_barrier". */
export const mitigationNames = (word: number): string[] => names(word, mitigations);
/** Such as "branches". */
export const exposureNames = (word: number): string[] => names(word, exposures);

const list = (words: readonly string[]) => words.map((word) => word.replaceAll("_", " ")).join(", ");

/** Lines for people; none of a processor that needs nothing. */
export function mitigationLines(done: number, left: number): string[] {
  return [
    ...(done === 0 && left === 0 ? [] : [`  against speculation: ${list(mitigationNames(done)) || "nothing"}`]),
    ...(left === 0 ? [] : [`  exposed to it: ${list(exposureNames(left))}`]),
  ];
}
