// A hypervisor that another loader has started: found at its door, and looked after from then on
//
//     each processor that is online        ──DOOR_DESCRIBE──>  which of the hypervisor's it is, and where everything lies
//     ring, reports, exchange, SavedState  ──mapReserved()──>  the operating system's address space
//     each processor                       ──DOOR_ADOPT─────>  its stop ends in this driver's hand-off code
//
// What the other loader has taken from the operating system stays away from it; what comes later, the driver lends.

import { stateAlias } from "#arch/handoff-area";
import { BOOT_VERSION, PHASE_NONE } from "../../abi/generated/bare/boot";
import {
  ERROR_CPU_OFFLINE,
  ERROR_FOREIGN_HYPERVISOR,
  ERROR_NO_MEMORY,
  ERROR_NONE,
  ERROR_TIMEOUT,
} from "../../abi/generated/bare/driver";
import { nativeAddress } from "../../bsl/src/memory";
import { releaseArena, reserveArena } from "./arena";
import {
  describedCount,
  describedExchange,
  describedHandoff,
  describedIndex,
  describedReports,
  describedRing,
  describedState,
  describedVersion,
  isDescribed,
} from "./door";
import { closeExchange, mapExchange, quietExchange, ramBytes } from "./exchange";
import { buildTransition, mapInTransition } from "./image";
import { ARENA_STEP_BYTES, MAX_CPUS } from "./limits";
import { lentBytes, openLoanTable } from "./loan-table";
import { openLoans } from "./loans";
import { PAGE_BYTES } from "./pages";
import { cpuNumber, listCpus, mapReserved, runOnCpu, setCpus, unmapReserved } from "./platform";
import { MARK_THERE, processorAt, processorCount, resetProcessors, STAGE_INSIDE, STAGE_PARKED } from "./processor";
import { recordedMemory } from "./record";
import { fail, failOnCpu, reportError } from "./report";
import { closeRing, mapRing } from "./ring";
import { OPERATION_ADOPT, OPERATION_FIND, RUN_CANCELLED, RUN_DONE } from "./run";
import { openRuns } from "./run-loans";
import { giveShared, mapShared } from "./shared";

/** Pages of the transition table: a dozen for the code and one side of every SavedState, and where its other side lies, at most so many. */
const STATE_TABLES: u64 = 2;

let isThere: bool = false;
/** The operating system's numbers of its processors, and a place behind them for one that nobody knows yet. */
const numbers: usize = memory.data(4 * (MAX_CPUS + 1), 4);

/** Whether what runs was started by another loader. */
export function isFound(): bool {
  return isThere;
}

/** Looks for one. True: it is looked after from now on. False: there is none, or the report says why that does not work. */
export function findHypervisor(): bool {
  const cpus = listCpus();
  for (let i: u32 = 0; i < cpus && i <= MAX_CPUS && reportError() === ERROR_NONE; i++) {
    if (runOnCpu(i, OPERATION_FIND) !== RUN_DONE || !isDescribed()) continue;
    const cpu = cpuNumber(i);
    if (!isThere) meet();
    if (reportError() === ERROR_NONE) enlist(cpu);
  }
  if (!isThere) return false;
  if (reportError() !== ERROR_NONE) {
    forgetHypervisor();
    closeRing();
    return false;
  }
  setCpus(nativeAddress(<u32>numbers), processorCount());
  openLoanTable(recordedMemory(), ramBytes() / 4);
  openLoans();
  openRuns();
  return true;
}

/** What all its processors have in common, as the first one describes it. */
function meet(): void {
  if (describedVersion() !== BOOT_VERSION) {
    fail(ERROR_FOREIGN_HYPERVISOR, describedVersion());
    return;
  }
  isThere = true;
  const count = min<u32>(describedCount(), MAX_CPUS);
  resetProcessors(count);
  memory.fill(numbers, 0xff, 4 * (MAX_CPUS + 1));
  const bytes = ARENA_STEP_BYTES + STATE_TABLES * PAGE_BYTES * count;
  const isMapped =
    mapRing(describedRing()) &&
    mapShared(describedReports()) &&
    mapExchange(describedExchange()) &&
    reserveArena(bytes) &&
    buildTransition(describedHandoff());
  if (!isMapped) fail(ERROR_NO_MEMORY, bytes);
  for (let i: u32 = 0; i < count; i++) processorAt(i).stage = STAGE_PARKED;
}

/** Processor `cpu` has described itself. */
function enlist(cpu: u32): void {
  const index = describedIndex();
  if (index >= processorCount()) return;
  const processor = processorAt(index);
  if (processor.state === 0) {
    const physical = describedState();
    const state = mapReserved(physical, PAGE_BYTES);
    processor.state = state;
    if (state === 0 || !mapInTransition(state, physical, stateAlias(index))) fail(ERROR_NO_MEMORY, PAGE_BYTES);
  }
  store<u32>(numbers + 4 * index, cpu);
  processor.mark = MARK_THERE;
  processor.stage = STAGE_INSIDE;
}

/** A processor has come online: the hypervisor has it already, in its VM. */
export function meetCpu(cpu: u32): void {
  const count = processorCount();
  store<u32>(numbers + 4 * count, cpu);
  setCpus(nativeAddress(<u32>numbers), count);
  if (runOnCpu(count, OPERATION_FIND) !== RUN_DONE || !isDescribed()) return;
  const index = describedIndex();
  enlist(cpu);
  setCpus(nativeAddress(<u32>numbers), count);
  if (index < count) runOnCpu(index, OPERATION_ADOPT);
}

/** One goes offline: it stays in the VM, where nobody reaches it. */
export function partFromCpu(cpu: u32): void {
  for (let i: u32 = 0; i < processorCount(); i++) {
    if (load<u32>(numbers + 4 * i) === cpu) processorAt(i).stage = STAGE_PARKED;
  }
}

/** Lets the stop of every processor end here, before any of them leaves; of those that cannot be the report has the first: ERROR_*. */
export function adoptAll(): u32 {
  for (let i: u32 = 0; i < processorCount(); i++) {
    const processor = processorAt(i);
    const run = processor.stage === STAGE_INSIDE ? runOnCpu(i, OPERATION_ADOPT) : RUN_CANCELLED;
    if (run === RUN_CANCELLED) fail(ERROR_CPU_OFFLINE, i);
    else if (run !== RUN_DONE) return failOnCpu(ERROR_TIMEOUT, 0, cpuNumber(i), PHASE_NONE);
    else if (processor.error !== ERROR_NONE) failOnCpu(processor.error, processor.detail, cpuNumber(i), PHASE_NONE);
  }
  return reportError();
}

/**
 * Whether it may stay while the operating system makes way for another one, which boots inside then: that must find all of its memory, and
 * is not to get NMIs that it does not know.
 */
export function mayStay(): bool {
  if (!isThere || lentBytes() !== 0) return false;
  quietExchange();
  return true;
}

/** No processor is in its VM any more, or none was looked after. The ring stays readable. */
export function forgetHypervisor(): void {
  for (let i: u32 = 0; i < processorCount(); i++) {
    if (processorAt(i).state !== 0) unmapReserved(processorAt(i).state);
  }
  giveShared();
  closeExchange();
  releaseArena();
  resetProcessors(0);
  isThere = false;
}
