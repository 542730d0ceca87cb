import { execFileSync } from "node:child_process";
import { DRIVER_VERSION } from "@bareflank/abi";
import { beforeEach, expect, test } from "vitest";
import { exitCodeTexts } from "../src/exit-codes.ts";
import { Bench } from "./bench.ts";

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});

const commands = [
  "load",
  "unload",
  "start",
  "stop",
  "quick",
  "dump",
  "status",
  "memory",
  "efi",
  "vmcall",
  "completion",
];

test("wrong usage ends with 2 and says what to look at", async () => {
  const cases: [string[], RegExp][] = [
    [["strat"], /^bfm: unknown command 'strat' \(did you mean start\?\)\.\nSee what can be typed: bfm --help\n$/],
    [["status", "now"], /^bfm: too many arguments for 'status'/],
    [["status", "--quiet"], /^bfm: unknown option '--quiet'/],
    [["load", "--kernel"], /^bfm: option '--kernel <file>' argument missing/],
    [["completion", "tcsh"], /^bfm: .*'tcsh' is invalid.*bash, zsh, fish/],
    [["start", "--watchdog", "soon"], /^bfm: .*'soon' is invalid. Type a number and ms, s or min: 500ms, 2s\.\n/],
    [["start", "--watchdog", "2"], /^bfm: .*'2' is invalid. Type a number/],
    [["start", "--watchdog", "1ms"], /^bfm: .*'1ms' is invalid. It lies between 10ms and 60min\.\n/],
    [["start", "--watchdog"], /^bfm: option '--watchdog <time>' argument missing/],
    [["completion"], /^bfm: missing required argument 'shell'/],
  ];
  for (const [args, message] of cases) {
    const typed = await bench.bfm(...args);
    expect(typed).toMatchObject({ exitCode: 2, out: "" });
    expect(typed.error).toMatch(message);
  }
});

test("wrong usage is JSON where JSON is wanted", async () => {
  const { exitCode, out, error } = await bench.bfm("status", "--json", "now");
  expect(exitCode).toBe(2);
  expect(error).toBe("");
  expect(JSON.parse(out)).toMatchObject({ ok: false, error: { code: "USAGE", exitCode: 2 } });
});

test("bfm alone shows its help on stderr and ends with 2", async () => {
  const { exitCode, out, error } = await bench.bfm();
  expect(exitCode).toBe(2);
  expect(out).toBe("");
  expect(error).toMatch(/^Usage: bfm /);
});

test("help names every command and every exit code", async () => {
  const { exitCode, out } = await bench.bfm("--help");
  expect(exitCode).toBe(0);
  for (const command of commands) expect(out).toMatch(new RegExp(`^  ${command} `, "m"));
  for (const [code, text] of exitCodeTexts) expect(out).toContain(`${String(code).padStart(5)}  ${text}`);
});

test.each(commands)("%s has help with examples, and opens no driver for it", async (command) => {
  const { exitCode, out } = await bench.bfm(command, "--help");
  expect(exitCode).toBe(0);
  expect(out).toContain(`Usage: bfm ${command}`);
  expect(out).toMatch(/Examples:\n {2}\S/);
  expect(out).toContain("--json");
  expect(bench.driver.requests).toEqual([]);
});

test("the version names the driver's interface", async () => {
  const { out } = await bench.bfm("--version");
  expect(out).toMatch(/^bfm \S+ \(driver interface \d+\)\n$/);
  expect(out).toContain(` ${DRIVER_VERSION})`);
});

test("bash completes commands, options and shells", async () => {
  const { out } = await bench.bfm("completion", "bash");
  const complete = (...words: string[]) =>
    execFileSync("bash", [
      "-c",
      `${out}\nCOMP_WORDS=("$@"); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _bfm; echo "\${COMPREPLY[*]}"`,
      "bash",
      "bfm",
      ...words,
    ])
      .toString()
      .trim();
  expect(complete("st")).toBe("start stop status");
  expect(complete("status", "--j")).toBe("--json");
  expect(complete("completion", "z")).toBe("zsh");
  expect(complete("load", "--kernel", "/etc/debian_v")).toBe("/etc/debian_version");
});

test.each(["zsh", "fish"])("there is a script for %s", async (shell) => {
  const { exitCode, out } = await bench.bfm("completion", shell);
  expect(exitCode).toBe(0);
  for (const command of commands) expect(out).toContain(command);
});
