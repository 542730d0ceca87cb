// Bareflank starts from UEFI: Linux boots inside, or a trial ends and Linux boots outside, or something is wrong and it boots all the same

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LinuxMachine, type LinuxOptions, type PartitionFile } from "@bareflank/lab";
import { afterEach, describe, expect, it } from "vitest";
import { assemble } from "../../../kernel/test/bare/assemble.ts";
import { makeStick } from "../../../lab/src/image/stick.ts";
import { bytesOf, held, LEAF, lasting, MEMORY, markers, overlapping, resetsInside, usable, within } from "./uefi.ts";

const FOLDER = "/EFI/bareflank";

let linux: LinuxMachine | undefined;

const boot = async (options: LinuxOptions): Promise<LinuxMachine> => {
  linux = await LinuxMachine.boot({ machine: "uefi", ...options });
  return linux;
};

afterEach(async () => {
  await linux?.close();
  linux = undefined;
});

const configuration = (text: string): PartitionFile => ({ path: `${FOLDER}/bareflank.json`, content: text });

/** A bit of ECX in each processor's answer to a leaf. */
const ecxBits = (output: string, leaf: string, bit: number): number[] =>
  [...output.matchAll(new RegExp(`"leaf":"${leaf}".*"ecx":"(0x[0-9a-f]+)"`, "g"))].map(
    ([, ecx]) => (Number(ecx) >>> bit) & 1,
  );

describe("Linux on one processor", () => {
  it("boots inside from its first instruction, and leaves the hypervisor's memory alone", async () => {
    const machine = await boot({ smp: 1, append: "efi=debug" });
    const { stdout } = await machine.run(`${LEAF}; nproc; cat /sys/power/mem_sleep; ${MEMORY}`);
    expect(markers(stdout)).toBe(1);
    expect(stdout).toContain("\n1\n");
    // No sleep but the one that keeps the processors' state
    expect(stdout).toContain("\n[s2idle]\n");
    const serial = machine.serial();
    expect(serial).toMatch(/the hypervisor runs on 1 processor with \d+ KiB/);
    expect(serial).toMatch(/bareflank: +\d+\.\d ms {2}starting \\vmlinuz/);
    const bytes = Number(/with (\d+) KiB/.exec(serial)?.[1]) * 1024;
    const pieces = held(serial);
    expect(bytesOf(pieces)).toBeGreaterThan(bytes);
    expect(within(pieces, lasting(stdout))).toEqual(pieces);
    expect(usable(stdout).length).toBeGreaterThan(2);
    expect(overlapping(pieces, usable(stdout))).toEqual([]);
    expect(resetsInside(machine)).toBe(0);
  });
});

interface Status {
  readonly state: string;
  readonly startedBy: string | null;
  readonly running: readonly number[];
  readonly memoryBytes: number;
  readonly kernelBuildId: string | null;
}
const status = async (machine: LinuxMachine) => JSON.parse((await machine.run("bfm status --json")).stdout) as Status;
const succeed = async (machine: LinuxMachine, command: string): Promise<string> => {
  const { exitCode, stdout, stderr } = await machine.run(command);
  expect(exitCode, `${command}\n${stdout}${stderr}`).toBe(0);
  return stdout;
};
const timerTicks = async (machine: LinuxMachine) =>
  (await machine.run("grep LOC: /proc/interrupts")).stdout.match(/ \d+/g)?.map(Number) ?? [];

/** Linux has its processors back, and starts the hypervisor itself afterwards. */
async function expectStopAndStart(machine: LinuxMachine, buildId: string | null): Promise<void> {
  await succeed(machine, "bfm stop");
  expect(markers((await machine.run(LEAF)).stdout)).toBe(0);
  expect(await status(machine)).toMatchObject({ state: "unloaded", startedBy: null, running: [] });
  expect(await succeed(machine, "bfm dump")).toContain("PP 0: exits by reason");
  await succeed(machine, "bfm quick");
  expect(await status(machine)).toMatchObject({ state: "running", startedBy: "driver", kernelBuildId: buildId });
  await succeed(machine, "bfm stop && rmmod bfdriver");
}

describe("Linux on four processors", () => {
  it("boots inside on all of them, which firmware and Linux start; the driver looks after it and gives them back", async () => {
    const machine = await boot({ smp: 4 });
    const { stdout } = await machine.run(`${LEAF}; nproc; bf-cpuid --leaf 0x80000001`);
    expect(markers(stdout)).toBe(4);
    expect(stdout).toContain("\n4\n");
    // There is no SVM (APM volume 3, appendix E)
    expect(ecxBits(stdout, "0x80000001", 2)).toEqual([0, 0, 0, 0]);
    expect(resetsInside(machine)).toBe(0);
    expect(machine.serial()).toMatch(/the hypervisor runs on 4 processors/);

    const before = await status(machine);
    expect(before).toMatchObject({ state: "running", startedBy: "uefi", running: [0, 1, 2, 3] });
    expect(before.kernelBuildId).not.toBeNull();
    expect(await succeed(machine, "bfm dump")).toContain("PP 3: in a VM now");
    // By the driver, on all processors: they flush, and see it no more
    await succeed(machine, "bfm memory --give 4M");
    expect((await status(machine)).memoryBytes).toBe(before.memoryBytes + (4 << 20));
    for (const command of ["bfm load", "bfm quick", "bfm start"]) {
      const { exitCode, stderr } = await machine.run(command);
      expect(exitCode).not.toBe(0);
      expect(stderr).toContain("a hypervisor runs that UEFI has started");
    }
    // A processor that is offline is in the VM all the same
    await succeed(machine, "echo 0 > /sys/devices/system/cpu/cpu2/online");
    expect(await status(machine)).toMatchObject({ state: "running", running: [0, 1, 3] });
    expect((await machine.run("bfm stop")).stderr).toContain("that is offline in Linux");
    await succeed(machine, "echo 1 > /sys/devices/system/cpu/cpu2/online");
    expect(markers((await machine.run(LEAF)).stdout)).toBe(4);

    const ticks = await timerTicks(machine);
    await expectStopAndStart(machine, before.kernelBuildId);
    const later = await timerTicks(machine);
    expect(ticks.length).toBe(4);
    for (const [cpu, count] of ticks.entries()) expect(later[cpu]).toBeGreaterThan(count);
    expect(resetsInside(machine)).toBe(0);
  });
});

describe("Linux on Intel's processor", () => {
  it("boots inside, with the extension that starts processors, and is given back", async () => {
    const machine = await boot({ machine: "uefi-intel" });
    const { stdout } = await machine.run(`${LEAF}; nproc; bf-cpuid --leaf 1`);
    expect(markers(stdout)).toBe(1);
    expect(stdout).toContain("\n1\n");
    // There is no VMX (SDM volume 2A, CPUID)
    expect(ecxBits(stdout, "0x00000001", 5)).toEqual([0]);
    expect(machine.serial()).toMatch(/the hypervisor runs on 1 processor with \d+ KiB/);
    const { startedBy, kernelBuildId } = await status(machine);
    expect(startedBy).toBe("uefi");
    await expectStopAndStart(machine, kernelBuildId);
  });
});

describe("GRUB", () => {
  it("is started inside, and Linux by it, on one processor with the default extension", async () => {
    const json = { extensions: ["default.elf"], boot: { file: "/EFI/debian/grubx64.efi" } };
    const machine = await boot({ uefiLoader: "grub", partition: [configuration(JSON.stringify(json))] });
    const { stdout } = await machine.run(`${LEAF}; cat /proc/cmdline`);
    expect(markers(stdout)).toBe(1);
    expect(stdout).toContain("BOOT_IMAGE=/vmlinuz");
    expect(machine.serial()).toContain("starting \\EFI\\debian\\grubx64.efi");
  });
});

describe("Secure Boot", () => {
  it("refuses an application that nobody signed, and starts the next one, which reads what was signed with it", async () => {
    const folder = mkdtempSync(join(tmpdir(), "secure-boot-"));
    try {
      const stick = join(folder, "unsigned.img");
      makeStick({ output: stick });
      const machine = await boot({ stick, secureBoot: true });
      const { stdout } = await machine.run(`${LEAF}; dmesg | grep secureboot`);
      expect(markers(stdout)).toBe(1);
      expect(stdout).toContain("Secure boot enabled");
      const serial = machine.serial();
      expect(serial).toMatch(/failed to \w+ Boot\d+ .*(USB|Usb).*: (Security Violation|Access Denied)/);
      expect(serial.match(/Bareflank starts from UEFI/g)).toHaveLength(1);
      expect(serial).toMatch(/the hypervisor runs on 1 processor/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("a trial on two processors", () => {
  it("starts, stops, and gives all back to the firmware, which boots Linux on them", async () => {
    const machine = await boot({ smp: 2, partition: [configuration('{ "boot": "stop" }')] });
    const { stdout } = await machine.run(`${LEAF}; nproc`);
    expect(markers(stdout)).toBe(0);
    expect(stdout).toContain("\n2\n");
    const serial = machine.serial();
    expect(serial).toMatch(/the hypervisor runs on 2 processors/);
    expect(serial).toContain("PP 0: in a VM now");
    expect(serial).toContain("PP 1: in a VM now");
    expect(serial).toContain("the hypervisor has stopped, registers as before");
  });
});

describe("something wrong", () => {
  it("is two processors, where the extension does not virtualize INIT and SIPI: Linux boots outside on both", async () => {
    const machine = await boot({ smp: 2, partition: [configuration('{ "extensions": ["default.elf"] }')] });
    const { stdout } = await machine.run(`${LEAF}; nproc`);
    expect(markers(stdout)).toBe(0);
    expect(stdout).toContain("\n2\n");
    const serial = machine.serial();
    const order = [
      "no extension virtualizes INIT and SIPI",
      "PP 1: in a VM now",
      "the hypervisor has stopped",
      "no hypervisor runs",
    ];
    const places = order.map((text) => serial.lastIndexOf(text));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });

  it("is an extension that does not return on the processor that starts all: another one takes it from there, and Linux boots", async () => {
    const source = assemble({ bootstrap: "test edi, edi; jne 1f; 2: jmp 2b; 1:" });
    const machine = await boot({
      smp: 2,
      partition: [
        configuration('{ "extensions": ["endless.elf"], "watchdog": "500ms" }'),
        { path: `${FOLDER}/endless.elf`, content: { source } },
      ],
    });
    const { stdout } = await machine.run(`${LEAF}; nproc`);
    expect(markers(stdout)).toBe(0);
    expect(stdout).toContain("\n2\n");
    expect(machine.serial()).toContain(
      "the hypervisor did not start, on processor 0: the extension did not return in time",
    );
  });

  it("in the configuration is said with line and column, and Linux boots without the hypervisor", async () => {
    const machine = await boot({ partition: [configuration('{\n  "boot": next\n}')] });
    const { stdout } = await machine.run(LEAF);
    expect(markers(stdout)).toBe(0);
    expect(machine.serial()).toContain("bareflank.json, line 2, column 11: here is a text, in quotation marks");
    expect(machine.serial()).toContain("no hypervisor runs");
  });
});
