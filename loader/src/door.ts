// The memory door: what the driver asks of the microkernel while that runs, by a hypercall (abi/src/exchange.ts)

import { cpuidEbx, cpuidEcx, cpuidEdx, hypercall } from "#arch/cpu";
import { BOOT_MAGIC, VENDOR_INTEL } from "../../abi/generated/bare/boot";
import {
  CPUID_HYPERVISOR_BASE,
  CPUID_SIGNATURE_EBX,
  CPUID_SIGNATURE_ECX,
  CPUID_SIGNATURE_EDX,
} from "../../abi/generated/bare/control";
import {
  ADOPT_DONE,
  DOOR_ADOPT,
  DOOR_DESCRIBE,
  DOOR_FLUSH,
  DOOR_REPORT,
  DOOR_UNKNOWN,
  GIVE_DONE,
  GIVE_LATER,
  MEMORY_DOOR,
} from "../../abi/generated/bare/exchange";
import { fillMemory, nativeAddress, peek64, poke64 } from "../../bsl/src/memory";
import { physicalAddress, runOnCpu } from "./platform";
import { processorCount } from "./processor";
import { OPERATION_FLUSH } from "./run";

/** What the door is asked by, and answers in. */
const registers: usize = memory.data(64, 8);
/** Places in them. */
const RAX: u32 = 0;
const RBX: u32 = 1;
const RCX: u32 = 2;
const RDX: u32 = 3;
const RSI: u32 = 4;
const RDI: u32 = 5;
const R8: u32 = 6;
const R9: u32 = 7;
let isIntel: u32 = 0;

/** A start is on processors of a vendor: VENDOR_*. */
export function openDoor(vendor: u32): void {
  isIntel = vendor === VENDOR_INTEL ? 1 : 0;
}

/** Knocks; this processor is in the VM. */
export function knock(what: u32, physical: u64, bytes: u64): u32 {
  begin(what, physical, bytes);
  return open();
}

function begin(what: u32, rcx: u64, rdx: u64): void {
  fillMemory(nativeAddress(<u32>registers), 0, 64);
  give(RAX, MEMORY_DOOR);
  give(RBX, what);
  give(RCX, rcx);
  give(RDX, rdx);
}

function open(): u32 {
  const at = nativeAddress(<u32>registers);
  return hypercall(at, isIntel) === 0 ? DOOR_UNKNOWN : <u32>peek64(at);
}

function give(place: u32, value: u64): void {
  poke64(nativeAddress(<u32>registers) + place * 8, value);
}

function answer(place: u32): u64 {
  return peek64(nativeAddress(<u32>registers) + place * 8);
}

/** The physical address that the last answer is about. */
export function answeredAddress(): u64 {
  return answer(RCX);
}

/** Whether this processor says of itself that it is in a VM of Bareflank's. */
export function hasMarker(): bool {
  return (
    cpuidEbx(CPUID_HYPERVISOR_BASE, 0) === CPUID_SIGNATURE_EBX &&
    cpuidEcx(CPUID_HYPERVISOR_BASE, 0) === CPUID_SIGNATURE_ECX &&
    cpuidEdx(CPUID_HYPERVISOR_BASE, 0) === CPUID_SIGNATURE_EDX
  );
}

/** Asks the hypervisor that this processor is in, if it is in one, for what isDescribed() and the next ones tell. */
export function askHere(vendor: u32): void {
  openDoor(vendor);
  begin(DOOR_DESCRIBE, 0, 0);
  if (hasMarker()) open();
}

/** Whether a hypervisor has answered that, and what: DOOR_DESCRIBE in abi/src/exchange.ts. */
export function isDescribed(): bool {
  return answer(RAX) === ADOPT_DONE && answer(RBX) === BOOT_MAGIC;
}
export function describedRing(): u64 {
  return answer(RCX);
}
export function describedReports(): u64 {
  return answer(RDX);
}
export function describedExchange(): u64 {
  return answer(RSI);
}
export function describedState(): u64 {
  return answer(RDI);
}
export function describedHandoff(): u64 {
  return answer(R8);
}
export function describedIndex(): u32 {
  return <u32>answer(R9) & 0xffff;
}
export function describedCount(): u32 {
  return (<u32>answer(R9) >> 16) & 0xffff;
}
export function describedVersion(): u64 {
  return answer(R9) >> 32;
}

/** Lets this processor's stop end where the arguments say: DOOR_ADOPT. Result: ADOPT_*, or DOOR_UNKNOWN. */
export function adoptHere(table: u64, state: u64, promote: u64, nmi: u64, selectors: u32): u32 {
  begin(DOOR_ADOPT, table, state);
  give(RSI, promote);
  give(RDI, nmi);
  give(R8, selectors);
  return open();
}

/** Gives memory by DOOR_GIVE or DOOR_GIVE_RUN, twice where a processor has to flush in between: GIVE_*. */
export function giveAtDoor(what: u32, address: u64, bytes: u64): u32 {
  const answer = knock(what, physicalAddress(address), bytes);
  if (answer !== GIVE_LATER) return answer;
  flushEverywhere();
  return knock(what, physicalAddress(address), bytes);
}

/** Has the microkernel report: false when it does not. */
export function askForReport(): bool {
  return knock(DOOR_REPORT, 0, 0) === GIVE_DONE;
}

export function flushEverywhere(): void {
  for (let cpu: u32 = 0; cpu < processorCount(); cpu++) runOnCpu(cpu, OPERATION_FLUSH);
}

/** Makes the processor that this runs on drop what it knows of chunks that come and go. */
export function flushHere(): void {
  knock(DOOR_FLUSH, 0, 0);
}
