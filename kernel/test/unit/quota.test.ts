// Quotas of a load manifest: how much an extension may have at one time

import {
  STATUS_FAILURE_UNKNOWN,
  STATUS_SUCCESS,
  SYSCALL_MEM_ALLOC_HUGE,
  SYSCALL_MEM_ALLOC_PAGE,
  SYSCALL_MEM_FREE_HUGE,
  SYSCALL_MEM_FREE_PAGE,
  SYSCALL_VM_CREATE,
  SYSCALL_VM_DESTROY,
  SYSCALL_VP_CREATE,
  SYSCALL_VP_DESTROY,
  SYSCALL_VS_CREATE,
  SYSCALL_VS_DESTROY,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { call, HANDLE, type Scene, status } from "../machine/extension-life.ts";
import { inServiceBootstrap, policies } from "../machine/several-extensions.ts";
import { usedPages } from "./page-pool.ts";

const LIMITS = [2, 3, 4, 5] as const;
const UNBOUNDED = [0, 0, 0, 0] as const;

/** The second extension, which has VMs of its own, in its bootstrap. */
function bounded(quota: readonly [number, number, number, number] = LIMITS): Scene {
  return inServiceBootstrap({ vmexit: true, policy: policies({ name: "owner" }, { name: "bounded", quota }) });
}

/** Makes as many as it can, up to twenty. */
function makeAll({ pp }: Scene, number: number, ...registers: readonly bigint[]): bigint[] {
  const made: bigint[] = [];
  while (made.length < 20 && status(pp, number, HANDLE, ...registers) === STATUS_SUCCESS) {
    made.push(pp.registers[0] ?? 0n);
  }
  return made;
}

describe("a quota", () => {
  test.each([
    ["VMs", SYSCALL_VM_CREATE, SYSCALL_VM_DESTROY, 2, "VMs"],
    ["VPs", SYSCALL_VP_CREATE, SYSCALL_VP_DESTROY, 3, "VPs"],
    ["VSs", SYSCALL_VS_CREATE, SYSCALL_VS_DESTROY, 4, "VSs"],
    ["pages", SYSCALL_MEM_ALLOC_PAGE, SYSCALL_MEM_FREE_PAGE, 5, "pages"],
  ])("bounds %s, and what is given back is there again", (_, create, destroy, most, name) => {
    const scene = bounded();
    const { machine, pp } = scene;
    const vm = create === SYSCALL_VM_CREATE ? 0n : call(pp, SYSCALL_VM_CREATE, HANDLE);
    const above = create === SYSCALL_VS_CREATE ? call(pp, SYSCALL_VP_CREATE, HANDLE, vm) : vm;
    const made = makeAll(scene, create, above, 0n);
    expect(made).toHaveLength(most);
    const used = usedPages(machine);
    for (let i = 0; i < 3; i++) expect(status(pp, create, HANDLE, above, 0n)).toBe(STATUS_FAILURE_UNKNOWN);
    expect(usedPages(machine)).toBe(used);
    // One line, however often
    expect(machine.log.split(`extension 1 (bounded): it has its quota of ${most} ${name}\n`)).toHaveLength(2);
    call(pp, destroy, HANDLE, made[1] ?? 0n);
    expect(makeAll(scene, create, above, 0n)).toHaveLength(1);
  });

  test("counts the pages of a run, all that it takes", () => {
    const scene = bounded();
    const { pp } = scene;
    // Three pages are four
    const run = call(pp, SYSCALL_MEM_ALLOC_HUGE, HANDLE, 0x3000n);
    expect(status(pp, SYSCALL_MEM_ALLOC_HUGE, HANDLE, 0x2000n)).toBe(STATUS_FAILURE_UNKNOWN);
    expect(makeAll(scene, SYSCALL_MEM_ALLOC_PAGE)).toHaveLength(1);
    call(pp, SYSCALL_MEM_FREE_HUGE, HANDLE, run);
    expect(makeAll(scene, SYSCALL_MEM_ALLOC_PAGE)).toHaveLength(4);
  });

  test("takes nothing for a call that failed otherwise", () => {
    const scene = bounded();
    const { pp } = scene;
    for (let nth = 1; nth <= 3; nth++) {
      for (const number of [SYSCALL_VM_CREATE, SYSCALL_MEM_ALLOC_PAGE]) {
        pp.failAllocation(nth);
        if (status(pp, number, HANDLE) === STATUS_SUCCESS) {
          const given = pp.registers[0] ?? 0n;
          call(pp, number === SYSCALL_VM_CREATE ? SYSCALL_VM_DESTROY : SYSCALL_MEM_FREE_PAGE, HANDLE, given);
        }
        pp.failAllocation(0);
      }
    }
    expect(makeAll(scene, SYSCALL_VM_CREATE)).toHaveLength(2);
    expect(makeAll(scene, SYSCALL_MEM_ALLOC_PAGE)).toHaveLength(5);
  });

  test("that is not there bounds nothing", () => {
    expect(makeAll(bounded(UNBOUNDED), SYSCALL_VM_CREATE)).toHaveLength(20);
  });
});
