// Whatever is written to the pair of 8259, it does what the model does, and so does one that gets its state

import fc from "fast-check";
import { expect, it } from "vitest";
import { initialized, MASTER, MASTER_DATA, MASTER_LEVELS, Pic, SLAVE, SLAVE_DATA, SLAVE_LEVELS } from "./pic.ts";
import { PicModel } from "./pic-model.ts";

const ports = [MASTER, MASTER_DATA, SLAVE, SLAVE_DATA, MASTER_LEVELS, SLAVE_LEVELS];

type Step =
  | readonly ["assert", number, number, boolean]
  | readonly ["write", number, number]
  | readonly ["read", number]
  | readonly ["acknowledge"]
  | readonly ["end"]
  | readonly ["move"];

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.tuple(fc.constant("assert" as const), fc.nat(15), fc.nat(2), fc.boolean()),
  },
  { weight: 4, arbitrary: fc.tuple(fc.constant("write" as const), fc.constantFrom(...ports), fc.nat(255)) },
  // Few lines masked
  {
    weight: 2,
    arbitrary: fc.tuple(
      fc.constant("write" as const),
      fc.constantFrom(MASTER_DATA, SLAVE_DATA),
      fc.constantFrom(0, 1, 8, 0x40, 0x82),
    ),
  },
  { weight: 2, arbitrary: fc.tuple(fc.constant("read" as const), fc.constantFrom(...ports)) },
  { weight: 4, arbitrary: fc.tuple(fc.constant("acknowledge" as const)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant("end" as const)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant("move" as const)) },
);

class Pairs {
  #pic: Pic;
  readonly #model = new PicModel();

  constructor() {
    this.#pic = initialized();
    for (const [port, ...values] of [
      [MASTER, 0x11],
      [MASTER_DATA, 0x30, 4, 1, 0],
      [SLAVE, 0x11],
      [SLAVE_DATA, 0x38, 2, 1, 0],
    ] as const) {
      for (const value of values) this.#model.write(port, value);
    }
  }

  do(step: Step): void {
    switch (step[0]) {
      case "assert": {
        const [, line, source, isAsserted] = step;
        const result = isAsserted ? this.#pic.raise(line, source) : this.#pic.lower(line, source);
        expect(result).toBe(this.#model.assert(line, source, isAsserted));
        break;
      }
      case "write":
        this.#pic.write(step[1], step[2]);
        this.#model.write(step[1], step[2]);
        break;
      case "read":
        expect(this.#pic.read(step[1])).toBe(this.#model.read(step[1]));
        break;
      case "acknowledge":
        expect(this.#pic.acknowledge()).toBe(this.#model.acknowledge());
        break;
      case "end":
        expect(this.#pic.takeEnded()).toBe(this.#model.takeEnded());
        break;
      case "move":
        this.#move();
        break;
    }
    expect(this.#pic.output).toBe(this.#model.output);
  }

  /** Goes on with another pair that gets the state of this one. */
  #move(): void {
    expect(this.#pic.takeEnded()).toBe(this.#model.takeEnded());
    const { state } = this.#pic;
    this.#pic = new Pic();
    for (const [line, source] of this.#model.asserted) this.#pic.raise(line, source);
    this.#pic.state = state;
    expect(this.#pic.state).toEqual(state);
  }
}

it("does what the model does", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200, size: "max" }), (steps) => {
      const pairs = new Pairs();
      for (const each of steps) pairs.do(each);
    }),
    { numRuns: 400 },
  );
});
