// An extension's image, and its windows on every processor
//
// Its pages are mapped in a table of its own, whose lower levels every processor's table shares. The linear memory of a
// TypeScript extension lies in the first top-level entry, which is not shared: there each processor has pages of its own,
// or, if the extension asked for one memory for all, the tables of the second level that its own table has.

import { mapPorts } from "#arch/descriptors";
import {
  KERNEL_DATA,
  mapNewPages,
  mapPage,
  reserveTables,
  reserveTopEntry,
  shareTables,
  shareTopEntries,
  translate,
  USER_DATA,
  userPage,
} from "#arch/page-table";
import { BOOT_EXT_ELF, BOOT_NO_MEMORY, EXT_MEMORY_PER_PP } from "../../abi/generated/bare/boot";
import { ELF_OK } from "../../abi/generated/bare/driver";
import { PAGE_SIZE, SPEC_ALL_KNOWN } from "../../abi/generated/bare/syscalls";
import {
  DIRECT_BASE,
  EXT_CODE_BASE,
  EXT_FAIL_STACK_BASE,
  EXT_FILE_BASE,
  EXT_FILE_STRIDE,
  EXT_MEMORY_BASE,
  EXT_POOL_BASE,
  EXT_STACK_BASE,
  EXT_STACK_BYTES,
  EXT_TLS_BASE,
  PP_AREA_BASE,
  PP_TCB,
} from "../../abi/generated/bare/windows";
import {
  entryPoint,
  isLoaded,
  PF_W,
  PF_X,
  segment,
  segmentAddress,
  segmentCount,
  segmentFileBytes,
  segmentFlags,
  segmentMemoryBytes,
  segmentOffset,
  tlsDistance,
  tlsSegment,
} from "../../bsl/src/elf";
import { checkExtension } from "../../bsl/src/elf-check";
import { extensionMemory, extensionVersions } from "../../bsl/src/elf-note";
import {
  extensionMemoryDataOffset,
  extensionMemoryFlags,
  extensionMemoryInitialPages,
  extensionMemoryMaximumPages,
} from "../../bsl/src/extension-memory";
import { copyMemory, poke64 } from "../../bsl/src/memory";
import { lockTables, unlockTables } from "./direct-map";
import { Extension, failStackTop, stackTop, threadPointer } from "./extension";
import { allocatePage } from "./memory/pages";
import { setStatus } from "./pp";

/** The files belong to the operating system, which could change them: each is read once, when it has been checked. */
function fileOf(extension: Extension): u64 {
  return EXT_FILE_BASE + <u64>extension.id * EXT_FILE_STRIDE;
}

/** Checks the file and maps it, once for all processors; false, with the status set, when that fails. */
export function loadExtension(extension: Extension, bytes: u64): bool {
  const file = fileOf(extension);
  const error = checkExtension(file, bytes);
  if (error != ELF_OK) {
    setStatus(BOOT_EXT_ELF, error);
    return false;
  }
  extension.table = allocatePage();
  extension.tlsImage = allocatePage();
  if (extension.table == 0 || extension.tlsImage == 0 || !mapImage(extension)) {
    setStatus(BOOT_NO_MEMORY, 0);
    return false;
  }
  readTemplate(extension);
  extension.offeredVersions = extensionVersions(file) & SPEC_ALL_KNOWN;
  extension.entry = entryPoint(file);
  return true;
}

/** Everything that processors share. */
function mapImage(extension: Extension): bool {
  return reserveWindows(extension.table) && mapSegments(extension) && readMemory(extension);
}

/** The template ends at the end of the TLS data page, where the thread pointer is. */
function readTemplate(extension: Extension): void {
  const file = fileOf(extension);
  const template = tlsSegment(file);
  if (template == 0) return;
  const to = DIRECT_BASE + extension.tlsImage + PAGE_SIZE - tlsDistance(template);
  copyMemory(to, file + segmentOffset(template), segmentFileBytes(template));
}

/** Notes what linear memory it asks for, and makes one for all processors if that is what it wants. */
function readMemory(extension: Extension): bool {
  const note = extensionMemory(fileOf(extension));
  if (note == 0) return true;
  extension.memoryBase = EXT_MEMORY_BASE + extensionMemoryDataOffset(note);
  extension.memoryPages = extensionMemoryInitialPages(note);
  extension.memoryMost = extensionMemoryMaximumPages(note);
  if ((extensionMemoryFlags(note) & EXT_MEMORY_PER_PP) != 0) return true;
  extension.memoryShared = 1;
  if (!reserveTables(extension.table, extension.memoryBase, extension.memoryMost * PAGE_SIZE)) return false;
  return mapNewPages(extension.table, extension.memoryBase, extension.memoryPages, USER_DATA);
}

/** Makes the second-highest tables, so that the top-level entries that processors copy never change. */
function reserveWindows(table: u64): bool {
  return (
    reserveTopEntry(table, EXT_POOL_BASE) &&
    reserveTopEntry(table, EXT_STACK_BASE) &&
    reserveTopEntry(table, EXT_FAIL_STACK_BASE) &&
    reserveTopEntry(table, EXT_CODE_BASE) &&
    reserveTopEntry(table, EXT_TLS_BASE)
  );
}

function mapSegments(extension: Extension): bool {
  const file = fileOf(extension);
  const count = segmentCount(file);
  for (let i: u32 = 0; i < count; i++) {
    if (isLoaded(file, i) && !mapSegment(extension, segment(file, i))) return false;
  }
  return true;
}

/** Maps one segment: its bytes from the file, zeroes behind them. */
function mapSegment(extension: Extension, header: u64): bool {
  const flags = segmentFlags(header);
  const page = userPage((flags & PF_W) != 0, (flags & PF_X) != 0);
  const start = segmentAddress(header);
  const end = start + segmentMemoryBytes(header);
  const fileEnd = start + segmentFileBytes(header);
  for (let at = start & ~0xfff; at < end; at += PAGE_SIZE) {
    const memory = allocatePage();
    if (memory == 0 || !mapPage(extension.table, at, memory, page)) return false;
    const from = at < start ? start : at;
    const to = at + PAGE_SIZE < fileEnd ? at + PAGE_SIZE : fileEnd;
    if (from >= to) continue;
    const source = fileOf(extension) + segmentOffset(header) + (from - start);
    copyMemory(DIRECT_BASE + memory + (from & 0xfff), source, to - from);
  }
  return true;
}

/**
 * Gives an extension its stacks, TLS block, ports and linear memory on this processor, whose table for it is `root`: the
 * physical address of its TCB, or 0 when memory runs out.
 */
export function attachProcessor(extension: Extension, ppid: u32, root: u64): u64 {
  // Other processors may be giving pages to the extension at this moment
  lockTables();
  const tcb = mapStacks(extension.table, ppid) ? mapTls(extension, ppid, root) : 0;
  if (tcb != 0) shareTopEntries(extension.table, root);
  unlockTables();
  if (tcb == 0) return 0;
  return mapPorts(root, extension.ports) && mapMemory(extension, root) ? tcb : 0;
}

function mapMemory(extension: Extension, root: u64): bool {
  const base = extension.memoryBase;
  if (extension.memoryShared == 0) return mapNewPages(root, base, extension.memoryPages, USER_DATA);
  shareTables(extension.table, root, base, extension.memoryMost * PAGE_SIZE);
  return true;
}

function mapStacks(table: u64, ppid: u32): bool {
  const stackPages = EXT_STACK_BYTES / PAGE_SIZE;
  if (!mapNewPages(table, stackTop(ppid) - EXT_STACK_BYTES, stackPages, USER_DATA)) return false;
  return mapNewPages(table, failStackTop(ppid) - EXT_STACK_BYTES, stackPages, USER_DATA);
}

/** Maps the TLS data page and the TCB behind it: the physical address of the latter, or 0. */
function mapTls(extension: Extension, ppid: u32, root: u64): u64 {
  const table = extension.table;
  const pointer = threadPointer(ppid);
  if (!mapNewPages(table, pointer - PAGE_SIZE, 2, USER_DATA)) return 0;
  const tcb = translate(table, pointer);
  poke64(DIRECT_BASE + tcb, pointer);
  copyMemory(DIRECT_BASE + translate(table, pointer - PAGE_SIZE), DIRECT_BASE + extension.tlsImage, PAGE_SIZE);
  return mapPage(root, PP_AREA_BASE + PP_TCB, tcb, KERNEL_DATA) ? tcb : 0;
}
