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
const GLUE = 0xffff_9100_0000_0000n;
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

/** An eventfd of the process's: how often it was signalled and nobody took that, how often it is held, and the irqfds that wait for it. */
export interface EventFile {
  readonly file: number;
  signals: number;
  holders: number;
  readonly watchers: Set<Irqfd>;
}

interface Irqfd {
  readonly core: bigint;
  readonly event: EventFile;
  hasEnded: boolean;
}

/** A timer of the core's: 0n: it is never due. */
interface Timer {
  readonly core: bigint;
  due: bigint;
  isLocked: boolean;
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
  /** Glue's own objects, by their addresses. */
  readonly pitTimers = new Map<bigint, Timer>();
  readonly irqfds = new Map<bigint, Irqfd>();
  /** What the core does when an irqfd's eventfd is signalled, and when a timer is due. */
  onRaised: (irqfd: bigint) => void = () => {};
  onDue: (core: bigint) => void = () => {};
  /** The clock of nanoseconds(). */
  now = 1_000_000_000_000n;
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
  /** vCPUs that were woken, and those whose timers were set, for how long: in order. */
  readonly woken: number[] = [];
  readonly armed: (readonly [vcpu: number, nanoseconds: bigint])[] = [];
  /** A vCPU waits, and nothing has come: true: its timer has come, or somebody has posted something; false: a signal. */
  onWait: (vcpu: number) => boolean = () => false;
  /** Machines whose lock is held. */
  readonly locked = new Set<bigint>();
  #next = KERNEL;
  #nextGlue = GLUE;
  #nextMapping = MAPPINGS;
  #nextFile = 3;
  /** Eventfds without a file that the core holds. */
  readonly #closedEvents = new Set<EventFile>();

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
      signalEvent: (event: bigint) => this.#signal(this.#event(unsigned(event))),
      closeEvent: (event: bigint) => {
        this.#event(unsigned(event)).holders--;
      },
      ...this.#irqfdIntrinsics(),
      ...this.#timerIntrinsics(),
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
      armTimer: (glue: bigint, nanoseconds: bigint) => {
        this.armed.push([Number(glue), unsigned(nanoseconds)]);
      },
      waitForWork: (glue: bigint, notified: bigint) => {
        this.#mayWait();
        return this.memory.peek(unsigned(notified), 4) !== 0n || this.onWait(Number(glue)) ? 1 : 0;
      },
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
      timeStamp: () => this.time[0],
      tscKhz: () => this.khz,
      isIntel: () => this.isIntel,
      sleep: (milliseconds: number) => {
        this.#mayWait();
        this.slept += milliseconds;
        this.onSleep();
      },
    };
  }

  /** Makes an eventfd. */
  makeEvent(file: number): EventFile {
    const event = { file, signals: 0, holders: 0, watchers: new Set<Irqfd>() };
    this.events.set(file, event);
    return event;
  }

  /** The process writes to an eventfd. */
  signal(file: number): void {
    const event = this.events.get(file);
    if (event === undefined) throw new Error(`${file} is no eventfd`);
    this.#signal(event);
  }

  /** The process closes an eventfd, which the core may hold still. */
  closeEventFile(file: number): void {
    const event = this.events.get(file);
    for (const irqfd of event?.watchers ?? []) irqfd.hasEnded = true;
    event?.watchers.clear();
    this.events.delete(file);
    if (event !== undefined && event.holders > 0) this.#closedEvents.add(event);
  }

  /** Lets time go by, in which timers are due. */
  pass(nanoseconds: bigint): void {
    const end = this.now + nanoseconds;
    for (let count = 0; ; count++) {
      if (count > 10_000) throw new Error("a timer is due again and again");
      const next = [...this.pitTimers.values()]
        .filter(({ due }) => due !== 0n && due <= end)
        .sort((a, b) => Number(a.due - b.due))[0];
      if (next === undefined) break;
      if (next.due > this.now) this.now = next.due;
      next.due = 0n;
      this.onDue(next.core);
    }
    this.now = end;
  }

  /** A second time in a row it would wait for ever. */
  lock(glue: bigint): void {
    this.#mayWait();
    if (this.locked.has(glue)) throw new Error("the machine's lock is held already");
    this.locked.add(glue);
  }

  /** Locks that keep interrupts away are held only by whoever never waits: for memory, for the user's pages, for anybody else. */
  #mayWait(): void {
    if (this.interrupts.size > 0) throw new Error("waits with the lock of interrupts held");
    if ([...this.pitTimers.values()].some(({ isLocked }) => isLocked))
      throw new Error("waits with a timer's lock held");
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
    this.#mayWait();
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
    this.#mayWait();
    if (address === 0n) return;
    const bytes = this.allocations.get(address);
    if (bytes === undefined) throw new Error(`0x${address.toString(16)} is not allocated`);
    this.allocations.delete(address);
    this.memory.unmap(address & ~4095n, Math.ceil(bytes / PAGE_BYTES) * PAGE_BYTES);
  }

  /** As copy_from_user and copy_to_user do it, a copy that ends early has begun. */
  #copy(user: bigint, to: bigint, from: bigint, bytes: bigint): number {
    this.#mayWait();
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
    this.#mayWait();
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
    const file = Number((address - EVENTS) / 64n);
    const event = this.events.get(file) ?? [...this.#closedEvents].find((closed) => closed.file === file);
    if (event === undefined || event.holders < 1)
      throw new Error(`0x${address.toString(16)} is no eventfd that is held`);
    return event;
  }

  #signal(event: EventFile): void {
    // The first one takes what is counted
    const [first] = event.watchers;
    if (first === undefined) event.signals++;
    else this.onRaised(first.core);
  }

  #irqfdIntrinsics() {
    const found = (glue: bigint): Irqfd => {
      const irqfd = this.irqfds.get(unsigned(glue));
      if (irqfd === undefined) throw new Error(`${glue} is no irqfd`);
      return irqfd;
    };
    return {
      openIrqfd: (core: bigint, file: number) => {
        if (--this.failAllocation === 0) return -12n;
        const address = this.#openEvent(file);
        if (address > -4096n && address < 0n) return address;
        const event = this.#event(unsigned(address));
        return this.#keep(this.irqfds, { core: unsigned(core), event, hasEnded: false });
      },
      eventOf: (glue: bigint) => BigInt.asIntN(64, EVENTS + BigInt(found(glue).event.file) * 64n),
      watchIrqfd: (glue: bigint) => {
        const irqfd = found(glue);
        irqfd.event.watchers.add(irqfd);
        return irqfd.event.signals > 0 ? 1 : 0;
      },
      hasEnded: (glue: bigint) => (found(glue).hasEnded ? 1 : 0),
      closeIrqfd: (glue: bigint) => {
        const irqfd = found(glue);
        irqfd.event.watchers.delete(irqfd);
        irqfd.event.holders--;
        this.irqfds.delete(unsigned(glue));
      },
    };
  }

  #timerIntrinsics() {
    const found = (glue: bigint, isLocked: boolean): Timer => {
      const timer = this.pitTimers.get(unsigned(glue));
      if (timer === undefined) throw new Error(`${glue} is no timer`);
      if (timer.isLocked !== isLocked) throw new Error(`the timer's lock is ${isLocked ? "not " : ""}held`);
      return timer;
    };
    return {
      createTimer: (core: bigint) =>
        --this.failAllocation === 0
          ? 0n
          : this.#keep(this.pitTimers, { core: unsigned(core), due: 0n, isLocked: false }),
      startTimer: (glue: bigint, due: bigint) => {
        found(glue, true).due = unsigned(due);
      },
      destroyTimer: (glue: bigint) => {
        found(glue, false);
        this.pitTimers.delete(unsigned(glue));
      },
      lockTimer: (glue: bigint) => {
        found(glue, false).isLocked = true;
      },
      unlockTimer: (glue: bigint) => {
        found(glue, true).isLocked = false;
      },
      nanoseconds: () => this.now,
    };
  }

  /** Gives an object an address of the kernel's. */
  #keep<T>(objects: Map<bigint, T>, object: T): bigint {
    this.#nextGlue += 64n;
    objects.set(this.#nextGlue, object);
    return BigInt.asIntN(64, this.#nextGlue);
  }

  #mapPage(physical: bigint): bigint {
    this.#mayWait();
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
    this.#mayWait();
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
