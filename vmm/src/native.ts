// The C library's functions that a virtual machine monitor needs and Node.js does not have, called through koffi

import koffi from "koffi";

/** <asm-generic/mman-common.h>, <linux/mman.h> */
const PROT_READ_WRITE = 3;
const MAP_SHARED = 0x01;
const MAP_PRIVATE = 0x02;
const MAP_FIXED = 0x10;
const MAP_ANONYMOUS = 0x20;
const MAP_NORESERVE = 0x4000;
const MAP_FAILED = 0xffff_ffff_ffff_ffffn;
/** <asm-generic/mman-common.h> */
const MADV_HUGEPAGE = 14;
/** <asm/unistd_64.h> */
const SYS_GETTID = 186;

const library = koffi.load(null);
const ioctlWithBlock = library.func("ioctl", "int", ["int", "ulong", "void *"]);
const ioctlWithValue = library.func("ioctl", "int", ["int", "ulong", "uint64_t"]);
const mmap = library.func("mmap", "uint64_t", ["uint64_t", "size_t", "int", "int", "int", "int64_t"]);
const munmap = library.func("munmap", "int", ["uint64_t", "size_t"]);
const madvise = library.func("madvise", "int", ["uint64_t", "size_t", "int"]);
const syscall = library.func("syscall", "long", ["long"]);
const tgkill = library.func("tgkill", "int", ["int", "int", "int"]);
const sigaction = library.func("sigaction", "int", ["int", "void *", "void *"]);
const symbol = library.func("dlsym", "uint64_t", ["uint64_t", "string"]);
const timerCreate = library.func("timer_create", "int", ["int", "void *", "void *"]);
const timerSettime = library.func("timer_settime", "int", ["uint64_t", "int", "void *", "void *"]);
const timerDelete = library.func("timer_delete", "int", ["uint64_t"]);

/** What a system call ended with: not negative, or the error's number below zero. */
type Result = number;

const result = (value: number): Result => (value < 0 ? -koffi.errno() : value);

const ioctlWithZero = library.func("ioctl", "int", ["int", "ulong", "int"]);

/** ioctl with argument 0; the way of each exit. */
export const ioctlBare = (fd: number, request: number): Result => {
  const value: number = ioctlWithZero(fd, request, 0);
  return value < 0 ? -koffi.errno() : value;
};

/** ioctl; the argument is a block that the kernel reads and writes, or a value. */
export const ioctl = (fd: number, request: number, argument: Uint8Array | number | bigint): Result =>
  result(typeof argument === "object" ? ioctlWithBlock(fd, request, argument) : ioctlWithValue(fd, request, argument));

/** A piece of this process's memory that JavaScript did not allocate. */
export interface Mapping {
  readonly address: bigint;
  readonly sizeBytes: number;
}

const mapped = (address: number | bigint, sizeBytes: number): Mapping | Result =>
  BigInt(address) === MAP_FAILED ? -koffi.errno() : { address: BigInt(address), sizeBytes };

/** Anonymous memory of zeros, in 2 MiB pages where Linux has them. */
export const mapMemory = (sizeBytes: number): Mapping | Result => {
  const flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
  const mapping = mapped(mmap(0, sizeBytes, PROT_READ_WRITE, flags, -1, 0), sizeBytes);
  // Advice: where it is not taken, pages are small.
  if (typeof mapping !== "number") madvise(mapping.address, sizeBytes, MADV_HUGEPAGE);
  return mapping;
};

/** A file's first bytes, shared with whoever else has them. */
export const mapFile = (fd: number, sizeBytes: number): Mapping | Result =>
  mapped(mmap(0, sizeBytes, PROT_READ_WRITE, MAP_SHARED, fd, 0), sizeBytes);

/** For when an error leaves nobody who could have seen it. */
export const unmap = ({ address, sizeBytes }: Mapping): Result => result(munmap(address, sizeBytes));

/** A mapping's bytes, in place. */
export const view = ({ address, sizeBytes }: Mapping): Uint8Array => new Uint8Array(koffi.view(address, sizeBytes));

const forgotten = new FinalizationRegistry<Mapping>((mapping) => {
  unmap(mapping);
});

/**
 * Gives back what is behind a mapping, memory or a file, at once. Its addresses stay, with zeros that nobody else has, until
 * JavaScript has forgotten `view`'s buffer: a look at it afterwards must not end the process.
 */
export const giveBack = (mapping: Mapping, bytes: Uint8Array): Result => {
  const { address, sizeBytes } = mapping;
  const flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED;
  const replaced = mapped(mmap(address, sizeBytes, PROT_READ_WRITE, flags, -1, 0), sizeBytes);
  if (typeof replaced === "number") return replaced;
  forgotten.register(bytes.buffer, mapping);
  return 0;
};

/** Linux's number of this thread, which has this module for itself. */
export const threadId: number = Number(syscall(SYS_GETTID));

/**
 * A signal for threads that are in KVM_RUN: one of those for applications (signal(7)), which neither the C library nor
 * Node.js use.
 */
const KICK_SIGNAL = 40;
const SIGACTION_BYTES = 152;
let isKickable = false;

/**
 * Makes the signal end a system call and nothing else, for the whole process. Its handler has nothing to do, so it is a
 * function of the C library that does nothing: abs().
 */
export const allowKicks = (): Result => {
  if (isKickable) return 0;
  const action = new Uint8Array(SIGACTION_BYTES);
  new DataView(action.buffer).setBigUint64(0, BigInt(symbol(0, "abs")), true);
  isKickable = true;
  return result(sigaction(KICK_SIGNAL, action, null));
};

/** Takes a thread of this process out of a system call. */
export const kickThread = (thread: number): Result => result(tgkill(process.pid, thread, KICK_SIGNAL));

/** <asm-generic/siginfo.h> */
const SIGEV_THREAD_ID = 4;
const SIGEVENT_BYTES = 64;
const CLOCK_MONOTONIC = 1;
const TIMER_BYTES = 8;
const ITIMERSPEC_BYTES = 32;
const NANOSECONDS = 1_000_000_000n;

/**
 * A timer that takes the thread that makes it out of KVM_RUN. It fires again each millisecond until it is set anew: a
 * signal that comes just before KVM_RUN ends nothing.
 */
export class KickTimer {
  readonly #timer: bigint;
  readonly #setting = new DataView(new ArrayBuffer(ITIMERSPEC_BYTES));

  /** @returns what went wrong, or the timer */
  static create(): KickTimer | Result {
    const event = new DataView(new ArrayBuffer(SIGEVENT_BYTES));
    event.setInt32(8, KICK_SIGNAL, true);
    event.setInt32(12, SIGEV_THREAD_ID, true);
    event.setInt32(16, threadId, true);
    const timer = new DataView(new ArrayBuffer(TIMER_BYTES));
    const made = result(timerCreate(CLOCK_MONOTONIC, new Uint8Array(event.buffer), new Uint8Array(timer.buffer)));
    return made < 0 ? made : new KickTimer(timer.getBigUint64(0, true));
  }

  private constructor(timer: bigint) {
    this.#timer = timer;
  }

  /** Fires in so many nanoseconds; undefined: not at all. */
  set(nanoseconds: bigint | undefined): Result {
    const again = nanoseconds === undefined ? 0n : NANOSECONDS / 1000n;
    const first = nanoseconds === undefined ? 0n : nanoseconds > 0n ? nanoseconds : 1n;
    this.#setting.setBigInt64(0, again / NANOSECONDS, true);
    this.#setting.setBigInt64(8, again % NANOSECONDS, true);
    this.#setting.setBigInt64(16, first / NANOSECONDS, true);
    this.#setting.setBigInt64(24, first % NANOSECONDS, true);
    return result(timerSettime(this.#timer, 0, new Uint8Array(this.#setting.buffer), null));
  }

  delete(): void {
    timerDelete(this.#timer);
  }
}
