// The suite's extension: builds it, runs it, and reads the lines of its cases

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { compile } from "../bare/compile.ts";
import { type Run, run } from "../bare/run.ts";
import type { Case } from "./case.ts";
import { ringCases } from "./ring.ts";

const folder = join(import.meta.dirname, "extension");
/** CPUIDs in the root VM: as many as the vmexit callback's script has steps of the root VM, and some more. */
/** A place for the kernel that it was not linked for: so all calls, and the faults that it repairs, work anywhere. */
const ELSEWHERE = 100n + 77n * 2n ** 32n;
const CPUIDS = 12;

/** What a run of the whole suite found out. */
export interface SuiteResult {
  readonly cases: readonly Case[];
  /** Why the run as a whole is no good: it ended early, or stop left something changed. Undefined when it is. */
  readonly broken: string | undefined;
  readonly run: Run;
}

export interface SuiteOptions {
  readonly machine?: string;
  readonly smp: number;
  /** Replace the kernel and the bare platform's image that were built. */
  readonly kernel?: string;
  readonly image?: string;
  /** Gives the extension a thread-local image with bytes, which moves its sections. */
  readonly tlsImage?: boolean;
  /** The microkernel's debug level; default 1. */
  readonly debug?: number;
  /** Whether nothing of the kernel is mapped while the extension runs. */
  readonly isIsolated?: boolean;
  /** Most seconds that it may take. */
  readonly timeout?: number;
}

/** Path of the suite's extension. */
export function buildSuite(tlsImage = false): string {
  const sources = readdirSync(folder)
    .filter((name) => /\.[cS]$/.test(name))
    .sort()
    .map((name) => join(folder, name));
  return compile({ sources, script: join(folder, "layout.ld"), defines: tlsImage ? ["TLS_IMAGE"] : [] });
}

/** Runs the suite. */
export async function runSuite({
  tlsImage = false,
  debug = 1,
  isIsolated = false,
  ...options
}: SuiteOptions): Promise<SuiteResult> {
  const result = await run(buildSuite(tlsImage), {
    ...options,
    cpuids: CPUIDS,
    append: `debug=${debug} slide=${ELSEWHERE}${isIsolated ? " isolate=1" : ""}`,
  });
  const lines = result.output.split(/\r?\n/);
  const ring = lines.indexOf("bare: debug ring");
  const live = ring < 0 ? lines : lines.slice(0, ring);
  const cases = [...live.flatMap(parseCase), ...ringCases(live, debug), ...promotions(lines, options.smp)];
  return { cases, broken: whyBroken(result, live, options.smp), run: result };
}

const CASE = /^case (\d) (\S+) (\S+) (?:ok|FAIL (\S+) (.*))$/;

/** The case that a line is about, if it is. */
export function parseCase(line: string): Case[] {
  const match = CASE.exec(line);
  if (match === null) return [];
  const [, ppid, subject = "", name = "", blamed, detail = ""] = match;
  return [{ ppid: Number(ppid), subject, name, blamed, detail }];
}

/** A promote that works prints nothing more; the bare platform compares all registers of all processors. */
function promotions(lines: readonly string[], smp: number): Case[] {
  if (!lines.includes("bare: stopped, registers as before")) return [];
  const subject = "VS_PROMOTE";
  return Array.from({ length: smp }, (_, ppid) => ({ ppid, subject, name: "good", blamed: undefined, detail: "" }));
}

/** Why a run is no good whatever its cases say; undefined when it is good. */
export function whyBroken(result: Run, lines: readonly string[], smp: number): string | undefined {
  if (result.kind !== "exit" || result.exitCode !== 0) return `ended with ${result.exitCode}: ${result.message}`.trim();
  if (result.report !== undefined) return `the loader reports error ${result.report.error}`;
  for (const words of ["bootstrap done", "exits done"]) {
    const times = lines.filter((line) => line === words).length;
    if (times !== smp) return `"${words}" came ${times} times instead of ${smp}`;
  }
  return undefined;
}
