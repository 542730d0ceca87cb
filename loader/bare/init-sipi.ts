// INIT and SIPI as firmware and operating systems send them, and worse: which processors start, where, and in what state
//
// Each case is a line: how many starts at either page it has brought. What processors do without a hypervisor is what they have
// to do in the root VM. (SDM volume 3, 9.4.4 and 11.6; APM volume 2, 14.1 and 16.5)

import { cpuidEax, cpuidEcx, rdmsr, wrmsr } from "#arch/cpu";
import { loadAcquire32, pause, storeRelease32 } from "../../bsl/src/atomic";
import { copyMemory, nativeAddress, peek32, poke32 } from "../../bsl/src/memory";
import { inb } from "./board";
import { print, printDecimal, printHex } from "./console";
import {
  apicOf,
  bringBack,
  OPERATION_JOIN_CLUSTER,
  OPERATION_JOIN_GROUP,
  performOn,
  processorsFound,
} from "./processors";

/** Two pages below 1 MiB that nothing else uses, as SIPIs name them; each begins with startCode. */
const FIRST: u32 = 0x80;
const SECOND: u32 = 0x81;
/** What a processor leaves in its page: EDX, CR0 and CS, and how many have come. */
const PAGE_EDX: u64 = 0x100;
const PAGE_CR0: u64 = 0x104;
const PAGE_CS: u64 = 0x108;
const PAGE_COUNT: u64 = 0x10c;

// biome-ignore format: an instruction a line
const startCode: usize = memory.data<u8>([
  0x2e, 0x66, 0x89, 0x16, 0x00, 0x01,       // 00  mov cs:[0x100], edx
  0x0f, 0x20, 0xc0,                         // 06  mov eax, cr0
  0x2e, 0x66, 0xa3, 0x04, 0x01,             // 09  mov cs:[0x104], eax
  0x8c, 0xc8,                               // 0e  mov ax, cs
  0x2e, 0xa3, 0x08, 0x01,                   // 10  mov cs:[0x108], ax
  0xf0, 0x2e, 0x66, 0xff, 0x06, 0x0c, 0x01, // 14  lock inc dword ptr cs:[0x10c]
  0xf3, 0x90,                               // 1b  pause
  0xeb, 0xfc,                               // 1d  jmp 0x1b
]);
const START_CODE_BYTES: u64 = 31;

const APIC_COMMAND: u64 = 0xfee0_0300;
const APIC_DESTINATION: u64 = 0xfee0_0310;
const COMMAND_PENDING: u32 = 1 << 12;
const INIT: u32 = 0x4500;
const INIT_END: u32 = 0x8500;
const STARTUP: u32 = 0x4600;
const LOGICAL: u32 = 0x800;
const SELF: u32 = 1 << 18;
const ALL: u32 = 2 << 18;
const ALL_BUT_SELF: u32 = 3 << 18;

const MSR_APIC_BASE: u32 = 0x1b;
const BASE_X2APIC: u64 = 1 << 10;
const BASE_ENABLED: u64 = 1 << 11;
const MSR_COMMAND: u32 = 0x830;
const ECX_X2APIC: u32 = 1 << 21;

/** How long a start is waited for, and how long one that must not come, in reads of a port. */
const PATIENCE: u32 = 5_000_000;
const GRACE: u32 = 2_000;

let isX2apic: bool = false;

/** Does it all; every other processor is back afterwards. False when one does not come. */
export function sendInitAndSipi(): bool {
  preparePage(FIRST);
  preparePage(SECOND);
  sendAll();
  if ((cpuidEcx(1, 0) & ECX_X2APIC) !== 0) {
    wrmsr(MSR_APIC_BASE, rdmsr(MSR_APIC_BASE) | BASE_X2APIC);
    isX2apic = true;
    sendAll();
  }
  for (let index: u32 = 1; index < processorsFound(); index++) if (!bringBack(index)) return false;
  if (isX2apic) {
    // There is no way back but through a disabled one (SDM volume 3, 11.12.5)
    wrmsr(MSR_APIC_BASE, rdmsr(MSR_APIC_BASE) & ~(BASE_X2APIC | BASE_ENABLED));
    wrmsr(MSR_APIC_BASE, rdmsr(MSR_APIC_BASE) | BASE_ENABLED);
  }
  return true;
}

function sendAll(): void {
  const others = processorsFound() - 1;
  const last = apicOf(others);
  give(INIT, last);
  give(STARTUP | FIRST, last);
  show("INIT and SIPI without a gap", 1, 0);
  showState();
  give(STARTUP | SECOND, last);
  show("SIPI without INIT", 0, 0);
  give(INIT, last);
  give(STARTUP | FIRST, last);
  give(STARTUP | SECOND, last);
  show("second SIPI", 1, 0);
  give(INIT, last);
  give(INIT_END, last);
  give(INIT, last);
  give(STARTUP | SECOND, last);
  show("INIT while it waits", 0, 1);
  give(INIT, last);
  give(INIT_END, last);
  show("INIT alone", 0, 0);
  give(STARTUP | FIRST, last);
  show("SIPI later", 1, 0);
  give(INIT | ALL_BUT_SELF, 0);
  give(STARTUP | SECOND | SELF, 0);
  show("SIPI for the sender alone", 0, 0);
  give(STARTUP | FIRST | ALL_BUT_SELF, 0);
  show("all but the sender", others, 0);
  give(INIT | ALL_BUT_SELF, 0);
  give(STARTUP | SECOND | ALL, 0);
  show("all", 0, others);
  give(INIT | ALL_BUT_SELF, 0);
  give(STARTUP | FIRST, isX2apic ? 0xffff_ffff : 0xff);
  show("broadcast", others, 0);
  if (isX2apic) {
    give(INIT | LOGICAL, ((last >> 4) << 16) | (1 << (last & 15)));
    give(STARTUP | SECOND | LOGICAL, ((last >> 4) << 16) | (1 << (last & 15)));
    show("logical", 0, 1);
    return;
  }
  join(OPERATION_JOIN_GROUP);
  give(INIT | LOGICAL, 1 << others);
  give(STARTUP | FIRST | LOGICAL, 0xfe & ((1 << (others + 1)) - 1));
  show("group", 1, 0);
  join(OPERATION_JOIN_CLUSTER);
  give(INIT | LOGICAL, ((others >> 2) << 4) | (1 << (others & 3)));
  give(STARTUP | SECOND | LOGICAL, 0xff);
  show("cluster", 0, 1);
}

/** All other processors come back, and their APICs listen to logical destinations. */
function join(operation: u32): void {
  for (let index: u32 = 1; index < processorsFound(); index++) {
    if (bringBack(index)) performOn(index, operation);
  }
  performOn(0, operation);
}

function preparePage(vector: u32): void {
  copyMemory((<u64>vector) << 12, nativeAddress(<u32>startCode), START_CODE_BYTES);
  poke32(((<u64>vector) << 12) + PAGE_COUNT, 0);
}

function countOf(vector: u32): u32 {
  return loadAcquire32(((<u64>vector) << 12) + PAGE_COUNT);
}

/** Writes a command: the two of an INIT and a SIPI follow one another at once. */
function give(low: u32, destination: u32): void {
  if (isX2apic) {
    wrmsr(MSR_COMMAND, ((<u64>destination) << 32) | low);
    return;
  }
  poke32(APIC_DESTINATION, destination << 24);
  storeRelease32(APIC_COMMAND, low);
  while ((loadAcquire32(APIC_COMMAND) & COMMAND_PENDING) !== 0) pause();
}

/** Prints what a case has brought, behind what was expected: the page is ready for the next one. */
function show(name: string, first: u32, second: u32): void {
  for (let i: u32 = 0; i < PATIENCE && (countOf(FIRST) < first || countOf(SECOND) < second); i++) inb(0x80);
  for (let i: u32 = 0; i < GRACE; i++) inb(0x80);
  print(isX2apic ? "bare: sipi: x2APIC: " : "bare: sipi: ");
  print(name);
  print(": ");
  printDecimal(countOf(FIRST));
  print(" and ");
  printDecimal(countOf(SECOND));
  print(countOf(FIRST) === first && countOf(SECOND) === second ? "\n" : ", which is wrong\n");
  poke32(((<u64>FIRST) << 12) + PAGE_COUNT, 0);
  poke32(((<u64>SECOND) << 12) + PAGE_COUNT, 0);
}

function showState(): void {
  const page = (<u64>FIRST) << 12;
  print("bare: sipi: CS ");
  printHex(peek32(page + PAGE_CS) & 0xffff);
  print(", CR0 ");
  printHex(peek32(page + PAGE_CR0));
  print(peek32(page + PAGE_EDX) === cpuidEax(1, 0) ? ", EDX the signature\n" : ", EDX wrong\n");
}
