// The extension: its image, its windows on every processor, its callbacks
//
// Its pages are mapped in a table of its own, whose lower levels every processor's table shares. Only the linear memory
// of a TypeScript extension is private to each processor: it lies in the first top-level entry, which is not shared.

import {
  BOOT_EXT_ELF,
  BOOT_NO_MEMORY,
  EXTENSION_MEMORY_DATA_OFFSET,
  EXTENSION_MEMORY_INITIAL_PAGES,
} from "../../abi/generated/bare/boot";
import { ELF_OK } from "../../abi/generated/bare/driver";
import { PP_BLOCK_TCB } from "../../abi/generated/bare/pp-block";
import { PAGE_SIZE, SPEC_ALL_KNOWN, SPEC_ALL_SUPPORTED, SPEC_VERSION_2 } from "../../abi/generated/bare/syscalls";
import {
  DIRECT_BASE,
  EXT_CODE_BASE,
  EXT_CODE_BYTES,
  EXT_FAIL_STACK_BASE,
  EXT_FILE_BASE,
  EXT_MEMORY_BASE,
  EXT_POOL_BASE,
  EXT_STACK_BASE,
  EXT_STACK_BYTES,
  EXT_STACK_STRIDE,
  EXT_TLS_BASE,
  EXT_TLS_STRIDE,
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
import { copyMemory, peek32, poke64 } from "../../bsl/src/memory";
import {
  KERNEL_DATA,
  mapNewPages,
  mapPage,
  PAGE_NO_EXECUTE,
  PAGE_PRESENT,
  PAGE_USER,
  PAGE_WRITABLE,
  reserveTopEntry,
  shareTopEntries,
  translate,
  USER_DATA,
} from "../arch/x64/page-table";
import { lockTables, unlockTables } from "./direct-map";
import { allocatePage } from "./memory/pages";
import { setBlock64, setStatus } from "./pp";

/** No handle is open. */
export const NO_HANDLE: u64 = 0xffff_ffff_ffff_ffff;

/** The handle that the extension got last, NO_HANDLE before and after. */
export let handle: u64 = NO_HANDLE;
/** Addresses of its callbacks, 0 until they are registered. */
export let bootstrapHandler: u64 = 0;
export let vmexitHandler: u64 = 0;
export let failHandler: u64 = 0;

/** Versions of the interface that it may open: SPEC_VERSION_*. */
export let offeredVersions: u32 = SPEC_ALL_SUPPORTED;
/** Whether it opened version 2. */
export let version2: bool = false;

let nextHandle: u64 = 0;
let entry: u64 = 0;
/** Its own top-level table (physical). */
let table: u64 = 0;
/** What every processor's TLS data page begins as (physical). */
let tlsImage: u64 = 0;
/** What every processor's linear memory begins as: its lowest address, and its pages; 0 pages: there is none. */
let memoryBase: u64 = 0;
let memoryPages: u64 = 0;

/** The file belongs to the operating system, which could change it: it is read once, when it has been checked. */
const FILE: u64 = EXT_FILE_BASE;

/** The top-level table that holds what all processors see of the extension. */
export function extensionTable(): u64 {
  return table;
}

/** Opens a handle, for version 2 if that is among `versions`; the first is 0. */
export function openHandle(versions: u32): u64 {
  version2 = (versions & SPEC_VERSION_2) != 0;
  handle = nextHandle++;
  return handle;
}

export function closeHandle(): void {
  handle = NO_HANDLE;
}

export function setBootstrapHandler(address: u64): void {
  bootstrapHandler = address;
}

export function setVmexitHandler(address: u64): void {
  vmexitHandler = address;
}

export function setFailHandler(address: u64): void {
  failHandler = address;
}

/** Whether an address can be a callback's. */
export function isCode(address: u64): bool {
  return address >= EXT_CODE_BASE && address < EXT_CODE_BASE + EXT_CODE_BYTES;
}

/** Where it begins. */
export function startAddress(): u64 {
  return entry;
}

/** Tops of its stacks on a processor. */
export function stackTop(ppid: u32): u64 {
  return EXT_STACK_BASE + <u64>ppid * EXT_STACK_STRIDE + EXT_STACK_BYTES;
}

export function failStackTop(ppid: u32): u64 {
  return EXT_FAIL_STACK_BASE + <u64>ppid * EXT_STACK_STRIDE + EXT_STACK_BYTES;
}

/** Its thread pointer on a processor: the address of the TCB. */
export function threadPointer(ppid: u32): u64 {
  return EXT_TLS_BASE + <u64>ppid * EXT_TLS_STRIDE + PAGE_SIZE;
}

/** Checks the file and maps it, once for all processors; false, with the status set, when that fails. */
export function loadExtension(bytes: u64): bool {
  const error = checkExtension(FILE, bytes);
  if (error != ELF_OK) {
    setStatus(BOOT_EXT_ELF, error);
    return false;
  }
  table = allocatePage();
  tlsImage = allocatePage();
  if (table == 0 || tlsImage == 0 || !reserveWindows() || !mapSegments()) {
    setStatus(BOOT_NO_MEMORY, 0);
    return false;
  }
  readTemplate();
  readMemory();
  offeredVersions = extensionVersions(FILE) & SPEC_ALL_KNOWN;
  entry = entryPoint(FILE);
  return true;
}

/** The template ends at the end of the TLS data page, where the thread pointer is. */
function readTemplate(): void {
  const template = tlsSegment(FILE);
  if (template == 0) return;
  const to = DIRECT_BASE + tlsImage + PAGE_SIZE - tlsDistance(template);
  copyMemory(to, FILE + segmentOffset(template), segmentFileBytes(template));
}

function readMemory(): void {
  const note = extensionMemory(FILE);
  if (note == 0) return;
  memoryBase = EXT_MEMORY_BASE + peek32(note + EXTENSION_MEMORY_DATA_OFFSET);
  memoryPages = peek32(note + EXTENSION_MEMORY_INITIAL_PAGES);
}

/** Makes the second-highest tables, so that the top-level entries that processors copy never change. */
function reserveWindows(): bool {
  return (
    reserveTopEntry(table, EXT_POOL_BASE) &&
    reserveTopEntry(table, EXT_STACK_BASE) &&
    reserveTopEntry(table, EXT_FAIL_STACK_BASE) &&
    reserveTopEntry(table, EXT_CODE_BASE) &&
    reserveTopEntry(table, EXT_TLS_BASE)
  );
}

function mapSegments(): bool {
  const count = segmentCount(FILE);
  for (let i: u32 = 0; i < count; i++) {
    if (isLoaded(FILE, i) && !mapSegment(segment(FILE, i))) return false;
  }
  return true;
}

/** Maps one segment: its bytes from the file, zeroes behind them. */
function mapSegment(header: u64): bool {
  const flags = segmentFlags(header);
  let page = PAGE_PRESENT | PAGE_USER;
  if ((flags & PF_W) != 0) page |= PAGE_WRITABLE;
  if ((flags & PF_X) == 0) page |= PAGE_NO_EXECUTE;
  const start = segmentAddress(header);
  const end = start + segmentMemoryBytes(header);
  const fileEnd = start + segmentFileBytes(header);
  for (let at = start & ~0xfff; at < end; at += PAGE_SIZE) {
    const memory = allocatePage();
    if (memory == 0 || !mapPage(table, at, memory, page)) return false;
    const from = at < start ? start : at;
    const to = at + PAGE_SIZE < fileEnd ? at + PAGE_SIZE : fileEnd;
    if (from >= to) continue;
    const source = FILE + segmentOffset(header) + (from - start);
    copyMemory(DIRECT_BASE + memory + (from & 0xfff), source, to - from);
  }
  return true;
}

/** Gives the extension its stacks, TLS block and linear memory on this processor; false when memory runs out. */
export function attachProcessor(ppid: u32, root: u64): bool {
  // Other processors may be giving pages to the extension at this moment
  lockTables();
  const done = mapStacks(ppid) && mapTls(ppid, root);
  if (done) shareTopEntries(table, root);
  unlockTables();
  return done && mapNewPages(root, memoryBase, memoryPages, USER_DATA);
}

function mapStacks(ppid: u32): bool {
  const stackPages = EXT_STACK_BYTES / PAGE_SIZE;
  if (!mapNewPages(table, stackTop(ppid) - EXT_STACK_BYTES, stackPages, USER_DATA)) return false;
  return mapNewPages(table, failStackTop(ppid) - EXT_STACK_BYTES, stackPages, USER_DATA);
}

/** Maps the TLS data page and the TCB behind it. */
function mapTls(ppid: u32, root: u64): bool {
  const pointer = threadPointer(ppid);
  if (!mapNewPages(table, pointer - PAGE_SIZE, 2, USER_DATA)) return false;
  const tcb = translate(table, pointer);
  poke64(DIRECT_BASE + tcb, pointer);
  setBlock64(PP_BLOCK_TCB, tcb);
  copyMemory(DIRECT_BASE + translate(table, pointer - PAGE_SIZE), DIRECT_BASE + tlsImage, PAGE_SIZE);
  return mapPage(root, PP_AREA_BASE + PP_TCB, tcb, KERNEL_DATA);
}
