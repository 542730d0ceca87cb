// What a failed start looks like from outside, spelled out once

import { ERROR_START_FAILED } from "@bareflank/abi";
import type { PrintedReport } from "./run.ts";

/** What the bare platform ends with when the loader reports an error (loader/bare/ending.ts). */
export const EXIT_LOADER = 17;

/** A start that the kernel gave up on processor `cpu`, in `phase`, with a BOOT_* status and its detail. */
export function failedStart(phase: number, status: number, detail = 0, cpu = 0): PrintedReport {
  return {
    operation: "start",
    error: ERROR_START_FAILED,
    cpu,
    phase,
    file: 0,
    detail: (BigInt(status) << 32n) | BigInt(detail),
  };
}

/** The line that the kernel prints before the registers of an extension that faulted. */
export function faultLine(vector: number, errorCode = 0, address = 0n, cpu = 0): string {
  const hex = (value: bigint | number) => `0x${value.toString(16)}`;
  return `bareflank: the extension faulted on PP ${cpu}: vector ${vector}, error code ${hex(errorCode)}, address ${hex(address)}`;
}

/** The machines that every example runs on: one of each vendor. */
export const machines = ["amd", "intel"] as const;
export type MachineName = (typeof machines)[number];

/** The line that the kernel prints when a processor stops: CPUIDs, and nothing else. */
export function exitsLine(cpuids: number, cpu = 0, machine: MachineName = "amd"): string {
  return `bareflank: PP ${cpu}: exits by reason: ${machine === "amd" ? "0x72" : "0xa"}=${cpuids}`;
}

/** CPUIDs that the loader executes itself on each processor: report on, report off, stop. */
export const LOADER_CPUIDS = 3;
