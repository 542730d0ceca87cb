// One after the other: a machine does one thing at a time

/** Lets those who ask go on in the order in which they came. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();
  #running: string | undefined;

  /** What is being done. */
  get running(): string | undefined {
    return this.#running;
  }

  /** Calls `action` when all before it have ended, unless its asker has gone by then; `what` names it for those who wait. */
  take(what: string, isGone: () => boolean, action: () => Promise<void>): Promise<void> {
    const turn = this.#last.then(async () => {
      if (isGone()) return;
      this.#running = what;
      try {
        await action();
      } finally {
        this.#running = undefined;
      }
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
