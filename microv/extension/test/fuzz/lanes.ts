// Sessions of several processors at the same time
//
// Each has objects of its own, so the model knows all answers, but those objects go from processor to processor: in each round
// another one carries the session on.

import { Script } from "../bare/script.ts";
import { type Expected, HypercallSession, type Mark } from "./session.ts";

export interface LanesOptions {
  readonly machine: string;
  /** Of all sessions together. */
  readonly calls: number;
  readonly seed: number;
  readonly smp: number;
}

/** Steps of a session in a round. */
const ROUND = 25;
/** Seeds of one run's sessions. */
const SEEDS = 1000;

const NOTHING: Mark = { steps: 0, calls: 0, peeks: 0 };

export class Lanes {
  readonly script = new Script();
  readonly calls: Expected[] = [];
  readonly peeks: Expected[] = [];
  readonly tallies = new Map<string, { made: number; succeeded: number }>();

  constructor({ machine, calls, seed, smp }: LanesOptions) {
    const sessions = Array.from({ length: smp }, (_, lane) =>
      new HypercallSession(seed * SEEDS + lane, machine === "intel", smp).run(Math.ceil(calls / smp)),
    );
    for (const { tallies } of sessions) this.#add(tallies);
    const rounds = Math.ceil(Math.max(...sessions.map(({ marks }) => marks.length - 1)) / ROUND);
    for (let round = 0; round < rounds; round++) {
      const portions = sessions.map((_, processor) => {
        const lane = (processor + round) % smp;
        return this.#portion(sessions[lane] as HypercallSession, lane, round);
      });
      this.script.together(portions);
    }
  }

  #portion({ script, calls, peeks, marks }: HypercallSession, lane: number, round: number): Script {
    const last = marks.length - 1;
    const from = marks[Math.min(round * ROUND, last)] ?? NOTHING;
    const to = marks[Math.min((round + 1) * ROUND, last)] ?? NOTHING;
    this.calls.push(...named(calls.slice(from.calls, to.calls), lane));
    this.peeks.push(...named(peeks.slice(from.peeks, to.peeks), lane));
    return new Script().lane(lane).append(script.part(from.steps, to.steps));
  }

  #add(tallies: ReadonlyMap<string, { readonly made: number; readonly succeeded: number }>): void {
    for (const [name, { made, succeeded }] of tallies) {
      const before = this.tallies.get(name) ?? { made: 0, succeeded: 0 };
      this.tallies.set(name, { made: before.made + made, succeeded: before.succeeded + succeeded });
    }
  }
}

const named = (expected: readonly Expected[], lane: number): Expected[] =>
  expected.map(({ name, words }) => ({ name: `session ${lane}: ${name}`, words }));
