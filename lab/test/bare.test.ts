import { describe, expect, it } from "vitest";
import { debugExitCode, runBare } from "../src/bare.ts";

describe("debugExitCode", () => {
  it.each([
    [1, 0],
    [3, 1],
    [7, 3],
    [255, 127],
  ])("finds in QEMU's %d the guest's %d", (qemu, guest) => {
    expect(debugExitCode(qemu)).toBe(guest);
  });

  it("is nothing when QEMU ended otherwise", () => {
    expect(debugExitCode(0)).toBeUndefined();
    expect(debugExitCode(null)).toBeUndefined();
  });
});

describe("runBare", () => {
  it("names a file that is not there", async () => {
    const missing = runBare({ extensions: ["/nowhere/x.elf"], image: "/proc/self/exe", kernel: "/proc/self/exe" });
    await expect(missing).rejects.toThrow("/nowhere/x.elf does not exist.");
  });
});
