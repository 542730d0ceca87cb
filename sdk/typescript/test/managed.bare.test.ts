// Extensions with the runtime "managed": closures, errors, the collector

import { beforeAll, describe, expect, it } from "vitest";
import { LOADER_CPUIDS } from "../../../kernel/test/bare/expected.ts";
import {
  actionResult,
  buildProbes,
  MOST_KIB,
  runManagedProbe,
  runManagedProbeWithin,
  symbolsOfProbes,
} from "./fixtures.ts";

const passed = { kind: "exit", exitCode: 0, report: undefined };
/** Leaves of the fixtures begin here. */
const LEAF = 0x4000_1000;

beforeAll(() => buildProbes("managed"));

describe("a closure", () => {
  it("counts in a variable of the function around it, for at most 400 instructions a CPUID", async () => {
    const result = await runManagedProbe("closure", "", { cpuids: 1000, icount: true });
    expect(result).toMatchObject(passed);
    expect(result.ring).toContain(`PP 0: counted ${1000 + LOADER_CPUIDS - 1}`);
    const each = Number(/in the root VM: (\d+) each/.exec(result.output)?.[1]);
    expect(each).toBeGreaterThan(100);
    expect(each).toBeLessThanOrEqual(400);
  });
});

describe("errors", () => {
  it.each([
    { what: "are caught by their class", leaf: 0, result: 7n },
    { what: "let finally run when there is none", leaf: 1, result: 0x12345n },
    { what: "let finally run on their way", leaf: 2, result: 0x1246n },
    { what: "pass through catch and throw of every caller", leaf: 3, result: 0x12_3456n },
    { what: "do not keep a return from finally", leaf: 4, result: 0x129n },
    { what: "come from an index that is out of range", leaf: 5, result: 0xan },
    { what: "come from a key that is not in a map", leaf: 6, result: 1n },
    { what: "come from memory that is not there, and leave what there is", leaf: 7, result: 0x400n },
    { what: "come from memory that has grown to its end, and is free again", leaf: 8, result: BigInt(MOST_KIB / 64) },
    { what: "do not come of a million objects", leaf: 9, result: 1n },
  ])("$what", async ({ leaf, result }) => {
    const run = await runManagedProbe("errors", `eax=${LEAF + leaf}`);
    expect(run).toMatchObject(passed);
    expect(actionResult(run, "eax")).toBe(result);
  });
});

describe("memory", () => {
  it("grows within the quota of the manifest, and what is beyond is an error", async () => {
    // 128 KiB at first, twice as much with 32 pages more; 16 more are too many
    const result = await runManagedProbeWithin(40, "errors", `eax=${LEAF + 8}`);
    expect(result).toMatchObject(passed);
    expect(result.ring).toContain("bareflank: extension 0 (errors): it has its quota of 40 pages");
    const blocks = actionResult(result, "eax");
    expect(blocks).toBeGreaterThan(3n);
    expect(blocks).toBeLessThan(8n);
  });
});

describe("an error that nobody catches", () => {
  it("is told with the names of the functions it went through, and the VM runs on", async () => {
    const result = await runManagedProbe("uncaught", `eax=${LEAF}`);
    expect(result).toMatchObject(passed);
    expect(result.ring).toContain("PP 0: error: RangeError: too deep");
    expect(result.ring).toContain("PP 0: errors: 1");
    const symbols = symbolsOfProbes("managed");
    const addresses = result.ring.flatMap((line) => /^PP 0: error: {3}at (0x[0-9a-f]+)$/.exec(line)?.[1] ?? []);
    const names = addresses.map((address) => symbols.symbolize(BigInt(address))?.replace(/\+.*/, ""));
    const source = "sdk/typescript/test/fixtures/src/uncaught";
    expect(names.slice(0, 5)).toEqual([
      ...Array.from({ length: 4 }, () => `${source}/dive`),
      `${source}/bootstrap~anonymous|0`,
    ]);
    expect(names.at(-1)).toBe("on_vmexit");
  });

  it.each([
    { what: "a fault", leaf: 1, message: "Error: page fault" },
    { what: "memory that ran out", leaf: 2, message: "RangeError: out of memory" },
    { what: "a division by zero", leaf: 3, message: "RangeError: division by zero" },
  ])("may be $what", async ({ leaf, message }) => {
    const result = await runManagedProbe("uncaught", `eax=${LEAF + leaf}`);
    expect(result).toMatchObject(passed);
    expect(result.ring).toContain(`PP 0: error: ${message}`);
    expect(result.ring).toContain("PP 0: errors: 1");
  });

  it("ends the extension that has no handler for it", async () => {
    const { output } = await runManagedProbe("fatal", `eax=${LEAF}`, { timeout: 5 });
    expect(output).toContain("PP 0: error: TypeError: nobody catches this");
    expect(output).toMatch(/PP 0: error: {3}at 0x3280/);
  });
});

describe("the collector", () => {
  it("keeps the memory of many exits constant, on two processors", async () => {
    const few = await runManagedProbe("garbage", "", { cpuids: 2_000, smp: 2 });
    const many = await runManagedProbe("garbage", "", { cpuids: 40_000, smp: 2 });
    for (const cpu of [0, 1]) {
      const most = few.ring.find((line) => line.startsWith(`PP ${cpu}: most bytes `));
      expect(most).toMatch(/, kept 8$/);
      expect(many.ring).toContain(most);
    }
    expect(many).toMatchObject(passed);
    expect(many.ring.join("\n")).toMatch(/PP 1: exits 40002, collections 1\d\d$/m);
  });
});

describe("the beginning and the end", () => {
  it("are told in order, each processor's own and those of all", async () => {
    const { ring, ...result } = await runManagedProbe("life", "", { smp: 2 });
    expect(result).toMatchObject(passed);
    const of = (ppid: number) =>
      ring.flatMap((line) => (line.startsWith(`PP ${ppid}: `) ? line.slice(6).replace(/ \d$/, "") : []));
    const come = ["bootstrap", "opens outer", "opens inner", "in a VM now"];
    const leave = ["closes inner", "leaves", "closes inner", "closes outer"];
    expect(of(0)).toEqual(["module", "load", "load again", ...come, ...leave, "unload first", "unload"]);
    expect(of(1)).toEqual(["module", ...come, ...leave]);
    expect(ring.at(-2)).toBe("PP 0: unload");
  });
});

describe("messages", () => {
  it("arrive once and in order, and those that find no room are refused", async () => {
    const { ring, ...result } = await runManagedProbe("mail", "", { cpuids: 500, smp: 2 });
    expect(result).toMatchObject(passed);
    const numbers = (cpu: number, words: RegExp) =>
      ring.flatMap((line) => (line.startsWith(`PP ${cpu}`) ? (words.exec(line)?.slice(1).map(Number) ?? []) : []));
    for (const cpu of [0, 1]) {
      const [received = -1, inOrder] = numbers(cpu, /received (\d+), in order (\d)/);
      const [sent = 0, refused = -1] = numbers(cpu, /sent (\d+), refused (\d+)/);
      const [sentToIt = 0] = numbers(1 - cpu, /sent (\d+), refused/);
      expect(inOrder).toBe(1);
      expect(sent + refused).toBe(500 + LOADER_CPUIDS - 1);
      expect(received).toBeGreaterThan(0);
      // The exit by which a processor leaves sends one more, behind what it prints
      expect(received).toBeLessThanOrEqual(sentToIt + 1);
      // The first processor leaves last: by then all has come that was sent to it
      if (cpu === 0) expect(received).toBeGreaterThanOrEqual(sentToIt);
    }
    expect(ring.join("\n")).not.toContain("nobody is there");
  });
});
