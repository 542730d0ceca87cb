// Why the bare platform ended a run, as a sentence: from its exit code and from the loader's report

import { type Report, whatHappened } from "@bareflank/abi/messages";

/** What loader/bare/script.ts prints of an operation that failed. */
const REPORT = /^bare: (\w+) failed: error (\d+), processor (\d+), phase (\d+), file (\d+), detail (0x[0-9a-f]+)\r?$/m;

/** Exit codes of loader/bare/ending.ts. */
const meanings: Readonly<Record<number, string>> = {
  17: "the loader reported an error",
  18: "the machine is of no use",
  19: "a bug of the bare platform",
  20: "memory was lost",
};

/** An operation of the loader that failed, and its report. */
export interface PrintedReport extends Report {
  readonly operation: string;
}

/** The report in what was written to COM1; undefined when every operation went well. */
export function readReport(output: string): PrintedReport | undefined {
  const match = REPORT.exec(output);
  if (match === null) return undefined;
  const [, operation = "", error, cpu, phase, file, detail = ""] = match;
  return {
    operation,
    error: Number(error),
    cpu: Number(cpu),
    phase: Number(phase),
    file: Number(file),
    detail: BigInt(detail),
  };
}

/**
 * What happened; empty for exit code 0.
 *
 * @param files the microkernel and the extensions, for a report about one of them
 */
export function bareSentence(exitCode: number, output: string, files: readonly string[]): string {
  if (exitCode === 0) return "";
  const report = readReport(output);
  const meaning = meanings[exitCode] ?? `the bare platform ended with ${exitCode}`;
  if (report === undefined) return meaning;
  const fileName = files[report.file];
  return `${report.operation} failed: ${whatHappened(fileName === undefined ? report : { ...report, fileName })}`;
}
