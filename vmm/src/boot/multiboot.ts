// Kernels that begin by multiboot (Multiboot specification, version 0.6.96)

import { Block } from "../block.ts";
import { VmmError } from "../errors.ts";
import type { GuestMemory } from "../memory.ts";
import { isElf, loadSegments, readElf } from "./elf.ts";
import { highPlace, memoryMap, places } from "./memory-map.ts";
import { protectedMode, type StartState } from "./start-state.ts";

export interface MultibootImage {
  readonly kernel: Uint8Array;
  readonly modules?: readonly { readonly content: Uint8Array; readonly commandLine?: string }[];
  readonly commandLine?: string;
}

const HEADER_MAGIC = 0x1bad_b002;
const LOADER_MAGIC = 0x2bad_b002n;
/** The header begins in the file's first 8 KiB, at a multiple of 4. */
const SEARCHED_BYTES = 8192;
const HEADER_BYTES = 12;
/** Addresses in the header say where the file goes. */
const HAS_ADDRESSES = 1 << 16;
/** Requirements from bit 2 to 15 that a loader does not know are a reason to refuse: video is bit 2. */
const UNKNOWN_REQUIREMENTS = 0xfffc;

const INFO_MEMORY = 1 << 0;
const INFO_COMMAND_LINE = 1 << 2;
const INFO_MODULES = 1 << 3;
const INFO_MAP = 1 << 6;
const INFO_BYTES = 120;
const MODULE_BYTES = 16;
const RANGE_BYTES = 24;
const KIB = 1024n;
const LOWER_KIB = 639;
const STRING_STEP = 0x400;

const findHeader = (file: Uint8Array): number | undefined => {
  const block = new Block(file);
  const last = Math.min(SEARCHED_BYTES, file.length) - HEADER_BYTES;
  for (let at = 0; at <= last; at += 4) {
    if (block.get32(at) !== HEADER_MAGIC) continue;
    if ((block.get32(at) + block.get32(at + 4) + block.get32(at + 8)) % 2 ** 32 === 0) return at;
  }
  return undefined;
};

export const isMultiboot = (file: Uint8Array): boolean => findHeader(file) !== undefined;

/** Where the header's own addresses put a file that is no ELF file. */
const loadByAddresses = (memory: GuestMemory, file: Uint8Array, header: number): { entry: number; end: bigint } => {
  const block = new Block(file);
  const field = (index: number) => block.get32(header + HEADER_BYTES + 4 * index);
  const [headerAddress, loadAddress, loadEnd, bssEnd, entry] = [field(0), field(1), field(2), field(3), field(4)];
  const begin = header - (headerAddress - loadAddress);
  if (begin < 0 || loadAddress > headerAddress) throw new VmmError("The multiboot header's addresses fit no file.");
  const content = file.subarray(begin, loadEnd === 0 ? undefined : begin + loadEnd - loadAddress);
  const end = Math.max(bssEnd, loadAddress + content.length);
  const place = memory.bytes(loadAddress, end - loadAddress);
  place.fill(0);
  place.set(content);
  return { entry, end: BigInt(end) };
};

/** Puts kernel, modules and what they are told into the guest's memory; returns what to start with. */
export const loadMultiboot = (
  memory: GuestMemory,
  { kernel, modules = [], commandLine = "" }: MultibootImage,
): StartState => {
  const header = findHeader(kernel);
  if (header === undefined) throw new VmmError("The kernel has no multiboot header in its first 8 KiB.");
  const flags = new Block(kernel).get32(header + 4);
  if ((flags & UNKNOWN_REQUIREMENTS) !== 0) {
    throw new VmmError(`The kernel's multiboot header asks for what there is not: flags 0x${flags.toString(16)}.`);
  }
  const { entry, end } =
    (flags & HAS_ADDRESSES) !== 0 || !isElf(kernel)
      ? loadByAddresses(memory, kernel, header)
      : { entry: Number(readElf(kernel).entry), end: loadSegments(memory, readElf(kernel)) };

  const ranges = memoryMap(memory.end);
  const list = places.startInfo + INFO_BYTES;
  const map = list + modules.length * MODULE_BYTES;
  const info = new Block(
    memory.bytes(places.startInfo, INFO_BYTES + modules.length * MODULE_BYTES + ranges.length * RANGE_BYTES),
  );
  info.bytes.fill(0);
  info
    .set32(0, INFO_MEMORY | INFO_COMMAND_LINE | INFO_MODULES | INFO_MAP)
    .set32(4, LOWER_KIB)
    .set32(8, Number((memory.end - BigInt(places.image)) / KIB))
    .set32(16, places.commandLine)
    .set32(20, modules.length)
    .set32(24, list)
    .set32(44, ranges.length * RANGE_BYTES)
    .set32(48, map);
  memory.write(places.commandLine, Buffer.from(`${commandLine}\0`, "latin1"));

  let limit = memory.end;
  for (const [index, { content, commandLine: words = "" }] of modules.entries()) {
    limit = highPlace(limit, content.length);
    if (limit < end)
      throw new VmmError(`There is no room for module ${index} of ${content.length} bytes behind the kernel.`);
    memory.write(limit, content);
    const string = places.commandLine + STRING_STEP * (index + 1);
    memory.write(string, Buffer.from(`${words}\0`, "latin1"));
    const at = INFO_BYTES + index * MODULE_BYTES;
    info
      .set32(at, Number(limit))
      .set32(at + 4, Number(limit) + content.length)
      .set32(at + 8, string);
  }
  for (const [index, range] of ranges.entries()) {
    const at = map - places.startInfo + index * RANGE_BYTES;
    info
      .set32(at, RANGE_BYTES - 4)
      .set64(at + 4, range.address)
      .set64(at + 12, range.sizeBytes)
      .set32(at + 20, range.type);
  }
  return protectedMode(memory, entry, { rax: LOADER_MAGIC, rbx: BigInt(places.startInfo) });
};
