import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as abi from "@bareflank/abi";
import { readSymbols } from "@bareflank/toolchain/symbols";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Bench, makeFiles } from "./bench.ts";

const files = makeFiles();
let bench: Bench;

beforeEach(() => {
  bench = new Bench();
});
afterEach(() => vi.useRealTimers());

const loadArguments = ["--kernel", files.kernel, files.extension];

test("load gives the driver the files' very bytes", async () => {
  const { exitCode, out } = await bench.bfm("load", ...loadArguments);
  expect(exitCode).toBe(0);
  expect(out).toBe("bareflank: loaded kernel.elf with extension.elf\n");
  expect(bench.driver.loaded.map((bytes) => Buffer.from(bytes))).toEqual([
    readFileSync(files.kernel),
    readFileSync(files.extension),
  ]);
  expect(bench.driver.state).toBe(abi.STATE_LOADED);
  expect(bench.driver.closed).toBe(true);
});

test("load stops and unloads what is there first", async () => {
  bench.driver.state = abi.STATE_RUNNING;
  await bench.bfm("load", ...loadArguments);
  expect(bench.driver.requests).toEqual(["status", "stop", "unload", "load", "status"]);
  await bench.bfm("load", ...loadArguments);
  expect(bench.driver.requests).toEqual(["status", "unload", "load", "status"]);
});

test("load touches nothing when a stop is refused", async () => {
  bench.driver.state = abi.STATE_RUNNING;
  bench.driver.reports.stop = { error: abi.ERROR_STOP_REFUSED, cpu: 1 };
  const { exitCode, error } = await bench.bfm("load", ...loadArguments);
  expect(exitCode).toBe(1);
  expect(error).toMatch(/^bfm: the extension does not give processor 1 back/);
  expect(bench.driver.requests).toEqual(["status", "stop"]);
});

test("a file that cannot be loaded never reaches the driver", async () => {
  const cases: [string[], string, string][] = [
    [["--kernel", "/nowhere/kernel.elf", files.extension], "ENOENT", "there is no file /nowhere/kernel.elf"],
    [["--kernel", dirname(files.kernel), files.extension], "FILE_KIND", `${dirname(files.kernel)} is no file`],
    [["--kernel", "/dev/zero", files.extension], "FILE_KIND", "/dev/zero is no file"],
    [
      ["--kernel", files.extension, files.extension],
      "ERROR_ELF",
      `${files.extension} cannot be loaded: it is no Bareflank kernel`,
    ],
    [
      ["--kernel", files.nextKernel, files.extension],
      "ERROR_KERNEL_VERSION",
      `${files.nextKernel} is of another release: it speaks version 18446744073709551615 to its loader, and this bfm knows version ${abi.BOOT_VERSION}`,
    ],
    [
      ["--kernel", files.kernel, files.writableCode],
      "ERROR_ELF",
      `${files.writableCode} cannot be loaded: a segment is writable and executable`,
    ],
    [
      ["--kernel", files.kernel, files.kernel],
      "ERROR_ELF",
      `${files.kernel} cannot be loaded: a segment lies outside the addresses that are kept for it`,
    ],
    [
      ["--kernel", files.kernel, import.meta.filename],
      "ERROR_ELF",
      `${import.meta.filename} cannot be loaded: it is no ELF file`,
    ],
  ];
  for (const [args, code, message] of cases) {
    const { exitCode, out } = await bench.bfm("load", "--json", ...args);
    const answer = JSON.parse(out);
    expect(answer).toMatchObject({ ok: false, command: "load", error: { code, message, exitCode: 5 } });
    expect(answer.error.advice).not.toBe("");
    expect(exitCode).toBe(5);
    expect(bench.driver.requests).toEqual([]);
  }
});

test("more extensions than the driver takes are wrong usage", async () => {
  const many = Array.from({ length: Number(abi.MAX_EXTENSIONS) + 1 }, () => files.extension);
  const { exitCode, error } = await bench.bfm("load", "--kernel", files.kernel, ...many);
  expect(exitCode).toBe(2);
  expect(error).toMatch(/^bfm: 65 extensions are named, and 64 is the most/);
});

test("start, status, stop and unload as one types them", async () => {
  await bench.bfm("load", ...loadArguments);
  bench.driver.kernelBuildId.fill(0xab);
  expect((await bench.bfm("status")).out).toBe("bareflank: loaded, not running, kernel abababababab\n");
  const running = "bareflank: running on 2 of 2 processors (AMD), 4.5 MiB of memory, kernel abababababab\n";
  expect(await bench.bfm("start")).toEqual({ exitCode: 0, out: running, error: "" });
  const devices = "  devices reach the hypervisor's memory: there is no IOMMU\n";
  expect((await bench.bfm("status")).out).toBe(running + devices);
  expect((await bench.bfm("stop")).out).toBe("bareflank: stopped, Linux has its 2 processors back\n");
  expect((await bench.bfm("unload")).out).toBe("bareflank: unloaded\n");
  expect((await bench.bfm("status")).out).toBe("bareflank: unloaded\n");
});

test("status as JSON has every fact of the driver", async () => {
  bench.driver.state = abi.STATE_RUNNING;
  bench.driver.ring = "hello\n";
  const { out, exitCode } = await bench.bfm("status", "--json");
  expect(exitCode).toBe(0);
  expect(JSON.parse(out)).toEqual({
    ok: true,
    command: "status",
    state: "running",
    cpuCount: 2,
    runningCount: 2,
    running: [0, 1],
    startedBy: "driver",
    vendor: "AMD",
    watchdogMs: 0,
    mitigations: [],
    exposures: [],
    dma: { covered: false, iommus: [] },
    imageSlide: 0,
    memorySlide: 0,
    memoryBytes: 0x48_0000,
    allocatedPages: 0x480,
    ringBytes: 6,
    startCount: 3,
    stopCount: 2,
    extensions: [],
    kernelBuildId: null,
    counters: {},
    memory: expect.objectContaining({ heldBytes: 0x48_0000 }),
  });
});

test("what UEFI has started is said, stopped when it is asked for, and not in passing", async () => {
  bench.driver.state = abi.STATE_RUNNING;
  bench.driver.startedBy = abi.STARTED_BY_UEFI;
  expect((await bench.bfm("status")).out).toContain("running on 2 of 2 processors (AMD), started by UEFI, 4.5 MiB");
  expect(JSON.parse((await bench.bfm("status", "--json")).out)).toMatchObject({ startedBy: "uefi" });
  for (const command of [["load", ...loadArguments], ["quick", ...loadArguments], ["start"]]) {
    const { exitCode, error } = await bench.bfm(...command);
    expect(exitCode).toBe(1);
    expect(error).toContain("a hypervisor runs that UEFI has started");
    expect(error).toContain("bfm stop");
  }
  expect(bench.driver.requests).not.toContain("stop");
  expect((await bench.bfm("stop")).exitCode).toBe(0);
  expect(JSON.parse((await bench.bfm("status", "--json")).out)).toMatchObject({ state: "unloaded", startedBy: null });
});

test("status in state corrupt is no failure, everything else is", async () => {
  bench.driver.state = abi.STATE_CORRUPT;
  expect(await bench.bfm("status")).toMatchObject({
    exitCode: 0,
    out: "bareflank: corrupt: a processor is lost, and only a reboot gives it back\n",
  });
  bench.driver.reports.start = { error: abi.ERROR_CORRUPT };
  const { exitCode, error } = await bench.bfm("start");
  expect(exitCode).toBe(4);
  expect(error).toContain("reboot");
});

test("unload stops a running hypervisor first", async () => {
  bench.driver.state = abi.STATE_RUNNING;
  expect((await bench.bfm("unload")).exitCode).toBe(0);
  expect(bench.driver.requests).toEqual(["status", "stop", "unload", "status"]);
});

test("quick is load and start", async () => {
  const { exitCode, out } = await bench.bfm("quick", ...loadArguments);
  expect(exitCode).toBe(0);
  expect(out).toMatch(/^bareflank: running on 2 of 2 processors/);
  expect(bench.driver.requests).toEqual(["status", "load", "start", "status"]);
});

test("stop when nothing runs says so", async () => {
  bench.driver.state = abi.STATE_LOADED;
  expect(await bench.bfm("stop")).toEqual({
    exitCode: 1,
    out: "",
    error: "bfm: the hypervisor is not running.\nStart it first: bfm start.\n",
  });
});

test("a start that failed names processor, phase and reason", async () => {
  bench.driver.state = abi.STATE_LOADED;
  bench.driver.reports.start = {
    error: abi.ERROR_START_FAILED,
    cpu: 1,
    phase: abi.PHASE_BOOTSTRAP,
    detail: (BigInt(abi.BOOT_EXT_FAULT) << 32n) | 14n,
  };
  const { exitCode, error } = await bench.bfm("start");
  expect(exitCode).toBe(1);
  expect(error).toBe(
    "bfm: processor 1 did not start, in the extension's bootstrap callback: the extension faulted (page fault, vector 14).\n" +
      "All processors were given back to Linux. See what the hypervisor wrote: bfm dump.\n",
  );
  const { out } = await bench.bfm("start", "--json");
  expect(JSON.parse(out).error).toMatchObject({
    code: "ERROR_START_FAILED",
    exitCode: 1,
    cpu: 1,
    phase: "PHASE_BOOTSTRAP",
    reason: "BOOT_EXT_FAULT",
  });
});

test("a start that waits says for whom after ten seconds, and again", async () => {
  vi.useFakeTimers();
  bench.driver.state = abi.STATE_LOADED;
  bench.driver.waitsIn = { cpu: 1, phase: abi.PHASE_START };
  const started = bench.bfm("start");
  await vi.advanceTimersByTimeAsync(9_900);
  expect(bench.error).toBe("");
  await vi.advanceTimersByTimeAsync(200);
  expect(bench.error).toMatch(
    /^bfm: still starting after 10 s: waiting for processor 1, in the extension's _start\.\n/,
  );
  bench.driver.waitsIn = { cpu: 0xffff_ffff, phase: 0 };
  await vi.advanceTimersByTimeAsync(10_000);
  expect(bench.error).toContain("after 20 s: waiting for the driver, which has not begun");
  bench.driver.endWait();
  expect(await started).toMatchObject({ exitCode: 0, out: expect.stringMatching(/^bareflank: running on 2 of 2/) });
  expect(bench.interruptHandler).toBeUndefined();
});

test.each([
  [[], 0],
  [["--once"], abi.OPERATION_ONCE],
])("start %j tells the driver so", async (options, flags) => {
  bench.driver.state = abi.STATE_LOADED;
  expect((await bench.bfm("start", ...options)).exitCode).toBe(0);
  expect(bench.driver.startFlags).toBe(flags);
});

test.each([
  ["500ms", 500, "500 ms"],
  ["2s", 2000, "2 s"],
  ["1.5s", 1500, "1.5 s"],
  ["60min", 3_600_000, "3600 s"],
])("start --watchdog %s tells the driver so, and status shows it", async (typed, milliseconds, shown) => {
  bench.driver.state = abi.STATE_LOADED;
  const { exitCode, out } = await bench.bfm("start", "--watchdog", typed);
  expect(exitCode).toBe(0);
  expect(bench.driver.watchdogMs).toBe(milliseconds);
  expect(out).toContain(`of memory, watchdog ${shown}`);
  expect(JSON.parse((await bench.bfm("status", "--json")).out)).toMatchObject({ watchdogMs: milliseconds });
});

test.each([
  [[], 0],
  [["--mitigations", "auto"], 0],
  [["--mitigations", "full"], abi.OPERATION_ALL_MITIGATIONS],
  [["--mitigations", "off"], abi.OPERATION_NO_MITIGATIONS],
  [["--no-kaslr"], abi.OPERATION_NO_SLIDE],
  [["--isolate-kernel"], abi.OPERATION_ISOLATE_KERNEL],
  [["--isolate-kernel", "--mitigations", "off"], abi.OPERATION_ISOLATE_KERNEL | abi.OPERATION_NO_MITIGATIONS],
])("start %j tells the driver so by its flags", async (typed, flags) => {
  bench.driver.state = abi.STATE_LOADED;
  expect(await bench.bfm("start", ...typed)).toMatchObject({ exitCode: 0 });
  expect(bench.driver.startFlags).toBe(flags);
});

test("start refuses mitigations that there are not, and says which there are", async () => {
  bench.driver.state = abi.STATE_LOADED;
  const { exitCode, error } = await bench.bfm("start", "--mitigations", "most");
  expect(exitCode).toBe(2);
  expect(error).toContain("Allowed choices are auto, full, off.");
  expect(bench.driver.state).toBe(abi.STATE_LOADED);
});

test("status says what is done against speculation, and what is left", async () => {
  bench.driver.state = abi.STATE_RUNNING;
  expect((await bench.bfm("status")).out).not.toContain("speculation");
  bench.driver.exposures = abi.EXPOSED_BRANCHES | abi.EXPOSED_L1D;
  const exposed = "\n  against speculation: nothing\n  exposed to it: branches, l1d\n";
  expect((await bench.bfm("status")).out).toContain(exposed);
  bench.driver.mitigations = abi.MITIGATION_GUEST_BARRIER | abi.MITIGATION_CLEAR_BUFFERS;
  bench.driver.exposures = abi.EXPOSED_KERNEL_MEMORY | abi.EXPOSED_ROOT_BRANCHES;
  const { out } = await bench.bfm("status");
  expect(out).toContain(
    "\n  against speculation: clear buffers, guest barrier\n  exposed to it: kernel memory, root branches\n",
  );
  expect(JSON.parse((await bench.bfm("status", "--json")).out)).toMatchObject({
    mitigations: ["clear_buffers", "guest_barrier"],
    exposures: ["kernel_memory", "root_branches"],
  });
});

test("status says whose the IOMMUs are, while the hypervisor runs", async () => {
  bench.iommus = ["dmar0", "dmar1"];
  expect((await bench.bfm("status")).out).not.toContain("IOMMU");
  bench.driver.state = abi.STATE_RUNNING;
  const line = "\n  devices reach the hypervisor's memory: the IOMMU (dmar0, dmar1) is the operating system's\n";
  expect((await bench.bfm("status")).out).toContain(line);
  const { out } = await bench.bfm("status", "--json");
  expect(JSON.parse(out)).toMatchObject({ dma: { covered: false, iommus: ["dmar0", "dmar1"] } });
});

test("start asks for no watchdog, unless one is typed", async () => {
  bench.driver.state = abi.STATE_LOADED;
  expect((await bench.bfm("start")).out).not.toContain("watchdog");
  expect(bench.driver.watchdogMs).toBe(0);
});

test.each([
  [abi.ERROR_NOBODY_WATCHES, /there is one processor, and it has no performance counter.*\nStart without --watchdog/],
  [abi.ERROR_NO_CLOCK, /does not know how fast the time stamp counter runs/],
])("a watchdog that cannot be is said so", async (error, message) => {
  bench.driver.state = abi.STATE_LOADED;
  bench.driver.reports.start = { error };
  const typed = await bench.bfm("start", "--watchdog", "2s");
  expect(typed.exitCode).toBe(1);
  expect(typed.error).toMatch(message);
});

test("a start that failed while the driver was asked where it is says nothing more", async () => {
  vi.useFakeTimers();
  bench.driver.state = abi.STATE_LOADED;
  bench.driver.waitsIn = { cpu: 1, phase: abi.PHASE_START };
  bench.driver.reports.start = { error: abi.ERROR_START_FAILED, cpu: 1, phase: abi.PHASE_START };
  bench.driver.placeWaits = true;
  const started = bench.bfm("start");
  await vi.advanceTimersByTimeAsync(10_100);
  bench.driver.endWait();
  expect((await started).exitCode).toBe(1);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(bench.error).toMatch(/^bfm: processor 1 did not start/);
  expect(bench.error).not.toContain("still starting");
});

test("Ctrl-C ends a start that waits, and names processor and phase", async () => {
  bench.driver.state = abi.STATE_LOADED;
  bench.driver.waitsIn = { cpu: 1, phase: abi.PHASE_BOOTSTRAP };
  const started = bench.bfm("start", "--json");
  await vi.waitUntil(() => bench.interruptHandler);
  bench.interruptHandler?.();
  const { exitCode, out } = await started;
  expect(exitCode).toBe(130);
  expect(JSON.parse(out)).toMatchObject({
    ok: false,
    command: "start",
    error: {
      code: "ERROR_TIMEOUT",
      message: "interrupted while waiting for processor 1, in the extension's bootstrap callback",
      cpu: 1,
      phase: "PHASE_BOOTSTRAP",
    },
  });
});

test("Ctrl-C ends a start even when the driver does not say where it is", async () => {
  vi.useFakeTimers();
  bench.driver.ioctlInThread = () => new Promise(() => {});
  const started = bench.bfm("start");
  await vi.waitUntil(() => bench.interruptHandler);
  bench.interruptHandler?.();
  await vi.advanceTimersByTimeAsync(1_000);
  const { exitCode, error } = await started;
  expect(exitCode).toBe(130);
  expect(error).toMatch(/^bfm: interrupted while waiting for the driver, which does not say where it is\.\n/);
});

test("dump prints the ring, and says when it is empty", async () => {
  expect(await bench.bfm("dump")).toEqual({ exitCode: 0, out: "", error: "bfm: the debug ring is empty\n" });
  bench.driver.ring = "first\nlast\n";
  expect(await bench.bfm("dump")).toEqual({ exitCode: 0, out: "first\nlast\n", error: "" });
  expect(JSON.parse((await bench.bfm("dump", "--json")).out)).toEqual({
    ok: true,
    command: "dump",
    text: "first\nlast",
  });
});

test("a full ring is printed whole", async () => {
  bench.driver.ring = `${"x".repeat(abi.DEBUG_RING_CHARS - 1)}\n`;
  expect((await bench.bfm("dump")).out).toBe(bench.driver.ring);
});

test("dump names a VS's registers", async () => {
  bench.driver.ring = "vs 0\n  AMD register 97   0x10\n  Intel register 1   0x5\n";
  expect((await bench.bfm("dump")).out).toBe("vs 0\n  rip 0x10\n  rax 0x5\n");
});

test.each([
  ["default-cpp", /^_ZN9bareflank4root6vmexit/, "bareflank::root::vmexit(bareflank::Vs, unsigned long)"],
  ["default-rust", /^_ZN9bareflank3log4Line5print/, "bareflank::log::Line::print"],
])("dump has the names of %s as its language has them", async (name, mangled, shown) => {
  const file = join(import.meta.dirname, `../../build/extensions/${name}/${name}.debug.elf`);
  const address = readSymbols(readFileSync(file)).find((symbol) => mangled.test(symbol.name))?.address ?? 0n;
  bench.driver.ring = `rip 0x${address.toString(16)}\n`;
  const { out } = await bench.bfm("dump", "--symbols", file);
  expect(out).toBe(`rip 0x${address.toString(16)} (${shown})\n`);
});

test("dump with a file that has no symbols says so", async () => {
  bench.driver.ring = "0x40000000\n";
  const { exitCode, error } = await bench.bfm("dump", "--symbols", import.meta.filename);
  expect(exitCode).toBe(5);
  expect(error).toContain("gives no symbols: it is no ELF file");
});
