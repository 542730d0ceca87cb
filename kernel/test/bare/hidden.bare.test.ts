// The root VM of the default extensions reads and writes all of the hypervisor's memory, from within

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { machines } from "./expected.ts";
import { type Options, type Run, run } from "./run.ts";

const folder = mkdtempSync(join(tmpdir(), "bf-hidden-"));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string) => join(import.meta.dirname, `../../../build/extensions/${name}/${name}.elf`);
const value = ({ output }: Run, name: string) =>
  Number(new RegExp(`^bare: ${name} (0x[0-9a-f]+)$`, "m").exec(output)?.[1]);
/** Where the hypervisor's memory begins on each machine. */
const pages = new Map<string, number>();
const passed = { kind: "exit", exitCode: 0, report: undefined };

/** The same with `--set nested=no`. */
function open(name: string, options: Options) {
  const manifest = join(folder, `${name}.json`);
  const extensions = [{ name, file: file(name), settings: { nested: "no" } }];
  writeFileSync(manifest, JSON.stringify({ extensions }));
  return run([], { ...options, manifest });
}

it.each(machines)("finds zeroes on %s, and what it writes there raises a general protection fault", async (machine) => {
  const hidden = await run(file("default"), { machine, append: "own=1" });
  expect(hidden).toMatchObject(passed);
  expect(value(hidden, "not zero")).toBe(0);
  const page = value(hidden, "own");
  expect(page).toBeGreaterThan(0);
  pages.set(machine, page);
  const written = await run(file("default"), { machine, append: `poke=${page}` });
  expect(written.output).toContain("bare: exception 13, error code 0x0, at ");
});

it.each(machines)("cannot put the local APIC over it on %s", async (machine) => {
  const moved = await run(file("default"), { machine, append: `wrmsr=0x1b value=${pages.get(machine)}` });
  expect(moved.output).toContain("bare: exception 13, error code 0x0, at ");
});

it("may write where that is already", async () => {
  const same = await run(file("default"), { append: `wrmsr=0x1b value=${0xfee0_0900} rdmsr=0x1b` });
  expect(same).toMatchObject(passed);
  expect(value(same, "rdmsr")).toBe(0xfee0_0900);
});

it("finds zeroes on both of two processors", async () => {
  const hidden = await run(file("default"), { smp: 2, append: "own=1" });
  expect(hidden).toMatchObject({ ...passed, worked: [0, 1] });
  expect(value(hidden, "not zero")).toBe(0);
});

it.each(["default-c", "default-cpp", "default-rust"])("finds zeroes with %s", async (name) => {
  const hidden = await run(file(name), { append: "own=1" });
  expect(hidden).toMatchObject(passed);
  expect(value(hidden, "not zero")).toBe(0);
});

it.each(["default", "default-c", "default-cpp", "default-rust"])(
  "finds all of it with %s, when that is told not to use nested paging",
  async (name) => {
    const shown = await open(name, { append: "own=1" });
    expect(shown).toMatchObject(passed);
    expect(value(shown, "not zero")).toBeGreaterThan(100);
  },
);
