// A driver comes to a hypervisor that another loader has started: what it gets to know, and where a stop ends then

import {
  ADOPT_ADDRESS,
  ADOPT_DONE,
  ADOPT_TABLE,
  BOOT_MAGIC,
  BOOT_VERSION,
  CHUNK_MOST_BYTES,
  DOOR_ADOPT,
  DOOR_DESCRIBE,
  DOOR_UNKNOWN,
  HANDOFF_BASE,
  HANDOFF_BYTES,
  HANDOFF_GDT,
  HANDOFF_IDT_IN_OS,
  HANDOFF_OFFSET,
  MEMORY_DOOR,
  PHASE_STOPPED,
  RUN_STEP_BYTES,
  SYSCALL_VS_PROMOTE,
  VENDOR_AMD,
  VENDOR_INTEL,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { expectOutcome, HANDLE, inVmexit } from "../machine/extension-life.ts";
import { CHUNKS, EXCHANGE } from "../machine/loader.ts";
import type { Machine } from "../machine/machine.ts";
import { walk } from "../machine/page-walk.ts";
import type { Pp } from "../machine/pp.ts";
import { StructureView } from "../machine/structure-view.ts";
import { cpuid, goOn, knock, knockWith, running } from "./lent-memory.ts";

const PAGE = 0x1000n;
const RAM = [0x3_0000_0000n, 0x3_0010_0000n] as const;
const CODE = 0x00af_9b00_0000_ffffn;
const DATA = 0x00cf_9300_0000_ffffn;

/** What a driver under Linux says: its transition table, SavedState, promote, the handler of NMIs, CS 0x10 and SS 0x18. */
const linux = {
  rcx: RAM[0] + 0x4000n,
  rdx: 0xffff_c900_0123_4000n,
  rsi: 0xffff_ffff_c012_31cdn,
  rdi: 0xffff_ffff_c012_3456n,
  r8: 0x18_0010n,
};
const adopt = (pp: Pp, registers: Partial<typeof linux> = {}) =>
  Number(knockWith(pp, DOOR_ADOPT, { ...linux, ...registers }).rax);
const handoffOf = (machine: Machine, pp: Pp) =>
  new StructureView(machine.physical, pp.state.address + BigInt(HANDOFF_OFFSET), "Handoff");
const bytesOf = (machine: Machine, pp: Pp) => machine.physical.read(pp.state.address, HANDOFF_OFFSET + HANDOFF_BYTES);
const exchangeOf = (machine: Machine) => new StructureView(machine.physical, BigInt(EXCHANGE), "MemoryExchange");

describe.each([
  ["AMD", VENDOR_AMD],
  ["Intel", VENDOR_INTEL],
])("on %s", (_, vendor) => {
  test("each processor tells which one it is, and where what it shares with a driver lies", () => {
    const { machine, pps } = running(vendor, RAM, { ppCount: 2 });
    pps.forEach((pp, ppid) => {
      expect(knockWith(pp, DOOR_DESCRIBE, {})).toEqual({
        rax: BigInt(ADOPT_DONE),
        rbx: BOOT_MAGIC,
        rcx: pp.args.get("ringPhys"),
        rdx: pp.args.get("reportPhys") & ~(PAGE - 1n),
        rsi: BigInt(EXCHANGE),
        rdi: pp.state.get("physical"),
        r8: BigInt(walk(machine.physical, Number(pp.args.get("rootPhys")), Number(HANDOFF_BASE))?.physical ?? 0),
        r9: BigInt(ppid) | (2n << 16n) | (BOOT_VERSION << 32n),
      });
    });
  });

  test("a stop ends where the driver said, with what the operating system has by then", () => {
    const { machine, pps } = running(vendor, RAM);
    const [pp] = pps as [Pp];
    const handoff = handoffOf(machine, pp);
    handoff.set("gdtrInOs", 0xff_0000_0000_0000n, 0);
    handoff.set("idtrInOs", 0x2f_0000_0000_0000n, 0);
    const before = {
      alias: handoff.get("alias"),
      hostCr3: pp.state.get("hostCr3"),
      physical: pp.state.get("physical"),
    };
    expect(adopt(pp)).toBe(ADOPT_DONE);
    expect(pp.state.values(["transitionCr3", "osAddress"])).toEqual({ transitionCr3: linux.rcx, osAddress: linux.rdx });
    expect(handoff.get("promoteInOs")).toBe(linux.rsi);
    expect([handoff.get("gdt", 2), handoff.get("gdt", 3)]).toEqual([CODE, DATA]);
    // A 64-bit interrupt gate of vector 2: offset 15:0, selector, type, offset 31:16, offset 63:32
    expect(handoff.get("idtInOs", 4)).toBe(0xc012_8e00_0010_3456n);
    expect(handoff.get("idtInOs", 5)).toBe(0xffff_ffffn);
    const area = linux.rdx + BigInt(HANDOFF_OFFSET);
    expect([handoff.get("gdtrInOs", 0), handoff.get("gdtrInOs", 1)]).toEqual([
      0xff_0000_0000_0000n,
      area + BigInt(HANDOFF_GDT),
    ]);
    expect([handoff.get("idtrInOs", 0), handoff.get("idtrInOs", 1)]).toEqual([
      0x2f_0000_0000_0000n,
      area + BigInt(HANDOFF_IDT_IN_OS),
    ]);
    expect({
      alias: handoff.get("alias"),
      hostCr3: pp.state.get("hostCr3"),
      physical: pp.state.get("physical"),
    }).toEqual(before);

    expectOutcome(cpuid(pp), "called");
    expectOutcome(pp.syscall(SYSCALL_VS_PROMOTE, HANDLE, 0n), "given back");
    expect(pp.report.get("phase")).toBe(BigInt(PHASE_STOPPED));
    expect(pp.state.values(["transitionCr3", "osAddress"])).toEqual({ transitionCr3: linux.rcx, osAddress: linux.rdx });
  });

  test("another driver may come later, and the last one counts", () => {
    const { machine, pps } = running(vendor, RAM);
    const [pp] = pps as [Pp];
    expect(adopt(pp)).toBe(ADOPT_DONE);
    expect(adopt(pp, { rcx: RAM[0], rsi: 0xffff_ffff_c000_0000n })).toBe(ADOPT_DONE);
    expect(pp.state.get("transitionCr3")).toBe(RAM[0]);
    expect(handoffOf(machine, pp).get("promoteInOs")).toBe(0xffff_ffff_c000_0000n);
  });

  test("each processor has its own way out", () => {
    const { machine, pps } = running(vendor, RAM, { ppCount: 2 });
    const [first, second] = pps as [Pp, Pp];
    const before = bytesOf(machine, second);
    expect(adopt(first)).toBe(ADOPT_DONE);
    expect(bytesOf(machine, second)).toEqual(before);
  });

  test.each([
    ["a table that is no page", { rcx: RAM[0] + 8n }, ADOPT_TABLE],
    ["a table with bits of CR3 that are no address", { rcx: RAM[0] | (1n << 63n) }, ADOPT_TABLE],
    ["a table where no memory is", { rcx: 0xfee0_0000n }, ADOPT_TABLE],
    ["a table behind the end of memory", { rcx: RAM[1] }, ADOPT_TABLE],
    ["a table of the hypervisor's", { rcx: BigInt(CHUNKS[0].base) }, ADOPT_TABLE],
    ["no table", { rcx: 0n }, ADOPT_TABLE],
    ["SavedState in the middle of a page", { rdx: linux.rdx + 0x10n }, ADOPT_ADDRESS],
    ["SavedState that is not canonical", { rdx: 0x8000_0000_0000n }, ADOPT_ADDRESS],
    ["promote that is not canonical", { rsi: 0xffff_7fff_ffff_ffffn }, ADOPT_ADDRESS],
    ["a handler that is not canonical", { rdi: 0x1_0000_0000_0000n }, ADOPT_ADDRESS],
  ])("refuses %s, and changes nothing", (_, registers, expected) => {
    const { machine, pps } = running(vendor, RAM);
    const [pp] = pps as [Pp];
    const before = bytesOf(machine, pp);
    expect(adopt(pp, registers)).toBe(expected);
    expect(bytesOf(machine, pp)).toEqual(before);
    expectOutcome(cpuid(pp), "called");
    goOn(pp);
  });

  test("takes any selectors without writing beyond its descriptors", () => {
    const { machine, pps } = running(vendor, RAM);
    const [pp] = pps as [Pp];
    const before = bytesOf(machine, pp);
    expect(adopt(pp, { r8: 0xffff_ffff_ffff_ffffn })).toBe(ADOPT_DONE);
    const handoff = handoffOf(machine, pp);
    expect(handoff.get("gdt", 31)).toBe(DATA);
    // The places that an adoption changes, and no other
    const at = HANDOFF_OFFSET + HANDOFF_BYTES;
    const changed = [...bytesOf(machine, pp)].flatMap((byte, index) => (byte === before[index] ? [] : [index]));
    expect(changed.every((index) => index < at)).toBe(true);
    expect(
      changed
        .filter((index) => index >= HANDOFF_OFFSET + HANDOFF_GDT && index < HANDOFF_OFFSET + HANDOFF_IDT_IN_OS)
        .every((index) => index >= HANDOFF_OFFSET + HANDOFF_GDT + 31 * 8),
    ).toBe(true);
  });

  test("what was asked for of nobody is forgotten, and asked for again when it is wanted", () => {
    const { machine, pps } = running(vendor, RAM);
    const [pp] = pps as [Pp];
    const exchange = exchangeOf(machine);
    exchange.set("wanted", BigInt(CHUNK_MOST_BYTES));
    exchange.set("wantedRun", BigInt(RUN_STEP_BYTES));
    exchange.set("surplus", 1n);
    expect(adopt(pp)).toBe(ADOPT_DONE);
    expect(exchange.values(["wanted", "wantedRun", "surplus"])).toEqual({ wanted: 0n, wantedRun: 0n, surplus: 0n });
  });
});

test("a program of the operating system changes nothing", () => {
  const { machine, pps } = running(VENDOR_AMD, RAM);
  const [pp] = pps as [Pp];
  const before = bytesOf(machine, pp);
  const asked = { rax: MEMORY_DOOR, rbx: BigInt(DOOR_ADOPT), ...linux };
  for (const [name, value] of Object.entries(asked)) pp.tcb.set(name, value);
  // No extension takes hypercalls here: it is an invalid instruction
  expectOutcome(pp.exit(0x81n, { CPL: 3n, RAX: MEMORY_DOOR }), "running");
  expect(bytesOf(machine, pp)).toEqual(before);
  expect(pp.tcb.get("rbx")).toBe(BigInt(DOOR_ADOPT));
});

test("without a page that is shared with a driver there is no door", () => {
  const { pp } = inVmexit();
  expect(pp.args.get("exchangePhys")).toBe(0n);
  goOn(pp);
  expect(knock(pp, DOOR_DESCRIBE)[0]).toBe(BigInt(DOOR_UNKNOWN));
});
