// KVM_RUN: the guest runs until its user has something to do
//
// What an exit asks its user for is answered at the next KVM_RUN, before anything else, also when the user wants to come back at
// once.

import * as mv from "../../../abi/generated/bare/hypercalls";
import * as kvm from "../../../abi/generated/bare/kvm";
import { peek8, peek16, peek32, peek64, poke8, poke16, poke32, poke64 } from "../../../bsl/src/memory";
import { forgetAnswer, giveAnswer, noteAnswer } from "./answered";
import { noticeMsr, updateClock } from "./clock";
import { NO_DEVICE, readPortDevice, writePortDevice } from "./devices";
import { emulateAccess, emulateInstruction, finishEmulation, replaceHypercall, resumeEmulation } from "./emulate";
import { EINTR, EINVAL } from "./errors";
import {
  askForPort,
  GO_ON,
  internalError,
  leave,
  PENDING_EMULATION,
  PENDING_INPUT,
  PENDING_MSR,
  PENDING_NOTHING,
  PENDING_STEP,
} from "./exit";
import { firstOf, prepare, statusOf } from "./hypercall";
import { hasIrqchip, isFull, isSplit, wakeVcpus } from "./interrupts";
import { resampleIrqfds } from "./irqfd";
import { finishMsr, leaveForMsr } from "./msr-exit";
import {
  MACHINE_GLUE,
  setWord,
  VCPU_BLOCK,
  VCPU_ENDED,
  VCPU_GLUE,
  VCPU_HAS_RUN,
  VCPU_MACHINE,
  VCPU_PAGE,
  VCPU_PENDING,
  VCPU_REQUEST,
  VCPU_RUN,
  VCPU_VS,
  word,
} from "./objects";
import { enter, lockMachine, sharedPages, unlockMachine } from "./platform";
import { followDeadline, rest } from "./rest";
import { findSlot, isWritable, showMemory } from "./slots";
import { isSynced, takeRegisters, takesParts, tellRegisters } from "./synced-registers";

const MOST_CR8: u64 = 15;

export function runVcpu(vcpu: u64): i64 {
  if (word(vcpu, VCPU_RUN) == 0) setWord(vcpu, VCPU_RUN, sharedPages(word(vcpu, VCPU_GLUE)));
  const run = word(vcpu, VCPU_RUN);
  if (isSynced(run)) return runSynced(vcpu, run);
  return runOnce(vcpu, run);
}

/** With the registers that the user has written there, and wants to read there. */
function runSynced(vcpu: u64, run: u64): i64 {
  if (!takesParts(run)) return EINVAL;
  const error = takeRegisters(vcpu, run);
  const result = error == 0 ? runOnce(vcpu, run) : error;
  tellRegisters(vcpu, run);
  return result;
}

function runOnce(vcpu: u64, run: u64): i64 {
  // A local APIC has the task priority itself
  if (!hasIrqchip(word(vcpu, VCPU_MACHINE)) && peek64(run + kvm.KVM_RUN_CR8) > MOST_CR8) return EINVAL;
  const result = advance(vcpu, run);
  tellState(vcpu, run);
  return result;
}

function advance(vcpu: u64, run: u64): i64 {
  const page = word(vcpu, VCPU_PAGE);
  const hasApic = hasIrqchip(word(vcpu, VCPU_MACHINE));
  if (!hasApic) poke64(page + mv.MV_PAGE_CR8, peek64(run + kvm.KVM_RUN_CR8));
  const pending = word(vcpu, VCPU_PENDING);
  setWord(vcpu, VCPU_PENDING, PENDING_NOTHING);
  if (pending == PENDING_INPUT) finishInput(vcpu, run);
  else if (pending == PENDING_MSR) finishMsr(vcpu, run);
  if (pending == PENDING_EMULATION || pending == PENDING_STEP) {
    const result = pending == PENDING_STEP ? resumeEmulation(vcpu, run) : finishEmulation(vcpu, run);
    if (result != GO_ON) return result;
  }
  // What the last exit was for stays there to be read
  if (peek8(run + kvm.KVM_RUN_IMMEDIATE_EXIT) != 0) return giveAnswer(vcpu) ? EINTR : internalError(run);
  let result: i64 = GO_ON;
  while (result == GO_ON) {
    if (word(vcpu, VCPU_ENDED) != 0 && tellEnd(vcpu, run, page)) return 0;
    result = enterOnce(vcpu, run, page);
    if (hasApic) followDeadline(vcpu);
  }
  return result;
}

/** The guest has ended an interrupt: its user hears of it when it has the I/O APIC. */
function tellEnd(vcpu: u64, run: u64, page: u64): bool {
  setWord(vcpu, VCPU_ENDED, 0);
  const machine = word(vcpu, VCPU_MACHINE);
  wakeVcpus(machine, peek64(page + mv.MV_PAGE_WAKE));
  if (!isSplit(machine)) {
    resampleIrqfds(machine, peek64(page + mv.MV_PAGE_DATA));
    return false;
  }
  poke8(run + kvm.KVM_RUN_EOI_VECTOR, <u8>peek32(page + mv.MV_PAGE_VECTOR));
  leave(run, kvm.KVM_EXIT_IOAPIC_EOI);
  return true;
}

/** A guest that halts does so until something comes, where it has a local APIC. */
function halted(vcpu: u64, run: u64): i64 {
  if (!hasIrqchip(word(vcpu, VCPU_MACHINE))) return leave(run, kvm.KVM_EXIT_HLT);
  followDeadline(vcpu);
  return rest(vcpu) ? GO_ON : interrupted(vcpu, run);
}

function enterOnce(vcpu: u64, run: u64, page: u64): i64 {
  updateClock(vcpu);
  const wantsWindow = peek8(run + kvm.KVM_RUN_REQUEST_INTERRUPT_WINDOW) != 0 && !isFull(word(vcpu, VCPU_MACHINE));
  poke32(page + mv.MV_PAGE_REQUEST, (wantsWindow ? mv.MV_RUN_WINDOW : 0) | <u32>word(vcpu, VCPU_REQUEST));
  prepare(vcpu + VCPU_BLOCK, mv.MV_VS_RUN, word(vcpu, VCPU_VS));
  const error = enter(vcpu + VCPU_BLOCK);
  if (error == EINTR) return interrupted(vcpu, run);
  if (error != 0) return error;
  forgetAnswer(vcpu);
  setWord(vcpu, VCPU_HAS_RUN, 1);
  return handle(vcpu, run, page);
}

/** What an exit means for the user: 0 when it has something to do. */
function handle(vcpu: u64, run: u64, page: u64): i64 {
  if (statusOf(vcpu + VCPU_BLOCK) != mv.MV_STATUS_SUCCESS) return internalError(run);
  switch (<u32>firstOf(vcpu + VCPU_BLOCK)) {
    case mv.MV_EXIT_INTERRUPT:
    case mv.MV_EXIT_NMI:
    case mv.MV_EXIT_MACHINE_CHECK:
      return GO_ON;
    case mv.MV_EXIT_IO:
      return leaveForPort(vcpu, run, page);
    case mv.MV_EXIT_MMIO:
      return leaveForMemory(vcpu, run, page);
    case mv.MV_EXIT_MSR:
      noticeMsr(vcpu, peek32(page + mv.MV_PAGE_MSR), peek64(page + mv.MV_PAGE_DATA));
      return GO_ON;
    case mv.MV_EXIT_MSR_ACCESS:
      return leaveForMsr(vcpu, run, page);
    case mv.MV_EXIT_UNDEFINED:
      return replaceHypercall(vcpu, run);
    case mv.MV_EXIT_HLT:
      return halted(vcpu, run);
    case mv.MV_EXIT_TIMER:
      return GO_ON;
    case mv.MV_EXIT_WAKE:
      wakeVcpus(word(vcpu, VCPU_MACHINE), peek64(page + mv.MV_PAGE_WAKE));
      return GO_ON;
    case mv.MV_EXIT_EOI:
      setWord(vcpu, VCPU_ENDED, 1);
      return GO_ON;
    case mv.MV_EXIT_WINDOW:
      return leave(run, kvm.KVM_EXIT_IRQ_WINDOW_OPEN);
    case mv.MV_EXIT_SHUTDOWN:
      return leave(run, kvm.KVM_EXIT_SHUTDOWN);
    case mv.MV_EXIT_FAILURE:
      poke64(run + kvm.KVM_RUN_FAIL_ENTRY_HARDWARE_ENTRY_FAILURE_REASON, peek64(page + mv.MV_PAGE_DETAIL));
      poke32(run + kvm.KVM_RUN_FAIL_ENTRY_CPU, peek32(page + mv.MV_PAGE_PROCESSOR));
      return leave(run, kvm.KVM_EXIT_FAIL_ENTRY);
    default:
      poke64(run + kvm.KVM_RUN_HW_HARDWARE_EXIT_REASON, peek64(page + mv.MV_PAGE_DETAIL));
      return leave(run, kvm.KVM_EXIT_UNKNOWN);
  }
}

function leaveForPort(vcpu: u64, run: u64, page: u64): i64 {
  const flags = <u32>peek8(page + mv.MV_PAGE_IO_FLAGS);
  if ((flags & mv.MV_IO_STRING) != 0) return emulateInstruction(vcpu, run);
  const isInput = (flags & mv.MV_IO_IN) != 0;
  const bytes = peek8(page + mv.MV_PAGE_IO_BYTES);
  const port = peek16(page + mv.MV_PAGE_PORT);
  if (isPortDone(vcpu, page, isInput, port, bytes)) return GO_ON;
  if (isInput) setWord(vcpu, VCPU_PENDING, PENDING_INPUT);
  else poke64(run + kvm.KVM_PAGE_BYTES, peek64(page + mv.MV_PAGE_DATA));
  return askForPort(run, isInput, port, bytes, 1);
}

/** Whether it is no port of the user's. */
function isPortDone(vcpu: u64, page: u64, isInput: bool, port: u32, bytes: u32): bool {
  const machine = word(vcpu, VCPU_MACHINE);
  if (!isInput) return writePortDevice(machine, port, bytes, peek64(page + mv.MV_PAGE_DATA));
  const datum = readPortDevice(machine, port, bytes);
  if (datum == NO_DEVICE) return false;
  poke64(page + mv.MV_PAGE_DATA, datum);
  noteAnswer(vcpu, 0);
  return true;
}

/** Memory of a slot that the guest has not touched before; or a device. */
function leaveForMemory(vcpu: u64, run: u64, page: u64): i64 {
  const machine = word(vcpu, VCPU_MACHINE);
  const address = peek64(page + mv.MV_PAGE_ADDRESS);
  const access = peek32(page + mv.MV_PAGE_ACCESS);
  const isWrite = (access & mv.MV_ACCESS_WRITE) != 0;
  lockMachine(word(machine, MACHINE_GLUE));
  const slot = findSlot(machine, address);
  const isMemory = slot != 0 && (!isWrite || isWritable(slot) || (access & mv.MV_ACCESS_TABLE_WALK) != 0);
  const error: i64 = isMemory ? showMemory(machine, slot, address) : 0;
  unlockMachine(word(machine, MACHINE_GLUE));
  if (error != 0) return error;
  return isMemory ? GO_ON : emulateAccess(vcpu, run, address, access);
}

function interrupted(vcpu: u64, run: u64): i64 {
  if (!giveAnswer(vcpu)) return internalError(run);
  poke32(run + kvm.KVM_RUN_EXIT_REASON, kvm.KVM_EXIT_INTR);
  return EINTR;
}

/** What the user finds with every exit. */
function tellState(vcpu: u64, run: u64): void {
  const page = word(vcpu, VCPU_PAGE);
  const state = peek32(page + mv.MV_PAGE_STATE);
  // Whoever has no interrupts to give may give one at any time
  const isReady = (state & mv.MV_STATE_INTERRUPTIBLE) != 0 || isFull(word(vcpu, VCPU_MACHINE));
  poke8(run + kvm.KVM_RUN_READY_FOR_INTERRUPT_INJECTION, isReady ? 1 : 0);
  poke8(run + kvm.KVM_RUN_IF_FLAG, (state & mv.MV_STATE_IF) != 0 ? 1 : 0);
  poke16(run + kvm.KVM_RUN_FLAGS, 0);
  poke64(run + kvm.KVM_RUN_CR8, peek64(page + mv.MV_PAGE_CR8));
  poke64(run + kvm.KVM_RUN_APIC_BASE, peek64(page + mv.MV_PAGE_APIC_BASE));
}

/** What the user has read from a port: as many bytes as it was asked for. */
function finishInput(vcpu: u64, run: u64): void {
  poke64(word(vcpu, VCPU_PAGE) + mv.MV_PAGE_DATA, peek64(run + kvm.KVM_PAGE_BYTES));
  noteAnswer(vcpu, 0);
}
