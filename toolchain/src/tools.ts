// The programs of other projects that a build calls, and where to get them

import { execFile } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { delimiter, join } from "node:path";
import { BuildError, type Diagnostic } from "./errors.ts";

/** Tools by their role: names to look for, and the Debian package that has them. */
const TOOLS = {
  clang: { names: ["clang", "clang-19", "clang-16", "clang-15", "clang-14"], debianPackage: "clang" },
  lld: { names: ["ld.lld", "ld.lld-19", "ld.lld-16", "ld.lld-15", "ld.lld-14"], debianPackage: "lld" },
  "lld-link": {
    names: ["lld-link", "lld-link-19", "lld-link-16", "lld-link-15", "lld-link-14"],
    debianPackage: "lld",
  },
  objcopy: {
    names: ["llvm-objcopy", "llvm-objcopy-19", "llvm-objcopy-16", "llvm-objcopy-15", "llvm-objcopy-14"],
    debianPackage: "llvm",
  },
  objdump: {
    names: ["llvm-objdump", "llvm-objdump-19", "llvm-objdump-16", "llvm-objdump-15", "llvm-objdump-14"],
    debianPackage: "llvm",
  },
  rustc: { names: ["rustc"], debianPackage: "rustc" },
  make: { names: ["make"], debianPackage: "make" },
} as const;

export type ToolName = keyof typeof TOOLS;

/** A program found on this machine. */
export interface Tool {
  readonly path: string;
  /** Changes when another version is installed; part of the keys of what it makes. */
  readonly identity: string;
}

/** Per tool: the PATH that it was found on. */
const found = new Map<ToolName, { readonly searched: string | undefined; readonly path: string }>();

/** Finds a tool on the PATH; one that is missing is named with the Debian package that has it. */
export function tool(name: ToolName): Tool {
  const searched = process.env.PATH;
  const known = found.get(name);
  const again = known?.searched === searched ? identify(known?.path) : undefined;
  if (again !== undefined) return again;
  const { names, debianPackage } = TOOLS[name];
  for (const candidate of names) {
    const path = findOnPath(candidate);
    const result = identify(path);
    if (path === undefined || result === undefined) continue;
    found.set(name, { searched, path });
    return result;
  }
  throw new BuildError(`${names[0]} is not installed.`, {
    hint: `It is in the Debian package ${debianPackage}: apt-get install ${debianPackage}`,
  });
}

/** Looked at anew each time: a process that builds for hours sees another version being installed. */
function identify(path: string | undefined): Tool | undefined {
  const status = path === undefined ? undefined : statSync(path, { throwIfNoEntry: false });
  if (path === undefined || status === undefined) return undefined;
  return { path, identity: `${path} ${status.size} ${Math.floor(status.mtimeMs)}` };
}

function findOnPath(name: string): string | undefined {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      if (statSync(path).isFile()) return path;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}

let free = availableParallelism();
const waiting: (() => void)[] = [];

/** Runs `work` when one of the machine's processors is free for it. */
export async function onProcessor<T>(work: () => Promise<T>): Promise<T> {
  if (free === 0) await new Promise<void>((resolve) => waiting.push(resolve));
  else free--;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next === undefined) free++;
    else next();
  }
}

/** Finds a compiler's messages in what it wrote; their paths are relative to `root`. */
export type DiagnosticParser = (output: string, root: string) => Diagnostic[];

/** Runs a program to its end and answers what it wrote to stdout; a failure carries what it wrote to stderr. */
export function run(
  what: string,
  program: string,
  args: readonly string[],
  cwd: string,
  parse: DiagnosticParser = parseDiagnostics,
): Promise<string> {
  return onProcessor(
    () =>
      new Promise((resolve, reject) => {
        const options = { cwd, maxBuffer: 1 << 28, env: { ...process.env, LC_ALL: "C" } };
        execFile(program, args, options, (error, stdout, stderr) => {
          if (error === null) resolve(stdout);
          else reject(failure(what, stderr === "" ? stdout || error.message : stderr, parse(stderr, cwd)));
        });
      }),
  );
}

function failure(what: string, output: string, diagnostics: readonly Diagnostic[]): BuildError {
  const rest = diagnostics.length > 0 ? "" : `\n${output.trimEnd()}`;
  return new BuildError(`${what} failed.${rest}`, { diagnostics });
}

/** Templates of C++ have a note for everything that was tried. */
const MOST_NOTES = 6;

/** Messages in the form that clang writes: `file:line:column: error: text`, the source line below, notes behind it. */
function parseDiagnostics(output: string, root: string): Diagnostic[] {
  const lines = output.split("\n");
  const found: (Diagnostic & { notes?: string[] })[] = [];
  for (const [index, line] of lines.entries()) {
    const [, path, row, column, severity, message = ""] =
      /^(.+?):(\d+):(\d+): (?:fatal )?(error|warning|note): (.*)$/.exec(line) ?? [];
    if (path === undefined) continue;
    const file = path.replace(`${root}/`, "");
    if (severity === "note") {
      const last = found.at(-1);
      if (last === undefined || (last.notes?.length ?? 0) >= MOST_NOTES) continue;
      last.notes = [...(last.notes ?? []), `note: ${message} (${file}:${row}:${column})`];
      continue;
    }
    const isFollowedBySource = /^[\s~]*\^/.test(lines[index + 2] ?? "");
    const text = isFollowedBySource ? lines[index + 1] : undefined;
    found.push({
      ...{ severity: severity === "error" ? "error" : "warning", message, file },
      ...{ line: Number(row), column: Number(column), text },
    });
  }
  return found;
}
