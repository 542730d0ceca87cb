// The life of the hypervisor as the driver sees it: states, order, what stays taken

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import {
  CPUID_CONTROL_REPORT_OFF,
  CPUID_CONTROL_REPORT_ON,
  CPUID_CONTROL_STOP,
  ERROR_ELF,
  ERROR_INVALID_ARGUMENT,
  ERROR_NONE,
  ERROR_NOT_LOADED,
  ERROR_NOT_RUNNING,
  IOCTL_START,
  IOCTL_STOP,
  IOCTL_UNLOAD,
  OPERATION_ONCE,
  STATE_LOADED,
  STATE_RUNNING,
  STATE_UNLOADED,
  STATUS_ARGS_KERNEL_BUILD_ID,
  STATUS_ARGS_START_COUNT,
  STATUS_ARGS_STOP_COUNT,
  STATUS_ARGS_VENDOR,
  VENDOR_AMD,
} from "@bareflank/abi";
import { partPath } from "@bareflank/bsl/test-support";
import { describe, expect, it } from "vitest";
import { Machine } from "./machine/machine.ts";

const MIB = 0x10_0000n;

describe("the module", () => {
  it("is the one that the driver links", () => {
    const manifest = JSON.parse(readFileSync(partPath("loader").replace("loader.wasm", "manifest.json"), "utf8"));
    const digest = createHash("sha256")
      .update(readFileSync(partPath("loader")))
      .digest("hex");
    expect(new Machine(1).digest).toBe(digest);
    expect(JSON.stringify(manifest)).toContain(digest);
  });
});

describe("load, start, stop, unload", () => {
  it("go through the states and give every page back", () => {
    const machine = new Machine(4);
    expect(machine.status()).toMatchObject({ state: STATE_UNLOADED, allocatedPages: 0, memoryBytes: 0n });
    expect(machine.load().error).toBe(ERROR_NONE);
    const loaded = machine.status();
    expect(loaded).toMatchObject({ state: STATE_LOADED, runningCount: 0, memoryBytes: 0n });
    expect(loaded.allocatedPages).toBe(machine.platform.takenPages);

    for (let cycle = 1n; cycle <= 5n; cycle++) {
      expect(machine.operate(IOCTL_START).error).toBe(ERROR_NONE);
      expect(machine.loader.loaderIsHeld()).toBe(1);
      const running = machine.status();
      // Processors have the operating system's numbers 0, 2, 4, 6.
      expect(running).toMatchObject({ state: STATE_RUNNING, runningCount: 4, running: 0b101_0101n });
      expect(running.memoryBytes).toBeGreaterThan(5n * MIB);
      expect(running.memoryBytes).toBeLessThanOrEqual(8n * MIB + 4n * 0x5_0000n);
      expect(machine.word(STATUS_ARGS_VENDOR)).toBe(VENDOR_AMD);
      expect(running.allocatedPages).toBe(machine.platform.takenPages);

      expect(machine.operate(IOCTL_STOP).error).toBe(ERROR_NONE);
      expect(machine.loader.loaderIsHeld()).toBe(0);
      expect(machine.status()).toMatchObject({ state: STATE_LOADED, allocatedPages: loaded.allocatedPages });
      expect(machine.long(STATUS_ARGS_START_COUNT)).toBe(cycle);
      expect(machine.long(STATUS_ARGS_STOP_COUNT)).toBe(cycle);
    }
    expect(machine.operate(IOCTL_UNLOAD).error).toBe(ERROR_NONE);
    expect(machine.status()).toMatchObject({ state: STATE_UNLOADED, allocatedPages: 0 });
    expect(machine.platform.takenPages).toBe(0);
  });

  it("start in ascending and stop in descending order, after a check of every processor", () => {
    const machine = new Machine(3);
    machine.load();
    machine.operate(IOCTL_START);
    machine.operate(IOCTL_STOP);
    expect(machine.platform.runs).toEqual(
      ["0 operation 1", "1 operation 1", "2 operation 1", "0 operation 2", "1 operation 2", "2 operation 2"].concat([
        "2 operation 3",
        "1 operation 3",
        "0 operation 3",
      ]),
    );
    for (const { commands } of machine.processors) {
      expect(commands).toEqual([CPUID_CONTROL_REPORT_ON, CPUID_CONTROL_REPORT_OFF, CPUID_CONTROL_STOP]);
    }
  });

  it("shows the loaded kernel's build id", () => {
    const machine = new Machine(1);
    machine.load();
    machine.status();
    const bytes = Array.from({ length: 6 }, (_, i) => machine.word(STATUS_ARGS_KERNEL_BUILD_ID + 4 * i));
    expect(bytes).toEqual([0x0403_0201, 0x0807_0605, 0x0c0b_0a09, 0x100f_0e0d, 0x1413_1211, 0]);
    machine.operate(IOCTL_UNLOAD);
    machine.status();
    expect(machine.word(STATUS_ARGS_KERNEL_BUILD_ID)).toBe(0);
  });

  it("stop gives memory back with nothing of the hypervisor's in it", () => {
    const machine = new Machine(2);
    machine.load();
    expect(machine.operate(IOCTL_START).error).toBe(ERROR_NONE);
    expect(machine.operate(IOCTL_STOP).error).toBe(ERROR_NONE);
    // The arena's pieces; the others are single pages
    const arena = machine.platform.freed.filter(({ length }) => length > 4096);
    expect(arena.length).toBeGreaterThan(0);
    for (const bytes of arena) expect(bytes.every((byte) => byte === 0)).toBe(true);
  });

  it("start while running is stop, then start", () => {
    const machine = new Machine(2);
    machine.load();
    machine.operate(IOCTL_START);
    const pages = machine.platform.takenPages;
    expect(machine.operate(IOCTL_START).error).toBe(ERROR_NONE);
    expect(machine.platform.runs.filter((run) => run.endsWith("operation 3"))).toHaveLength(2);
    expect(machine.status()).toMatchObject({ state: STATE_RUNNING, runningCount: 2 });
    expect(machine.platform.takenPages).toBe(pages);
  });

  it("load while running stops, and unload does too", () => {
    const machine = new Machine(2);
    machine.load();
    machine.operate(IOCTL_START);
    expect(machine.load().error).toBe(ERROR_NONE);
    expect(machine.status()).toMatchObject({ state: STATE_LOADED, runningCount: 0 });
    machine.operate(IOCTL_START);
    expect(machine.operate(IOCTL_UNLOAD).error).toBe(ERROR_NONE);
    expect(machine.platform.takenPages).toBe(0);
    expect(machine.processors.every(({ isInside }) => !isInside)).toBe(true);
  });

  it("a load that fails leaves what runs alone", () => {
    const machine = new Machine(2);
    machine.load();
    machine.operate(IOCTL_START);
    const pages = machine.platform.takenPages;
    expect(machine.load(new Uint8Array(100)).error).toBe(ERROR_ELF);
    expect(machine.status()).toMatchObject({ state: STATE_RUNNING, runningCount: 2 });
    expect(machine.platform.takenPages).toBe(pages);
  });

  it("nothing loaded cannot be started, nothing running cannot be stopped, unload is always possible", () => {
    const machine = new Machine(1);
    expect(machine.operate(IOCTL_START).error).toBe(ERROR_NOT_LOADED);
    expect(machine.operate(IOCTL_STOP).error).toBe(ERROR_NOT_RUNNING);
    expect(machine.operate(IOCTL_UNLOAD).error).toBe(ERROR_NONE);
    machine.load();
    expect(machine.operate(IOCTL_STOP).error).toBe(ERROR_NOT_RUNNING);
    expect(machine.status().state).toBe(STATE_LOADED);
    expect(machine.platform.runs).toEqual([]);
  });

  it("the platform can stop and unload", () => {
    const machine = new Machine(2);
    expect(machine.loader.loaderStop()).toBe(ERROR_NONE);
    machine.load();
    machine.operate(IOCTL_START);
    expect(machine.loader.loaderStop()).toBe(ERROR_NONE);
    expect(machine.status().state).toBe(STATE_LOADED);
    machine.operate(IOCTL_START);
    expect(machine.loader.loaderUnload()).toBe(ERROR_NONE);
    expect(machine.platform.takenPages).toBe(0);
  });
});

describe("what the platform ends", () => {
  const interrupted = (flags = 0): Machine => {
    const machine = new Machine(2);
    machine.load();
    expect(machine.start(flags).error).toBe(ERROR_NONE);
    expect(machine.loader.loaderStop()).toBe(ERROR_NONE);
    return machine;
  };

  it("is to be started again, as it was", () => {
    const machine = interrupted();
    expect(machine.loader.loaderIsInterrupted()).toBe(1);
    expect(machine.loader.loaderStop()).toBe(ERROR_NONE);
    expect(machine.loader.loaderIsInterrupted()).toBe(1);
    expect(machine.loader.loaderStartAgain()).toBe(ERROR_NONE);
    expect(machine.status()).toMatchObject({ state: STATE_RUNNING, runningCount: 2 });
    expect(machine.loader.loaderIsInterrupted()).toBe(0);
    machine.loader.loaderStop();
    expect(machine.loader.loaderIsInterrupted()).toBe(1);
  });

  it.each([
    ["it was started once only", (): Machine => interrupted(OPERATION_ONCE)],
    ["nothing ran", (): Machine => new Machine(1)],
  ])("stays ended when %s", (_, make) => {
    const machine = make();
    machine.loader.loaderStop();
    expect(machine.loader.loaderIsInterrupted()).toBe(0);
  });

  it.each([
    ["stop", (machine: Machine) => machine.operate(IOCTL_STOP)],
    ["unload", (machine: Machine) => machine.operate(IOCTL_UNLOAD)],
    ["load", (machine: Machine) => machine.load()],
    ["start", (machine: Machine) => machine.operate(IOCTL_START)],
  ])("is forgotten by %s", (_, operate) => {
    const machine = interrupted();
    operate(machine);
    expect(machine.loader.loaderIsInterrupted()).toBe(0);
  });

  it("a start with flags that there are not is refused", () => {
    const machine = new Machine(1);
    machine.load();
    expect(machine.start(1 << 20)).toMatchObject({ error: ERROR_INVALID_ARGUMENT, detail: 1n << 20n });
    expect(machine.status().state).toBe(STATE_LOADED);
  });
});

describe("an operating system that dies", () => {
  it("gets each processor back at once, by that processor, whatever the driver is doing", () => {
    const machine = new Machine(2);
    machine.load();
    machine.loader.loaderLeaveNow(0);
    machine.operate(IOCTL_START);
    for (const index of [0, 1, 2]) machine.leaveNow(index);
    for (const { commands, isInside } of machine.processors) {
      expect(commands).toEqual([CPUID_CONTROL_REPORT_ON, CPUID_CONTROL_STOP]);
      expect(isInside).toBe(false);
    }
    machine.leaveNow(0);
    expect(machine.processors[0]?.commands).toHaveLength(2);
  });

  it("gets it back between the first exit and the loader's note of it, and not before there is a VM", () => {
    const machine = new Machine(1);
    machine.load();
    const [processor] = machine.processors;
    const seen: number[] = [];
    if (processor !== undefined) {
      processor.onControl = (command) => {
        seen.push(command);
        if (command === CPUID_CONTROL_REPORT_ON) machine.leaveNow(0);
        return 0;
      };
    }
    machine.kernelStatus = () => {
      machine.leaveNow(0);
      return 0;
    };
    machine.operate(IOCTL_START);
    expect(seen).toEqual([CPUID_CONTROL_REPORT_ON, CPUID_CONTROL_STOP]);
  });
});

describe("an extension whose first answer fails", () => {
  it("is asked once more", () => {
    const machine = new Machine(1);
    machine.load();
    const [processor] = machine.processors;
    if (processor !== undefined) processor.onControl = () => (processor.commands.length === 1 ? 1 : 0);
    expect(machine.operate(IOCTL_START).error).toBe(ERROR_NONE);
    expect(processor?.commands).toEqual([CPUID_CONTROL_REPORT_ON, CPUID_CONTROL_REPORT_ON]);
  });
});
