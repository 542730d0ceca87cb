// The bare platform: boots without an operating system, and plays one for the loader
//
// Command line (multiboot):  cpuid=N    CPUIDs that the root VM executes on each processor (default 1000)
//                            leaf=L     of which leaf (default 0)
//                            together=1 on all processors at once, instead of one after the other
//                            hold=1     at last, CPUIDs on all processors for ever
//                            cycles=N   how often to start and stop (default 1)
//                            debug=N    the kernel's debug level (default 1)
//                            watchdog=N milliseconds after which an extension is taken off a processor
//                            mitigations=N  MITIGATION_* to be done whatever the processor needs
//                            isolate=1  nothing of the microkernel is mapped while an extension runs
//                            slide=N    puts the microkernel elsewhere: so many tables on, N >> 32 pages on
//                            off=1      none at all
//                            least=N most=N  bytes that the hypervisor begins with, and may grow to
//                            fail=N     pretends that memory runs out for processor N
//                            load=0     boots and counts, nothing else
//                            actions.ts lists what else the root VM can do
//
// Files: the kernel image first, then the extensions. Exit codes: ending.ts.

import { copyMemory, fillMemory } from "../../bsl/src/memory";
import { RUN_DONE } from "../src/run";
import { measureKhz } from "./clock";
import { openConsole, print, printDecimal, printHex } from "./console";
import { EXIT_BOARD, EXIT_BUG, end } from "./ending";
import { placeMachineCode } from "./machine-code";
import { give, openMemory, take } from "./memory";
import { fileCount, memoryEnd, openMultiboot, option } from "./multiboot";
import { maskInterrupts } from "./pic";
import { performOn, processorsFound, sendNmi, serve, startProcessors } from "./processors";
import { play } from "./script";

/** The boot processor comes here from entry.S, with what the boot loader left in its registers. */
export function bareBoot(magic: u32, information: u32): void {
  openConsole();
  maskInterrupts();
  if (!openMultiboot(magic, information)) {
    print("bare: not booted by a multiboot loader\n");
    end(EXIT_BOARD);
  }
  openMemory();
  if (!startProcessors()) {
    print("bare: a processor does not start\n");
    end(EXIT_BOARD);
  }
  clearFirstPage();
  placeMachineCode();
  print("bare: ");
  printDecimal(processorsFound());
  print(" processors, ");
  printDecimal(fileCount());
  print(" files\n");
  end(play());
}

/**
 * Takes away what the BIOS has in the first page, its vectors and data: nothing here needs them any more, and on UEFI's machines
 * nothing is there. An extension that leaves the address of a map at 0, as some of Bareflank 3.0's tests do, gets an open one.
 */
function clearFirstPage(): void {
  fillMemory(0, 0, 4096);
}

/** An application processor comes here from entry.S. */
export function bareProcessor(index: u32): void {
  serve(index);
}

/** An exception, on any processor. */
export function bareException(vector: u64, errorCode: u64, rip: u64): void {
  print("bare: exception ");
  printDecimal(vector);
  print(", error code ");
  printHex(errorCode);
  print(", at ");
  printHex(rip);
  print("\n");
  end(EXIT_BUG);
}

/** A trap of the module: MODULE_TRAP_* of the toolchain's runtime. */
export function bareTrap(code: u32): void {
  print("bare: trap ");
  printDecimal(code);
  print("\n");
  end(EXIT_BUG);
}

export function platform_allocatePages(pages: u32, contiguous: u32): u64 {
  return take(pages, contiguous);
}

export function platform_freePages(address: u64, pages: u32, _contiguous: u32): void {
  give(address, pages);
}

/** Everything is mapped where it is. */
export function platform_physicalAddress(address: u64): u64 {
  return address;
}

/** It maps what another loader left likewise. */
export function platform_mapReserved(physical: u64, _bytes: u64): u64 {
  return physical;
}
export function platform_unmapReserved(_address: u64): void {}

/** The memory that begins at 1 MiB. */
export function platform_listRam(): u32 {
  return 1;
}

export function platform_ramBase(_index: u32): u64 {
  return 0x10_0000;
}

export function platform_ramEnd(_index: u32): u64 {
  return memoryEnd();
}

/** Nobody is told by NMI: the command line says when to look (actions.ts). */
export function platform_watchSignals(_address: u64): void {}

/** There is no clock. */
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
  return index;
}

/** They have had the hypervisor's numbers from the beginning. */
export function platform_setCpus(_numbers: u64, _count: u32): void {}

export function platform_runOnCpu(index: u32, operation: u32): u32 {
  performOn(index, operation);
  return RUN_DONE;
}

export function platform_sendNmi(index: u32): void {
  sendNmi(index);
}

let khz: u32 = 0;

export function platform_tscKhz(): u32 {
  if (khz === 0) khz = measureKhz();
  return khz;
}

export function platform_injectedFailure(): u32 {
  return <u32>option("fail", 0xffff_ffff);
}

/** The command line says it: the same place again and again. */
export function platform_randomNumber(): u64 {
  return option("slide", 0);
}

export function platform_forcedMitigations(): u32 {
  return <u32>option("mitigations", 0);
}

export function platform_debugLevel(): u32 {
  return <u32>option("debug", 1);
}

export function platform_copyFromCaller(to: u64, from: u64, bytes: u64): u32 {
  copyMemory(to, from, bytes);
  return 1;
}

export function platform_copyToCaller(to: u64, from: u64, bytes: u64): u32 {
  copyMemory(to, from, bytes);
  return 1;
}
