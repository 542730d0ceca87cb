// The heap of C, C++ and Rust, in Node.js, over a microkernel that maps as many pages as it is told to

import { beforeEach, describe, expect, it } from "vitest";
import { loadPart } from "../../bsl/test-support/index.ts";

interface Heap {
  malloc(bytes: bigint): bigint;
  calloc(count: bigint, bytes: bigint): bigint;
  realloc(address: bigint, bytes: bigint): bigint;
  aligned_alloc(alignment: bigint, bytes: bigint): bigint;
  free(address: bigint): void;
  bf_heap_used(): bigint;
  bf_heap_blocks(): bigint;
  bf_heap_size(): bigint;
  _Znwm(bytes: bigint): bigint;
  _ZnwmRKSt9nothrow_t(bytes: bigint): bigint;
}

const BASE = 0x4_0000_0000n;
const STEP = 64n;
const KIB = 1024n;

/** Pages that linear memory has, and may have; the first has the lists. */
let has = 1n;
let most = 256n;
let assertions = 0;
/** Called in the middle of an allocation. */
let meanwhile = () => {};
let heap: Heap;
let bytesAt: (address: bigint, bytes: number) => Uint8Array;

beforeEach(() => {
  has = 1n;
  most = 256n;
  assertions = 0;
  meanwhile = () => {};
  const { exports, linear } = loadPart<Heap>("sdk-heap", {
    nativeBase: BASE,
    intrinsics: {
      tcb: { tcbLoad16: () => 3 },
      syscall: {
        callOrZero: (_call: number, pages: bigint) => {
          meanwhile();
          if (pages > most) return 0n;
          if (pages > has) has = pages - has > STEP ? has + STEP : pages;
          return has;
        },
        assertionFailed: () => {
          assertions++;
        },
      },
    },
  });
  heap = exports;
  bytesAt = (address, bytes) => new Uint8Array(linear.buffer, Number(address - BASE), bytes);
});

describe("malloc", () => {
  it("gives what nobody else has, at multiples of 16, and asks for memory when there is none", () => {
    const sizes = [0n, 1n, 8n, 9n, 24n, 4096n, 100_000n];
    const given = sizes.map((bytes) => heap.malloc(bytes));
    expect(given.every((address) => address > BASE + 0x1_1000n && address % 16n === 0n)).toBe(true);
    given.forEach((address, index) => {
      const end = given[index + 1] ?? BASE + 0x1_0000n + has * 4096n;
      expect(address + (sizes[index] ?? 0n)).toBeLessThanOrEqual(end);
    });
    expect(heap.bf_heap_blocks()).toBe(7n);
    for (const address of given) heap.free(address);
    expect([heap.bf_heap_used(), heap.bf_heap_blocks()]).toEqual([0n, 0n]);
  });

  it("uses all that there may be, in one piece again when all is given back", () => {
    const whole = (most - 1n) * 4096n - 16n - 8n;
    const given: bigint[] = [];
    for (let address = heap.malloc(1000n); address !== 0n; address = heap.malloc(1000n)) given.push(address);
    expect(heap.bf_heap_size()).toBe((most - 1n) * 4096n);
    expect(BigInt(given.length)).toBe((whole + 8n) / 1008n);
    expect(heap.malloc(whole)).toBe(0n);
    for (const address of given.filter((_, index) => index % 2 === 0)) heap.free(address);
    for (const address of given.filter((_, index) => index % 2 === 1)) heap.free(address);
    expect(heap.malloc(whole)).toBe(BASE + 0x1_1000n + 16n);
    expect(heap.malloc(0n)).toBe(0n);
  });

  it.each([-1n, 1n << 31n, 1n << 32n, (1n << 32n) + 8n, 1n << 63n])("refuses %d bytes", (bytes) => {
    expect(heap.malloc(BigInt.asUintN(64, bytes))).toBe(0n);
    expect(heap.malloc(8n)).not.toBe(0n);
  });

  it("keeps what the microkernel gave before it refused, and goes on when there is more", () => {
    most = 40n;
    expect(heap.malloc(200n * KIB)).toBe(0n);
    const first = heap.malloc(100n * KIB);
    expect(first).not.toBe(0n);
    expect(heap.malloc(100n * KIB)).toBe(0n);
    most = 80n;
    expect(heap.malloc(100n * KIB)).not.toBe(0n);
  });
});

describe("calloc, realloc and aligned_alloc", () => {
  it("zeroes what somebody had", () => {
    const former = heap.malloc(300n);
    bytesAt(former, 300).fill(0xff);
    heap.free(former);
    expect(heap.calloc(100n, 3n)).toBe(former);
    expect(bytesAt(former, 300)).toEqual(new Uint8Array(300));
    expect(heap.calloc(1n << 32n, 1n << 32n)).toBe(0n);
    expect(heap.calloc((1n << 64n) - 1n, 16n)).toBe(0n);
    expect(heap.calloc(0n, 1n << 40n)).not.toBe(0n);
  });

  it("keeps what was there when it grows in place, moves or shrinks, and when it cannot", () => {
    const first = heap.malloc(100n);
    bytesAt(first, 100).fill(7);
    const same = heap.realloc(first, 4000n);
    expect(same).toBe(first);
    const barrier = heap.malloc(8n);
    const moved = heap.realloc(same, 9000n);
    expect(moved).toBeGreaterThan(barrier);
    expect(heap.realloc(moved, 50n)).toBe(moved);
    expect(heap.realloc(moved, 1n << 40n)).toBe(0n);
    expect(heap.realloc(moved, 2000n * KIB)).toBe(0n);
    expect(bytesAt(moved, 50)).toEqual(new Uint8Array(50).fill(7));
    heap.free(heap.realloc(moved, 0n));
    heap.free(barrier);
    expect(heap.realloc(0n, 16n)).not.toBe(0n);
    expect(heap.bf_heap_blocks()).toBe(1n);
    expect(assertions).toBe(0);
  });

  it.each([1n, 16n, 32n, 64n, 4096n, 65_536n])("aligns to %d bytes", (alignment) => {
    heap.malloc(40n);
    const given = Array.from({ length: 5 }, () => heap.aligned_alloc(alignment, 24n));
    for (const address of given) expect([address % alignment, address === 0n]).toEqual([0n, false]);
    expect(new Set(given).size).toBe(5);
    for (const address of given) heap.free(address);
    expect([heap.bf_heap_blocks(), assertions]).toEqual([1n, 0]);
  });

  it.each([0n, 24n, 1n << 63n, (1n << 64n) - 1n])("refuses to align to %d bytes", (alignment) => {
    expect(heap.aligned_alloc(alignment, 8n)).toBe(0n);
  });
});

describe("free", () => {
  it("fails the callback of whoever gives back what was not given, and the heap goes on", () => {
    const given = heap.malloc(100n);
    const other = heap.malloc(100n);
    const bad = [
      given + 8n,
      given + 16n,
      given - 16n,
      16n,
      BASE,
      BASE + 0x1_1000n,
      BASE + 0x1_0000n + has * 4096n,
      BASE << 1n,
    ];
    for (const address of bad) heap.free(address);
    expect(assertions).toBe(bad.length);
    heap.free(given);
    heap.free(given);
    expect(heap.realloc(given, 10n)).toBe(0n);
    expect(assertions).toBe(bad.length + 2);
    heap.free(other);
    heap.free(other);
    heap.free(0n);
    expect([assertions, heap.bf_heap_blocks()]).toEqual([bad.length + 3, 0n]);
    expect(heap.malloc(100n)).toBe(given);
  });
});

it("new fails the callback where there is no memory, and its nothrow form does not", () => {
  expect(heap._Znwm(100n)).not.toBe(0n);
  expect(heap._ZnwmRKSt9nothrow_t(1n << 40n)).toBe(0n);
  expect(assertions).toBe(0);
  heap._Znwm(1n << 40n);
  expect(assertions).toBe(1);
});

it("a fail callback that interrupts an allocation on its processor gets nothing, and waits for nobody", () => {
  const given = heap.malloc(8n);
  let inside = -1n;
  meanwhile = () => {
    inside = heap.malloc(8n);
    heap.free(given);
  };
  heap.malloc(200n * KIB);
  meanwhile = () => {};
  expect([inside, assertions]).toEqual([0n, 1]);
  heap.free(given);
  expect(assertions).toBe(1);
});

it("a hundred thousand operations in any order destroy nothing, and leave nothing", () => {
  let seed = 12345;
  const random = (below: number) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return Math.floor((seed / 0x8000_0000) * below);
  };
  const held: { address: bigint; bytes: number; mark: number }[] = [];
  const check = ({ address, bytes, mark }: (typeof held)[number]) => {
    const there = bytesAt(address, bytes);
    if (there[0] !== mark || there[bytes - 1] !== mark || there[bytes >> 1] !== mark) throw new Error("destroyed");
  };
  const keep = (address: bigint, bytes: number) => {
    if (address === 0n) return;
    const mark = random(256);
    bytesAt(address, bytes).fill(mark);
    held.push({ address, bytes, mark });
  };
  let refused = 0;
  for (let i = 0; i < 100_000; i++) {
    const bytes = 1 + random(random(10) === 0 ? 20_000 : 300);
    const [old] = held.length > 0 && random(2) === 0 ? held.splice(random(held.length), 1) : [];
    if (old !== undefined) check(old);
    if (old !== undefined && random(4) === 0) {
      const address = heap.realloc(old.address, BigInt(bytes));
      if (address === 0n) held.push(old);
      else keep(address, bytes);
    } else if (old !== undefined) {
      heap.free(old.address);
    } else {
      const address =
        random(8) === 0 ? heap.aligned_alloc(1n << BigInt(random(9)), BigInt(bytes)) : heap.malloc(BigInt(bytes));
      refused += address === 0n ? 1 : 0;
      keep(address, bytes);
    }
  }
  expect([heap.bf_heap_blocks(), assertions]).toEqual([BigInt(held.length), 0]);
  for (const each of held) {
    check(each);
    heap.free(each.address);
  }
  expect([heap.bf_heap_blocks(), heap.bf_heap_used(), refused < 50_000]).toEqual([0n, 0n, true]);
  expect(heap.malloc(heap.bf_heap_size() - 24n)).not.toBe(0n);
});
