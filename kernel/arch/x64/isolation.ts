// A table for ring 3 that has nothing of the kernel but what entries need (`bfm start --isolate-kernel`)
//
// Each seat, an extension on a processor, has two top-level tables. The kernel's has all. Ring 3's has what ring 3 may reach,
// by the same lower tables, and besides, for the processor and the first instructions of every entry (entry.S):
//
//     .text.entry, a page         R-X     the image's own, wherever that lies
//     EntryArea, a page           RW-     where CR3 leads, a word for RSP, four small stacks
//     IDT, a page                 R--     of all processors
//     GDT, a page                 RW-
//     TSS, I/O permissions,       RW-     the latter the extension's
//     four pages
//
// Where a processor has PCIDs the kernel's translations are those of 0, ring 3's of ENTRY_SPACE; without, each write of CR3 drops all. Who
// drops translations that ring 3 uses must drop both, so they are dropped here alone:
//
//     dropTranslations   another processor asked for it; another VM's direct map is shown
//     dropTranslation    one page of the direct map has gone
//     useRoots           another extension is next: both its tables are used with the numbers that the last one's were
//
// Entries of ring 3's two highest tables are copies. They never change but for those of the direct map (showTopEntry); what has
// come since the seat was made is copied when ring 3 faults there (showToRing3).
//
// Manual: APM volume 2, 5.5.1; SDM volume 3, 4.10.1 and 4.10.4.

import {
  BOOT_ARGS_FEATURES,
  BOOT_ARGS_MITIGATIONS,
  BOOT_ARGS_VENDOR,
  CPU_FEATURE_PCID,
  MITIGATION_ISOLATE_KERNEL,
  VENDOR_INTEL,
} from "../../../abi/generated/bare/boot";
import {
  ACTION_UPCALL,
  ACTION_UPCALL_FRAME,
  ENTRY_AREA_DOUBLE_FAULT_STACK_OF,
  ENTRY_AREA_KEEP,
  ENTRY_AREA_KERNEL_ROOT,
  ENTRY_AREA_MACHINE_CHECK_STACK_OF,
  ENTRY_AREA_NMI_STACK_OF,
  ENTRY_AREA_NMIS_OPEN,
  ENTRY_AREA_STACK_OF,
  ENTRY_AREA_USER_ROOT,
  ENTRY_KEEP,
  ENTRY_SPACE,
  PP_BLOCK_NMIS_OPEN,
  PP_BLOCK_ROOT,
  PP_BLOCK_USER_ROOT,
} from "../../../abi/generated/bare/pp-block";
import { PAGE_SIZE } from "../../../abi/generated/bare/syscalls";
import { PP_AREA_BASE, PP_ARGS, PP_BLOCK, PP_ENTRY, PP_GDT, PP_IDT, PP_TSS } from "../../../abi/generated/bare/windows";
import { poke64 } from "../../../bsl/src/memory";
import { allocatePage } from "../../src/memory/pages";
import { flushPage, flushTlb, readCr4, textStart, writeCr3, writeCr4 } from "./cpu";
import { copyLeaf, copyUserEntries, copyUserEntry, KERNEL_DATA, mapNewPages, setTopEntry } from "./page-table";
import { ppLoad32, ppLoad64, ppStore64 } from "./pparea";

const CR4_PCIDE: u64 = 1 << 17;
/** TSS, I/O permissions and the byte behind them. */
const TSS_PAGES: u64 = 4;

const ENTRY: u64 = PP_AREA_BASE + PP_ENTRY;
/** Tops of EntryArea's stacks, each where the top of the kernel's stands that it is for. */
export const ENTRY_STACK: u64 = ENTRY + ENTRY_AREA_STACK_OF;
export const ENTRY_NMI_STACK: u64 = ENTRY + ENTRY_AREA_NMI_STACK_OF;
export const ENTRY_DOUBLE_FAULT_STACK: u64 = ENTRY + ENTRY_AREA_DOUBLE_FAULT_STACK_OF;
export const ENTRY_MACHINE_CHECK_STACK: u64 = ENTRY + ENTRY_AREA_MACHINE_CHECK_STACK_OF;

/** Whether ring 3 has a table of its own, on every processor. */
export function isIsolated(): bool {
  return (ppLoad32(PP_ARGS + BOOT_ARGS_MITIGATIONS) & MITIGATION_ISOLATE_KERNEL) != 0;
}

/** Makes this processor's EntryArea where it has a use; false when memory runs out. */
export function makeEntryArea(root: u64): bool {
  return !isIsolated() || mapNewPages(root, ENTRY, 1, KERNEL_DATA);
}

/** An exception that is delivered on one of its stacks goes on on another. */
export function leadTo(entryStack: u64, stack: u64): u64 {
  if (!isIsolated()) return stack;
  poke64(entryStack, stack);
  return entryStack;
}

/** Makes ring 3's table beside a seat's, in which all is that ring 3 has; its physical address, or 0 when memory runs out. */
export function makeUserRoot(root: u64): u64 {
  const table = allocatePage();
  if (table == 0) return 0;
  let done = copyLeaf(root, table, textStart()) && copyLeaf(root, table, ENTRY);
  done = done && copyLeaf(root, table, PP_AREA_BASE + PP_IDT) && copyLeaf(root, table, PP_AREA_BASE + PP_GDT);
  for (let i: u64 = 0; i < TSS_PAGES; i++) done = done && copyLeaf(root, table, PP_AREA_BASE + PP_TSS + i * PAGE_SIZE);
  if (!done) return 0;
  copyUserEntries(root, table);
  return table;
}

/** From now on entries find where CR3 is to lead. Called before the processor has its descriptor tables, CR3 being the kernel's. */
export function beginIsolation(): void {
  if (!isIsolated()) return;
  const hasSpaces = (ppLoad32(PP_ARGS + BOOT_ARGS_FEATURES) & CPU_FEATURE_PCID) != 0;
  if (hasSpaces) writeCr4(readCr4() | CR4_PCIDE);
  ppStore64(PP_ENTRY + ENTRY_AREA_KEEP, hasSpaces ? ENTRY_KEEP : 0);
  ppStore64(PP_ENTRY + ENTRY_AREA_NMIS_OPEN, ppLoad32(PP_BLOCK + PP_BLOCK_NMIS_OPEN));
  announceRoots();
}

/** The processor is to be the operating system's again: CR4.PCIDE is as the loader's code expects it. */
export function endIsolation(): void {
  ppStore64(PP_ENTRY + ENTRY_AREA_KEEP, 0);
  announceRoots();
  writeCr4(readCr4() & ~CR4_PCIDE);
}

/** How ring 3 is entered that is to be entered by an ACTION_*: Intel's own way into a callback does not look whether there are two tables. */
export function wayToRing3(action: u32): u32 {
  const isFramed = action == ACTION_UPCALL && isIsolated() && ppLoad32(PP_ARGS + BOOT_ARGS_VENDOR) == VENDOR_INTEL;
  return isFramed ? ACTION_UPCALL_FRAME : action;
}

/** Both tables are those of the seat that the block has. */
export function useRoots(): void {
  writeCr3(ppLoad64(PP_BLOCK + PP_BLOCK_ROOT));
  if (isIsolated()) announceRoots();
}

/** Ring 3's has nothing translated when it is loaded next. */
function announceRoots(): void {
  const keep = ppLoad64(PP_ENTRY + ENTRY_AREA_KEEP);
  ppStore64(PP_ENTRY + ENTRY_AREA_KERNEL_ROOT, ppLoad64(PP_BLOCK + PP_BLOCK_ROOT) | keep);
  dropUserTranslations();
}

function dropUserTranslations(): void {
  const space = ppLoad64(PP_ENTRY + ENTRY_AREA_KEEP) != 0 ? ENTRY_SPACE : 0;
  ppStore64(PP_ENTRY + ENTRY_AREA_USER_ROOT, ppLoad64(PP_BLOCK + PP_BLOCK_USER_ROOT) | space);
}

/** Drops all of this processor's host translations. */
export function dropTranslations(): void {
  flushTlb();
  if (isIsolated()) dropUserTranslations();
}

/** Drops that of a page of the running extension. */
export function dropTranslation(virtual: u64): void {
  flushPage(virtual);
  if (isIsolated()) dropUserTranslations();
}

/** Makes a top-level entry of the running extension's lead elsewhere. */
export function showTopEntry(virtual: u64, value: u64): void {
  setTopEntry(ppLoad64(PP_BLOCK + PP_BLOCK_ROOT), virtual, value);
  if (isIsolated()) setTopEntry(ppLoad64(PP_BLOCK + PP_BLOCK_USER_ROOT), virtual, value);
}

/** The extension faulted at an address: whether ring 3's table lacked what the kernel's has of it, and has it now. */
export function showToRing3(virtual: u64): bool {
  return (
    isIsolated() && copyUserEntry(ppLoad64(PP_BLOCK + PP_BLOCK_ROOT), ppLoad64(PP_BLOCK + PP_BLOCK_USER_ROOT), virtual)
  );
}
