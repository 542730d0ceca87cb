// A running hypervisor whose microkernel is the test, for what is lent to it

import {
  CHUNK_MOST_BYTES,
  DOOR_FLUSH,
  DOOR_GIVE,
  DOOR_GIVE_RUN,
  DOOR_REPORT,
  DOOR_TAKE,
  DOOR_UNKNOWN,
  ERROR_NONE,
  GIVE_DONE,
  GIVE_LATER,
  IOCTL_MEMORY,
  IOCTL_START,
  IOCTL_STOP,
  MEMORY_ARGS_BUFFER_ADDRESS,
  MEMORY_ARGS_BUFFER_BYTES,
  MEMORY_ARGS_DONATE_BYTES,
  MEMORY_DOOR,
  MEMORY_EXCHANGE_BYTES,
  MEMORY_EXCHANGE_SIGNAL,
  MEMORY_EXCHANGE_SURPLUS,
  MEMORY_EXCHANGE_WANTED,
  MEMORY_EXCHANGE_WANTED_RUN,
  MEMORY_LOANS_BYTES,
  MEMORY_LOANS_EVENT_DETAIL,
  MEMORY_LOANS_EVENT_KIND,
  MEMORY_LOANS_EVENTS,
  MEMORY_LOANS_HELD_BYTES,
  MEMORY_LOANS_LENT_CHUNKS,
  MEMORY_LOANS_MOST_BYTES,
  MEMORY_LOANS_START_BYTES,
  OPERATION_ARGS_MOST_BYTES,
  TAKE_NOTHING,
} from "@bareflank/abi";
import { expect } from "vitest";
import { Machine } from "./machine/machine.ts";

export const MOST = BigInt(CHUNK_MOST_BYTES);
export const PAGE = 4096n;
export const OPERATION_FLUSH = 5;
export const BUFFER = 0x6666_0000_0000n;
export const CPUS = 2;

export interface Chunk {
  readonly physical: bigint;
  readonly bytes: bigint;
}

/** A running hypervisor whose microkernel is the test: what it has of what was lent, and what it says at its door. */
export class Lender {
  readonly machine = new Machine(CPUS);
  readonly chunks: Chunk[] = [];
  readonly knocks: number[] = [];
  /** What it answers to a gift, and to a wish to have something back; by default it takes all, and gives nothing. */
  onGive: (chunk: Chunk) => number = () => GIVE_DONE;
  onTake: (untaken: boolean) => readonly [answer: number, physical?: bigint] = () => [TAKE_NOTHING];
  /** Runs that it has, what it answers to one, and how often it was told that there is none. */
  readonly runs: Chunk[] = [];
  onGiveRun: (run: Chunk) => number = () => GIVE_DONE;
  declined = 0;
  /** Bytes that it wants altogether. */
  wanted = 0n;
  readonly pagesBefore: number;

  constructor(mostBytes = 0n, setUp: (machine: Machine) => void = () => undefined) {
    const { machine } = this;
    setUp(machine);
    machine.load();
    this.pagesBefore = machine.platform.takenPages;
    for (const processor of machine.processors) processor.onHypercall = (registers) => this.#open(registers);
    const { error } = machine.operate(IOCTL_START, (block) => {
      machine.memory.poke(block + BigInt(OPERATION_ARGS_MOST_BYTES), 8, mostBytes);
    });
    expect(error).toBe(ERROR_NONE);
    machine.memory.map(BUFFER, MEMORY_EXCHANGE_BYTES + MEMORY_LOANS_BYTES);
  }

  /** Asks for so many bytes, or says that it can do without some, and has the driver look. */
  ask(bytes: bigint): number {
    this.wanted = bytes;
    this.#showWanted();
    return this.balance();
  }
  askRun(bytes: bigint): number {
    this.#showWantedRun(bytes);
    return this.balance();
  }
  offer(): number {
    this.machine.memory.poke(this.#exchange + BigInt(MEMORY_EXCHANGE_SURPLUS), 8, 1n);
    return this.balance();
  }
  balance(): number {
    return this.machine.loader.loaderBalance();
  }

  /** Gives bytes that nobody asked for; 0: only asks who has what. */
  donate(bytes: bigint) {
    const { memory } = this.machine;
    return this.machine.operate(IOCTL_MEMORY, (block) => {
      memory.poke(block + BigInt(MEMORY_ARGS_DONATE_BYTES), 8, bytes);
      memory.poke(block + BigInt(MEMORY_ARGS_BUFFER_ADDRESS), 8, BUFFER);
      memory.poke(block + BigInt(MEMORY_ARGS_BUFFER_BYTES), 8, BigInt(MEMORY_EXCHANGE_BYTES + MEMORY_LOANS_BYTES));
    });
  }

  /** The driver's own record. */
  record() {
    expect(this.donate(0n).error).toBe(ERROR_NONE);
    const at = (offset: number, bytes: number) =>
      this.machine.memory.peek(BUFFER + BigInt(MEMORY_EXCHANGE_BYTES + offset), bytes);
    const events = Number(at(MEMORY_LOANS_EVENTS, 8));
    return {
      lent: at(MEMORY_LOANS_HELD_BYTES, 8) - at(MEMORY_LOANS_START_BYTES, 8),
      most: at(MEMORY_LOANS_MOST_BYTES, 8),
      /** Chunks of 2^order pages. */
      chunks: (order: number) => Number(at(MEMORY_LOANS_LENT_CHUNKS + 4 * order, 4)),
      events: Array.from({ length: events }, (_, index) => [
        Number(at(MEMORY_LOANS_EVENT_KIND + 4 * index, 4)),
        Number(at(MEMORY_LOANS_EVENT_DETAIL + 4 * index, 4)),
      ]),
    };
  }

  /** Stops, and finds every page where it was, zeroed where the microkernel had it. */
  expectAllBack(): void {
    const { platform } = this.machine;
    platform.freed.length = 0;
    expect(this.machine.operate(IOCTL_STOP).error).toBe(ERROR_NONE);
    expect(platform.takenPages).toBe(this.pagesBefore);
    expect(platform.freed.filter((bytes) => bytes.length > Number(PAGE)).every((bytes) => !bytes.some(Boolean))).toBe(
      true,
    );
  }

  get flushes(): number {
    return this.machine.platform.runs.filter((run) => run.endsWith(`operation ${OPERATION_FLUSH}`)).length;
  }
  get #exchange(): bigint {
    return this.machine.platform.signals - BigInt(MEMORY_EXCHANGE_SIGNAL);
  }
  #showWanted(): void {
    let bytes = MOST;
    while (bytes > this.wanted) bytes /= 2n;
    this.machine.memory.poke(this.#exchange + BigInt(MEMORY_EXCHANGE_WANTED), 8, bytes);
  }

  #showWantedRun(bytes: bigint): void {
    this.machine.memory.poke(this.#exchange + BigInt(MEMORY_EXCHANGE_WANTED_RUN), 8, bytes);
  }

  #open(address: bigint): boolean {
    const registers = BigInt.asUintN(64, address);
    const { memory } = this.machine;
    const [rax, what, physical, bytes] = [0n, 8n, 16n, 24n].map((offset) => memory.peek(registers + offset, 8));
    if (rax !== BigInt(MEMORY_DOOR)) return false;
    this.knocks.push(Number(what));
    const answer = (value: number) => memory.poke(registers, 8, BigInt(value));
    if (what === BigInt(DOOR_GIVE)) answer(this.#give({ physical: physical ?? 0n, bytes: bytes ?? 0n }));
    else if (what === BigInt(DOOR_GIVE_RUN)) answer(this.#giveRun({ physical: physical ?? 0n, bytes: bytes ?? 0n }));
    else if (what === BigInt(DOOR_TAKE)) {
      const [value, taken = 0n] = this.onTake(physical === 1n);
      memory.poke(this.#exchange + BigInt(MEMORY_EXCHANGE_SURPLUS), 8, 0n);
      memory.poke(registers + 16n, 8, taken);
      answer(value);
    } else answer(what === BigInt(DOOR_REPORT) || what === BigInt(DOOR_FLUSH) ? GIVE_DONE : DOOR_UNKNOWN);
    return true;
  }

  #give(chunk: Chunk): number {
    const answer = this.onGive(chunk);
    const isNew = !this.chunks.some(({ physical }) => physical === chunk.physical);
    if (answer === GIVE_DONE || answer === GIVE_LATER) {
      if (isNew) this.chunks.push(chunk);
      if (isNew) this.wanted -= this.wanted > chunk.bytes ? chunk.bytes : this.wanted;
      this.#showWanted();
    }
    return answer;
  }

  #giveRun(run: Chunk): number {
    const answer = run.bytes === 0n ? GIVE_DONE : this.onGiveRun(run);
    if (run.bytes === 0n) this.declined++;
    else if (answer === GIVE_DONE && !this.runs.some(({ physical }) => physical === run.physical)) this.runs.push(run);
    if (answer === GIVE_DONE) this.#showWantedRun(0n);
    return answer;
  }
}
