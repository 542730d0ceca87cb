// What bfm does when its output cannot be written

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import * as abi from "@bareflank/abi";
import { beforeEach, describe, expect, it } from "vitest";
import { Bench } from "./bench.ts";

const FULL = Object.assign(new Error("ENOSPC"), { code: "ENOSPC", errno: -28 });
const BUNDLE = join(import.meta.dirname, "../../build/bfm/bfm");
/** There is no driver here, which is an exit code of its own. */
const NO_DRIVER = 3;
const UNWRITTEN = 6;

describe("a command whose output cannot be written", () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench();
    bench.driver.state = abi.STATE_RUNNING;
    bench.outputError = FULL;
  });

  it.each(["start", "status", "stop", "unload"])("(%s) did its work, and says so in one line", async (command) => {
    for (const args of [[command], [command, "--json"]]) {
      bench.driver.state = abi.STATE_RUNNING;
      const { exitCode, error } = await bench.bfm(...args);
      expect(error).toBe(`bfm: ${command} is done, but the output cannot be written: no space left on device\n`);
      expect(exitCode).toBe(UNWRITTEN);
    }
  });

  it.each([["--help"], ["--version"], ["status", "--help"]])("(%s %s) has no help to show", async (...args) => {
    const { exitCode, error } = await bench.bfm(...args);
    expect(error).toBe("bfm: the output cannot be written: no space left on device\n");
    expect(exitCode).toBe(UNWRITTEN);
  });

  it("still ends with the code of what failed, and names it", async () => {
    bench.driver.reports.stop = { error: abi.ERROR_STOP_REFUSED, cpu: 1 };
    const { exitCode, error } = await bench.bfm("stop", "--json");
    expect(error).toBe(
      "bfm: the extension does not give processor 1 back; it works on as before; and the output cannot be written: " +
        "no space left on device\n",
    );
    expect(exitCode).toBe(1);
  });
});

/** Runs the bundled program in a shell, its standard error apart. */
function shell(command: string) {
  const { status, stderr, stdout } = spawnSync("bash", ["-c", command], {
    env: { ...process.env, bfm: BUNDLE },
    encoding: "utf8",
  });
  return { status, stderr, stdout };
}

describe("the program itself", () => {
  it.each(["--help", "--version", "completion bash", "start --help"])("(bfm %s) finds the disk full", (command) => {
    const { status, stderr } = shell(`$bfm ${command} > /dev/full`);
    expect(stderr).toMatch(/^bfm: .*the output cannot be written: no space left on device\n$/);
    expect(status).toBe(UNWRITTEN);
  });

  it("finds that its reader has gone", () => {
    const { status, stderr } = shell("set -o pipefail; (sleep 0.2; $bfm completion bash) | true");
    expect(stderr).toBe("bfm: completion is done, but the output cannot be written: broken pipe\n");
    expect(status).toBe(UNWRITTEN);
  });

  it("keeps the exit code of what failed where neither output can be written", () => {
    expect(shell("$bfm status --json > /dev/full").stderr).toMatch(/^bfm: .*; and the output cannot .*\n$/);
    expect(shell("$bfm status --json > /dev/full 2> /dev/full").status).toBe(NO_DRIVER);
    expect(shell("$bfm status 2> /dev/full").status).toBe(NO_DRIVER);
    expect(shell("$bfm strat 2> /dev/full").status).toBe(2);
  });

  it("writes to nobody when its outputs are closed", () => {
    expect(shell("$bfm --help >&-")).toMatchObject({ status: 0, stderr: "" });
    expect(shell("$bfm status 2>&-").status).toBe(NO_DRIVER);
  });
});
