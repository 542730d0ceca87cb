// Names of functions

import { expect, it } from "vitest";
import { BuildError, demangle } from "../src/index.ts";
import { readSymbols } from "../src/symbols.ts";

it.each([
  ["w2c_kernel_kernel0x2Fsrc0x2Fvm0x2FcreateVm", "kernel/src/vm/createVm"],
  ["w2c_kernel_bsl0x2Fsrc0x2Fmemory0x2Fbuddy0x2FBuddyPool0x23freePages", "bsl/src/memory/buddy/BuddyPool#freePages"],
  ["w2c_kernel_bsl0x2Fsrc0x2Felf0x2Dnote0x2FfindNote.isra.0", "bsl/src/elf-note/findNote"],
  ["wrap_w2c_loader_start0x3Asrc0x2Fmain0x7Eanonymous0x7C0", "start:src/main~anonymous|0"],
  ["w2c_default_0x7Elib0x2Frt0x2Fstub0x2F_0x5Fnew", "~lib/rt/stub/__new"],
  ["kernel_entry", "kernel_entry"],
])("%s is %s", (symbol, name) => {
  expect(demangle(symbol)).toBe(name);
});

it("refuses what is no ELF file", () => {
  expect(() => readSymbols(new Uint8Array(10))).toThrow(BuildError);
});
