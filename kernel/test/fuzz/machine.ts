// The fuzzer on an emulated machine: builds its extension, runs it, and reads what it found

import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { compile } from "../bare/compile.ts";
import { type Options, type Run, run } from "../bare/run.ts";

const folder = join(import.meta.dirname, "extension");
const conformance = resolve(import.meta.dirname, "../conformance/extension");

/** What the extension is built for. */
export interface MachineFuzzOptions {
  readonly machine: string;
  readonly smp: number;
  /** Version of the interface that the extension speaks: 2 has calls of its own, beside all of 1's. */
  readonly version: number;
  /** Calls of all processors together. */
  readonly calls: number;
  readonly seed: number;
}

/** What a run found. */
export interface MachineFuzzResult {
  /** By call: how often it was made, and how often it succeeded. */
  readonly tallies: ReadonlyMap<string, { readonly made: number; readonly succeeded: number }>;
  /** Lines that say what is wrong; empty when all is well. */
  readonly wrong: readonly string[];
  readonly run: Run;
}

/** Calls between two exits of the root VM (life.c), and the part of all that bootstrap makes. */
const BATCH = 12;
const BOOTSTRAP_SHARE = 4;
const SECONDS_PER_CALL = 1 / 50;

/** Breakpoints are how the extension calls its own fail callback. */
const WRONG = /^fuzz: (WRONG|memory)|PANIC|^bareflank: (PP \d+: |the extension faulted on PP \d+: vector (?!3,))/;
const EXITS = /exits by reason/;

/** Builds the extension for a run. With `holds`, a processor that is done stays in host mode. */
export function buildFuzzer({ machine, smp, version, calls, seed }: MachineFuzzOptions, holds = false): string {
  const own = readdirSync(folder).filter((name) => name.endsWith(".c"));
  return compile({
    sources: [...own.sort().map((name) => join(folder, name)), join(conformance, "entry.S")],
    script: join(conformance, "layout.ld"),
    defines: [
      `SEED=${seed}`,
      `CALLS=${Math.ceil(calls / smp)}`,
      ...(machine === "intel" ? ["INTEL"] : []),
      ...(version === 2 ? ["VERSION_2"] : []),
      ...(holds ? ["HOLD"] : []),
    ],
  });
}

/** How the extension is to be run: its root VMs must exit as often as it takes. */
export function fuzzerOptions({ machine, smp, calls }: MachineFuzzOptions): Options {
  const each = Math.ceil(calls / smp);
  return {
    machine,
    smp,
    cpuids: Math.ceil((each - each / BOOTSTRAP_SHARE) / BATCH) + 1,
    timeout: 60 + Math.ceil(calls * SECONDS_PER_CALL),
    append: "together=1",
  };
}

/** Makes so many calls on so many processors at once. The same seed makes the same choices. */
export async function fuzzMachine(options: MachineFuzzOptions): Promise<MachineFuzzResult> {
  const result = await run(buildFuzzer(options), fuzzerOptions(options));
  const ring = result.output.indexOf("bare: debug ring");
  const lines = result.output.slice(0, ring < 0 ? undefined : ring).split(/\r?\n/);
  return { tallies: talliesOf(lines), wrong: wrongIn(result, lines, options.smp), run: result };
}

function talliesOf(lines: readonly string[]): Map<string, { made: number; succeeded: number }> {
  const tallies = new Map<string, { made: number; succeeded: number }>();
  for (const line of lines) {
    const match = /^fuzz: tally (\w+) (0x\w+) (0x\w+)$/.exec(line);
    if (match === null) continue;
    const [, name = "", made, succeeded] = match;
    const before = tallies.get(name) ?? { made: 0, succeeded: 0 };
    tallies.set(name, { made: before.made + Number(made), succeeded: before.succeeded + Number(succeeded) });
  }
  return tallies;
}

function wrongIn(result: Run, lines: readonly string[], smp: number): string[] {
  const wrong = lines.filter((line) => !EXITS.test(line) && WRONG.test(line));
  if (result.kind !== "exit" || result.exitCode !== 0) wrong.push(`ended with ${result.exitCode}: ${result.message}`);
  const done = lines.filter((line) => line.startsWith("fuzz: done")).length;
  if (done !== smp) wrong.push(`${done} of ${smp} processors came to their end`);
  return wrong;
}
