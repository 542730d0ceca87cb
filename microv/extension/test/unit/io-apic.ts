// The I/O APIC that ships, on a simulated machine, with local APICs that write down what comes

import { loadPart } from "../../../../bsl/test-support/index.ts";

interface Exports {
  ioApicReset(chip: bigint): void;
  ioApicRead(chip: bigint, offset: number): number;
  ioApicEnded(chip: bigint): number;
  ioApicState(chip: bigint, word: number): bigint;
  write(chip: bigint, offset: number, value: number, context: bigint): void;
  line(chip: bigint, pin: number, source: number, level: number, context: bigint): number;
  eoi(chip: bigint, vector: number, context: bigint): void;
  setState(chip: bigint, word: number, value: bigint, context: bigint): void;
}

/** A message, and to whom. */
export type Message = readonly [message: number, destination: number];

export const SELECT = 0;
export const WINDOW = 0x10;
export const PINS = 24;
export const STATE_WORDS = 27;

/** Bits of redirection entries (82093AA, 3.2.4), and of messages. */
export const LEVEL = 1 << 15;
export const MASKED = 1 << 16;
export const REMOTE_IRR = 1 << 14;
export const SETS = 1 << 14;

const ADDRESS = 0x1000n;
const CONTEXT = 0xffff_8888_7777_6666n;

export class IoApic {
  /** How many local APICs take the next messages. */
  takers = 1;
  readonly #chip: Exports;
  #sent: Message[] = [];

  constructor() {
    const sendMessage = (context: bigint, message: number, destination: number) => {
      if (BigInt.asUintN(64, context) !== CONTEXT) throw new Error(`another context: ${context}`);
      this.#sent.push([message, destination]);
      return this.takers;
    };
    const { exports, memory } = loadPart<Exports>("irqchip", { intrinsics: { "local-apics": { sendMessage } } });
    memory.map(ADDRESS, 4096);
    this.#chip = exports;
    exports.ioApicReset(ADDRESS);
  }

  readMemory(offset: number): number {
    return this.#chip.ioApicRead(ADDRESS, offset) >>> 0;
  }
  writeMemory(offset: number, value: number): void {
    this.#chip.write(ADDRESS, offset, value, CONTEXT);
  }
  read(register: number): number {
    this.writeMemory(SELECT, register);
    return this.readMemory(WINDOW);
  }
  write(register: number, value: number): void {
    this.writeMemory(SELECT, register);
    this.writeMemory(WINDOW, value);
  }
  /** The lower half of a pin's entry. */
  entry(pin: number): number {
    return this.read(0x10 + 2 * pin);
  }
  setEntry(pin: number, low: number, high = 0): void {
    this.write(0x11 + 2 * pin, high);
    this.write(0x10 + 2 * pin, low);
  }
  raise(pin: number, source = 0): number {
    return this.#chip.line(ADDRESS, pin, source, 1, CONTEXT);
  }
  lower(pin: number, source = 0): number {
    return this.#chip.line(ADDRESS, pin, source, 0, CONTEXT);
  }
  end(vector: number): void {
    this.#chip.eoi(ADDRESS, vector, CONTEXT);
  }
  takeEnded(): number {
    return this.#chip.ioApicEnded(ADDRESS) >>> 0;
  }
  /** Messages since the last call. */
  takeSent(): readonly Message[] {
    const sent = this.#sent;
    this.#sent = [];
    return sent;
  }
  get state(): readonly bigint[] {
    return Array.from({ length: STATE_WORDS }, (_, word) => BigInt.asUintN(64, this.#chip.ioApicState(ADDRESS, word)));
  }
  set state(words: readonly bigint[]) {
    words.forEach((value, word) => {
      this.#chip.setState(ADDRESS, word, value, CONTEXT);
    });
  }
}
