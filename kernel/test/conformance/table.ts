// The table of npm run test:conformance

import { isDeepStrictEqual } from "node:util";
import { type Failure, failures, type Outcome, runFailure } from "./failures.ts";
import { runSuite, type SuiteResult } from "./suite.ts";
import { runVersion2 } from "./version2.ts";

/** Numbers of processors that everything runs on. */
export const SIZES = [1, 2, 4] as const;

/** What was found out about one subject with one number of processors. */
interface Cell {
  readonly cases: number;
  /** What is wrong, one line each. */
  readonly complaints: string[];
}

/** The rows by subject, the cells by number of processors. */
export type Table = Map<string, Map<number, Cell>>;

/** Runs everything once; `tell` gets a line for people whenever something has begun. */
export async function fillTable(machine: string, tell: (line: string) => void): Promise<Table> {
  const table: Table = new Map();
  for (const smp of SIZES) {
    tell(`${smp} processor${smp === 1 ? "" : "s"}`);
    addSuite(table, smp, await runSuite({ machine, smp }));
    addSuite(table, smp, await runVersion2({ machine, smp }));
  }
  tell("a thread-local image with bytes, and a log of exits");
  const others = new Set(["(image)", "DEBUG_DUMP_VMEXIT_LOG"]);
  addSuite(table, 1, await runSuite({ machine, smp: 1, tlsImage: true, debug: 2 }), others);
  for (const failure of failures) {
    tell(`failure: ${failure.name}`);
    addFailure(table, failure, await runFailure(failure, { machine }));
  }
  return table;
}

function add(table: Table, subject: string, smp: number, cases: number, complaints: readonly string[]): void {
  const row = table.get(subject) ?? new Map<number, Cell>();
  table.set(subject, row);
  const cell = row.get(smp) ?? { cases: 0, complaints: [] };
  row.set(smp, { cases: cell.cases + cases, complaints: [...cell.complaints, ...complaints] });
}

function addSuite(table: Table, smp: number, result: SuiteResult, subjects?: ReadonlySet<string>): void {
  for (const { ppid, subject, name, blamed, detail } of result.cases) {
    if (subjects !== undefined && !subjects.has(subject)) continue;
    add(table, subject, smp, 1, []);
    if (blamed !== undefined) add(table, blamed, smp, 0, [`PP ${ppid}: ${subject} ${name}: ${detail}`]);
  }
  if (result.broken !== undefined) add(table, "(run)", smp, 1, [result.broken]);
}

function addFailure(table: Table, failure: Failure, outcome: Outcome): void {
  const good = isDeepStrictEqual(outcome, failure.expected);
  const complaint = `${failure.name}: exit code ${outcome.exitCode}, ring ${JSON.stringify(outcome.ring)}`;
  add(table, failure.subject, 1, 1, good ? [] : [complaint]);
}

/** Whether anything is wrong. */
export function isClean(table: Table): boolean {
  return [...table.values()].every((row) => [...row.values()].every(({ complaints }) => complaints.length === 0));
}

/** The table as text, and below it what is wrong. */
export function formatTable(table: Table): string {
  const width = Math.max(...[...table.keys()].map((subject) => subject.length));
  const line = (subject: string, cells: readonly string[], result: string) =>
    `${subject.padEnd(width)}  ${cells.map((cell) => cell.padStart(6)).join("")}  ${result}`.trimEnd();
  const lines = [
    line(
      "call",
      SIZES.map((smp) => `${smp} PP${smp === 1 ? "" : "s"}`),
      "result",
    ),
  ];
  const complaints: string[] = [];
  for (const [subject, row] of [...table].sort(([a], [b]) => a.localeCompare(b))) {
    const cells = SIZES.map((smp) => String(row.get(smp)?.cases ?? ""));
    const wrong = [...row].flatMap(([smp, cell]) => cell.complaints.map((text) => `${subject}, ${smp} PPs: ${text}`));
    lines.push(line(subject, cells, wrong.length === 0 ? "ok" : `FAIL (${wrong.length})`));
    complaints.push(...wrong);
  }
  const total = SIZES.map((smp) => [...table.values()].reduce((sum, row) => sum + (row.get(smp)?.cases ?? 0), 0));
  lines.push(line("cases", total.map(String), complaints.length === 0 ? "ok" : "FAIL"));
  return [...lines, ...complaints].join("\n");
}
