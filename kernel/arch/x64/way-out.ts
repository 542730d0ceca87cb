// Where a stop ends: the operating system's half of the way out, in SavedState and the Handoff behind it
//
// The loader fills both before a start (loader/arch/x64/handoff-area.ts). What is changed here is read behind the kernel's last
// instruction only, by the hand-off code, at the addresses that the transition table maps.

import {
  HANDOFF_GDT,
  HANDOFF_GDTR_IN_OS,
  HANDOFF_IDT_IN_OS,
  HANDOFF_IDTR_IN_OS,
  HANDOFF_OFFSET,
  HANDOFF_PROMOTE_IN_OS,
  SAVED_STATE_OS_ADDRESS,
  SAVED_STATE_TRANSITION_CR3,
} from "../../../abi/generated/bare/boot";
import { PP_STATE } from "../../../abi/generated/bare/windows";
import { ppStore64 } from "./pparea";

/** Code and data segments of 64-bit mode (APM volume 2, 4.8.1 and 4.8.2), accessed already: the processor never writes to them. */
const CODE: u64 = 0x00af_9b00_0000_ffff;
const DATA: u64 = 0x00cf_9300_0000_ffff;
/** Of a selector: its place in the GDT of the Handoff, which has 32 descriptors. */
const INDEX: u32 = 0xf8;
const NMI_GATE: u32 = 2 * 16;
/** 64-bit interrupt gate, present, for ring 0, on the stack in use (APM volume 2, 4.8.4). */
const GATE: u64 = 0x8e00_0000_0000;
const AREA: u32 = PP_STATE + HANDOFF_OFFSET;

/** Whether a processor takes an address: its upper 17 bits are the same (APM volume 2, 5.3.1). */
export function isReachableAddress(address: u64): bool {
  return <u64>(<i64>(address << 16) >> 16) == address;
}

/**
 * Lets this processor leave by another transition table, to an operating system that sees SavedState, the second half of promote and
 * the handler of NMIs at these addresses, and has these selectors of code and, bits 31:16, of the stack.
 */
export function redirectWayOut(table: u64, state: u64, promote: u64, nmi: u64, selectors: u32): void {
  const code = selectors & 0xffff;
  ppStore64(PP_STATE + SAVED_STATE_TRANSITION_CR3, table);
  ppStore64(PP_STATE + SAVED_STATE_OS_ADDRESS, state);
  ppStore64(AREA + HANDOFF_PROMOTE_IN_OS, promote);
  ppStore64(AREA + HANDOFF_GDT + (code & INDEX), CODE);
  ppStore64(AREA + HANDOFF_GDT + ((selectors >> 16) & INDEX), DATA);
  const gate = AREA + HANDOFF_IDT_IN_OS + NMI_GATE;
  ppStore64(gate, (nmi & 0xffff) | ((<u64>code) << 16) | GATE | ((nmi & 0xffff_0000) << 32));
  ppStore64(gate + 8, nmi >> 32);
  // Operands of LGDT and LIDT: limit in the first word's upper 16 bits, which stays, then the base
  ppStore64(AREA + HANDOFF_GDTR_IN_OS + 8, state + HANDOFF_OFFSET + HANDOFF_GDT);
  ppStore64(AREA + HANDOFF_IDTR_IN_OS + 8, state + HANDOFF_OFFSET + HANDOFF_IDT_IN_OS);
}
