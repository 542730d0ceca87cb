// What virtualizes on this processor: the one place that chooses between AMD's way and Intel's
//
// The rest of the kernel knows a VS's registers by their numbers in the ABI, its control block (VMCB or VMCS) by its
// address, and what can be done with either by these functions. How each is done stands in amd/ and intel/. Only the ways
// that every exit goes are apart from the beginning: the assembly enters each vendor's own functions.

import { VENDOR_AMD, VENDOR_INTEL } from "../../../abi/generated/bare/boot";
import { AMD_EXIT_CPUID, INTEL_EXIT_CPUID } from "../../../abi/generated/bare/callbacks";
import { PP_BLOCK_CAREFUL } from "../../../abi/generated/bare/pp-block";
import { DIRECT_BASE, PP_BLOCK } from "../../../abi/generated/bare/windows";
import { loadedVs } from "../../src/pp";
import { Vs } from "../../src/vs";
import * as space from "./amd/address-space";
import * as amdCompletion from "./amd/completion";
import * as amdCounter from "./amd/counter";
import { initDefaultMaps } from "./amd/default-maps";
import * as amdRegisters from "./amd/registers";
import * as svm from "./amd/svm";
import * as told from "./amd/told";
import * as amd from "./amd/vs";
import { amdIsolatedEntry, openSyscallEntry, syscallEntry } from "./cpu";
import {
  inheritFaulting,
  initCpuidFaulting,
  keepFaultingOut,
  restoreFaulting,
  restoreSavedFaulting,
  showPlainExit,
} from "./cpuid-faulting";
import { initEmptyTables } from "./empty-tables";
import * as intelCompletion from "./intel/completion";
import * as intelCounter from "./intel/counter";
import * as current from "./intel/current";
import * as nmi from "./intel/nmi";
import * as operation from "./intel/operation";
import * as own from "./intel/own-registers";
import * as ports from "./intel/ports";
import * as intelRegisters from "./intel/registers";
import * as state from "./intel/state";
import * as tlb from "./intel/tlb";
import * as intelTold from "./intel/told";
import { carefulSyscallEntry, intelIsolatedEntry, intelSyscallEntry } from "./intel/vmx";
import * as intel from "./intel/vs";
import { isIsolated } from "./isolation";
import { dropOwnMsrs, initMore, initOwnMsrs } from "./own-msrs";
import { ppLoad32 } from "./pparea";
import { endMitigations, inheritSpecCtrl, isMitigated } from "./speculation";
import { initSwitched } from "./switched";

let vendor: u32 = 0;

/** Decides for all processors; false when the vendor is unknown. */
export function chooseVendor(found: u32): bool {
  vendor = found;
  return found == VENDOR_AMD || found == VENDOR_INTEL;
}

export function isIntel(): bool {
  return vendor == VENDOR_INTEL;
}

/** Takes the memory that this processor needs to virtualize; nothing of it changes. False when memory runs out. */
export function prepare(): bool {
  return isIntel() ? operation.prepare() : svm.prepare();
}

/** Begins to virtualize on this processor, which is in host mode; false when it refuses. */
export function start(): bool {
  if (isIntel() ? !operation.start() : !svm.start()) return false;
  keepFaultingOut();
  return true;
}

/** Ends it, and gives the processor what SavedState or, on AMD, the VS holds and the loader's code does not restore. */
export function leave(vs: Vs): void {
  dropOwnMsrs(vs);
  if (isIntel()) operation.leave();
  else svm.leave(vs);
  restoreFaulting(vs.faultsCpuid != 0);
  endMitigations(vs);
}

/** The same before any VS has run, with what SavedState holds. */
export function leaveAsSaved(): void {
  const loaded = loadedVs();
  if (loaded !== null) dropOwnMsrs(loaded);
  if (isIntel()) operation.leave();
  else svm.leaveAsSaved();
  restoreSavedFaulting();
  endMitigations(null);
}

/** Where SYSCALL leads. */
export function callEntry(): u64 {
  if (isIsolated()) return isIntel() ? intelIsolatedEntry() : amdIsolatedEntry();
  if (isIntel()) return isMitigated() ? carefulSyscallEntry() : intelSyscallEntry();
  return ppLoad32(PP_BLOCK + PP_BLOCK_CAREFUL) != 0 ? openSyscallEntry() : syscallEntry();
}

/** Makes a new zeroed page the control block of a VS, and its registers those that a processor can have. */
export function initControlBlock(vs: Vs): void {
  initSwitched(vs);
  initMore(vs);
  if (isIntel()) intel.initControlBlock(vs);
  else amd.initControlBlock(vs);
}

/** What VMs get whose extensions asked for nothing; false when memory runs out. */
export function initConfinement(): bool {
  initCpuidFaulting(isIntel(), isIntel() ? INTEL_EXIT_CPUID : AMD_EXIT_CPUID);
  initOwnMsrs(isIntel());
  return initEmptyTables() && (isIntel() || initDefaultMaps());
}

/** A VS owns the machine from now on: it is the operating system. */
export function becomeRoot(vs: Vs): void {
  if (isIntel()) intel.becomeRoot(vs);
  else amd.becomeRoot(vs);
  dropOwnMsrs(vs);
  inheritFaulting(vs);
  inheritSpecCtrl(vs);
}

/** A VS of this processor becomes its active one; the registers that every vendor switches are loaded already. */
export function load(vs: Vs): void {
  if (isIntel()) current.load(vs);
  else amd.load(vs);
  showPlainExit(vs);
}

/** A VS is not this processor's active one any more. */
export function park(vs: Vs): void {
  if (isIntel()) current.park(vs);
}

/** Makes a VS's state the operating system's; what its controls ask for stays as it is. */
export function loadSavedState(vs: Vs): void {
  if (isIntel()) state.loadSavedState(vs);
  else svm.loadSavedState(vs);
}

/** Writes the active VS's state into SavedState. */
export function storeSavedState(vs: Vs): void {
  if (isIntel()) state.storeSavedState(vs);
  else svm.storeSavedState(vs);
}

/** Whether a number names a register: all of its 64 bits count. */
export function isRegister(register: u64): bool {
  return isIntel() ? intelRegisters.isRegister(register) : amdRegisters.isRegister(register);
}

/** Whose numbers the registers have, as a dump says it and toolchain/src/register-names.ts reads it. */
export function registerLabel(): string {
  return isIntel() ? "  Intel register " : "  AMD register ";
}

/** Number of the last register. */
export function registerCount(): u32 {
  return isIntel() ? intelRegisters.registerCount() : amdRegisters.registerCount();
}

/** Reads a register that exists into the native u64 at `out`; false when the processor does not have it. */
export function readRegister(vs: Vs, register: u32, out: u64): bool {
  return isIntel() ? intelRegisters.readRegister(vs, register, out) : amdRegisters.readRegister(vs, register, out);
}

/** Reads a register that the active VS's control block holds as it is; false for every other. */
export function readHeld(vs: Vs, register: u64, out: u64): bool {
  return isIntel() ? intelRegisters.readHeld(register, out) : amdRegisters.readHeld(vs, register, out);
}

/** Writes a register that exists; false when the processor does not have it, or refuses the value. */
export function writeRegister(vs: Vs, register: u32, value: u64): bool {
  return isIntel()
    ? intelRegisters.writeRegister(vs, register, value)
    : amdRegisters.writeRegister(vs, register, value);
}

/** The active VS's CR4 may be another now: its extension finds it in the TCB. */
export function tellCr4(vs: Vs): void {
  if (isIntel()) intelTold.tellCr4();
  else told.tellCr4(DIRECT_BASE + vs.controlBlock);
}

/** Skips the instruction that the active VS exited for; whether the trap of a single step follows (raiseStep). */
export function skipInstruction(vs: Vs): bool {
  if (vs.kicked != 0) return false;
  return isIntel() ? intelCompletion.skipInstruction() : amdCompletion.skipInstruction(vs);
}

/** Raises that trap: the reason of an exit that it is; 0 when the processor sees to it. */
export function raiseStep(vs: Vs): u64 {
  return isIntel() ? intelCompletion.raiseStep() : amdCompletion.raiseStep(vs);
}

/** Nothing that the processor caches of a VS's control block is used again. */
export function forgetCached(vs: Vs): void {
  if (isIntel()) current.forgetCached(vs);
  else amd.forgetCached(vs);
}

/** A VS's translations are gone before it runs again. */
export function requestFlush(vs: Vs): void {
  if (isIntel()) tlb.requestFlush(vs);
  else space.requestFlush(vs);
}

/** The translations of all guests of this processor are gone before it runs `vs`, which is the next. */
export function flushGuests(vs: Vs): void {
  if (isIntel()) tlb.flushGuests();
  else space.flushGuests(vs);
}

/** WORK_END_FLUSH, which only AMD asks for: the VS has run, and its translations are flushed. */
export function endFlush(vs: Vs): void {
  space.endFlush(vs);
}

/** Flushes the translation of one guest linear address. */
export function flushAddress(vs: Vs, address: u64): void {
  if (isIntel()) intel.flushAddress(vs, address);
  else space.flushAddress(vs, address);
}

/** What the log keeps of the active VS's exit: the reason, two words that explain it, and the guest's RIP. */
export function exitWord(vs: Vs, index: u32): u64 {
  return isIntel() ? intel.exitWord(index) : amd.exitWord(vs, index);
}

/** An NMI of the operating system's was counted, or one that was announced has come or is not needed any more. */
export function armNmi(): void {
  if (isIntel()) nmi.armNmi();
}

/** A performance counter of this processor's is the operating system's no longer. */
export function claimCounter(): void {
  if (isIntel()) intelCounter.claimCounter();
  else amdCounter.claimCounter();
}

/** It sends an NMI after so many ticks, once. */
export function startCounter(ticks: u64): void {
  if (isIntel()) intelCounter.startCounter(ticks);
  else amdCounter.startCounter(ticks);
}

/** The operating system has it again. */
export function releaseCounter(): void {
  if (isIntel()) intelCounter.releaseCounter();
  else amdCounter.releaseCounter();
}

/** Whether it is why an NMI came. */
export function hasRunOut(): bool {
  return isIntel() ? intelCounter.hasRunOut() : amdCounter.hasRunOut();
}

/** A fault in host mode has changed CR2 or DR6; AMD's VMCB has the guest's. */
export function noteFault(): void {
  if (isIntel()) own.noteFault();
}

/** The extension's general protection fault with error code 0 may be about a port: whether to try again. */
export function openPorts(): bool {
  return isIntel() && ports.openPorts();
}
