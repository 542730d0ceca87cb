// Memory for the loader: pages that the operating system leaves alone (EfiRuntimeServicesData), and a list of the machine's

import { MOST_RAM_RANGES } from "../../abi/generated/bare/exchange";
import { nativeAddress, peek32, peek64 } from "../../bsl/src/memory";
import { hold, letGo } from "./held";
import { allocate, bootService, free } from "./services";
import {
  ACPI_NVS,
  ACPI_RECLAIM,
  BOOT_SERVICES_DATA,
  CONVENTIONAL,
  EFI_SUCCESS,
  GET_MEMORY_MAP,
  MEMORY_PAGES,
  MEMORY_PHYSICAL,
  MEMORY_TYPE,
  RUNTIME_SERVICES_DATA,
  UNUSABLE,
} from "./tables";

const PAGE_BYTES: u64 = 0x1000;
/** Room for a memory map. */
const MAP_PAGES: u64 = 16;
/** Beginnings and ends. */
const ranges: usize = memory.data(16 * 32, 8);
/** What GetMemoryMap() answers: size, key, size and version of a descriptor. */
const answers: usize = memory.data(32, 8);
let count: u32 = 0;
/** The firmware's map while it is open. */
let map: u64 = 0;
let mapEnd: u64 = 0;

/** Takes pages for the hypervisor; contiguous ones at a multiple of their size. */
export function takePages(pages: u32, contiguous: bool): u64 {
  const address = allocate(RUNTIME_SERVICES_DATA, pages, contiguous ? pages : 1);
  if (address === 0 || hold(address, <u64>pages * PAGE_BYTES)) return address;
  free(address, pages);
  return 0;
}

/** Takes pages for as long as this application runs. */
export function takeBriefly(bytes: u64): u64 {
  return allocate(BOOT_SERVICES_DATA, (bytes + PAGE_BYTES - 1) / PAGE_BYTES, 1);
}

export function giveBack(address: u64, bytes: u64): void {
  letGo(address);
  free(address, (bytes + PAGE_BYTES - 1) / PAGE_BYTES);
}

/** Has the firmware write its map of memory; closeMap() gives its place back. */
function openMap(): void {
  map = takeBriefly(MAP_PAGES * PAGE_BYTES);
  store<u64>(answers, MAP_PAGES * PAGE_BYTES);
  const at = nativeAddress(<u32>answers);
  const isWritten = map !== 0 && bootService(GET_MEMORY_MAP, at, map, at + 8, at + 16, at + 24) === EFI_SUCCESS;
  mapEnd = isWritten ? map + load<u64>(answers) : map;
}

function closeMap(): void {
  if (map !== 0) giveBack(map, MAP_PAGES * PAGE_BYTES);
}

/** From one entry of the map to the next. */
function entryBytes(): u64 {
  return load<u64>(answers, 16);
}

/** Lists what is no device's: all types up to EfiConventionalMemory, and ACPI's tables. Returns how many pieces there are. */
export function listMemory(): u32 {
  count = 0;
  openMap();
  for (let entry = map; entry < mapEnd; entry += entryBytes()) addPiece(entry);
  closeMap();
  return count;
}

/** Where memory that begins at an address ends, of whatever type, but no device's; the address itself: there is none. */
export function endOfMemory(address: u64): u64 {
  openMap();
  let end = address;
  let before = end;
  do {
    before = end;
    for (let entry = map; entry < mapEnd; entry += entryBytes()) {
      const type = peek32(entry + MEMORY_TYPE);
      if (type > ACPI_NVS || type === UNUSABLE) continue;
      const base = peek64(entry + MEMORY_PHYSICAL);
      const last = base + peek64(entry + MEMORY_PAGES) * PAGE_BYTES;
      if (base <= end && end < last) end = last;
    }
  } while (end !== before);
  closeMap();
  return end;
}

/** The map is in ascending order, or what touches is not joined. */
function addPiece(entry: u64): void {
  const type = peek32(entry + MEMORY_TYPE);
  if (type === 0 || (type > CONVENTIONAL && type !== ACPI_RECLAIM)) return;
  const base = peek64(entry + MEMORY_PHYSICAL);
  const end = base + peek64(entry + MEMORY_PAGES) * PAGE_BYTES;
  const last = ranges + 16 * (count - 1);
  if (count !== 0 && load<u64>(last, 8) === base) {
    store<u64>(last, end, 8);
  } else if (count < MOST_RAM_RANGES) {
    store<u64>(ranges + 16 * count, base);
    store<u64>(ranges + 16 * count, end, 8);
    count++;
  }
}

export function pieceBase(index: u32): u64 {
  return load<u64>(ranges + 16 * index);
}
export function pieceEnd(index: u32): u64 {
  return load<u64>(ranges + 16 * index, 8);
}
