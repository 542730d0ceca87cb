// The linear memory that a TypeScript extension asks for: the descriptor of its ELF note (abi: ExtensionMemory)
//
//     EXT_MEMORY_BASE                                                                        + 4 GiB
//     ├── unmapped ──┼── initialPages, mapped ──┼── up to maximumPages, on demand ──┼── unmapped ──┤
//                 dataOffset

import {
  EXT_MEMORY_COLLECTED,
  EXT_MEMORY_PER_PP,
  EXTENSION_MEMORY_BYTES,
  EXTENSION_MEMORY_DATA_OFFSET,
  EXTENSION_MEMORY_FLAGS,
  EXTENSION_MEMORY_INITIAL_PAGES,
  EXTENSION_MEMORY_MAXIMUM_PAGES,
  EXTENSION_MEMORY_RESERVED,
  EXTENSION_MEMORY_VERSION,
} from "../../abi/generated/bare/boot";
import { isAligned } from "./bits";
import { peek32 } from "./memory";

/** The only version of the descriptor. */
const VERSION: u32 = 1;
const PAGE_BYTES: u64 = 0x1000;
/** Null references read offset 0, so the memory's start stays unmapped. */
const MIN_DATA_OFFSET: u32 = 0x1_0000;
/** A wasm module's addresses have 32 bits. */
const MAX_MEMORY_BYTES: u64 = 0x1_0000_0000;

/** EXT_MEMORY_*. */
export function extensionMemoryFlags(descriptor: u64): u32 {
  return peek32(descriptor + <u64>EXTENSION_MEMORY_FLAGS);
}

/** 4 KiB pages that are mapped at start. */
export function extensionMemoryInitialPages(descriptor: u64): u32 {
  return peek32(descriptor + <u64>EXTENSION_MEMORY_INITIAL_PAGES);
}

/** Most 4 KiB pages that it may grow to. */
export function extensionMemoryMaximumPages(descriptor: u64): u32 {
  return peek32(descriptor + <u64>EXTENSION_MEMORY_MAXIMUM_PAGES);
}

/** Offset of the first mapped byte from EXT_MEMORY_BASE. */
export function extensionMemoryDataOffset(descriptor: u64): u32 {
  return peek32(descriptor + <u64>EXTENSION_MEMORY_DATA_OFFSET);
}

/** Whether a descriptor of `bytes` bytes is of a known version and asks for what can be given. */
export function isExtensionMemoryValid(descriptor: u64, bytes: u32): bool {
  if (bytes !== EXTENSION_MEMORY_BYTES || peek32(descriptor + <u64>EXTENSION_MEMORY_VERSION) !== VERSION) return false;
  if (peek32(descriptor + <u64>EXTENSION_MEMORY_RESERVED) !== 0) return false;
  if ((extensionMemoryFlags(descriptor) & ~(EXT_MEMORY_PER_PP | EXT_MEMORY_COLLECTED)) !== 0) return false;

  const dataOffset = extensionMemoryDataOffset(descriptor);
  if (dataOffset < MIN_DATA_OFFSET || !isAligned(<u64>dataOffset, PAGE_BYTES)) return false;
  const maximumPages = extensionMemoryMaximumPages(descriptor);
  if (extensionMemoryInitialPages(descriptor) > maximumPages) return false;
  return <u64>dataOffset + <u64>maximumPages * PAGE_BYTES <= MAX_MEMORY_BYTES;
}
