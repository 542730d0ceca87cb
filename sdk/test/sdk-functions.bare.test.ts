// What C, C++ and Rust have of the SDK for TypeScript: in each language all of it is compiled, and linked

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { cFunction } from "../../abi/src/sdk-c.ts";
import { type SdkFunction, type SdkGroup, sdkGroups } from "../../abi/src/sdk-functions.ts";
import { extensionPackages, PATIENCE, type TemplateName } from "./extension-package.ts";

const packages = extensionPackages();
const functions = sdkGroups.flatMap((group) => group.functions.map((each) => ({ group, each })));

const c = () => `
#include <bareflank/extension.h>
void *volatile known[] = {${functions.map(({ group, each }) => `(void *)${cFunction(group, each).name}`).join(", ")}};
enum bf_next bootstrap(bf_pp pp) { bf_root_start(pp); return known[pp.id] == 0 ? bf_fail : bf_run; }
enum bf_next vmexit(bf_vs vs, uint64_t reason) { return bf_handle_exit(vs, reason); }
`;

/** `IoExit::port`, `guest::translate`, `on_io`. */
const path = (group: SdkGroup, each: SdkFunction) => {
  const owner = group.class ?? group.namespace;
  return owner === undefined ? each.name : `${owner}::${each.name}`;
};

const OBJECTS: Readonly<Record<string, string>> = { Vs: "vs", Nested: "nested", Instruction: "instruction" };

const zeroOfCpp = (type: string) =>
  ({
    ...{ vs: "vs", next: "Next::run", to: "nullptr", from: "nullptr", text: '"name"', bool: "false" },
    ...{ function: "[] {}", reader: "[]() -> uint64_t { return 0; }" },
    ...{ receiver: "[](uint32_t, uint32_t, uint64_t, uint64_t) {}", nested: "nested", map: "Map(bf_map{0})" },
  })[type] ?? (type.startsWith("handler ") ? `[](${type.slice("handler ".length)}) { return false; }` : "0");

const cpp = () => `
#include <bareflank/extension.hpp>
using namespace bareflank;
static void all(Vs vs, bf_exit exit, Nested nested) {
    Instruction instruction = guest::instruction();
${functions
  .map(({ group, each }) => {
    const given = Object.values(each.parameters).map(zeroOfCpp).join(", ");
    if (group.class === undefined) return `    (void)${path(group, each)}(${given});`;
    return `    (void)${OBJECTS[group.class] ?? `${group.class}(exit)`}.${each.name}(${given});`;
  })
  .join("\n")}
}
Next bootstrap(Pp pp) {
    Vs root = root::start(pp);
    if (pp.id() == 99) all(root, {root}, Nested(bf_nested{0}));
    return Next::run;
}
Next vmexit(Vs vs, uint64_t reason) { return handle_exit(vs, reason); }
`;

const zeroOfRust = (type: string) =>
  ({
    ...{ vs: "vs", next: "Next::Run", to: "&mut [0]", from: "&[0]", text: '"name"', bool: "false" },
    ...{ function: "|| ()", reader: "|| 0", receiver: "|_, _, _, _| ()", nested: "nested", map: "Map(0)" },
  })[type] ?? (type.startsWith("handler ") ? "|_| false" : "0");

const rust = () => `
#![no_std]
use bareflank::*;
callbacks!(bootstrap, vmexit);
fn all(vs: Vs, nested: Nested) {
    let instruction = guest::instruction();
${functions
  .map(({ group, each }) => {
    const types = Object.entries(each.parameters);
    const isSlice = types.some(([, type]) => type === "to" || type === "from");
    const given = types.filter(([name]) => !isSlice || name !== "bytes").map(([, type]) => zeroOfRust(type));
    const receiver = group.class === undefined ? [] : [OBJECTS[group.class] ?? `${group.class}::from(vs)`];
    return `    let _ = ${path(group, each)}(${[...receiver, ...given].join(", ")});`;
  })
  .join("\n")}
}
fn bootstrap(pp: Pp) -> Result<Next, Status> {
    let root = root::start(pp)?;
    if pp.0 == 99 {
        all(root, Nested(0));
    }
    Ok(Next::Run)
}
fn vmexit(vs: Vs, reason: u64) -> Result<Next, Status> {
    Ok(handle_exit(vs, reason))
}
`;

describe("an extension that uses all of them", () => {
  it.each([
    ["c", c],
    ["cpp", cpp],
    ["rust", rust],
  ] as const)(
    "is built: %s",
    async (template: TemplateName, source) => {
      const image = await packages.build(template, `all-${template}`, source());
      expect(readFileSync(image.replace(/\.elf$/, ".debug.elf")).includes("bf_guest_write_operand\0")).toBe(true);
    },
    PATIENCE,
  );
});
