// The processors: the firmware starts all others at once, and they wait here for work until they may go back
//
// Each looks into its mailbox, carries out what it finds and says so; from the moment when that moved it into the VM, the
// same loop runs on in there. The firmware starts a processor by an INIT (UEFI Platform Initialization 1.8, volume 2, 13.4),
// which must not come to one that is inside: so there is one start for everything.

import { cpuidEax, cpuidEbx, cpuidEcx, cpuidEdx, readCr4, writeCr4 } from "#arch/cpu";
import { CR4_OSXSAVE } from "#arch/msr";
import { loadAcquire32, pause, storeRelease32 } from "../../bsl/src/atomic";
import { nativeAddress, poke32 } from "../../bsl/src/memory";
import { carryOut } from "../src/on-cpu";
import { RUN_CANCELLED, RUN_DONE, RUN_LOST } from "../src/run";
import { lookPeriod, watch } from "../src/watch";
import { giveDescriptors } from "./descriptors";
import { disableInterrupts, processorProcedure, rdtsc, restoreFlags } from "./firmware";
import { takePages } from "./memory";
import {
  closeEvent,
  createEvent,
  findProtocol,
  invoke,
  isSignaled,
  place,
  placed,
  ticksPerMillisecond,
} from "./services";
import {
  EFI_SUCCESS,
  MP_COUNT,
  MP_INFORMATION,
  MP_SERVICES_GUID,
  MP_SERVICES_GUID_REST,
  MP_START_ALL,
  PROCESSOR_ID,
  PROCESSOR_IS_BSP,
  PROCESSOR_IS_ENABLED,
  PROCESSOR_STATUS,
} from "./tables";

const MAX_PROCESSORS: u32 = 128;
const LEAF_TOPOLOGY: u32 = 0xb;
const ECX_XSAVE: u32 = 1 << 26;
/** A mailbox: what to do, 4 bytes. */
const MAILBOX_BYTES: u32 = 64;
const mailboxes: usize = memory.data(64 * 128, 64);
const IDLE: u32 = 0;
/** What a mailbox holds besides the loader's operations. */
const STARTING: u32 = 0x100;
const RETURN: u32 = 0x101;
const RETURNED: u32 = 0x102;
/** The firmware's number of each, and the page for its descriptors. */
const numbers: usize = memory.data(4 * 128, 4);
const pages: usize = memory.data(8 * 128, 8);
/** Its local APIC's identifier. */
const apicIds: usize = memory.data(4 * 128, 4);
/** An EFI_PROCESSOR_INFORMATION. */
const information: usize = memory.data(64, 8);

/** Local APIC: interrupt command register. */
const APIC_COMMAND: u64 = 0xfee0_0300;
const APIC_DESTINATION: u64 = 0xfee0_0310;
const COMMAND_NMI: u32 = 0x4400;

/** How long a processor may take to come, and to carry something out. */
const PATIENCE_MS: u64 = 10_000;

let services: u64 = 0;
let event: u64 = 0;
let count: u32 = 1;
let disabled: u32 = 0;
/** When somebody looks next: about then, for all processors look at this. */
let nextLook: u64 = 0;

export function processorsFound(): u32 {
  return count;
}
/** Processors that the firmware has switched off: an operating system could start them behind the hypervisor's back. */
export function processorsDisabled(): u32 {
  return disabled;
}
/** The firmware's number of processor `index`, the boot processor first. */
export function processorNumber(index: u32): u32 {
  return load<u32>(numbers + 4 * index);
}

function mailbox(index: u32): u64 {
  return nativeAddress(<u32>mailboxes + index * MAILBOX_BYTES);
}

/** Counts them; without the service there is one. */
export function findProcessors(): void {
  services = findProtocol(MP_SERVICES_GUID, MP_SERVICES_GUID_REST);
  if (services === 0) return;
  const enabled = nativeAddress(<u32>information);
  if (invoke(services, MP_COUNT, services, place(), enabled) !== EFI_SUCCESS) return;
  const all = <u32>placed();
  let others: u32 = 1;
  for (let number: u32 = 0; number < all; number++) {
    if (invoke(services, MP_INFORMATION, services, number, nativeAddress(<u32>information)) !== EFI_SUCCESS) continue;
    const status = load<u32>(information, PROCESSOR_STATUS);
    if ((status & PROCESSOR_IS_ENABLED) === 0) disabled++;
    else if ((status & PROCESSOR_IS_BSP) !== 0) enlist(0, number);
    else if (others < MAX_PROCESSORS) enlist(others++, number);
  }
  count = others;
}

function enlist(index: u32, number: u32): void {
  store<u32>(numbers + 4 * index, number);
  store<u32>(apicIds + 4 * index, load<u32>(information, PROCESSOR_ID));
}

/** The index of the processor that this runs on: the firmware's identifier is that of its local APIC (CPUID leaves 1 and 0Bh). */
function ownIndex(): u32 {
  const isExtended = cpuidEax(0, 0) >= LEAF_TOPOLOGY && cpuidEbx(LEAF_TOPOLOGY, 0) !== 0;
  const id = isExtended ? cpuidEdx(LEAF_TOPOLOGY, 0) : cpuidEbx(1, 0) >> 24;
  let index: u32 = 0;
  while (index < count && load<u32>(apicIds + 4 * index) !== id) index++;
  return index;
}

/** Has every processor come here; false when one does not. */
export function gatherProcessors(): bool {
  for (let index: u32 = 0; index < count; index++) {
    const page = takePages(1, false);
    if (page === 0) return false;
    store<u64>(pages + 8 * index, page);
    storeRelease32(mailbox(index), STARTING);
  }
  if (!prepareProcessor(0)) return false;
  if (count === 1) return true;
  event = createEvent();
  if (event === 0) return false;
  if (invoke(services, MP_START_ALL, services, processorProcedure(), 0, event) !== EFI_SUCCESS) return false;
  for (let index: u32 = 1; index < count; index++) if (!awaitState(index, IDLE)) return false;
  return true;
}

/** What an operating system sets up on each processor before the loader comes. */
function prepareProcessor(index: u32): bool {
  if ((cpuidEcx(1, 0) & ECX_XSAVE) !== 0) writeCr4(readCr4() | CR4_OSXSAVE);
  return giveDescriptors(load<u64>(pages + 8 * index));
}

/** The time of another processor here. */
export function serve(): void {
  const index = ownIndex();
  if (index === count || !prepareProcessor(index)) return;
  storeRelease32(mailbox(index), IDLE);
  for (;;) {
    const operation = loadAcquire32(mailbox(index));
    if (operation === RETURN) break;
    if (operation === IDLE) {
      lookAtOthers();
      pause();
    } else {
      carryOut(index, operation);
      storeRelease32(mailbox(index), IDLE);
    }
  }
  storeRelease32(mailbox(index), RETURNED);
}

/** Has processor `index` carry out an operation, and waits for it: RUN_*. */
export function performOn(index: u32, operation: u32): u32 {
  if (index === 0) {
    const flags = disableInterrupts();
    carryOut(0, operation);
    restoreFlags(flags);
    return RUN_DONE;
  }
  if (loadAcquire32(mailbox(index)) !== IDLE) return RUN_CANCELLED;
  storeRelease32(mailbox(index), operation);
  return awaitState(index, IDLE) ? RUN_DONE : RUN_LOST;
}

/** Gives the others back to the firmware, inside or outside; false when one does not go, or the firmware does not see it. */
export function releaseProcessors(): bool {
  if (event === 0) return true;
  for (let index: u32 = 1; index < count; index++) storeRelease32(mailbox(index), RETURN);
  for (let index: u32 = 1; index < count; index++) if (!awaitState(index, RETURNED)) return false;
  const end = deadline();
  while (!isSignaled(event)) if (rdtsc() > end) return false;
  closeEvent(event);
  event = 0;
  return true;
}

/** Whoever waits looks, as often as the watchdog wants it, whether another one is overdue in an extension. */
function lookAtOthers(): void {
  const period = lookPeriod();
  if (period === 0 || rdtsc() < nextLook) return;
  nextLook = rdtsc() + <u64>period * ticksPerMillisecond();
  watch();
}

function awaitState(index: u32, state: u32): bool {
  const end = deadline();
  while (loadAcquire32(mailbox(index)) !== state) {
    lookAtOthers();
    pause();
    if (rdtsc() > end) return false;
  }
  return true;
}

function deadline(): u64 {
  return rdtsc() + PATIENCE_MS * ticksPerMillisecond();
}

/** Sends an NMI to processor `index`, by its local APIC (APM volume 2, 16.5). */
export function sendNmi(index: u32): void {
  poke32(APIC_DESTINATION, load<u32>(apicIds + 4 * index) << 24);
  poke32(APIC_COMMAND, COMMAND_NMI);
}
