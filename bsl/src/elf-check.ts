// What an ELF file must be before anybody loads it: the same rules in the loader, in the kernel and in bfm
//
// Accepted are statically linked ELF64 executables for x86-64 at fixed addresses. A loadable segment begins at a page,
// so no two of them share one; it is not writable and executable at once; it lies in its window, whole. Segments of no
// bytes in memory are ignored, and so are sections, symbols and unknown segment types. A segment's place in the file is
// free, because loaders copy.
//
// Nothing is read before it is known to lie in the file, and no loop is longer than the file.

import {
  NOTE_EXTENSION_MEMORY,
  NOTE_EXTENSION_VERSIONS,
  NOTE_KERNEL,
  NOTE_RELOCATIONS,
  RELOCATIONS_BYTES,
  RELOCATIONS_COUNT,
  RELOCATIONS_OFFSET,
} from "../../abi/generated/bare/boot";
import {
  ELF_ABI,
  ELF_CLASS,
  ELF_ENDIANNESS,
  ELF_ENTRY,
  ELF_MACHINE,
  ELF_MAGIC,
  ELF_NO_KERNEL_NOTE,
  ELF_NO_SEGMENTS,
  ELF_NOTE,
  ELF_OK,
  ELF_PROGRAM_HEADERS,
  ELF_SEGMENT_ALIGNMENT,
  ELF_SEGMENT_OVERLAP,
  ELF_SEGMENT_SIZE,
  ELF_SEGMENT_WINDOW,
  ELF_SEGMENT_WX,
  ELF_STACK_EXECUTABLE,
  ELF_TLS,
  ELF_TOO_LARGE,
  ELF_TOO_SMALL,
  ELF_TRUNCATED,
  ELF_TYPE,
} from "../../abi/generated/bare/driver";
import {
  EXT_CODE_BASE,
  EXT_CODE_BYTES,
  KERNEL_IMAGE_BASE,
  KERNEL_IMAGE_BYTES,
  KERNEL_MEMORY_BASE,
  MODULE_MEMORY_WINDOW,
} from "../../abi/generated/bare/windows";
import { isAligned, isPowerOfTwo } from "./bits";
import {
  ELF_HEADER_BYTES,
  entryPoint,
  isLoaded,
  PF_W,
  PF_X,
  PROGRAM_HEADER_BYTES,
  PT_DYNAMIC,
  PT_GNU_STACK,
  PT_INTERP,
  PT_LOAD,
  PT_NOTE,
  PT_TLS,
  segment,
  segmentAddress,
  segmentAlignment,
  segmentCount,
  segmentFileBytes,
  segmentFlags,
  segmentMemoryBytes,
  segmentOffset,
  segmentsOverlap,
  segmentType,
  tlsDistance,
} from "./elf";
import { findNote, noteBytes, noteDescriptor, notesAreIntact, OWNER_BAREFLANK } from "./elf-note";
import { isExtensionMemoryValid } from "./extension-memory";
import { peek8, peek16, peek32, peek64 } from "./memory";

export { kernelVersion } from "./elf-note";

/** Largest file that is looked at. */
const ELF_MAX_BYTES: u64 = EXT_CODE_BYTES;
/** Most program headers; a real file has about six. */
const ELF_MAX_SEGMENTS: u32 = 64;

const PAGE_BYTES: u64 = 0x1000;
/** "\x7fELF", little endian. */
const MAGIC: u32 = 0x464c_457f;
const CLASS_64: u8 = 2;
const LITTLE_ENDIAN: u8 = 1;
const ABI_SYSTEM_V: u8 = 0;
const VERSION_CURRENT: u32 = 1;
const TYPE_EXECUTABLE: u16 = 2;
const MACHINE_X86_64: u16 = 62;

/** Checks a kernel image of `bytes` bytes at native address `file`: ELF_*. Its BOOT_VERSION is kernelVersion(). */
export function checkKernel(file: u64, bytes: u64): u32 {
  const error = checkStructure(file, bytes);
  if (error !== ELF_OK) return error;
  const note = findNote(file, OWNER_BAREFLANK, NOTE_KERNEL);
  if (note === 0) return ELF_NO_KERNEL_NOTE;
  if (noteBytes(note) !== 8 || !areRelocationsInside(file, bytes)) return ELF_NOTE;
  return checkSegments(file, true);
}

/** Whether the table of relocations, if there is one, lies in the file. What it says is checked when it is used. */
function areRelocationsInside(file: u64, bytes: u64): bool {
  const note = findNote(file, OWNER_BAREFLANK, NOTE_RELOCATIONS);
  if (note === 0) return true;
  if (noteBytes(note) !== RELOCATIONS_BYTES) return false;
  const table = noteDescriptor(note);
  return <u64>peek32(table + RELOCATIONS_OFFSET) + 2 * <u64>peek32(table + RELOCATIONS_COUNT) <= bytes;
}

/** Checks an extension of `bytes` bytes at native address `file`: ELF_*. */
export function checkExtension(file: u64, bytes: u64): u32 {
  const error = checkStructure(file, bytes);
  if (error !== ELF_OK) return error;
  const note = findNote(file, OWNER_BAREFLANK, NOTE_EXTENSION_MEMORY);
  if (note !== 0 && !isExtensionMemoryValid(noteDescriptor(note), noteBytes(note))) return ELF_NOTE;
  const versions = findNote(file, OWNER_BAREFLANK, NOTE_EXTENSION_VERSIONS);
  if (versions !== 0 && noteBytes(versions) !== 4) return ELF_NOTE;
  return checkSegments(file, false);
}

/** What both kinds have in common, up to where everything that the headers point to is known to lie in the file. */
function checkStructure(file: u64, bytes: u64): u32 {
  const error = checkHeader(file, bytes);
  if (error !== ELF_OK) return error;
  let tlsCount: u32 = 0;
  const count = segmentCount(file);
  for (let i: u32 = 0; i < count; i++) {
    const header = segment(file, i);
    const type = segmentType(header);
    if (type === PT_INTERP || type === PT_DYNAMIC) return ELF_TYPE;
    if (type === PT_GNU_STACK && (segmentFlags(header) & PF_X) !== 0) return ELF_STACK_EXECUTABLE;
    if (type !== PT_LOAD && type !== PT_NOTE && type !== PT_TLS) continue;
    if (!fits(segmentOffset(header), segmentFileBytes(header), bytes)) return ELF_TRUNCATED;
    if (type === PT_NOTE && !notesAreIntact(file, header)) return ELF_NOTE;
    if (type === PT_TLS && (++tlsCount > 1 || !isTlsValid(header))) return ELF_TLS;
  }
  return ELF_OK;
}

/** The ELF header, and where the program headers lie. */
function checkHeader(file: u64, bytes: u64): u32 {
  if (bytes >= 4 && peek32(file) !== MAGIC) return ELF_MAGIC;
  if (bytes < ELF_HEADER_BYTES) return ELF_TOO_SMALL;
  if (bytes > ELF_MAX_BYTES) return ELF_TOO_LARGE;
  if (peek8(file + 4) !== CLASS_64) return ELF_CLASS;
  if (peek8(file + 5) !== LITTLE_ENDIAN) return ELF_ENDIANNESS;
  if (<u32>peek8(file + 6) !== VERSION_CURRENT || peek32(file + 20) !== VERSION_CURRENT) return ELF_ABI;
  if (peek8(file + 7) !== ABI_SYSTEM_V || peek8(file + 8) !== 0) return ELF_ABI;
  if (peek16(file + 16) !== TYPE_EXECUTABLE) return ELF_TYPE;
  if (peek16(file + 18) !== MACHINE_X86_64) return ELF_MACHINE;

  const count = segmentCount(file);
  if (count === 0 || count > ELF_MAX_SEGMENTS || <u64>peek16(file + 54) !== PROGRAM_HEADER_BYTES) {
    return ELF_PROGRAM_HEADERS;
  }
  return fits(peek64(file + 32), <u64>count * PROGRAM_HEADER_BYTES, bytes) ? ELF_OK : ELF_PROGRAM_HEADERS;
}

/** Each PT_LOAD by itself and with those before it, then the entry point. */
function checkSegments(file: u64, isKernel: bool): u32 {
  let loaded: u32 = 0;
  let hasEntry = false;
  const count = segmentCount(file);
  for (let i: u32 = 0; i < count; i++) {
    const header = segment(file, i);
    if (segmentType(header) !== PT_LOAD) continue;
    const fileBytes = segmentFileBytes(header);
    const memoryBytes = segmentMemoryBytes(header);
    const address = segmentAddress(header);
    if (fileBytes > memoryBytes || address + memoryBytes < address) return ELF_SEGMENT_SIZE;
    if (!isLoaded(file, i)) continue;
    const error = checkPlacement(header, isKernel);
    if (error !== ELF_OK) return error;
    if (overlapsEarlier(file, i)) return ELF_SEGMENT_OVERLAP;
    const isExecutable = (segmentFlags(header) & PF_X) !== 0;
    if (isExecutable && contains(address, fileBytes, entryPoint(file), 1)) hasEntry = true;
    loaded++;
  }
  if (loaded === 0) return ELF_NO_SEGMENTS;
  return hasEntry ? ELF_OK : ELF_ENTRY;
}

/** Alignment, permissions and window of a segment that will be loaded. */
function checkPlacement(header: u64, isKernel: bool): u32 {
  const address = segmentAddress(header);
  if (segmentAlignment(header) !== PAGE_BYTES || !isAligned(address, PAGE_BYTES)) return ELF_SEGMENT_ALIGNMENT;
  if ((segmentFlags(header) & (PF_W | PF_X)) === (PF_W | PF_X)) return ELF_SEGMENT_WX;
  const bytes = segmentMemoryBytes(header);
  const isInside = isKernel
    ? contains(KERNEL_IMAGE_BASE, KERNEL_IMAGE_BYTES, address, bytes) ||
      contains(KERNEL_MEMORY_BASE, MODULE_MEMORY_WINDOW, address, bytes)
    : contains(EXT_CODE_BASE, EXT_CODE_BYTES, address, bytes);
  return isInside ? ELF_OK : ELF_SEGMENT_WINDOW;
}

function overlapsEarlier(file: u64, index: u32): bool {
  for (let i: u32 = 0; i < index; i++) {
    if (isLoaded(file, i) && segmentsOverlap(segment(file, i), segment(file, index))) return true;
  }
  return false;
}

/** The template with its alignment fits into the TLS data page and holds no code. */
function isTlsValid(header: u64): bool {
  const alignment = segmentAlignment(header);
  const memoryBytes = segmentMemoryBytes(header);
  if ((segmentFlags(header) & PF_X) !== 0 || segmentFileBytes(header) > memoryBytes) return false;
  if (alignment > PAGE_BYTES || (alignment !== 0 && !isPowerOfTwo(alignment))) return false;
  return memoryBytes <= PAGE_BYTES && tlsDistance(header) <= PAGE_BYTES;
}

/** Whether `size` bytes at `offset` lie within the first `limit` bytes. */
function fits(offset: u64, size: u64, limit: u64): bool {
  return size <= limit && offset <= limit - size;
}

/** Whether the area lies within the window; neither wraps around. */
function contains(windowBase: u64, windowBytes: u64, address: u64, size: u64): bool {
  return address >= windowBase && fits(address - windowBase, size, windowBytes);
}
