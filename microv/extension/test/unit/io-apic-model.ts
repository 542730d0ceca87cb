// An I/O APIC once more, pin by pin, to compare the one that ships with

import type { Message } from "./io-apic.ts";

interface Pin {
  readonly sources: Set<number>;
  requests: boolean;
  /** Its edge was sent. */
  isSent: boolean;
  isInService: boolean;
  /** What the guest wrote. */
  low: number;
  high: number;
}

const isLevel = ({ low }: Pin): boolean => (low & 0x8000) !== 0;
const isMasked = ({ low }: Pin): boolean => (low & 0x1_0000) !== 0;

export class IoApicModel {
  takers = 1;
  sent: Message[] = [];
  ended = 0;
  #selected = 0;
  #id = 0;
  readonly #pins: Pin[] = Array.from({ length: 24 }, () => ({
    sources: new Set(),
    requests: false,
    isSent: false,
    isInService: false,
    low: 0x1_0000,
    high: 0,
  }));

  assert(number: number, source: number, isAsserted: boolean): number {
    const pin = this.#pin(number);
    if (isAsserted) pin.sources.add(source);
    else pin.sources.delete(source);
    if (pin.sources.size > 0) return this.#request(pin);
    pin.requests = false;
    return 1;
  }

  write(register: number, value: number): void {
    this.#selected = register;
    if (register === 0) this.#id = (value >>> 24) & 15;
    if (register < 0x10 || register >= 0x40) return;
    const pin = this.#pin((register - 0x10) >> 1);
    if (register & 1) pin.high = value;
    else pin.low = value & ~0x5000;
    if (!isLevel(pin)) pin.isInService = false;
    else {
      pin.isSent = false;
      if (pin.requests) this.#serve(pin);
    }
  }

  read(register: number): number {
    this.#selected = register;
    if (register === 0 || register === 2) return this.#id * 0x100_0000;
    if (register === 1) return 0x17_0011;
    if (register < 0x10 || register >= 0x40) return 0xffff_ffff;
    const pin = this.#pin((register - 0x10) >> 1);
    return (register & 1 ? pin.high : pin.low | (pin.isInService ? 0x4000 : 0)) >>> 0;
  }

  end(vector: number): void {
    this.#pins.forEach((pin, number) => {
      if (!isLevel(pin) || (pin.low & 255) !== vector) return;
      pin.isInService = false;
      if (pin.sources.delete(2)) {
        this.ended |= 1 << number;
        if (pin.sources.size === 0) pin.requests = false;
      }
      if (pin.requests) this.#serve(pin);
    });
  }

  /** Lines and sources that assert them. */
  get asserted(): [pin: number, source: number][] {
    return this.#pins.flatMap(({ sources }, number) =>
      [...sources].map((source): [number, number] => [number, source]),
    );
  }

  get state(): readonly bigint[] {
    const requests = this.#pins.reduce(
      (bits, { requests, isSent }, number) => (requests && !isSent ? bits | (1n << BigInt(number)) : bits),
      0n,
    );
    const entries = Array.from(this.#pins.keys(), (number) => {
      const selected = this.#selected;
      const [low, high] = [this.read(0x10 + 2 * number), this.read(0x11 + 2 * number)];
      this.#selected = selected;
      return BigInt(low) | (BigInt(high) << 32n);
    });
    return [0xfec0_0000n, BigInt(this.#selected) | (BigInt(this.#id) << 32n), requests, ...entries];
  }

  /** Its own state is set. */
  restore(): void {
    for (const pin of this.#pins) {
      const requests = pin.requests && !pin.isSent;
      pin.requests = false;
      pin.isSent = false;
      if (requests) this.#request(pin);
    }
  }

  #pin(number: number): Pin {
    const pin = this.#pins[number];
    if (pin === undefined) throw new RangeError(`pin ${number}`);
    return pin;
  }

  #request(pin: Pin): number {
    const { requests } = pin;
    pin.requests = true;
    if (isLevel(pin)) return this.#serve(pin);
    if (requests) return 0;
    pin.isSent = false;
    return this.#serve(pin);
  }

  #serve(pin: Pin): number {
    if (isMasked(pin)) return -1;
    if (isLevel(pin) && pin.isInService) return 0;
    this.sent.push([(pin.low & 0x8fff) | 0x4000, pin.high >>> 24]);
    if (isLevel(pin)) pin.isInService = this.takers > 0;
    else pin.isSent = true;
    return this.takers;
  }
}
