// The interval timer that ships, on a simulated machine with a clock that tests set

import * as kvm from "@bareflank/abi/kvm";
import { loadPart } from "@bareflank/bsl/test-support";

interface Exports {
  resetPit(pit: bigint): void;
  isPitPort(pit: bigint, port: number, bytes: number): number;
  writePitPort(pit: bigint, port: number, value: number, now: bigint): number;
  readPitPort(pit: bigint, port: number, now: bigint): number;
  counterAt(pit: bigint, index: number, now: bigint): number;
  outputAt(pit: bigint, index: number, now: bigint): number;
  setGate(pit: bigint, index: number, gate: number, now: bigint): void;
  restartCounter(pit: bigint, index: number, now: bigint): void;
  ticksIn(nanoseconds: bigint): bigint;
  timeOf(ticks: bigint): bigint;
  forgetTicks(pit: bigint): void;
  noticeTicks(pit: bigint, now: bigint): number;
  accountTick(pit: bigint, taken: bigint): void;
  nextLook(pit: bigint, now: bigint, hasTaken: number): bigint;
  readonly PIT_OPTIONS: { readonly value: bigint };
  readonly PIT_REINJECTS: { readonly value: bigint };
  readonly PIT_MISSED: { readonly value: bigint };
}

const ADDRESS = 0x1000n;
const COUNTER = 0x40;
export const CONTROL = 0x43;
export const SPEAKER_PORT = 0x61;
/** When tests begin: not at 0, which means something else. */
const BEGIN = 1_000_000_000_000n;

/** Bits 5:4 of a control word. */
export const LATCH = 0;
export const LOW = 1;
export const HIGH = 2;
export const BOTH = 3;

export class Pit {
  /** Nanoseconds. */
  now = BEGIN;
  readonly #chip: Exports;
  readonly #memory;

  constructor() {
    const { exports, memory } = loadPart<Exports>("pit");
    memory.map(ADDRESS, 4096);
    this.#chip = exports;
    this.#memory = memory;
    exports.resetPit(ADDRESS);
    this.#set("PIT_OPTIONS", BigInt(kvm.KVM_PIT_SPEAKER_DUMMY));
    this.#set("PIT_REINJECTS", 1n);
  }

  set hasSpeaker(has: boolean) {
    this.#set("PIT_OPTIONS", has ? BigInt(kvm.KVM_PIT_SPEAKER_DUMMY) : 0n);
  }
  set reinjects(does: boolean) {
    this.#set("PIT_REINJECTS", does ? 1n : 0n);
  }
  get missed(): number {
    return Number(this.#memory.peek(ADDRESS + this.#chip.PIT_MISSED.value, 8));
  }

  isPort(port: number, bytes = 1): boolean {
    return this.#chip.isPitPort(ADDRESS, port, bytes) !== 0;
  }
  /** True: channel 0 counts otherwise. */
  write(port: number, value: number): boolean {
    const changes = this.#chip.writePitPort(ADDRESS, port, value, this.now) !== 0;
    if (changes) this.#chip.forgetTicks(ADDRESS);
    return changes;
  }
  read(port: number): number {
    return this.#chip.readPitPort(ADDRESS, port, this.now);
  }

  control(index: number, access: number, mode: number, bcd = 0): boolean {
    return this.write(CONTROL, (index << 6) | (access << 4) | (mode << 1) | bcd);
  }
  /** Both bytes of a count. */
  load(index: number, count: number): void {
    this.write(COUNTER + index, count & 0xff);
    this.write(COUNTER + index, count >> 8);
  }
  /** A control word, and a count of 16 bits. */
  start(index: number, mode: number, count: number): void {
    this.control(index, BOTH, mode);
    this.load(index, count);
  }
  readByte(index: number): number {
    return this.read(COUNTER + index);
  }
  readBoth(index: number): number {
    return this.readByte(index) | (this.readByte(index) << 8);
  }

  counter(index: number): number {
    return this.#chip.counterAt(ADDRESS, index, this.now);
  }
  output(index: number): number {
    return this.#chip.outputAt(ADDRESS, index, this.now);
  }
  gate(level: number): void {
    this.#chip.setGate(ADDRESS, 2, level, this.now);
  }
  /** Lets so many counts go by. */
  count(ticks: number): void {
    this.now += this.#chip.timeOf(BigInt(ticks));
  }

  notice(): boolean {
    return this.#chip.noticeTicks(ADDRESS, this.now) !== 0;
  }
  account(taken: number): void {
    this.#chip.accountTick(ADDRESS, BigInt(taken));
  }
  /** Nanoseconds from now; undefined: never. */
  next(hasTaken = false): number | undefined {
    const at = this.#chip.nextLook(ADDRESS, this.now, hasTaken ? 1 : 0);
    return at === 0n ? undefined : Number(at - this.now);
  }

  ticksIn(nanoseconds: bigint): bigint {
    return this.#chip.ticksIn(nanoseconds);
  }
  timeOf(ticks: bigint): bigint {
    return this.#chip.timeOf(ticks);
  }

  field(index: number, offset: number, size: number): number {
    return Number(this.#memory.peek(this.#place(index, offset), size));
  }
  setField(index: number, offset: number, size: number, value: number | bigint): void {
    this.#memory.poke(this.#place(index, offset), size, BigInt(value));
  }
  restart(index: number): void {
    this.#chip.restartCounter(ADDRESS, index, this.now);
  }
  get flags(): number {
    return Number(this.#memory.peek(ADDRESS + BigInt(kvm.KVM_PIT_STATE2_FLAGS), 4));
  }
  set flags(flags: number) {
    this.#memory.poke(ADDRESS + BigInt(kvm.KVM_PIT_STATE2_FLAGS), 4, BigInt(flags));
  }

  #place(index: number, offset: number): bigint {
    return ADDRESS + BigInt(index * kvm.KVM_PIT_CHANNEL_STATE_BYTES + offset);
  }
  #set(name: "PIT_OPTIONS" | "PIT_REINJECTS", value: bigint): void {
    this.#memory.poke(ADDRESS + this.#chip[name].value, 8, value);
  }
}
