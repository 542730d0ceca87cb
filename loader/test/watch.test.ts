// The loader's part of the watchdog: what the kernel is told, who looks, and whom an NMI asks

import {
  BOOT_ARGS_WATCH_TICKS,
  BOOT_REPORT_KICK,
  BOOT_REPORT_WATCHING,
  ERROR_NO_CLOCK,
  ERROR_NOBODY_WATCHES,
  ERROR_NONE,
  ERROR_START_FAILED,
  IOCTL_STATUS,
  IOCTL_STOP,
  STATE_LOADED,
  STATE_RUNNING,
  STATUS_ARGS_WATCHDOG_MS,
} from "@bareflank/abi";
import { describe, expect, it } from "vitest";
import { Machine } from "./machine/machine.ts";

const loaded = (cpus: number): Machine => {
  const machine = new Machine(cpus);
  expect(machine.load().error).toBe(ERROR_NONE);
  return machine;
};

const shown = (machine: Machine): number => {
  machine.operate(IOCTL_STATUS);
  return machine.word(STATUS_ARGS_WATCHDOG_MS);
};

const args = (machine: Machine, index: number) => machine.argsOf(machine.demotions[index]?.state ?? 0n);
const ticks = (machine: Machine, index: number) =>
  machine.memory.peek(args(machine, index) + BigInt(BOOT_ARGS_WATCH_TICKS), 8);
const report = (machine: Machine, index: number) => machine.reportOf(args(machine, index));

describe("a start with a watchdog", () => {
  it("tells the kernel so in ticks, on every processor, and status in milliseconds", () => {
    const machine = loaded(2);
    machine.platform.tscKhz = 2_500_000;
    expect(machine.start(0, 2000).error).toBe(ERROR_NONE);
    for (const index of [0, 1]) expect(ticks(machine, index)).toBe(5_000_000_000n);
    expect(shown(machine)).toBe(2000);
    expect(machine.loader.loaderLookPeriod()).toBe(500);
    machine.operate(IOCTL_STOP);
    expect(shown(machine)).toBe(0);
    expect(machine.loader.loaderLookPeriod()).toBe(0);
  });

  it("is none when none is asked for, whatever the last one had", () => {
    const machine = loaded(2);
    machine.start(0, 2000);
    machine.start(0);
    expect(ticks(machine, 2)).toBe(0n);
    expect(shown(machine)).toBe(0);
    expect(machine.loader.loaderLookPeriod()).toBe(0);
  });

  it("is repeated with the same when the platform has ended it", () => {
    const machine = loaded(2);
    machine.start(0, 700);
    machine.loader.loaderStop();
    expect(machine.loader.loaderLookPeriod()).toBe(0);
    expect(machine.loader.loaderStartAgain()).toBe(ERROR_NONE);
    expect(shown(machine)).toBe(700);
    expect(machine.loader.loaderLookPeriod()).toBe(175);
  });

  it("that fails leaves nobody looking", () => {
    const machine = loaded(2);
    machine.kernelStatus = (index) => index;
    expect(machine.start(0, 700).error).toBe(ERROR_START_FAILED);
    expect(machine.loader.loaderLookPeriod()).toBe(0);
  });

  it("looks at least once a millisecond", () => {
    const machine = loaded(2);
    machine.start(0, 2);
    expect(machine.loader.loaderLookPeriod()).toBe(1);
  });

  it("needs a clock", () => {
    const machine = loaded(2);
    machine.platform.tscKhz = 0;
    expect(machine.start(0, 2000).error).toBe(ERROR_NO_CLOCK);
    expect(machine.status().state).toBe(STATE_LOADED);
    expect(machine.start(0).error).toBe(ERROR_NONE);
  });
});

describe("one processor", () => {
  it.each([
    ["AMD", false],
    ["Intel", true],
  ])("of %s needs counters to be watched, and none otherwise", (_, isIntel) => {
    const machine = loaded(1);
    const [processor] = machine.processors;
    if (processor === undefined) throw new Error("there is no processor");
    if (isIntel) processor.becomeIntel();
    expect(machine.start(0, 2000).error).toBe(ERROR_NOBODY_WATCHES);
    expect(machine.demotions).toEqual([]);
    expect(machine.status().state).toBe(STATE_LOADED);
    processor.hasCounters = true;
    if (isIntel) {
      processor.countsCycles = false;
      expect(machine.start(0, 2000).error).toBe(ERROR_NOBODY_WATCHES);
      processor.countsCycles = true;
    }
    expect(machine.start(0, 2000).error).toBe(ERROR_NONE);
    expect(machine.status().state).toBe(STATE_RUNNING);
  });
});

describe("who looks", () => {
  it("executes a CPUID, which extensions trap", () => {
    const machine = loaded(2);
    machine.start(0, 2000);
    const before = machine.processors[0]?.looks ?? 0;
    machine.loader.loaderLook();
    expect(machine.processors[0]?.looks).toBe(before + 1);
    expect(machine.platform.nmis).toEqual([]);
  });

  it("sends an announced NMI to each processor whose time runs, and no second one", () => {
    const machine = loaded(3);
    machine.start(0, 2000);
    machine.memory.poke(report(machine, 1) + BigInt(BOOT_REPORT_WATCHING), 4, 1n);
    machine.loader.loaderWatch();
    machine.loader.loaderWatch();
    expect(machine.platform.nmis).toEqual([1]);
    const kicks = [0, 1, 2].map((index) => machine.memory.peek(report(machine, index) + BigInt(BOOT_REPORT_KICK), 4));
    expect(kicks).toEqual([0n, 1n, 0n]);
  });

  it("takes its word back for one that has left host mode meanwhile, and asks it the next time", () => {
    const machine = loaded(2);
    machine.start(0, 2000);
    const watching = report(machine, 1) + BigInt(BOOT_REPORT_WATCHING);
    machine.memory.poke(watching, 4, 1n);
    const peek = machine.memory.peek.bind(machine.memory);
    let isInside = true;
    machine.memory.peek = (address, size) => {
      const value = peek(address, size);
      if (BigInt.asUintN(64, address) !== watching) return value;
      // It leaves behind the first look at it
      const seen = isInside ? value : 0n;
      isInside = false;
      return seen;
    };
    machine.loader.loaderWatch();
    machine.memory.peek = peek;
    expect(isInside).toBe(false);
    expect(machine.platform.nmis).toEqual([]);
    expect(peek(report(machine, 1) + BigInt(BOOT_REPORT_KICK), 4)).toBe(0n);
    machine.loader.loaderWatch();
    expect(machine.platform.nmis).toEqual([1]);
  });

  it("asks nobody before there is anything", () => {
    const machine = loaded(2);
    machine.loader.loaderWatch();
    expect(machine.platform.nmis).toEqual([]);
  });
});
