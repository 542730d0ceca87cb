// What bf does when its output cannot be written

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { EXIT_UNWRITTEN } from "../src/output.ts";

const BF = join(import.meta.dirname, "../bin/bf");

/** Runs a line of bash, in which `$bf` is the command. */
function bash(line: string) {
  const { status, stderr } = spawnSync("bash", ["-c", line], { env: { ...process.env, bf: BF }, encoding: "utf8" });
  return { status, stderr };
}

describe("a command whose output cannot be written ends with one line and a code of its own", () => {
  it.each(["--help", "--version", "lab --help", "new --help"])("bf %s > /dev/full", (words) => {
    expect(bash(`$bf ${words} > /dev/full`)).toEqual({
      status: EXIT_UNWRITTEN,
      stderr: "bf: the output cannot be written: no space left on device\n",
    });
  });

  it("bf --help | true", () => {
    expect(bash("set -o pipefail; (sleep 0.5; $bf --help) | true")).toEqual({
      status: EXIT_UNWRITTEN,
      stderr: "bf: the output cannot be written: broken pipe\n",
    });
  });
});

it("a command that cannot even complain ends with the code of what went wrong", () => {
  expect(bash("$bf build no-such-part 2> /dev/full").status).toBe(2);
  expect(bash("$bf strat 2> /dev/full").status).toBe(2);
});
