// Descriptor tables of host mode: a GDT and TSS for each processor, one IDT for all (APM volume 2, 4.8 and 8.2)
//
//     PP_IDT page     256 gates, the same page on all processors
//     PP_GDT page     ┌──────────────────────────────┐
//                     │ GDT, 10 entries of 8 bytes   │  nothing else for 64 KiB: on Intel all of it may be a descriptor
//                     └──────────────────────────────┘
//     PP_TSS page     ┌──────────────────────────────┐
//              0xF98  │ TSS, 104 bytes               │
//                     ├──────────────────────────────┤
//     two pages       │ I/O permissions              │  the same page of zeroes twice: all granted; or an extension's own
//                     ├──────────────────────────────┤
//     one page        │ 0xFF                         │  the byte that must follow them
//                     └──────────────────────────────┘
//
// Each extension has a table of its own for these pages, so nothing is exchanged when another one is entered.

import { PAGE_SIZE } from "../../../abi/generated/bare/syscalls";
import {
  DIRECT_BASE,
  PP_AREA_BASE,
  PP_DF_STACK,
  PP_GDT,
  PP_IDT,
  PP_IST_STACK_BYTES,
  PP_MC_STACK,
  PP_NMI_STACK,
  PP_STACK,
  PP_STACK_BYTES,
  PP_TSS,
} from "../../../abi/generated/bare/windows";
import { fillMemory, peek8, peek64, poke8, poke16, poke64 } from "../../../bsl/src/memory";
import { allocatePage, pages } from "../../src/memory/pages";
import { clearSegments, exceptionStubs, isolatedStubs, loadGdt, loadIdt, loadTaskRegister } from "./cpu";
import {
  ENTRY_DOUBLE_FAULT_STACK,
  ENTRY_MACHINE_CHECK_STACK,
  ENTRY_NMI_STACK,
  ENTRY_STACK,
  isIsolated,
  leadTo,
  makeEntryArea,
} from "./isolation";
import { KERNEL_CONSTANTS, KERNEL_DATA, mapNewPages, mapPage } from "./page-table";

/** Code and data segments of 64-bit mode: limit ignored, type and privilege count. */
const KERNEL_CODE: u64 = 0x00af_9b00_0000_ffff;
const KERNEL_STACK: u64 = 0x00cf_9300_0000_ffff;
const USER_STACK: u64 = 0x00cf_f300_0000_ffff;
const USER_CODE: u64 = 0x00af_fb00_0000_ffff;
/** Selectors: kernel code 0x10, kernel stack 0x18, user stack 0x20 | 3, user code 0x28 | 3, TSS 0x40. */
export const TSS_SELECTOR: u32 = 0x40;
const GDT_LIMIT: u32 = 0x4f;
export const KERNEL_CODE_SELECTOR: u32 = 0x10;
export const KERNEL_STACK_SELECTOR: u32 = 0x18;
export const USER_STACK_SELECTOR: u32 = 0x23;
export const USER_CODE_SELECTOR: u32 = 0x2b;

/** Its bitmap begins a page. */
export const TSS_BASE: u64 = PP_AREA_BASE + PP_TSS + 0xf98;
const PORTS_BASE: u64 = PP_AREA_BASE + PP_TSS + PAGE_SIZE;
const PORT_PAGES: u32 = 2;
const PORT_PAGES_ORDER: u32 = 1;
const TSS_RSP0: u64 = 0x04;
const TSS_IST1: u64 = 0x24;
const TSS_IO_BASE: u64 = 0x66;
/** Up to and with the byte behind the 8 KiB of I/O permissions. */
const TSS_LIMIT: u64 = 0x68 + 0x2000;

const MOST_PORT: u32 = 0xffff;

const EXCEPTIONS: u32 = 32;
/** After a VM exit on Intel the IDT's limit is 0xFFFF, so every vector has a gate: no extension may use those beyond. */
const VECTOR_COUNT: u32 = 256;
const VECTOR_NMI: u32 = 2;
const VECTOR_BREAKPOINT: u32 = 3;
const VECTOR_DOUBLE_FAULT: u32 = 8;
const VECTOR_GENERAL_PROTECTION: u32 = 13;
const VECTOR_MACHINE_CHECK: u32 = 18;

/** Page of the IDT, shared by all processors. */
let idt: u64 = 0;
/** Bits of a TSS descriptor: present, available 64-bit TSS; the processor makes it a busy one. */
const TSS_AVAILABLE: u64 = 0x89 << 40;
const TSS_BUSY: u64 = 2 << 40;
/** Pages of the I/O permissions, shared by all processors. */
let portsGranted: u64 = 0;
let portsEnd: u64 = 0;

/** Makes what all processors share; false when memory runs out. Called once. */
export function initDescriptors(): bool {
  idt = allocatePage();
  if (idt == 0) return false;
  const stubs = isIsolated() ? isolatedStubs() : exceptionStubs();
  for (let vector: u32 = 0; vector < VECTOR_COUNT; vector++) {
    const stub = stubs + <u64>(vector < EXCEPTIONS ? vector : VECTOR_GENERAL_PROTECTION) * 16;
    const ist: u64 =
      vector == VECTOR_NMI ? 1 : vector == VECTOR_DOUBLE_FAULT ? 2 : vector == VECTOR_MACHINE_CHECK ? 3 : 0;
    const privilege: u64 = vector == VECTOR_BREAKPOINT ? 3 : 0;
    const low =
      (stub & 0xffff) |
      ((<u64>KERNEL_CODE_SELECTOR) << 16) |
      (ist << 32) |
      ((0x8e | (privilege << 5)) << 40) |
      (((stub >> 16) & 0xffff) << 48);
    poke64(DIRECT_BASE + idt + vector * 16, low);
    poke64(DIRECT_BASE + idt + vector * 16 + 8, stub >> 32);
  }
  portsGranted = allocatePage();
  portsEnd = allocatePage();
  if (portsGranted == 0 || portsEnd == 0) return false;
  poke8(DIRECT_BASE + portsEnd, 0xff);
  return true;
}

/** Makes this processor's stacks for faults, its GDT and TSS; false when memory runs out. */
export function makeDescriptors(root: u64): bool {
  const stackPages: u64 = PP_IST_STACK_BYTES / PAGE_SIZE;
  if (!mapNewPages(root, PP_AREA_BASE + PP_NMI_STACK, stackPages, KERNEL_DATA)) return false;
  if (!mapNewPages(root, PP_AREA_BASE + PP_DF_STACK, stackPages, KERNEL_DATA)) return false;
  if (!mapNewPages(root, PP_AREA_BASE + PP_MC_STACK, stackPages, KERNEL_DATA)) return false;
  if (!mapPage(root, idtAddress(), idt, KERNEL_CONSTANTS) || !makeEntryArea(root)) return false;
  const gdt = PP_AREA_BASE + PP_GDT;
  const page = allocatePage();
  if (page == 0 || !mapPage(root, gdt, page, KERNEL_DATA)) return false;
  if (!mapNewPages(root, PP_AREA_BASE + PP_TSS, 1, KERNEL_DATA)) return false;
  if (!mapPage(root, PORTS_BASE + PORT_PAGES * PAGE_SIZE, portsEnd, KERNEL_DATA)) return false;

  poke64(gdt + 0x10, KERNEL_CODE);
  poke64(gdt + 0x18, KERNEL_STACK);
  poke64(gdt + 0x20, USER_STACK);
  poke64(gdt + 0x28, USER_CODE);
  const tss = TSS_BASE;
  const base = ((tss & 0xff_ffff) << 16) | (((tss >> 24) & 0xff) << 56);
  poke64(gdt + TSS_SELECTOR, (TSS_LIMIT & 0xffff) | base | TSS_AVAILABLE | ((TSS_LIMIT >> 16) << 48));
  poke64(gdt + TSS_SELECTOR + 8, tss >> 32);
  poke64(tss + TSS_RSP0, leadTo(ENTRY_STACK, PP_AREA_BASE + PP_STACK + PP_STACK_BYTES));
  poke64(tss + TSS_IST1, leadTo(ENTRY_NMI_STACK, PP_AREA_BASE + PP_NMI_STACK + PP_IST_STACK_BYTES));
  poke64(tss + TSS_IST1 + 8, leadTo(ENTRY_DOUBLE_FAULT_STACK, PP_AREA_BASE + PP_DF_STACK + PP_IST_STACK_BYTES));
  poke64(tss + TSS_IST1 + 16, leadTo(ENTRY_MACHINE_CHECK_STACK, PP_AREA_BASE + PP_MC_STACK + PP_IST_STACK_BYTES));
  poke16(tss + TSS_IO_BASE, 0x68);
  return true;
}

/** Two pages that deny every port, for an extension; their physical address, or 0 when memory runs out. */
export function makePorts(): u64 {
  const ports = pages.allocPages(PORT_PAGES_ORDER);
  if (ports != 0) fillMemory(DIRECT_BASE + ports, 0xff, PORT_PAGES * PAGE_SIZE);
  return ports;
}

/** Grants ports `first` to `last` in them. */
export function grantPorts(ports: u64, first: u32, last: u32): void {
  for (let port = first; port <= last && port <= MOST_PORT; port++) {
    const byte = DIRECT_BASE + ports + (port >> 3);
    const granted: u32 = (<u32>1) << (port & 7);
    poke8(byte, <u8>(<u32>peek8(byte) & ~granted));
  }
}

/** Gives an extension's table of a processor its ports: those that such pages say, or, with 0, all. */
export function mapPorts(root: u64, ports: u64): bool {
  const second = ports == 0 ? portsGranted : ports + PAGE_SIZE;
  if (!mapPage(root, PORTS_BASE, ports == 0 ? portsGranted : ports, KERNEL_DATA)) return false;
  return mapPage(root, PORTS_BASE + PAGE_SIZE, second, KERNEL_DATA);
}

/**
 * Makes this processor use its own tables. The IDT last: its gate for NMIs names a stack of the TSS. Until then the
 * loader's IDT counts NMIs (SavedState.handoffNmis).
 */
export function useDescriptors(): void {
  loadGdt(PP_AREA_BASE + PP_GDT, GDT_LIMIT);
  clearSegments();
  loadTaskRegister(TSS_SELECTOR);
  loadIdt(idtAddress(), VECTOR_COUNT * 16 - 1);
}

/** Loads the task register again, with the limit that the descriptor has. */
export function reloadTaskRegister(): void {
  const descriptor = PP_AREA_BASE + PP_GDT + TSS_SELECTOR;
  poke64(descriptor, peek64(descriptor) & ~TSS_BUSY);
  loadTaskRegister(TSS_SELECTOR);
}

/** Address of the IDT. */
export function idtAddress(): u64 {
  return PP_AREA_BASE + PP_IDT;
}
