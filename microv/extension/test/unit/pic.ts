// The pair of 8259 that ships, on a simulated machine

import { loadPart } from "../../../../bsl/test-support/index.ts";

interface Exports {
  picReset(pic: bigint): void;
  isPicPort(port: number): number;
  picWrite(pic: bigint, port: number, value: number): void;
  picRead(pic: bigint, port: number): number;
  picLine(pic: bigint, line: number, source: number, level: number): number;
  picOutput(pic: bigint): number;
  picAcknowledge(pic: bigint): number;
  picEnded(pic: bigint): number;
  picState(pic: bigint, chip: number, word: number): bigint;
  setPicState(pic: bigint, chip: number, word: number, value: bigint): void;
}

export const USER = 0;
export const TIMER = 1;
export const RESAMPLED = 2;

export const MASTER = 0x20;
export const MASTER_DATA = 0x21;
export const SLAVE = 0xa0;
export const SLAVE_DATA = 0xa1;
export const MASTER_LEVELS = 0x4d0;
export const SLAVE_LEVELS = 0x4d1;

/** The first vectors that initialize() gives. */
export const MASTER_BASE = 0x30;
export const SLAVE_BASE = 0x38;

/** OCW2 and OCW3 (data sheet 231468, figures 8 and 9). */
export const END = 0x20;
export const END_LINE = 0x60;
export const ROTATE_END = 0xa0;
export const ROTATE_END_LINE = 0xe0;
export const ROTATE_AUTO = 0x80;
export const NO_ROTATE_AUTO = 0;
export const SET_LOWEST = 0xc0;
export const NO_OPERATION = 0x40;
export const POLL = 0xc;
export const READ_IRR = 0xa;
export const READ_ISR = 0xb;
export const SPECIAL_MASK = 0x68;
export const NO_SPECIAL_MASK = 0x48;

const ADDRESS = 0x1000n;

/** What GET and SET move: two words of the master, two of the slave. */
export type State = readonly bigint[];

export class Pic {
  readonly #chip: Exports;

  constructor() {
    const { exports, memory } = loadPart<Exports>("irqchip");
    memory.map(ADDRESS, 4096);
    this.#chip = exports;
    exports.picReset(ADDRESS);
  }

  isPort(port: number): boolean {
    return this.#chip.isPicPort(port) === 1;
  }
  write(port: number, ...values: number[]): void {
    for (const value of values) this.#chip.picWrite(ADDRESS, port, value);
  }
  read(port: number): number {
    return this.#chip.picRead(ADDRESS, port);
  }
  raise(line: number, source = USER): number {
    return this.#chip.picLine(ADDRESS, line, source, 1);
  }
  lower(line: number, source = USER): number {
    return this.#chip.picLine(ADDRESS, line, source, 0);
  }
  get output(): boolean {
    return this.#chip.picOutput(ADDRESS) === 1;
  }
  acknowledge(): number {
    return this.#chip.picAcknowledge(ADDRESS);
  }
  /** Acknowledges what there is, in its order, and ends it by nothing. */
  acknowledgeAll(): number[] {
    const vectors: number[] = [];
    while (this.output && vectors.length < 100) vectors.push(this.acknowledge());
    return vectors;
  }
  takeEnded(): number {
    return this.#chip.picEnded(ADDRESS);
  }
  get state(): State {
    return [0, 1, 2, 3].map((index) => BigInt.asUintN(64, this.#chip.picState(ADDRESS, index >> 1, index & 1)));
  }
  set state(state: State) {
    state.forEach((word, index) => {
      this.#chip.setPicState(ADDRESS, index >> 1, index & 1, word);
    });
  }
  /** A byte of one of the two's state. */
  byte(chip: number, offset: number): number {
    return Number(((this.state[chip * 2 + (offset >> 3)] ?? 0n) >> BigInt(8 * (offset & 7))) & 255n);
  }
  isr(chip: number): number {
    this.write(chip === 0 ? MASTER : SLAVE, READ_ISR);
    return this.read(chip === 0 ? MASTER : SLAVE);
  }
  irr(chip: number): number {
    this.write(chip === 0 ? MASTER : SLAVE, READ_IRR);
    return this.read(chip === 0 ? MASTER : SLAVE);
  }
}

/** As Linux does it, all lines unmasked then; `icw4` of each. */
export function initialized(master = 1, slave = 1): Pic {
  const pic = new Pic();
  pic.write(MASTER, 0x11);
  pic.write(MASTER_DATA, MASTER_BASE, 4, master, 0);
  pic.write(SLAVE, 0x11);
  pic.write(SLAVE_DATA, SLAVE_BASE, 2, slave, 0);
  return pic;
}
