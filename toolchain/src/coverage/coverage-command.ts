// `bf coverage`

import { spawn } from "node:child_process";
import { join, relative, sep } from "node:path";
import type { Command } from "commander";
import { Builder, selectParts } from "../build.ts";
import { type Branch, Coverage } from "./coverage.ts";
import { BuildError } from "../errors.ts";
import { findWorkspace, isCompiled } from "../part.ts";

/** Adds the command to the program. */
export function registerCoverage(program: Command): void {
  program
    .command("coverage")
    .description("run the unit tests on twins of the modules that count branches")
    .argument("[part...]", "parts whose branches are counted (default: all)")
    .option("--missing", "list each branch that was not seen both ways")
    .option("--json", "print all branches as JSON on stdout")
    .addHelpText(
      "after",
      `
Examples:
  bf coverage                      a table of files
  bf coverage kernel --missing     and the lines of the kernel where tests are missing`,
    )
    .action(coverage);
}

interface Options {
  readonly missing?: boolean;
  readonly json?: boolean;
}

type PartFolder = { readonly folder: string };

/** The unit tests below the folders of these parts' packages. */
const tests = (root: string, parts: readonly PartFolder[]): string[] => [
  ...["run", "--project", "unit"],
  ...new Set(parts.map(({ folder }) => `${relative(root, folder).split(sep)[0]}/`)),
];

async function coverage(words: readonly string[], options: Options): Promise<void> {
  const workspace = findWorkspace(process.cwd());
  const parts = selectParts(workspace, words).filter(isCompiled);
  const builder = new Builder(workspace);
  const { failures } = await builder.build(parts);
  await builder.close();
  if (failures[0] !== undefined) throw failures[0].error;
  const counters = new Coverage(workspace);
  await counters.prepare(parts);
  const passed = await runTests(workspace.root, parts, counters.environment);
  const branches = counters.report();
  if (options.json === true) process.stdout.write(`${JSON.stringify(branches, null, 2)}\n`);
  else process.stdout.write(`${table(branches)}${options.missing === true ? `\n${missing(branches)}` : ""}`);
  if (!passed) throw new BuildError("Tests failed; their coverage may say less than it should.");
}

/** Whether all unit tests of these parts passed. */
function runTests(root: string, parts: readonly PartFolder[], environment: Record<string, string>): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, ...environment };
    const child = spawn(join(root, "node_modules/.bin/vitest"), tests(root, parts), {
      cwd: root,
      env,
      stdio: ["ignore", 2, 2],
    });
    child.once("error", reject);
    child.once("exit", (code) => resolve(code === 0));
  });
}

/** Outcomes seen of all outcomes, by file. */
function table(branches: readonly Branch[]): string {
  const files = new Map<string, Branch[]>();
  for (const branch of branches) files.set(branch.file, [...(files.get(branch.file) ?? []), branch]);
  const width = Math.max(5, ...[...files.keys()].map((file) => file.length));
  const row = (name: string, list: readonly Branch[]) => {
    const seen = list.reduce((sum, { taken, passed }) => sum + Number(taken) + Number(passed), 0);
    const percent = list.length === 0 ? 100 : (100 * seen) / (2 * list.length);
    return `${name.padEnd(width)} ${String(seen).padStart(6)} of ${String(2 * list.length).padStart(5)} ${percent.toFixed(1).padStart(6)} %\n`;
  };
  return [...files].map(([file, list]) => row(file, list)).join("") + row("all", branches);
}

function missing(branches: readonly Branch[]): string {
  return branches
    .filter(({ taken, passed }) => !taken || !passed)
    .map(({ file, line, column, taken, passed }) => {
      const what = taken ? "always holds" : passed ? "never holds" : "is never reached";
      return `${file}:${line}:${column}: the condition ${what}\n`;
    })
    .join("");
}
