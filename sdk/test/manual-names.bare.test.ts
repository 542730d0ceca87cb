// Every name and every call that the manual mentions: the compilers of the four languages know them

import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { extensionPackages, PATIENCE } from "./extension-package.ts";
import { mentioned } from "./manual-names.ts";

const packages = extensionPackages();
const manual = mentioned();
const lines = (parts: readonly string[]) => `${parts.join("\n")}\n`;
const unique = (names: readonly string[]) => [...new Set(names)];

/** Types of the variables that the manual's examples are about. */
const VARIABLES = {
  vs: "Vs",
  payload: "EmbeddedFile",
  exit: "Exit",
  guest: "Guest",
  why: "Explanation",
  reply: "Reply",
  request: "Request",
  failure: "Failure",
  root: "Vs",
};
const ENUMERATIONS = new Set(["Instruction", "Outcome", "Right"]);
/** Names that the manual mentions without what they belong to. */
const OWNERS: Readonly<Record<string, string>> = {
  interceptControlRead: "Vs",
  interceptControlWrite: "Vs",
  requestInterruptWindow: "Vs",
  interruptShadow: "Vs",
  use: "NestedTables",
  hideHypervisor: "Vs",
  intercept: "Vs",
  interceptException: "Vs",
  isPrivileged: "HypercallExit",
  isString: "IoExit",
  isTableWalk: "NestedPageFaultExit",
  leaveUnanswered: "IoExit",
  mapRange: "NestedTables",
  passThrough: "IoExit",
  unflushedProcessors: "NestedTables",
  Execute: "Right",
  Read: "Right",
  Invd: "Instruction",
  Monitor: "Instruction",
  Mwait: "Instruction",
  Pause: "Instruction",
  Rdpmc: "Instruction",
  Xsetbv: "Instruction",
  Answered: "Outcome",
  Busy: "Outcome",
  Dead: "Outcome",
  Denied: "Outcome",
  Refused: "Outcome",
};

const importing = (names: readonly string[]) =>
  `import {\n${names.map((name) => `  ${name},\n`).join("")}} from "@bareflank/sdk";`;

function typeScript(): { imports: readonly string[]; source: string; types: string } {
  const { names, calls } = manual.TypeScript;
  const exported = new Set(["Vs", "Disposable", "Next", "startRoot"]);
  const types: string[] = [];
  const statics: string[] = [];
  for (const name of names) {
    const [first = "", member] = name.split(".");
    const owner = member === undefined ? OWNERS[first] : VARIABLES[first as keyof typeof VARIABLES];
    if (member !== undefined && owner === undefined) {
      exported.add(first);
      statics.push(`${name};`);
    } else if (owner !== undefined && ENUMERATIONS.has(owner)) statics.push(`${owner}.${first};`);
    else if (owner !== undefined) types.push(`export type Of_${types.length} = ${owner}["${member ?? first}"];`);
    else exported.add(first);
    if (owner !== undefined) exported.add(owner);
  }
  const imports = [...exported].sort();
  const source = lines([
    importing(imports),
    "class Door implements Disposable {\n  dispose(): void {}\n}",
    "let count: u64 = 0;",
    "function mentioned(vs: Vs, root: Vs, object: Door, tables: NestedTables): void {",
    ...calls.map((call) => (call.startsWith("use(") ? `tables.${call};` : `${call};`)),
    "}",
    "export function bootstrap(ppid: u32): Next {",
    "  if (ppid == 99) mentioned(Vs.of(0), startRoot(ppid), new Door(), NestedTables.empty()!);",
    "  return Next.Run;",
    "}",
  ]);
  return { imports, source, types: lines([importing(imports), ...types, ...statics]) };
}

/** What is no value in C, and is called in the manual. */
const MACROS = new Set(["bf_require"]);

function c(): string {
  const { names, calls } = manual.C;
  const known = unique(names.map((name) => (/^(?:bf_|BF_)/.test(name) ? name : prefixed(name))));
  return lines([
    "#include <bareflank/extension.h>",
    // Whatever it is: a function, a variable, a constant, a type
    ...known.filter((name) => !MACROS.has(name)).map((name, index) => `typedef __typeof__(${name}) *known_${index};`),
    "static void mentioned(bf_vs vs, uint64_t reason, bf_status status)\n{\n    bf_status call = status;\n    uint64_t rip;",
    ...calls.map((call) => `    (void)${call};`.replace("(void)bf_require", "bf_require")),
    "}",
    "enum bf_next bootstrap(bf_pp pp)\n{\n    bf_root_start(pp);",
    "    if (pp.id == 99) {\n        bf_vs vs = {0};\n        mentioned(vs, 0, 0);\n    }\n    return bf_run;\n}",
    "enum bf_next vmexit(bf_vs vs, uint64_t reason) { return bf_root_vmexit(vs, reason); }",
  ]);
}

/** Bareflank 3.0's name for a call, and ours. */
const UPSTREAM: Readonly<Record<string, string>> = { handle_open_handle: "handle_open" };

/** The name in C of what has the same name in all languages. */
const prefixed = (name: string) => (/^[A-Z]/.test(name) ? `BF_${name}` : `bf_${UPSTREAM[name] ?? name}`);

function cpp(): string {
  const { names, calls } = manual["C++"];
  return lines([
    "#include <bareflank/extension.hpp>",
    ...names.map((name, index) => {
      if (name.startsWith("vs.")) return `using Known${index} = decltype(&bareflank::Vs::${name.slice(3)});`;
      return name.startsWith("Next::")
        ? `using Known${index} = decltype(bareflank::${name});`
        : `namespace known${index} { using bareflank::${name}; }`;
    }),
    "using namespace bareflank;",
    "static void mentioned(Vs vs, uint64_t reason, uint64_t number, uint64_t leaf) {",
    "    (void)reason;",
    ...calls.filter((call) => call !== "guest::rax()").map((call) => `    (void)${call};`),
    "}",
    "Next bootstrap(Pp pp) {\n    root::start(pp);",
    "    if (pp.id() == 99) mentioned(Vs::create_root(pp), 0, 0, 0);\n    return Next::run;\n}",
    "Next vmexit(Vs vs, uint64_t reason) { return root::vmexit(vs, reason); }",
  ]);
}

/** Methods in Rust that are told a type. */
const GENERIC: Readonly<Record<string, string>> = { "vs.step": "::<fn()>" };

function rust(): string {
  const { names, calls } = manual.Rust;
  return lines([
    "#![no_std]",
    "#![allow(unused_imports, unused_must_use, dead_code, unused_variables)]",
    ...names
      .filter((name) => !name.startsWith("vs."))
      .map((name, index) => `mod known_${index} { pub use bareflank::${name} as Known; }`),
    "use bareflank::*;",
    "callbacks!(bootstrap, vmexit);",
    "fn mentioned(vs: Vs, reason: u64) -> Result<(), Status> {",
    ...names
      .filter((name) => name.startsWith("vs."))
      .map((name) => `    let _ = Vs::${name.slice(3)}${GENERIC[name] ?? ""};`),
    ...calls.map((call) => `    let _ = ${call};`),
    "    Ok(())\n}",
    "fn bootstrap(pp: Pp) -> Result<Next, Status> {\n    root::start(pp)?;\n    Ok(Next::Run)\n}",
    "fn vmexit(vs: Vs, reason: u64) -> Result<Next, Status> {",
    "    if reason == 99 {\n        mentioned(vs, reason)?;\n    }\n    root::vmexit(vs, reason)\n}",
  ]);
}

describe("what the manual mentions", () => {
  it("is found in all four languages", () => {
    expect(manual.TypeScript.names).toEqual(
      expect.arrayContaining(["settingNumber", "vs.explain", "Next.Run", "onIo"]),
    );
    expect(manual.C.names).toEqual(expect.arrayContaining(["bf_setting_is", "vs_advance_ip_and_run", "BF_REG_RIP"]));
    expect(manual["C++"].calls).toContain('Setting("leaf").number_or(1)');
    expect(manual.Rust.calls).toContain('settings::number("leaf").unwrap_or(1)');
  });

  it(
    "is in the SDK for TypeScript, for both of its compilers",
    async () => {
      const { source, types } = typeScript();
      await packages.build("minimal", "names-ts", source);
      const folder = packages.folderOf("names-ts");
      writeFileSync(join(folder, "src/types.ts"), types);
      const tsc = join(import.meta.dirname, "../../node_modules/.bin/tsc");
      expect(spawnSync(tsc, ["-p", folder], { encoding: "utf8" }).stdout).toBe("");
    },
    PATIENCE,
  );

  it.each([
    ["c", c],
    ["cpp", cpp],
    ["rust", rust],
  ] as const)(
    "is in the SDK for %s",
    async (template, source) => {
      await packages.build(template, `names-${template}`, source());
    },
    PATIENCE,
  );
});
