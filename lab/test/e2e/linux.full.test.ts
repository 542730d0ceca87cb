// What `npm test` has no time for: other tests start crash kernels, and count instructions

import { describe, expect, it } from "vitest";
import { LinuxMachine, runLinux } from "../../src/index.ts";

describe("a machine with a crash kernel", () => {
  it("goes on when Linux panics, and shows what it left", async () => {
    const result = await runLinux({
      smp: 2,
      command: "echo before; echo c >/proc/sysrq-trigger; sleep 60",
      crashCommand: "nproc; head -c 4 /proc/vmcore; exit 7",
    });
    expect(result.stdout).toBe("before\n1\n\x7fELF");
    expect(result).toMatchObject({ kind: "exit", exitCode: 7, message: "" });
    expect(result.console).toContain("Kernel panic - not syncing: sysrq triggered crash");
  });

  it("starts it without a panic, too", async () => {
    const linux = await LinuxMachine.boot({ crashKernel: true });
    try {
      expect(await linux.untilNextKernel("exit 5")).toMatchObject({ exitCode: 5 });
      expect(await linux.untilNextKernel("bf-kexec --now")).toBeUndefined();
      expect((await linux.run("ls /proc/vmcore; ls /")).stdout).not.toMatch(/vmcore|usr/);
    } finally {
      await linux.close();
    }
  });
});

describe("a machine that counts instructions", () => {
  it("counts the same from run to run", async () => {
    const count = async () => {
      const { stdout } = await runLinux({ icount: true, command: "bf-cpuid --storm 1000" });
      return Number(/tsc=(\d+)/.exec(stdout)?.[1]);
    };
    const first = await count();
    // Five instructions a round: the loop's own and CPUID.
    expect(first).toBeGreaterThan(4_000);
    expect(first).toBeLessThan(8_000);
    expect(await count()).toBe(first);
  });
});
