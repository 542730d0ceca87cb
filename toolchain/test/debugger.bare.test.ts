// GDB in a new extension's TypeScript, told what its launch.json tells

import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runBare } from "../../lab/src/index.ts";
import { scaffold } from "../src/index.ts";

const folder = join(mkdtempSync(join(tmpdir(), "bf-debugger-")), "watched");
const PORT = 4711;

beforeAll(() => {
  scaffold(folder, "memory-watch");
  const bf = join(folder, "node_modules/.bin/bf");
  const { status, stderr } = spawnSync(bf, ["build", "--dev", "--no-server"], { cwd: folder, encoding: "utf8" });
  expect(status, stderr).toBe(0);
});

afterAll(() => rmSync(join(folder, ".."), { recursive: true }));

/** What GDB says to the commands, on the bare platform with the extension. */
async function debug(commands: readonly string[]): Promise<string> {
  const launch = readFileSync(join(folder, ".vscode/launch.json"), "utf8").replaceAll("${workspaceFolder}", folder);
  const [{ program, setupCommands }] = JSON.parse(launch).configurations;
  const setup = setupCommands.map(({ text }: { text: string }) => text);
  const script = ["set confirm off", "set pagination off", ...setup, `target remote localhost:${PORT}`, ...commands];
  let output = "";
  const extensions = [join(folder, "build/extensions/watched/watched.elf")];
  const machine = runBare({ extensions, append: "cpuid=10", gdbPort: PORT });
  const gdb = spawn("gdb", ["-batch", ...script.flatMap((command) => ["-ex", command]), program], { cwd: folder });
  gdb.stdout.on("data", (chunk) => {
    output += chunk;
  });
  gdb.stderr.on("data", (chunk) => {
    output += chunk;
  });
  const ended = await machine;
  return `${output}\nexit ${ended.exitCode}`;
}

/** Number of the first line with a text. */
const lineOf = (text: string) =>
  readFileSync(join(folder, "src/main.ts"), "utf8")
    .split("\n")
    .findIndex((line) => line.includes(text)) + 1;

it("stops at a line in ring 3, shows its variables and callers, and steps to the next", async () => {
  const line = lineOf("tables = made;");
  const output = await debug([
    ...[`break src/main.ts:${line}`, "continue", "backtrace", "print var_ppid", "print var_made != 0", "next"],
    ...["delete", "continue"],
  ]);
  expect(output).toMatch(new RegExp(`Breakpoint 1, .*bootstrap.* at src/main.ts:${line}\n${line}\\s+tables = made;`));
  expect(output).toMatch(new RegExp(`#0 .*bootstrap .*at src/main.ts:${line}\n#1 .*bootstrap`));
  expect(output).toContain("$1 = 0\n");
  expect(output).toContain("$2 = 1\n");
  expect(output).toMatch(new RegExp(`^${line + 1}\\s+watched = table`, "m"));
  expect(output).toMatch(/exit 0$/);
});

it("stops in ring 0, and knows the microkernel's lines", async () => {
  const output = await debug(["hbreak enterVmexit", "continue", "next", "frame", "delete", "continue"]);
  expect(output).toMatch(/breakpoint 1 at 0x\w+: file kernel\/arch\/x64\/amd\/exit\.ts, line \d+\./);
  expect(output).toMatch(/^#0 .* at kernel\/[\w./]+\.ts:\d+\n/m);
  expect(output).not.toContain(".ts: No such file");
  expect(output).toMatch(/exit 0$/);
});
