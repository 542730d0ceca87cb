// What happens between two instructions of the kernel: an NMI, for a test that tries every place where it could

import type { Intrinsics } from "../../../bsl/test-support/index.ts";

type Module = Intrinsics[string];

export class Interruptions {
  #left = -1;
  #happen: () => void = () => undefined;

  /** Has something happen before the kernel's instruction after `count` others, once. */
  after(count: number, happen: () => void): void {
    this.#left = count;
    this.#happen = happen;
  }

  /** Whether it has not happened yet; it does not from now on. */
  cancel(): boolean {
    const waits = this.#left >= 0;
    this.#left = -1;
    return waits;
  }

  /** The instructions of a module, each with a place in front where something can happen. */
  before(module: Module): Module {
    return Object.fromEntries(
      Object.entries(module).map(([name, instruction]) => [
        name,
        (...given: never[]) => {
          this.#pass();
          return (instruction as (...given: never[]) => unknown)(...given);
        },
      ]),
    ) as Module;
  }

  #pass(): void {
    if (this.#left < 0) return;
    if (this.#left-- === 0) this.#happen();
  }
}
