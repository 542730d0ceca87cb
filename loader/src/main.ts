// The loader: puts a microkernel and its extensions under a running operating system, and takes them away again
//
//     control.ts    argument blocks: what bfm and the bare image ask for
//     machine.ts    unloaded, loaded, running, corrupt
//     files.ts      the kernel image and the extensions, checked
//     image.ts      host mode's memory, made from arena.ts and page-table.ts
//     handover.ts   what the kernel gets to know
//     found.ts      what another loader has started
//     loans.ts      memory that comes and goes while the microkernel runs
//     on-cpu.ts     what happens on each processor; arch/ reads and compares its registers, and leaves for the kernel
//     watch.ts      who looks at processors that do not come back
//     platform.ts   what Linux's driver, or the bare image, does for all this
//
// The functions here are what a platform calls. It calls one at a time, with two exceptions: loaderOnCpu() runs while
// loaderControl() waits in runOnCpu(), and so may loaderStatusMeanwhile(). loaderLeaveNow(), loaderLookPeriod() and loaderLook() may come at any time.

import { IOCTL_STATUS, STATE_CORRUPT, STATE_RUNNING } from "../../abi/generated/bare/driver";
import { blockBytes, carryOutCommand, statusMeanwhile } from "./control";
import { meetCpu, partFromCpu } from "./found";
import {
  balanceMemory,
  currentState,
  interrupt,
  keepsCpus,
  startAgain,
  staysBehind,
  takeOver,
  unload,
  wasInterrupted,
} from "./machine";
import { carryOut, leaveNow } from "./on-cpu";
import { beginReport, reportError } from "./report";
import { look, lookPeriod, watch } from "./watch";

/** Bytes that a command's argument block has; 0 for an unknown command. */
export function loaderBlockBytes(command: u32): u32 {
  return blockBytes(command);
}

/** Carries out a command on the argument block at native address `block`, of loaderBlockBytes(command) bytes. */
export function loaderControl(command: u32, block: u64): u32 {
  return carryOutCommand(command, block);
}

/** IOCTL_STATUS while loaderControl() waits in runOnCpu(): asks no processor. */
export function loaderStatusMeanwhile(block: u64): u32 {
  return statusMeanwhile(block);
}

/** Called by the platform on processor `index`, for runOnCpu(). */
export function loaderOnCpu(index: u32, operation: u32): void {
  carryOut(index, operation);
}

/** Looks after the hypervisor that the operating system runs in, if another loader has started one: ERROR_*. */
export function loaderTakeOver(): u32 {
  beginReport();
  return takeOver();
}

/** Whether processors may come and go under what runs; then it is told by the next two, and not stopped. */
export function loaderKeepsCpus(): u32 {
  return keepsCpus() ? 1 : 0;
}

/** The operating system's processor `cpu` has come online, or is about to go offline. */
export function loaderCpuComes(cpu: u32): void {
  beginReport();
  meetCpu(cpu);
}
export function loaderCpuGoes(cpu: u32): void {
  partFromCpu(cpu);
}

/** Whether the operating system may make way for another one without a stop. */
export function loaderStaysBehind(): u32 {
  beginReport();
  return staysBehind() ? 1 : 0;
}

/** Stops a running hypervisor because the platform is about to change (sleep, a processor goes), or to end (reboot): ERROR_*. */
export function loaderStop(isEnd: u32): u32 {
  beginReport();
  interrupt(isEnd !== 0);
  return reportError();
}

/** Whether what loaderStop() stopped is to be started again. */
export function loaderIsInterrupted(): u32 {
  return wasInterrupted() ? 1 : 0;
}

/** Starts it again: ERROR_*. */
export function loaderStartAgain(): u32 {
  beginReport();
  startAgain();
  return reportError();
}

/** Milliseconds after which to call loaderLook() on every processor, and loaderWatch(); 0: not at all. */
export function loaderLookPeriod(): u32 {
  return lookPeriod();
}

/** Called on a processor from time to time, so that it looks at the others. */
export function loaderLook(): void {
  look();
}

/** Called from within runOnCpu(), while it waits, with interrupts disabled: a processor that is overdue comes back. */
export function loaderWatch(): void {
  watch();
}

/**
 * Gives the microkernel the memory that it asks for, and takes what it offers. Called, in the VM, when a signal came
 * (watchSignals): after how many milliseconds to be called again without one, 0: not at all.
 */
export function loaderBalance(): u32 {
  return balanceMemory();
}

/** The operating system dies, and wants processor `index`, on which this runs, as it was: without a lock, even in an NMI. */
export function loaderLeaveNow(index: u32): void {
  leaveNow(index);
}

/** Stops and unloads because the platform goes away: ERROR_*. */
export function loaderUnload(): u32 {
  beginReport();
  return unload();
}

/** Whether a command need not wait for others: while one waits in runOnCpu(), loaderStatusMeanwhile() takes its place. */
export function loaderIsStatus(command: u32): u32 {
  return command === IOCTL_STATUS ? 1 : 0;
}

/** Whether some processor is in a VM or lost: then the loader's code and memory must stay. */
export function loaderIsHeld(): u32 {
  return currentState() === STATE_RUNNING || currentState() === STATE_CORRUPT ? 1 : 0;
}
