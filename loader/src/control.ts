// The driver's interface: argument blocks in, operations, argument blocks out

import { EXTENSION_POLICY_BYTES, PHASE_NONE } from "../../abi/generated/bare/boot";
import {
  DRIVER_VERSION,
  DUMP_ARGS_BUFFER_ADDRESS,
  DUMP_ARGS_BUFFER_BYTES,
  DUMP_ARGS_BYTES,
  DUMP_ARGS_WRITTEN_BYTES,
  ERROR_INVALID_ARGUMENT,
  ERROR_NONE,
  ERROR_NOT_LOADED,
  IOCTL_DUMP,
  IOCTL_LOAD,
  IOCTL_MEMORY,
  IOCTL_START,
  IOCTL_STATUS,
  IOCTL_STOP,
  IOCTL_UNLOAD,
  IOCTL_VMCALL,
  LOAD_ARGS_BYTES,
  LOAD_ARGS_EXT_ADDRESS,
  LOAD_ARGS_EXT_BYTES,
  LOAD_ARGS_EXT_COUNT,
  LOAD_ARGS_FLAGS,
  LOAD_ARGS_KERNEL_ADDRESS,
  LOAD_ARGS_KERNEL_BYTES,
  LOAD_ARGS_POLICY_ADDRESS,
  LOAD_ARGS_POLICY_BYTES,
  MEMORY_ARGS_BUFFER_ADDRESS,
  MEMORY_ARGS_BUFFER_BYTES,
  MEMORY_ARGS_BYTES,
  MEMORY_ARGS_DONATE_BYTES,
  MEMORY_LOANS_BYTES,
  OPERATION_ALL_MITIGATIONS,
  OPERATION_ARGS_BYTES,
  OPERATION_ARGS_CPU,
  OPERATION_ARGS_DETAIL,
  OPERATION_ARGS_ERROR,
  OPERATION_ARGS_FILE,
  OPERATION_ARGS_FLAGS,
  OPERATION_ARGS_LEAST_BYTES,
  OPERATION_ARGS_MOST_BYTES,
  OPERATION_ARGS_PHASE,
  OPERATION_ARGS_VERSION,
  OPERATION_ARGS_WATCHDOG_MS,
  OPERATION_ISOLATE_KERNEL,
  OPERATION_NO_MITIGATIONS,
  OPERATION_NO_SLIDE,
  OPERATION_ONCE,
  STARTED_BY_DRIVER,
  STARTED_BY_UEFI,
  STATE_RUNNING,
  STATUS_ARGS_ALLOCATED_PAGES,
  STATUS_ARGS_BYTES,
  STATUS_ARGS_CPU_COUNT,
  STATUS_ARGS_EXT_COUNT,
  STATUS_ARGS_MEMORY_BYTES,
  STATUS_ARGS_RING_BYTES,
  STATUS_ARGS_RUNNING,
  STATUS_ARGS_RUNNING_COUNT,
  STATUS_ARGS_START_COUNT,
  STATUS_ARGS_STARTED_BY,
  STATUS_ARGS_STATE,
  STATUS_ARGS_STOP_COUNT,
  STATUS_ARGS_VENDOR,
  VMCALL_ARGS_BYTES,
  VMCALL_ARGS_RAX,
  VMCALL_ARGS_TARGET,
} from "../../abi/generated/bare/driver";
import { MEMORY_EXCHANGE_BYTES } from "../../abi/generated/bare/exchange";
import { MAX_EXTENSIONS } from "../../abi/generated/bare/syscalls";
import { copyMemory, fillMemory, peek32, peek64, poke32, poke64 } from "../../bsl/src/memory";
import { exchangePage } from "./exchange";
import { dropStagedFiles, stageFile } from "./files";
import { isFound } from "./found";
import { POLICY_FILE } from "./limits";
import { loansRecord } from "./loan-table";
import {
  currentState,
  currentVendor,
  donateMemory,
  load,
  lookInside,
  memoryBytes,
  reportMemory,
  start,
  startCount,
  stop,
  stopCount,
  unload,
  vmcall,
} from "./machine";
import { MITIGATE_ALL, MITIGATE_NONE, MITIGATE_OTHERS } from "./mitigations";
import { heldPages } from "./pages";
import { copyToCaller, cpuNumber, onlineCpus } from "./platform";
import { enteringIndex, isThere, NONE, phaseOf, processorAt, processorCount } from "./processor";
import { FACTS_BYTES, recordedFacts, writeFiles, writeStart } from "./record";
import { beginReport, fail, NO_CPU, reportCpu, reportDetail, reportError, reportFile, reportPhase } from "./report";
import { dumpRing, hasRing, ringChars } from "./ring";

/** How a call of the driver ends, apart from what the report says. */
export const CONTROL_DONE: u32 = 0;
/** No such command. */
export const CONTROL_COMMAND: u32 = 1;
/** The caller speaks another version; the block now holds this one. */
export const CONTROL_VERSION: u32 = 2;
/** An address in the block is not the caller's to read or write. */
export const CONTROL_FAULT: u32 = 3;

/** Bytes of StatusArgs.running. */
const RUNNING_BYTES: u32 = STATUS_ARGS_STARTED_BY - STATUS_ARGS_RUNNING;
/** Of a start. */
const KNOWN_FLAGS: u32 =
  OPERATION_ONCE | OPERATION_NO_MITIGATIONS | OPERATION_ALL_MITIGATIONS | OPERATION_NO_SLIDE | OPERATION_ISOLATE_KERNEL;

/** Size of a command's argument block, or 0 for an unknown command. */
export function blockBytes(command: u32): u32 {
  switch (command) {
    case IOCTL_LOAD:
      return LOAD_ARGS_BYTES;
    case IOCTL_UNLOAD:
    case IOCTL_START:
    case IOCTL_STOP:
      return OPERATION_ARGS_BYTES;
    case IOCTL_STATUS:
      return STATUS_ARGS_BYTES;
    case IOCTL_DUMP:
      return DUMP_ARGS_BYTES;
    case IOCTL_VMCALL:
      return VMCALL_ARGS_BYTES;
    case IOCTL_MEMORY:
      return MEMORY_ARGS_BYTES;
    default:
      return 0;
  }
}

/** Carries out a command whose argument block has been copied to native address `block`. Returns CONTROL_*. */
export function carryOutCommand(command: u32, block: u64): u32 {
  const isVersion = peek64(block + OPERATION_ARGS_VERSION) === DRIVER_VERSION;
  poke64(block + OPERATION_ARGS_VERSION, DRIVER_VERSION);
  if (!isVersion) return CONTROL_VERSION;
  if (command === IOCTL_STATUS) {
    if (currentState() === STATE_RUNNING) lookInside();
    return status(block);
  }
  beginReport();
  const isReadable = operate(command, block);
  writeReport(block);
  return isReadable ? CONTROL_DONE : CONTROL_FAULT;
}

/** A status while an operation waits for a processor: of what is known. Returns CONTROL_*. */
export function statusMeanwhile(block: u64): u32 {
  const isVersion = peek64(block + OPERATION_ARGS_VERSION) === DRIVER_VERSION;
  poke64(block + OPERATION_ARGS_VERSION, DRIVER_VERSION);
  return isVersion ? status(block) : CONTROL_VERSION;
}

/** False when the caller's memory faulted. */
function operate(command: u32, block: u64): bool {
  switch (command) {
    case IOCTL_LOAD:
      return loadFiles(block);
    case IOCTL_UNLOAD:
      unload();
      return true;
    case IOCTL_START:
      startAsAsked(block);
      return true;
    case IOCTL_MEMORY:
      return memoryReport(block);
    case IOCTL_STOP:
      stop();
      return true;
    case IOCTL_VMCALL:
      vmcall(peek32(block + VMCALL_ARGS_TARGET), block + VMCALL_ARGS_RAX);
      return true;
    default:
      return dump(block);
  }
}

function startAsAsked(block: u64): void {
  const flags = peek32(block + OPERATION_ARGS_FLAGS);
  const least = peek64(block + OPERATION_ARGS_LEAST_BYTES);
  const most = peek64(block + OPERATION_ARGS_MOST_BYTES);
  const mitigate = flags & (OPERATION_NO_MITIGATIONS | OPERATION_ALL_MITIGATIONS);
  const slides = (flags & OPERATION_NO_SLIDE) === 0;
  const isolates = (flags & OPERATION_ISOLATE_KERNEL) !== 0;
  const isContradiction = mitigate === (OPERATION_NO_MITIGATIONS | OPERATION_ALL_MITIGATIONS);
  if ((flags & ~KNOWN_FLAGS) !== 0 || isContradiction) fail(ERROR_INVALID_ARGUMENT, flags);
  else if (most !== 0 && least > most) fail(ERROR_INVALID_ARGUMENT, least);
  else {
    const watchdog = peek32(block + OPERATION_ARGS_WATCHDOG_MS);
    start((flags & OPERATION_ONCE) !== 0, watchdog, extentOf(mitigate), isolates, slides, least, most);
  }
}

/** MITIGATE_* that flags of a start ask for. */
function extentOf(mitigate: u32): u32 {
  if (mitigate === OPERATION_NO_MITIGATIONS) return MITIGATE_NONE;
  return mitigate === OPERATION_ALL_MITIGATIONS ? MITIGATE_ALL : MITIGATE_OTHERS;
}

/** Gives memory if that is wanted, has the microkernel report and copies what it and the loader know. */
function memoryReport(block: u64): bool {
  const bytes = peek64(block + MEMORY_ARGS_DONATE_BYTES);
  if (bytes !== 0 && donateMemory(bytes) !== ERROR_NONE) return true;
  if (!reportMemory()) return true;
  const buffer = peek64(block + MEMORY_ARGS_BUFFER_ADDRESS);
  if (peek64(block + MEMORY_ARGS_BUFFER_BYTES) < <u64>MEMORY_EXCHANGE_BYTES + MEMORY_LOANS_BYTES) {
    fail(ERROR_INVALID_ARGUMENT, peek64(block + MEMORY_ARGS_BUFFER_BYTES));
    return true;
  }
  return (
    copyToCaller(buffer, exchangePage(), MEMORY_EXCHANGE_BYTES) !== 0 &&
    copyToCaller(buffer + MEMORY_EXCHANGE_BYTES, loansRecord(), MEMORY_LOANS_BYTES) !== 0
  );
}

function writeReport(block: u64): void {
  poke32(block + OPERATION_ARGS_ERROR, reportError());
  poke32(block + OPERATION_ARGS_CPU, reportCpu());
  poke32(block + OPERATION_ARGS_PHASE, reportPhase());
  poke32(block + OPERATION_ARGS_FILE, reportFile());
  poke64(block + OPERATION_ARGS_DETAIL, reportDetail());
}

/** Copies and checks all files before anything that is loaded or running is touched. */
function loadFiles(block: u64): bool {
  const count = peek32(block + LOAD_ARGS_EXT_COUNT);
  if (count === 0 || count > MAX_EXTENSIONS || peek32(block + LOAD_ARGS_FLAGS) !== 0) {
    fail(ERROR_INVALID_ARGUMENT, count);
    return true;
  }
  const policyBytes = peek64(block + LOAD_ARGS_POLICY_BYTES);
  if (policyBytes !== 0 && policyBytes !== <u64>count * EXTENSION_POLICY_BYTES) {
    fail(ERROR_INVALID_ARGUMENT, policyBytes);
    return true;
  }
  let isReadable = stageFile(0, peek64(block + LOAD_ARGS_KERNEL_ADDRESS), peek64(block + LOAD_ARGS_KERNEL_BYTES));
  for (let i: u32 = 0; i < count && isReadable && reportError() === ERROR_NONE; i++) {
    const address = peek64(block + LOAD_ARGS_EXT_ADDRESS + i * 8);
    isReadable = stageFile(i + 1, address, peek64(block + LOAD_ARGS_EXT_BYTES + i * 8));
  }
  if (isReadable && reportError() === ERROR_NONE && policyBytes !== 0) {
    isReadable = stageFile(POLICY_FILE, peek64(block + LOAD_ARGS_POLICY_ADDRESS), policyBytes);
  }
  if (isReadable && reportError() === ERROR_NONE) load(count);
  dropStagedFiles();
  return isReadable;
}

function dump(block: u64): bool {
  poke64(block + DUMP_ARGS_WRITTEN_BYTES, 0);
  if (!hasRing()) {
    fail(ERROR_NOT_LOADED, 0);
    return true;
  }
  const written = dumpRing(peek64(block + DUMP_ARGS_BUFFER_ADDRESS), peek64(block + DUMP_ARGS_BUFFER_BYTES));
  if (written < 0) return false;
  poke64(block + DUMP_ARGS_WRITTEN_BYTES, written);
  return true;
}

/** Also called while an operation waits for a processor: only reads. The report then names that processor. */
function status(block: u64): u32 {
  fillMemory(block + OPERATION_ARGS_ERROR, 0, STATUS_ARGS_BYTES - OPERATION_ARGS_ERROR);
  const entering = enteringIndex();
  poke32(block + OPERATION_ARGS_CPU, entering === NONE ? NO_CPU : cpuNumber(entering));
  poke32(block + OPERATION_ARGS_PHASE, entering === NONE ? PHASE_NONE : phaseOf(processorAt(entering)));
  poke32(block + STATUS_ARGS_STATE, currentState());
  poke32(block + STATUS_ARGS_CPU_COUNT, onlineCpus());
  poke32(block + STATUS_ARGS_VENDOR, currentVendor());
  poke64(block + STATUS_ARGS_MEMORY_BYTES, memoryBytes());
  poke64(block + STATUS_ARGS_ALLOCATED_PAGES, heldPages());
  poke64(block + STATUS_ARGS_RING_BYTES, ringChars());
  poke64(block + STATUS_ARGS_START_COUNT, startCount());
  poke64(block + STATUS_ARGS_STOP_COUNT, stopCount());
  let running: u32 = 0;
  for (let i: u32 = 0; i < processorCount(); i++) {
    if (!isThere(processorAt(i))) continue;
    running++;
    const number = cpuNumber(i);
    const word = block + STATUS_ARGS_RUNNING + (number / 64) * 8;
    if (number < RUNNING_BYTES * 8) poke64(word, peek64(word) | ((<u64>1) << (number % 64)));
  }
  poke32(block + STATUS_ARGS_RUNNING_COUNT, running);
  statusOfRun(block);
  return CONTROL_DONE;
}

/** Of what runs, and of what is loaded. */
function statusOfRun(block: u64): void {
  const facts = block + STATUS_ARGS_EXT_COUNT;
  const isRunning = currentState() === STATE_RUNNING;
  if (isRunning) poke32(block + STATUS_ARGS_STARTED_BY, isFound() ? STARTED_BY_UEFI : STARTED_BY_DRIVER);
  if (isRunning && isFound()) {
    copyMemory(facts, recordedFacts(), FACTS_BYTES);
  } else {
    writeFiles(facts);
    if (isRunning) writeStart(facts);
  }
}
