// GDB in a new extension's TypeScript, told what its launch.json tells

import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runBare } from "../../lab/src/index.ts";
import { scaffold } from "../src/index.ts";
import { fieldOf, launchConfiguration, lineOf, MachineInterface } from "./machine-interface.ts";

const folder = join(mkdtempSync(join(tmpdir(), "bf-debugger-")), "watched");
const elf = join(folder, "build/extensions/watched/watched.elf");
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
  const { program, setupCommands } = launchConfiguration(folder, PORT);
  const setup = setupCommands.map(({ text }) => text);
  const script = ["set confirm off", "set pagination off", ...setup, `target remote localhost:${PORT}`, ...commands];
  let output = "";
  const machine = runBare({ extensions: [elf], append: "cpuid=10", gdbPort: PORT });
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

it("stops for an editor at a line in ring 3, shows its variables and callers, and steps to the next", async () => {
  const place = lineOf(folder, "tables = made;");
  const machine = runBare({ extensions: [elf], append: "cpuid=10", gdbPort: PORT });
  const gdb = await MachineInterface.launch(launchConfiguration(folder, PORT), [place]);
  const stop = await gdb.go("-exec-continue");
  expect(fieldOf(stop, "reason"), gdb.log).toBe("breakpoint-hit");
  expect(`${fieldOf(stop, "fullname")}:${fieldOf(stop, "line")}`).toBe(place);
  expect(await gdb.send("-stack-list-frames")).toMatch(/level="1",.*func="[^"]*bootstrap/);
  const variables = await gdb.send("-stack-list-variables --simple-values");
  expect(variables).toMatch(/name="var_ppid",(arg="1",)?type="\w+",value="0"/);
  expect(await gdb.send('-data-evaluate-expression "var_made != 0"')).toBe('value="1"');
  const next = await gdb.go("-exec-next");
  expect(Number(fieldOf(next, "line"))).toBe(Number(fieldOf(stop, "line")) + 1);
  await gdb.leave();
  expect((await machine).exitCode).toBe(0);
});

it("stops in ring 0, and knows the microkernel's lines", async () => {
  const output = await debug(["hbreak enterVmexit", "continue", "next", "frame", "delete", "continue"]);
  expect(output).toMatch(/breakpoint 1 at 0x\w+: file kernel\/arch\/x64\/amd\/exit\.ts, line \d+\./);
  expect(output).toMatch(/^#0 .* at kernel\/[\w./]+\.ts:\d+\n/m);
  expect(output).not.toContain(".ts: No such file");
  expect(output).toMatch(/exit 0$/);
});
