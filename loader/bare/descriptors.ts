// Each processor's GDT, TSS and IDT, a page each, and its registers for SYSCALL, as an operating system has them
//
//     0x000  GDT: nothing, nothing, code, data, TSS (16 bytes), 32-bit code, 16-bit code
//     0x080  TSS
//     0x100  IDT, 32 gates of 16 bytes

import { wrmsr } from "#arch/cpu";
import { MSR_LSTAR, MSR_SFMASK, MSR_STAR } from "#arch/msr";
import { poke16, poke32, poke64 } from "../../bsl/src/memory";
import { exceptionStubs, loadGdt, loadIdt } from "./board";
import { take } from "./memory";

const CODE_64: u64 = 0x00af_9b00_0000_ffff;
const CODE_32: u64 = 0x00cf_9b00_0000_ffff;
const CODE_16: u64 = 0x0000_9b00_0000_ffff;
const DATA: u64 = 0x00cf_9300_0000_ffff;
/** Available 64-bit TSS, present (APM volume 2, 4.8.3). */
const TSS: u64 = 0x0000_8900_0000_0000;
const TSS_BYTES: u64 = 0x68;
/** 64-bit interrupt gate, present, to selector 0x10. */
const GATE: u64 = 0x0000_8e00_0010_0000;

export const SELECTOR_CODE_64: u32 = 0x10;
export const SELECTOR_CODE_32: u32 = 0x30;
export const SELECTOR_CODE_16: u32 = 0x38;
/** The last byte of the GDT. */
const GDT_LIMIT: u32 = 0x3f;

const OFFSET_TSS: u64 = 0x80;
const OFFSET_IDT: u64 = 0x100;
const VECTORS: u32 = 32;

/** SYSCALL: CS 0x10, SS 0x18; SYSRET: CS 0x33, SS 0x2B. */
const STAR: u64 = 0x0023_0010_0000_0000;
/** SYSCALL clears TF, IF, DF, IOPL, NT, AC. */
const SFMASK: u64 = 0x4_7700;

/** The first processor's IDT. */
let idt: u64 = 0;

/** Leads an exception of the first processor to a function of machine-code.ts instead of its stub. */
export function leadException(vector: u32, address: u64): void {
  setGate(idt, vector, address);
}

function setGate(table: u64, vector: u32, address: u64): void {
  const gate = table + vector * 16;
  poke64(gate, GATE | (address & 0xffff) | ((address & 0xffff_0000) << 32));
  poke64(gate + 8, address >> 32);
}

/** Makes and loads them for the processor that this runs on. */
export function loadDescriptors(): void {
  const page = take(1, 0);
  const tss = page + OFFSET_TSS;
  poke64(page, 0);
  poke64(page + 8, 0);
  poke64(page + 16, CODE_64);
  poke64(page + 24, DATA);
  poke64(page + 32, TSS | (TSS_BYTES - 1) | ((tss & 0xff_ffff) << 16) | ((tss & 0xff00_0000) << 32));
  poke64(page + 40, tss >> 32);
  poke64(page + SELECTOR_CODE_32, CODE_32);
  poke64(page + SELECTOR_CODE_16, CODE_16);
  for (let offset: u64 = 0; offset < TSS_BYTES; offset += 4) poke32(tss + offset, 0);
  poke16(tss + 102, <u16>TSS_BYTES);
  if (idt === 0) idt = page + OFFSET_IDT;
  for (let vector: u32 = 0; vector < VECTORS; vector++) {
    setGate(page + OFFSET_IDT, vector, exceptionStubs() + vector * 16);
  }
  loadGdt(page, GDT_LIMIT);
  loadIdt(page + OFFSET_IDT, VECTORS * 16 - 1);
  // Nobody executes SYSCALL here, but host mode switches what it finds
  wrmsr(MSR_STAR, STAR);
  wrmsr(MSR_LSTAR, exceptionStubs());
  wrmsr(MSR_SFMASK, SFMASK);
}
