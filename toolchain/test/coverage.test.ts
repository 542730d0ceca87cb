// Branches counted on a twin, in a process that knows nothing of it

import { spawnSync } from "node:child_process";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Coverage } from "../src/coverage/coverage.ts";
import { selectParts } from "../src/index.ts";
import { Sample } from "./sample.ts";

let sample: Sample;
let coverage: Coverage;

beforeAll(async () => {
  sample = new Sample("coverage");
  await sample.product("arithmetic");
  coverage = new Coverage(sample.builder.workspace);
  await coverage.prepare(selectParts(sample.builder.workspace, ["arithmetic"]));
});

afterAll(() => sample.close());

/** Calls clamp in another process, which loads the module that ships. */
function clampElsewhere(value: number, limit: number, how: string): string {
  const script = `
    const bytes = require("fs").readFileSync(${JSON.stringify(sample.path("build/arithmetic/arithmetic.wasm"))});
    (async () => {
      const instance = ${how};
      console.log(instance.exports.clamp(${value}, ${limit}));
    })();`;
  const env = { ...process.env, ...coverage.environment };
  return spawnSync(process.execPath, ["-e", script], { env, encoding: "utf8" }).stdout.trim();
}

const outcomes = () => coverage.report().map(({ file, line, taken, passed }) => [file, line, taken, passed]);
const CLAMP = "library/src/clamp.ts";

it("tells which way each condition went, all processes together", () => {
  expect(outcomes()).toEqual([
    [CLAMP, 5, false, false],
    [CLAMP, 6, false, false],
    [CLAMP, 6, false, false],
  ]);
  expect(clampElsewhere(3, 9, "new WebAssembly.Instance(new WebAssembly.Module(bytes), {})")).toBe("3");
  expect(outcomes()).toEqual([
    [CLAMP, 5, false, true],
    [CLAMP, 6, true, false],
    [CLAMP, 6, false, true],
  ]);
  expect(clampElsewhere(10, 9, "(await WebAssembly.instantiate(bytes, {})).instance")).toBe("9");
  expect(clampElsewhere(9, 9, "await WebAssembly.instantiate(await WebAssembly.compile(bytes), {})")).toBe("0");
  expect(outcomes()).toEqual([
    [CLAMP, 5, true, true],
    [CLAMP, 6, true, false],
    [CLAMP, 6, true, true],
  ]);
});
