// Extensions in C, C++ and Rust: their images, and what is wrong with their sources

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { COMPILERS } from "../../test/compilers.ts";
import { BuildError, Builder, findWorkspace, type Product, scaffold } from "../src/index.ts";
import { readSymbols } from "../src/symbols.ts";
import { output } from "./sample.ts";

const folder = mkdtempSync(join(tmpdir(), "bf-languages-"));
afterAll(() => rmSync(folder, { recursive: true }));

let packages = 0;

/** A new package from a template, its source changed. */
function made(template: string, edit: (source: string) => string = (source) => source, more: object = {}): string {
  const path = join(folder, `${template}-${packages++}`);
  const { files } = scaffold(path, template);
  const source = join(path, files.find((file) => file.startsWith("src/")) ?? "");
  writeFileSync(source, edit(readFileSync(source, "utf8")));
  const manifest = JSON.parse(readFileSync(join(path, "package.json"), "utf8"));
  writeFileSync(
    join(path, "package.json"),
    JSON.stringify({ ...manifest, bareflank: { ...manifest.bareflank, ...more } }),
  );
  return path;
}

async function built(path: string): Promise<Product> {
  const workspace = findWorkspace(path);
  const builder = new Builder(workspace, { cache: join(folder, "cache"), compilers: COMPILERS });
  try {
    const { products, failures } = await builder.build(workspace.parts);
    if (failures[0] !== undefined) throw failures[0].error;
    const [product] = products;
    if (product === undefined) throw new Error("nothing was built");
    return product;
  } finally {
    await builder.close();
  }
}

async function failure(path: string): Promise<BuildError> {
  const error = await built(path).catch((reason: unknown) => reason);
  if (error instanceof BuildError) return error;
  throw new Error("it was built");
}

const debugImage = (product: Product) => product.files.debug ?? "";

/** Without what answers exits that nobody asked for, which is TypeScript, too. */
const alone = (source: string) =>
  source.replace("bf_root_vmexit(vs, reason)", "vs.id == 99 ? bf_fail : bf_root_cpuid()");

describe("a heap", () => {
  const use = (source: string) => `${source}\nvoid *kept;\nvoid use(void) { free(kept); kept = malloc(10); }\n`;
  const withUse = (source: string) => use(source).replace("{\n", "{\n    extern void use(void);\n    use();\n");

  it("that nobody asked for is missed by its functions, and the message says what to write", async () => {
    const { diagnostics, hint } = await failure(made("c", withUse));
    const messages = diagnostics.map(({ message }) => message.replace(/used by \w+/, "used by …")).sort();
    expect(messages).toEqual(["free is used by … and defined nowhere", "malloc is used by … and defined nowhere"]);
    expect(hint).toContain('"memory": { "maximumKiB": 1024 }');
  });

  it("has its functions in the image, those that are used, and asks for its memory by a note", async () => {
    const { files } = await built(made("c", (source) => alone(withUse(source)), { memory: { maximumKiB: 512 } }));
    const names = readSymbols(readFileSync(files.debug ?? "")).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["malloc", "free"]));
    expect(names).not.toContain("aligned_alloc");
    // Version, flags, pages at start and at most, where they begin
    const note = [1, 0, 1, 128, 0x1_0000, 0].flatMap((word) => [...new Uint8Array(new Uint32Array([word]).buffer)]);
    expect(readFileSync(files.elf ?? "").includes(Buffer.from(note))).toBe(true);
  });
});

describe("what an author's sources are told of beside", () => {
  const told = async (template: string, lines: string) => {
    const { diagnostics } = await failure(made(template, (source) => `${source}\n${lines}\n`));
    return diagnostics.map(({ message }) => message);
  };
  const IGNORED =
    "ignoring return value of function declared with 'warn_unused_result' attribute [-Werror,-Wunused-result]";

  it.each(["c", "cpp"])("is a function that nobody calls (%s)", async (template) => {
    expect(await told(template, "static int forgotten(int x) { return x; }")).toEqual([
      "unused function 'forgotten' [-Werror,-Wunused-function]",
    ]);
  });

  it.each([
    ["c", "bf_mem_free_page(4096);"],
    ["c", "bf_vs_run_current();"],
    ["cpp", "bf_mem_free_page(4096);"],
  ])("is a call whose status nobody looks at (%s, %s)", async (template, call) => {
    expect(await told(template, `void use(void) { ${call} }`)).toEqual([IGNORED]);
  });

  it("is neither a status put away nor a line for the debug ring, and cflags have the last word", async () => {
    const fine =
      "void use(void) { (void)bf_mem_free_page(4096); bf_debug_write_c('x'); }\nstatic void forgotten(void) {}\n";
    const more = { cflags: ["-Wno-unused-function"] };
    await expect(built(made("c", (source) => `${source}\n${fine}`, more))).resolves.toBeDefined();
  });
});

describe("the standard library of C++", () => {
  const std = { runtime: "std", memory: { maximumKiB: 512 } };
  const uses = (source: string) =>
    `#include <stdexcept>\n${source}\n[[gnu::noinline]] void refuse() { throw std::logic_error("no"); }\n`.replace(
      "Next vmexit(Vs vs, uint64_t reason) {\n",
      "[[gnu::noinline]] void refuse();\nNext vmexit(Vs vs, uint64_t reason) {\n    try { refuse(); } catch (...) { answered++; }\n",
    );

  it("is in an image with the microkernel's layout, whose frames the unwinder finds", async () => {
    const { files } = await built(made("cpp", uses, std));
    const text = output("llvm-readelf", "-hlSW", files.debug ?? "");
    const loads = [...text.matchAll(/^ +LOAD .* (R E|R {2}|RW ) 0x1000$/gm)].map((match) => match[1]);
    expect(loads).toEqual(["R E", "R  ", "RW "]);
    expect(text).toMatch(/ \.eh_frame_hdr +PROGBITS/);
    expect(text).not.toMatch(/DYNAMIC|INTERP/);
    const names = readSymbols(readFileSync(files.debug ?? "")).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["__cxa_throw", "_Unwind_RaiseException", "bf_end_processor"]));
  });

  it("leaves the guest's vector registers alone where the source has no floating point", async () => {
    const { files } = await built(made("cpp", uses, std));
    const code = output("llvm-objdump", "-d", "--disassemble-symbols=vmexit,_Z6refusev", files.debug ?? "");
    expect(code).toContain("<_Z6refusev>:");
    expect(code).not.toMatch(/%(?:[xyz]?mm\d|st\b)/);
  });

  it.each([
    ["#include <vector>", "'vector' file not found"],
    ["void wrong() { throw 1; }", "cannot use 'throw' with exceptions disabled"],
  ])("that nobody asked for is missed by %s, and the message says what to write", async (line, message) => {
    const { diagnostics, hint } = await failure(made("cpp", (source) => `${source}\n${line}\n`));
    expect(diagnostics.map((one) => one.message)).toContain(message);
    expect(hint).toContain('"runtime": "std"');
  });

  it("has no files below it, and the message says where that stands", async () => {
    const opens = (source: string) => uses(`#include <cstdio>\n${source}`).replace("throw", 'fopen("/", "r"); throw');
    const { diagnostics, hint } = await failure(made("cpp", opens, std));
    expect(diagnostics.map(({ message }) => message)).toEqual(["fopen is used by refuse() and defined nowhere"]);
    expect(hint).toContain("docs/extensions.md");
  });

  it("is named with its package where it is not", () => {
    const bin = join(folder, "bin-without-library");
    mkdirSync(bin);
    for (const name of ["sh", "readlink", "node", "ld.lld", "llvm-objcopy"]) {
      const found = (process.env.PATH ?? "").split(delimiter).map((place) => join(place, name));
      symlinkSync(found.find((file) => existsSync(file)) ?? "", join(bin, name));
    }
    writeFileSync(join(bin, "clang"), "#!/bin/sh\necho /nowhere/llvm-16/lib/clang/16\n", { mode: 0o755 });
    const { status, stderr } = spawnSync(resolve(import.meta.dirname, "../bin/bf"), ["build"], {
      cwd: made("cpp", uses, std),
      env: { PATH: bin, HOME: process.env.HOME },
      encoding: "utf8",
    });
    expect(status).toBe(1);
    expect(stderr).toContain("The standard library of C++ for clang 16 is not installed.");
    expect(stderr).toContain("It is in the Debian package libc++-16-dev: apt-get install libc++-16-dev");
  });
});

describe("the SDK for TypeScript in C", () => {
  const namesOf = async (path: string) => {
    const { files } = await built(path);
    return readSymbols(readFileSync(files.debug ?? "")).map(({ name }) => name);
  };

  it("is in the image as far as it is used", async () => {
    const use = (source: string) =>
      source.replace("{\n", "{\n    (void)bf_guest_translate(bf_guest->rax, BF_ACCESS_READ);\n");
    const names = await namesOf(made("c", use));
    expect(names).toContain("bf_guest_translate");
    expect(names.filter((name) => /bf_guest_write|bf_handle_exit|bf_vs_step/.test(name))).toEqual([]);
  });

  it("is not there where nothing of it is used", async () => {
    const names = await namesOf(made("c", alone));
    expect(names).toContain("vmexit");
    expect(names.filter((name) => /module_|w2c_/.test(name))).toEqual([]);
  });
});

describe.each(["c", "cpp", "rust"])("an extension in %s", (language) => {
  it("has the layout that the microkernel wants", async () => {
    const { files } = await built(made(language));
    const text = output("llvm-readelf", "-hlW", files.elf ?? "");
    expect(text).toMatch(/Type: +EXEC/);
    expect(text).toMatch(/Entry point address: +0x328000000000/);
    const loads = [...text.matchAll(/^ +LOAD .* (R E|R {2}|RW ) 0x1000$/gm)].map((match) => match[1]);
    expect(loads).toEqual(["R E", "R  ", "RW "]);
    expect(text).toMatch(/GNU_STACK .* RW +0/);
    expect(text).not.toMatch(/DYNAMIC|INTERP/);
    expect(readSymbols(readFileSync(files.elf ?? ""))).toEqual([]);
  });

  it("leaves the guest's vector registers alone", async () => {
    const code = output("llvm-objdump", "-d", "--no-show-raw-insn", debugImage(await built(made(language))));
    expect(code).toContain("syscall");
    expect(code).not.toMatch(/%(?:[xyz]?mm\d|st\b)/);
  });
});

describe("errors", () => {
  it.each([
    ["c", "uint64_t wrong(void) { return nowhere; }", "use of undeclared identifier 'nowhere'"],
    ["cpp", "static uint64_t wrong() { return nowhere; }", "use of undeclared identifier 'nowhere'"],
    ["rust", "fn wrong() -> u64 { nowhere }", expect.stringContaining("cannot find value `nowhere` in this scope")],
  ])("in %s have file, line and column, and the line itself", async (language, line, message) => {
    const path = made(language, (source) => `${source}${line}\n`);
    const { diagnostics } = await failure(path);
    const file = `src/main.${{ c: "c", cpp: "cpp", rust: "rs" }[language]}`;
    const lines = readFileSync(join(path, file), "utf8").split("\n");
    const place = { file, line: lines.length - 1, column: line.indexOf("nowhere") + 1, text: line };
    expect(diagnostics).toContainEqual(expect.objectContaining({ severity: "error", message, ...place }));
  });

  it("say which function of a Rust extension needs floating point", async () => {
    const half = "root::start(Pp((pp.0 as f64 * 0.5) as u16))";
    const error = await failure(made("rust", (source) => source.replace("root::start(pp)", half)));
    expect(error.message).toMatch(/uses floating point or vectors, in .*bootstrap/);
    expect(error.hint).toContain("compute with integers");
  });

  it("name the package that has rustc where there is none", () => {
    const bin = join(folder, "bin");
    mkdirSync(bin);
    const folders = (process.env.PATH ?? "").split(delimiter);
    for (const name of ["sh", "readlink", "node", "clang", "ld.lld", "llvm-objcopy"]) {
      const found = folders.map((place) => join(place, name)).find((file) => existsSync(file));
      symlinkSync(found ?? "", join(bin, name));
    }
    const { status, stderr } = spawnSync(resolve(import.meta.dirname, "../bin/bf"), ["build"], {
      cwd: made("rust"),
      env: { PATH: bin, HOME: process.env.HOME },
      encoding: "utf8",
    });
    expect(status).toBe(1);
    expect(stderr).toContain("rustc is not installed.");
    expect(stderr).toContain("It is in the Debian package rustc: apt-get install rustc");
  });

  it.each([
    [{ language: "cobol" }, 'names a "language" that is none of "typescript", "c", "cpp", "rust".'],
    [{ language: "c", entry: "src/main.ts" }, 'has "entry", which does not go with the language "c".'],
    [{ language: "typescript", sources: ["src/main.c"] }, 'has "sources", which does not go with the language'],
    [{ type: "library" }, 'names a "language", which only extensions have.'],
    [{ language: "c", memory: { initialKiB: 128 } }, 'has a "memory" with "initialKiB", which does not go with'],
    [{ language: "c", memory: {} }, 'has a "memory.maximumKiB" of 0, which is no size of a heap.'],
    [{ language: "c", memory: { maximumKiB: 1022 } }, 'has a "memory.maximumKiB" of 1022, which is no size'],
    [{ language: "c", memory: { maximumKiB: 2 ** 21 + 4 } }, 'has a "memory.maximumKiB" of 2097156, which is no size'],
    [{ language: "c", runtime: "std" }, 'names a "runtime" that is not "none", as the language "c" has it.'],
    [{ language: "cpp", runtime: "managed" }, 'names a "runtime" that is none of "none", "std".'],
    [{ language: "cpp", runtime: "std" }, 'asks for the runtime "std" without a heap, which exceptions lie in.'],
    [
      { language: "cpp", runtime: "std", memory: { maximumKiB: 64 } },
      'asks for the runtime "std", and none of its dependencies has one.',
    ],
    [
      { language: "typescript", runtime: "std", entry: "src/main.c" },
      'names a "runtime" that is none of "none", "managed".',
    ],
    [{ sources: ["src/none.c"] }, "names src/none.c, which does not exist."],
  ])("of the field bareflank %j are told in words", async (field, message) => {
    expect((await failure(made("c", undefined, field))).message).toContain(message);
  });
});
