// bfm vmcall: what is typed becomes registers, and registers become lines

import { STATE_RUNNING } from "@bareflank/abi";
import { beforeEach, expect, test } from "vitest";
import { Bench } from "./bench.ts";

let bench: Bench;

beforeEach(() => {
  bench = new Bench();
});

test("shows every register that comes back", async () => {
  bench.driver.state = STATE_RUNNING;
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
  bench.driver.state = STATE_RUNNING;
  const { exitCode, error } = await bench.bfm("vmcall", "--cpu", "9", "1");
  expect(exitCode).toBe(1);
  expect(error).toContain("processor 9 does not run under the hypervisor");
});

test("status adds the extension's counters up over all processors", async () => {
  bench.driver.state = STATE_RUNNING;
  bench.driver.counters.set("cpuids", 20n);
  bench.driver.counters.set("a name of thirty-two characters!", 0xffff_ffff_ffffn);
  expect((await bench.bfm("status")).out).toContain(
    "\n  cpuids: 41\n  a name of thirty-two characters!: 562949953421311\n",
  );
  expect(JSON.parse((await bench.bfm("status", "--json")).out)).toMatchObject({ counters: { cpuids: 41 } });
});
