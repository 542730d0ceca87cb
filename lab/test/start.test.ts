import { describe, expect, it } from "vitest";
import type { MachineOptions } from "../src/emulator/emulator.ts";
import { startEmulator } from "../src/emulator/start.ts";
import { LabError } from "../src/errors.ts";
import { findMachine, machineNames } from "../src/machines.ts";

const boot = { kind: "bare", image: "/none", modules: [], append: "" } as const;

const start = (name: string, changes: Partial<MachineOptions>) =>
  startEmulator({ machine: findMachine(name), smp: 1, memory: "256M", icount: false, ...changes }, boot, "/none");

describe.each(machineNames)("starting the machine %s", (name) => {
  const { maxCpus } = findMachine(name);

  it.each([0, maxCpus + 1, 1.5, Number.NaN])("refuses %d processors", async (smp) => {
    await expect(start(name, { smp })).rejects.toThrow(`1 to ${maxCpus}`);
  });

  it("refuses to count the instructions of several processors", async () => {
    await expect(start(name, { icount: true, smp: 2 })).rejects.toThrow(LabError);
  });
});
