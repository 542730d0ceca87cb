// As many objects as 16 bits can name: an extension of version 2 makes them all, on the processor's own page tables

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { INVALID_ID, MAX_EXTENSIONS } from "@bareflank/abi";
import { describe, expect, it } from "vitest";
import { assemble } from "./assemble.ts";
import { expectLimit } from "./limits.ts";
import { run } from "./run.ts";

const ENOUGH_MEMORY = `least=${24 * 1024 * 1024}`;

describe.each([
  ["VMs", "nop", "VM_CREATE", "VM_DESTROY", INVALID_ID - 1, ""],
  ["VPs", "mov esi, BF_ROOT_VMID", "VP_CREATE", "VP_DESTROY", INVALID_ID, ""],
  // Where their windows begin in the middle of a table
  ["VMs elsewhere", "nop", "VM_CREATE", "VM_DESTROY", INVALID_ID - 1, ` slide=${300n << 32n}`],
])("of %s", (_, registers, create, destroy, most, place) => {
  it("there are 65,535, one more is refused, and all pages come back", async () => {
    await expectLimit({ create, destroy, registers, most }, { append: ENOUGH_MEMORY + place });
  });
});

it("loads 64 extensions, all but one of which are services", async () => {
  const owner = assemble({ version2: true });
  const service = assemble({ version2: true, bootstrap: "CALL(CONTROL_WAIT)", without: ["vmexit"] });
  const folder = mkdtempSync(join(tmpdir(), "bareflank-extensions-"));
  try {
    const manifest = join(folder, "many.json");
    const extensions = Array.from({ length: MAX_EXTENSIONS }, (_, id) => ({
      file: id === 0 ? owner : service,
      name: `extension-${id}`,
    }));
    writeFileSync(manifest, JSON.stringify({ extensions }));
    const { output, ...result } = await run([], { cpuids: 10, manifest, append: "least=0" });
    expect(result).toMatchObject({ kind: "exit", exitCode: 0, worked: [0] });
    expect(output).toContain("bare: stopped, registers as before");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
