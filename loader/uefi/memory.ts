// Memory for the loader: pages that the operating system leaves alone (EfiRuntimeServicesData), and a list of the machine's

import { MOST_RAM_RANGES } from "../../abi/generated/bare/exchange";
import { nativeAddress, peek32, peek64 } from "../../bsl/src/memory";
import { allocate, bootService, free } from "./services";
import {
  ACPI_RECLAIM,
  BOOT_SERVICES_DATA,
  CONVENTIONAL,
  EFI_SUCCESS,
  GET_MEMORY_MAP,
  MEMORY_PAGES,
  MEMORY_PHYSICAL,
  MEMORY_TYPE,
  RUNTIME_SERVICES_DATA,
} from "./tables";

const PAGE_BYTES: u64 = 0x1000;
/** Room for a memory map. */
const MAP_PAGES: u64 = 16;
/** Beginnings and ends. */
const ranges: usize = memory.data(16 * 32, 8);
/** What GetMemoryMap() answers: size, key, size and version of a descriptor. */
const answers: usize = memory.data(32, 8);
let count: u32 = 0;

/** Takes pages for the hypervisor; contiguous ones at a multiple of their size. */
export function takePages(pages: u32, contiguous: bool): u64 {
  return allocate(RUNTIME_SERVICES_DATA, pages, contiguous ? pages : 1);
}

/** Takes pages for as long as this application runs. */
export function takeBriefly(bytes: u64): u64 {
  return allocate(BOOT_SERVICES_DATA, (bytes + PAGE_BYTES - 1) / PAGE_BYTES, 1);
}

export function giveBack(address: u64, bytes: u64): void {
  free(address, (bytes + PAGE_BYTES - 1) / PAGE_BYTES);
}

/** Lists what is no device's: all types up to EfiConventionalMemory, and ACPI's tables. Returns how many pieces there are. */
export function listMemory(): u32 {
  count = 0;
  const map = takeBriefly(MAP_PAGES * PAGE_BYTES);
  if (map === 0) return 0;
  store<u64>(answers, MAP_PAGES * PAGE_BYTES);
  const at = nativeAddress(<u32>answers);
  if (bootService(GET_MEMORY_MAP, at, map, at + 8, at + 16, at + 24) === EFI_SUCCESS) {
    const bytes = load<u64>(answers, 16);
    for (let entry = map; entry < map + load<u64>(answers); entry += bytes) addPiece(entry);
  }
  giveBack(map, MAP_PAGES * PAGE_BYTES);
  return count;
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
