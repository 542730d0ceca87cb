// Kernels that a machine boots

import assert from "node:assert/strict";
import { test } from "node:test";
import { Machine } from "@bareflank/vmm";
import { elfFile, noteOf } from "../../unit/guest.ts";
import { MIB } from "../machines.ts";

/** mov eax, [ebx]; out f4h, eax: ends with the first word of what the loader left. */
const firstWord = Uint8Array.of(0x8b, 0x03, 0xe7, 0xf4);

const bootAndRun = async (kernel: Uint8Array) => {
  const machine = Machine.create({ memoryBytes: 4 * MIB });
  machine.boot({ kernel, commandLine: "words" });
  const { ending } = await machine.run();
  machine.close();
  return ending;
};

test("boots a kernel that begins by PVH", async () => {
  const entry = Uint8Array.of(0, 0, 0x10, 0);
  const kernel = elfFile(64, 0n, [
    { type: 1, address: 0x10_0000n, content: firstWord },
    { type: 4, address: 0n, content: noteOf("Xen", 18, entry) },
  ]);
  assert.deepEqual(await bootAndRun(kernel), { kind: "exitPort", value: 0x336e_c578 });
});

test("boots a kernel that begins by multiboot", async () => {
  const header = Uint8Array.of(0x02, 0xb0, 0xad, 0x1b, 0, 0, 0, 0, 0xfe, 0x4f, 0x52, 0xe4);
  const content = Uint8Array.of(...header, ...firstWord);
  const kernel = elfFile(32, 0x10_000cn, [{ type: 1, address: 0x10_0000n, content }]);
  assert.deepEqual(await bootAndRun(kernel), { kind: "exitPort", value: 0x4d });
});
