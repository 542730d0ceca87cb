// Memory that is taken back while other processors run ring 3: nobody waits, and nobody gets what may still be seen

import {
  PAGE_SIZE,
  POOL_HUGE,
  POOL_PAGES,
  SPEC_VERSION_2,
  STATUS_FAILURE_UNKNOWN,
  STATUS_INVALID_INPUT_REG1,
  STATUS_SUCCESS,
  SYSCALL_DEBUG_WRITE_C,
  SYSCALL_MEM_ALLOC_HUGE,
  SYSCALL_MEM_ALLOC_PAGE,
  SYSCALL_MEM_FREE_HUGE,
  SYSCALL_MEM_FREE_PAGE,
  SYSCALL_STATISTICS_POOL,
  SYSCALL_VM_MAP_DIRECT,
  SYSCALL_VM_UNMAP_DIRECT_BROADCAST,
  SYSCALL_VP_CREATE,
  SYSCALL_VS_CREATE,
  SYSCALL_VS_RUN,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { exampleExtension } from "../machine/example-extension.ts";
import {
  bootNext,
  call,
  EXIT_CPUID,
  HANDLE,
  inBootstrap,
  makeRootVs,
  type Scene,
  status,
} from "../machine/extension-life.ts";
import type { Pp } from "../machine/pp.ts";

const extension = exampleExtension({ versions: 6 });

/** The loader's chunks in these tests are small: so many pages hold more than there are. */
const MORE_THAN_ALL = 20_000;

const TAKE_BACK: readonly (readonly [string, (pp: Pp) => () => bigint])[] = [
  ["free_page", (pp) => later(pp, SYSCALL_MEM_FREE_PAGE, allocate(pp))],
  ["free_huge", (pp) => later(pp, SYSCALL_MEM_FREE_HUGE, call(pp, SYSCALL_MEM_ALLOC_HUGE, HANDLE, 0x2000n))],
  [
    "unmap_direct_broadcast",
    (pp) => later(pp, SYSCALL_VM_UNMAP_DIRECT_BROADCAST, 0n, call(pp, SYSCALL_VM_MAP_DIRECT, HANDLE, 0n, 0x1000n)),
  ],
];

/** The call, to be made when the other processor is where the test wants it. */
const later =
  (pp: Pp, number: number, ...registers: readonly bigint[]) =>
  () =>
    status(pp, number, HANDLE, ...registers);

const allocate = (pp: Pp) => call(pp, SYSCALL_MEM_ALLOC_PAGE, HANDLE);
const free = (pp: Pp, address: bigint) => status(pp, SYSCALL_MEM_FREE_PAGE, HANDLE, address);
/** Any call: the processor leaves ring 3, and enters it again. */
const passThroughKernel = (pp: Pp) => status(pp, SYSCALL_DEBUG_WRITE_C, 0x2en);

/** Takes pages until there are none. */
function allocateAll(pp: Pp): bigint[] {
  const pages: bigint[] = [];
  while (pages.length < MORE_THAN_ALL) {
    const result = status(pp, SYSCALL_MEM_ALLOC_PAGE, HANDLE);
    if (result === STATUS_FAILURE_UNKNOWN) return pages;
    expect(result).toBe(STATUS_SUCCESS);
    pages.push(pp.registers[0] ?? 0n);
  }
  throw new Error("there is no end to the pages");
}

function used(pp: Pp, pool = POOL_PAGES): bigint {
  expect(status(pp, SYSCALL_STATISTICS_POOL, HANDLE, BigInt(pool))).toBe(STATUS_SUCCESS);
  return pp.registers[1] ?? 0n;
}

function twoProcessors(): Scene & { second: Pp } {
  const scene = inBootstrap({ extension, ppCount: 2 }, BigInt(SPEC_VERSION_2));
  return { ...scene, second: bootNext(scene.machine, 1) };
}

describe.each(TAKE_BACK)("%s", (_, prepare) => {
  test("returns while another processor is in ring 3, which flushes before it is there again", () => {
    const { pp, second } = twoProcessors();
    const takeBack = prepare(pp);
    second.processor.flushes.length = 0;
    expect(takeBack()).toBe(STATUS_SUCCESS);
    expect(second.processor.flushes).toEqual([]);
    passThroughKernel(second);
    expect(second.processor.flushes).toEqual(["all"]);
    passThroughKernel(second);
    expect(second.processor.flushes).toEqual(["all"]);
  });

  test("has flushed its own processor when it returns", () => {
    const { pp } = twoProcessors();
    const takeBack = prepare(pp);
    pp.processor.flushes.length = 0;
    takeBack();
    expect(pp.processor.flushes).toContain("all");
  });

  test("makes a processor that runs its VM flush before ring 3", () => {
    const { pp, second } = twoProcessors();
    const vs0 = makeRootVs(pp);
    const vs1 = makeRootVs(second);
    expect([vs0, vs1]).toEqual([0n, 1n]);
    second.syscall(SYSCALL_VS_RUN, HANDLE, 0n, 1n, 1n);
    const takeBack = prepare(pp);
    second.processor.flushes.length = 0;
    takeBack();
    expect(second.processor.flushes).toEqual([]);
    expect(second.exit(EXIT_CPUID).is).toBe("called");
    expect(second.processor.flushes).toEqual(["all"]);
  });

  test("does not need a processor that has not come up", () => {
    const { pp } = inBootstrap({ extension, ppCount: 2 }, BigInt(SPEC_VERSION_2));
    expect(prepare(pp)()).toBe(STATUS_SUCCESS);
  });
});

describe("a page that another processor may still see", () => {
  test("is handed out again when that has been in the kernel, not before", () => {
    const { pp, second } = twoProcessors();
    const pages = allocateAll(pp);
    const [page = 0n] = pages;
    expect(free(pp, page)).toBe(STATUS_SUCCESS);
    expect(allocateAll(pp)).toEqual([]);
    passThroughKernel(second);
    expect(allocateAll(pp)).toEqual([page]);
  });

  test("comes back at once where all others are in the kernel or run their VMs", () => {
    const { pp, second } = twoProcessors();
    makeRootVs(pp);
    makeRootVs(second);
    second.syscall(SYSCALL_VS_RUN, HANDLE, 0n, 1n, 1n);
    const [page = 0n] = allocateAll(pp);
    free(pp, page);
    expect(allocateAll(pp)).toEqual([page]);
  });

  test("waits for a flush behind its own, not for an older one", () => {
    const { pp, second } = twoProcessors();
    const [first = 0n, other = 0n] = allocateAll(pp);
    free(pp, first);
    passThroughKernel(second);
    free(pp, other);
    expect(allocateAll(pp)).toEqual([first]);
    passThroughKernel(second);
    expect(allocateAll(pp)).toEqual([other]);
  });

  test("does not wait for a processor that has come up since", () => {
    const scene = inBootstrap({ extension, ppCount: 3 }, BigInt(SPEC_VERSION_2));
    const second = bootNext(scene.machine, 1);
    const page = allocate(scene.pp);
    free(scene.pp, page);
    const third = bootNext(scene.machine, 2);
    const [one = 0n] = allocateAll(scene.pp);
    passThroughKernel(second);
    expect(allocateAll(scene.pp)).toEqual([page]);
    free(scene.pp, one);
    passThroughKernel(second);
    expect(allocateAll(scene.pp)).toEqual([]);
    passThroughKernel(third);
    expect(allocateAll(scene.pp)).toEqual([one]);
  });

  test("is nobody's: it counts as given back, and cannot be given back again", () => {
    const { pp, second } = twoProcessors();
    const page = allocate(pp);
    const before = used(pp);
    expect(free(pp, page)).toBe(STATUS_SUCCESS);
    expect(used(pp)).toBe(before - 1n);
    expect(free(pp, page)).toBe(STATUS_INVALID_INPUT_REG1);
    expect(used(pp)).toBe(before - 1n);
    passThroughKernel(second);
    expect(used(pp)).toBe(before - 1n);
  });

  test("is one of hundreds, none of which is lost", () => {
    const { pp, second } = twoProcessors();
    const before = used(pp);
    const pages = allocateAll(pp);
    expect(pages.length).toBeGreaterThan(400);
    for (const page of pages) expect(free(pp, page)).toBe(STATUS_SUCCESS);
    const tables = used(pp);
    expect(allocateAll(pp)).toEqual([]);
    passThroughKernel(second);
    const again = allocateAll(pp);
    expect(again.toSorted()).toEqual(pages.toSorted());
    for (const page of again) free(pp, page);
    passThroughKernel(second);
    expect(used(pp)).toBe(tables);
    // What stays are tables that map the pool
    expect(tables - before).toBeLessThan(20n);
  });

  test("makes room for a VS and its registers, too", () => {
    const { pp, second } = twoProcessors();
    const vp = call(pp, SYSCALL_VP_CREATE, HANDLE, 0n);
    const pages = allocateAll(pp);
    const create = () => status(pp, SYSCALL_VS_CREATE, HANDLE, vp, 0n);
    for (const page of pages.slice(0, 16)) free(pp, page);
    expect(create()).toBe(STATUS_FAILURE_UNKNOWN);
    passThroughKernel(second);
    expect(create()).toBe(STATUS_SUCCESS);
  });
});

describe("a run of pages that another processor may still see", () => {
  test("is whole again when it comes back, and its place is free at once", () => {
    const { pp, second } = twoProcessors();
    const before = used(pp, POOL_HUGE);
    const bytes = 8n * BigInt(PAGE_SIZE);
    const run = call(pp, SYSCALL_MEM_ALLOC_HUGE, HANDLE, bytes);
    const pages = allocateAll(pp);
    expect(status(pp, SYSCALL_MEM_FREE_HUGE, HANDLE, run)).toBe(STATUS_SUCCESS);
    expect(used(pp, POOL_HUGE)).toBe(before);
    expect(status(pp, SYSCALL_MEM_ALLOC_HUGE, HANDLE, bytes)).toBe(STATUS_FAILURE_UNKNOWN);
    passThroughKernel(second);
    expect(call(pp, SYSCALL_MEM_ALLOC_HUGE, HANDLE, bytes)).toBe(run);
    expect(pages).not.toContain(run);
  });
});
