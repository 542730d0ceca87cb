// What of TypeScript is not there: each row of the table is refused, at its place and in its words, and the manual has it

import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COMPILERS } from "../../test/compilers.ts";
import type { Runtime } from "../src/asc-options.ts";
import type { CompileResult } from "../src/assemblyscript.ts";
import { MISSING_NAMES, MISSING_SYNTAX, type Missing, missingName, missingSyntax } from "../src/messages/missing.ts";
import { manualTables } from "../src/messages/missing-manual.ts";

let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "bf-missing-"));
  symlinkSync(fileURLToPath(new URL("../../node_modules", import.meta.url)), join(root, "node_modules"));
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

function compile(source: string, runtime: Runtime = "none"): Promise<CompileResult> {
  writeFileSync(join(root, "main.ts"), source);
  const entries = [join(root, "main.ts")];
  return COMPILERS.compile({ root, entries, initialPages: 2, maximumPages: 2, runtime, optimize: false });
}

/** `line:column code: message` of each error. */
async function errors(source: string, runtime: Runtime = "none"): Promise<string[]> {
  const { diagnostics } = await compile(source, runtime);
  return diagnostics.map(({ file, line, column, code, message }) => `${file}:${line}:${column} ${code}: ${message}`);
}

/** What the rows' lines use. */
const AROUND = `import { log, logNumber, onCpuid } from "@bareflank/sdk";
class Pair { a: u32 = 0; b: u32 = 0; }
const pair = new Pair();
const list: u32[] = [1, 2];
const nobody: Pair | null = null;
export function use(): void { log("a"); logNumber("b", list[0] + pair.a); if (nobody === null) onCpuid(() => false); }
`;
/** Statements; the others are declarations, which stand at the top level of a module. */
const INSIDE = /^»?(?:let|const|try|for|delete|debugger|using|outer)\b|^(?:let|const) /;

function placed(typed: string): { source: string; line: number; column: number } {
  const line = INSIDE.test(typed) ? `export function f(): void { ${typed} }` : typed;
  return { source: AROUND + line.replace("»", ""), line: AROUND.split("\n").length, column: line.indexOf("»") + 1 };
}

it("is told by bf lint, too, which compiles no bodies", async () => {
  const rows = Object.entries(MISSING_SYNTAX) as [keyof typeof MISSING_SYNTAX, Missing][];
  const lint = { type: "extension" } as const;
  const options = {
    root,
    entries: [join(root, "main.ts")],
    initialPages: 2,
    maximumPages: 2,
    runtime: "none",
  } as const;
  const untold: string[] = [];
  for (const [name, { typed }] of rows) {
    const { source, line, column } = placed(typed);
    writeFileSync(join(root, "main.ts"), source);
    const { diagnostics } = await COMPILERS.compile({ ...options, lint });
    const found = diagnostics.map((one) => `${one.line}:${one.column} ${one.code}`);
    if (!found.includes(`${line}:${column} ${name}`)) untold.push(name);
  }
  expect(untold).toEqual(["closure"]);
});

describe("syntax that is not there", () => {
  const rows = Object.entries(MISSING_SYNTAX) as [keyof typeof MISSING_SYNTAX, Missing][];

  it.each(rows)("%s", async (name, { typed }) => {
    const { source, line, column } = placed(typed);
    const [first, ...more] = await errors(source);
    expect(first).toBe(`main.ts:${line}:${column} ${name}: ${missingSyntax(name)}`);
    // What stands around it is what it is, not another mistake; types of the library may be missing as well
    expect(more.filter((message) => !message.includes(` ${name}: `) && !message.includes(" name: "))).toEqual([]);
  });

  it("is there with the runtime that has it", async () => {
    expect(rows.filter(([, row]) => row.managed).map(([name]) => name)).toEqual(["closure", "try"]);
    for (const name of ["closure", "try"] as const) {
      expect(await errors(placed(MISSING_SYNTAX[name].typed).source, "managed")).toEqual([]);
    }
  });
});

describe("names that are not there", () => {
  const TYPES = /^(?:any|number|symbol|object|bigint|Record|ReadonlyArray|ReadonlyMap)$/;
  /** asc resolves no types of functions that nobody calls, and has these by another meaning. */
  const UNSEEN = /^(?:unknown|never|Partial|Required|Readonly|Pick|Omit|ReturnType)$/;
  const used = Object.keys(MISSING_NAMES).filter((name) => !UNSEEN.test(name));

  it.each(used)("%s", async (name) => {
    const value = name === "Object" ? "Object.keys(pair)" : name === "console" ? "console.log(`a`)" : `${name}(1.5)`;
    const line = `export function f(): void { ${TYPES.test(name) ? `let x: ${name} = 1` : value}; }`;
    const [first] = await errors(AROUND + line);
    expect(first).toBe(`main.ts:${AROUND.split("\n").length}:${line.indexOf(name) + 1} name: ${missingName(name)}`);
  });

  it("are an author's own where the source declares them", async () => {
    const source =
      "class Buffer { size: u32 = 3; }\nexport function f(): u32 { return new Buffer().size + missing; }\n";
    expect(await errors(source)).toEqual(["main.ts:2:55 AS2304: Cannot find name 'missing'."]);
  });

  it("stand among other errors in the order of their lines", async () => {
    const source = "export const a: u32 = missing;\nexport const b = Date.now();\nexport const c: u32 = missing;\n";
    expect((await errors(source)).map((message) => message.slice(0, 20))).toEqual([
      "main.ts:1:23 AS2304:",
      "main.ts:2:18 name: t",
      "main.ts:3:23 AS2304:",
    ]);
  });

  it("are refused with two at once, each at its line", async () => {
    const source = 'export function f(): void { console.log("a"); }\nexport const now = Date.now();\n';
    expect((await errors(source)).map((message) => message.slice(0, 22))).toEqual([
      "main.ts:1:29 name: the",
      "main.ts:2:20 name: the",
    ]);
  });
});

describe("what asc says, in other words", () => {
  const cases: [string, string, string][] = [
    [
      "a conversion that drops bits",
      "export function f(a: u64): u32 { return a; }",
      "1:41 AS200: Conversion from type 'u64' to 'u32' requires an explicit cast: <u32>(…) drops the upper bits",
    ],
    [
      "an exit's reason for an instruction",
      'import { EXIT_RDTSC, startRoot } from "@bareflank/sdk";\nexport function f(): void { startRoot(0).intercept(EXIT_RDTSC); }',
      "2:52 AS200: EXIT_RDTSC is why a VM exits, and intercept takes what it exits for: write Instruction.Rdtsc",
    ],
    [
      "one of two words",
      'import { EXIT_EXTERNAL_INTERRUPT, Vs } from "@bareflank/sdk";\nexport function f(vs: Vs): void { vs.release(EXIT_EXTERNAL_INTERRUPT); }',
      "2:46 AS200: EXIT_EXTERNAL_INTERRUPT is why a VM exits, and release takes what it exits for: write Instruction.Interrupt",
    ],
    [
      "an exit's reason that nothing intercepts",
      'import { EXIT_NESTED_PAGE_FAULT, Vs } from "@bareflank/sdk";\nexport function f(vs: Vs): void { vs.intercept(EXIT_NESTED_PAGE_FAULT); }',
      "2:48 AS200: Conversion from type 'u64' to 'i32' requires an explicit cast: <i32>(…) drops the upper bits",
    ],
    [
      "operands that do not go together",
      "export function f(a: i32, b: u64): bool { return a < b; }",
      "1:50 AS2365: Operator '<' cannot be applied to types 'i32' and 'u64': cast one to the type of the other",
    ],
    [
      "what may be null",
      "class P { a: u32 = 0 }\nfunction g(p: P): u32 { return p.a; }\nexport function f(p: P | null): u32 { return g(p); }",
      "3:48 AS2322: Type 'P | null' is not assignable to type 'P': it may be null, ask first (if (x === null) return …)",
    ],
    [
      "a number for a string",
      'import { log } from "@bareflank/sdk";\nexport function f(): void { log(5); }',
      "2:33 AS2322: Type 'i32' is not assignable to type 'string': write (…).toString()",
    ],
    [
      "a property that a class of the SDK has not",
      'import { CpuidExit } from "@bareflank/sdk";\nexport function f(exit: CpuidExit): u32 { return exit.laef; }',
      "2:55 AS2339: Property 'laef' does not exist on type 'CpuidExit'.",
    ],
    [
      "an export that the SDK has not",
      'import { logg } from "@bareflank/sdk";\nexport function f(): void {}',
      '1:10 AS2305: "@bareflank/sdk" exports no "logg"',
    ],
    [
      "an export that the SDK has not, in an import of several lines",
      'import {\n  log,\n  logg,\n} from "@bareflank/sdk";\nexport function f(): void { log("a"); }',
      '3:3 AS2305: "@bareflank/sdk" exports no "logg"',
    ],
    [
      "a package that is not there",
      'import { x } from "@bareflank/sdkk";\nexport const y = x;',
      '1:19 AS6054: there is no package "@bareflank/sdkk": write it into "dependencies" of package.json, and npm install',
    ],
    [
      "a module of Node.js",
      'import { readFileSync } from "node:fs";\nexport const y = readFileSync;',
      '1:30 AS6054: "node:fs" is Node.js\'s: an extension runs without it, and without Linux',
    ],
    [
      "an import with an ending",
      'import { x } from "./other.ts";\nexport const y = x;',
      '1:19 AS6054: imports have no ending: write "./other"',
    ],
    ["a file that is not there", 'export * from "./nope";', '1:15 AS6054: there is no file "./nope.ts"'],
    [
      "an import of what is no TypeScript",
      'import { x } from "./data.json";\nexport const y = x;',
      '1:19 AS6054: only TypeScript is imported: embed("./data.json") gives its bytes',
    ],
    [
      "an object of an interface",
      "interface P { a: u32 }\nexport const p: P = { a: 1 };",
      `2:21 object-literal: ${missingSyntax("object-literal")}`,
    ],
    [
      "`this` of a method around an arrow function",
      'import { onKick } from "@bareflank/sdk";\nclass Kicks { n: u64 = 0; count(): void { onKick(() => { this.n++; return true; }); } }\nexport const kicks = new Kicks();\nkicks.count();',
      `2:58 closure: ${missingSyntax("closure")}`,
    ],
    [
      "a method in the place of a function",
      'import { Exit, onKick } from "@bareflank/sdk";\nclass Kicks { n: u64 = 0; seen(exit: Exit): bool { return true; } }\nconst kicks = new Kicks();\nonKick(kicks.seen);',
      "4:8 AS2322: Type '(this: Kicks, Exit) => bool' is not assignable to type '(Exit) => bool': a method is no function by itself, write an arrow function that calls it",
    ],
    [
      "a name of the SDK that is not imported",
      'import { onKick } from "@bareflank/sdk";\nonKick(() => { log("a"); return true; });',
      "2:16 AS2304: Cannot find name 'log': import { log } from \"@bareflank/sdk\"",
    ],
    [
      "a constant that is written",
      "export function f(): u32 { const a: u32 = 3; a = 4; return a; }",
      "1:50 AS2540: Cannot assign to 'a' because it is a constant or a read-only property.",
    ],
    ["a brace that is missing", "export function f(): void { if (true) { }\n", "2:1 TS1005: '}' expected."],
    ["no TypeScript at all", "export function f(: u32) {}", "1:19 TS1138: Parameter declaration expected."],
    [
      "a fraction",
      "export function f(): u32 { return <u32>(0.5 * 3); }",
      "1:41 float: floating point in main/f: the guest's registers would be lost (number is a 64-bit float)",
    ],
  ];

  it.each(cases)("%s", async (_, source, message) => {
    expect(await errors(source)).toEqual([`main.ts:${message}`]);
  });
});

describe("imports of types", () => {
  it.each([
    ["in braces", 'import { type CpuidExit, log } from "@bareflank/sdk";'],
    ["in several lines", 'import {\n  log,\n  type CpuidExit,\n} from "@bareflank/sdk";'],
    ["alone", 'import type { CpuidExit } from "@bareflank/sdk";\nimport { log } from "@bareflank/sdk";'],
    ["under another name", 'import { type CpuidExit as C, log } from "@bareflank/sdk";\ntype CpuidExit = C;'],
  ])("are imports: %s", async (_, imports) => {
    const source = `${imports}\nexport function f(exit: CpuidExit): u32 { log("a"); return exit.leaf; }\n`;
    expect(await errors(source)).toEqual([]);
  });

  it("and of what is called type", async () => {
    writeFileSync(join(root, "other.ts"), "export const type: u32 = 7;\nexport const as_: u32 = 8;\n");
    expect(await errors('import { type as kind, as_ } from "./other";\nexport const x = kind + as_;\n')).toEqual([]);
    expect(await errors('import { type } from "./other";\nexport const x = type;\n')).toEqual([]);
  });
});

it("stands in the manual", () => {
  const manual = readFileSync(new URL("../../docs/language.md", import.meta.url), "utf8");
  for (const table of manualTables()) expect(manual).toContain(table);
});
