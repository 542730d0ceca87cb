// What an extension must export, and what its sources name that nobody has: said at the author's line

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COMPILERS } from "../../test/compilers.ts";
import { formatDiagnostic } from "../src/errors.ts";
import { BuildError, Builder, type Diagnostic, findWorkspace, selectParts } from "../src/index.ts";
import { linkerDiagnostics } from "../src/messages/linker-messages.ts";

const CHECKOUT = fileURLToPath(new URL("../..", import.meta.url));
const CACHE = join(CHECKOUT, "build/test/toolchain/callbacks");
let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "bf-callbacks-"));
  symlinkSync(join(CHECKOUT, "node_modules"), join(root, "node_modules"));
  mkdirSync(join(root, "src"));
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Ends of files' names, where they are not the language's own. */
const FILES: Readonly<Record<string, string>> = { typescript: "ts", rust: "rs" };

/** What building an extension says, each with its place; nothing when it is built. */
async function errors(source: string, field: object = {}): Promise<string[]> {
  const diagnostics = await diagnosticsOf(source, field);
  return diagnostics.map(({ file, line, column, message }) =>
    line === undefined ? `${file}: ${message}` : `${file}:${line}:${column}: ${message}`,
  );
}

async function diagnosticsOf(source: string, field: object): Promise<readonly Diagnostic[]> {
  const language = (field as { language?: string }).language ?? "typescript";
  const sdk = language === "typescript" ? "@bareflank/sdk" : `@bareflank/sdk-${language}`;
  const manifest = {
    name: "mine",
    dependencies: { [sdk]: "0.1.0" },
    bareflank: { type: "extension", name: "mine", ...field },
  };
  writeFileSync(join(root, "package.json"), JSON.stringify(manifest));
  writeFileSync(join(root, "src", `main.${FILES[language] ?? language}`), source);
  const builder = new Builder(findWorkspace(root), { cache: CACHE, compilers: COMPILERS });
  const { failures } = await builder.build(selectParts(builder.workspace, []));
  await builder.close();
  const error = failures[0]?.error;
  if (error === undefined) return [];
  if (!(error instanceof BuildError)) throw error;
  return error.diagnostics;
}

const IMPORTS = 'import { Next, startRoot } from "@bareflank/sdk";\n';
const BODY = "{ startRoot(ppid); return Next.Run; }\n";
const BOOTSTRAP = "write export function bootstrap(ppid: u32): Next";

describe("an extension in TypeScript", () => {
  it.each([
    [
      "without bootstrap",
      "startRoot(0);",
      `1:1: src/main.ts exports no bootstrap, which is where an extension begins: ${BOOTSTRAP}`,
    ],
    ["that keeps it", `function bootstrap(ppid: u32): Next ${BODY}`, `2:1: bootstrap is not exported: ${BOOTSTRAP}`],
    [
      "with a value",
      `export const bootstrap = (ppid: u32): Next => ${BODY}`,
      `2:14: bootstrap is no function: ${BOOTSTRAP}`,
    ],
    [
      "without the parameter",
      "export function bootstrap(): Next { return Next.Run; }",
      `2:1: bootstrap is called as another function: ${BOOTSTRAP}`,
    ],
    [
      "with a wide parameter",
      "export function bootstrap(ppid: u64): Next { return Next.Run; }",
      `2:1: bootstrap is called as another function: ${BOOTSTRAP}`,
    ],
    [
      "without a result",
      "export function bootstrap(ppid: u32): void { startRoot(ppid); }",
      `2:1: bootstrap is called as another function: ${BOOTSTRAP}`,
    ],
    [
      "with another vmexit",
      `export function bootstrap(ppid: u32): Next ${BODY}export function vmexit(vsid: u32): Next { return Next.Run; }`,
      "3:1: vmexit is called as another function: write export function vmexit(vsid: u32, reason: u64): Next",
    ],
  ])("%s", async (_, source, message) => {
    expect(await errors(IMPORTS + source)).toEqual([`src/main.ts:${message}`]);
  });

  it("that declares what nobody has", async () => {
    const source = `${IMPORTS}declare function poke(x: u32): void;\nexport function bootstrap(ppid: u32): Next { poke(ppid); return Next.Run; }\n`;
    expect(await errors(source)).toEqual([
      'src/main.ts:2:18: poke is declared, and nobody has it: it is an INTRINSIC(…, main, poke, …) of a header among "intrinsics", or the C function main_poke of a file among "native"',
    ]);
  });
});

describe("what is declared for native code", () => {
  it("is no variable", async () => {
    const source = `${IMPORTS}declare const speed: u32;\nexport function bootstrap(ppid: u32): Next { return speed == ppid ? Next.Run : Next.Fail; }\n`;
    expect(await errors(source)).toEqual([
      "src/main.ts:2:15: speed is a variable of nobody: only functions can be declared for native code",
    ]);
  });

  it("stands in a file whose name C can have", async () => {
    writeFileSync(join(root, "src/my-cpu.ts"), "export declare function halt(): void;\n");
    const source = `${IMPORTS}import { halt } from "./my-cpu";\nexport function bootstrap(ppid: u32): Next { halt(); return Next.Run; }\n`;
    expect(await errors(source)).toEqual([
      "src/my-cpu.ts:1:25: halt is declared in my-cpu.ts, whose name is no single word",
    ]);
  });
});

describe("an extension in C", () => {
  const C = "#include <bareflank/extension.h>\n";
  const VMEXIT = "enum bf_next vmexit(bf_vs vs, uint64_t reason) { return bf_root_vmexit(vs, reason); }\n";

  it("without bootstrap", async () => {
    expect(await errors(C + VMEXIT, { language: "c" })).toEqual([
      "src/main.c: there is no bootstrap, which the microkernel calls: write enum bf_next bootstrap(bf_pp pp)",
    ]);
  });

  it("that calls what nobody has", async () => {
    const source = `${C}${VMEXIT}extern void poke(void);\nenum bf_next bootstrap(bf_pp pp) { bf_root_start(pp); poke(); return bf_run; }\n`;
    expect(await errors(source, { language: "c" })).toEqual([
      "src/main.c: poke is used by bootstrap and defined nowhere",
    ]);
  });

  const BOOTSTRAP = "enum bf_next bootstrap(bf_pp pp) { bf_root_start(pp); return bf_run; }\n";
  const ON_IO = `static bool hide(bf_exit exit) { return true; }
enum bf_next bootstrap(bf_pp pp) {
    bf_on_io(hide);
    bf_root_start(pp); return bf_run;
}
`;

  it("whose handlers nobody calls", async () => {
    expect(await errors(C + VMEXIT + ON_IO, { language: "c" })).toEqual([
      "src/main.c:5:5: bf_on_io is called, but nothing calls bf_handle_exit: let vmexit return bf_handle_exit(vs, reason)",
    ]);
  });

  it("that waits for a step which nobody tells it", async () => {
    const step = `static void done(void) {}\n${BOOTSTRAP}enum bf_next vmexit(bf_vs vs, uint64_t reason) { bf_vs_step(vs, done); return bf_run; }\n`;
    expect(await errors(C + step, { language: "c" })).toEqual([
      "src/main.c:4:50: bf_vs_step is called, but nothing calls bf_handle_exit: let vmexit return bf_handle_exit(vs, reason)",
    ]);
  });

  it("whose handlers somebody calls, or that has none in the end", async () => {
    const handled = VMEXIT.replace("bf_root_vmexit", "bf_handle_exit");
    expect(await errors(C + handled + ON_IO, { language: "c" })).toEqual([]);
    const unused = `static bool hide(bf_exit exit) { return true; }\nvoid unused(void) { bf_on_io(hide); }\n`;
    expect(await errors(C + unused + VMEXIT + BOOTSTRAP, { language: "c" })).toEqual([]);
  });

  it("with another vmexit", async () => {
    const wrong = (definition: string) => errors(C + BOOTSTRAP + definition, { language: "c" });
    expect(await wrong("enum bf_next vm_exit(bf_vs vs, uint64_t reason)\n{\n    return bf_run;\n}\n")).toEqual([
      "src/main.c:3:14: vm_exit is not the vmexit that the microkernel calls: write enum bf_next vmexit(bf_vs vs, uint64_t reason)",
    ]);
    expect(await wrong("static enum bf_next vmExit(bf_vs vs, uint64_t reason) { return bf_run; }\n")).toEqual([
      "src/main.c:3:21: vmExit is not the vmexit that the microkernel calls: write enum bf_next vmexit(bf_vs vs, uint64_t reason)",
    ]);
    expect(await wrong("enum bf_next vmexit(bf_vs vs, uint32_t reason) { return bf_run; }\n")).toEqual([
      "src/main.c:3:14: conflicting types for 'vmexit'",
    ]);
    expect(await wrong("static enum bf_next vmexit(bf_vs vs, uint64_t reason) { return bf_run; }\n")).toEqual([
      "src/main.c:3:21: static declaration of 'vmexit' follows non-static declaration",
    ]);
  });

  it("without vmexit, which is a service", async () => {
    const service =
      "enum bf_next bootstrap(bf_pp pp) { return bf_wait; }\nvoid message(uint64_t caller, struct bf_message *message) {}\n";
    const include = `${C}#include <bareflank/message.h>\n`;
    expect(await errors(include + service, { language: "c" })).toEqual([]);
    expect(await errors(`${include}${service}void vm_exit(void) {}\n`, { language: "c" })).toEqual([]);
  });
});

describe("an extension in C++", () => {
  const CPP = "#include <bareflank/extension.hpp>\nusing namespace bareflank;\n";
  const VMEXIT = "Next vmexit(Vs vs, uint64_t reason) { return root::vmexit(vs, reason); }\n";

  it("without bootstrap", async () => {
    expect(await errors(CPP + VMEXIT, { language: "cpp" })).toEqual([
      "src/main.cpp: there is no bootstrap, which the microkernel calls: write Next bootstrap(Pp pp)",
    ]);
  });

  it("that calls what nobody has", async () => {
    const source = `${CPP}${VMEXIT}void poke(int);\nNext bootstrap(Pp) { poke(1); return Next::run; }\n`;
    expect(await errors(source, { language: "cpp" })).toEqual([
      "src/main.cpp: poke(int) is used by bootstrap and defined nowhere",
    ]);
  });

  it("that calls what takes something else", async () => {
    const source = `${CPP}${VMEXIT}static void poke(Vs) {}\nNext bootstrap(Pp pp) { poke(pp); return Next::run; }\n`;
    const said = await diagnosticsOf(source, { language: "cpp" });
    expect(said.map(({ message, notes }) => ({ message, notes }))).toEqual([
      {
        message: "no matching function for call to 'poke'",
        notes: [
          "note: candidate function not viable: no known conversion from 'bareflank::Pp' to 'bareflank::Vs' for 1st argument (src/main.cpp:4:13)",
        ],
      },
    ]);
  });

  it("that is virtual and defined nowhere", async () => {
    const source = `${CPP}${VMEXIT}struct Device { virtual void poke(); };\nNext bootstrap(Pp) { Device device; device.poke(); return Next::run; }\n`;
    expect(await errors(source, { language: "cpp" })).toEqual([
      "src/main.cpp: vtable for Device is used by bootstrap and defined nowhere",
      "src/main.cpp: Device::poke() is used by bootstrap and defined nowhere",
    ]);
  });

  const BOOTSTRAP = "Next bootstrap(Pp pp) { root::start(pp); return Next::run; }\n";

  it("whose handlers nobody calls", async () => {
    const source = `${CPP}${VMEXIT}Next bootstrap(Pp pp) {\n    on_cpuid([](CpuidExit) { return true; });\n    root::start(pp); return Next::run;\n}\n`;
    expect(await errors(source, { language: "cpp" })).toEqual([
      "src/main.cpp:5:5: on_cpuid is called, but nothing calls handle_exit: let vmexit return handle_exit(vs, reason)",
    ]);
    expect(await errors(source.replace("root::vmexit", "handle_exit"), { language: "cpp" })).toEqual([]);
  });

  it.each([
    ["of other parameters", "Next vmexit(Vs, uint32_t) { return Next::run; }", "3:6: vmexit"],
    ["in a namespace", "namespace mine { Next vmexit(Vs, uint64_t) { return Next::run; } }", "3:23: vmexit"],
    ["in a namespace without a name", "namespace { Next vmexit(Vs, uint64_t) { return Next::run; } }", "3:18: vmexit"],
    ["of another spelling", 'extern "C" Next vm_exit(Vs, uint64_t) noexcept { return Next::run; }', "3:17: vm_exit"],
  ])("with a vmexit %s", async (_, definition, place) => {
    expect(await errors(`${CPP}${definition}\n${BOOTSTRAP}`, { language: "cpp" })).toEqual([
      `src/main.cpp:${place} is not the vmexit that the microkernel calls: write Next vmexit(Vs vs, uint64_t reason)`,
    ]);
  });
});

describe("another callback in C++", () => {
  const CPP = "#include <bareflank/extension.hpp>\nusing namespace bareflank;\n";
  const BOTH = `${CPP}Next vmexit(Vs vs, uint64_t reason) { return root::vmexit(vs, reason); }\nNext bootstrap(Pp pp) { root::start(pp); return Next::run; }\n`;
  const FAIL = "fail is not the one that the microkernel calls: write Next fail(uint64_t error, uint64_t address)";
  const MESSAGE =
    "message is not the one that the microkernel calls: write void message(uint64_t caller, bf_message *message)";

  it.each([
    ["bootstrap of other parameters", "Next bootstrap(uint32_t) { return Next::run; }"],
    ["bootstrap in a namespace", "namespace mine { Next bootstrap(Pp) { return Next::run; } }"],
  ])("a %s", async (_, definition) => {
    const vmexit = BOTH.split("\n").slice(0, 3).join("\n");
    const column = definition.indexOf("bootstrap") + 1;
    expect(await errors(`${vmexit}\n${definition}\n`, { language: "cpp" })).toEqual([
      `src/main.cpp:4:${column}: bootstrap is not the one that the microkernel calls: write Next bootstrap(Pp pp)`,
    ]);
  });

  it.each([
    ["fail of other parameters", "Next fail(uint64_t) { return Next::again; }", `5:6: ${FAIL}`],
    [
      "fail in a namespace",
      "namespace mine { Next fail(uint64_t, uint64_t) { return Next::again; } }",
      `5:23: ${FAIL}`,
    ],
    ["message of other parameters", "void message(uint64_t, uint64_t *) {}", `5:6: ${MESSAGE}`],
  ])("a %s", async (_, definition, said) => {
    expect(await errors(`${BOTH}${definition}\n`, { language: "cpp" })).toEqual([`src/main.cpp:${said}`]);
  });

  it.each([
    ["is right", "Next fail(unsigned long error, uint64_t) { return error == 0 ? Next::fail : Next::again; }"],
    [
      "is right beside others",
      "Next fail(uint64_t, uint64_t) { return Next::fail; }\nnamespace mine { Next fail() { return Next::fail; } }",
    ],
    ["is the author's own", "static Next fail(Vs) { return Next::fail; }\nNext give_up(Vs vs) { return fail(vs); }"],
    ["is a message", "void message(uint64_t, bf_message *) {}"],
  ])("that %s", async (_, definition) => {
    expect(await errors(`${BOTH}${definition}\n`, { language: "cpp" })).toEqual([]);
  });
});

describe("an extension in Rust", () => {
  const RUST = "#![no_std]\nuse bareflank::{root, Next, Pp, Status, Vs};\n";
  const CALLBACKS = "use bareflank::callbacks;\ncallbacks!(bootstrap, vmexit);\n";
  const FUNCTIONS =
    "fn bootstrap(_: Pp) -> Result<Next, Status> { Ok(Next::Run) }\nfn vmexit(vs: Vs, reason: u64) -> Result<Next, Status> { root::vmexit(vs, reason) }\n";

  it("without callbacks", async () => {
    expect(await errors(RUST + FUNCTIONS, { language: "rust" })).toEqual([
      "src/main.rs:3:4: bootstrap is no callback yet: write callbacks!(bootstrap, vmexit);",
      "src/main.rs:4:4: vmexit is no callback yet: write callbacks!(bootstrap, vmexit);",
    ]);
  });

  it("that names a callback which it has not", async () => {
    expect(await errors(`#![no_std]\n\n${CALLBACKS}`, { language: "rust" })).toEqual([
      "src/main.rs:4:12: cannot find function `bootstrap` in this scope: not found in this scope",
      "src/main.rs:4:23: cannot find function `vmexit` in this scope",
    ]);
  });

  it("that calls what nobody has", async () => {
    const source = `${RUST}${CALLBACKS}extern "C" { fn poke(); }\n${FUNCTIONS.replace("{ Ok", "{ unsafe { poke() }; Ok")}`;
    expect(await errors(source, { language: "rust" })).toEqual([
      "src/main.rs: poke is used by bootstrap and defined nowhere",
    ]);
  });

  it("that returns another type", async () => {
    const source = `${RUST}${CALLBACKS}${FUNCTIONS.replace("Ok(Next::Run)", "Next::Run")}`;
    const [error, ...others] = await diagnosticsOf(source, { language: "rust" });
    expect(others).toEqual([]);
    expect(error && formatDiagnostic(error).split("\n")).toEqual([
      "src/main.rs:5:47: error: mismatched types: expected `Result<Next, Status>`, found `Next` [E0308]",
      "    fn bootstrap(_: Pp) -> Result<Next, Status> { Next::Run }",
      "                                                  ^",
      "    expected `Result<Next, Status>` because of return type (src/main.rs:5:24)",
      "    note: expected enum `Result<Next, Status>`, found enum `Next`",
      "    help: try wrapping the expression in `core::prelude::v1::Ok`",
    ]);
  });

  it("that uses a name which is nearly there, and imports what it does not use", async () => {
    const source = `${RUST}use bareflank::log;\n${CALLBACKS}${FUNCTIONS.replace("root::vmexit(vs, reason)", "root::vmexit(vs, raeson)")}`;
    const said = await diagnosticsOf(source, { language: "rust" });
    expect(said.map(({ message, notes }) => [message, ...(notes ?? [])])).toEqual([
      ["cannot find value `raeson` in this scope", "help: a local variable with a similar name exists: reason"],
      ["unused import: `bareflank::log`", "help: remove the whole `use` item"],
    ]);
  });

  it("whose handlers nobody calls", async () => {
    const source = `${RUST}${CALLBACKS}${FUNCTIONS.replace("{ Ok", "{\n    bareflank::on_io(|_| true);\n    Ok")}`;
    expect(await errors(source, { language: "rust" })).toEqual([
      "src/main.rs:6:16: on_io is called, but nothing calls handle_exit: let vmexit return handle_exit(vs, reason)",
    ]);
    const handled = source.replace("root::vmexit(vs, reason)", "Ok(bareflank::handle_exit(vs, reason))");
    expect(await errors(handled.replace("root, ", ""), { language: "rust" })).toEqual([]);
  });
});

describe("what the linker says besides", () => {
  const sources = new Map([
    ["/cache/1/object.o", "src/a.c"],
    ["/cache/2/object.o", "src/b.c"],
  ]);

  it("names sources in the place of objects", () => {
    const output =
      "ld.lld: error: duplicate symbol: count\n>>> defined at a.c\n>>>            /cache/1/object.o:(.bss.count+0x0)\n>>> defined at b.c\n>>>            /cache/2/object.o:(.bss.count+0x0)\n";
    expect(linkerDiagnostics(output, { sources }).map(({ file, message }) => `${file}: ${message}`)).toEqual([
      "src/a.c: duplicate symbol: count; defined at a.c; src/a.c:(.bss.count+0x0); defined at b.c; src/b.c:(.bss.count+0x0)",
    ]);
  });

  it("suggests what is meant", () => {
    const output =
      "ld.lld: error: undefined symbol: bf_log_numbr\n>>> referenced by b.c\n>>>               /cache/2/object.o:(vmexit)\n>>> did you mean: bf_log_number\n>>> defined in: /cache/1/object.o\n";
    expect(linkerDiagnostics(output, { sources })).toEqual([
      {
        severity: "error",
        code: "link",
        message: "bf_log_numbr is used by vmexit and defined nowhere; is bf_log_number meant?",
        file: "src/b.c",
      },
    ]);
  });
});
