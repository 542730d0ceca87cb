// What a command ends with, for people and for programs

import { STARTED_BY_UEFI } from "@bareflank/abi";
import { bytes, starterNames, stateNames, vendorNames } from "@bareflank/abi/messages";
import type { Status } from "./blocks.ts";
import { exposureNames, mitigationNames } from "./mitigations.ts";
import { watchdogText } from "./watchdog.ts";

/** What a command has to say when it went well. */
export interface Outcome {
  /** For people, on stdout. */
  readonly text: string;
  /** For people, on stderr: no data. */
  readonly remark?: string;
  /** For `--json`, on stdout. */
  readonly facts: object;
}

/** The driver's status as `--json` shows it; names as in the driver's interface. */
export function statusFacts(status: Status): object {
  return {
    ...status,
    state: stateName(status),
    startedBy: starterNames[status.startedBy] ?? null,
    vendor: vendorNames[status.vendor] ?? null,
    kernelBuildId: status.kernelBuildId ?? null,
    mitigations: mitigationNames(status.mitigations),
    exposures: exposureNames(status.exposures),
  };
}

/** The driver's status in one line. */
export function statusLine(status: Status): string {
  const { cpuCount, runningCount, memoryBytes, kernelBuildId, watchdogMs } = status;
  const kernel = kernelBuildId === undefined ? "" : `, kernel ${kernelBuildId.slice(0, 12)}`;
  const state = stateName(status);
  switch (state) {
    case "running": {
      const vendor = vendorNames[status.vendor];
      const starter = status.startedBy === STARTED_BY_UEFI ? ", started by UEFI" : "";
      return `bareflank: running on ${runningCount} of ${processors(cpuCount)}${vendor ? ` (${vendor})` : ""}${starter}, ${bytes(memoryBytes)} of memory${watchdogMs === 0 ? "" : `, watchdog ${watchdogText(watchdogMs)}`}${kernel}`;
    }
    case "loaded":
      return `bareflank: loaded, not running${kernel}`;
    case "corrupt":
      return "bareflank: corrupt: a processor is lost, and only a reboot gives it back";
    default:
      return `bareflank: ${state}`;
  }
}

/** "1 processor", "2 processors". */
export function processors(count: number): string {
  return `${count} processor${count === 1 ? "" : "s"}`;
}

function stateName({ state }: Status): string {
  return stateNames[state] ?? `in unknown state ${state}`;
}
