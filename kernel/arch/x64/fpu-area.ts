// Areas for the state that XSAVE holds, or FXSAVE where there is no XSAVE (APM volume 2, 11.5; SDM volume 1, chapter 13)

import { fillMemory, peek32, peek64, poke16, poke32, poke64 } from "../../../bsl/src/memory";
import { allocateObject, pages } from "../../src/memory/pages";
import { SLAB_CACHE_BYTES, SlabCache } from "../../src/memory/slab";
import { cpuidRegister } from "./cpu";
import { hasXcr0 } from "./xcr0";

/** Leaf of CPUID about XSAVE: which components there are, and the bytes that they all take. */
const LEAF_XSAVE: u32 = 0xd;
const EAX: u32 = 0;
const ECX: u32 = 2;
const EDX: u32 = 3;
/** What FXSAVE writes. */
const LEGACY_BYTES: u32 = 512;
/** XSAVE wants it; the slab's objects have 16. */
const ALIGNMENT: u64 = 64;
/** Where an area has the control words, which are not zero initially (SDM volume 1, table 10-2 and 13.6). */
const AREA_FCW: u64 = 0;
const AREA_MXCSR: u64 = 24;
/** Every processor with 64-bit code knows these: DAZ is the youngest. */
const MXCSR_BITS: u32 = 0xffff;
/** The XSAVE header (SDM volume 1, 13.4.2): XSTATE_BV, XCOMP_BV, and what must be zero. */
const AREA_COMPONENTS: u64 = 512;
const HEADER_BYTES: u64 = 64;
const INITIAL_FCW: u16 = 0x37f;
const INITIAL_MXCSR: u32 = 0x1f80;
/** In subleaf 1: a processor with extended feature disable. */
const HAS_XFD: u32 = 1 << 4;

const areas: SlabCache = changetype<SlabCache>(memory.data(SLAB_CACHE_BYTES, 8));
let areaBytes: u32 = 0;
let components: u64 = 0;
let hasXfd: bool = false;
/** The same where nothing but XCR0 stands between them and their area; else 0. */
let plain: u64 = 0;

/** Finds out what there is to save, the same on all processors; false when no area could ever be made. */
export function initFpuAreas(): bool {
  areaBytes = LEGACY_BYTES;
  if (hasXcr0()) {
    components = ((<u64>cpuidRegister(LEAF_XSAVE, 0, EDX)) << 32) | cpuidRegister(LEAF_XSAVE, 0, EAX);
    areaBytes = cpuidRegister(LEAF_XSAVE, 0, ECX);
    hasXfd = (cpuidRegister(LEAF_XSAVE, 1, EAX) & HAS_XFD) != 0;
  }
  plain = hasXfd ? 0 : components;
  return areas.init(pages, areaBytes + <u32>ALIGNMENT);
}

/** An object with an area, which holds the initial state; 0 when memory runs out. */
export function allocateFpu(): u64 {
  const object = allocateObject(areas);
  if (object != 0) resetFpu(object);
  return object;
}

/** What they come from. */
export function fpuCache(): SlabCache {
  return areas;
}

/** Gives one back; false when it is none. */
export function releaseFpu(object: u64): bool {
  return areas.release(object);
}

/** Makes it hold the initial state. */
export function resetFpu(object: u64): void {
  const area = fpuArea(object);
  fillMemory(area, 0, areaBytes);
  poke16(area + AREA_FCW, INITIAL_FCW);
  poke32(area + AREA_MXCSR, INITIAL_MXCSR);
}

/**
 * Leaves out what the processor would refuse to load (SDM volume 1, 13.8.1 and 13.8.2): reserved bits of MXCSR, components that it has
 * not, the compacted format, and what is reserved in the header.
 */
export function cleanFpu(object: u64): void {
  const area = fpuArea(object);
  poke32(area + AREA_MXCSR, peek32(area + AREA_MXCSR) & MXCSR_BITS);
  if (!hasXcr0()) return;
  poke64(area + AREA_COMPONENTS, peek64(area + AREA_COMPONENTS) & components);
  fillMemory(area + AREA_COMPONENTS + 8, 0, HEADER_BYTES - 8);
}

/** Where an object's area begins. */
export function fpuArea(object: u64): u64 {
  return (object + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
}

export function fpuBytes(): u64 {
  return areaBytes;
}

/** Every component of the state that ring 3 can touch. */
export function fpuComponents(): u64 {
  return components;
}

/** The same; 0 where there is no XSAVE, or components can be disabled. */
export function plainComponents(): u64 {
  return plain;
}

/** Whether components can be disabled, so that they are neither saved nor loaded (SDM volume 1, 13.14). */
export function hasDisabledFpu(): bool {
  return hasXfd;
}
