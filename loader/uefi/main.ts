// bareflank.efi: starts the hypervisor before there is an operating system, which then boots inside
//
//     configuration.ts  what is wanted: \EFI\bareflank\bareflank.json, read by json.ts
//     volume.ts         the files
//     digests.ts        which files they must be, where Secure Boot is on; sha256.ts
//     start.ts          the loader's operations, one after the other
//     processors.ts     the firmware's processors at work for the loader
//     sleep.ts          what the operating system must not do, hidden in the tables of acpi.ts
//     boot.ts           what comes then
//     console.ts, messages.ts  what people read of it
//     services.ts, variables.ts, tables.ts   the firmware
//
// entry.c calls uefiMain() and, on all other processors, uefiProcessor(). The platform_* functions are src/platform.ts's.

import { copyMemory } from "../../bsl/src/memory";
import { bootNext } from "./boot";
import { BOOT_STOP, bootChoice, debugVerbosity, isSleepHidden, isStopOnFailure } from "./configuration";
import { beginLine, begun, isEscapePressed, openConsole, print, printDecimal, restartOnKey, say } from "./console";
import { imageBase, imageBytes, rdtsc } from "./firmware";
import { hold } from "./held";
import { giveBack, listMemory, pieceBase, pieceEnd, takePages } from "./memory";
import { performOn, processorNumber, processorsFound, sendNmi, serve } from "./processors";
import { bootService, imageHandle, openServices, stopFirmwareWatchdog, ticksPerMillisecond } from "./services";
import { hideSleep } from "./sleep";
import { configure, startHypervisor, stopHypervisor } from "./start";
import { EFI_ABORTED, EXIT } from "./tables";

const PAGE_BYTES: u64 = 0x1000;

/** What the application does; its status is what the firmware's boot manager gets. */
export function uefiMain(image: u64, table: u64): u64 {
  openServices(image, table);
  hold(imageBase(), imageBytes());
  openConsole();
  stopFirmwareWatchdog();
  sayHello();
  const isConfigured = configure();
  if (isEscapePressed()) {
    say("ESC: no hypervisor");
    return bootNext();
  }
  if (!isConfigured || !startHypervisor()) return goOnWithout();
  if (bootChoice() !== BOOT_STOP) {
    arrangeSleep();
    return bootNext();
  }
  return stopHypervisor() ? bootNext() : goOnWithout();
}

/** The time stamp counter begins with the processor's reset: so long has the firmware taken. */
function sayHello(): void {
  beginLine();
  print("Bareflank starts from UEFI, ");
  printDecimal(begun() / ticksPerMillisecond());
  print(" ms behind the reset; hold ESC to go on without it\n");
}

function arrangeSleep(): void {
  if (!isSleepHidden()) say("a sleep (S3) of the operating system's would end the hypervisor");
  else if (hideSleep() === 0) say("the machine knows no sleep (S2, S3)");
  else say("sleep (S2, S3) is hidden from the operating system: it would end the hypervisor");
}

function goOnWithout(): u64 {
  if (isStopOnFailure()) restartOnKey();
  say("no hypervisor runs");
  return bootNext();
}

/** Another processor comes here. */
export function uefiProcessor(): void {
  serve();
}

/** A trap of the module: MODULE_TRAP_* of the toolchain's runtime. */
export function uefiTrap(code: u32): void {
  print("\nbareflank: trap ");
  printDecimal(code);
  print(", a bug: please report it\n");
  bootService(EXIT, imageHandle(), EFI_ABORTED, 0, 0);
}

export function platform_allocatePages(pages: u32, contiguous: u32): u64 {
  return takePages(pages, contiguous !== 0);
}

export function platform_freePages(address: u64, pages: u32, _contiguous: u32): void {
  giveBack(address, <u64>pages * PAGE_BYTES);
}

/** The firmware maps everything where it is (UEFI 2.10, 2.3.4). */
export function platform_physicalAddress(address: u64): u64 {
  return address;
}

/** It maps what another loader left likewise. */
export function platform_mapReserved(physical: u64, _bytes: u64): u64 {
  return physical;
}
export function platform_unmapReserved(_address: u64): void {}

export function platform_listRam(): u32 {
  return listMemory();
}
export function platform_ramBase(index: u32): u64 {
  return pieceBase(index);
}
export function platform_ramEnd(index: u32): u64 {
  return pieceEnd(index);
}

/** Nobody answers here: start.ts keeps the microkernel from asking, until a driver of the operating system's comes. */
export function platform_watchSignals(_address: u64): void {}

/** Times of day belong to what grows and shrinks, and nothing does before there is a driver. */
export function platform_now(): u64 {
  return 0;
}

export function platform_onlineCpus(): u32 {
  return processorsFound();
}
export function platform_listCpus(): u32 {
  return processorsFound();
}
export function platform_cpuNumber(index: u32): u32 {
  return processorNumber(index);
}
/** They have had the hypervisor's numbers from the beginning. */
export function platform_setCpus(_numbers: u64, _count: u32): void {}

export function platform_runOnCpu(index: u32, operation: u32): u32 {
  return performOn(index, operation);
}
export function platform_sendNmi(index: u32): void {
  sendNmi(index);
}
export function platform_tscKhz(): u32 {
  return ticksPerMillisecond();
}

/** No processor. */
export function platform_injectedFailure(): u32 {
  return 0xffff_ffff;
}
/** The time stamp counter's lower bits, spread: how long the firmware took differs from boot to boot. */
export function platform_randomNumber(): u64 {
  return rdtsc() * 0x9e37_79b9_7f4a_7c15;
}
export function platform_forcedMitigations(): u32 {
  return 0;
}
export function platform_debugLevel(): u32 {
  return debugVerbosity();
}

export function platform_copyFromCaller(to: u64, from: u64, bytes: u64): u32 {
  copyMemory(to, from, bytes);
  return 1;
}
export function platform_copyToCaller(to: u64, from: u64, bytes: u64): u32 {
  copyMemory(to, from, bytes);
  return 1;
}
