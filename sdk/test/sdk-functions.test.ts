// What C, C++ and Rust have of the SDK for TypeScript: each function of the table is there, and its three declarations fit it

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { cFunction } from "../../abi/src/sdk-c.ts";
import { sdkConstants, sdkGroups } from "../../abi/src/sdk-functions.ts";

const folder = join(import.meta.dirname, "../c/exports");
const functions = sdkGroups.flatMap((group) => group.functions.map((each) => ({ group, each })));

/** `u32` for what fits: identifiers are structures of one number. */
const width = (type: string) =>
  type === "void" ? "void" : /^(?:uint32_t|bool|bf_\w+|enum bf_next)$/.test(type) ? "u32" : "u64";

it("each function is exported by a file of sdk/c/exports, with the widths that C declares, and nothing else is", () => {
  const exported = readdirSync(folder).flatMap((file) =>
    [...readFileSync(join(folder, file), "utf8").matchAll(/^export function (\w+)\(([^)]*)\): (\w+)/gm)].map(
      ([, name, parameters = "", result]) =>
        `${name}(${[...parameters.matchAll(/: (\w+)/g)].map(([, type]) => type).join(", ")}): ${result}`,
    ),
  );
  const declared = functions.map(({ group, each }) => {
    const { name, parameters, result } = cFunction(group, each);
    return `${name}(${parameters.map(([, type]) => width(type)).join(", ")}): ${width(result)}`;
  });
  expect(exported.sort()).toEqual(declared.sort());
  expect(new Set(declared).size).toBe(functions.length);
});

it("the constants are those of the SDK for TypeScript", () => {
  const sources = ["x64/paging", "x64/instruction"].map((name) => `bsl/src/${name}.ts`);
  const text = [...sources, "sdk/typescript/src/guest/virtual-memory.ts"]
    .map((path) => readFileSync(join(import.meta.dirname, "../..", path), "utf8"))
    .join("\n");
  const own = sdkConstants.map(({ name }) => new RegExp(`^export const ${name}: \\w+ = (\\w+);`, "m").exec(text)?.[1]);
  expect(own.map((value) => BigInt((value ?? "-1").replaceAll("_", "")))).toEqual(
    sdkConstants.map(({ value }) => value),
  );
});
