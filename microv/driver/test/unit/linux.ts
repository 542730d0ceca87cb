// Linux's side of the driver's core: memory, the calling process, files, locks (src/platform.ts). Tests change the public fields.

import { PAGE_BYTES, type SimulatedMemory } from "@bareflank/bsl/test-support";

/** Where the calling process has memory. */
export const USER = 0x7000_0000_0000n;
/** Where its pages are, physically. */
export const USER_PHYSICAL = 0x2_0000_0000n;
const KERNEL = 0xffff_8880_0000_0000n;
const MAPPINGS = 0xffff_c900_0000_0000n;
const LOWER_HALF = 0x8000_0000_0000n;
const EVENTS = 0xffff_9000_0000_0000n;
const SHARED_PAGES = 2;

/** A file of a machine or a vCPU, and the glue's own object, which has the same number. */
export interface OpenFile {
  readonly core: bigint;
  /** The machine of a vCPU. */
  readonly machine: number | undefined;
  /** The pages that a vCPU shares with its user, and those of a machine's vCPUs: the ring. */
  readonly shared: bigint;
  signals: bigint | undefined;
}

/** An eventfd of the process's: how often it was signalled, and how often it is held. */
export interface EventFile {
  signals: number;
  holders: number;
}

const unsigned = (value: bigint): bigint => BigInt.asUintN(64, value);

const pagesOf = ({ machine }: OpenFile): number => (machine === undefined ? 1 : SHARED_PAGES);

export class Linux {
  readonly memory: SimulatedMemory;
  /** Memory that is taken now: bytes by address. */
  readonly allocations = new Map<bigint, number>();
  readonly files = new Map<number, OpenFile>();
  /** Eventfds of the calling process, by their files' numbers. */
  readonly events = new Map<number, EventFile>();
  /** Files of the calling process that are no eventfds. */
  readonly otherFiles = new Set<number>();
  /** How often each physical page is pinned. */
  readonly pins = new Map<bigint, number>();
  /** Pages that were given back as written. */
  readonly dirty = new Set<bigint>();
  /** Pages of the hypervisor's that are mapped: physical addresses by address. */
  readonly mappings = new Map<bigint, bigint>();
  /** The n-th allocation, mapping or file from now on fails; each counts down. */
  failAllocation = Number.POSITIVE_INFINITY;
  /** User pages that are there, and cannot be pinned. */
  readonly unpinnable = new Set<bigint>();
  /** Where a user page is, physically. */
  physical: (page: bigint) => bigint = (page) => USER_PHYSICAL + (page - USER);
  /** What the n-th run is to be instead of a hypercall: a negative error. */
  onEnter: () => bigint = () => 0n;
  onSleep: () => void = () => {};
  /** The time stamp counter, nanoseconds since boot and since 1970. */
  time: [bigint, bigint, bigint] = [1_000n, 2_000n, 3_000n];
  onIsSignalled: () => boolean = () => false;
  khz = 2_000_000;
  isIntel = 0;
  /** Milliseconds that were slept. */
  slept = 0;
  /** Machines whose lock of interrupts is held. */
  readonly interrupts = new Set<bigint>();
  /** vCPUs that were woken, in order; and the deadline that each one's timer has. */
  readonly woken: number[] = [];
  readonly timers = new Map<number, bigint>();
  /** A vCPU waits, and nothing has come: true: its timer has come, or somebody has posted something; false: a signal. */
  onWait: (vcpu: number) => boolean = () => false;
  /** Machines whose lock is held. */
  readonly locked = new Set<bigint>();
  #next = KERNEL;
  #nextMapping = MAPPINGS;
  #nextFile = 3;

  constructor(memory: SimulatedMemory) {
    this.memory = memory;
  }

  /** Gives the process memory of zeros. */
  mapUser(address: bigint, bytes: number, options?: { readonly readOnly?: boolean }): void {
    this.memory.map(address, bytes, options);
    for (let page = address; page < address + BigInt(bytes); page += 4096n) {
      if (!this.memory.isMapped(this.physical(page))) this.memory.alias(this.physical(page), page, PAGE_BYTES);
    }
  }

  /** `hypercall` takes the address of a block: 0: there is no hypervisor. */
  intrinsics(hypercall: (block: bigint) => number) {
    return {
      allocate: (bytes: bigint) => this.#allocate(Number(bytes)),
      free: (address: bigint) => this.#free(unsigned(address)),
      copyFromUser: (to: bigint, from: bigint, bytes: bigint) => this.#copy(unsigned(from), to, from, bytes),
      copyToUser: (to: bigint, from: bigint, bytes: bigint) => this.#copy(unsigned(to), to, from, bytes),
      exchangeUser: (address: bigint, bytes: number, expected: bigint, value: bigint) =>
        this.#exchange(unsigned(address), bytes, unsigned(expected), unsigned(value)),
      openMachine: (core: bigint) => this.#open(unsigned(core), undefined),
      openVcpu: (glue: bigint, core: bigint, _number: number) => this.#openVcpu(glue, unsigned(core)),
      sharedPages: (glue: bigint) => this.#file(glue).shared,
      ringOf: (glue: bigint) => this.#file(glue).shared,
      openEvent: (file: number) => this.#openEvent(file),
      signalEvent: (event: bigint) => {
        this.#event(unsigned(event)).signals++;
      },
      closeEvent: (event: bigint) => {
        this.#event(unsigned(event)).holders--;
      },
      isSignalled: () => (this.onIsSignalled() ? 1 : 0),
      setSignals: (glue: bigint, signals: bigint) => {
        this.#file(glue).signals = unsigned(signals);
      },
      forgetSignals: (glue: bigint) => {
        this.#file(glue).signals = undefined;
      },
      lockMachine: (glue: bigint) => this.lock(glue),
      unlockMachine: (glue: bigint) => this.unlock(glue),
      lockInterrupts: (glue: bigint) => this.#lockInterrupts(glue),
      unlockInterrupts: (glue: bigint) => {
        if (!this.interrupts.delete(glue)) throw new Error("the lock of interrupts is not held");
      },
      wakeVcpu: (glue: bigint) => {
        this.woken.push(Number(glue));
      },
      armTimer: (glue: bigint, deadline: bigint) => {
        this.timers.set(Number(glue), unsigned(deadline));
      },
      waitForWork: (glue: bigint, notified: bigint) =>
        this.memory.peek(unsigned(notified), 4) !== 0n || this.onWait(Number(glue)) ? 1 : 0,
      mapPage: (physical: bigint) => this.#mapPage(unsigned(physical)),
      unmapPage: (address: bigint) => this.#unmapPage(unsigned(address)),
      pin: (glue: bigint, address: bigint, pages: bigint, isWritable: number, to: bigint) =>
        this.#pin(glue, unsigned(address), Number(pages), isWritable !== 0, to),
      unpin: (_glue: bigint, from: bigint, pages: bigint, isDirty: number) => this.#unpin(from, Number(pages), isDirty),
      hypercall: (block: bigint) => hypercall(unsigned(block)),
      enter: (block: bigint) => this.onEnter() || (hypercall(unsigned(block)) !== 0 ? 0n : -19n),
      readTime: (to: bigint) => {
        for (const [index, value] of this.time.entries()) this.memory.poke(to + BigInt(8 * index), 8, value);
      },
      tscKhz: () => this.khz,
      isIntel: () => this.isIntel,
      sleep: (milliseconds: number) => {
        this.slept += milliseconds;
        this.onSleep();
      },
    };
  }

  /** Makes an eventfd. */
  makeEvent(file: number): EventFile {
    const event = { signals: 0, holders: 0 };
    this.events.set(file, event);
    return event;
  }

  /** A second time in a row it would wait for ever. */
  lock(glue: bigint): void {
    if (this.locked.has(glue)) throw new Error("the machine's lock is held already");
    this.locked.add(glue);
  }

  #lockInterrupts(glue: bigint): void {
    if (this.interrupts.has(glue)) throw new Error("the lock of interrupts is held already");
    this.interrupts.add(glue);
  }

  unlock(glue: bigint): void {
    if (!this.locked.delete(glue)) throw new Error("the machine's lock is not held");
  }

  /** A vCPU's or a machine's file ends. */
  forget(file: number): void {
    const found = this.files.get(file);
    if (found !== undefined) this.memory.unmap(found.shared, pagesOf(found) * PAGE_BYTES);
    this.files.delete(file);
  }

  /** Ends at a page's end, so that what lies behind is nobody's. */
  #allocate(bytes: number): bigint {
    if (bytes <= 0 || bytes % 8 !== 0) throw new Error(`an allocation of ${bytes} bytes`);
    if (--this.failAllocation === 0) return 0n;
    const pages = Math.ceil(bytes / PAGE_BYTES);
    // A process may ask for more than Linux has
    if (pages > 4096) return 0n;
    this.memory.map(this.#next, pages * PAGE_BYTES);
    const address = this.#next + BigInt(pages * PAGE_BYTES - bytes);
    this.#next += BigInt((pages + 1) * PAGE_BYTES);
    this.allocations.set(address, bytes);
    return address;
  }

  #free(address: bigint): void {
    if (address === 0n) return;
    const bytes = this.allocations.get(address);
    if (bytes === undefined) throw new Error(`0x${address.toString(16)} is not allocated`);
    this.allocations.delete(address);
    this.memory.unmap(address & ~4095n, Math.ceil(bytes / PAGE_BYTES) * PAGE_BYTES);
  }

  /** As copy_from_user and copy_to_user do it, a copy that ends early has begun. */
  #copy(user: bigint, to: bigint, from: bigint, bytes: bigint): number {
    if (user + bytes > LOWER_HALF) return 0;
    for (let done = 0n; done < bytes; done++) {
      try {
        this.memory.write(to + done, this.memory.read(from + done, 1));
      } catch (error) {
        const at = (error as { address?: bigint }).address ?? 0n;
        if (at >= LOWER_HALF) throw error;
        return 0;
      }
    }
    return 1;
  }

  #exchange(address: bigint, bytes: number, expected: bigint, value: bigint): number {
    if (bytes !== 4 && bytes !== 8) throw new Error(`${bytes} bytes in one piece`);
    if (address % BigInt(bytes) !== 0n) throw new Error("not at a multiple of its size");
    if (address >= LOWER_HALF || !this.memory.isMapped(address)) return 2;
    if (this.memory.peek(address, bytes) !== BigInt.asUintN(8 * bytes, expected)) return 1;
    this.memory.poke(address, bytes, value);
    return 0;
  }

  #open(core: bigint, machine: number | undefined): bigint {
    if (--this.failAllocation === 0) return -24n;
    const number = this.#nextFile++;
    const file = { core, machine, shared: this.#nextMapping, signals: undefined };
    this.#nextMapping += BigInt((SHARED_PAGES + 1) * PAGE_BYTES);
    this.memory.map(file.shared, pagesOf(file) * PAGE_BYTES);
    this.files.set(number, file);
    this.memory.poke(core, 8, BigInt(number));
    return BigInt(number);
  }

  #openVcpu(glue: bigint, core: bigint): bigint {
    if (!this.files.has(Number(glue))) throw new Error("a vCPU of no machine");
    return this.#open(core, Number(glue));
  }

  #file(glue: bigint): OpenFile {
    const file = this.files.get(Number(glue));
    if (file === undefined) throw new Error(`${glue} is no file`);
    return file;
  }

  /** Its address has the file's number in it. */
  #openEvent(file: number): bigint {
    const event = this.events.get(file);
    if (event === undefined) return this.otherFiles.has(file) ? -22n : -9n;
    event.holders++;
    return BigInt.asIntN(64, EVENTS + BigInt(file) * 64n);
  }

  #event(address: bigint): EventFile {
    const event = this.events.get(Number((address - EVENTS) / 64n));
    if (event === undefined || event.holders < 1)
      throw new Error(`0x${address.toString(16)} is no eventfd that is held`);
    return event;
  }

  #mapPage(physical: bigint): bigint {
    if (--this.failAllocation === 0) return 0n;
    const address = this.#nextMapping;
    this.#nextMapping += BigInt(2 * PAGE_BYTES);
    this.memory.alias(address, physical, PAGE_BYTES);
    this.mappings.set(address, physical);
    return address;
  }

  #unmapPage(address: bigint): void {
    if (!this.mappings.delete(address)) throw new Error(`0x${address.toString(16)} is not mapped`);
    this.memory.unmap(address, PAGE_BYTES);
  }

  #pin(glue: bigint, address: bigint, pages: number, isWritable: boolean, to: bigint): bigint {
    if (!this.locked.has(glue)) throw new Error("pinned without the machine's lock");
    if (pages < 1 || pages > 512) throw new Error(`${pages} pages at once`);
    let done = 0n;
    for (; done < BigInt(pages); done++) {
      const page = address + done * 4096n;
      if (page >= LOWER_HALF || this.unpinnable.has(page) || !this.memory.isMapped(page)) break;
      if (isWritable && !this.#isWritable(page)) break;
      const physical = this.physical(page);
      this.pins.set(physical, (this.pins.get(physical) ?? 0) + 1);
      this.memory.poke(to + done * 8n, 8, physical);
    }
    return done;
  }

  #isWritable(page: bigint): boolean {
    try {
      this.memory.write(page, this.memory.read(page, 1));
      return true;
    } catch {
      return false;
    }
  }

  #unpin(from: bigint, pages: number, isDirty: number): void {
    for (let i = 0; i < pages; i++) {
      const physical = this.memory.peek(from + BigInt(8 * i), 8);
      const count = this.pins.get(physical) ?? 0;
      if (count === 0) throw new Error(`0x${physical.toString(16)} is not pinned`);
      if (count === 1) this.pins.delete(physical);
      else this.pins.set(physical, count - 1);
      if (isDirty !== 0) this.dirty.add(physical);
    }
  }
}
