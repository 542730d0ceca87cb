// What a change of an extension costs until its ELF file is there: processor time, beside that of the same command for C

import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { scaffold } from "@bareflank/toolchain";
import type { Figure } from "./figure.ts";

/** Of so many changes the one in the middle counts; the first only fills the cache. */
const CHANGES = 5;

/** utime, stime, cutime, cstime: ticks of a process, and of its children that have ended. (proc(5)) */
const TIMES = [13, 14, 15, 16];
const OF_CHILDREN = [15, 16];

function ticks(pid: number | "self", fields: readonly number[]): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The command's name may have blanks: what counts stands behind it.
  const words = ["", "", ...stat.slice(stat.lastIndexOf(")") + 2).split(" ")];
  return fields.reduce((sum, field) => sum + Number(words[field]), 0);
}

/** The build server that listens below a folder, when there is one. */
function serverBelow(folder: string): number | undefined {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map(Number).find((pid) => {
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
      return words.some((word) => word.startsWith(`${folder}/`) && word.endsWith(".socket"));
    } catch {
      return false; // It ended meanwhile.
    }
  });
}

/** A number of its own in each language, by how the file's name ends. */
const DECLARATIONS: Readonly<Record<string, string>> = {
  ts: "export const CHANGED: u32 =",
  c: "unsigned changed =",
  cpp: "unsigned changed =",
  rs: "pub static CHANGED: u32 =",
};

/** Ticks of `bf build` after a change of one number in `file`. */
function costOfChange(folder: string, file: string, options: readonly string[], runtime: string): number {
  const path = join(folder, file);
  const source = readFileSync(path, "utf8").replace(/\n\/\/ change \d+.*\n.*\n$/, "\n");
  const costs: number[] = [];
  const now = () => {
    const server = serverBelow(runtime);
    return ticks("self", OF_CHILDREN) + (server === undefined ? 0 : ticks(server, TIMES));
  };
  for (let change = 0; change <= CHANGES; change++) {
    const declaration = DECLARATIONS[file.split(".").at(-1) ?? ""];
    writeFileSync(path, `${source}\n// change ${change}\n${declaration} ${change};\n`);
    const before = now();
    const env = { ...process.env, XDG_RUNTIME_DIR: runtime };
    const bf = join(folder, "node_modules/.bin/bf");
    const { status, stderr } = spawnSync(bf, ["build", ...options], { cwd: folder, env, encoding: "utf8" });
    if (status !== 0) throw new Error(`The build failed.\n${stderr}`);
    if (change > 0) costs.push(now() - before);
  }
  return costs.sort((a, b) => a - b)[CHANGES >> 1] ?? Number.NaN;
}

export function changeFigures(): Figure[] {
  const folder = mkdtempSync(join(tmpdir(), "bf-bench-"));
  const runtime = mkdtempSync(join(tmpdir(), "bf-"));
  try {
    const made = (template: string) => {
      const path = join(folder, template);
      scaffold(path, template);
      return path;
    };
    const typescript = made("memory-watch");
    const one = costOfChange(made("c"), "src/main.c", [], runtime);
    const other = (template: string, file: string) => costOfChange(made(template), file, [], runtime) / one;
    const cost = (...options: string[]) => costOfChange(typescript, "src/main.ts", options, runtime) / one;
    const unit = "ratio";
    return [
      {
        key: "changeServed",
        title: "a change, for development, by a server (C: 1)",
        value: cost("--dev"),
        unit,
        limit: 2.2,
      },
      {
        key: "changeAlone",
        title: "a change, for development, without one (C: 1)",
        value: cost("--dev", "--no-server"),
        unit,
        limit: 4.5,
      },
      { key: "changeReleased", title: "a change, for use (C: 1)", value: cost(), unit, limit: 9.5 },
      { key: "changeCpp", title: "a change in C++ (C: 1)", value: other("cpp", "src/main.cpp"), unit, limit: 1.5 },
      { key: "changeRust", title: "a change in Rust (C: 1)", value: other("rust", "src/main.rs"), unit, limit: 2.5 },
    ];
  } finally {
    const server = serverBelow(runtime);
    if (server !== undefined) process.kill(server);
    for (const path of [folder, runtime]) rmSync(path, { recursive: true, force: true });
  }
}
