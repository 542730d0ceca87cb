// Where the kernel's image and its linear memory lie in their windows: another place at each start
//
// Both keep to one lowest page table, so that a start needs the same memory wherever they are: as many places for that table as
// its window has, and in it as many as it has pages to spare. Behind the linear memory's data the kernel maps windows of objects
// later: they end below 2 GiB, too, since all processors share only the tables that there are at the start. What cannot be moved,
// docs/security.md says.

import { KERNEL_IMAGE_BYTES, KERNEL_MEMORY_BASE, KERNEL_MEMORY_BYTES } from "../../abi/generated/bare/windows";
import { isLoaded, segment, segmentAddress, segmentCount, segmentMemoryBytes } from "../../bsl/src/elf";
import { relocations } from "../../bsl/src/elf-note";
import { PAGE_BYTES } from "./pages";
import { randomNumber } from "./platform";

/** What a lowest table maps. */
const TABLE_BYTES: u64 = 0x20_0000;
/** So many places a lowest table has: either has half a GiB, of which the image leaves the last table free. */
const IMAGE_TABLES: u64 = KERNEL_IMAGE_BYTES / TABLE_BYTES - 1;
const MEMORY_TABLES: u64 = (KERNEL_IMAGE_BYTES - KERNEL_MEMORY_BYTES) / TABLE_BYTES;

let imageSlide: u64 = 0;
let memorySlide: u64 = 0;

/** Chooses anew for a kernel's file; nothing moves where that has no relocations, or when it is not wanted. */
export function chooseSlides(file: u64, wanted: bool): void {
  const moves = wanted && relocations(file) !== 0;
  imageSlide = moves ? slideFor(file, false) : 0;
  memorySlide = moves ? slideFor(file, true) : 0;
}

/** How far what has such an address in the file is moved. */
export function slideOf(address: u64): u64 {
  return address < KERNEL_MEMORY_BASE ? imageSlide : memorySlide;
}

/** How far the image is moved, and how far the linear memory. */
export function imageSlideNow(): u64 {
  return imageSlide;
}
export function memorySlideNow(): u64 {
  return memorySlide;
}

/** A random one for the segments in one of the windows; 0 when they do not fit into a table. */
function slideFor(file: u64, ofMemory: bool): u64 {
  let low: u64 = 0xffff_ffff_ffff_ffff;
  let high: u64 = 0;
  for (let i: u32 = 0; i < segmentCount(file); i++) {
    const header = segment(file, i);
    if (!isLoaded(file, i) || segmentAddress(header) >= KERNEL_MEMORY_BASE !== ofMemory) continue;
    const end = segmentAddress(header) + segmentMemoryBytes(header);
    if (segmentAddress(header) < low) low = segmentAddress(header);
    if (end > high) high = end;
  }
  // Where it is in its table now, and how far it may be moved up there
  const room = TABLE_BYTES - (low % TABLE_BYTES);
  if (high <= low || high - low > room) return 0;
  const pages = (room - (high - low)) / PAGE_BYTES + 1;
  const random = randomNumber();
  return (random % (ofMemory ? MEMORY_TABLES : IMAGE_TABLES)) * TABLE_BYTES + ((random >> 32) % pages) * PAGE_BYTES;
}
