import { expect, it } from "vitest";
import { cellOf, isGood, jsonOf, lostChecks, summaryOf, tableOf, verdictOf } from "../../src/kvm-tests/comparison.ts";
import { diedOf, type TestOutcome } from "../../src/kvm-tests/outcome.ts";

const outcome = (ending: TestOutcome["ending"], passed: string[] = [], failed: string[] = []): TestOutcome => ({
  ending,
  passed,
  failed,
  skipped: [],
  detail: ending === "passed" ? "" : "why",
});
const row = (linux: TestOutcome, microv: TestOutcome) => ({ name: "test", outcomes: { linux, microv } });
const passed = outcome("passed", ["a", "b"]);

it.each([
  ["same", passed, passed],
  ["same", outcome("skipped"), outcome("skipped")],
  ["same", outcome("failed", ["a"], ["b"]), outcome("failed", ["a"], ["b"])],
  ["same", outcome("failed", ["a", "b"], ["b"]), outcome("failed", [], ["b"])],
  ["better", outcome("failed", ["a"], ["b"]), passed],
  ["worse", passed, outcome("failed", ["a"], ["b"])],
  ["worse", passed, outcome("skipped")],
  ["worse", passed, outcome("stalled", ["a", "b"])],
  ["worse", outcome("failed", ["a", "b"], ["c"]), outcome("failed", ["a"], ["b", "c"])],
  ["worse", outcome("failed"), diedOf("a triple fault")],
])("is %s", (verdict, linux, microv) => {
  expect(verdictOf(row(linux, microv))).toBe(verdict);
  expect(isGood(row(linux, microv))).toBe(verdict !== "worse");
});

it("names a check once that passes on Linux's alone", () => {
  expect(lostChecks(row(outcome("failed", ["a", "a", "b"], ["b"]), outcome("failed", [], ["a", "a", "b"])))).toEqual([
    "a",
  ]);
});

it("wants one KVM alone to pass", () => {
  expect(verdictOf({ name: "test", outcomes: { microv: passed } })).toBe("passed");
  expect(verdictOf({ name: "test", outcomes: { microv: outcome("skipped") } })).toBe("passed");
  expect(isGood({ name: "test", outcomes: { linux: outcome("stalled") } })).toBe(false);
});

it("says in few words how a test went", () => {
  expect(cellOf(passed)).toBe("2");
  expect(cellOf(outcome("passed"))).toBe("passed");
  expect(cellOf({ ...passed, skipped: ["c"] })).toBe("2 (1 skipped)");
  expect(cellOf(outcome("failed", ["a"], ["b"]))).toBe("1/1 failed");
  expect(cellOf(outcome("stalled", ["a"]))).toBe("1 ended, nothing came");
  expect(cellOf({ ...outcome("skipped"), skipped: ["c"] })).toBe("skipped");
  expect(cellOf(diedOf("x"))).toBe("the machine died");
  expect(cellOf(undefined)).toBe("");
});

it("makes a table of both, or of one", () => {
  const rows = [row(passed, outcome("failed", ["a"], ["b"])), { ...row(passed, passed), name: "other_test" }];
  expect(tableOf(rows, ["linux", "microv"])).toBe(
    [
      "| Test       | Linux's KVM | MicroV     | Verdict | Why |",
      "|------------|-------------|------------|---------|-----|",
      "| test       | 2           | 1/1 failed | worse   | b |",
      "| other_test | 2           | 2          | same    |  |",
      "",
    ].join("\n"),
  );
  const alone = [{ name: "test", outcomes: { linux: outcome("failed") } }];
  expect(tableOf(alone, ["linux"])).toContain("| test | failed      | not passed | why |");
  expect(summaryOf(rows)).toBe("2 tests: 1 worse, 1 same");
  expect(JSON.parse(jsonOf("amd", rows))).toMatchObject({
    machine: "amd",
    isGood: false,
    tests: [
      { name: "test", verdict: "worse", lost: ["b"], linux: { ending: "passed" }, microv: { failed: ["b"] } },
      { name: "other_test", verdict: "same", lost: [] },
    ],
  });
});
