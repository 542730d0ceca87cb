// The code of the manual's chapters that wants a Linux: as the chapters type it, in one machine

import { afterAll, beforeAll, expect, it } from "vitest";
import { LinuxMachine } from "../../lab/src/index.ts";
import { buildChapter, type Chapter, codeOf } from "./chapters.ts";
import { extensionPackages } from "./extension-package.ts";

const packages = extensionPackages();
const images = [
  ["look", "guest-memory", 0],
  ["device", "devices", 0],
  ["lines", "devices", 1],
  ["counting", "counters", 0],
  ["halts", "counters", 1],
] as const satisfies readonly (readonly [string, Chapter, number])[];

let linux: LinuxMachine;

beforeAll(async () => {
  const put: { from: string; to: string }[] = [];
  for (const [name, chapter, index] of images) {
    const from = await buildChapter(packages, name, codeOf(chapter)[index] ?? "");
    put.push({ from, to: `/root/${name}.elf` });
  }
  linux = await LinuxMachine.boot({ smp: 2, put });
});

afterAll(() => linux?.close());

const run = async (command: string) => {
  const result = await linux.run(command);
  expect(result, command).toMatchObject({ exitCode: 0, stderr: "" });
  return result.stdout;
};
const start = (name: string) =>
  run(`bfm stop >/dev/null 2>&1; bfm unload >/dev/null 2>&1; bfm quick ${name}.elf >/dev/null`);

it("looks at an address of Linux's", async () => {
  await start("look");
  const told = await run("bfm vmcall --cpu 1 0x6c6f6f6b 0xffffffff81000000");
  const [, physical = "", word = ""] = /^rax 0x0\nrbx (0x[0-9a-f]+)\nrcx (0x[0-9a-f]+)$/m.exec(told) ?? [];
  expect(physical).toBe("0x1000000");
  expect(BigInt(word)).not.toBe(0n);
  expect(BigInt((await run(`bf-memory read ${physical} --bytes 8`)).trim())).toBe(BigInt(word));
  expect(await run("bfm vmcall 0x6c6f6f6b 0xffff800000000000")).toMatch(/^rax 0x1\nrbx 0xf{16}\nrcx 0x0$/m);
});

it("has a device with an interrupt, whose driver says which vector and processor", async () => {
  await start("device");
  const told = await run(
    "bf-interrupt wait 7 --seconds 20 & sleep 0.5; set -- $(bf-interrupt line 7); " +
      "bf-port write 0x5a1 $1; bf-port write 0x5a2 $2; bf-port write 0x5a0 21 --cpu 1; wait %1; bf-port read 0x5a0",
  );
  expect(told).toBe("1\n0x2a\n");
  // Nobody is told of the next one who does not wait, and nothing is amiss
  expect(await run("bf-port read 0x5a1 --cpu 1")).toMatch(/^0x[2-9a-f][0-9a-f]\n$/);
});

it("learns a line's vector from what Linux writes", async () => {
  await start("lines");
  const told = await run(
    "bf-interrupt wait 7 --seconds 20 & sleep 0.5; bf-interrupt line 7; bf-interrupt trigger 7; wait %1; bfm dump",
  );
  const [, vector] = /^(0x[0-9a-f]{2}) \d\n1\n/.exec(told) ?? [];
  expect(told).toMatch(new RegExp(`^PP \\d: line 7 has vector ${vector}$`, "m"));
});

it("counts over all processors, and tells each one's", async () => {
  await start("counting");
  const counters = async () => JSON.parse(await run("bfm status --json")).counters;
  const before = await counters();
  await run("bf-cpuid --storm 1000 --cpu 0 && bf-cpuid --storm 500 --cpu 1");
  const after = await counters();
  expect(Object.keys(after)).toEqual(["cpuids", "of programs"]);
  expect(after["of programs"] - before["of programs"]).toBeGreaterThanOrEqual(1500);
  expect(after.cpuids - before.cpuids).toBeGreaterThanOrEqual(after["of programs"] - before["of programs"]);
  await start("halts");
  const halts = async (cpu: number) =>
    Number(/^rbx (\w+)$/m.exec(await run(`bfm vmcall --cpu ${cpu} 0x68616c74`))?.[1]);
  const first = await halts(1);
  await run("sleep 0.3");
  expect(await halts(1)).toBeGreaterThan(first);
  await run("bfm stop && bfm unload");
});
