// The part of each operation that happens on the processor that it is about, with interrupts disabled

import { checkCpu, checkPaging, readFeatures, readVendor } from "#arch/check";
import { allowVmx, checkDetail } from "#arch/check-intel";
import { findChange, findMismatch } from "#arch/compare";
import { cpuidEax, cpuidEbx, hypercall } from "#arch/cpu";
import { demote } from "#arch/handoff";
import { codeAndStack, fillHandoff, nmiInOs, promoteInOs, stateAlias } from "#arch/handoff-area";
import { hostSpecCtrl, readExposures, readMitigations } from "#arch/speculation";
import { captureState } from "#arch/state";
import {
  BOOT_OK,
  BOOT_REPORT_DETAIL,
  BOOT_REPORT_STATUS,
  PHASE_RUNNING,
  PHASE_STOPPED,
  SAVED_STATE_BYTES,
  VENDOR_INTEL,
} from "../../abi/generated/bare/boot";
import {
  CPUID_CONTROL,
  CPUID_CONTROL_DONE,
  CPUID_CONTROL_GUESTS,
  CPUID_CONTROL_REPORT_OFF,
  CPUID_CONTROL_REPORT_ON,
  CPUID_CONTROL_STOP,
  CPUID_CONTROL_STOP_ANYWAY,
  CPUID_HYPERVISOR_MAX,
  CPUID_INTERFACE_HYPERCALLS,
} from "../../abi/generated/bare/control";
import {
  ERROR_ADOPTION_REFUSED,
  ERROR_NO_ANSWER,
  ERROR_NO_HYPERCALLS,
  ERROR_NONE,
  ERROR_START_FAILED,
  ERROR_STARTED_BEFORE,
  ERROR_STOP_GUESTS,
  ERROR_STOP_MISMATCH,
  ERROR_STOP_REFUSED,
  ERROR_UNKNOWN_HYPERCALL,
} from "../../abi/generated/bare/driver";
import { ADOPT_DONE } from "../../abi/generated/bare/exchange";
import { compareExchange32, loadAcquire32, storeRelease32 } from "../../bsl/src/atomic";
import { copyMemory, peek64 } from "../../bsl/src/memory";
import { adoptHere, askHere, flushHere, hasMarker } from "./door";
import { isFound, mayStay } from "./found";
import { transitionPhysical } from "./image";
import {
  callRegisters,
  MARK_GONE,
  MARK_THERE,
  Processor,
  phaseOf,
  processorAt,
  processorCount,
  STAGE_ENTERING,
  STAGE_INSIDE,
  STAGE_LOST,
  STAGE_OUTSIDE,
  stageAddress,
} from "./processor";
import {
  OPERATION_ADOPT,
  OPERATION_CALL,
  OPERATION_CHECK,
  OPERATION_ENTER,
  OPERATION_FIND,
  OPERATION_FLUSH,
  OPERATION_LEAVE,
  OPERATION_LOOK,
} from "./run";

/** Where snapshots lie in Processor.snapshots: before the start; in the VM, behind that and before the stop; behind that. */
const SNAPSHOT_ARRIVED: u64 = 0x280;
const SNAPSHOT_LEAVING: u64 = 0x500;
const SNAPSHOT_AFTER: u64 = 0x780;

/** Carries out OPERATION_* on the processor that this runs on; the outcome is in its Processor. */
export function carryOut(index: u32, operation: u32): void {
  const processor = processorAt(index);
  processor.error = ERROR_NONE;
  processor.detail = 0;
  switch (operation) {
    case OPERATION_CHECK:
      check(processor);
      break;
    case OPERATION_ENTER:
      enter(processor, index);
      break;
    case OPERATION_LEAVE:
      leave(processor);
      break;
    case OPERATION_CALL:
      call(processor);
      break;
    case OPERATION_FLUSH:
      flushHere();
      break;
    case OPERATION_FIND:
      askHere(readVendor());
      break;
    case OPERATION_ADOPT:
      adopt(processor);
      break;
    case OPERATION_LOOK:
      look(processor);
      break;
  }
}

function check(processor: Processor): void {
  processor.vendor = readVendor();
  if (hasMarker()) {
    processor.error = ERROR_STARTED_BEFORE;
    return;
  }
  processor.error = checkCpu();
  processor.detail = checkDetail();
  if (processor.error !== ERROR_NONE) return;
  processor.features = readFeatures(processor.vendor);
  processor.mitigations = readMitigations(processor.vendor);
  processor.exposures = readExposures(processor.vendor);
  processor.hostSpecCtrl = hostSpecCtrl(processor.vendor);
}

/** An extension that never said so does not count: it may hide. */
function look(processor: Processor): void {
  if (hasMarker()) processor.mark = MARK_THERE;
  else if (processor.mark === MARK_THERE) processor.mark = MARK_GONE;
}

function enter(processor: Processor, index: u32): void {
  if (loadAcquire32(stageAddress(processor)) !== STAGE_ENTERING) return;
  if (processor.vendor === VENDOR_INTEL) allowVmx();
  captureState(processor.state, processor.vendor, processor.features);
  fillHandoff(processor.state, stateAlias(index));
  copyMemory(processor.snapshots, processor.state, SAVED_STATE_BYTES);
  let status = demote(processor.state);
  const arrived = processor.snapshots + SNAPSHOT_ARRIVED;
  if (status === BOOT_OK) captureState(arrived, processor.vendor, processor.features);
  // From here on this is a VM, or the kernel gave up. It may still do so at the VM's first exit, which is the next line.
  let answer = status === BOOT_OK ? control(CPUID_CONTROL_REPORT_ON) : CPUID_CONTROL_DONE;
  // Bareflank 3.0's loader does not look at the first answer, and there are extensions that fail their first exit
  if (answer !== CPUID_CONTROL_DONE && phaseOf(processor) === PHASE_RUNNING) answer = control(CPUID_CONTROL_REPORT_ON);
  if (status === BOOT_OK) status = loadAcquire32(processor.report + BOOT_REPORT_STATUS);
  if (status !== BOOT_OK) {
    processor.error = ERROR_START_FAILED;
    processor.detail = (status << 32) | (peek64(processor.report + BOOT_REPORT_DETAIL) & 0xffff_ffff);
  } else if (answer !== CPUID_CONTROL_DONE) {
    processor.error = ERROR_NO_ANSWER;
  }
  const stage = status === BOOT_OK ? STAGE_INSIDE : STAGE_OUTSIDE;
  const before = compareExchange32(stageAddress(processor), STAGE_ENTERING, stage);
  // Nobody waits any more, and the other processors are back already: come back too.
  if (before === STAGE_LOST && status === BOOT_OK) control(CPUID_CONTROL_STOP);
}

/** Whether guest VMs may end with the hypervisor. */
let guestsMayEnd: bool = false;

export function letGuestsEnd(mayEnd: bool): void {
  guestsMayEnd = mayEnd;
}

function leave(processor: Processor): void {
  const snapshots = processor.snapshots;
  control(CPUID_CONTROL_REPORT_OFF);
  captureState(snapshots + SNAPSHOT_LEAVING, processor.vendor, processor.features);
  const answer = stopHere(guestsMayEnd);
  if (answer === CPUID_CONTROL_GUESTS) {
    processor.error = ERROR_STOP_GUESTS;
    return;
  }
  // Whoever does not know the control leaf may well answer it with zeros: only the kernel knows that it let go.
  if (answer !== CPUID_CONTROL_DONE || phaseOf(processor) !== PHASE_STOPPED) {
    processor.error = ERROR_STOP_REFUSED;
    return;
  }
  storeRelease32(stageAddress(processor), STAGE_OUTSIDE);
  captureState(snapshots + SNAPSHOT_AFTER, processor.vendor, processor.features);
  const leaving = snapshots + SNAPSHOT_LEAVING;
  const after = snapshots + SNAPSHOT_AFTER;
  const mismatch = isFound()
    ? findChange(leaving, after)
    : findMismatch(snapshots, snapshots + SNAPSHOT_ARRIVED, leaving, after);
  if (mismatch !== 0) {
    processor.error = ERROR_STOP_MISMATCH;
    processor.detail = mismatch;
  }
}

/**
 * Gives the processor back that this runs on, if it is a VM now: the operating system is about to start a kernel for its
 * crash dump, or the machine. What it has booted in may stay below that. Nobody looks at what it comes to, for nobody could do anything
 * about it.
 */
export function leaveNow(index: u32): void {
  if (index >= processorCount() || phaseOf(processorAt(index)) !== PHASE_RUNNING) return;
  if (mayStay()) return;
  if (!isFound() || processorAt(index).adopted !== 0) stopHere(true);
}

/** Lets its stop end here: another loader has started it, for another operating system, whose way out is gone. */
function adopt(processor: Processor): void {
  processor.vendor = readVendor();
  processor.features = readFeatures(processor.vendor);
  processor.error = checkPaging();
  if (processor.error !== ERROR_NONE) return;
  const answer = adoptHere(transitionPhysical(), processor.state, promoteInOs(), nmiInOs(), codeAndStack());
  processor.adopted = answer === ADOPT_DONE ? 1 : 0;
  if (processor.adopted !== 0) return;
  processor.error = ERROR_ADOPTION_REFUSED;
  processor.detail = answer;
}

/** Without an extension that takes them, a hypercall is an invalid instruction: so it is asked first. */
function call(processor: Processor): void {
  const isTaken = (cpuidEbx(CPUID_HYPERVISOR_MAX, 0) & CPUID_INTERFACE_HYPERCALLS) !== 0;
  if (!isTaken) processor.error = ERROR_NO_HYPERCALLS;
  else if (hypercall(callRegisters(processor), processor.vendor === VENDOR_INTEL ? 1 : 0) === 0)
    processor.error = ERROR_UNKNOWN_HYPERCALL;
}

/** Asks the extension to give this processor back: its answer. */
function stopHere(withGuests: bool): u32 {
  const answer = control(CPUID_CONTROL_STOP);
  return answer === CPUID_CONTROL_GUESTS && withGuests ? control(CPUID_CONTROL_STOP_ANYWAY) : answer;
}

function control(command: u32): u32 {
  return cpuidEax(CPUID_CONTROL, command);
}
