// Host mode's memory: the tables that all processors share, and each processor's own area
//
//     template ─┬─ kernel segments            in the windows of slide.ts              as their ELF flags say
//               ├─ extensions' files          EXT_FILE_BASE, EXT_POLICY_BASE          read-only
//               ├─ hand-off code, a copy      HANDOFF_BASE                            executable
//               ├─ every SavedState           HANDOFF_BASE + HANDOFF_STATE_STRIDE     writable
//               └─ arena, and what is shared DIRECT_BASE + physical                  writable, kernel code read-only
//     processor ── copy of template, and      PP_AREA_BASE                            stack, PpBlock, BootArgs, SavedState
//
// The hand-off code and every SavedState are in the transition table too, at their addresses in both worlds. What host mode
// executes lies in the arena, where no VM can change it: hence the copy.

import { page as handoffPage } from "#arch/handoff";
import { stateAlias } from "#arch/handoff-area";
import { DEBUG_RING_AREA_BYTES } from "../../abi/generated/bare/boot";
import {
  DIRECT_BASE,
  EXT_FILE_BASE,
  EXT_FILE_STRIDE,
  EXT_POLICY_BASE,
  HANDOFF_BASE,
  PP_AREA_BASE,
  PP_ARGS,
  PP_BLOCK,
  PP_STACK,
  PP_STACK_BYTES,
  PP_STATE,
} from "../../abi/generated/bare/windows";
import {
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
} from "../../bsl/src/elf";
import { copyMemory } from "../../bsl/src/memory";
import { arenaPhysical, carvePage, chunkAt, chunkCount } from "./arena";
import { exchangePhysical, ramPieces } from "./exchange";
import { extensionCount, fileAddress, fileBytes } from "./files";
import { POLICY_FILE } from "./limits";
import {
  deriveTable,
  mapPage,
  mapRange,
  READ_EXECUTE,
  READ_ONLY,
  READ_WRITE,
  reserveTopEntry,
  translate,
} from "./page-table";
import { PAGE_BYTES } from "./pages";
import { physicalAddress, ramBase, ramEnd } from "./platform";
import { Processor } from "./processor";
import { beginRelocations, relocatePage } from "./relocate";
import { ringPhysical } from "./ring";
import { reportsPage } from "./shared";
import { slideOf } from "./slide";

/** What a top-level entry maps. */
const TOP_BYTES: u64 = 1 << 39;

/** Top-level tables, in the operating system's address space. */
let template: u64 = 0;
let transition: u64 = 0;

/** Physical address of the transition table. */
export function transitionPhysical(): u64 {
  return arenaPhysical(transition);
}

/** Builds what all processors share. False when the arena is too small. */
export function buildShared(): bool {
  template = carvePage();
  transition = carvePage();
  if (template === 0 || transition === 0) return false;
  return mapKernel() && mapFiles() && mapHandoff() && mapDirect();
}

/** Copies the kernel's segments into the arena. */
function mapKernel(): bool {
  const file = fileAddress(0);
  beginRelocations(file);
  const count = segmentCount(file);
  for (let i: u32 = 0; i < count; i++) {
    if (isLoaded(file, i) && !mapSegment(file, segment(file, i))) return false;
  }
  return true;
}

function mapSegment(file: u64, header: u64): bool {
  const flags = segmentFlags(header);
  const access = (flags & PF_X) !== 0 ? READ_EXECUTE : (flags & PF_W) !== 0 ? READ_WRITE : READ_ONLY;
  const filled = segmentFileBytes(header);
  const memoryBytes = segmentMemoryBytes(header);
  for (let offset: u64 = 0; offset < memoryBytes; offset += PAGE_BYTES) {
    const page = carvePage();
    if (page === 0) return false;
    if (offset < filled) {
      const left = filled - offset;
      copyMemory(page, file + segmentOffset(header) + offset, left < PAGE_BYTES ? left : PAGE_BYTES);
      relocatePage(file, header, offset, page);
    }
    if (!mapPage(template, placeOf(header) + offset, arenaPhysical(page), access)) return false;
  }
  return true;
}

/** Where a segment begins at this start. */
function placeOf(header: u64): u64 {
  return segmentAddress(header) + slideOf(segmentAddress(header));
}

/** The files stay where they are: the kernel reads them through these mappings while it loads the extensions. */
function mapFiles(): bool {
  for (let file: u32 = 1; file <= extensionCount(); file++) {
    if (!mapFile(file, EXT_FILE_BASE + <u64>(file - 1) * EXT_FILE_STRIDE)) return false;
  }
  return mapFile(POLICY_FILE, EXT_POLICY_BASE);
}

function mapFile(file: u32, base: u64): bool {
  for (let offset: u64 = 0; offset < fileBytes(file); offset += PAGE_BYTES) {
    const physical = physicalAddress(fileAddress(file) + offset);
    if (!mapPage(template, base + offset, physical, READ_ONLY)) return false;
  }
  return true;
}

function mapHandoff(): bool {
  const page = handoffPage();
  const copy = carvePage();
  if (copy === 0) return false;
  copyMemory(copy, page, PAGE_BYTES);
  const physical = arenaPhysical(copy);
  return (
    mapPage(template, HANDOFF_BASE, physical, READ_EXECUTE) &&
    mapPage(transition, HANDOFF_BASE, physical, READ_EXECUTE) &&
    mapPage(transition, page, physicalAddress(page), READ_EXECUTE)
  );
}

/**
 * A transition table alone, for processors that another loader has started, whose copy of the hand-off code lies at a physical
 * address. False when the arena is too small.
 */
export function buildTransition(code: u64): bool {
  const page = handoffPage();
  transition = carvePage();
  return (
    transition !== 0 &&
    mapPage(transition, HANDOFF_BASE, code, READ_EXECUTE) &&
    mapPage(transition, page, physicalAddress(page), READ_EXECUTE)
  );
}

/** Maps a SavedState there at both of its addresses. */
export function mapInTransition(state: u64, physical: u64, alias: u64): bool {
  return mapPage(transition, alias, physical, READ_WRITE) && mapPage(transition, state, physical, READ_WRITE);
}

/** Last of all, when all pages are known: none that host mode executes or only reads is writable anywhere. */
function mapDirect(): bool {
  for (let i: u32 = 0; i < chunkCount(); i++) {
    const chunk = chunkAt(i);
    if (!mapRange(template, DIRECT_BASE + chunk.physical, chunk.physical, chunk.bytes, READ_WRITE)) return false;
  }
  const ring = ringPhysical();
  if (!mapRange(template, DIRECT_BASE + ring, ring, DEBUG_RING_AREA_BYTES, READ_WRITE)) return false;
  const reports = physicalAddress(reportsPage());
  const exchange = exchangePhysical();
  const handoff = translate(template, HANDOFF_BASE);
  return (
    mapPage(template, DIRECT_BASE + reports, reports, READ_WRITE) &&
    mapPage(template, DIRECT_BASE + exchange, exchange, READ_WRITE) &&
    mapPage(template, DIRECT_BASE + handoff, handoff, READ_ONLY) &&
    reserveDirect() &&
    protectKernel()
  );
}

/** The tables of all processors share what lies below the top-level entries that there are now. */
function reserveDirect(): bool {
  for (let i: u32 = 0; i < ramPieces(); i++) {
    for (let at = ramBase(i) & ~(TOP_BYTES - 1); at < ramEnd(i); at += TOP_BYTES) {
      if (!reserveTopEntry(template, DIRECT_BASE + at)) return false;
    }
  }
  return true;
}

function protectKernel(): bool {
  const file = fileAddress(0);
  const count = segmentCount(file);
  for (let i: u32 = 0; i < count; i++) {
    const header = segment(file, i);
    if (!isLoaded(file, i) || (segmentFlags(header) & PF_W) !== 0) continue;
    for (let offset: u64 = 0; offset < segmentMemoryBytes(header); offset += PAGE_BYTES) {
      const physical = translate(template, placeOf(header) + offset);
      if (!mapPage(template, DIRECT_BASE + physical, physical, READ_ONLY)) return false;
    }
  }
  return true;
}

/** Builds the table and area of processor `index`, and notes where they lie. False when the arena is too small. */
export function buildProcessor(processor: Processor, index: u32): bool {
  const root = deriveTable(template);
  if (root === 0) return false;
  processor.rootPhysical = arenaPhysical(root);
  for (let offset: u32 = 0; offset < PP_STACK_BYTES; offset += <u32>PAGE_BYTES) {
    if (mapArea(root, PP_STACK + offset) === 0) return false;
  }
  processor.args = mapArea(root, PP_ARGS);
  processor.state = mapArea(root, PP_STATE);
  if (processor.args === 0 || processor.state === 0) return false;
  return mapArea(root, PP_BLOCK) !== 0 && mapHandoffState(processor.state, stateAlias(index));
}

/** The tables of all processors share what lies behind the first GiB, so mapping it in the template is enough. */
function mapHandoffState(state: u64, alias: u64): bool {
  const physical = arenaPhysical(state);
  return mapPage(template, alias, physical, READ_WRITE) && mapInTransition(state, physical, alias);
}

/** One new page of a processor's area; its address in the operating system's address space, or 0. */
function mapArea(root: u64, offset: u32): u64 {
  const page = carvePage();
  if (page === 0 || !mapPage(root, PP_AREA_BASE + offset, arenaPhysical(page), READ_WRITE)) return 0;
  return page;
}
