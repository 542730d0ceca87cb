// GDT, TSS and IDT of host mode, byte for byte (APM volume 2, 4.8 and 8.2)

import {
  PP_AREA_BASE,
  PP_DF_STACK,
  PP_GDT,
  PP_IST_STACK_BYTES,
  PP_MC_STACK,
  PP_NMI_STACK,
  PP_STACK,
  PP_STACK_BYTES,
  PP_TSS,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { inStart } from "../machine/extension-life.ts";
import { TEXT } from "../machine/instructions.ts";
import { Machine } from "../machine/machine.ts";

const GDT = PP_AREA_BASE + BigInt(PP_GDT);
const TSS = PP_AREA_BASE + BigInt(PP_TSS) + 0xf98n;
const area = (offset: number, bytes: number) => PP_AREA_BASE + BigInt(offset + bytes);

describe("the GDT", () => {
  const { machine, pp } = inStart();

  test("has the selectors of the system call ABI, and the rest is null", () => {
    const entries = Array.from({ length: 10 }, (_, index) => machine.memory.peek(GDT + BigInt(index * 8), 8));
    expect(entries).toEqual([
      0n,
      0n,
      0x00af_9b00_0000_ffffn, // 0x10: ring 0, 64-bit code
      0x00cf_9300_0000_ffffn, // 0x18: ring 0, data
      0x00cf_f300_0000_ffffn, // 0x20: ring 3, data
      0x00af_fb00_0000_ffffn, // 0x28: ring 3, 64-bit code
      0n,
      0n,
      0x2000_8b03_1f98_2068n, // 0x40: TSS, busy
      0n,
    ]);
  });

  test("is the one in use, and the segment registers come from it", () => {
    const { gdtr, segments } = pp.processor;
    expect(gdtr).toEqual({ base: GDT, limit: 0x4f });
    expect(segments.cs).toMatchObject({ selector: 0x10, attrib: 0xa9b });
    expect(segments.ss).toMatchObject({ selector: 0x18, attrib: 0xc93 });
    expect(segments.tr).toEqual({ selector: 0x40, attrib: 0x8b, limit: 0x2068, base: TSS });
    for (const name of ["ds", "es", "gs", "ldtr"] as const) expect(segments[name].selector, name).toBe(0);
  });
});

test("no segment of the operating system's stays loaded", () => {
  const pp = new Machine().pp(0);
  const segment = { selector: 0x2b, attrib: 0xcf3, limit: 0xffff_ffff, base: 0n };
  const names = ["ds", "es", "fs", "gs"] as const;
  for (const name of names) pp.processor.segments[name] = { ...segment };
  expect(pp.boot().is).toBe("called");
  for (const name of names) expect(pp.processor.segments[name].selector, name).toBe(0);
});

describe("the TSS", () => {
  const { machine } = inStart();
  const field = (offset: bigint, size: number) => machine.memory.peek(TSS + offset, size);

  test("has a stack for ring 0, and one each for NMI, double fault and machine check", () => {
    expect(field(0x04n, 8)).toBe(area(PP_STACK, PP_STACK_BYTES));
    expect([field(0x24n, 8), field(0x2cn, 8), field(0x34n, 8), field(0x3cn, 8)]).toEqual([
      area(PP_NMI_STACK, PP_IST_STACK_BYTES),
      area(PP_DF_STACK, PP_IST_STACK_BYTES),
      area(PP_MC_STACK, PP_IST_STACK_BYTES),
      0n,
    ]);
  });

  test("grants every port, and ends with the byte that must follow", () => {
    const base = field(0x66n, 2);
    expect(base).toBe(0x68n);
    const bitmap = machine.memory.read(TSS + base, 0x2001);
    expect(bitmap.subarray(0, 0x2000).every((byte) => byte === 0)).toBe(true);
    expect(bitmap[0x2000]).toBe(0xff);
  });

  test("and nothing else lies in the 64 KiB that a GDT can have, ports that an extension was granted included", () => {
    const pages = Array.from({ length: 16 }, (_, index) => machine.mapping(GDT + BigInt(index * 0x1000)));
    expect(pages.map((page) => page !== undefined)).toEqual(pages.map((_, index) => index < 1));
    expect(machine.memory.read(GDT + 0x50n, 0xfb0).every((byte) => byte === 0)).toBe(true);
  });
});

describe("the IDT", () => {
  const { machine, pp } = inStart();

  test("has an interrupt gate for each vector, open to ring 3 for the breakpoint alone", () => {
    const { base, limit } = pp.processor.idtr;
    expect(limit).toBe(256 * 16 - 1);
    for (let vector = 0n; vector < 256n; vector++) {
      // Who uses a vector that is no exception's gets the general protection fault of a gate that is not for ring 3
      const stub = TEXT.EXCEPTION_STUBS + (vector < 32n ? vector : 13n) * 16n;
      const ist = new Map([
        [2n, 1n],
        [8n, 2n],
        [18n, 3n],
      ]).get(vector);
      const type = vector === 3n ? 0xeen : 0x8en;
      const low = (stub & 0xffffn) | (0x10n << 16n) | ((ist ?? 0n) << 32n) | (type << 40n) | ((stub >> 16n) << 48n);
      expect(machine.memory.peek(base + vector * 16n, 8), `vector ${vector}`).toBe(BigInt.asUintN(64, low));
      expect(machine.memory.peek(base + vector * 16n + 8n, 8), `vector ${vector}`).toBe(stub >> 32n);
    }
  });

  test("is shared by the processors, while each has a GDT of its own", () => {
    const { machine: two } = inStart({ ppCount: 2 });
    two.pp(1).boot();
    expect(two.pp(1).processor.idtr).toEqual(two.pp(0).processor.idtr);
    expect(two.pp(1).processor.gdtr).toEqual(two.pp(0).processor.gdtr);
    expect(two.mapping(GDT, 1)?.physical).not.toBe(two.mapping(GDT, 0)?.physical);
  });
});
