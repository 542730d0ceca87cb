// The root VM writes MTRRs of an emulated Intel processor: what the manual forbids is #GP, the rest counts, and the machine runs on

import { join } from "node:path";
import { expect, it } from "vitest";
import { type Run, run } from "./run.ts";

const extension = join(import.meta.dirname, "../../../build/extensions/default/default.elf");
const write = (msr: number, value: number) =>
  run(extension, { machine: "intel", append: `wrmsr=${msr} value=${value} rdmsr=${msr} own=1` });
const printed = ({ output }: Run, name: string) =>
  Number(new RegExp(`^bare: ${name} (0x[0-9a-f]+)$`, "m").exec(output)?.[1]);

const DEF_TYPE = 0x2ff;
const PHYSBASE = 0x200;
const FIX64K = 0x250;

it.each([
  ["a type that is none by default", DEF_TYPE, 0x802],
  ["what is reserved beside it", DEF_TYPE, 0x906],
  ["a type that is none to a variable range", PHYSBASE, 0x4000_0003],
  ["a type that is none to a fixed range", FIX64K, 0x07],
])("%s is #GP", async (_, msr, value) => {
  expect((await write(msr, value)).output).toContain("bare: exception 13, error code 0x0, at ");
});

it.each([
  ["write-through, with the fixed ranges off", DEF_TYPE, 0x804],
  ["uncacheable", DEF_TYPE, 0xc00],
  ["off", DEF_TYPE, 0],
  ["a base", PHYSBASE, 0x4000_0001],
])("%s is written, and the hypervisor stays hidden", async (_, msr, value) => {
  const written = await write(msr, value);
  expect(written).toMatchObject({ kind: "exit", exitCode: 0 });
  expect([printed(written, "rdmsr"), printed(written, "not zero")]).toEqual([value, 0]);
});
