// Names of C++ and Rust, which their compilers put into one word

import { spawnSync } from "node:child_process";

/** Of LLVM, which the set-up installs for the build. */
const DEMANGLER = "llvm-cxxfilt";

/** Itanium's mangling, that of C++ and of Rust before its version 0; and Rust's version 0. */
const MANGLED = /^_(?:Z|R)/;

/** Rust before version 0 ends each name with a hash. */
const HASH = /::h[0-9a-f]{16}$/;

/** `bareflank::root::vmexit(bareflank::Vs, unsigned long)`; what cannot be told stays as it is. */
export function demangleForeign(symbols: readonly string[]): string[] {
  const mangled = symbols.filter((symbol) => MANGLED.test(symbol));
  if (mangled.length === 0) return [...symbols];
  const { stdout, status } = spawnSync(DEMANGLER, { input: mangled.join("\n"), encoding: "utf8" });
  // Without it, the names are harder to read; that is all.
  if (status !== 0) return [...symbols];
  const names = stdout.split("\n");
  const table = new Map(mangled.map((symbol, index) => [symbol, names[index]?.replace(HASH, "") || symbol]));
  return symbols.map((symbol) => table.get(symbol) ?? symbol);
}
