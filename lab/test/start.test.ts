import { describe, expect, it } from "vitest";
import type { Boot, LinuxBoot, MachineOptions } from "../src/emulator/emulator.ts";
import { startEmulator } from "../src/emulator/start.ts";
import { LabError } from "../src/errors.ts";
import { findMachine, machineNames } from "../src/machines.ts";

const boot = { kind: "bare", image: "/none", modules: [], append: "" } as const;

const linux: LinuxBoot = {
  kind: "linux",
  kernel: "/none",
  initramfs: "/none",
  initramfsBytes: 0,
  commandLine: "",
  root: "/none",
  rootBytes: 0,
  terminal: false,
};

const start = (name: string, changes: Partial<MachineOptions> = {}, what: Boot = boot) =>
  startEmulator({ machine: findMachine(name), smp: 1, memory: "256M", icount: false, ...changes }, what, "/none");

describe.each(machineNames)("starting the machine %s", (name) => {
  const { maxCpus } = findMachine(name);

  it.each([0, maxCpus + 1, 1.5, Number.NaN])("refuses %d processors", async (smp) => {
    await expect(start(name, { smp })).rejects.toThrow(maxCpus === 1 ? "has one." : `1 to ${maxCpus}`);
  });

  it("refuses to count the instructions of several processors", async () => {
    await expect(start(name, { icount: true, smp: 2 })).rejects.toThrow(LabError);
  });
});

describe("UEFI firmware", () => {
  it("shows Linux one processor on Bochs, and who wants more reads why", async () => {
    await expect(start("uefi-intel", { smp: 2 }, linux)).rejects.toMatchObject({
      message: '2 processors: the machine "uefi-intel" has one.',
      hint: "There, OVMF has no ACPI tables, so Linux would find one processor only. Take --machine uefi.",
    });
  });

  it.each([
    ["uefi", "amd"],
    ["uefi-intel", "intel"],
  ])("does not boot the bare platform: %s is %s with it", async (name, without) => {
    await expect(start(name)).rejects.toMatchObject({
      message: "The bare platform boots without UEFI.",
      hint: `Take the machine without it: --machine ${without}`,
    });
  });

  it.each(["amd", "intel", "amd-bochs", "uefi-intel"])("is what boots a stick, which %s does not", async (name) => {
    await expect(start(name, {}, { ...linux, stick: "/none" })).rejects.toMatchObject({
      message: `The machine "${name}" does not boot from a stick.`,
      hint: "Take one that does: --machine uefi",
    });
  });

  it("does not come to an end while QEMU counts instructions", async () => {
    await expect(start("uefi", { icount: true }, linux)).rejects.toMatchObject({
      message: "UEFI firmware does not come to an end under --icount.",
    });
  });
});

describe("Secure Boot", () => {
  it.each(["amd", "intel", "uefi-intel"])("is nothing that %s has", async (name) => {
    await expect(start(name, { secureBoot: true }, linux)).rejects.toMatchObject({
      message: `The machine "${name}" has no Secure Boot.`,
      hint: "Take one that has: --machine uefi",
    });
  });
});
