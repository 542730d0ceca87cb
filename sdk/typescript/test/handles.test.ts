// Objects of the SDK that are no more than a number: null is none of them, whatever the number

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { buildLibraries, fixtureModule } from "./fixtures.ts";

interface Unit {
  nulls(isIntel: number): number;
  identifiers(): number;
  ofNull(): number;
}

const sources = join(import.meta.dirname, "../src");
let intel = false;
let unit: Unit;

beforeAll(async () => {
  await buildLibraries(["handles-unit"]);
  const module = new WebAssembly.Module(readFileSync(fixtureModule("handles-unit")));
  // A microkernel whose every answer is 0, identifiers too; 64-bit results want a bigint
  const answer = (name: string) => () => {
    if (name === "isIntel") return intel ? 1 : 0;
    return /^(isWanted|lineLength|isShared|tcbLoad16|tcbLoad32)$/.test(name) ? 0 : 0n;
  };
  const file = new Proxy({}, { get: (_target, name) => answer(String(name)) });
  const imports = new Proxy({}, { get: () => file });
  unit = new WebAssembly.Instance(module, imports).exports as unknown as Unit;
});

describe("references to what is no more than a number", () => {
  it("are null for nobody whose number is 0", () => {
    for (intel of [false, true]) expect(unit.nulls(intel ? 1 : 0)).toBe(0);
  });

  it("stand for the same number as before", () => {
    expect(unit.identifiers()).toBe(0);
  });

  it("give null an identifier that nothing has", () => {
    expect(unit.ofNull() >>> 0).toBe(0xffff_ffff);
  });

  it("are made nowhere out of 0", () => {
    const files = readdirSync(sources, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
    expect(files.length).toBeGreaterThan(70);
    const made = files.filter((name) => /changetype<[A-Z]\w*>\(0\)/.test(readFileSync(join(sources, name), "utf8")));
    expect(made).toEqual([]);
  });
});
