import { describe, expect, it } from "vitest";
import { findMachine, LabError, MachineFailure, machineNames, outcomes } from "../src/index.ts";
import { describeExitCodes } from "../src/outcome.ts";

describe("findMachine", () => {
  it("finds every machine by its name", () => {
    expect(machineNames).toContain("amd");
    for (const name of machineNames) {
      expect(findMachine(name).name).toBe(name);
    }
  });

  it("names those that exist when it is asked for another", () => {
    const failure = () => findMachine("vax");
    expect(failure).toThrow(LabError);
    expect(failure).toThrow('There is no machine "vax".');
    try {
      failure();
    } catch (error) {
      expect((error as LabError).hint).toContain("amd (");
    }
  });
});

describe("exit codes", () => {
  const codes = Object.values(outcomes).flatMap(({ exitCode }) => exitCode ?? []);

  it("are different from each other, and from those of shells and signals", () => {
    expect(new Set(codes).size).toBe(codes.length);
    for (const code of codes) {
      expect(code).toBeGreaterThan(128 + 64);
      expect(code).toBeLessThan(255);
    }
  });

  it("are all described", () => {
    for (const code of codes) {
      expect(describeExitCodes()).toContain(String(code));
    }
  });

  it("are a machine failure's own", () => {
    const failure = new MachineFailure("triple-fault", "", "/logs/1");
    expect(failure.exitCode).toBe(242);
    expect(failure.message).toBe("a processor had a triple fault (logs: /logs/1)");
  });
});
