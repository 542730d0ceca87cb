import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LinuxMachine, runLinux } from "../../src/index.ts";

const notes: string[] = [];

describe.each([
  ["intel", "vmx"],
  ["amd-bochs", "svm"],
])("Linux on the machine %s", (machine, feature) => {
  let linux: LinuxMachine;

  beforeAll(async () => {
    linux = await LinuxMachine.boot({
      machine,
      put: [{ from: Buffer.from("content"), to: "/root/put.txt" }],
      terminal: true,
      onNote: (note) => notes.push(note),
    });
  });

  afterAll(() => linux?.close());

  const run = (command: string) => linux.run(command, { timeout: 120 });

  it("says how far the boot is", () => {
    expect(notes.some((note) => note.startsWith("booting, 5 s: "))).toBe(true);
  });

  it("passes exit codes on, and keeps stdout and stderr apart, byte for byte", async () => {
    const { exitCode, stdout, stderr } = await run("printf 'a\\r\\n\\tb'; printf 'no newline' >&2; exit 77");
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 77, stdout: "a\r\n\tb", stderr: "no newline" });
  });

  it("looks like a bare processor with what a hypervisor needs", async () => {
    const { stdout } = await run(
      `grep ^flags /proc/cpuinfo >flags; grep -c -w ${feature} flags; grep -c -w hypervisor flags`,
    );
    expect(stdout).toBe("1\n0\n");
  });

  it("has a clock that goes as the machine's own timers do", async () => {
    const { stdout } = await run("cat /proc/uptime; sleep 2; cat /proc/uptime");
    const [before = 0, after = 0] = stdout.split("\n").map(Number.parseFloat);
    expect(after - before).toBeGreaterThan(1.9);
    expect(after - before).toBeLessThan(2.5);
  });

  it("has the files that it was given, and gives files back", async () => {
    expect((await linux.get("put.txt")).toString()).toBe("content");
    await run("seq 1 4000 >numbers");
    const numbers = Array.from({ length: 4000 }, (_, index) => `${index + 1}\n`).join("");
    expect((await linux.get("numbers")).toString()).toBe(numbers);
  });

  it("lets the debugger look at registers and memory, and goes on afterwards", async () => {
    expect(await linux.monitor.human("info idt 0 1")).toContain("IDT");
    const file = join(linux.folder, "memory");
    // The signature of the root disk's superblock, which lies behind 1 GiB of memory.
    await linux.monitor.saveMemory(0x4000_0438n, 2n, file);
    expect(readFileSync(file).toString("hex")).toBe("53ef");
    expect((await run("echo on")).stdout).toBe("on\n");
  });

  it("has a login shell on its terminal, and ends with the shell's exit code", async () => {
    let typed = "";
    const terminal = await linux.terminal();
    const prompt = new Promise<void>((resolve) =>
      terminal.on("data", (bytes) => {
        typed += bytes;
        if (typed.includes("lab:~# ")) resolve();
      }),
    );
    const ended = linux.runShell(30, 90);
    await prompt;
    terminal.write("stty size; tty; exit 5\r");
    expect(await ended).toBe(5);
    expect(typed).toContain("30 90");
    expect(typed).toContain("/dev/ttyS3");
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
