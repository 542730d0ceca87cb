import { describe, expect, it } from "vitest";
import { readOutcome } from "../../src/kvm-tests/outcome.ts";

const unit = (exitCode: number, stdout: string, stderr = "") =>
  readOutcome("kvm-unit-tests", { exitCode, stdout, stderr });
const selftest = (exitCode: number, stdout: string, stderr = "") =>
  readOutcome("selftests", { exitCode, stdout, stderr });

describe("kvm-unit-tests", () => {
  it("count what they check, and pass with the port's 0", () => {
    const text = "enabling apic\r\nPASS: first: one\r\nSKIP: second\r\nPASS\r\nXFAIL: known\r\nPASSED is no check\r\n";
    expect(unit(1, `${text}SUMMARY: 4 tests, 1 skipped\r\n`)).toEqual({
      ending: "passed",
      passed: ["first: one", "", "known"],
      failed: [],
      skipped: ["second"],
      detail: "",
    });
  });

  it("fail by their exit code, and say the first check that did", () => {
    const outcome = unit(3, "PASS: a\nFAIL: TPR\nFAIL: b\nSUMMARY: 3 tests, 2 unexpected failures\n");
    expect([outcome.ending, outcome.failed, outcome.detail]).toEqual(["failed", ["TPR", "b"], "TPR"]);
  });

  it("skip themselves", () => {
    expect(unit(77, "SKIP: no pku\nSUMMARY: 1 tests, 1 skipped\n").ending).toBe("skipped");
  });

  it("have not passed when QEMU did not start, though its exit code is the same", () => {
    const outcome = unit(1, "", "qemu-system-x86_64: warning: old\nqemu-system-x86_64: CPU model not found\n");
    expect([outcome.ending, outcome.detail]).toEqual(["failed", "qemu-system-x86_64: CPU model not found"]);
  });

  it("keep what they checked before they had to be ended, with what QEMU says of its KVM", () => {
    const registers = "KVM: entry failed, hardware error 0xffffffff\nRAX=0000\nEFER=0000\n";
    const outcome = unit(124, "PASS: one\n", registers);
    expect([outcome.ending, outcome.passed, outcome.detail]).toEqual([
      "stalled",
      ["one"],
      "KVM: entry failed, hardware error 0xffffffff",
    ]);
  });
});

describe("selftests", () => {
  it("pass with 0, and count lines of the Test Anything Protocol", () => {
    const outcome = selftest(0, "TAP version 13\n1..3\nok 1 get_set_regs\nok 2 - events # SKIP none\nok 3 sregs\n");
    expect([outcome.ending, outcome.passed, outcome.skipped]).toEqual([
      "passed",
      ["get_set_regs", "sregs"],
      ["events # SKIP none"],
    ]);
  });

  it("skip themselves with 4, and say what is missing", () => {
    const outcome = selftest(4, "1..0 # SKIP - Requirement not met: has_svm\n");
    expect([outcome.ending, outcome.detail]).toEqual(["skipped", "1..0 # SKIP - Requirement not met: has_svm"]);
  });

  it("fail with the sentence behind an assertion", () => {
    const text =
      "==== Test Assertion Failure ====\n  set_sregs_test.c:39: rc\n  pid=1 tid=1 errno=0 - Success\n  KVM allowed CR4\n";
    expect(selftest(254, "", text)).toMatchObject({ ending: "failed", detail: "KVM allowed CR4" });
    expect(selftest(139, "not ok 1 crash\n")).toMatchObject({ ending: "failed", failed: ["crash"], detail: "crash" });
  });
});
