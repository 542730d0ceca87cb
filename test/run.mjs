// `npm test`: everything that must hold, and what it cost
//
// The stages run one after the other until one fails. The table at the end, also of a run that failed, counts processor
// time, emulators and compilers included: it says the same on a busy host as on an idle one.

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** So many test files are listed. */
const LISTED = 20;

/** Linux counts in these. (proc(5): sysconf(_SC_CLK_TCK)) */
const TICKS_PER_SECOND = 100;

/** The stages and their commands. */
const stages = {
  lint: ["npm", "run", "--silent", "lint"],
  typecheck: ["npm", "run", "--silent", "typecheck"],
  build: ["npm", "run", "--silent", "build"],
  tests: ["node_modules/.bin/vitest", "run", ...["unit", "bare", "e2e"].flatMap((name) => ["--project", name])],
};

/** Seconds of all children that have ended. (proc(5), /proc/pid/stat: cutime, cstime) */
function childSeconds() {
  const stat = readFileSync("/proc/self/stat", "latin1");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[13]) + Number(fields[14])) / TICKS_PER_SECOND;
}

/**
 * @typedef {object} Cost
 * @property {string} name
 * @property {string} [project] Of Vitest, for a test file.
 * @property {number} cpuSeconds
 */

const folder = mkdtempSync(join(tmpdir(), "bf-test-"));
const costs = join(folder, "costs");

/** @type {Cost[]} */
const taken = [];

/**
 * Runs one stage.
 *
 * @param {string} name
 * @param {readonly string[]} words
 * @returns {number} its exit code
 */
function run(name, [program = "", ...words]) {
  const before = childSeconds();
  const { status } = spawnSync(program, words, { stdio: "inherit", env: { ...process.env, BF_TEST_COSTS: costs } });
  taken.push({ name, cpuSeconds: childSeconds() - before });
  return status ?? 1;
}

/** @param {readonly Cost[]} list */
const rows = (list) => list.map(({ name, cpuSeconds }) => `${cpuSeconds.toFixed(1).padStart(9)}  ${name}\n`).join("");

function table() {
  const lines = existsSync(costs) ? readFileSync(costs, "utf8").trim().split("\n") : [];
  /** @type {Cost[]} */
  const files = lines.map((line) => JSON.parse(line));
  files.sort((a, b) => b.cpuSeconds - a.cpuSeconds);
  /** @param {readonly Cost[]} list */
  const sumOf = (list) => list.reduce((all, { cpuSeconds }) => all + cpuSeconds, 0);
  const projects = [...new Set(files.map(({ project }) => project))].map((name) => ({
    name: `of these ${name}`,
    cpuSeconds: sumOf(files.filter(({ project }) => project === name)),
  }));
  const dearest = files.length === 0 ? "" : `\nThe test files that took most of them:\n${rows(files.slice(0, LISTED))}`;
  return `\nSeconds of processor time, ${sumOf(taken).toFixed(1)} in all:\n${rows([...taken, ...projects])}${dearest}`;
}

try {
  for (const [name, words] of Object.entries(stages)) {
    process.exitCode = run(name, words);
    if (process.exitCode !== 0) {
      process.stderr.write(`npm test: ${name} failed\n`);
      break;
    }
  }
  process.stdout.write(table());
} finally {
  rmSync(folder, { recursive: true });
}
