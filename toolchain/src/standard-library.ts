// The standard library of C++ that clang's Debian package has beside it: libc++, and libunwind below it

import { existsSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { BuildError } from "./errors.ts";
import { resourceFolder, type StandardLibrary } from "./native.ts";
import { tool } from "./tools.ts";

/** The C library whose headers the archives were compiled with; none of its code is linked. */
const C_HEADERS = ["/usr/include/x86_64-linux-gnu", "/usr/include"];

/** What an extension in C++ with the runtime "std" is compiled and linked with; what is missing is named with its package. */
export function standardLibrary(): StandardLibrary {
  // …/llvm-14/lib/clang/14.0.6
  const root = resolve(resourceFolder(tool("clang")), "..", "..", "..");
  const headers = join(root, "include", "c++", "v1");
  const archives = ["libc++.a", "libunwind.a"].map((name) => join(root, "lib", name));
  const version = /^llvm-(\d+)$/.exec(basename(root))?.[1] ?? "14";
  require(join(headers, "vector"), `The standard library of C++ for clang ${version}`, `libc++-${version}-dev`);
  for (const archive of archives) require(archive, basename(archive), `libc++-${version}-dev`);
  require(join("/usr/include", "stdlib.h"), "The headers of C's library", "libc6-dev");
  return { before: [headers], behind: C_HEADERS, archives };
}

function require(file: string, what: string, debianPackage: string): void {
  if (existsSync(file)) return;
  const is = what.endsWith("headers of C's library") ? "are" : "is";
  throw new BuildError(`${what} ${is} not installed.`, {
    hint: `It is in the Debian package ${debianPackage}: apt-get install ${debianPackage}`,
  });
}
