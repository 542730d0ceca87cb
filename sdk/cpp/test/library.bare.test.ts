// The standard library of C++ on the kernel that ships, and what an exception costs there

import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withSettings } from "@bareflank/abi/settings";
import { expect, it } from "vitest";
import { LOADER_CPUIDS, machines } from "../../../kernel/test/bare/expected.ts";
import { type Options, run } from "../../../kernel/test/bare/run.ts";
import { extensionPackages, PATIENCE } from "../../test/extension-package.ts";

const packages = extensionPackages();
const images = new Map<string, Promise<string>>();

/** Builds a fixture, once, and runs it with settings. */
async function runFixture(name: string, settings: readonly string[], options: Options) {
  const source = () => readFileSync(join(import.meta.dirname, "fixtures", `${name}.cpp`), "utf8");
  const image =
    images.get(name) ?? packages.build("cpp", name, source(), { runtime: "std", memory: { maximumKiB: 1024 } });
  images.set(name, image);
  const path = (await image).replace(/\.elf$/, ".set.elf");
  writeFileSync(path, withSettings(readFileSync(await image), settings));
  return run(path, options);
}

const EXITS = 20;

it.each(machines)(
  "throws and catches on several processors of %s at once, and destroys what there was in the end",
  async (machine) => {
    const settings = ["machine=yes", "case=processors", "times=20"];
    const result = await runFixture("library", settings, { machine, smp: 2, cpuids: EXITS });
    expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
    const lines = result.ring.filter((line) => line.startsWith("PP ") && !line.includes("in a VM now"));
    for (const cpu of [0, 1]) {
      const own = lines.filter((line) => line.startsWith(`PP ${cpu}: `)).map((line) => line.slice("PP 0: ".length));
      expect(own.filter((line) => line === "caught 20")).toHaveLength(EXITS + LOADER_CPUIDS);
      expect(own.filter((line) => line.endsWith("own"))).toEqual(["+own", "own: own", "-own"]);
    }
    expect(lines.filter((line) => line.endsWith("+static"))).toHaveLength(1);
    expect(lines.slice(-3).map((line) => line.slice("PP 0: ".length))).toEqual(["-own", "-static", "-global"]);
  },
  PATIENCE,
);

it.each(machines)(
  "tells on %s which exception nobody caught, and the fail callback says what happens",
  async (machine) => {
    const LEAF = 0x1234;
    const settings = ["machine=yes", "case=uncaught", `leaf=${LEAF}`];
    const { ring, ...result } = await runFixture("library", settings, { machine, cpuids: 2, append: `leaf=${LEAF}` });
    expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
    const told = ring.filter((line) => line === "PP 0: error: (anonymous namespace)::Refused: refused 42");
    expect(told).toHaveLength(2);
    expect(ring.filter((line) => line === "PP 0: that was 42")).toHaveLength(2);
    expect(ring.filter((line) => /^PP 0: error: {3}at 0x3280[0-9a-f]{8}$/.test(line)).length).toBeGreaterThan(8);
  },
  PATIENCE,
);

/** Instructions of a CPUID with an extension in one of its modes. */
async function cost(mode: number): Promise<number> {
  const { output } = await runFixture("cost", [`mode=${mode}`], { cpuids: 1000, icount: true });
  const match = /in the root VM: (\d+) each/.exec(output);
  if (match === null) throw new Error(output);
  return Number(match[1]);
}

it(
  "costs what docs/specification.md says",
  async () => {
    const nothing = await cost(0);
    const thrown = (await cost(1)) - nothing;
    const counted = (await cost(2)) - nothing;
    const passed = (await cost(3)) - nothing;
    const { size } = statSync((await images.get("cost")) ?? "");
    expect({ thrown, counted, passed, size }).toEqual({
      thrown: expect.toSatisfy((count: number) => count <= 55_000),
      counted: expect.toSatisfy((count: number) => count <= 80),
      passed: expect.toSatisfy((count: number) => count <= 20),
      size: expect.toSatisfy((bytes: number) => bytes <= 270 * 1024),
    });
  },
  PATIENCE,
);
