// What a run does: loads the files, starts, works as the root VM, stops, and compares

import { DEBUG_RING_CHARS } from "../../abi/generated/bare/boot";
import {
  DRIVER_VERSION,
  DUMP_ARGS_BUFFER_ADDRESS,
  DUMP_ARGS_BUFFER_BYTES,
  DUMP_ARGS_WRITTEN_BYTES,
  ERROR_NONE,
  IOCTL_DUMP,
  IOCTL_LOAD,
  IOCTL_START,
  IOCTL_STATUS,
  IOCTL_STOP,
  IOCTL_UNLOAD,
  LOAD_ARGS_EXT_ADDRESS,
  LOAD_ARGS_EXT_BYTES,
  LOAD_ARGS_EXT_COUNT,
  LOAD_ARGS_KERNEL_ADDRESS,
  LOAD_ARGS_KERNEL_BYTES,
  LOAD_ARGS_POLICY_ADDRESS,
  LOAD_ARGS_POLICY_BYTES,
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
  STATUS_ARGS_ALLOCATED_PAGES,
  STATUS_ARGS_IMAGE_SLIDE,
  STATUS_ARGS_MEMORY_BYTES,
  STATUS_ARGS_MEMORY_SLIDE,
} from "../../abi/generated/bare/driver";
import { fillMemory, peek8, peek32, peek64, poke32, poke64 } from "../../bsl/src/memory";
import { CONTROL_DONE, carryOutCommand } from "../src/control";
import { act, arm, countSteps } from "./actions";
import { print, printByte, printDecimal, printHex } from "./console";
import { EXIT_BOARD, EXIT_LEAK, EXIT_LOADER, EXIT_PASSED } from "./ending";
import { playScript } from "./hypercall-script";
import { keepLeaves } from "./leaves";
import { take } from "./memory";
import { fileCount, fileEnd, fileStart, option } from "./multiboot";
import { storm } from "./nmi-storm";
import { payloadTicks, preparePayload } from "./payload";
import { awaitEnd, beginOn, OPERATION_PAYLOAD, performOn, processorsFound } from "./processors";

/** Memory to begin with: without a driver that hears the microkernel none comes while it runs. */
const ENOUGH_BYTES: u64 = 0x48_0000;

/** CPUIDs: no run makes so many. */
const FOREVER: u64 = 0xffff_ffff_ffff_ffff;

/** The argument block of every command, in a page of its own. */
let block: u64 = 0;
let text: u64 = 0;

/** Plays the whole run and returns its EXIT_*. */
export function play(): u32 {
  block = take(1, 0);
  text = take((DEBUG_RING_CHARS + 4095) / 4096, 0);
  preparePayload(<u32>option("leaf", 0), option("cpuid", 1000));
  work("without hypervisor");
  if (option("leaves", 0) !== 0) keepLeaves();
  countSteps();
  if (option("load", 1) === 0) {
    act();
    return EXIT_PASSED;
  }
  if (fileCount() < 2) {
    print("bare: give a kernel image and an extension\n");
    return EXIT_BOARD;
  }
  if (!load()) return EXIT_LOADER;
  const code = cycle();
  if (!command(IOCTL_UNLOAD, "unload")) return EXIT_LOADER;
  return code === EXIT_PASSED && allocatedPages() !== 0 ? leak(0) : code;
}

function load(): bool {
  fillMemory(block, 0, 4096);
  poke64(block + LOAD_ARGS_KERNEL_ADDRESS, fileStart(0));
  poke64(block + LOAD_ARGS_KERNEL_BYTES, fileEnd(0) - fileStart(0));
  // Behind them may be their policies, and hypercalls for the root VM
  const policies = <u32>option("policies", 0);
  const end = fileCount() - policies - <u32>option("calls", 0);
  poke32(block + LOAD_ARGS_EXT_COUNT, end - 1);
  if (policies !== 0) {
    poke64(block + LOAD_ARGS_POLICY_ADDRESS, fileStart(end));
    poke64(block + LOAD_ARGS_POLICY_BYTES, fileEnd(end) - fileStart(end));
  }
  for (let i: u32 = 1; i < end; i++) {
    poke64(block + LOAD_ARGS_EXT_ADDRESS + (i - 1) * 8, fileStart(i));
    poke64(block + LOAD_ARGS_EXT_BYTES + (i - 1) * 8, fileEnd(i) - fileStart(i));
  }
  return command(IOCTL_LOAD, "load");
}

function cycle(): u32 {
  const pages = allocatedPages();
  const cycles = option("cycles", 1);
  if (option("early", 0) !== 0) arm();
  for (let i: u64 = 0; i < cycles; i++) {
    // No flags: what an earlier command left in the block is none
    fillMemory(block, 0, 4096);
    poke64(block + OPERATION_ARGS_LEAST_BYTES, option("least", ENOUGH_BYTES));
    poke64(block + OPERATION_ARGS_MOST_BYTES, option("most", 0));
    const isStarted = command(IOCTL_START, "start");
    if (isStarted) {
      print("bare: started, memory ");
      printDecimal(statusWord(STATUS_ARGS_MEMORY_BYTES));
      print("\n");
      if (option("slide", 0) !== 0) printSlides();
      work("in the root VM");
      act();
      if (option("calls", 0) !== 0) playScript(fileStart(fileCount() - 1), fileEnd(fileCount() - 1));
      storm(option("nmis", 0));
      if (option("hold", 0) !== 0) hold();
    }
    const isStopped = isStarted && command(IOCTL_STOP, "stop");
    if (!isStopped || i + 1 === cycles) dump();
    if (!isStopped) return EXIT_LOADER;
    print("bare: stopped, registers as before\n");
    if (allocatedPages() !== pages) return leak(pages);
  }
  return EXIT_PASSED;
}

function printSlides(): void {
  print("bare: slides: ");
  printHex(statusWord(STATUS_ARGS_IMAGE_SLIDE));
  print(" ");
  printHex(statusWord(STATUS_ARGS_MEMORY_SLIDE));
  print("\n");
}

/** Runs the payload on every processor and prints what one CPUID took. */
function work(where: string): void {
  const times = option("cpuid", 1000);
  if (times === 0) return;
  if (option("together", 0) !== 0) {
    workTogether();
    return;
  }
  for (let i: u32 = 0; i < processorsFound(); i++) {
    performOn(i, OPERATION_PAYLOAD);
    print("bare: processor ");
    printDecimal(i);
    print(": ");
    printDecimal(times);
    print(" CPUIDs of leaf ");
    printHex(option("leaf", 0));
    print(" ");
    print(where);
    print(": ");
    printDecimal(payloadTicks() / times);
    print(" each\n");
  }
}

/** Lets all processors make exits for ever, for somebody who looks from outside. */
function hold(): void {
  print("bare: held\n");
  preparePayload(<u32>option("leaf", 0), FOREVER);
  workTogether();
}

/** Runs the payload on all processors at once; times would mean nothing. */
function workTogether(): void {
  for (let i: u32 = 1; i < processorsFound(); i++) beginOn(i, OPERATION_PAYLOAD);
  performOn(0, OPERATION_PAYLOAD);
  for (let i: u32 = 1; i < processorsFound(); i++) awaitEnd(i);
}

/** Calls the loader with what is in the block; false, and the report printed, when it failed. */
function command(number: u32, name: string): bool {
  poke64(block + OPERATION_ARGS_VERSION, DRIVER_VERSION);
  if (number === IOCTL_START) {
    // What a status left there
    const mitigations: u32 = option("off", 0) !== 0 ? OPERATION_NO_MITIGATIONS : 0;
    const isolation: u32 = option("isolate", 0) !== 0 ? OPERATION_ISOLATE_KERNEL : 0;
    poke32(block + OPERATION_ARGS_FLAGS, mitigations | isolation);
    poke32(block + OPERATION_ARGS_WATCHDOG_MS, <u32>option("watchdog", 0));
  }
  const result = carryOutCommand(number, block);
  if (result === CONTROL_DONE && peek32(block + OPERATION_ARGS_ERROR) === ERROR_NONE) return true;
  print("bare: ");
  print(name);
  print(" failed: error ");
  printDecimal(peek32(block + OPERATION_ARGS_ERROR));
  print(", processor ");
  printDecimal(peek32(block + OPERATION_ARGS_CPU));
  print(", phase ");
  printDecimal(peek32(block + OPERATION_ARGS_PHASE));
  print(", file ");
  printDecimal(peek32(block + OPERATION_ARGS_FILE));
  print(", detail ");
  printHex(peek64(block + OPERATION_ARGS_DETAIL));
  print("\n");
  return false;
}

function statusWord(field: u32): u64 {
  return command(IOCTL_STATUS, "status") ? peek64(block + field) : 0;
}

function allocatedPages(): u64 {
  return statusWord(STATUS_ARGS_ALLOCATED_PAGES);
}

function leak(expected: u64): u32 {
  print("bare: leak: ");
  printDecimal(allocatedPages());
  print(" pages are taken instead of ");
  printDecimal(expected);
  print("\n");
  return EXIT_LEAK;
}

/** Prints the debug ring. */
function dump(): void {
  poke64(block + DUMP_ARGS_BUFFER_ADDRESS, text);
  poke64(block + DUMP_ARGS_BUFFER_BYTES, DEBUG_RING_CHARS);
  if (!command(IOCTL_DUMP, "dump")) return;
  print("bare: debug ring\n");
  const chars = peek64(block + DUMP_ARGS_WRITTEN_BYTES);
  for (let i: u64 = 0; i < chars; i++) printByte(peek8(text + i));
  print("bare: end of debug ring\n");
}
