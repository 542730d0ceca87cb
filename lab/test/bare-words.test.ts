import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { bareWords, checkWords, describeWords } from "../src/bare-words.ts";
import { repository } from "../src/paths.ts";

it("are those that the platform asks for, and no others", () => {
  const folder = join(repository, "loader/bare");
  const sources = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  const asked = sources.flatMap((name) =>
    [...readFileSync(join(folder, name), "utf8").matchAll(/\b(?:option|has)\("(\w+)"/g)].map(([, word]) => word),
  );
  expect(Object.keys(bareWords).sort()).toEqual([...new Set(asked)].sort());
  for (const word of Object.keys(bareWords)) expect(describeWords()).toMatch(new RegExp(`^ {2}${word} +\\S`, "m"));
});

it("have numbers", () => {
  checkWords("");
  checkWords("cpuid=10  wrmsr=0xc0000082 value=0XFF");
  expect(() => checkWords("cpuid=10 outl=0xcf8")).toThrow('The bare platform does not know the word "outl".');
  expect(() => checkWords("cpuid")).toThrow('"cpuid" is not of the form cpuid=NUMBER.');
  expect(() => checkWords("cpuid=ten")).toThrow('"cpuid=ten" is not of the form cpuid=NUMBER.');
  expect(() => checkWords("toString=1")).toThrow('does not know the word "toString"');
});
