// Which tests a change is tried on, and in which order

import { expect, test } from "vitest";
import { Covering, type Test } from "./covering.ts";

const VM = "kernel/src/vm.ts";
/** A test file that goes these ways in vm.ts: a line, and which way. */
const of = (file: string, seconds: number, functions: string[], ways: Test["outcomes"][string] = []): Test => {
  return { file: `kernel/test/unit/${file}.test.ts`, digest: "", seconds, functions, outcomes: { [VM]: ways } };
};
const tests = [
  of("boot", 3, ["boot", "createVm"], [[100, "taken"]]),
  of(
    "slow",
    9,
    ["createVm", "destroyVm"],
    [
      [12, "taken"],
      [10, "passed"],
    ],
  ),
  of("fast", 1, ["createVm"], [[10, "passed"]]),
  of("vm", 5, ["createVm"], [[10, "passed"]]),
  of("formats", 1, ["encode"]),
  of("texts", 1, []),
];
const tried = (line: number, difference: ReadonlySet<string> | "everything") =>
  new Covering(tests).testsOf({ file: VM, line }, difference).map(({ file }) => file.split("/").at(-1)?.split(".")[0]);

test("only tests that enter a function that is different are tried", () => {
  expect(tried(1000, new Set(["destroyVm"]))).toEqual(["slow"]);
  expect(tried(1000, new Set(["encode", "destroyVm"]))).toEqual(["formats", "slow"]);
  expect(tried(1000, new Set(["nobody"]))).toEqual([]);
});

test("when constants of the module differ, all tests that run any module are tried", () => {
  expect(tried(1000, "everything").sort()).toEqual(["boot", "fast", "formats", "slow", "vm"]);
});

test("those about the file and those that go a rare way beside the change come first, the fast ones before the slow ones", () => {
  // Three go one way in line 10: fast is worth 3 · 1.2, the way of line 12 is gone by slow alone, and vm is about the file
  expect(tried(10, new Set(["createVm"]))).toEqual(["fast", "vm", "slow", "boot"]);
  expect(tried(100, new Set(["createVm"]))).toEqual(["boot", "vm", "fast", "slow"]);
});
