// What the current operation ended with; the header of every argument block carries it to the caller

import { PHASE_NONE } from "../../abi/generated/bare/boot";
import { ERROR_NONE } from "../../abi/generated/bare/driver";

/** Report.cpu when no processor is concerned. */
export const NO_CPU: u32 = 0xffff_ffff;

let error: u32 = ERROR_NONE;
let cpu: u32 = NO_CPU;
let phase: u32 = PHASE_NONE;
let file: u32 = 0;
let detail: u64 = 0;

/** Forgets the previous operation. */
export function beginReport(): void {
  error = ERROR_NONE;
  cpu = NO_CPU;
  phase = PHASE_NONE;
  file = 0;
  detail = 0;
}

/**
 * Records why the operation fails, and returns the reported error. The first failure stands: what a roll-back meets
 * afterwards is its consequence.
 */
export function fail(code: u32, itsDetail: u64): u32 {
  if (error === ERROR_NONE) {
    error = code;
    detail = itsDetail;
  }
  return error;
}

/** As fail(), for something that happened on a processor (the operating system's number of it). */
export function failOnCpu(code: u32, itsDetail: u64, itsCpu: u32, itsPhase: u32): u32 {
  if (error === ERROR_NONE) {
    cpu = itsCpu;
    phase = itsPhase;
  }
  return fail(code, itsDetail);
}

/** As fail(), for a file: 0 is the kernel image, n extension n. */
export function failOnFile(code: u32, itsDetail: u64, itsFile: u32): u32 {
  if (error === ERROR_NONE) file = itsFile;
  return fail(code, itsDetail);
}

/** ERROR_* of the current operation. */
export function reportError(): u32 {
  return error;
}
/** Processor that the error concerns, or NO_CPU. */
export function reportCpu(): u32 {
  return cpu;
}
/** PHASE_* that this processor had reached. */
export function reportPhase(): u32 {
  return phase;
}
/** File that the error concerns. */
export function reportFile(): u32 {
  return file;
}
/** Depends on the error. */
export function reportDetail(): u64 {
  return detail;
}
