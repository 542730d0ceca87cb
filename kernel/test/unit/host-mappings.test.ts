// What is mapped in host mode, for whom, and what is not: read from the page tables, as an auditor would

import {
  DIRECT_BASE,
  DIRECT_BYTES,
  EXT_CODE_BASE,
  EXT_CODE_BYTES,
  EXT_FAIL_STACK_BASE,
  EXT_MEMORY_BASE,
  EXT_STACK_BASE,
  EXT_STACK_BYTES,
  EXT_STACK_STRIDE,
  EXT_TLS_BASE,
  EXT_TLS_STRIDE,
  HANDOFF_BASE,
  PP_APIC,
  PP_AREA_BASE,
  PP_ARGS,
  PP_BLOCK,
  PP_DF_STACK,
  PP_GDT,
  PP_IDT,
  PP_MC_STACK,
  PP_NMI_STACK,
  PP_STACK,
  PP_STATE,
  PP_STATISTICS,
  PP_TCB,
  PP_TSS,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { exampleExtension } from "../machine/example-extension.ts";
import { bootNext, inBootstrap } from "../machine/extension-life.ts";
import { type Mapping, tablesOf } from "../machine/page-walk.ts";

const PAGE = 4096;
const PP_AREA_END = Number(PP_AREA_BASE) + 0x4_0000;
const extension = exampleExtension({ memory: { initialPages: 5, maximumPages: 9, dataOffset: 0x1_0000 } });
const { machine } = inBootstrap({ ppCount: 2, extension });
bootNext(machine, 1);

/** Pages of [from, from + bytes), by their distance from `from`. */
function pagesIn(ppid: number, from: bigint, bytes: number): number[] {
  const [start, end] = [Number(from), Number(from) + bytes];
  return [...machine.mappings(ppid).keys()].filter((at) => at >= start && at < end).map((at) => at - start);
}

const span = (first: number, count: number) => Array.from({ length: count }, (_, index) => first + index * PAGE);
const userMappings = (ppid: number) => [...machine.mappings(ppid)].filter(([, page]) => page.isUser);

describe.each([0, 1])("on PP %i", (ppid) => {
  test("nothing is writable and executable", () => {
    const both = [...machine.mappings(ppid)].filter(([, page]) => page.isWritable && page.isExecutable);
    expect(both).toEqual([]);
  });

  test("executable are the kernel's image, the hand-off page and the extension's code, and nothing else", () => {
    const executable = [...machine.mappings(ppid)].filter(([, page]) => page.isExecutable).map(([at]) => at);
    expect(executable).toEqual([
      0x4000_0000,
      Number(HANDOFF_BASE),
      Number(EXT_CODE_BASE),
      Number(EXT_CODE_BASE) + PAGE,
    ]);
  });

  test("ring 3 sees the extension's windows only", () => {
    const windows: readonly (readonly [bigint, bigint])[] = [
      [EXT_MEMORY_BASE, 0x1_0000_0000n],
      [EXT_STACK_BASE, 2n * EXT_STACK_STRIDE],
      [EXT_FAIL_STACK_BASE, 2n * EXT_STACK_STRIDE],
      [EXT_CODE_BASE, EXT_CODE_BYTES],
      [EXT_TLS_BASE, 2n * EXT_TLS_STRIDE],
    ];
    const isInside = (at: number) => windows.some(([base, bytes]) => at >= base && at < base + bytes);
    const outside = userMappings(ppid).filter(([at]) => !isInside(at));
    expect(outside).toEqual([]);
  });

  test("no page table and no page of the kernel is mapped for ring 3", () => {
    const tables = tablesOf(machine.physical, machine.pp(ppid).root);
    const kernels = new Set<number>([...tables]);
    for (const [at, page] of machine.mappings(ppid)) {
      const isTcb = at === Number(PP_AREA_BASE) + PP_TCB;
      if (at < PP_AREA_END && at >= Number(PP_AREA_BASE) && !isTcb) kernels.add(page.physical);
    }
    expect(userMappings(ppid).filter(([, page]) => kernels.has(page.physical))).toEqual([]);
  });

  test("no two pages of ring 3 are the same memory", () => {
    const physical = userMappings(ppid).map(([, page]) => page.physical);
    expect(new Set(physical).size).toBe(physical.length);
  });

  test("the private area has its parts, each between pages that are absent", () => {
    const parts: readonly (readonly [number, number])[] = [
      [PP_STACK, 4],
      [PP_NMI_STACK, 2],
      [PP_DF_STACK, 2],
      [PP_MC_STACK, 2],
      [PP_BLOCK, 1],
      [PP_TCB, 1],
      [PP_ARGS, 1],
      [PP_STATE, 1],
      [PP_STATISTICS, 1],
      [PP_APIC, 1],
      [PP_IDT, 1],
      [PP_GDT, 1],
      [PP_TSS, 4],
    ];
    expect(pagesIn(ppid, PP_AREA_BASE, 0x4000_0000 - Number(PP_AREA_BASE))).toEqual(
      parts.flatMap(([first, count]) => span(first, count)),
    );
    // The stacks' guards, spelled out
    for (const guard of [PP_STACK, PP_NMI_STACK, PP_DF_STACK, PP_MC_STACK]) {
      expect(
        machine.mapping(PP_AREA_BASE + BigInt(guard - PAGE), ppid),
        `below 0x${guard.toString(16)}`,
      ).toBeUndefined();
    }
  });

  test("the extension's stacks of all processors lie between guard pages", () => {
    const stacks = [...span(0, 8), ...span(Number(EXT_STACK_STRIDE), 8)];
    // PP 0 shares the lower tables, so it sees what PP 1 added
    expect(pagesIn(ppid, EXT_STACK_BASE, 0x10_0000)).toEqual(stacks);
    expect(pagesIn(ppid, EXT_FAIL_STACK_BASE, 0x10_0000)).toEqual(stacks);
    expect(Number(EXT_STACK_BYTES)).toBe(8 * PAGE);
  });

  test("each TLS data page has its TCB behind it, and nothing behind that", () => {
    expect(pagesIn(ppid, EXT_TLS_BASE, 0x10_0000)).toEqual([...span(0, 2), ...span(Number(EXT_TLS_STRIDE), 2)]);
  });

  test("the linear memory begins where its note says; offset 0 is absent", () => {
    expect(pagesIn(ppid, EXT_MEMORY_BASE, 0x1_0000_0000)).toEqual(span(0x1_0000, 5));
  });

  test("data of ring 3 is writable, never executable, and its entries need no write by the processor", () => {
    const expected: Omit<Mapping, "physical"> = {
      isWritable: true,
      isUser: true,
      isExecutable: false,
      isAccessedDirty: true,
    };
    for (const base of [EXT_STACK_BASE, EXT_FAIL_STACK_BASE, EXT_TLS_BASE, EXT_MEMORY_BASE + 0x1_0000n]) {
      expect(machine.mapping(base, ppid)).toMatchObject(expected);
    }
  });

  test("the direct map is the kernel's alone", () => {
    const end = Number(DIRECT_BASE + DIRECT_BYTES);
    const direct = [...machine.mappings(ppid)].filter(([at]) => at >= Number(DIRECT_BASE) && at < end);
    expect(direct.length).toBeGreaterThan(600);
    expect(direct.filter(([, page]) => page.isUser || page.isExecutable)).toEqual([]);
    expect(direct.every(([at, page]) => at - Number(DIRECT_BASE) === page.physical)).toBe(true);
  });
});

describe("between processors", () => {
  const physical = (address: bigint, ppid: number) => machine.mapping(address, ppid)?.physical;

  test("code and data of the extension are shared", () => {
    for (const at of [EXT_CODE_BASE, EXT_CODE_BASE + 0x5000n, EXT_STACK_BASE + EXT_STACK_STRIDE]) {
      expect(physical(at, 0)).toBe(physical(at, 1));
    }
  });

  test("the private area and the linear memory are not", () => {
    for (const part of [PP_STACK, PP_NMI_STACK, PP_BLOCK, PP_GDT, PP_TSS, PP_TCB, PP_ARGS, PP_STATISTICS]) {
      const at = PP_AREA_BASE + BigInt(part);
      expect(physical(at, 0), part.toString(16)).not.toBe(physical(at, 1));
    }
    for (const offset of span(0x1_0000, 5)) {
      const at = EXT_MEMORY_BASE + BigInt(offset);
      expect(physical(at, 0)).not.toBe(physical(at, 1));
    }
  });

  test("the kernel's TCB page is the extension's TCB of that processor", () => {
    for (const ppid of [0, 1]) {
      const tcb = EXT_TLS_BASE + BigInt(ppid) * EXT_TLS_STRIDE + 0x1000n;
      expect(physical(PP_AREA_BASE + BigInt(PP_TCB), ppid)).toBe(physical(tcb, ppid));
      expect(machine.mapping(PP_AREA_BASE + BigInt(PP_TCB), ppid)?.isUser).toBe(false);
    }
  });
});
