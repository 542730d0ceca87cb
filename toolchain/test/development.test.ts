// The development profile: what it changes, and what it leaves as it is

import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { COMPILERS } from "../../test/compilers.ts";
import { Builder, type BuildResult, findWorkspace, type ProductManifest, selectParts } from "../src/index.ts";
import { scanWasm } from "../src/wasm.ts";
import { disassemble, Sample } from "./sample.ts";

let sample: Sample;

beforeAll(() => {
  sample = new Sample("development");
});

afterAll(() => sample.close());

async function build(development: boolean): Promise<BuildResult> {
  const { root, cache } = sample;
  const builder = new Builder(findWorkspace(root), { cache, compilers: COMPILERS, development });
  const result = await builder.build(selectParts(builder.workspace, ["kernel", "hello", "loader"]));
  await builder.close();
  expect(result.failures).toEqual([]);
  return result;
}

const read = (...names: string[]) => readFileSync(sample.path("build", ...names));
const manifest = (...names: string[]) => JSON.parse(read(...names, "manifest.json").toString()) as ProductManifest;
const functions = () => scanWasm(read("extensions", "hello", "hello.wasm")).functions.map(({ name }) => name);

it("keeps an extension's functions apart, and says so in its manifest", async () => {
  const { products } = await build(true);
  expect(products.map(({ part, development }) => [part, development])).toEqual([
    ["kernel", false],
    ["hello", true],
    ["loader", false],
  ]);
  expect(manifest("extensions", "hello").profile).toBe("development");
  expect(functions()).toEqual(expect.arrayContaining(["extension/src/main/vmexit", "extension/src/main/more"]));
  expect(disassemble(sample.path("build/extensions/hello/hello.debug.elf"), "vmexit")).toContainEqual(
    expect.stringMatching(/^call/),
  );
});

it("leaves everything else as it is, and an extension's release, too, byte by byte", async () => {
  await build(false);
  expect(manifest("extensions", "hello").profile).toBeUndefined();
  const names = ["kernel/kernel.elf", "loader/loader.o", "extensions/hello/hello.elf"];
  const released = names.map((name) => read(name));
  await build(true);
  expect(names.map((name, index) => read(name).equals(released[index] ?? new Uint8Array()))).toEqual([
    true,
    true,
    false,
  ]);
  const { products } = await build(false);
  expect(products.map(({ cached }) => cached)).toEqual([true, true, true]);
  expect(names.map((name, index) => read(name).equals(released[index] ?? new Uint8Array()))).toEqual([
    true,
    true,
    true,
  ]);
});
