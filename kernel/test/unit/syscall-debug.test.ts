// Group 2: text to the debug ring and the serial port, for anybody

import {
  DIRECT_BASE,
  EXT_CODE_BASE,
  EXT_MEMORY_BASE,
  EXT_STACK_BASE,
  HANDOFF_BASE,
  KERNEL_IMAGE_BASE,
  PP_AREA_BASE,
  PP_BLOCK,
  STATUS_INVALID_INPUT_REG0,
  STATUS_SUCCESS,
  SYSCALL_DEBUG_DUMP_PAGE_POOL,
  SYSCALL_DEBUG_OUT,
  SYSCALL_DEBUG_WRITE_C,
  SYSCALL_DEBUG_WRITE_STR,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { DATA_SEGMENT, exampleExtension } from "../machine/example-extension.ts";
import { inBootstrap, inStart, makeRootVs, type Scene, status } from "../machine/extension-life.ts";

const TEXT = "what an extension writes, a line that begins in one page and ends in the next\n";

/** Puts text into the extension's memory, where the kernel alone could not write. */
function place({ machine }: Scene, address: bigint, text: string): void {
  [...text].forEach((character, index) => {
    const at = address + BigInt(index);
    const page = machine.mapping(at)?.physical ?? 0;
    machine.physical.poke(BigInt(page) + (at & 4095n), 1, BigInt(character.charCodeAt(0)));
  });
}

describe("out", () => {
  test("prints REG0 and REG1, to the ring and to the serial port", () => {
    const { machine, pp } = inStart();
    expect(status(pp, SYSCALL_DEBUG_OUT, 0x12n, 0xffff_ffff_ffff_ffffn)).toBe(STATUS_SUCCESS);
    expect(machine.log).toBe("0x0000000000000012 0xffffffffffffffff\n");
    expect(machine.serial.text).toBe("0x0000000000000012 0xffffffffffffffff\r\n");
  });
});

describe("write_c", () => {
  test("prints the low byte of REG0, whatever it is", () => {
    const { machine, pp } = inStart();
    for (const character of [0x41n, 0xffff_ff42n, 0n, 0x0an, 0xffn]) status(pp, SYSCALL_DEBUG_WRITE_C, character);
    expect(machine.log).toBe("AB\0\n\xff");
  });
});

describe("write_str", () => {
  test.each([
    ["its data", DATA_SEGMENT.address + 0xff0n],
    ["its stack", EXT_STACK_BASE + 0x3fe0n],
    ["its linear memory", EXT_MEMORY_BASE + 0x1_0ff8n],
  ])("prints REG1 characters from %s", (_, address) => {
    const memory = { initialPages: 2, maximumPages: 2, dataOffset: 0x1_0000 };
    const scene = inStart({ extension: exampleExtension({ memory }) });
    place(scene, address, TEXT);
    expect(status(scene.pp, SYSCALL_DEBUG_WRITE_STR, address, BigInt(TEXT.length))).toBe(STATUS_SUCCESS);
    expect(scene.machine.log).toBe(TEXT);
  });

  test("prints nothing of a string without characters", () => {
    const { machine, pp } = inStart();
    expect(status(pp, SYSCALL_DEBUG_WRITE_STR, EXT_CODE_BASE, 0n)).toBe(STATUS_SUCCESS);
    expect(machine.log).toBe("");
  });

  test("refuses null, whatever the length", () => {
    const { pp } = inStart();
    expect(status(pp, SYSCALL_DEBUG_WRITE_STR, 0n, 0n)).toBe(STATUS_INVALID_INPUT_REG0);
    expect(status(pp, SYSCALL_DEBUG_WRITE_STR, 0n, 5n)).toBe(STATUS_INVALID_INPUT_REG0);
  });

  test.each([
    ["the kernel's private area", PP_AREA_BASE + BigInt(PP_BLOCK)],
    ["the kernel's image", KERNEL_IMAGE_BASE],
    ["the hand-off page", HANDOFF_BASE],
    ["the direct map", DIRECT_BASE + 0x1_2340_0000n],
    ["an unmapped page of its code window", EXT_CODE_BASE + 0x10_0000n],
    ["an address that is not canonical", 0x8000_0000_0000_0000n],
    ["the last address", 0xffff_ffff_ffff_ffffn],
  ])("refuses %s and prints nothing of it", (_, address) => {
    const { machine, pp } = inStart();
    expect(status(pp, SYSCALL_DEBUG_WRITE_STR, address, 8n)).toBe(STATUS_INVALID_INPUT_REG0);
    expect(machine.log).toBe("");
  });

  test("ends at the first page that is not the extension's, however long it says the string is", () => {
    const scene = inStart();
    const end = EXT_STACK_BASE + 0x8000n;
    place(scene, end - 3n, "end");
    const length = 0xffff_ffff_ffff_ffffn;
    expect(status(scene.pp, SYSCALL_DEBUG_WRITE_STR, end - 3n, length)).toBe(STATUS_INVALID_INPUT_REG0);
    expect(scene.machine.log).toBe("end");
  });
});

describe("dump_page_pool", () => {
  /** Pages that are used and pages that there are. */
  function pool({ machine, pp }: Scene): readonly [number, number] {
    const before = machine.log.length;
    expect(status(pp, SYSCALL_DEBUG_DUMP_PAGE_POOL)).toBe(STATUS_SUCCESS);
    const match = /^page pool: (\d+) of (\d+) pages used\n$/.exec(machine.log.slice(before));
    expect(match).not.toBeNull();
    return [Number(match?.[1]), Number(match?.[2])];
  }

  test("counts the pages that the loader left, and those that are taken", () => {
    const scene = inStart({ freePages: 100 });
    const [used, total] = pool(scene);
    expect(total).toBe(100);
    expect(used).toBeGreaterThan(40);
    expect(used).toBeLessThan(72);
  });

  test("sees that the first VS takes a page for its VMCB and one for its registers, and those of the kernel's objects", () => {
    const scene = inBootstrap();
    const [before] = pool(scene);
    makeRootVs(scene.pp);
    // VPs and VSs have a page and a table each
    expect(pool(scene)[0]).toBe(before + 2 + 4);
  });
});
