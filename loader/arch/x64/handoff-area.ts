// Descriptor tables for the time between the operating system and host mode: the Handoff structure (abi/src/boot.ts)
//
// Only one vector can come in that time, the NMI, and only on Intel; handoff.S says how it is taken. The GDT has the
// segments of both sides. They never compete for a place: no operating system has its code at 0x18, its stack at 0x10,
// or its TSS below 0x20.

import {
  HANDOFF_ALIAS,
  HANDOFF_GDT,
  HANDOFF_GDTR_IN_HOST,
  HANDOFF_GDTR_IN_OS,
  HANDOFF_IDT_IN_HOST,
  HANDOFF_IDT_IN_OS,
  HANDOFF_IDTR_IN_HOST,
  HANDOFF_IDTR_IN_OS,
  HANDOFF_OFFSET,
  HANDOFF_PROMOTE_IN_OS,
  SAVED_STATE_CS_SELECTOR,
  SAVED_STATE_RIP,
  SAVED_STATE_SS_SELECTOR,
} from "../../../abi/generated/bare/boot";
import { HANDOFF_BASE, HANDOFF_STATE_STRIDE } from "../../../abi/generated/bare/windows";
import { peek16, poke64 } from "../../../bsl/src/memory";
import { readSelector } from "./cpu";
import { page } from "./handoff";
import { nmiOffset, promoteInOsOffset, returnedOffset } from "./handoff-page";

/** Code and data segments of 64-bit mode, accessed already, so that the processor never writes to them. */
const CODE: u64 = 0x00af_9b00_0000_ffff;
const DATA: u64 = 0x00cf_9300_0000_ffff;
/** Selectors of the kernel's GDT. */
const HOST_CODE: u32 = 0x10;
const HOST_DATA: u32 = 0x18;

const GDT_LIMIT: u64 = HANDOFF_IDT_IN_OS - HANDOFF_GDT - 1;
const IDT_LIMIT: u64 = HANDOFF_IDT_IN_HOST - HANDOFF_IDT_IN_OS - 1;
const NMI_GATE: u32 = 2 * 16;
/** 64-bit interrupt gate, present, for ring 0, on the stack in use (APM volume 2, 4.8.4). */
const GATE: u64 = 0x8e00_0000_0000;
const INDEX: u32 = 0x3ff8;
/** For readSelector(). */
const SEGMENT_CS: u32 = 1;
const SEGMENT_SS: u32 = 2;

/** Where SavedState of processor `index` lies in the hand-off window. */
export function stateAlias(index: u32): u64 {
  return HANDOFF_BASE + <u64>(index + 1) * HANDOFF_STATE_STRIDE;
}

/**
 * Fills the Handoff behind a SavedState that holds the operating system's segments already, and says where the operating
 * system continues.
 */
export function fillHandoff(state: u64, alias: u64): void {
  const area = state + HANDOFF_OFFSET;
  const aliasArea = alias + HANDOFF_OFFSET;
  const code: u32 = peek16(state + SAVED_STATE_CS_SELECTOR);
  poke64(state + SAVED_STATE_RIP, page() + returnedOffset());
  poke64(area + HANDOFF_ALIAS, alias);
  poke64(area + HANDOFF_PROMOTE_IN_OS, promoteInOs());
  poke64(area + HANDOFF_GDT + HOST_CODE, CODE);
  poke64(area + HANDOFF_GDT + HOST_DATA, DATA);
  poke64(area + HANDOFF_GDT + (code & INDEX), CODE);
  poke64(area + HANDOFF_GDT + (peek16(state + SAVED_STATE_SS_SELECTOR) & INDEX), DATA);
  fillGate(area + HANDOFF_IDT_IN_OS, nmiInOs(), code);
  fillGate(area + HANDOFF_IDT_IN_HOST, HANDOFF_BASE + nmiOffset(), HOST_CODE);
  fillOperand(area + HANDOFF_GDTR_IN_OS, area + HANDOFF_GDT, GDT_LIMIT);
  fillOperand(area + HANDOFF_GDTR_IN_HOST, aliasArea + HANDOFF_GDT, GDT_LIMIT);
  fillOperand(area + HANDOFF_IDTR_IN_OS, area + HANDOFF_IDT_IN_OS, IDT_LIMIT);
  fillOperand(area + HANDOFF_IDTR_IN_HOST, aliasArea + HANDOFF_IDT_IN_HOST, IDT_LIMIT);
}

/** Where promote continues, and the handler of NMIs, in the operating system's address space. */
export function promoteInOs(): u64 {
  return page() + promoteInOsOffset();
}
export function nmiInOs(): u64 {
  return page() + nmiOffset();
}

/** The operating system's selectors of code and, bits 31:16, of the stack. */
export function codeAndStack(): u32 {
  return readSelector(SEGMENT_CS) | (readSelector(SEGMENT_SS) << 16);
}

function fillGate(idt: u64, handler: u64, code: u64): void {
  poke64(idt + NMI_GATE, (handler & 0xffff) | (code << 16) | GATE | ((handler & 0xffff_0000) << 32));
  poke64(idt + NMI_GATE + 8, handler >> 32);
}

function fillOperand(at: u64, base: u64, limit: u64): void {
  poke64(at, limit << 48);
  poke64(at + 8, base);
}
