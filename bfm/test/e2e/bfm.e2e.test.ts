// bfm with the real driver: what people read, and what scripts get

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { assemble } from "../../../kernel/test/bare/assemble.ts";
import { ElfPatch } from "../../../kernel/test/bare/elf-patch.ts";
import { LinuxMachine } from "../../../lab/src/index.ts";
import { products } from "../../../lab/src/paths.ts";

const SECONDS = 60;

describe("bfm, on two processors", () => {
  let linux: LinuxMachine;

  beforeAll(async () => {
    const anotherKernel = new ElfPatch(products.kernel);
    const version = anotherKernel.bytes.indexOf("Bareflank\0") + 12;
    anotherKernel.set64(version, 99n);
    const cut = new ElfPatch(products.defaultExtension);
    linux = await LinuxMachine.boot({
      smp: 2,
      put: [
        { from: anotherKernel.bytes, to: "/root/another-kernel.elf" },
        { from: cut.bytes.subarray(0, cut.bytes.length / 2), to: "/root/cut.elf" },
        { from: assemble({ start: "CALL(CONTROL_WAIT)" }), to: "/root/lazy.elf" },
        { from: assemble({ bootstrap: "cmp edi, 1; jne 1f; ud2; 1:" }), to: "/root/faulty.elf" },
        { from: assemble({ vmexit: "ret" }), to: "/root/returning.elf" },
        { from: Buffer.from("no ELF file"), to: "/root/note.txt" },
      ],
    });
  });

  afterAll(() => linux?.close());

  const bfm = async (words: string) => {
    const { exitCode, stdout, stderr } = await linux.run(`bfm ${words}`, { timeout: SECONDS });
    return { exitCode, stdout, stderr };
  };
  const status = async () => {
    const { stdout } = await bfm("status --json");
    return JSON.parse(stdout) as Record<string, unknown>;
  };
  const refuses = async (words: string, exitCode: number, ...stderr: readonly string[]) => {
    expect(await bfm(words)).toEqual({ exitCode, stdout: "", stderr: stderr.map((line) => `${line}\n`).join("") });
  };

  it("says what to do first when nothing is loaded", async () => {
    const load = "Load a kernel first: bfm load (or do both: bfm quick).";
    await refuses("start", 1, "bfm: nothing is loaded.", load);
    await refuses("dump", 1, "bfm: nothing is loaded.", load);
    await refuses("stop", 1, "bfm: the hypervisor is not running.", "Start it first: bfm start.");
    expect(await status()).toMatchObject({ ok: true, state: "unloaded", cpuCount: 2, allocatedPages: 0, vendor: null });
  });

  it("loads, starts, shows, stops and unloads", async () => {
    expect(await bfm("load")).toEqual({
      exitCode: 0,
      stdout: "bareflank: loaded kernel.elf with default.elf\n",
      stderr: "",
    });
    expect(await bfm("dump")).toEqual({ exitCode: 0, stdout: "", stderr: "bfm: the debug ring is empty\n" });
    const started = await bfm("start");
    expect(started.stdout).toMatch(
      /^bareflank: running on 2 of 2 processors \(AMD\), \d(\.\d)? MiB of memory, kernel [0-9a-f]{12}\n$/,
    );
    expect(await status()).toMatchObject({ state: "running", runningCount: 2, running: [0, 1], vendor: "AMD" });
    // 2 MiB, and 256 KiB for each processor
    expect((await status()).memoryBytes).toBeLessThanOrEqual(0x28_0000);
    expect((await bfm("status")).stdout).toBe(
      [
        `${started.stdout}  against speculation: nothing`,
        // The emulated processor says nothing of a barrier
        "  exposed to it: branches",
        "  devices reach the hypervisor's memory: there is no IOMMU\n",
      ].join("\n"),
    );
    expect((await bfm("dump")).stdout).toBe("PP 0: in a VM now\nPP 1: in a VM now\n");
    expect((await bfm("stop")).stdout).toBe("bareflank: stopped, Linux has its 2 processors back\n");
    expect((await bfm("dump --json")).stdout).toContain("leaving the VM, CPUIDs answered: ");
    expect((await bfm("unload")).stdout).toBe("bareflank: unloaded\n");
    expect(await status()).toMatchObject({ state: "unloaded", allocatedPages: 0, ringBytes: 0, kernelBuildId: null });
  });

  it("does its work where nobody can read what it says, and tells so by its exit code", async () => {
    const unwritten = (command: string, reason: string) => ({
      exitCode: 6,
      stdout: "",
      stderr: `bfm: ${command} is done, but the output cannot be written: ${reason}\n`,
    });
    expect(await bfm("quick > /dev/full")).toEqual(unwritten("quick", "no space left on device"));
    expect(await status()).toMatchObject({ state: "running" });
    const piped =
      "{ sleep 0.5; bfm stop; echo $? >/root/code; } | true; sleep 2; while [ ! -s /root/code ]; do sleep 0.2; done; exit $(cat /root/code)";
    const { exitCode, stdout, stderr } = await linux.run(piped, { timeout: SECONDS });
    expect({ exitCode, stdout, stderr }).toEqual(unwritten("stop", "broken pipe"));
    expect(await status()).toMatchObject({ state: "loaded" });
    expect(await bfm("unload >/dev/full 2>/dev/full")).toEqual({ exitCode: 6, stdout: "", stderr: "" });
    expect(await status()).toMatchObject({ state: "unloaded", allocatedPages: 0 });
  });

  it("refuses files that are none, and what runs runs on", async () => {
    expect((await bfm("quick")).exitCode).toBe(0);
    const before = await status();
    const refused = async (words: string, ...sentence: readonly string[]) => {
      const { exitCode, stderr } = await bfm(words);
      expect(exitCode).toBe(5);
      for (const part of sentence) expect(stderr).toContain(part);
    };
    await refused("load nothing.elf", "bfm: there is no file nothing.elf.");
    await refused("load note.txt", "note.txt", "it is no ELF file");
    await refused("load cut.elf", "cut.elf", "it is truncated: a segment ends behind the end of the file");
    await refused("quick --kernel lazy.elf", "lazy.elf", "it is no Bareflank kernel");
    await refused("quick --kernel another-kernel.elf", "another-kernel.elf", "of another release", "version 99");
    expect(await status()).toEqual(before);
    expect(before).toMatchObject({ state: "running", running: [0, 1] });
    expect((await bfm("stop")).exitCode).toBe(0);
  });

  it.each([
    {
      file: "lazy.elf",
      sentence: "processor 0 did not start, in the extension's _start: the extension registered no bootstrap callback",
      advice: "Call bf_callback_op_register_bootstrap in _start. ",
      facts: { cpu: 0, phase: "PHASE_START", reason: "BOOT_EXT_NO_BOOTSTRAP" },
    },
    {
      file: "faulty.elf",
      sentence:
        "processor 1 did not start, in the extension's bootstrap callback: the extension faulted (invalid opcode, vector 6)",
      advice: "",
      facts: { cpu: 1, phase: "PHASE_BOOTSTRAP", reason: "BOOT_EXT_FAULT" },
    },
    {
      file: "returning.elf",
      sentence: "processor 0 did not start, while Linux ran as a virtual machine: a callback of the extension returned",
      advice: "End callbacks with a system call: run, or wait after _start. ",
      facts: { cpu: 0, phase: "PHASE_RUNNING", reason: "BOOT_EXT_RETURNED" },
    },
  ])("names processor, phase and reason when $file does not start", async ({ file, sentence, advice, facts }) => {
    expect((await bfm(`load ${file}`)).exitCode).toBe(0);
    const { allocatedPages } = await status();
    await refuses(
      "start",
      1,
      `bfm: ${sentence}.`,
      `${advice}All processors were given back to Linux. See what the hypervisor wrote: bfm dump.`,
    );
    const { stdout, exitCode } = await bfm("start --json");
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      command: "start",
      error: { code: "ERROR_START_FAILED", exitCode: 1, message: sentence, ...facts },
    });
    expect(await status()).toMatchObject({ state: "loaded", running: [], allocatedPages });
    expect((await bfm("dump")).stdout).toMatch(
      /^bareflank: (PP 0: no bootstrap callback|the extension faulted on PP [01])/m,
    );
  });

  it("takes turns with another bfm, and both end sensibly", async () => {
    const both = async (first: string, second: string) => {
      const command = `(${first}; echo $? >/root/first) >/dev/null 2>&1 & (${second}; echo $? >/root/second) >/dev/null 2>&1; wait`;
      await linux.run(command, { timeout: SECONDS });
      return (await linux.run("cat /root/first /root/second")).stdout.trim().split("\n").map(Number);
    };
    expect((await bfm("load")).exitCode).toBe(0);
    expect(await both("bfm start", "bfm start")).toEqual([0, 0]);
    expect(await status()).toMatchObject({ state: "running", running: [0, 1] });
    expect((await both("bfm stop", "bfm stop")).sort()).toEqual([0, 1]);
    expect(await status()).toMatchObject({ state: "loaded", running: [] });
    expect(await both("bfm load", "bfm status")).toEqual([0, 0]);
    for (const code of await both("bfm quick", "bfm unload")) expect([0, 1]).toContain(code);
    const { state, running } = await status();
    expect([
      ["running", [0, 1]],
      ["loaded", []],
      ["unloaded", []],
    ]).toContainEqual([state, running]);
    expect((await bfm("unload")).exitCode).toBe(0);
    expect(await status()).toMatchObject({ state: "unloaded", allocatedPages: 0 });
  });

  it("tells a user who is not root, and what to do without the driver", async () => {
    const { stderr, exitCode } = await linux.run("su user -c 'bfm status'", { timeout: SECONDS });
    expect({ stderr, exitCode }).toEqual({
      stderr: "bfm: you may not open /dev/bareflank.\nRun bfm as root: sudo bfm ...\n",
      exitCode: 3,
    });
    expect((await linux.run("rmmod bfdriver")).exitCode).toBe(0);
    await refuses(
      "status",
      3,
      "bfm: the driver is not there (no /dev/bareflank).",
      "Insert it: modprobe bfdriver (or insmod /usr/lib/bareflank/bfdriver.ko).",
    );
  });
});

describe("bfm, on a processor without SVM", () => {
  it("says so, and nothing changes", async () => {
    const linux = await LinuxMachine.boot({ cpu: "EPYC,-svm,-hypervisor,tcg-cpuid=off" });
    try {
      expect((await linux.run("bfm load", { timeout: SECONDS })).exitCode).toBe(0);
      const { exitCode, stderr } = await linux.run("bfm start", { timeout: SECONDS });
      expect({ exitCode, stderr }).toEqual({
        exitCode: 1,
        stderr: [
          "bfm: processor 0 has no SVM (AMD-V).",
          "This release needs an AMD processor with SVM, switched on in the firmware's set-up. In a virtual machine, switch nested virtualization on.",
          "",
        ].join("\n"),
      });
      expect((await linux.run("bfm status && bfm unload", { timeout: SECONDS })).stdout).toMatch(
        /^bareflank: loaded, not running, kernel [0-9a-f]{12}\nbareflank: unloaded\n$/,
      );
    } finally {
      await linux.close();
    }
  });
});
