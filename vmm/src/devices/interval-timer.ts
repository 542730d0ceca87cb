// An 8254 interval timer, and port 61h, which has the gate of its third counter (Intel's data sheet 231164)

import type { PortDevice } from "./ports.ts";

const COUNTERS = 0x40;
const CONTROL = 0x43;
const SYSTEM_CONTROL = 0x61;
const TICKS_PER_MILLISECOND = 1193.182;
const SPEAKER_COUNTER = 2;
const READ_BACK = 3;
const WHOLE = 0x1_0000;

const GATE = 0x01;
const SPEAKER = 0x02;
/** Changes with each refresh of memory: systems count it to wait. */
const REFRESH = 0x10;
const SPEAKER_OUTPUT = 0x20;
const STATUS_OUTPUT = 0x80;
const STATUS_NULL_COUNT = 0x40;

const isPeriodic = (mode: number): boolean => mode === 2 || mode === 3;

/** One of the three counters. Its time is in ticks. */
class Counter {
  mode = 0;
  /** 1: low byte, 2: high byte, 3: both. */
  #access = 3;
  #reload = WHOLE;
  /** When it was loaded; undefined: not yet. */
  #start: number | undefined;
  #low: number | undefined;
  #latched: number[] = [];
  #readsHigh = false;
  #isCounting = true;
  /** How many of its edges have been told. */
  #told = 0;

  control(value: number): void {
    this.#access = (value >> 4) & 3;
    this.mode = (value >> 1) & 7;
    if (this.mode > 5) this.mode -= 4;
    this.#start = undefined;
    this.#low = undefined;
    this.#latched = [];
    this.#readsHigh = false;
  }

  write(value: number, now: number): void {
    if (this.#access === 3 && this.#low === undefined) {
      this.#low = value;
      return;
    }
    const count = this.#access === 2 ? value << 8 : this.#access === 1 ? value : (value << 8) | (this.#low ?? 0);
    this.#low = undefined;
    this.#reload = count === 0 ? WHOLE : count;
    this.#start = now;
    this.#told = 0;
  }

  /** A rising gate starts it anew. */
  setGate(isHigh: boolean, now: number): void {
    if (isHigh && !this.#isCounting && this.#start !== undefined) this.#start = now;
    this.#isCounting = isHigh;
  }

  latch(now: number): void {
    if (this.#latched.length === 0) this.#latched = this.#bytes(this.#count(now));
  }

  latchStatus(now: number): void {
    const output = this.output(now) ? STATUS_OUTPUT : 0;
    const empty = this.#start === undefined ? STATUS_NULL_COUNT : 0;
    this.#latched.unshift(output | empty | (this.#access << 4) | (this.mode << 1));
  }

  read(now: number): number {
    const latched = this.#latched.shift();
    if (latched !== undefined) return latched;
    const count = this.#count(now);
    if (this.#access === 1) return count & 0xff;
    if (this.#access === 2) return count >> 8;
    this.#readsHigh = !this.#readsHigh;
    return this.#readsHigh ? count & 0xff : count >> 8;
  }

  /** Its output: high behind the end of a count, in a square wave's first half, and nearly always of a rate generator. */
  output(now: number): boolean {
    if (this.#start === undefined) return this.mode !== 0;
    const elapsed = this.#elapsed(now);
    if (this.mode === 3) return elapsed % this.#reload < this.#reload / 2;
    if (this.mode === 0 || this.mode === 1) return elapsed >= this.#reload;
    return true;
  }

  /** Rising edges of its output since this was asked last. */
  takeEdges(now: number): number {
    const edges = this.#edges(now);
    const fresh = edges - this.#told;
    this.#told = edges;
    return Math.max(fresh, 0);
  }

  /** When its output rises next, in ticks; undefined: not at all. */
  get nextEdge(): number | undefined {
    if (this.#start === undefined || !this.#isCounting) return undefined;
    if (isPeriodic(this.mode)) return this.#start + (this.#told + 1) * this.#reload;
    return this.#told === 0 ? this.#start + this.#reload : undefined;
  }

  #edges(now: number): number {
    if (this.#start === undefined || !this.#isCounting) return this.#told;
    const rounds = Math.floor(this.#elapsed(now) / this.#reload);
    return isPeriodic(this.mode) ? rounds : Math.min(rounds, 1);
  }

  #elapsed(now: number): number {
    return Math.max(now - (this.#start ?? now), 0);
  }

  #count(now: number): number {
    const elapsed = Math.floor(this.#elapsed(now));
    if (!isPeriodic(this.mode)) return (((this.#reload - elapsed) % WHOLE) + WHOLE) % WHOLE;
    // A square wave counts down by two, twice in a period.
    const steps = this.mode === 3 ? (2 * elapsed) % this.#reload : elapsed % this.#reload;
    return (this.#reload - steps) % WHOLE;
  }

  #bytes(count: number): number[] {
    const bytes = [count & 0xff, count >> 8];
    return this.#access === 1 ? bytes.slice(0, 1) : this.#access === 2 ? bytes.slice(1) : bytes;
  }
}

/** Three counters, of which the first interrupts. */
export class IntervalTimer implements PortDevice {
  readonly ports: PortDevice["ports"] = [
    [COUNTERS, CONTROL],
    [SYSTEM_CONTROL, SYSTEM_CONTROL],
  ];
  readonly #counters = [new Counter(), new Counter(), new Counter()] as const;
  readonly #milliseconds: () => number;
  #systemControl = 0;
  #refresh = 0;

  /** @param milliseconds a clock */
  constructor(milliseconds: () => number = () => performance.now()) {
    this.#milliseconds = milliseconds;
    this.#counters[SPEAKER_COUNTER].setGate(false, 0);
  }

  /** Whether the first counter's output has risen since this was asked last. */
  takeInterrupt(): boolean {
    return this.#counters[0].takeEdges(this.#now) > 0;
  }

  /** When it rises next, in ticks of its own; undefined: not at all. */
  get nextInterrupt(): number | undefined {
    return this.#counters[0].nextEdge;
  }

  /** Milliseconds until it rises next, 0 when that is over; undefined: it does not. */
  get untilInterrupt(): number | undefined {
    const next = this.#counters[0].nextEdge;
    return next === undefined ? undefined : Math.max((next - this.#now) / TICKS_PER_MILLISECOND, 0);
  }

  read(port: number): number {
    if (port === SYSTEM_CONTROL) {
      this.#refresh ^= REFRESH;
      const output = this.#counters[SPEAKER_COUNTER].output(this.#now) ? SPEAKER_OUTPUT : 0;
      return this.#systemControl | this.#refresh | output;
    }
    return this.#counters[port - COUNTERS]?.read(this.#now) ?? 0;
  }

  write(port: number, value: number): undefined {
    if (port === SYSTEM_CONTROL) {
      this.#systemControl = value & (GATE | SPEAKER);
      this.#counters[SPEAKER_COUNTER].setGate((value & GATE) !== 0, this.#now);
    } else if (port === CONTROL) this.#control(value);
    else this.#counters[port - COUNTERS]?.write(value, this.#now);
    return undefined;
  }

  get #now(): number {
    return this.#milliseconds() * TICKS_PER_MILLISECOND;
  }

  #control(value: number): void {
    const number = value >> 6;
    if (number === READ_BACK) {
      for (const [index, counter] of this.#counters.entries()) {
        if ((value & (2 << index)) === 0) continue;
        if ((value & 0x20) === 0) counter.latch(this.#now);
        if ((value & 0x10) === 0) counter.latchStatus(this.#now);
      }
      return;
    }
    const counter = this.#counters[number];
    if ((value & 0x30) === 0) counter?.latch(this.#now);
    else counter?.control(value);
  }
}
