// How much memory a start takes: enough for kernel and extensions to begin with, and little more
//
// What an extension of version 2 wants later comes while it runs (loans.ts). One that knows version 1 only gets no more
// than it begins with.

import { EXT_MEMORY_PER_PP } from "../../abi/generated/bare/boot";
import { SPEC_VERSION_2 } from "../../abi/generated/bare/syscalls";
import { extensionMemory, extensionVersions } from "../../bsl/src/elf-note";
import { extensionMemoryFlags, extensionMemoryInitialPages } from "../../bsl/src/extension-memory";
import { extensionCount, fileAddress, fileBytes } from "./files";
import {
  FILE_COPIES,
  START_BYTES,
  START_CPU_BYTES,
  START_CPU_EXTENSION_BYTES,
  START_EXTENSION_BYTES,
  START_FILE_BYTES,
  START_ISOLATED_BYTES,
  START_VERSION_1_BYTES,
} from "./limits";
import { PAGE_BYTES } from "./pages";

/** Bytes that a start takes altogether, for the loaded files on so many processors, with the microkernel isolated or not. */
export function startNeed(processors: u32, isolates: bool): u64 {
  let files: u64 = fileBytes(0);
  let own: u64 = 0;
  let isOld: bool = false;
  for (let i: u32 = 1; i <= extensionCount(); i++) {
    files += fileBytes(i);
    own += ownMemory(fileAddress(i), processors);
    if ((extensionVersions(fileAddress(i)) & SPEC_VERSION_2) === 0) isOld = true;
  }
  const beyond = files > START_FILE_BYTES ? FILE_COPIES * (files - START_FILE_BYTES) : 0;
  const each = START_EXTENSION_BYTES + <u64>processors * START_CPU_EXTENSION_BYTES;
  const base = START_BYTES + (isOld ? START_VERSION_1_BYTES : 0);
  if (isolates) own += <u64>processors * extensionCount() * START_ISOLATED_BYTES;
  return base + <u64>processors * START_CPU_BYTES + <u64>(extensionCount() - 1) * each + beyond + own;
}

/** Linear memory that an extension begins with, on all processors. */
function ownMemory(file: u64, processors: u32): u64 {
  const descriptor = extensionMemory(file);
  if (descriptor === 0) return 0;
  const bytes = <u64>extensionMemoryInitialPages(descriptor) * PAGE_BYTES;
  return (extensionMemoryFlags(descriptor) & EXT_MEMORY_PER_PP) !== 0 ? bytes * processors : bytes;
}
