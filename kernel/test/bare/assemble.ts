// Extensions in assembly for tests, each made of fixtures/extension.S and what the test wants it to do wrong

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { join, resolve } from "node:path";

const repository = resolve(import.meta.dirname, "../../..");
const source = join(import.meta.dirname, "fixtures", "extension.S");
const header = join(repository, "abi", "generated", "c", "bareflank.h");
const script = join(repository, "toolchain", "runtime", "extension.ld");
const folder = join(repository, "build", "test", "bare");

/** Places in fixtures/extension.S where instructions can be added; several are separated by newlines or semicolons. */
export interface Changes {
  /** First thing in `_start`. */
  readonly start?: string;
  /** In `_start`, with all callbacks registered. */
  readonly registered?: string;
  readonly bootstrap?: string;
  /** In bootstrap, with the root VS made: R12 is its VP, R13 the VS. */
  readonly initialised?: string;
  /** RSI is the exit reason; `[rip + exits]` counts exits, this one included. */
  readonly vmexit?: string;
  readonly fail?: string;
  /** Callbacks that are not registered. */
  readonly without?: readonly ("bootstrap" | "vmexit" | "fail")[];
}

/** Assembles and links an extension, unless it is there already, and returns its path. */
export function assemble(changes: Changes = {}): string {
  const { without = [], ...code } = changes;
  const defines = [
    ...Object.entries(code).map(
      ([place, text]) => `-D${place.toUpperCase()}=${text.trim().replace(/\s*\n\s*/g, "; ")}`,
    ),
    ...without.map((callback) => `-DWITHOUT_${callback.toUpperCase()}`),
  ];
  const hash = createHash("sha256").update(JSON.stringify(defines));
  for (const input of [source, header, script]) hash.update(readFileSync(input));
  const path = join(folder, `${hash.digest("hex").slice(0, 16)}.elf`);
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  const include = ["-I", join(repository, "abi", "generated", "c")];
  const target = "--target=x86_64-unknown-none-elf";
  const linkScript = `${path}.ld`;
  execFileSync("clang", [target, "-E", "-P", "-x", "assembler-with-cpp", ...include, script, "-o", linkScript]);
  execFileSync("clang", [target, ...include, ...defines, "-c", source, "-o", `${path}.o`]);
  const flags = ["-static", "-z", "max-page-size=4096", "-z", "noexecstack", "-z", "norelro"];
  execFileSync("ld.lld", [...flags, "-T", linkScript, "-o", `${path}.new`, `${path}.o`]);
  renameSync(`${path}.new`, path);
  return path;
}
