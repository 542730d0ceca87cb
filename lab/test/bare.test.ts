import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bareExitCode, runBare } from "../src/bare.ts";
import { debugExitValue } from "../src/emulator/qemu.ts";

describe("debugExitValue", () => {
  it.each([
    [3, 1],
    [33, 16],
    [255, 127],
  ])("finds in QEMU's exit code %d the guest's %d", (exitCode, value) => {
    expect(debugExitValue(exitCode)).toBe(value);
  });

  it.each([0, 1, 2, null])("finds nothing in %j, which is QEMU's own", (exitCode) => {
    expect(debugExitValue(exitCode)).toBeUndefined();
  });
});

describe("bareExitCode", () => {
  it("is 0 for the value that says that all went well, and the value itself for all others", () => {
    expect(bareExitCode(16)).toBe(0);
    expect(bareExitCode(17)).toBe(17);
  });
});

describe("runBare", () => {
  it("names a file that is not there", async () => {
    const missing = runBare({ extensions: ["/nowhere/x.elf"], image: "/proc/self/exe", kernel: "/proc/self/exe" });
    await expect(missing).rejects.toThrow("/nowhere/x.elf does not exist.");
  });

  it.each([
    ["speed", undefined, '/proc/self/exe cannot have these settings: "speed" is not of the form key=value.'],
    ["speed=50", undefined, "/proc/self/exe cannot have these settings: it takes no settings."],
    ["speed=50", { extensions: [{ file: "/proc/self/exe" }] }, "A load manifest has its own settings."],
  ])("does not lose a setting: %s, manifest %j", async (setting, content, message) => {
    const folder = mkdtempSync(join(tmpdir(), "bf-bare-"));
    const file = "/proc/self/exe";
    const options = { extensions: [file], image: file, kernel: file, settings: [setting] };
    const manifest = join(folder, "manifest.json");
    if (content !== undefined) writeFileSync(manifest, JSON.stringify(content));
    const run = runBare(content === undefined ? options : { ...options, manifest });
    await expect(run).rejects.toThrow(message);
    rmSync(folder, { recursive: true });
  });

  it("needs a machine in which its image has room", async () => {
    const small = runBare({ extensions: [], image: "/proc/self/exe", kernel: "/proc/self/exe", memory: "99M" });
    await expect(small).rejects.toThrow("99M of memory are too little: the bare platform lies at 96 MiB");
  });
});
