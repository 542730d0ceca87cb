// The state machine: unloaded, loaded, running, corrupt, and what leads from one to another
//
//     unloaded ──load──► loaded ──start──► running
//         ▲                │ ▲                │
//         └─────unload─────┘ └──────stop──────┘       a processor that is lost: corrupt, until the next boot
//
// What another loader has started is running from the beginning, and unloaded behind its stop (found.ts).

import { hasWatchCounter, readVendor } from "#arch/check";
import { DEBUG_RING_AREA_BYTES, PHASE_NONE } from "../../abi/generated/bare/boot";
import {
  ERROR_CORRUPT,
  ERROR_INTERRUPTED,
  ERROR_MEMORY_LIMIT,
  ERROR_NO_CLOCK,
  ERROR_NO_MEMORY,
  ERROR_NO_SUCH_CPU,
  ERROR_NOBODY_WATCHES,
  ERROR_NONE,
  ERROR_NOT_LOADED,
  ERROR_NOT_RUNNING,
  ERROR_STARTED_BEFORE,
  ERROR_STOP_GUESTS,
  ERROR_STOP_REFUSED,
  ERROR_TIMEOUT,
  ERROR_TOO_MANY_CPUS,
  STATE_CORRUPT,
  STATE_LOADED,
  STATE_RUNNING,
  STATE_UNLOADED,
} from "../../abi/generated/bare/driver";
import { compareExchange32 } from "../../bsl/src/atomic";
import { copyMemory } from "../../bsl/src/memory";
import { arenaBytes, releaseArena, reserveArena } from "./arena";
import { askForReport, openDoor } from "./door";
import { closeExchange, openExchange, ramBytes, resetExchange } from "./exchange";
import { adoptStagedFiles, dropFiles, fileAddress, heldFileBytes } from "./files";
import { adoptAll, findHypervisor, forgetHypervisor, isFound, mayStay } from "./found";
import { fillHandover } from "./handover";
import { buildProcessor, buildShared } from "./image";
import { ARENA_STEP_BYTES, MAX_CPUS, START_CPU_BYTES } from "./limits";
import { endLoans, lentBytes, openLoanTable } from "./loan-table";
import { balance, donate, openLoans, takeUntaken } from "./loans";
import { chooseMitigations, isIsolated, MITIGATE_OTHERS } from "./mitigations";
import { startNeed } from "./need";
import { letGuestsEnd } from "./on-cpu";
import { PAGE_BYTES } from "./pages";
import { cpuNumber, injectedFailure, listCpus, runOnCpu } from "./platform";
import {
  CALL_BYTES,
  callRegisters,
  insideCount,
  Processor,
  phaseOf,
  processorAt,
  processorCount,
  resetProcessors,
  STAGE_ENTERING,
  STAGE_INSIDE,
  STAGE_LOST,
  STAGE_OUTSIDE,
  stageAddress,
} from "./processor";
import { leaveRecord, recordedMemory } from "./record";
import { beginReport, fail, failOnCpu, reportError } from "./report";
import { closeRing, openRing } from "./ring";
import {
  OPERATION_CALL,
  OPERATION_CHECK,
  OPERATION_ENTER,
  OPERATION_LEAVE,
  OPERATION_LOOK,
  RUN_CANCELLED,
  RUN_DONE,
  RUN_LOST,
} from "./run";
import { balanceRuns, openRuns } from "./run-loans";
import { giveShared, sharedBytes, takeShared } from "./shared";
import { chooseSlides } from "./slide";
import { setWatchdog, switchLooks, watchdogMs, watchTicks } from "./watch";

let state: u32 = STATE_UNLOADED;
/** Whether what runs is not to be started again when the platform has ended it. */
let isOnce: bool = false;
/** Whether the platform has ended what ran, and it is to be started again. */
let isInterrupted: bool = false;
/** Memory that the hypervisor begins with, and may grow to: see start(). */
let leastBytes: u64 = 0;
let mostBytes: u64 = 0;
/** How the next start is to be. */
let nextOnce: bool = false;
let nextWatchdog: u32 = 0;
let nextMitigate: u32 = MITIGATE_OTHERS;
let nextIsolates: bool = false;
let nextSlides: bool = true;
let vendor: u32 = 0;
let starts: u64 = 0;
let stops: u64 = 0;

/** STATE_*. */
export function currentState(): u32 {
  return state;
}
/** VENDOR_* of the processors, 0 before the first start. */
export function currentVendor(): u32 {
  return vendor;
}
/** Successful starts. */
export function startCount(): u64 {
  return starts;
}
/** Successful stops. */
export function stopCount(): u64 {
  return stops;
}
/** What the hypervisor holds of the operating system's memory; 0 unless it runs. */
export function memoryBytes(): u64 {
  if (isFound()) return recordedMemory() + lentBytes();
  return arenaBytes() === 0 ? 0 : arenaBytes() + besideArena() + lentBytes();
}

/** What it holds besides the arena from the beginning. */
function besideArena(): u64 {
  return sharedBytes() + heldFileBytes() + DEBUG_RING_AREA_BYTES + PAGE_BYTES;
}

/** Makes the staged files, `count` extensions, the loaded ones; stops and unloads what was there. */
export function load(count: u32): u32 {
  isInterrupted = false;
  if (state === STATE_CORRUPT) return fail(ERROR_CORRUPT, 0);
  if (isFound()) return fail(ERROR_STARTED_BEFORE, 0);
  if (state === STATE_RUNNING && stop() !== ERROR_NONE) return reportError();
  if (!openShared()) return fail(ERROR_NO_MEMORY, DEBUG_RING_AREA_BYTES);
  adoptStagedFiles(count);
  state = STATE_LOADED;
  return ERROR_NONE;
}

/** What the microkernel shares with the driver: all of it, or nothing. */
function openShared(): bool {
  if (openRing() && openExchange()) return true;
  if (state === STATE_UNLOADED) closeRing();
  return false;
}

/** Gives everything back; a running hypervisor is stopped first. Nothing happens when nothing is loaded. */
export function unload(): u32 {
  isInterrupted = false;
  if (state === STATE_CORRUPT) return fail(ERROR_CORRUPT, 0);
  if (state === STATE_RUNNING && stop() !== ERROR_NONE) return reportError();
  dropFiles();
  closeRing();
  closeExchange();
  state = STATE_UNLOADED;
  return ERROR_NONE;
}

/**
 * Puts the operating system into a VM on every processor; a running hypervisor is stopped first.
 *
 * @param once it is not started again when the platform has ended it (interrupt())
 * @param watchdog milliseconds (watch.ts), or 0
 * @param mitigate how much each processor does against speculation: MITIGATE_* (mitigations.ts)
 * @param isolates whether the microkernel is hidden from ring 3's page tables, whatever processors need
 * @param slides whether the microkernel lies at a random place (slide.ts)
 * @param least bytes that it holds at least; 0: what it needs
 * @param most bytes that it never holds more of; 0: a quarter of all memory
 */
export function start(
  once: bool,
  watchdog: u32,
  mitigate: u32,
  isolates: bool,
  slides: bool,
  least: u64,
  most: u64,
): u32 {
  nextOnce = once;
  nextWatchdog = watchdog;
  nextMitigate = mitigate;
  nextIsolates = isolates;
  nextSlides = slides;
  leastBytes = least;
  mostBytes = most;
  return startAgain();
}

/** The same as the last time. */
export function startAgain(): u32 {
  isInterrupted = false;
  if (state === STATE_CORRUPT) return fail(ERROR_CORRUPT, 0);
  if (isFound()) return fail(ERROR_STARTED_BEFORE, 0);
  if (state === STATE_UNLOADED) return fail(ERROR_NOT_LOADED, 0);
  if (state === STATE_RUNNING && stop() !== ERROR_NONE) return reportError();

  isOnce = nextOnce;
  setWatchdog(nextWatchdog);
  chooseMitigations(nextMitigate, nextIsolates);
  const cpus = listCpus();
  if (cpus > MAX_CPUS) return fail(ERROR_TOO_MANY_CPUS, cpus);
  resetProcessors(cpus);
  if (checkAll() !== ERROR_NONE || checkWatch() !== ERROR_NONE) return reportError();
  if (prepare() === ERROR_NONE) enterAll();
  if (reportError() !== ERROR_NONE) {
    rollBack();
    return reportError();
  }
  state = STATE_RUNNING;
  vendor = processorAt(0).vendor;
  starts++;
  leaveRecord(memoryBytes());
  return ERROR_NONE;
}

/** Looks whether another loader has started what the operating system runs in, and looks after that if so: ERROR_*. */
export function takeOver(): u32 {
  if (state !== STATE_UNLOADED || !findHypervisor()) return reportError();
  state = STATE_RUNNING;
  vendor = readVendor();
  // What keeps a processor from being given back here, a stop says; the rest works without
  adoptAll();
  beginReport();
  return ERROR_NONE;
}

/** Whether the operating system's processors may come and go under what runs. */
export function keepsCpus(): bool {
  return state === STATE_RUNNING && isFound();
}

/** Whether what runs stays while the operating system makes way for another one, by a reset or kexec: what was lent is asked back. */
export function staysBehind(): bool {
  if (keepsCpus() && lentBytes() !== 0) takeUntaken();
  return mayStay();
}

/** Stops what runs because the platform is about to change: sleep, other processors; or to end, and guests with it. */
export function interrupt(isEnd: bool): u32 {
  if (state !== STATE_RUNNING) return ERROR_NONE;
  letGuestsEnd(isEnd);
  stop();
  letGuestsEnd(false);
  isInterrupted = state === STATE_LOADED && !isOnce;
  return reportError();
}

/** Whether something is to be started again when the platform has changed. */
export function wasInterrupted(): bool {
  return isInterrupted;
}

/** Takes the operating system out of its VM on every processor, the last one first. */
export function stop(): u32 {
  isInterrupted = false;
  if (state === STATE_CORRUPT) return fail(ERROR_CORRUPT, 0);
  if (state !== STATE_RUNNING) return fail(ERROR_NOT_RUNNING, 0);
  if (isFound() && adoptAll() !== ERROR_NONE) return reportError();
  leaveAll(false);
  if (state === STATE_CORRUPT || insideCount() !== 0) return reportError();
  releaseAll();
  stops++;
  return reportError();
}

/** Makes a hypercall on processor `cpu` with the eight registers at a native address, which get its results. */
export function vmcall(cpu: u32, registers: u64): u32 {
  if (state === STATE_CORRUPT) return fail(ERROR_CORRUPT, 0);
  if (state !== STATE_RUNNING) return fail(ERROR_NOT_RUNNING, 0);
  for (let i: u32 = 0; i < processorCount(); i++) {
    if (cpuNumber(i) === cpu && processorAt(i).stage === STAGE_INSIDE) return callOn(i, registers);
  }
  return failOnCpu(ERROR_NO_SUCH_CPU, 0, cpu, PHASE_NONE);
}

/** The registers travel in memory that outlives the caller: a processor that is lost may still write to it. */
function callOn(index: u32, registers: u64): u32 {
  const processor = processorAt(index);
  copyMemory(callRegisters(processor), registers, CALL_BYTES);
  const run = runOnCpu(index, OPERATION_CALL);
  if (run === RUN_CANCELLED) return failOnCpu(ERROR_NO_SUCH_CPU, 0, cpuNumber(index), PHASE_NONE);
  if (run !== RUN_DONE) {
    state = STATE_CORRUPT;
    return failOnCpu(ERROR_TIMEOUT, 0, cpuNumber(index), phaseOf(processor));
  }
  if (processor.error !== ERROR_NONE) {
    return failOnCpu(processor.error, processor.detail, cpuNumber(index), phaseOf(processor));
  }
  copyMemory(registers, callRegisters(processor), CALL_BYTES);
  return ERROR_NONE;
}

/** Asks every processor that is inside whether it still is; one that does not answer is, in an extension that does not return. */
export function lookInside(): void {
  for (let i: u32 = 0; i < processorCount(); i++) {
    if (processorAt(i).stage === STAGE_INSIDE) runOnCpu(i, OPERATION_LOOK);
  }
}

/** Gives the microkernel what it asks for, and takes what it offers: see loans.ts. When to be called again; 0: when asked. */
export function balanceMemory(): u32 {
  if (state !== STATE_RUNNING) return 0;
  const chunks = balance();
  const runs = balanceRuns();
  return chunks === 0 || (runs !== 0 && runs < chunks) ? runs : chunks;
}

/** Gives it `bytes` bytes that it did not ask for. */
export function donateMemory(bytes: u64): u32 {
  if (state === STATE_CORRUPT) return fail(ERROR_CORRUPT, 0);
  return state === STATE_RUNNING ? donate(bytes) : fail(ERROR_NOT_RUNNING, 0);
}

/** Has the microkernel report what it has of memory; false, and said in the report, when it cannot. */
export function reportMemory(): bool {
  if (state === STATE_CORRUPT) fail(ERROR_CORRUPT, 0);
  else if (state !== STATE_RUNNING || !askForReport()) fail(ERROR_NOT_RUNNING, 0);
  return reportError() === ERROR_NONE;
}

/** Every processor, before anything is taken or changed. */
function checkAll(): u32 {
  for (let i: u32 = 0; i < processorCount(); i++) {
    if (runOnCpu(i, OPERATION_CHECK) !== RUN_DONE) return failOnCpu(ERROR_INTERRUPTED, 0, cpuNumber(i), PHASE_NONE);
    const processor = processorAt(i);
    if (processor.error !== ERROR_NONE) {
      return failOnCpu(processor.error, processor.detail, cpuNumber(i), PHASE_NONE);
    }
  }
  return ERROR_NONE;
}

/** Whether somebody can watch, if anybody is to. */
function checkWatch(): u32 {
  if (watchdogMs() === 0) return ERROR_NONE;
  if (watchTicks() === 0) return fail(ERROR_NO_CLOCK, 0);
  return processorCount() > 1 || hasWatchCounter() ? ERROR_NONE : fail(ERROR_NOBODY_WATCHES, 0);
}

/** Takes and fills all memory, before any processor is touched. */
function prepare(): u32 {
  if (!takeShared()) return fail(ERROR_NO_MEMORY, PAGE_BYTES);
  const bytes = arenaShare();
  resetExchange();
  const most = mostBytes === 0 ? ramBytes() / 4 : mostBytes;
  if (mostBytes !== 0 && bytes + besideArena() > most) return fail(ERROR_MEMORY_LIMIT, bytes + besideArena());
  chooseSlides(fileAddress(0), nextSlides);
  if (!reserveArena(bytes) || !buildShared()) return fail(ERROR_NO_MEMORY, bytes);
  openDoor(processorAt(0).vendor);
  openLoanTable(arenaBytes() + besideArena(), most);
  openLoans();
  openRuns();
  let features: u32 = 0xffff_ffff;
  for (let i: u32 = 0; i < processorCount(); i++) {
    if (cpuNumber(i) === injectedFailure() || !buildProcessor(processorAt(i), i)) {
      return failOnCpu(ERROR_NO_MEMORY, START_CPU_BYTES, cpuNumber(i), PHASE_NONE);
    }
    features &= processorAt(i).features;
  }
  for (let i: u32 = 0; i < processorCount(); i++) fillHandover(i, features);
  return ERROR_NONE;
}

/** Bytes of arena: what leaves the whole start within its need, or as much as was asked for. */
function arenaShare(): u64 {
  const need = startNeed(processorCount(), isIsolated());
  return leastBytes > need ? leastBytes - besideArena() : (need - besideArena()) & ~(ARENA_STEP_BYTES - 1);
}

function enterAll(): void {
  switchLooks(true);
  for (let i: u32 = 0; i < processorCount() && reportError() === ERROR_NONE; i++) {
    const processor = processorAt(i);
    processor.stage = STAGE_ENTERING;
    const run = runOnCpu(i, OPERATION_ENTER);
    if (run === RUN_CANCELLED) {
      processor.stage = STAGE_OUTSIDE;
      failOnCpu(ERROR_INTERRUPTED, 0, cpuNumber(i), PHASE_NONE);
    } else if (run === RUN_LOST && giveUp(processor)) {
      failOnCpu(ERROR_TIMEOUT, 0, cpuNumber(i), phaseOf(processor));
    } else if (processor.error !== ERROR_NONE) {
      failOnCpu(processor.error, processor.detail, cpuNumber(i), phaseOf(processor));
    }
  }
}

/** Gives up a processor, unless it arrived at this very moment. */
function giveUp(processor: Processor): bool {
  const before = compareExchange32(stageAddress(processor), STAGE_ENTERING, STAGE_LOST);
  if (before === STAGE_ENTERING) state = STATE_CORRUPT;
  return before === STAGE_ENTERING;
}

/** Undoes what start did. Memory that a processor may still use stays taken. */
function rollBack(): void {
  leaveAll(true);
  if (insideCount() !== 0) state = STATE_CORRUPT;
  if (state !== STATE_CORRUPT) releaseAll();
}

/** Takes processors out. After one that refuses the others are tried as well, or left as they are. */
function leaveAll(beyondRefusal: bool): void {
  for (let i = processorCount(); i-- !== 0; ) {
    const processor = processorAt(i);
    if (processor.stage !== STAGE_INSIDE) continue;
    if (runOnCpu(i, OPERATION_LEAVE) !== RUN_DONE) {
      state = STATE_CORRUPT;
      failOnCpu(ERROR_TIMEOUT, 0, cpuNumber(i), phaseOf(processor));
    } else if (processor.error !== ERROR_NONE) {
      failOnCpu(processor.error, processor.detail, cpuNumber(i), phaseOf(processor));
      if (isRefusal(processor.error) && !beyondRefusal) return;
    }
  }
}

function isRefusal(error: u32): bool {
  return error === ERROR_STOP_REFUSED || error === ERROR_STOP_GUESTS;
}

function releaseAll(): void {
  switchLooks(false);
  endLoans();
  if (isFound()) {
    forgetHypervisor();
    state = STATE_UNLOADED;
    return;
  }
  releaseArena();
  giveShared();
  resetProcessors(0);
  state = STATE_LOADED;
}
