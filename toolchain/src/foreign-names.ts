// Names of C++ and Rust, which their compilers put into one word

/** Of LLVM, which the set-up installs for the build, and of binutils. */
const DEMANGLERS = ["llvm-cxxfilt", "c++filt"];

/** Itanium's mangling, that of C++ and of Rust before its version 0; and Rust's version 0. */
const MANGLED = /^_(?:Z|R)/;

/** Rust before version 0 ends each name with a hash. */
const HASH = /::h[0-9a-f]{16}$/;

/** `bareflank::root::vmexit(bareflank::Vs, unsigned long)`; what cannot be told stays as it is. */
export function demangleForeign(symbols: readonly string[]): string[] {
  const mangled = symbols.filter((symbol) => MANGLED.test(symbol));
  if (mangled.length === 0) return [...symbols];
  const output = filter(mangled.join("\n"));
  // Without a demangler the names are harder to read; that is all.
  if (output === undefined) return [...symbols];
  const names = output.split("\n");
  const table = new Map(mangled.map((symbol, index) => [symbol, names[index]?.replace(HASH, "") || symbol]));
  return symbols.map((symbol) => table.get(symbol) ?? symbol);
}

/** What the first demangler that is installed says. */
function filter(input: string): string | undefined {
  // Not imported: that costs every start of bfm more than most of its own code
  const { spawnSync } = process.getBuiltinModule?.("node:child_process") ?? {};
  for (const demangler of DEMANGLERS) {
    const result = spawnSync?.(demangler, { input, encoding: "utf8" });
    if (result?.status === 0) return result.stdout;
  }
  return undefined;
}
