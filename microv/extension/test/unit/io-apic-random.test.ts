// Whatever is written to the I/O APIC, it does what the model does, and so does one that gets its state

import fc from "fast-check";
import { expect, it } from "vitest";
import { IoApic } from "./io-apic.ts";
import { IoApicModel } from "./io-apic-model.ts";

/** Few, so that they meet. */
const pins = fc.constantFrom(0, 1, 23);
const vectors = fc.constantFrom(0x31, 0x32, 0xff);
const entries = fc.constantFrom(0x10, 0x12, 0x3e);
/** Registers of those pins, and others. */
const registers = fc.constantFrom(0, 1, 2, 3, 0x10, 0x11, 0x12, 0x13, 0x3e, 0x3f, 0x40, 0xff);
/** Edge or level, masked or not. */
const values = fc
  .tuple(vectors, fc.constantFrom(0, 0x8000, 0x1_0000, 0x1_8000, 0xd900))
  .map(([vector, bits]) => vector | bits);

type Step =
  | readonly ["assert", number, number, boolean]
  | readonly ["write", number, number]
  | readonly ["read", number]
  | readonly ["end", number]
  | readonly ["takers", number]
  | readonly ["move"];

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.constant("assert" as const), pins, fc.nat(2), fc.boolean()) },
  { weight: 5, arbitrary: fc.tuple(fc.constant("write" as const), entries, values) },
  { weight: 1, arbitrary: fc.tuple(fc.constant("write" as const), registers, fc.nat(0xffff_ffff)) },
  { weight: 2, arbitrary: fc.tuple(fc.constant("read" as const), registers) },
  { weight: 4, arbitrary: fc.tuple(fc.constant("end" as const), vectors) },
  { weight: 1, arbitrary: fc.tuple(fc.constant("takers" as const), fc.constantFrom(-1, 0, 1, 1, 1, 2)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant("move" as const)) },
);

class Chips {
  #chip = new IoApic();
  readonly #model = new IoApicModel();

  do(step: Step): void {
    switch (step[0]) {
      case "assert": {
        const [, pin, source, isAsserted] = step;
        const result = isAsserted ? this.#chip.raise(pin, source) : this.#chip.lower(pin, source);
        expect(result).toBe(this.#model.assert(pin, source, isAsserted));
        break;
      }
      case "write":
        this.#chip.write(step[1], step[2]);
        this.#model.write(step[1], step[2]);
        break;
      case "read":
        expect(this.#chip.read(step[1])).toBe(this.#model.read(step[1]));
        break;
      case "end":
        this.#chip.end(step[1]);
        this.#model.end(step[1]);
        break;
      case "takers":
        this.#chip.takers = step[1];
        this.#model.takers = step[1];
        break;
      case "move":
        this.#move();
        break;
    }
    this.#compare();
  }

  #compare(): void {
    expect(this.#chip.takeSent()).toEqual(this.#model.sent.splice(0));
    expect(this.#chip.takeEnded()).toBe(this.#model.ended);
    this.#model.ended = 0;
    expect(this.#chip.state).toEqual(this.#model.state);
  }

  /** Goes on with another one that gets the state of this one. */
  #move(): void {
    const { state, takers } = this.#chip;
    this.#chip = new IoApic();
    for (const [pin, source] of this.#model.asserted) this.#chip.raise(pin, source);
    this.#chip.takers = takers;
    this.#chip.state = state;
    this.#model.restore();
  }
}

it("does what the model does", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100, size: "max" }), (steps) => {
      const chips = new Chips();
      for (const each of steps) chips.do(each);
    }),
    { numRuns: 200 },
  );
});
