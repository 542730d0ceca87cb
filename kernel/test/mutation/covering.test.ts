// Which tests a change is tried on, and in which order

import { expect, test } from "vitest";
import { Covering, type Test } from "./covering.ts";

const of = (file: string, seconds: number, functions: string[], lines: Test["lines"] = {}): Test => {
  return { file: `kernel/test/unit/${file}.test.ts`, digest: "", seconds, functions, lines };
};
const VM = "kernel/src/vm.ts";
const tests = [
  of("boot", 3, ["boot", "createVm"], { [VM]: [100] }),
  of("slow", 9, ["createVm", "destroyVm"], { [VM]: [12] }),
  of("fast", 1, ["createVm"], { [VM]: [4] }),
  of("vm", 5, ["createVm"], { [VM]: [10] }),
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

test("those beside the change come first, of these those about the file, then the fast ones", () => {
  expect(tried(12, new Set(["createVm"]))).toEqual(["vm", "fast", "slow", "boot"]);
  expect(tried(100, new Set(["createVm"]))).toEqual(["boot", "vm", "fast", "slow"]);
});
