// GDB in a new extension's TypeScript, under Linux

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { LinuxMachine } from "../../lab/src/index.ts";
import { scaffold } from "../src/index.ts";
import { fieldOf, launchConfiguration, lineOf, MachineInterface } from "./machine-interface.ts";

const folder = join(mkdtempSync(join(tmpdir(), "bf-debugger-")), "counted");
const PORT = 4712;

beforeAll(() => {
  scaffold(folder, "cpuid-counter");
  const bf = join(folder, "node_modules/.bin/bf");
  const { status, stderr } = spawnSync(bf, ["build", "--dev", "--no-server"], { cwd: folder, encoding: "utf8" });
  expect(status, stderr).toBe(0);
});

afterAll(() => rmSync(join(folder, ".."), { recursive: true }));

it("stops at a line when Linux makes that exit, and both work on behind it", async () => {
  const place = lineOf(folder, "exit.answer(");
  const elf = join(folder, "build/extensions/counted/counted.elf");
  const booting = LinuxMachine.boot({ gdbPort: PORT, put: [elf] });
  const gdb = await MachineInterface.launch(launchConfiguration(folder, PORT), [place]);
  const stopped = gdb.go("-exec-continue");
  const linux = await booting;
  try {
    const running = linux.run("bfm quick --no-kaslr counted.elf && bf-cpuid --leaf 0x40000010");
    const stop = await stopped;
    expect(`${fieldOf(stop, "fullname")}:${fieldOf(stop, "line")}`, gdb.log).toBe(place);
    expect(await gdb.send('-data-evaluate-expression "instance->main_asked"')).toBe('value="0"');
    await gdb.go("-exec-next");
    expect(await gdb.send('-data-evaluate-expression "instance->main_asked"')).toBe('value="1"');
    expect(await gdb.send('-data-evaluate-expression "instance->main_count > 1"')).toBe('value="1"');
    await gdb.leave();
    const { exitCode, stdout } = await running;
    expect({ exitCode, stdout }).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('"ebx":"0x00000001"') });
  } finally {
    gdb.end();
    await linux.close();
  }
});
