// What a test of others said: its checks, and how it ended

import type { Suite } from "./tests.ts";

/** How a test ended: `stalled`: it was ended, because nothing came from it; `died`: the machine did not survive it. */
export type Ending = "passed" | "failed" | "skipped" | "stalled" | "died";

/** A test on one KVM. */
export interface TestOutcome {
  readonly ending: Ending;
  /** Names of its checks, as often as each was made. */
  readonly passed: readonly string[];
  readonly failed: readonly string[];
  readonly skipped: readonly string[];
  /** Why it has not passed, in a line; empty when it has. */
  readonly detail: string;
}

/** What a program wrote, and its exit code. */
export interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Of lab/guest/watch.sh. */
export const EXIT_STALLED = 124;

/** QEMU's exit code by what a unit test writes to its port: twice that, and 1. 0: all passed; 38: nothing could be checked. */
const UNIT_PASSED = 1;
const UNIT_SKIPPED = 77;

/** KSFT_SKIP of Linux's kselftest.h. */
const SELFTEST_SKIPPED = 4;

/** Lines of kvm-unit-tests; an expected failure is as good as none. */
const UNIT_CHECK = /^(PASS|FAIL|SKIP|XFAIL|XPASS)\b:?\s*(.*?)\r?$/;
/** Lines of the Test Anything Protocol, which some selftests write. */
const TAP_CHECK = /^(not ok|ok)\s+\d+\s*(?:-\s*)?(.*?)\r?$/;

type Checks = Pick<TestOutcome, "passed" | "failed" | "skipped">;

const unitChecks = (text: string): Checks => {
  const checks = { passed: [] as string[], failed: [] as string[], skipped: [] as string[] };
  for (const line of text.split("\n")) {
    const [, word, name] = UNIT_CHECK.exec(line) ?? [];
    if (word === undefined || name === undefined) continue;
    const list = word === "SKIP" ? checks.skipped : word === "FAIL" ? checks.failed : checks.passed;
    list.push(name);
  }
  return checks;
};

const selftestChecks = (text: string): Checks => {
  const checks = { passed: [] as string[], failed: [] as string[], skipped: [] as string[] };
  for (const line of text.split("\n")) {
    const [, word, name] = TAP_CHECK.exec(line) ?? [];
    if (word === undefined || name === undefined) continue;
    const list = /# SKIP\b/i.test(name) ? checks.skipped : word === "ok" ? checks.passed : checks.failed;
    list.push(name);
  }
  return checks;
};

/** A QEMU that does not start ends with 1, too; but no test ends without a word. */
const unitEnding = ({ exitCode, stdout }: Ended, { failed }: Checks): Ending => {
  if (exitCode === UNIT_SKIPPED) return "skipped";
  return exitCode === UNIT_PASSED && stdout.trim() !== "" && failed.length === 0 ? "passed" : "failed";
};

const selftestEnding = ({ exitCode }: Ended): Ending =>
  exitCode === 0 ? "passed" : exitCode === SELFTEST_SKIPPED ? "skipped" : "failed";

/** What is most likely to tell why: a check that failed, QEMU's word about the KVM, or what was written to stderr at last. */
const detailOf = ({ stdout, stderr }: Ended, { failed }: Checks): string => {
  const lines = (text: string) => text.split(/\r?\n/).filter((line) => /\w/.test(line) && !line.includes("warning: "));
  const [check] = failed;
  if (check !== undefined && check !== "") return check;
  const ofKvm = lines(stderr).find((line) => /^KVM[:\s]/.test(line) || line.includes("error: kvm"));
  return (ofKvm ?? lines(stderr).at(-1) ?? lines(stdout).at(-1) ?? "").trim();
};

/** Reads what a test said. */
export const readOutcome = (suite: Suite, ended: Ended): TestOutcome => {
  const checks = suite === "kvm-unit-tests" ? unitChecks(ended.stdout) : selftestChecks(ended.stdout);
  if (ended.exitCode === EXIT_STALLED) return { ending: "stalled", ...checks, detail: detailOf(ended, checks) };
  const ending = suite === "kvm-unit-tests" ? unitEnding(ended, checks) : selftestEnding(ended);
  return { ending, ...checks, detail: ending === "passed" ? "" : detailOf(ended, checks) };
};

/** The machine died of it. */
export const diedOf = (sentence: string): TestOutcome => ({
  ending: "died",
  passed: [],
  failed: [],
  skipped: [],
  detail: sentence,
});
