// Tests of others on two KVMs, side by side: the table, and whether Linux's passes one that MicroV does not

import type { TestOutcome } from "./outcome.ts";

/** Whose KVM. */
export type Kvm = "linux" | "microv";

/** A test, and what became of it on each KVM that it ran on. */
export interface TestRow {
  readonly name: string;
  readonly outcomes: Readonly<Partial<Record<Kvm, TestOutcome>>>;
}

/** What a comparison says of a test. */
export type Verdict = "same" | "better" | "worse" | "passed" | "not passed";

const titles: Readonly<Record<Kvm, string>> = { linux: "Linux's KVM", microv: "MicroV" };

/** For people. */
export const titleOf = (kvm: Kvm): string => titles[kvm];

/** Checks that pass on Linux's KVM whenever they are made, and fail on MicroV. */
export const lostChecks = ({ outcomes: { linux, microv } }: TestRow): string[] => {
  if (linux === undefined || microv === undefined) return [];
  const passed = new Set(linux.passed.filter((name) => !linux.failed.includes(name)));
  return [...new Set(microv.failed.filter((name) => passed.has(name)))];
};

/** MicroV against Linux's KVM where a test ran on both; otherwise how it ended. */
export const verdictOf = (row: TestRow): Verdict => {
  const { linux, microv } = row.outcomes;
  if (linux === undefined || microv === undefined) {
    const ending = (linux ?? microv)?.ending;
    return ending === "passed" || ending === "skipped" ? "passed" : "not passed";
  }
  const hasPassed = (outcome: TestOutcome) => outcome.ending === "passed";
  if ((hasPassed(linux) && !hasPassed(microv)) || lostChecks(row).length > 0) return "worse";
  if (microv.ending === "died" && linux.ending !== "died") return "worse";
  return hasPassed(microv) && !hasPassed(linux) ? "better" : "same";
};

/** Whether there is nothing to mend. */
export const isGood = (row: TestRow): boolean => !["worse", "not passed"].includes(verdictOf(row));

const endings = {
  passed: "",
  failed: "failed",
  skipped: "skipped",
  stalled: "ended, nothing came",
  died: "the machine died",
} as const;

/** How a test went, in a few words: "127", "13/2 failed", "skipped". */
export const cellOf = (outcome: TestOutcome | undefined): string => {
  if (outcome === undefined) return "";
  const { ending, passed, failed, skipped } = outcome;
  const checks =
    passed.length + failed.length === 0
      ? ""
      : failed.length === 0
        ? `${passed.length}`
        : `${passed.length}/${failed.length}`;
  const left = skipped.length > 0 && ending !== "skipped" ? `${skipped.length} skipped` : "";
  const words = ending === "passed" && checks === "" ? "passed" : endings[ending];
  return [checks, words, left === "" ? "" : `(${left})`].filter((word) => word !== "").join(" ");
};

/** Why MicroV is not as good, or a test has not passed where it ran on one alone. */
const reasonOf = (row: TestRow): string => {
  if (isGood(row)) return "";
  const [lost] = lostChecks(row);
  return lost ?? (row.outcomes.microv ?? row.outcomes.linux)?.detail ?? "";
};

/** A table in Markdown, whose columns are aligned for terminals. */
export const tableOf = (rows: readonly TestRow[], kvms: readonly Kvm[]): string => {
  const table = [
    ["Test", ...kvms.map(titleOf), "Verdict", "Why"],
    ...rows.map((row) => [row.name, ...kvms.map((kvm) => cellOf(row.outcomes[kvm])), verdictOf(row), reasonOf(row)]),
  ].map((cells) => cells.map((cell) => cell.replaceAll("|", "\\|")));
  const widths = table[0]?.map((_, column) => Math.max(...table.map((cells) => cells[column]?.length ?? 0))) ?? [];
  const last = widths.length - 1;
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => (column === last ? cell : cell.padEnd(widths[column] ?? 0))).join(" | ")} |\n`;
  const rule = `|${widths.map((width, column) => "-".repeat(column === last ? 5 : width + 2)).join("|")}|\n`;
  return table.map((cells, index) => line(cells) + (index === 0 ? rule : "")).join("");
};

/** How many of each verdict, in a sentence. */
export const summaryOf = (rows: readonly TestRow[]): string => {
  const counts = new Map<Verdict, number>();
  for (const row of rows) counts.set(verdictOf(row), (counts.get(verdictOf(row)) ?? 0) + 1);
  return `${rows.length} ${rows.length === 1 ? "test" : "tests"}: ${[...counts].map(([verdict, n]) => `${n} ${verdict}`).join(", ")}`;
};

/** The same for programs. */
export const jsonOf = (machine: string, rows: readonly TestRow[]): string =>
  JSON.stringify(
    {
      machine,
      isGood: rows.every(isGood),
      tests: rows.map((row) => ({ name: row.name, verdict: verdictOf(row), lost: lostChecks(row), ...row.outcomes })),
    },
    undefined,
    2,
  );
