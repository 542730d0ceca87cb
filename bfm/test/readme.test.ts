import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { exitCodeTexts } from "../src/exit-codes.ts";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

test("the README has the table of exit codes that the help has", () => {
  const rows = [...readme.matchAll(/^\| (\d+) \| (.+) \|$/gm)].map(([, code, text]) => [
    Number(code),
    text?.replaceAll("`", ""),
  ]);
  expect(rows).toEqual(exitCodeTexts);
});
