// The extension's file in its windows

import {
  EXT_CODE_BASE,
  EXT_FAIL_STACK_BASE,
  EXT_MEMORY_BASE,
  EXT_STACK_BASE,
  EXT_STACK_BYTES,
  EXT_STACK_STRIDE,
  EXT_TLS_BASE,
  EXT_TLS_STRIDE,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { PF, PT } from "../../../bsl/test-support/index.ts";
import {
  DATA_SEGMENT,
  exampleExtension,
  HANDLERS,
  RODATA_SEGMENT,
  TEXT_SEGMENT,
  TLS_DISTANCE,
  TLS_SEGMENT,
} from "../machine/example-extension.ts";
import { bootNext, inBootstrap, inStart } from "../machine/extension-life.ts";
import { UNUSED_ARGUMENTS } from "../machine/pp.ts";

const PAGE = 4096n;

/** The bytes, and zeroes behind them up to `size`. */
function padded(data: Uint8Array, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  bytes.set(data);
  return bytes;
}

describe("a segment", () => {
  const { machine } = inStart();

  test.each([
    [".text", TEXT_SEGMENT, 2, { isWritable: false, isExecutable: true }],
    [".rodata", RODATA_SEGMENT, 1, { isWritable: false, isExecutable: false }],
    [".data and .bss", DATA_SEGMENT, 3, { isWritable: true, isExecutable: false }],
  ])("%s: its bytes, zeroes to the page's end, and exactly its rights", (_, { address, data }, pages, rights) => {
    expect(machine.bytesAt(address, pages * 4096)).toEqual(padded(data, pages * 4096));
    for (let page = 0n; page < BigInt(pages); page++) {
      expect(machine.mapping(address + page * PAGE)).toMatchObject({ isUser: true, ...rights });
    }
    expect(machine.mapping(address + BigInt(pages) * PAGE)).toBeUndefined();
  });

  test("that is all .bss is mapped even at the address of an empty TLS template", () => {
    const address = EXT_CODE_BASE + 0x4_0000n;
    const file = exampleExtension({
      segments: [{ type: PT.LOAD, flags: PF.R | PF.W, address, memoryBytes: 0x1800n }],
    });
    const scene = inStart({ extension: file });
    expect(scene.machine.bytesAt(address, 0x2000)).toEqual(new Uint8Array(0x2000));
  });
});

describe("thread-local storage", () => {
  const { machine } = inBootstrap({ ppCount: 2 });
  bootNext(machine, 1);

  test.each([0, 1])("of PP %i: the template ends below the thread pointer, zeroes around it", (ppid) => {
    const page = EXT_TLS_BASE + BigInt(ppid) * EXT_TLS_STRIDE;
    const expected = new Uint8Array(4096);
    expected.set(TLS_SEGMENT.data, 4096 - Number(TLS_DISTANCE));
    expect(machine.bytesAt(page, 4096, ppid)).toEqual(expected);
  });

  test.each([0, 1])("of PP %i: the TCB points at itself", (ppid) => {
    const pointer = EXT_TLS_BASE + BigInt(ppid) * EXT_TLS_STRIDE + PAGE;
    expect(machine.pp(ppid).tcb.get("self")).toBe(pointer);
    expect(machine.pp(ppid).processor.segments.fs.base).toBe(pointer);
    expect(machine.mapping(pointer, ppid)?.physical).toBe(Number(machine.pp(ppid).block.get("tcb")));
  });
});

describe("a second processor", () => {
  const { machine } = inBootstrap({ ppCount: 2 });

  test("goes straight to bootstrap, on stacks of its own", () => {
    const rsp = EXT_STACK_BASE + EXT_STACK_STRIDE + EXT_STACK_BYTES;
    expect(machine.pp(1).boot()).toEqual({
      is: "called",
      rip: HANDLERS.BOOTSTRAP,
      rsp,
      reg0: 1n,
      reg1: 0n,
      ...UNUSED_ARGUMENTS,
    });
    for (const base of [EXT_STACK_BASE, EXT_FAIL_STACK_BASE]) {
      const top = base + EXT_STACK_STRIDE + EXT_STACK_BYTES;
      expect(machine.mapping(top - 8n, 1)).toMatchObject({ isUser: true, isWritable: true });
      expect(machine.mapping(top, 1)).toBeUndefined();
      expect(machine.bytesAt(top - PAGE, 4096, 1)).toEqual(new Uint8Array(4096));
    }
  });
});

describe("linear memory", () => {
  const memory = { initialPages: 3, maximumPages: 100, dataOffset: 0x2_0000 };
  const { machine } = inStart({ extension: exampleExtension({ memory }) });

  test("is zeroed, and no more than its initial size", () => {
    const base = EXT_MEMORY_BASE + 0x2_0000n;
    expect(machine.bytesAt(base, 3 * 4096)).toEqual(new Uint8Array(3 * 4096));
    expect(machine.mapping(base - 1n)).toBeUndefined();
    expect(machine.mapping(base + 3n * PAGE)).toBeUndefined();
  });

  test("is absent when no note asks for it", () => {
    const all = [...inStart().machine.mappings().keys()];
    const end = Number(EXT_MEMORY_BASE) + 2 ** 33;
    expect(all.filter((at) => at >= Number(EXT_MEMORY_BASE) && at < end)).toEqual([]);
  });
});
