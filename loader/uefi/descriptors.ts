// A GDT with a TSS for a processor: the firmware gives many none, and what the hypervisor saves must have one
//
//     0x000  the firmware's GDT as it is, and behind it a TSS descriptor (16 bytes)
//     0xf00  TSS
//
// It lies in memory that lasts, because the processor keeps it until the operating system loads its own.

import { readSelector, tableBase, tableLimit } from "#arch/cpu";
import { HANDOFF_GDT, HANDOFF_IDT_IN_OS } from "../../abi/generated/bare/boot";
import { copyMemory, poke16, poke64 } from "../../bsl/src/memory";
import { loadTables } from "./firmware";

/** readSelector(): the task register. */
const TASK_REGISTER: u32 = 7;
const TSS_OFFSET: u64 = 0xf00;
const TSS_BYTES: u64 = 0x68;
/** Where the TSS says that it has no bitmap of ports (APM volume 2, 12.2.5). */
const TSS_IO_BASE: u64 = 102;
/** Available 64-bit TSS, present (APM volume 2, 4.8.3). */
const TSS: u64 = 0x0000_8900_0000_0000;

/** The hand-off has a GDT of its own, with the TSS at the same place. */
const GDT_BYTES: u64 = <u64>(HANDOFF_IDT_IN_OS - HANDOFF_GDT);

/** Gives the processor that this runs on its own, in a clear page, unless it has a TSS. False when there is no place for one. */
export function giveDescriptors(page: u64): bool {
  if (readSelector(TASK_REGISTER) !== 0) return true;
  const bytes = <u64>tableLimit(0) + 1;
  const selector = (bytes + 15) & ~(<u64>15);
  if (selector + 16 > GDT_BYTES) return false;
  copyMemory(page, tableBase(0), bytes);
  const tss = page + TSS_OFFSET;
  poke16(tss + TSS_IO_BASE, <u16>TSS_BYTES);
  poke64(page + selector, TSS | (TSS_BYTES - 1) | ((tss & 0xff_ffff) << 16) | ((tss & 0xff00_0000) << 32));
  poke64(page + selector + 8, tss >> 32);
  loadTables(page, <u32>selector + 15, <u32>selector);
  return true;
}
