// Group 12: what the kernel has counted

import {
  INVALID_ID,
  PAGE_SIZE,
  POOL_HUGE,
  POOL_MAPS,
  POOL_NESTED,
  POOL_PAGES,
  POOL_REGISTERS,
  POOL_VMS,
  POOL_VPS,
  POOL_VSS,
  PP_AREA_BASE,
  PP_STATISTICS,
  STATUS_INVALID_INPUT_REG1,
  STATUS_INVALID_INPUT_REG2,
  SYSCALL_MAP_CREATE,
  SYSCALL_MEM_ALLOC_HUGE,
  SYSCALL_MEMORY_GROW,
  SYSCALL_MSR_WRITE,
  SYSCALL_NESTED_COPY,
  SYSCALL_NESTED_CREATE,
  SYSCALL_PP_KICK,
  SYSCALL_STATISTICS_CALLS,
  SYSCALL_STATISTICS_EXITS,
  SYSCALL_STATISTICS_POOL,
  SYSCALL_VM_CREATE,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { exampleExtension } from "../machine/example-extension.ts";
import { bootNext, call, HANDLE, inBootstrap, makeRootVs, status } from "../machine/extension-life.ts";
import type { Pp } from "../machine/pp.ts";
import { usedPages } from "./page-pool.ts";

const extension = exampleExtension({ versions: 6 });

/** How many there are, and how many of them are used. */
function pool(pp: Pp, number: number): [bigint, bigint] {
  const total = call(pp, SYSCALL_STATISTICS_POOL, HANDLE, BigInt(number));
  return [total, pp.registers[1] ?? 0n];
}

describe("statistics_pool", () => {
  test("tells how full each pool is", () => {
    const { machine, pp } = inBootstrap({ extension }, 4n);
    makeRootVs(pp);
    call(pp, SYSCALL_VM_CREATE, HANDLE);
    call(pp, SYSCALL_NESTED_CREATE, HANDLE, 0n);
    call(pp, SYSCALL_MAP_CREATE, HANDLE, 0n);
    call(pp, SYSCALL_MEM_ALLOC_HUGE, HANDLE, 0x2000n);
    const used = [POOL_HUGE, POOL_VMS, POOL_VPS, POOL_VSS, POOL_NESTED, POOL_MAPS, POOL_REGISTERS].map(
      (number) => pool(pp, number)[1],
    );
    expect(used).toEqual([1n, 2n, 1n, 1n, 1n, 1n, 1n]);
    expect(pool(pp, POOL_VSS)[0]).toBe(BigInt(INVALID_ID));
    expect(pool(pp, POOL_PAGES)[1]).toBe(BigInt(usedPages(machine)));
    expect(status(pp, SYSCALL_STATISTICS_POOL, HANDLE, 8n)).toBe(STATUS_INVALID_INPUT_REG1);
  });
});

describe("statistics_exits and statistics_calls", () => {
  test("tell a processor's counters, on every processor", () => {
    const { machine, pp } = inBootstrap({ extension, ppCount: 3 }, 4n);
    const second = bootNext(machine, 1);
    for (let i = 0; i < 3; i++) call(second, SYSCALL_STATISTICS_POOL, HANDLE, 0n);
    for (const asking of [pp, second]) {
      expect(call(asking, SYSCALL_STATISTICS_CALLS, HANDLE, 1n, BigInt(SYSCALL_STATISTICS_POOL))).toBe(3n);
      expect(call(asking, SYSCALL_STATISTICS_EXITS, HANDLE, 1n, 0x72n)).toBe(0n);
      // It has not come up
      expect(call(asking, SYSCALL_STATISTICS_EXITS, HANDLE, 2n, 0x72n)).toBe(0n);
    }
  });

  test("tell of a call of each group, and count it nowhere else: the exits' log lies behind the counters", () => {
    const { machine, pp } = inBootstrap({ extension }, 4n);
    const physical = machine.mapping(PP_AREA_BASE + BigInt(PP_STATISTICS), 0)?.physical ?? 0;
    const page = () => machine.physical.read(BigInt(physical), PAGE_SIZE).slice();
    // Refused, but there: with a handle that is none
    for (const number of [SYSCALL_NESTED_COPY, SYSCALL_MEMORY_GROW, SYSCALL_PP_KICK, SYSCALL_MSR_WRITE]) {
      const count = () => call(pp, SYSCALL_STATISTICS_CALLS, HANDLE, 0n, BigInt(number));
      const before = count();
      const bytes = page();
      status(pp, number, HANDLE + 1n);
      const changed = [...page().entries()].filter(([at, byte]) => byte !== bytes[at]);
      expect(changed.length, `0x${number.toString(16)}`).toBe(1);
      expect(count()).toBe(before + 1n);
    }
  });

  test("refuse what is not counted", () => {
    const { pp } = inBootstrap({ extension }, 4n);
    expect(status(pp, SYSCALL_STATISTICS_EXITS, HANDLE, 1n, 0x72n)).toBe(STATUS_INVALID_INPUT_REG1);
    for (const reason of [0x100n, 0x3ffn, 0x404n, 1n << 32n]) {
      expect(status(pp, SYSCALL_STATISTICS_EXITS, HANDLE, 0n, reason)).toBe(STATUS_INVALID_INPUT_REG2);
    }
    expect(call(pp, SYSCALL_STATISTICS_EXITS, HANDLE, 0n, (1n << 64n) - 1n)).toBe(0n);
    for (const number of [0x10n, 0xd_0008n, 0xe_0002n, 0xf_0008n, 0x10_0000n, 1n << 32n]) {
      expect(status(pp, SYSCALL_STATISTICS_CALLS, HANDLE, 0n, number)).toBe(STATUS_INVALID_INPUT_REG2);
    }
  });
});
