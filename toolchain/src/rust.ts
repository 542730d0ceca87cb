// Rust for bare metal, with the compiler as it is installed: no other target's library, no cargo, no crates
//
// rustc brings the core library for the machine that it runs on, compiled for Linux: with SSE. An extension must not use
// it, because its registers are the guest's. So everything is linked as LLVM's intermediate code, core included, and
// becomes machine code only then (link-time optimization), without SSE and without a red zone.

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import type { Cache, CachedResult } from "./cache.ts";
import { BuildError } from "./errors.ts";
import { rustDiagnostics } from "./messages/rust-messages.ts";
import { parseDependencies } from "./native.ts";
import type { Part } from "./part.ts";
import { run, tool } from "./tools.ts";

const FLAGS = [
  ...["--edition=2021", "--target=x86_64-unknown-linux-gnu", "--error-format=json", "-Dwarnings", "-Ccodegen-units=1"],
  ...["-Copt-level=3", "-Cpanic=abort", "-Crelocation-model=pic", "-Cno-redzone=yes", "-Cforce-frame-pointers=no"],
  ...["-Ctarget-feature=-sse,-sse2", "-Cembed-bitcode=yes"],
];

/** What the SDK's crate is called in Rust. */
const SDK_CRATE = "bareflank";

/** Compiles the part's crate and those that it uses; the last result's file is `lib.a`. */
export async function compileRust(cache: Cache, part: Part, root: string): Promise<CachedResult[]> {
  const results: CachedResult[] = [];
  const external: string[] = [];
  for (const crate of part.crates) {
    const library = await compileCrate(cache, crate, ["--crate-type=rlib", `--crate-name=${SDK_CRATE}`], [], root);
    results.push(library);
    external.push(library.path("lib.rlib"));
  }
  const [main = "", ...others] = part.sources;
  if (others.length > 0) {
    throw new BuildError(`${part.name} names several "sources", but a crate has one root.`, {
      hint: "Name the root; the others are its modules.",
    });
  }
  const name = part.name.replace(/[^A-Za-z0-9]/g, "_");
  const flags = ["--crate-type=staticlib", `--crate-name=${name}`, "-Clto=fat"];
  results.push(await compileCrate(cache, main, flags, external, root));
  return results;
}

async function compileCrate(
  cache: Cache,
  source: string,
  kind: readonly string[],
  external: readonly string[],
  root: string,
): Promise<CachedResult> {
  const rustc = tool("rustc");
  // Panics name the source as the compiler was told it.
  const name = relative(root, source);
  // The program may be rustup's, which is the same for all compilers.
  const version = await run("rustc", rustc.path, ["-vV"], root);
  const key = [rustc.identity, version, FLAGS, kind, name, external.map((path) => cache.digest(path))];
  return cache.run("rust", key, async () => {
    const folder = await mkdtemp(join(tmpdir(), "bf-"));
    try {
      const file = kind.includes("--crate-type=rlib") ? "lib.rlib" : "lib.a";
      const list = join(folder, "inputs.d");
      const uses = external.flatMap((path) => ["--extern", `${SDK_CRATE}=${path}`]);
      // The compiler's own files lie beside it, and not where another one may be at the same crate
      const output = [
        "--out-dir",
        folder,
        "--emit",
        `link=${join(folder, file)},dep-info=${list}`,
        `-Cmetadata=${name}`,
      ];
      const args = [...FLAGS, ...kind, ...uses, ...output, name];
      await run(`Compiling ${name}`, rustc.path, args, root, rustDiagnostics);
      const [rule = ""] = (await readFile(list, "utf8")).split("\n");
      return { files: new Map([[file, await readFile(join(folder, file))]]), inputs: parseDependencies(rule, root) };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
}

/** An operand that only floating point and vector instructions have. */
const VECTOR_REGISTER = /%(?:[xyz]?mm\d+|st\b)/;

/** Looks through an image for instructions that would destroy the guest's registers; names the functions that have any. */
export function refuseFloatingPoint(cache: Cache, part: string, image: string, root: string): Promise<CachedResult> {
  const objdump = tool("objdump");
  return cache.run("no-floating-point", [objdump.identity, cache.digest(image)], async () => {
    const text = await run("Disassembling", objdump.path, ["-d", "-C", "--no-show-raw-insn", image], root);
    const functions = new Set<string>();
    let current = "";
    for (const line of text.split("\n")) {
      current = /^[0-9a-f]+ <(.*)>:$/.exec(line)?.[1] ?? current;
      if (VECTOR_REGISTER.test(line)) functions.add(current);
    }
    if (functions.size > 0) {
      throw new BuildError(`${part} uses floating point or vectors, in ${[...functions].join(", ")}.`, {
        hint: "Those registers are the guest's: compute with integers.",
      });
    }
    return { files: new Map(), inputs: [] };
  });
}
