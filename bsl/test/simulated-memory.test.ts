// The machine that all other tests trust

import { describe, expect, test } from "vitest";
import { EndlessWait, MemoryFault, SimulatedMemory } from "../test-support/index.ts";

function machine(): SimulatedMemory {
  const memory = new SimulatedMemory();
  memory.map(0x1000n, 8192);
  return memory;
}

describe("an access", () => {
  test("is little endian, across pages too", () => {
    const memory = machine();
    memory.poke(0x1ffdn, 8, 0x1122_3344_5566_7788n);
    expect(memory.peek(0x1ffdn, 8)).toBe(0x1122_3344_5566_7788n);
    expect([...memory.read(0x1ffcn, 5)]).toEqual([0, 0x88, 0x77, 0x66, 0x55]);
    expect(memory.peek(0x2000n, 4)).toBe(0x2233_4455n);
  });

  test("to what is not mapped faults with its address", () => {
    const memory = machine();
    expect(() => memory.peek(0x2ffdn, 4)).toThrow(new MemoryFault(0x3000n, "read", "not mapped"));
    expect(() => memory.poke(0xfffn, 1, 1n)).toThrow(new MemoryFault(0xfffn, "write", "not mapped"));
    memory.unmap(0x1000n, 4096);
    expect(memory.isMapped(0x1fffn)).toBe(false);
    expect(memory.mappedPages()).toEqual([0x2000n]);
  });

  test("may come with a signed address, as WebAssembly gives it", () => {
    const memory = new SimulatedMemory();
    memory.map(0xffff_8000_0000_0000n, 4096);
    memory.poke(-0x8000_0000_0000n, 1, 7n);
    expect(memory.peek(0xffff_8000_0000_0000n, 1)).toBe(7n);
  });

  test("that writes to a read-only page faults", () => {
    const memory = new SimulatedMemory();
    memory.map(0n, 4096, { readOnly: true });
    expect(() => memory.fill(8n, 1, 4)).toThrow(new MemoryFault(8n, "write", "read-only"));
    expect(memory.peek(8n, 1)).toBe(0n);
  });

  test("by two addresses meets in one page", () => {
    const memory = machine();
    memory.alias(0x4000_0000_1000n, 0x1000n, 4096);
    memory.poke(0x4000_0000_1008n, 4, 5n);
    expect(memory.peek(0x1008n, 4)).toBe(5n);
    expect(memory.isMapped(0x4000_0000_2000n)).toBe(false);
    expect(() => memory.alias(0n, 0x9000n, 1)).toThrow(MemoryFault);
  });
});

test("a module's memory shows up where it was attached, after it has grown too", () => {
  const memory = new SimulatedMemory();
  const module = { buffer: new ArrayBuffer(0x3_0000) };
  memory.attach(0x6000_0000n, module, 0x1_0000);
  memory.poke(0x6001_0004n, 4, 9n);
  expect(new DataView(module.buffer).getUint32(0x1_0004, true)).toBe(9);
  expect(() => memory.peek(0x6000_fffcn, 4)).toThrow(MemoryFault);
  expect(() => memory.peek(0x6003_0000n, 1)).toThrow(MemoryFault);
  module.buffer = new ArrayBuffer(0x4_0000);
  expect(memory.peek(0x6003_0000n, 1)).toBe(0n);
});

describe("an atomic access", () => {
  const { atomic } = machine().intrinsics(0n) as unknown as { atomic: Record<string, (...args: unknown[]) => unknown> };

  test("returns what was there before", () => {
    expect(atomic.exchangeAdd32?.(0x1000n, -1)).toBe(0);
    expect(atomic.exchangeAdd32?.(0x1000n, 2)).toBe(0xffff_ffff);
    expect(atomic.compareExchange32?.(0x1000n, 1, 0x8000_0000 | 0)).toBe(1);
    expect(atomic.compareExchange32?.(0x1000n, 1, 5)).toBe(0x8000_0000);
    expect(atomic.loadAcquire32?.(0x1000n)).toBe(0x8000_0000);
    expect(atomic.exchangeAdd64?.(0x1008n, -1n)).toBe(0n);
    expect(atomic.compareExchange64?.(0x1008n, -1n, 3n)).toBe((1n << 64n) - 1n);
    expect(atomic.loadAcquire64?.(0x1008n)).toBe(3n);
  });

  test("must be aligned", () => {
    expect(() => atomic.exchangeAdd32?.(0x1002n, 1)).toThrow(/not aligned/);
    expect(() => atomic.storeRelease64?.(0x1004n, 1n)).toThrow(/not aligned/);
  });

  test("in a loop that nobody can end is noticed", () => {
    const wait = () => {
      for (;;) atomic.pause?.();
    };
    expect(wait).toThrow(EndlessWait);
  });
});
