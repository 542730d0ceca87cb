// Kernels that begin by PVH: a note names their 32-bit entry (Xen: public/arch-x86/hvm/start_info.h, elfnote.h)

import { Block, numberFrom } from "../block.ts";
import { VmmError } from "../errors.ts";
import type { GuestMemory } from "../memory.ts";
import { findNote, loadSegments, readElf } from "./elf.ts";
import { highPlace, memoryMap, places } from "./memory-map.ts";
import { protectedMode, type StartState } from "./start-state.ts";

export interface PvhImage {
  /** The ELF file. */
  readonly kernel: Uint8Array;
  /** A file for it: Linux's initial file system. */
  readonly module?: Uint8Array;
  readonly commandLine?: string;
}

const NOTE_OWNER = "Xen";
const NOTE_PHYS32_ENTRY = 18;

const MAGIC = 0x336e_c578;
const VERSION = 1;
/** Fields of hvm_start_info and of what it leads to. */
const START_INFO_BYTES = 56;
const MODULE_BYTES = 32;
const RANGE_BYTES = 24;

/** The entry that the note names; undefined: there is none. */
export const pvhEntry = (kernel: Uint8Array): number | undefined => {
  const note = findNote(readElf(kernel), NOTE_OWNER, NOTE_PHYS32_ENTRY);
  return note === undefined ? undefined : Number(numberFrom(note.subarray(0, 4)));
};

/** Puts the kernel and what it is told into the guest's memory; returns what to start with. */
export const loadPvh = (memory: GuestMemory, { kernel, module, commandLine = "" }: PvhImage): StartState => {
  const entry = pvhEntry(kernel);
  if (entry === undefined) {
    throw new VmmError("The kernel does not begin by PVH: its ELF file has no note of owner Xen and type 18.");
  }
  const end = loadSegments(memory, readElf(kernel));
  memory.write(places.commandLine, Buffer.from(`${commandLine}\0`, "latin1"));

  const moduleList = places.startInfo + START_INFO_BYTES;
  const map = moduleList + MODULE_BYTES;
  const ranges = memoryMap(memory.end);
  const info = new Block(memory.bytes(places.startInfo, START_INFO_BYTES + MODULE_BYTES + ranges.length * RANGE_BYTES));
  info.bytes.fill(0);
  info
    .set32(0, MAGIC)
    .set32(4, VERSION)
    .set32(12, module === undefined ? 0 : 1)
    .set64(16, BigInt(moduleList))
    .set64(24, BigInt(places.commandLine))
    .set64(40, BigInt(map))
    .set32(48, ranges.length);
  if (module !== undefined) {
    const place = highPlace(memory.end, module.length);
    if (place < end) throw new VmmError(`There is no room for a module of ${module.length} bytes behind the kernel.`);
    memory.write(place, module);
    info.set64(START_INFO_BYTES, place).set64(START_INFO_BYTES + 8, BigInt(module.length));
  }
  for (const [index, range] of ranges.entries()) {
    const at = START_INFO_BYTES + MODULE_BYTES + index * RANGE_BYTES;
    info
      .set64(at, range.address)
      .set64(at + 8, range.sizeBytes)
      .set32(at + 16, range.type);
  }
  return protectedMode(memory, entry, { rbx: BigInt(places.startInfo) });
};
