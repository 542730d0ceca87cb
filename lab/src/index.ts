// Emulated machines for development and tests: Debian's Linux with hypervisor, driver and bfm, or nothing but those

export { type AuditOptions, type AuditResult, auditBare } from "./audit/audit.ts";
export { type RunBareOptions, type RunBareResult, runBare } from "./bare.ts";
export type { Monitor } from "./emulator/emulator.ts";
export { LabError } from "./errors.ts";
export type { PutFile } from "./image/initramfs.ts";
export type { PartitionFile } from "./image/system-partition.ts";
export { type CommandResult, LinuxMachine, type RunOptions } from "./linux/machine.ts";
export type { LinuxOptions } from "./linux/options.ts";
export { type RunLinuxOptions, type RunLinuxResult, runLinux } from "./linux/run.ts";
export { runShell } from "./linux/shell.ts";
export { bareMachineNames, findMachine, type Machine, machineNames } from "./machines.ts";
export { type FailureKind, MachineFailure, type OutcomeKind, outcomes } from "./outcome.ts";
export { type ExecOptions, RequestFailure, StandingMachine } from "./standing/client.ts";
export { startStanding } from "./standing/start.ts";
