// memory_grow: an extension's linear memory, its own on each processor or one for all

import {
  EXT_MEMORY_BASE,
  MEMORY_STEP_PAGES,
  STATUS_FAILURE_INVALID_HANDLE,
  STATUS_FAILURE_UNKNOWN,
  STATUS_FAILURE_UNSUPPORTED,
  STATUS_INVALID_INPUT_REG1,
  STATUS_SUCCESS,
  SYSCALL_CONTROL_WAIT,
  SYSCALL_MEM_FREE_HUGE,
  SYSCALL_MEM_FREE_PAGE,
  SYSCALL_MEMORY_GROW,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { exampleExtension } from "../machine/example-extension.ts";
import { bootNext, call, HANDLE, inBootstrap, type Scene, status } from "../machine/extension-life.ts";
import { Machine } from "../machine/machine.ts";
import { policies, register } from "../machine/several-extensions.ts";
import { usedPages } from "./page-pool.ts";

const BASE = EXT_MEMORY_BASE + 0x1_0000n;
const MOST = 300;
const asking = (shared: boolean, initialPages = 3, maximumPages = MOST) =>
  exampleExtension({ versions: 6, memory: { initialPages, maximumPages, dataOffset: 0x1_0000, shared } });
const at = (page: number) => BASE + BigInt(page) * 4096n;
const grow = ({ pp }: Pick<Scene, "pp">, pages: number | bigint) =>
  status(pp, SYSCALL_MEMORY_GROW, HANDLE, BigInt(pages));

/** Two processors of an extension, both in bootstrap. */
function two(extension: Uint8Array) {
  const { machine, pp } = inBootstrap({ ppCount: 2, extension }, 4n);
  return { machine, first: { pp }, second: { pp: bootNext(machine, 1) } };
}

describe.each([
  ["of each processor's own", false],
  ["for all processors", true],
])("linear memory %s", (_, shared) => {
  test("gets zeroed pages of ring 3's, behind those that it has", () => {
    const scene = inBootstrap({ extension: asking(shared) }, 4n);
    const { machine, pp } = scene;
    const before = machine.mapping(at(2));
    expect(call(pp, SYSCALL_MEMORY_GROW, HANDLE, 7n)).toBe(7n);
    expect(machine.mapping(at(2))).toEqual(before);
    for (let page = 3; page < 7; page++) {
      expect(machine.mapping(at(page))).toMatchObject({ isWritable: true, isUser: true, isExecutable: false });
    }
    expect(machine.bytesAt(at(3), 4 * 4096)).toEqual(new Uint8Array(4 * 4096));
    expect(machine.mapping(at(7))).toBeUndefined();
    expect(machine.mapping(BASE - 1n)).toBeUndefined();
  });

  test("takes what it gets from the pool, in steps, and no more", () => {
    const { machine, pp } = inBootstrap({ extension: asking(shared) }, 4n);
    const before = usedPages(machine);
    expect(call(pp, SYSCALL_MEMORY_GROW, HANDLE, 150n)).toBe(3n + BigInt(MEMORY_STEP_PAGES));
    expect(call(pp, SYSCALL_MEMORY_GROW, HANDLE, 150n)).toBe(3n + 2n * BigInt(MEMORY_STEP_PAGES));
    expect(call(pp, SYSCALL_MEMORY_GROW, HANDLE, 150n)).toBe(150n);
    // Again, and less than it has: nothing to do
    for (const wanted of [150n, 3n, 0n]) expect(call(pp, SYSCALL_MEMORY_GROW, HANDLE, wanted)).toBe(150n);
    expect(usedPages(machine) - before).toBe(147);
    expect(new Set(Array.from({ length: 150 }, (_, page) => machine.mapping(at(page))?.physical)).size).toBe(150);
  });

  test.each([
    ["more than it may have", BigInt(MOST) + 1n],
    ["as many as addresses have bits", 1n << 52n],
    ["a negative number", (1n << 64n) - 1n],
    ["its most in the lower half alone", (1n << 32n) | 5n],
  ])("refuses %s", (_, pages) => {
    const scene = inBootstrap({ extension: asking(shared) }, 4n);
    const before = usedPages(scene.machine);
    expect(grow(scene, pages)).toBe(STATUS_INVALID_INPUT_REG1);
    expect(usedPages(scene.machine)).toBe(before);
  });

  test("reaches its most, where a table ends, and a further GiB", () => {
    const last = (1 << 18) - 16 - 2;
    const most = last + 40;
    const extension = exampleExtension({
      versions: 6,
      memory: { initialPages: 0, maximumPages: most, dataOffset: 0x1_0000 + last * 4096, shared },
    });
    const { machine, first, second } = two(extension);
    for (let has = 0n; has < 40n; ) has = call(first.pp, SYSCALL_MEMORY_GROW, HANDLE, 40n);
    for (const page of [0, 1, 2, 3, 39]) {
      const mapped = machine.mapping(at(last + page));
      expect(mapped).toBeDefined();
      if (shared) expect(machine.mapping(at(last + page), 1)).toEqual(mapped);
      else expect(machine.mapping(at(last + page), 1)).toBeUndefined();
    }
    expect(machine.mapping(at(last + 40))).toBeUndefined();
    expect(call(second.pp, SYSCALL_MEMORY_GROW, HANDLE, 0n)).toBe(shared ? 40n : 0n);
  });

  test("is no page that could be given back", () => {
    const scene = inBootstrap({ extension: asking(shared) }, 4n);
    call(scene.pp, SYSCALL_MEMORY_GROW, HANDLE, 7n);
    for (const number of [SYSCALL_MEM_FREE_PAGE, SYSCALL_MEM_FREE_HUGE]) {
      expect(status(scene.pp, number, HANDLE, at(5))).toBe(STATUS_INVALID_INPUT_REG1);
    }
  });

  test("has what it would have, and no page is lost, whichever allocation failed in between", () => {
    const far = (1 << 18) - 16 - 10;
    const extension = exampleExtension({
      versions: 6,
      memory: { initialPages: 0, maximumPages: 40, dataOffset: 0x1_0000 + far * 4096, shared },
    });
    const used = (nth: number) => {
      const scene = inBootstrap({ extension }, 4n);
      scene.pp.failAllocation(nth);
      const has = [grow(scene, 20), scene.pp.registers[0]];
      const isOver = scene.pp.isFailureDue();
      scene.pp.failAllocation(0);
      if (nth !== 0 && !isOver) expect(has[0]).toBe(STATUS_FAILURE_UNKNOWN);
      expect(call(scene.pp, SYSCALL_MEMORY_GROW, HANDLE, 20n)).toBe(20n);
      scene.pp.emptyReserves();
      return { pages: usedPages(scene.machine), isOver };
    };
    const usual = used(0).pages;
    let nth = 1;
    for (let isOver = false; !isOver; nth++) {
      const after = used(nth);
      expect([nth, after.pages]).toEqual([nth, usual]);
      isOver = after.isOver;
    }
    // Twenty pages, and tables on both sides of the border of a gibibyte
    expect(nth).toBeGreaterThan(20);
  });

  test("stops growing when there is no page, and grows on when there is one", () => {
    const scene = inBootstrap({ extension: asking(shared, 3, 4000), freePages: 160 }, 4n);
    const { machine, pp } = scene;
    let has = 3n;
    while (grow(scene, has + 10n) === STATUS_SUCCESS) has = pp.registers[0] ?? 0n;
    expect(has).toBeGreaterThan(30n);
    const used = usedPages(machine);
    for (let i = 0; i < 5; i++) expect(grow(scene, has + 64n)).toBe(STATUS_FAILURE_UNKNOWN);
    // A table may stay where the next page will be looked up
    expect(usedPages(machine) - used).toBeLessThanOrEqual(1);
    expect(machine.mapping(at(Number(has)))).toBeUndefined();
    expect(call(pp, SYSCALL_MEMORY_GROW, HANDLE, 0n)).toBe(has);
    expect(call(pp, SYSCALL_MEMORY_GROW, HANDLE, has + 1n)).toBe(has + 1n);
  });
});

describe("two processors", () => {
  test("with one memory see each page at once, whoever added it, and whoever came later", () => {
    const { machine, pp } = inBootstrap({ ppCount: 3, extension: asking(true) }, 4n);
    const second = bootNext(machine, 1);
    call(pp, SYSCALL_MEMORY_GROW, HANDLE, 20n);
    expect(call(second, SYSCALL_MEMORY_GROW, HANDLE, 30n)).toBe(30n);
    bootNext(machine, 2);
    for (let page = 0; page < 30; page++) {
      const first = machine.mapping(at(page), 0);
      expect(first).toMatchObject({ isUser: true });
      for (const ppid of [1, 2]) expect(machine.mapping(at(page), ppid)).toEqual(first);
    }
    expect(machine.mapping(at(30), 2)).toBeUndefined();
  });

  test("with a memory each grow apart", () => {
    const { machine, first, second } = two(asking(false));
    expect(call(first.pp, SYSCALL_MEMORY_GROW, HANDLE, 20n)).toBe(20n);
    expect(machine.mapping(at(10), 1)).toBeUndefined();
    expect(call(second.pp, SYSCALL_MEMORY_GROW, HANDLE, 12n)).toBe(12n);
    expect(machine.mapping(at(10), 1)?.physical).not.toBe(machine.mapping(at(10), 0)?.physical);
    expect(machine.mapping(at(12), 1)).toBeUndefined();
  });
});

describe("memory_grow", () => {
  test("is refused to version 1, without a handle, and where no linear memory was asked for", () => {
    const old = inBootstrap({ extension: asking(true) }, 2n);
    expect(grow(old, 5n)).toBe(STATUS_FAILURE_UNSUPPORTED);
    const { pp } = inBootstrap({ extension: asking(true) }, 4n);
    expect(status(pp, SYSCALL_MEMORY_GROW, 7n, 5n)).toBe(STATUS_FAILURE_INVALID_HANDLE);
    expect(status(pp, SYSCALL_MEMORY_GROW + 1, HANDLE, 5n)).toBe(STATUS_FAILURE_UNSUPPORTED);
    const none = inBootstrap({ extension: exampleExtension({ versions: 6 }) }, 4n);
    expect(grow(none, 1n)).toBe(STATUS_INVALID_INPUT_REG1);
    expect(call(none.pp, SYSCALL_MEMORY_GROW, HANDLE, 0n)).toBe(0n);
  });

  test("counts for its extension, and to its quota, which it does not leave", () => {
    const policy = policies({ name: "owner" }, { name: "bounded", quota: [0, 0, 0, 10] });
    const machine = new Machine({ extension: asking(true), others: [asking(false)], policy });
    const pp = machine.pp(0);
    expect(pp.boot().is).toBe("called");
    register(pp, true);
    expect(pp.syscall(SYSCALL_CONTROL_WAIT).is).toBe("called");
    register(pp, false);
    expect(pp.syscall(SYSCALL_CONTROL_WAIT).is).toBe("called");
    // The second one, in its bootstrap
    expect(call(pp, SYSCALL_MEMORY_GROW, HANDLE, 11n)).toBe(11n);
    const used = usedPages(machine);
    expect(grow({ pp }, 14n)).toBe(STATUS_FAILURE_UNKNOWN);
    expect(usedPages(machine)).toBe(used);
    expect(call(pp, SYSCALL_MEMORY_GROW, HANDLE, 13n)).toBe(13n);
    expect(grow({ pp }, 14n)).toBe(STATUS_FAILURE_UNKNOWN);
    expect(machine.log.split("extension 1 (bounded): it has its quota of 10 pages\n")).toHaveLength(2);
  });
});
