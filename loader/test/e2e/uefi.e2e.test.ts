// Bareflank starts from UEFI: Linux boots inside, or a trial ends and Linux boots outside, or something is wrong and it boots all the same

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { LinuxMachine, type LinuxOptions, type PartitionFile } from "@bareflank/lab";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { assemble } from "../../../kernel/test/bare/assemble.ts";
import { makeStick } from "../../../lab/src/image/stick.ts";
import { bytesOf, held, LEAF, lasting, MEMORY, markers, overlapping, resetsInside, usable, within } from "./uefi.ts";

const FOLDER = "/EFI/bareflank";

let linux: LinuxMachine | undefined;
const folder = mkdtempSync(join(tmpdir(), "uefi-"));
afterAll(() => rmSync(folder, { recursive: true }));

const boot = async (options: LinuxOptions): Promise<LinuxMachine> => {
  linux = await LinuxMachine.boot({ machine: "uefi", ...options });
  return linux;
};

afterEach(async () => {
  await linux?.close();
  linux = undefined;
});

/** The firmware's shell starts the application with each of the files, and Linux then. */
const startupScript = (count: number): string =>
  [
    "fs0:",
    ...Array.from({ length: count - 1 }, (_, index) => [
      `cp -q \\${index + 1}.json \\EFI\\bareflank\\bareflank.json`,
      "\\EFI\\BOOT\\BOOTX64.EFI",
    ]).flat(),
    "\\linux.nsh",
    "",
  ].join("\r\n");

const configuration = (text: string): PartitionFile => ({ path: `${FOLDER}/bareflank.json`, content: text });

/** A bit of ECX in each processor's answer to a leaf. */
const ecxBits = (output: string, leaf: string, bit: number): number[] =>
  [...output.matchAll(new RegExp(`"leaf":"${leaf}".*"ecx":"(0x[0-9a-f]+)"`, "g"))].map(
    ([, ecx]) => (Number(ecx) >>> bit) & 1,
  );

/** All that bareflank.efi says that it holds is the firmware's for good, and none of it is Linux's. */
function expectOwnMemory(serial: string, memory: string): void {
  expect(serial).toMatch(/bareflank: +\d+\.\d ms {2}starting \\vmlinuz/);
  const bytes = Number(/the hypervisor runs on 4 processors with (\d+) KiB/.exec(serial)?.[1]) * 1024;
  const pieces = held(serial);
  expect(bytesOf(pieces)).toBeGreaterThan(bytes);
  expect(within(pieces, lasting(memory))).toEqual(pieces);
  expect(usable(memory).length).toBeGreaterThan(2);
  expect(overlapping(pieces, usable(memory))).toEqual([]);
}

interface Status {
  readonly state: string;
  readonly startedBy: string | null;
  readonly running: readonly number[];
  readonly memoryBytes: number;
  readonly kernelBuildId: string | null;
  readonly extensions: readonly string[];
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
    const machine = await boot({ smp: 4, append: "efi=debug" });
    const { stdout } = await machine.run(
      `${LEAF}; nproc; bf-cpuid --leaf 0x80000001; cat /sys/power/mem_sleep; ${MEMORY}`,
    );
    expect(machine.serial()).toMatch(/the hypervisor runs on 4 processors/);
    expect(markers(stdout)).toBe(4);
    expect(stdout).toContain("\n4\n");
    // There is no SVM (APM volume 3, appendix E)
    expect(ecxBits(stdout, "0x80000001", 2)).toEqual([0, 0, 0, 0]);
    // No sleep but the one that keeps the processors' state
    expect(stdout).toContain("\n[s2idle]\n");
    expect(resetsInside(machine)).toBe(0);
    expectOwnMemory(machine.serial(), stdout);

    const before = await status(machine);
    expect(before).toMatchObject({ state: "running", startedBy: "uefi", running: [0, 1, 2, 3] });
    expect(before.extensions).toEqual(["boot"]);
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
  it("is started inside, and Linux by it, on one processor with the extensions of a load manifest", async () => {
    const manifest = fileURLToPath(new URL("../../../extensions/leaf-monitor/manifest.json", import.meta.url));
    const machine = await boot({ uefiLoader: "grub", manifest });
    const { stdout } = await machine.run(`${LEAF}; bf-cpuid --leaf 4; cat /proc/cmdline`);
    expect(machine.serial()).toContain("starting \\EFI\\debian\\grubx64.efi");
    expect(markers(stdout)).toBe(1);
    expect(stdout).toContain("BOOT_IMAGE=/vmlinuz");
    // What one extension asks the other, and what that one's policy denies it
    expect(stdout).toMatch(/"leaf":"0x00000004","subleaf":"0x00","eax":"0x00000000"/);
    expect((await status(machine)).extensions).toEqual(["leaf-monitor", "leaf-judge"]);
    expect(await succeed(machine, "bfm dump")).toContain("extension 1 (leaf-judge): its policy denies call 0x40000");
  });
});

describe("Secure Boot", () => {
  it("refuses an application that nobody signed, and starts the next one, which reads what was signed with it", async () => {
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
  });
});

/** What bareflank.json says, one after the other, and what is said about it; then the firmware's shell starts the next. */
const wrong: readonly (readonly [configuration: string, said: string])[] = [
  ['{\n  "boot": next\n}', "bareflank.json, line 2, column 11: here is a text, in quotation marks"],
  [
    '{ "extensions": [{ "file": "boot.elf", "calls": ["debug", "vs_raed"] }] }',
    "bareflank.json, line 1, column 59: it is no call, and no group of calls",
  ],
  ['{ "kernel": "kärnel.elf" }', ".elf: there is no such file"],
  ['{ "extensions": ["bareflank.json"] }', "bareflank.json: it is no ELF file"],
  ['{ "memory": "1M" }', 'the start takes more than "memory" allows'],
  // A trial gives all back to the firmware, which boots Linux on them in the end
  ['{ "boot": "stop" }', "the hypervisor has stopped, registers as before"],
  ['{ "extensions": ["default.elf"] }', "no extension virtualizes INIT and SIPI"],
  // An extension that does not return on the processor that starts all: another one takes it from there
  [
    '{ "extensions": ["endless.elf"], "watchdog": "500ms" }',
    "the hypervisor did not start, on processor 0: the extension did not return in time",
  ],
];

describe("something wrong", () => {
  it("is said, and two processors are as before: the next thing boots, and Linux outside of any VM", async () => {
    const source = assemble({ bootstrap: "test edi, edi; jne 1f; 2: jmp 2b; 1:" });
    const files = wrong.map(([text], index) => ({ path: `/${index}.json`, content: text }));
    const machine = await boot({
      smp: 2,
      isPartitionWritable: true,
      partition: [
        ...files.slice(1),
        configuration(wrong[0]?.[0] ?? ""),
        { path: `${FOLDER}/endless.elf`, content: { source } },
        { path: "/startup.nsh", content: startupScript(wrong.length) },
      ],
    });
    const { stdout } = await machine.run(`${LEAF}; nproc`);
    const [, ...starts] = machine.serial().split("Bareflank starts from UEFI");
    expect(starts).toHaveLength(wrong.length);
    for (const [index, [, said]] of wrong.entries()) {
      expect(starts[index]).toContain(said);
      const isTrial = said.includes("has stopped");
      expect(starts[index]?.includes("no hypervisor runs")).toBe(!isTrial);
      for (const processor of isTrial ? [0, 1] : []) expect(starts[index]).toContain(`PP ${processor}: in a VM now`);
    }
    expect(starts.filter((text) => text.includes("the hypervisor runs on 2 processors"))).toHaveLength(1);
    expect(markers(stdout)).toBe(0);
    expect(stdout).toContain("\n2\n");
  });
});
