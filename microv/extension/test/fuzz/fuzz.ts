// The fuzzer of MicroV's hypercalls: plays a session on a machine, and finds where the answers differ from the model's

import type { Run } from "../../../../kernel/test/bare/run.ts";
import { Lanes } from "./lanes.ts";
import { Quarrel } from "./quarrel.ts";
import { type Expected, HypercallSession } from "./session.ts";

export interface HypercallFuzzOptions {
  readonly machine: string;
  readonly calls: number;
  /** The same seed makes the same calls. */
  readonly seed: number;
  /** Processors that make calls at the same time, all together so many. */
  readonly smp?: number;
  /** They make and end the same objects. */
  readonly shared?: boolean;
}

export interface HypercallFuzzResult {
  /** By call: how often it was made, and how often it succeeded. */
  readonly tallies: ReadonlyMap<string, { readonly made: number; readonly succeeded: number }>;
  /** Lines that say what is wrong; empty when all is well. */
  readonly wrong: readonly string[];
  readonly run: Run;
}

/** What follows the first difference is mostly its consequence. */
const MOST_LINES = 10;
const SECONDS_PER_CALL = 1 / 100;

export async function fuzzHypercalls({
  machine,
  calls,
  seed,
  smp = 1,
  shared = false,
}: HypercallFuzzOptions): Promise<HypercallFuzzResult> {
  const options = { machine, calls, seed, smp };
  const several = shared ? new Quarrel(options) : undefined;
  const session =
    several ?? (smp === 1 ? new HypercallSession(seed, machine === "intel").run(calls) : new Lanes(options));
  const timeout = 60 + Math.ceil(calls * SECONDS_PER_CALL);
  const { answers, peeks, ...run } = await session.script.play({ machine, smp, timeout });
  const words = answers.map(({ status, r10, r11, r12, r13 }) => [status, r10, r11, r12, r13]);
  several?.count(words);
  const wrong = [...differences(session.calls, words), ...differences(session.peeks, peeks)];
  if (run.kind !== "exit" || run.exitCode !== 0) wrong.push(`ended with ${run.exitCode}: ${run.message}`);
  return { tallies: session.tallies, wrong, run };
}

const hex = (word: bigint | readonly bigint[] | undefined): string => {
  if (word === undefined) return "?";
  return typeof word === "bigint" ? `0x${word.toString(16)}` : `(${word.map(hex).join("|")})`;
};

const fits = (word: bigint | readonly bigint[] | undefined, real: bigint | undefined): boolean =>
  word === undefined || (typeof word === "bigint" ? word === real : real !== undefined && word.includes(real));

export function differences(expected: readonly Expected[], found: readonly (readonly bigint[])[]): string[] {
  const lines = expected.flatMap(({ name, words }, index) => {
    const real = found[index] ?? [];
    const isSame = words.every((word, place) => fits(word, real[place]));
    return isSame ? [] : [`${index}: ${name}: ${real.map(hex).join(" ")} instead of ${words.map(hex).join(" ")}`];
  });
  const rest = lines.length > MOST_LINES ? [`and ${lines.length - MOST_LINES} more`] : [];
  return [...lines.slice(0, MOST_LINES), ...rest];
}
