// One figure of the benchmark: what was measured, how, and what it may be

/** A number that users may rely on. Which ones repeat how well is in docs/specification.md. */
export interface Figure {
  /** Stable key in the JSON output. */
  readonly key: string;
  /** What a person reads. */
  readonly title: string;
  readonly value: number;
  readonly unit: "instructions" | "nanoseconds" | "exits" | "ratio" | "bytes" | "lines" | "seconds";
  /** Most that the specification allows; undefined when it is only reported. */
  readonly limit?: number;
  /** The same measured on Bareflank 3.0 (C++, release build), where it was. */
  readonly upstream?: number;
}

/** Whether a figure is within its limit. */
export function holds(figure: Figure): boolean {
  return figure.limit === undefined || figure.value <= figure.limit;
}

const format = (value: number | undefined, unit: Figure["unit"]): string => {
  if (value === undefined) return "";
  return unit === "ratio" ? value.toFixed(3) : unit === "seconds" ? value.toFixed(1) : value.toLocaleString("en");
};

/** A table for people. */
export function table(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    figure.title,
    format(figure.value, figure.unit),
    format(figure.limit, figure.unit),
    format(figure.upstream, figure.unit),
    figure.unit,
    figure.limit === undefined ? "" : holds(figure) ? "ok" : "TOO MUCH",
  ]);
  const all = [["figure", "measured", "limit", "upstream", "unit", ""], ...rows];
  const widths = [0, 1, 2, 3, 4, 5].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const numeric = new Set([1, 2, 3]);
  return all
    .map((row) => row.map((cell, i) => (numeric.has(i) ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0))))
    .map((cells) => `${cells.join("  ").trimEnd()}\n`)
    .join("");
}
