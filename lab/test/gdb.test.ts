// What GDB is told of a machine's symbols

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { gdbCommand } from "../src/gdb.ts";
import { products, repository } from "../src/paths.ts";

const folder = mkdtempSync(join(tmpdir(), "bf-gdb-"));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string): string => {
  writeFileSync(join(folder, name), "");
  return join(folder, name);
};

it("reads the symbols of the microkernel and of each extension, those beside a stripped one first", () => {
  const stripped = file("first.elf");
  const symbols = file("first.debug.elf");
  const whole = file("second.elf");
  expect(gdbCommand(4000, [stripped, whole, file("notes.txt"), join(folder, "missing.elf")])).toBe(
    `gdb -ex 'directory ${repository}' -ex 'add-symbol-file ${symbols}' -ex 'add-symbol-file ${whole}' -ex 'target remote localhost:4000' ${products.kernelSymbols}`,
  );
  expect(gdbCommand(1234)).toBe(
    `gdb -ex 'directory ${repository}' -ex 'target remote localhost:1234' ${products.kernelSymbols}`,
  );
});
