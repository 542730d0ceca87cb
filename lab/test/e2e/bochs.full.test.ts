// Each of Bochs's machines under Linux; one of them, with two processors, is in loader/test/e2e/intel.e2e.test.ts

import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LinuxMachine, runLinux } from "../../src/index.ts";
import { describeChannel, PUT } from "./channel-behaviour.ts";

const notes: string[] = [];

describe.each([
  ["intel", "vmx"],
  ["amd-bochs", "svm"],
])("Linux on the machine %s", (machine, feature) => {
  let linux: LinuxMachine;

  beforeAll(async () => {
    linux = await LinuxMachine.boot({
      machine,
      put: [PUT],
      terminal: true,
      onNote: (note) => notes.push(note),
    });
  });

  afterAll(() => linux?.close());

  const run = (command: string) => linux.run(command, { timeout: 120 });

  it("says how far the boot is", () => {
    expect(notes.some((note) => note.startsWith("booting, 5 s: "))).toBe(true);
  });

  describeChannel(() => linux, feature, "/dev/ttyS3");

  it("has a clock that goes as the machine's own timers do", async () => {
    const { stdout } = await run("cat /proc/uptime; sleep 2; cat /proc/uptime");
    const [before = 0, after = 0] = stdout.split("\n").map(Number.parseFloat);
    expect(after - before).toBeGreaterThan(1.9);
    expect(after - before).toBeLessThan(2.5);
  });

  it("lets the debugger look at registers and memory, and goes on afterwards", async () => {
    expect(await linux.monitor.human("info idt 0 1")).toContain("IDT");
    const file = join(linux.folder, "memory");
    // The signature of the root disk's superblock, which lies behind 1 GiB of memory.
    await linux.monitor.saveMemory(0x4000_0438n, 2n, file);
    expect(readFileSync(file).toString("hex")).toBe("53ef");
    expect((await run("echo on")).stdout).toBe("on\n");
  });
});

describe("a machine on Bochs that dies", () => {
  it("by a panic, keeps the console's text and the registers", async () => {
    const command = "echo c >/proc/sysrq-trigger; sleep 60";
    const { kind, exitCode, folder = "", message } = await runLinux({ machine: "intel", command, timeout: 120 });
    expect({ kind, exitCode }).toEqual({ kind: "panic", exitCode: 240 });
    expect(message).toContain("sysrq triggered crash");
    expect(readFileSync(join(folder, "console.log"), "utf8")).toContain("Call Trace");
    expect(readFileSync(join(folder, "registers.txt"), "utf8")).toContain("rip: ");
    rmSync(folder, { recursive: true });
  });
});

describe("two processors on Bochs", () => {
  it("become virtual machines and back", async () => {
    const command = "bfm load && bfm start && bfm status --json && bfm stop && bfm unload";
    const { exitCode, stdout, stderr } = await runLinux({ machine: "intel", smp: 2, command });
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(stdout).toContain('"runningCount": 2');
  });
});
