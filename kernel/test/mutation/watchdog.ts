// When tests do not end: by their processor time, for wall time says how busy the host was

/** Tests wait for nothing: a process that uses next to no processor time for so long waits for what never comes. */
const STALLED_MILLISECONDS = 60_000;
const STALLED_CPU_SECONDS = 0.3;

/** Tells when processes have used too much processor time, or none, since they were last seen to get on. */
export class Watchdog {
  readonly #limit: number;
  readonly #seconds: () => number;
  /** Processor time when a test ended the last time. */
  #fed: number;
  /** Processor time that was seen last, and since when it is about the same. */
  #seen: { seconds: number; since: number };

  constructor(limit: number, seconds: () => number) {
    this.#limit = limit;
    this.#seconds = seconds;
    this.#fed = seconds();
    this.#seen = { seconds: this.#fed, since: Date.now() };
  }

  feed(): void {
    this.#fed = this.#seconds();
  }

  isLate(): boolean {
    const seconds = this.#seconds();
    if (seconds - this.#seen.seconds > STALLED_CPU_SECONDS) this.#seen = { seconds, since: Date.now() };
    return seconds - this.#fed > this.#limit || Date.now() - this.#seen.since > STALLED_MILLISECONDS;
  }
}
