// The fuzzer's sessions: what a seed leads to, and what is compared

import { expect, it } from "vitest";
import { differences } from "./fuzz.ts";
import { Lanes } from "./lanes.ts";
import { HypercallSession } from "./session.ts";
import { NAMES } from "./values.ts";

const CALLS = 10_000;

it("are the same for the same seed, and for no other one", () => {
  const names = (seed: number) => new HypercallSession(seed, false).run(300).calls.map(({ name }) => name);
  expect(names(5)).toEqual(names(5));
  expect(names(5)).not.toEqual(names(6));
});

it("are made on several processors call by call, in another order", () => {
  const alone = [5000, 5001].map((seed) => new HypercallSession(seed, false, 2).run(300));
  const { calls, peeks, script } = new Lanes({ machine: "amd", calls: 600, seed: 5, smp: 2 });
  for (const [lane, session] of alone.entries()) {
    const its = (all: readonly { readonly name: string }[]) =>
      all
        .filter(({ name }) => name.startsWith(`session ${lane}: `))
        .map(({ name }) => name.slice("session 0: ".length));
    expect(its(calls)).toEqual(session.calls.map(({ name }) => name));
    expect(its(peeks)).toEqual(session.peeks.map(({ name }) => name));
  }
  const rounds = Math.ceil(Math.max(...alone.map(({ marks }) => marks.length - 1)) / 25);
  // Of each round a TOGETHER, and a LANE for each processor
  expect(script.steps).toBe(alone.reduce((sum, session) => sum + session.script.steps, 3 * rounds));
});

it("have each hypercall succeed", () => {
  const { tallies } = new HypercallSession(1, false).run(CALLS);
  const all = [...tallies].filter(([name]) => name !== "unknown");
  expect(all.filter(([, { succeeded }]) => succeeded < 3)).toEqual([]);
  // Not what the processor says of itself, nor what the debug ring gets
  expect(all.length).toBe(NAMES.size - 2);
});

it("find an answer that is another one, and a list", () => {
  const expected = [
    { name: "first", words: [0n, 1n, undefined] },
    { name: "second", words: [0n, 2n] },
    { name: "third", words: [7n] },
  ];
  expect(differences(expected, [[0n, 1n, 5n], [0n, 2n], [7n]])).toEqual([]);
  expect(
    differences(expected, [
      [0n, 1n, 5n],
      [0n, 3n],
    ]),
  ).toEqual(["1: second: 0x0 0x3 instead of 0x0 0x2", "2: third:  instead of 0x7"]);
});
