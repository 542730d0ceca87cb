// One linear memory for all processors, when the extension's note asks for it

import { BOOT_NO_MEMORY, EXT_MEMORY_BASE, PHASE_KERNEL } from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { exampleExtension } from "../machine/example-extension.ts";
import { bootNext, inBootstrap } from "../machine/extension-life.ts";
import { Machine } from "../machine/machine.ts";
import { expectGivenBack } from "./given-back.ts";
import { usedPages } from "./page-pool.ts";

const BASE = EXT_MEMORY_BASE + 0x1_0000n;
const asking = (initialPages: number, shared: boolean) =>
  exampleExtension({ memory: { initialPages, maximumPages: 99, dataOffset: 0x1_0000, shared } });

/** Pages of the pool that a second processor's start takes. */
function takenBySecond(extension: Uint8Array): number {
  const { machine } = inBootstrap({ ppCount: 2, extension });
  const before = usedPages(machine);
  bootNext(machine, 1);
  return usedPages(machine) - before;
}

describe("linear memory that processors share", () => {
  test("is the same zeroed pages everywhere, for data of ring 3, and no more than were asked for", () => {
    const { machine } = inBootstrap({ ppCount: 3, extension: asking(5, true) });
    bootNext(machine, 1);
    bootNext(machine, 2);
    for (let page = 0n; page < 5n; page++) {
      const first = machine.mapping(BASE + page * 4096n, 0);
      expect(first).toMatchObject({ isWritable: true, isUser: true, isExecutable: false });
      for (const ppid of [1, 2]) expect(machine.mapping(BASE + page * 4096n, ppid)).toEqual(first);
    }
    for (const ppid of [0, 1, 2]) {
      expect(machine.mapping(BASE - 4096n, ppid)).toBeUndefined();
      expect(machine.mapping(BASE + 5n * 4096n, ppid)).toBeUndefined();
    }
    expect(machine.bytesAt(BASE, 5 * 4096, 2)).toEqual(new Uint8Array(5 * 4096));
  });

  test("costs a further processor its tables, and none of its pages", () => {
    expect(takenBySecond(asking(60, true))).toBe(takenBySecond(asking(1, true)));
    expect(takenBySecond(asking(60, false))).toBe(takenBySecond(asking(1, false)) + 59);
  });

  test("is given up with the processor when it finds no room", () => {
    const pp = new Machine({ extension: asking(90, true), freePages: 64 }).pp(0);
    expect(pp.boot()).toEqual({ is: "given back" });
    expectGivenBack(pp, { status: BOOT_NO_MEMORY, phase: PHASE_KERNEL });
  });
});
