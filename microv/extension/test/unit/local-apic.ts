// A local APIC that ships, on a simulated machine

import { loadPart } from "../../../../bsl/test-support/index.ts";

interface Exports {
  createApic(apic: bigint, number: number, khz: number): void;
  resetApic(apic: bigint): void;
  setMode(apic: bigint, mode: number): void;
  saveApic(apic: bigint, to: bigint, now: bigint): void;
  restoreApic(apic: bigint, from: bigint, now: bigint): void;
  isReadable(apic: bigint, offset: number): number;
  readApic(apic: bigint, offset: number, now: bigint): number;
  writeApic(apic: bigint, offset: number, value: number, now: bigint): number;
  requestOwn(apic: bigint, vector: number): number;
  isEnabled(apic: bigint): number;
  takesExternal(apic: bigint): number;
  openExternal(apic: bigint): void;
  processorPriority(apic: bigint): number;
  requestedVector(apic: bigint): number;
  isNext(apic: bigint, vector: number): number;
  beginInterrupt(apic: bigint, vector: number): void;
  endInterrupt(apic: bigint): number;
  isLevel(apic: bigint, vector: number): number;
  setTscDeadline(apic: bigint, value: bigint, offset: bigint): void;
  tscDeadline(apic: bigint): bigint;
  runTimer(apic: bigint, now: bigint): void;
  timerDeadline(apic: bigint, now: bigint): bigint;
  postVector(apic: bigint, vector: number, isLevel: number): void;
  postEvent(apic: bigint, event: number, vector: number): void;
  takeVectors(apic: bigint): void;
  takeEvents(apic: bigint): number;
  deviceMessage(data: number, address: bigint): number;
  deviceDestination(address: bigint): number;
  isForLowest(message: number): number;
  isFor(apic: bigint, message: number, who: number, isWide: number, isSelf: number): number;
  postMessage(apic: bigint, message: number): number;
}

/** Offsets of registers (SDM volume 3, table 11-1). */
export const ID = 0x20;
export const VERSION = 0x30;
export const TASK_PRIORITY = 0x80;
export const PROCESSOR_PRIORITY = 0xa0;
export const EOI = 0xb0;
export const LOGICAL = 0xd0;
export const FORMAT = 0xe0;
export const SPURIOUS = 0xf0;
export const IN_SERVICE = 0x100;
export const TRIGGER = 0x180;
export const REQUESTED = 0x200;
export const ERROR = 0x280;
export const COMMAND = 0x300;
export const COMMAND_HIGH = 0x310;
export const TIMER = 0x320;
export const LINT0 = 0x350;
export const LINT1 = 0x360;
export const ERROR_ENTRY = 0x370;
export const INITIAL_COUNT = 0x380;
export const CURRENT_COUNT = 0x390;
export const DIVIDE = 0x3e0;
export const SELF_IPI = 0x3f0;

export const MASKED = 1 << 16;
export const PERIODIC = 1 << 17;
export const BY_DEADLINE = 2 << 17;
export const SOFTWARE_ENABLED = 0x1ff;

export const DISABLED = 0;
export const XAPIC = 1;
export const X2APIC = 2;

/** What follows a write. */
export const REFUSED = 1;
export const SENDS = 2;
export const OFFERS = 4;
export const TIMES = 8;
export const ENDS = 16;

/** Ticks of the time stamp counter in a millisecond: two in a nanosecond. */
export const KHZ = 2_000_000;

const ADDRESS = 0x1000n;
const SAVED = 0x3000n;

const truth = (value: number): boolean => value !== 0;
const unsigned = (value: bigint): bigint => BigInt.asUintN(64, value);

export class LocalApic {
  /** The time stamp counter. */
  now = 1000n;
  readonly #apic: Exports;
  readonly #save: () => Uint8Array;
  readonly #load: (bytes: Uint8Array) => void;

  constructor(number = 0, khz = KHZ) {
    const { exports, memory } = loadPart<Exports>("irqchip");
    memory.map(ADDRESS, 4096);
    memory.map(SAVED, 4096);
    this.#apic = exports;
    this.#save = () => memory.read(SAVED, 1024);
    this.#load = (bytes) => memory.write(SAVED, bytes);
    exports.createApic(ADDRESS, number, khz);
  }

  reset(): void {
    this.#apic.resetApic(ADDRESS);
  }
  set mode(mode: number) {
    this.#apic.setMode(ADDRESS, mode);
  }
  isReadable(offset: number): boolean {
    return truth(this.#apic.isReadable(ADDRESS, offset));
  }
  read(offset: number): number {
    return this.#apic.readApic(ADDRESS, offset, this.now) >>> 0;
  }
  write(offset: number, value: number): number {
    return this.#apic.writeApic(ADDRESS, offset, value, this.now);
  }
  get isEnabled(): boolean {
    return truth(this.#apic.isEnabled(ADDRESS));
  }
  get takesExternal(): boolean {
    return truth(this.#apic.takesExternal(ADDRESS));
  }
  openExternal(): void {
    this.#apic.openExternal(ADDRESS);
  }
  request(vector: number): number {
    return this.#apic.requestOwn(ADDRESS, vector);
  }
  /** The vector that comes now, or -1. */
  get next(): number {
    const vector = this.#apic.requestedVector(ADDRESS);
    return vector >= 0 && truth(this.#apic.isNext(ADDRESS, vector)) ? vector : -1;
  }
  /** Takes it: the vector, or -1. */
  take(): number {
    const vector = this.next;
    if (vector >= 0) this.#apic.beginInterrupt(ADDRESS, vector);
    return vector;
  }
  end(): number {
    return this.#apic.endInterrupt(ADDRESS);
  }
  isLevel(vector: number): boolean {
    return truth(this.#apic.isLevel(ADDRESS, vector));
  }
  /** Vectors of a set of registers. */
  vectors(set: number): number[] {
    return Array.from({ length: 256 }, (_, vector) => vector).filter(
      (vector) => ((this.read(set + 16 * (vector >> 5)) >>> (vector & 31)) & 1) === 1,
    );
  }

  setTscDeadline(value: bigint, offset = 0n): void {
    this.#apic.setTscDeadline(ADDRESS, value, offset);
  }
  get tscDeadline(): bigint {
    return unsigned(this.#apic.tscDeadline(ADDRESS));
  }
  /** Lets time pass, and has the timer looked at. */
  pass(ticks: bigint): void {
    this.now += ticks;
    this.#apic.runTimer(ADDRESS, this.now);
  }
  get deadline(): bigint {
    return unsigned(this.#apic.timerDeadline(ADDRESS, this.now));
  }

  post(vector: number, isLevel = false): void {
    this.#apic.postVector(ADDRESS, vector, isLevel ? 1 : 0);
  }
  postEvent(event: number, vector = 0): void {
    this.#apic.postEvent(ADDRESS, event, vector);
  }
  takeVectors(): void {
    this.#apic.takeVectors(ADDRESS);
  }
  takeEvents(): number {
    return this.#apic.takeEvents(ADDRESS);
  }

  deviceMessage(address: bigint, data: number): [message: number, destination: number] {
    return [this.#apic.deviceMessage(data, address) >>> 0, this.#apic.deviceDestination(address) >>> 0];
  }
  isFor(message: number, who: number, { isWide = false, isSelf = false } = {}): boolean {
    return truth(this.#apic.isFor(ADDRESS, message, who, isWide ? 1 : 0, isSelf ? 1 : 0));
  }
  postMessage(message: number): boolean {
    return truth(this.#apic.postMessage(ADDRESS, message));
  }

  /** KVM's layout. */
  get state(): Uint8Array {
    this.#apic.saveApic(ADDRESS, SAVED, this.now);
    return this.#save();
  }
  set state(bytes: Uint8Array) {
    this.#load(bytes);
    this.#apic.restoreApic(ADDRESS, SAVED, this.now);
  }
}

/** Enabled by software. */
export function enabled(number = 0, mode = XAPIC): LocalApic {
  const apic = new LocalApic(number);
  apic.mode = mode;
  apic.write(SPURIOUS, SOFTWARE_ENABLED);
  return apic;
}
