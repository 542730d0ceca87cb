// bfm vmcall: what is typed becomes registers, and registers become lines

import * as abi from "@bareflank/abi";
import { beforeEach, expect, test } from "vitest";
import { Bench } from "./bench.ts";

let bench: Bench;

beforeEach(() => {
  bench = new Bench();
});

test("shows every register that comes back", async () => {
  bench.driver.state = abi.STATE_RUNNING;
  expect(await bench.bfm("vmcall", "0x10", "7")).toEqual({
    exitCode: 0,
    out: "rax 0x11\nrbx 0x8\nrcx 0x1\nrdx 0x1\nrsi 0x1\nrdi 0x1\nr8 0x1\nr9 0x1\n",
    error: "",
  });
  expect(JSON.parse((await bench.bfm("vmcall", "--cpu", "1", "--json", "0xfffffffffffffffe")).out)).toMatchObject({
    ok: true,
    command: "vmcall",
    cpu: 1,
    registers: { rax: "0xffffffffffffffff", rbx: "0x1" },
  });
});

test.each([
  [["vmcall"], "missing required argument"],
  [["vmcall", "seven"], '"seven" is no register\'s value'],
  [["vmcall", "0x10000000000000000"], "is no register's value"],
  [["vmcall", "18446744073709551616"], "is no register's value"],
  [["vmcall", "--cpu", "all", "1"], '"all" is no processor\'s number'],
  [["vmcall", "1", "2", "3", "4", "5", "6", "7", "8", "9"], "9 registers are too many: there are 8"],
])("%j is wrong usage", async (args, message) => {
  const { exitCode, error } = await bench.bfm(...args);
  expect(exitCode).toBe(2);
  expect(error).toContain(message);
});

test("says when nothing runs, or not there", async () => {
  expect((await bench.bfm("vmcall", "1")).error).toContain("the hypervisor is not running");
  bench.driver.state = abi.STATE_RUNNING;
  const { exitCode, error } = await bench.bfm("vmcall", "--cpu", "9", "1");
  expect(exitCode).toBe(1);
  expect(error).toContain("processor 9 does not run under the hypervisor");
});

test.each([
  [["vmcall", "--cpu", "1", "7"], "vmcall", "the hypercall"],
  [["stop"], "stop", "stop"],
  [["start"], "start", "start"],
])("%j says what was interrupted where a processor does not return", async (args, name, words) => {
  bench.driver.state = name === "start" ? abi.STATE_LOADED : abi.STATE_RUNNING;
  bench.driver.reports[name] = { error: abi.ERROR_TIMEOUT, cpu: 1, phase: abi.PHASE_BOOTSTRAP };
  expect((await bench.bfm(...args)).error).toContain(
    `bfm: ${words} was interrupted: processor 1 did not return, in the extension's bootstrap callback`,
  );
});

test("status adds the extension's counters up over all processors", async () => {
  bench.driver.state = abi.STATE_RUNNING;
  bench.driver.counters.set("cpuids", 20n);
  bench.driver.counters.set("a name of thirty-two characters!", 0xffff_ffff_ffffn);
  expect((await bench.bfm("status")).out).toContain(
    "\n  cpuids: 41\n  a name of thirty-two characters!: 562949953421311\n",
  );
  expect(JSON.parse((await bench.bfm("status", "--json")).out)).toMatchObject({ counters: { cpuids: 41 } });
});

/** What it says of itself, and nothing of an extension. */
const WITHOUT_COUNTERS = /^bareflank: running on 2 of 2 processors.*\n {2}devices reach the hypervisor's memory: .*\n$/;

/** Says yes to every hypercall, with something that is no counter's name in the registers for it. */
const yes = (...name: bigint[]) => [0n, 7n, ...name, 0n, 0n];
const ESCAPE_SEQUENCE = 0x6d31_335b_1bn;

test.each([
  ["takes none", { error: abi.ERROR_NO_HYPERCALLS }, undefined],
  ["does not know this one", { error: abi.ERROR_UNKNOWN_HYPERCALL, cpu: 0 }, undefined],
  ["says yes and nothing else", undefined, yes(0n, 0n, 0n, 0n)],
  ["answers with what would change the terminal", undefined, yes(ESCAPE_SEQUENCE, 0n, 0n, 0n)],
  ["answers the same name for ever", undefined, yes(0x61n, 0n, 0n, 0n)],
])("status is well when the extension's hypercalls mean something else: it %s", async (_, report, answer) => {
  bench.driver.state = abi.STATE_RUNNING;
  if (report !== undefined) bench.driver.reports.vmcall = report;
  bench.driver.answer = answer;
  const { exitCode, out, error } = await bench.bfm("status");
  expect({ exitCode, error }).toEqual({ exitCode: 0, error: "" });
  expect(out).toMatch(WITHOUT_COUNTERS);
  expect(JSON.parse((await bench.bfm("status", "--json")).out)).toMatchObject({ ok: true, counters: {} });
});

test("status is well, and says why there are no counters, when asking for them fails", async () => {
  bench.driver.state = abi.STATE_RUNNING;
  bench.driver.counters.set("cpuids", 20n);
  bench.driver.reports.vmcall = { error: abi.ERROR_NO_SUCH_CPU, cpu: 1 };
  const { exitCode, out, error } = await bench.bfm("status");
  expect({ exitCode, error }).toEqual({
    exitCode: 0,
    error: "bfm: the extension's counters are not known: processor 1 does not run under the hypervisor\n",
  });
  expect(out).toMatch(WITHOUT_COUNTERS);
  const json = JSON.parse((await bench.bfm("status", "--json")).out);
  expect(json).toMatchObject({
    ok: true,
    state: "running",
    counters: {},
    countersError: { code: "ERROR_NO_SUCH_CPU" },
  });
  bench.driver.errnos.vmcall = [5];
  expect((await bench.bfm("status")).exitCode).toBe(0);
});
