// Memory above the boot image: a stack of blocks. The loader gives back what it took last first.

import { RUN_STEP_BYTES } from "../../abi/generated/bare/exchange";
import { imageEnd } from "./board";
import { fileCount, fileEnd, memoryEnd } from "./multiboot";

const PAGE_BYTES: u64 = 0x1000;
/** For take(): loader/src/pages.ts. */
const RUN: u32 = 3;

let top: u64 = 0;
let end: u64 = 0;

/** Begins behind the image and the files. */
export function openMemory(): void {
  top = imageEnd();
  for (let i: u32 = 0; i < fileCount(); i++) if (fileEnd(i) > top) top = fileEnd(i);
  // The boot loader's tables may lie behind the last file.
  top = (top + 0x1_0000 + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1);
  end = memoryEnd();
}

/** Takes pages; aligned to their size when they are to be contiguous, as Linux's page allocator does, and runs as they must be. */
export function take(pages: u32, contiguous: u32): u64 {
  const bytes = <u64>pages * PAGE_BYTES;
  const alignment = contiguous === 0 ? PAGE_BYTES : contiguous === RUN ? RUN_STEP_BYTES : bytes;
  const address = (top + alignment - 1) & ~(alignment - 1);
  if (address + bytes > end) return 0;
  top = address + bytes;
  return address;
}

/** Gives pages back; blocks that are not the newest are lost until those above them are back. */
export function give(address: u64, pages: u32): void {
  if (address + <u64>pages * PAGE_BYTES === top) top = address;
}
