// Linux's own image (bzImage), by its 64-bit boot protocol (Linux: Documentation/arch/x86/boot.rst, zero-page.rst)

import { Block } from "../block.ts";
import { VmmError } from "../errors.ts";
import type { GuestMemory } from "../memory.ts";
import { highPlace, memoryMap, places } from "./memory-map.ts";
import { longMode, type StartState } from "./start-state.ts";

export interface LinuxImage {
  /** The file: vmlinuz. */
  readonly kernel: Uint8Array;
  readonly initrd?: Uint8Array;
  readonly commandLine?: string;
}

/** Fields of boot_params, of which the image's header is a part at the same offset. */
const E820_ENTRIES = 0x1e8;
const SETUP_SECTS = 0x1f1;
const BOOT_FLAG = 0x1fe;
const HEADER = 0x202;
const VERSION = 0x206;
const TYPE_OF_LOADER = 0x210;
const LOADFLAGS = 0x211;
const RAMDISK_IMAGE = 0x218;
const RAMDISK_SIZE = 0x21c;
const CMD_LINE_PTR = 0x228;
const INITRD_ADDR_MAX = 0x22c;
const XLOADFLAGS = 0x236;
const CMDLINE_SIZE = 0x238;
const PREF_ADDRESS = 0x258;
const INIT_SIZE = 0x260;
const E820_TABLE = 0x2d0;
const BOOT_PARAMS_BYTES = 0x1000;
const E820_BYTES = 20;

const SECTOR = 512;
/** How long the header is: a byte says so behind its jump instruction. */
const HEADER_LENGTH = 0x201;
const DEFAULT_SETUP_SECTS = 4;
const BOOT_FLAG_VALUE = 0xaa55;
const HEADER_MAGIC = 0x5372_6448;
/** 2.12 has xloadflags. */
const OLDEST_VERSION = 0x20c;
const XLF_KERNEL_64 = 1;
const LOADED_HIGH = 1;
const UNNAMED_LOADER = 0xff;
const ENTRY_64 = 0x200n;

/** Whether a file is such an image. */
export const isLinuxImage = (file: Uint8Array): boolean => {
  if (file.length < VERSION + 2) return false;
  const header = new Block(file);
  return header.get16(BOOT_FLAG) === BOOT_FLAG_VALUE && header.get32(HEADER) === HEADER_MAGIC;
};

const checkedHeader = (kernel: Uint8Array): Block => {
  if (!isLinuxImage(kernel)) {
    throw new VmmError("The kernel is no bzImage: there is no Linux header in its first sectors. vmlinux goes by PVH.");
  }
  const header = new Block(kernel);
  const version = header.get16(VERSION);
  if (version < OLDEST_VERSION || (header.get16(XLOADFLAGS) & XLF_KERNEL_64) === 0) {
    const spelled = `${version >> 8}.${version & 0xff}`;
    throw new VmmError(
      `The kernel has no 64-bit entry (boot protocol ${spelled}): it must be of 64 bits, and from Linux 3.8 on.`,
    );
  }
  return header;
};

/** Puts kernel, initial file system and what Linux is told into the guest's memory; returns what to start with. */
export const loadLinux = (memory: GuestMemory, { kernel, initrd, commandLine = "" }: LinuxImage): StartState => {
  const header = checkedHeader(kernel);
  const end = memory.end;
  const setup = (header.get8(SETUP_SECTS) || DEFAULT_SETUP_SECTS) + 1;
  const body = kernel.subarray(setup * SECTOR);
  const address = header.get64(PREF_ADDRESS);
  const needed = address + BigInt(header.get32(INIT_SIZE));
  if (needed > end) {
    throw new VmmError(
      `The kernel needs memory up to ${needed / 1024n ** 2n + 1n} MiB, and the guest has ${end / 1024n ** 2n} MiB.`,
    );
  }
  memory.write(address, body);

  const params = new Block(memory.bytes(places.bootParams, BOOT_PARAMS_BYTES));
  params.bytes.fill(0);
  const headerEnd = HEADER + header.get8(HEADER_LENGTH);
  params.bytes.set(kernel.subarray(SETUP_SECTS, headerEnd), SETUP_SECTS);
  params.set8(TYPE_OF_LOADER, UNNAMED_LOADER).set8(LOADFLAGS, header.get8(LOADFLAGS) | LOADED_HIGH);

  const words = Buffer.from(`${commandLine}\0`, "latin1");
  if (words.length > header.get32(CMDLINE_SIZE) + 1) {
    throw new VmmError(
      `The command line has ${words.length - 1} characters, and the kernel takes ${header.get32(CMDLINE_SIZE)}.`,
    );
  }
  memory.write(places.commandLine, words);
  params.set32(CMD_LINE_PTR, places.commandLine);

  if (initrd !== undefined) {
    const most = BigInt(header.get32(INITRD_ADDR_MAX)) + 1n;
    const place = highPlace(most < end ? most : end, initrd.length);
    if (place < needed) {
      throw new VmmError(
        `There is no room for ${initrd.length} bytes of initial file system behind the kernel: give the guest more memory.`,
      );
    }
    memory.write(place, initrd);
    params.set32(RAMDISK_IMAGE, Number(place)).set32(RAMDISK_SIZE, initrd.length);
  }

  const ranges = memoryMap(end);
  params.set8(E820_ENTRIES, ranges.length);
  for (const [index, range] of ranges.entries()) {
    const at = E820_TABLE + index * E820_BYTES;
    params
      .set64(at, range.address)
      .set64(at + 8, range.sizeBytes)
      .set32(at + 16, range.type);
  }
  return longMode(memory, address + ENTRY_64, { rsi: BigInt(places.bootParams) });
};
