// ELF64 files in native memory: header, program headers and the thread-local storage's template
//
//     file ──►┌──────────────────┐
//             │ ELF header       │ 64 bytes
//             ├──────────────────┤◄── segment(file, 0)
//             │ program header 0 │ 56 bytes each
//             │ program header 1 │
//             └──────────────────┘
//               segments' bytes     at segmentOffset()
//
// Everything here trusts the file: checkKernel() or checkExtension() of elf-check.ts must have accepted it. Structures
// are those of the System V gABI, chapter 4 (ELF header) and chapter 5 (program header); x86-64's own values are in its
// psABI, chapter 4.

import { peek16, peek32, peek64 } from "./memory";

/** Bytes of the ELF header. */
export const ELF_HEADER_BYTES: u64 = 64;
/** Bytes of a program header. */
export const PROGRAM_HEADER_BYTES: u64 = 56;

/** Segment types (gABI, figure 5-2). */
export const PT_LOAD: u32 = 1;
export const PT_DYNAMIC: u32 = 2;
export const PT_INTERP: u32 = 3;
export const PT_NOTE: u32 = 4;
export const PT_TLS: u32 = 7;
export const PT_GNU_STACK: u32 = 0x6474_e551;

/** Segment flags (gABI, figure 5-3). */
export const PF_X: u32 = 1;
export const PF_W: u32 = 2;
export const PF_R: u32 = 4;

/** Where execution begins. */
export function entryPoint(file: u64): u64 {
  return peek64(file + 24);
}

/** How many program headers the file has, of all types. */
export function segmentCount(file: u64): u32 {
  return <u32>peek16(file + 56);
}

/** Address of program header `index`; the functions below take it. */
export function segment(file: u64, index: u32): u64 {
  return file + peek64(file + 32) + <u64>index * PROGRAM_HEADER_BYTES;
}

/** PT_*. */
export function segmentType(header: u64): u32 {
  return peek32(header);
}

/** PF_*. */
export function segmentFlags(header: u64): u32 {
  return peek32(header + 4);
}

/** Where its bytes begin in the file. */
export function segmentOffset(header: u64): u64 {
  return peek64(header + 8);
}

/** Its lowest virtual address. */
export function segmentAddress(header: u64): u64 {
  return peek64(header + 16);
}

/** How many bytes the file has for it. */
export function segmentFileBytes(header: u64): u64 {
  return peek64(header + 32);
}

/** How many bytes it takes in memory; those that the file does not have are zero. */
export function segmentMemoryBytes(header: u64): u64 {
  return peek64(header + 40);
}

/** Its alignment. */
export function segmentAlignment(header: u64): u64 {
  return peek64(header + 48);
}

/** Whether a loader has to map segment `index` and fill it. */
export function isLoaded(file: u64, index: u32): bool {
  const header = segment(file, index);
  if (segmentType(header) !== PT_LOAD || segmentMemoryBytes(header) === 0) return false;
  return !isTemplateOnly(file, index);
}

/** Program header of the thread-local storage's template, or 0. */
export function tlsSegment(file: u64): u64 {
  const count = segmentCount(file);
  for (let i: u32 = 0; i < count; i++) {
    const header = segment(file, i);
    if (segmentType(header) === PT_TLS) return header;
  }
  return 0;
}

/**
 * How far below the thread pointer the template begins (psABI, 3.5.6): its size, and so much more that it begins at
 * the offset from an aligned address that it has in the file. Linkers count thread-local addresses from there.
 */
export function tlsDistance(header: u64): u64 {
  const alignment = segmentAlignment(header);
  const bytes = segmentMemoryBytes(header);
  return alignment > 1 ? bytes + ((0 - segmentAddress(header) - bytes) & (alignment - 1)) : bytes;
}

/** Whether two segments have an address in common. */
export function segmentsOverlap(a: u64, b: u64): bool {
  const aStart = segmentAddress(a);
  const bStart = segmentAddress(b);
  const aBytes = segmentMemoryBytes(a);
  const bBytes = segmentMemoryBytes(b);
  return aBytes !== 0 && bBytes !== 0 && aStart < bStart + bBytes && bStart < aStart + aBytes;
}

/**
 * .tbss takes no addresses, so linkers put the next section where it begins; yet lld gives a PT_LOAD that ends in .tbss
 * its full size, and this PT_LOAD then lies across the next one. It has nothing to load that PT_TLS does not say, and
 * the other one counts. Alone at its place, a PT_LOAD is loaded even if it equals PT_TLS: it may be .bss behind an
 * empty template.
 */
function isTemplateOnly(file: u64, index: u32): bool {
  const tls = tlsSegment(file);
  const header = segment(file, index);
  if (tls === 0 || !equalsTemplate(header, tls)) return false;
  const count = segmentCount(file);
  for (let i: u32 = 0; i < count; i++) {
    const other = segment(file, i);
    if (i === index || segmentType(other) !== PT_LOAD || !segmentsOverlap(header, other)) continue;
    if (i > index || !equalsTemplate(other, tls)) return true;
  }
  return false;
}

/** Whether a segment has the address and sizes of the template. */
function equalsTemplate(header: u64, tls: u64): bool {
  return (
    segmentAddress(header) === segmentAddress(tls) &&
    segmentFileBytes(header) === segmentFileBytes(tls) &&
    segmentMemoryBytes(header) === segmentMemoryBytes(tls)
  );
}
