// Starts the other processors and gives them work
//
// Each waits in a loop for a request in its mailbox, carries it out and says so. The same loop runs on, unaware, when
// the operation was to move the processor into a VM.

import { cpuidEcx, rdmsr, readCr4, writeCr4, wrmsr } from "#arch/cpu";
import { loadAcquire32, pause, storeRelease32 } from "../../bsl/src/atomic";
import { copyMemory, nativeAddress, peek32, poke32, poke64 } from "../../bsl/src/memory";
import { carryOut } from "../src/on-cpu";
import { OPERATION_CHECK, OPERATION_ENTER, OPERATION_LEAVE } from "../src/run";
import { look, lookPeriod, watch } from "../src/watch";
import { apicId, findMadt } from "./acpi";
import { inb, trampoline, trampolineBytes } from "./board";
import { loadDescriptors } from "./descriptors";
import { takePortion } from "./hypercall-steps";
import { take } from "./memory";
import { runPayload } from "./payload";
import { takeStorm } from "./storm-target";

const MAX_PROCESSORS: u32 = 64;
const STACK_PAGES: u32 = 4;

/** Where the code runs that an INIT-SIPI-SIPI sequence starts; entry.S knows the same addresses. */
const TRAMPOLINE: u64 = 0x8000;
const TRAMPOLINE_STACK: u64 = 0x8ff0;
const TRAMPOLINE_INDEX: u64 = 0x8ff8;

/** Local APIC (APM volume 2, 16.3 and 16.5). */
const APIC: u64 = 0xfee0_0000;
const APIC_ID: u64 = APIC + 0x20;
const APIC_COMMAND: u64 = APIC + 0x300;
const APIC_COMMAND_DESTINATION: u64 = APIC + 0x310;
const APIC_LOGICAL: u64 = APIC + 0xd0;
const APIC_FORMAT: u64 = APIC + 0xe0;
const FORMAT_FLAT: u32 = 0xffff_ffff;
const FORMAT_CLUSTERS: u32 = 0x0fff_ffff;
const MSR_APIC_BASE: u32 = 0x1b;
const BASE_X2APIC: u64 = 1 << 10;
const MSR_X2APIC_COMMAND: u32 = 0x830;
const COMMAND_PENDING: u32 = 1 << 12;
const COMMAND_NMI: u32 = 0x4400;
const COMMAND_INIT: u32 = 0x4500;
const COMMAND_STARTUP: u32 = 0x4600 | <u32>(TRAMPOLINE >> 12);

/** How long to wait for a processor, in reads of a port that take about a microsecond. */
const START_ATTEMPTS: u32 = 1_000_000;

const CR4_OSXSAVE: u64 = 1 << 18;
const ECX_XSAVE: u32 = 1 << 26;

/** How often an idle processor looks whether another one is overdue. */
const LOOK_PAUSES: u32 = 100_000;

/** The payload and the receiving end of a storm of NMIs, beside the loader's operations. */
export const OPERATION_PAYLOAD: u32 = 100;
export const OPERATION_STORM: u32 = 101;
/** Its APIC takes commands with logical destinations: bit n of a flat group, or bit n % 4 of cluster n / 4. */
export const OPERATION_JOIN_GROUP: u32 = 102;
export const OPERATION_JOIN_CLUSTER: u32 = 103;
/** Its portion of a script's steps (hypercall-script.ts). */
export const OPERATION_STEPS: u32 = 104;

/** A mailbox: a request and an answer, 4 bytes each. */
const MAILBOX_BYTES: u32 = 64;
const mailboxes: usize = memory.data(64 * 64, 64);
const IDLE: u32 = 0;
/** Their local APICs' identifiers. */
const apicIds: usize = memory.data(4 * 64, 4);

/** Where their stacks end. */
const stacks: usize = memory.data(8 * 64, 8);

const enteringFlag: usize = memory.data(4, 4);

let count: u32 = 1;

/** Processors that are there. */
export function processorsFound(): u32 {
  return count;
}

/** Address of processor `index`'s mailbox. */
function mailbox(index: u32): u64 {
  return nativeAddress(<u32>mailboxes + index * MAILBOX_BYTES);
}

/** Starts every other processor; false when one does not come. */
export function startProcessors(): bool {
  prepareProcessor();
  const madt = findMadt();
  if (madt === 0) return true;
  copyMemory(TRAMPOLINE, trampoline(), trampolineBytes());
  const own = <i32>(peek32(APIC_ID) >> 24);
  store<u32>(apicIds, own);
  for (let n: u32 = 0; count < MAX_PROCESSORS; n++) {
    const id = apicId(madt, n);
    if (id < 0) return true;
    if (id === own) continue;
    store<u32>(apicIds + <usize>(count * 4), id);
    if (!startProcessor(<u32>id, count)) return false;
    count++;
  }
  return true;
}

function startProcessor(id: u32, index: u32): bool {
  store<u64>(stacks + <usize>(index * 8), take(STACK_PAGES, 0) + <u64>STACK_PAGES * 4096);
  return startAgain(id, index);
}

/** The same of one that has had a stack before. */
function startAgain(id: u32, index: u32): bool {
  poke64(TRAMPOLINE_STACK, load<u64>(stacks + <usize>(index * 8)));
  poke64(TRAMPOLINE_INDEX, index);
  command(id, COMMAND_INIT);
  wait(10_000);
  // Not before: where it was, it may have looked for requests
  storeRelease32(mailbox(index), OPERATION_PAYLOAD);
  command(id, COMMAND_STARTUP);
  wait(200);
  if (loadAcquire32(mailbox(index)) !== IDLE) command(id, COMMAND_STARTUP);
  for (let i: u32 = 0; i < START_ATTEMPTS; i++) {
    if (loadAcquire32(mailbox(index)) === IDLE) return true;
    wait(1);
  }
  return false;
}

function command(id: u32, what: u32): void {
  if ((rdmsr(MSR_APIC_BASE) & BASE_X2APIC) !== 0) {
    wrmsr(MSR_X2APIC_COMMAND, ((<u64>id) << 32) | what);
    return;
  }
  poke32(APIC_COMMAND_DESTINATION, id << 24);
  storeRelease32(APIC_COMMAND, what);
  while ((loadAcquire32(APIC_COMMAND) & COMMAND_PENDING) !== 0) pause();
}

function wait(microseconds: u32): void {
  for (let i: u32 = 0; i < microseconds; i++) inb(0x80);
}

/** What an operating system sets up on each processor before the loader comes. */
function prepareProcessor(): void {
  loadDescriptors();
  if ((cpuidEcx(1, 0) & ECX_XSAVE) !== 0) writeCr4(readCr4() | CR4_OSXSAVE);
}

/** The life of an application processor. */
export function serve(index: u32): void {
  prepareProcessor();
  const request = mailbox(index);
  storeRelease32(request, IDLE);
  for (let idle: u32 = 1; ; idle++) {
    const operation = loadAcquire32(request);
    if (operation === IDLE) {
      pause();
      if (idle % LOOK_PAUSES === 0) lookAround();
    } else {
      perform(index, operation);
      storeRelease32(request, IDLE);
    }
  }
}

/** What Linux's driver does from time to time, while nobody changes what there is. */
function lookAround(): void {
  if (lookPeriod() === 0) return;
  look();
  if (loadAcquire32(entering()) !== 0) watch();
}

/** 1 while a processor is on its way into the VM, and all that belongs to it stays. */
function entering(): u64 {
  return nativeAddress(<u32>enteringFlag);
}

/** Has processor `index` carry out an operation, and waits until it has. */
export function performOn(index: u32, operation: u32): void {
  storeRelease32(entering(), operation === OPERATION_ENTER ? 1 : 0);
  if (index === 0) {
    perform(0, operation);
  } else {
    beginOn(index, operation);
    awaitEnd(index);
  }
  storeRelease32(entering(), 0);
}

/** Has another processor begin an operation. */
export function beginOn(index: u32, operation: u32): void {
  storeRelease32(mailbox(index), operation);
}

/** Waits until it has ended. */
export function awaitEnd(index: u32): void {
  for (let waits: u32 = 1; loadAcquire32(mailbox(index)) !== IDLE; waits++) {
    pause();
    if (waits % LOOK_PAUSES === 0) lookAround();
  }
}

/** The local APIC of processor `index`. */
export function apicOf(index: u32): u32 {
  return load<u32>(apicIds + <usize>(index * 4));
}

/** Starts a processor again that was somewhere else; false when it does not come. */
export function bringBack(index: u32): bool {
  return startAgain(apicOf(index), index);
}

/** Sends an NMI to processor `index`. */
export function sendNmi(index: u32): void {
  command(apicOf(index), COMMAND_NMI);
}

function perform(index: u32, operation: u32): void {
  switch (operation) {
    case OPERATION_CHECK:
    case OPERATION_ENTER:
    case OPERATION_LEAVE:
      carryOut(index, operation);
      break;
    case OPERATION_PAYLOAD:
      runPayload();
      break;
    case OPERATION_STORM:
      takeStorm();
      break;
    case OPERATION_STEPS:
      takePortion(index);
      break;
    case OPERATION_JOIN_GROUP:
      poke32(APIC_FORMAT, FORMAT_FLAT);
      poke32(APIC_LOGICAL, (<u32>1) << (24 + (index & 7)));
      break;
    case OPERATION_JOIN_CLUSTER:
      poke32(APIC_FORMAT, FORMAT_CLUSTERS);
      poke32(APIC_LOGICAL, ((<u32>(index >> 2)) << 28) | ((<u32>1) << (24 + (index & 3))));
      break;
  }
}
