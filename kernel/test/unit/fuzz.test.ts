// Ten thousand random calls, from three processors, from seeds that anybody can repeat (npm run fuzz -- --seed S)

import { expect, test } from "vitest";
import { MessageFuzzSession } from "../fuzz/message-session.ts";
import { NestedFuzzSession } from "../fuzz/nested-session.ts";
import { FuzzSession } from "../fuzz/session.ts";

const CALLS = 10_000;

/** Seeds that found something once: a run with each of them stays. */
const CORPUS = [1, 2, 3];

test("ten thousand calls end as the model says, and each call succeeds a hundred times", () => {
  const session = new FuzzSession({ seed: 20_261, calls: CALLS });
  session.run(CALLS);
  const rare = [...session.tallies].filter(([, { succeeded }]) => succeeded < 100).map(([name]) => name);
  expect(rare).toEqual([]);
  expect(session.audit()).toEqual([]);
});

test.each(CORPUS)("seed %i", (seed) => {
  const session = new FuzzSession({ seed, calls: 500, ppCount: 2 });
  session.run(500);
  expect(session.audit()).toEqual([]);
});

test.each([1, 2, 3])(
  "nested page tables show what the model says, seed %i",
  (seed) => {
    new NestedFuzzSession(seed).run(250);
  },
  60_000,
);

test.each([1, 2, 3, 4])("messages reach whom they should, and VMs only their owners, seed %i", (seed) => {
  const session = new MessageFuzzSession(seed);
  session.run(1500);
  const rare = [...session.tallies].filter(([name, { succeeded }]) => name !== "deaths" && succeeded < 5);
  expect(rare).toEqual([]);
});
