// A USB stick that starts the hypervisor; what the computer's own disk has boots inside

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { makeStick } from "../../src/image/stick.ts";
import { LinuxMachine } from "../../src/index.ts";

const folder = mkdtempSync(join(tmpdir(), "stick-"));
let linux: LinuxMachine | undefined;
afterEach(async () => {
  await linux?.close();
  rmSync(folder, { recursive: true });
});

it("starts the hypervisor, and the disk's Linux boots inside", async () => {
  const stick = join(folder, "stick.img");
  makeStick({ output: stick });
  linux = await LinuxMachine.boot({ machine: "uefi", stick });
  const { stdout } = await linux.run("bf-cpuid --leaf 0x40000000");
  expect(stdout).toContain('"ebx":"0x65726142"');
  expect(linux.serial()).toContain("\\EFI\\bareflank\\bareflank.json: read");
  expect(linux.serial()).toContain("the hypervisor runs on 1 processor");
});
