// Groups 7 and 8: MSRs, and memory for the extension

import {
  EXT_CODE_BASE,
  EXT_POOL_BASE,
  HUGE_MOST_BYTES,
  HUGE_POOL_BYTES,
  MAX_HUGE_ALLOCATIONS,
  STATUS_FAILURE_INVALID_HANDLE,
  STATUS_FAILURE_UNKNOWN,
  STATUS_INVALID_INPUT_REG1,
  STATUS_SUCCESS,
  SYSCALL_DEBUG_DUMP_HUGE_POOL,
  SYSCALL_INTRINSIC_RDMSR,
  SYSCALL_INTRINSIC_WRMSR,
  SYSCALL_MEM_ALLOC_HUGE,
  SYSCALL_MEM_ALLOC_PAGE,
  SYSCALL_MEM_FREE_HUGE,
  SYSCALL_MEM_FREE_PAGE,
  SYSCALL_VM_MAP_DIRECT,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { exampleExtension } from "../machine/example-extension.ts";
import { bootNext, call, HANDLE, inBootstrap, inStart, registered, status } from "../machine/extension-life.ts";
import { MSR } from "../machine/processor.ts";
import { usedPages } from "./page-pool.ts";

test.each([
  ["rdmsr", SYSCALL_INTRINSIC_RDMSR],
  ["wrmsr", SYSCALL_INTRINSIC_WRMSR],
  ["alloc_page", SYSCALL_MEM_ALLOC_PAGE],
  ["free_page", SYSCALL_MEM_FREE_PAGE],
  ["alloc_huge", SYSCALL_MEM_ALLOC_HUGE],
  ["free_huge", SYSCALL_MEM_FREE_HUGE],
])("%s needs a handle, and no callback", (_, number) => {
  expect(status(inStart().pp, number, HANDLE)).toBe(STATUS_FAILURE_INVALID_HANDLE);
  const { pp } = registered({}, []);
  expect(status(pp, number, 1n)).toBe(STATUS_FAILURE_INVALID_HANDLE);
  expect(status(pp, number, HANDLE)).not.toBe(STATUS_FAILURE_INVALID_HANDLE);
});

describe("rdmsr and wrmsr", () => {
  test("reach an MSR of the processor; the upper bits of its number do not count", () => {
    const { pp } = inBootstrap();
    expect(status(pp, SYSCALL_INTRINSIC_WRMSR, HANDLE, BigInt(MSR.TSC_AUX), 0x1234n)).toBe(STATUS_SUCCESS);
    expect(pp.processor.rdmsr(MSR.TSC_AUX)).toBe(0x1234n);
    expect(call(pp, SYSCALL_INTRINSIC_RDMSR, HANDLE, 0xffff_0000_0000_0000n | BigInt(MSR.TSC_AUX))).toBe(0x1234n);
  });

  test("fail for one that the processor does not have", () => {
    const { pp } = inBootstrap();
    expect(status(pp, SYSCALL_INTRINSIC_RDMSR, HANDLE, 0x4000_0000n)).toBe(STATUS_FAILURE_UNKNOWN);
    expect(status(pp, SYSCALL_INTRINSIC_WRMSR, HANDLE, 0x4000_0000n, 0n)).toBe(STATUS_FAILURE_UNKNOWN);
  });
});

describe("alloc_page", () => {
  test("gives a zeroed page of ring 3's, on every processor", () => {
    const { machine, pp } = inBootstrap({ ppCount: 2 });
    bootNext(machine, 1);
    const virtual = call(pp, SYSCALL_MEM_ALLOC_PAGE, HANDLE);
    const physical = pp.registers[1] ?? 0n;
    expect(virtual).toBe(EXT_POOL_BASE + physical);
    for (const ppid of [0, 1]) {
      expect(machine.mapping(virtual, ppid)).toMatchObject({
        physical: Number(physical),
        isWritable: true,
        isUser: true,
        isExecutable: false,
      });
      expect(machine.bytesAt(virtual, 4096, ppid)).toEqual(new Uint8Array(4096));
    }
  });

  test("gives each page once, until there is none, and all that were given back again", () => {
    const { machine, pp } = inBootstrap({ freePages: 84 });
    const before = usedPages(machine);
    const pages: bigint[] = [];
    while (status(pp, SYSCALL_MEM_ALLOC_PAGE, HANDLE) === STATUS_SUCCESS) pages.push(pp.registers[0] ?? 0n);
    expect(new Set(pages).size).toBe(pages.length);
    expect(pages.length).toBeGreaterThan(10);
    for (const page of pages) call(pp, SYSCALL_MEM_FREE_PAGE, HANDLE, page);
    // Two tables of the window stay
    expect(usedPages(machine) - before).toBeLessThanOrEqual(2);
    expect(machine.mapping(pages[0] ?? 0n)).toBeUndefined();
    expect(call(pp, SYSCALL_MEM_ALLOC_PAGE, HANDLE)).toBeGreaterThan(EXT_POOL_BASE);
  });

  test("gives memory that nobody can map a second time", () => {
    const { pp } = inBootstrap();
    call(pp, SYSCALL_MEM_ALLOC_PAGE, HANDLE);
    expect(status(pp, SYSCALL_VM_MAP_DIRECT, HANDLE, 0n, pp.registers[1] ?? 0n)).not.toBe(STATUS_SUCCESS);
  });
});

describe("alloc_huge", () => {
  test.each([
    ["no size", 0n],
    ["a page", 0x1000n],
    ["no whole pages", 0x1800n],
    ["as much as upstream's pool", BigInt(HUGE_POOL_BYTES)],
    ["more", 0x1_0000_0000n],
  ])("refuses %s", (_, bytes) => {
    expect(status(inBootstrap().pp, SYSCALL_MEM_ALLOC_HUGE, HANDLE, bytes)).toBe(STATUS_INVALID_INPUT_REG1);
  });

  test("takes up to 4 MiB from the pool in version 2; more, up to a GiB, must be lent", () => {
    const extension = exampleExtension({ versions: 6 });
    const { machine, pp } = inBootstrap({ extension, moreBytes: 16 << 20 }, 4n);
    const before = usedPages(machine);
    for (const bytes of [0x2_0000n, 0x10_0000n, 0x20_0000n, 0x3f_f000n, 0x40_0000n]) {
      const virtual = call(pp, SYSCALL_MEM_ALLOC_HUGE, HANDLE, bytes);
      const physical = Number(pp.registers[1]);
      for (const at of [0n, bytes / 2n, bytes - 0x1000n]) {
        expect(machine.mapping(virtual + (at & ~0xfffn))).toMatchObject({ physical: physical + Number(at & ~0xfffn) });
      }
      expect(machine.bytesAt(virtual + bytes - 0x1000n, 0x1000)).toEqual(new Uint8Array(0x1000));
      call(pp, SYSCALL_MEM_FREE_HUGE, HANDLE, virtual);
    }
    expect(usedPages(machine) - before).toBeLessThanOrEqual(12);
    const used = usedPages(machine);
    for (const bytes of [0x40_1000n, BigInt(HUGE_MOST_BYTES)]) {
      expect(status(pp, SYSCALL_MEM_ALLOC_HUGE, HANDLE, bytes)).toBe(STATUS_FAILURE_UNKNOWN);
    }
    const more = BigInt(HUGE_MOST_BYTES) + 0x1000n;
    for (const bytes of [more, 0x2_0800n, (1n << 32n) + 0x2000n, (1n << 64n) - 0x1000n]) {
      expect(status(pp, SYSCALL_MEM_ALLOC_HUGE, HANDLE, bytes)).toBe(STATUS_INVALID_INPUT_REG1);
    }
    expect(usedPages(machine)).toBe(used);
  });

  test("keeps nothing when only a part of a run could be mapped", () => {
    const extension = exampleExtension({ versions: 6 });
    const { machine, pp } = inBootstrap({ extension, moreBytes: 16 << 20 }, 4n);
    const before = usedPages(machine);
    // The run itself, and tables for it, one after the other
    for (let nth = 2; nth < 4; nth++) {
      pp.failAllocation(nth);
      expect(status(pp, SYSCALL_MEM_ALLOC_HUGE, HANDLE, 0x40_0000n)).toBe(STATUS_FAILURE_UNKNOWN);
      pp.failAllocation(0);
      expect(usedPages(machine) - before).toBeLessThanOrEqual(4);
    }
  });

  test.each([0x2000n, 0x3000n, BigInt(HUGE_POOL_BYTES) - 0x1000n])("gives %s contiguous zeroed bytes", (bytes) => {
    const { machine, pp } = inBootstrap();
    const virtual = call(pp, SYSCALL_MEM_ALLOC_HUGE, HANDLE, bytes);
    const physical = Number(pp.registers[1]);
    expect(virtual).toBe(EXT_POOL_BASE + BigInt(physical));
    expect(machine.bytesAt(virtual, Number(bytes))).toEqual(new Uint8Array(Number(bytes)));
    for (let at = 0n; at < bytes; at += 0x1000n) {
      expect(machine.mapping(virtual + at)).toMatchObject({ physical: physical + Number(at), isUser: true });
    }
    // Blocks are powers of two, but nobody sees the rest of one
    expect(machine.mapping(virtual + bytes)).toBeUndefined();
  });

  test("gives 64 runs at a time; what is given back is whole again", () => {
    const { machine, pp } = inBootstrap();
    const before = usedPages(machine);
    const runs = Array.from({ length: MAX_HUGE_ALLOCATIONS }, () => call(pp, SYSCALL_MEM_ALLOC_HUGE, HANDLE, 0x2000n));
    expect(status(pp, SYSCALL_MEM_ALLOC_HUGE, HANDLE, 0x2000n)).toBe(STATUS_FAILURE_UNKNOWN);
    status(pp, SYSCALL_DEBUG_DUMP_HUGE_POOL);
    expect(machine.log).toContain("huge pool: 64 of 64 allocations used\n");
    for (const run of runs) call(pp, SYSCALL_MEM_FREE_HUGE, HANDLE, run);
    expect(machine.mapping(runs[5] ?? 0n)).toBeUndefined();
    expect(usedPages(machine) - before).toBeLessThanOrEqual(4);
  });

  test("fails when no block is large enough", () => {
    const { pp } = inBootstrap({ freePages: 70 });
    expect(status(pp, SYSCALL_MEM_ALLOC_HUGE, HANDLE, 0x1_f000n)).toBe(STATUS_FAILURE_UNKNOWN);
  });
});

describe("free_page and free_huge", () => {
  test.each([
    ["free_page", SYSCALL_MEM_FREE_PAGE],
    ["free_huge", SYSCALL_MEM_FREE_HUGE],
  ])("%s refuses what was not given", (_, number) => {
    const { pp } = inBootstrap();
    const page = call(pp, SYSCALL_MEM_ALLOC_PAGE, HANDLE);
    for (const address of [0n, EXT_POOL_BASE, EXT_CODE_BASE, page + 8n, page + 0x1000n, page - EXT_POOL_BASE]) {
      expect(status(pp, number, HANDLE, address)).toBe(STATUS_INVALID_INPUT_REG1);
    }
  });

  test("refuse what was given back, and what the other gave", () => {
    const { pp } = inBootstrap();
    const page = call(pp, SYSCALL_MEM_ALLOC_PAGE, HANDLE);
    const run = call(pp, SYSCALL_MEM_ALLOC_HUGE, HANDLE, 0x3000n);
    expect(status(pp, SYSCALL_MEM_FREE_HUGE, HANDLE, page)).toBe(STATUS_INVALID_INPUT_REG1);
    for (const part of [run, run + 0x1000n, run + 0x2000n]) {
      expect(status(pp, SYSCALL_MEM_FREE_PAGE, HANDLE, part)).toBe(STATUS_INVALID_INPUT_REG1);
    }
    expect(status(pp, SYSCALL_MEM_FREE_HUGE, HANDLE, run + 0x1000n)).toBe(STATUS_INVALID_INPUT_REG1);
    call(pp, SYSCALL_MEM_FREE_PAGE, HANDLE, page);
    call(pp, SYSCALL_MEM_FREE_HUGE, HANDLE, run);
    expect(status(pp, SYSCALL_MEM_FREE_PAGE, HANDLE, page)).toBe(STATUS_INVALID_INPUT_REG1);
    expect(status(pp, SYSCALL_MEM_FREE_HUGE, HANDLE, run)).toBe(STATUS_INVALID_INPUT_REG1);
  });
});
