// MTRRs on Intel, written by the operating system while it is a VM: what is #GP, and what nested page tables show afterwards

import {
  MAP_MSR,
  NESTED_MACHINE,
  NESTED_RIGHTS,
  NESTED_WRITE_BACK,
  SYSCALL_MAP_ATTACH,
  SYSCALL_MAP_CREATE,
  SYSCALL_MAP_QUERY,
  SYSCALL_MEM_ALLOC_PAGE,
  SYSCALL_NESTED_ATTACH,
  SYSCALL_NESTED_CREATE,
  SYSCALL_NESTED_GUARD,
  SYSCALL_NESTED_IDENTITY,
  SYSCALL_NESTED_MAP,
  SYSCALL_NESTED_PROTECT,
  SYSCALL_NESTED_TRANSLATE,
  SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT,
  SYSCALL_VS_RUN,
  SYSCALL_VS_RUN_CURRENT,
  VENDOR_AMD,
  VENDOR_INTEL,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { exampleExtension } from "../machine/example-extension.ts";
import {
  bootNext,
  call,
  expectOutcome,
  HANDLE,
  INTEL_EXIT_CPUID,
  inBootstrap,
  makeRootVs,
  type Scene,
  status,
} from "../machine/extension-life.ts";
import { makeGuest, VERSION_2 } from "../machine/guests.ts";
import { nestedEntries } from "../machine/nested-walk.ts";
import type { Pp } from "../machine/pp.ts";
import { GeneralProtection } from "../machine/processor.ts";
import { usedPages } from "./page-pool.ts";

const MTRRCAP = 0xfe;
const DEF_TYPE = 0x2ff;
const FIXED = [0x250, 0x258, 0x259, ...Array.from({ length: 8 }, (_, index) => 0x268 + index)];
const base = (range: number) => 0x200 + 2 * range;
const mask = (range: number) => 0x201 + 2 * range;
const RANGES = 4;
/** Write combining, fixed ranges, four variable ones. */
const CAPABILITIES = 0x500n | BigInt(RANGES);
const [UC, WC, WT, WP, WB] = [0n, 1n, 4n, 5n, 6n];
const [ON, OFF] = [0x800n, 0n];
const FIXED_ON = 0x400n;
const VALID = 0x800n;
const ALL_WB = 0x0606_0606_0606_0606n;

const PAGE = 0x1000n;
const MIB = 1n << 20n;
const GIB = 1n << 30n;
/** Addresses have 48 bits. */
const maskOf = (bytes: bigint) => ((1n << 48n) - bytes) | VALID;

/** The NMI by which one processor makes another leave its VM. */
const NMI_TO_SECOND = (0x101n << 32n) | 0x4400n;
const EXIT_WRMSR = 32n;
const RIP = 0x7c00n;
const RAISE_GP = 0x8000_0b0dn;
const ADDRESS = 0x000f_ffff_ffff_f000n;
const BLANK = 1n << 54n;
const SMALL_PAGES = 1n << 16n;
const MACHINE = BigInt(NESTED_RIGHTS | NESTED_MACHINE);
const extension = exampleExtension({ versions: 6 });

/** All memory is write-back, and no range is valid, unless it is said otherwise. */
function settings(...others: readonly (readonly [number, bigint])[]): [number, bigint][] {
  const variable = Array.from({ length: 2 * RANGES }, (_, index): [number, bigint] => [0x200 + index, 0n]);
  const fixed = FIXED.map((msr): [number, bigint] => [msr, ALL_WB]);
  const all = new Map([[MTRRCAP, CAPABILITIES], [DEF_TYPE, WB | ON | FIXED_ON], ...variable, ...fixed]);
  for (const [msr, value] of others) all.set(msr, value);
  return [...all];
}

/** Runs the operating system on a processor, whose map lets all MSRs pass that may, with tables that `tables` gives it. */
function enter(pp: Pp, map: bigint, tables: (vs: bigint) => bigint): bigint {
  const vs = makeRootVs(pp, false);
  tables(vs);
  call(pp, SYSCALL_MAP_ATTACH, HANDLE, map, vs);
  expectOutcome(pp.syscall(SYSCALL_VS_RUN, HANDLE, 0n, vs, vs), "running");
  expectOutcome(pp.exit(INTEL_EXIT_CPUID), "called");
  resume(pp);
  return vs;
}

function resume(pp: Pp): void {
  expectOutcome(pp.syscall(SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT, HANDLE), "running");
}

const guard = (pp: Pp) => (vs: bigint) => call(pp, SYSCALL_NESTED_GUARD, HANDLE, vs);

function boot(msrs: readonly (readonly [number, bigint])[], ppCount: number): Scene & { readonly map: bigint } {
  const scene = inBootstrap({ extension, vendor: VENDOR_INTEL, msrs, ppCount }, VERSION_2);
  return { ...scene, map: call(scene.pp, SYSCALL_MAP_CREATE, HANDLE, BigInt(MAP_MSR)) };
}

/** The operating system as a guarded VM. */
function guarded(msrs = settings(), ppCount = 1) {
  const scene = boot(msrs, ppCount);
  const vs = enter(scene.pp, scene.map, guard(scene.pp));
  return { ...scene, vs };
}

/** It executes WRMSR, and no extension hears of it: "again" when it stands at the instruction still, without an exception. */
function write(pp: Pp, msr: number, value: bigint): "written" | "again" | "#GP" {
  pp.tcb.set("rcx", BigInt(msr));
  pp.tcb.set("rdx", value >> 32n);
  pp.tcb.set("rax", value & 0xffff_ffffn);
  const fields = { RIP, RFLAGS: 2n, VMENTRY_INTERRUPT_INFORMATION_FIELD: 0n, VMEXIT_INSTRUCTION_LENGTH: 2n };
  expectOutcome(pp.exit(EXIT_WRMSR, fields), "running");
  const event = pp.vmx.get("VMENTRY_INTERRUPT_INFORMATION_FIELD");
  if (event === 0n) return pp.vmx.get("RIP") === RIP + 2n ? "written" : "again";
  expect([event, pp.vmx.get("RIP")]).toEqual([RAISE_GP, RIP]);
  return "#GP";
}

/** The same until it is behind the instruction: how many exits that took. */
function complete(pp: Pp, msr: number, value: bigint): number {
  for (let exits = 1; exits < 1000; exits++) if (write(pp, msr, value) === "written") return exits;
  throw new Error("WRMSR never ends");
}

/** Pages in use. */
function pagesOf({ machine, pp }: Scene): number {
  expectOutcome(pp.exit(INTEL_EXIT_CPUID), "called");
  const pages = usedPages(machine);
  expectOutcome(pp.syscall(SYSCALL_VS_RUN_CURRENT, HANDLE), "running");
  return pages;
}

const rootOf = (pp: Pp): bigint => pp.vmx.vmcs.get("EPT_POINTER") & ADDRESS;
const entriesOf = ({ machine, pp }: Scene) => nestedEntries(machine.physical, rootOf(pp));
const typeOf = (entry: bigint) => (entry >> 3n) & 7n;

/** Where memory has another type than write-back, by the tables of a processor: beginnings, ends and types. */
function typed(scene: Scene): [bigint, bigint, bigint][] {
  const entries = entriesOf(scene).filter(([, entry]) => (entry & BLANK) === 0n);
  const found: [bigint, bigint, bigint][] = [];
  entries.forEach(([guest, entry], index) => {
    if (typeOf(entry) === WB) return;
    const last = found.at(-1);
    const end = entries[index + 1]?.[0] ?? 512n * GIB;
    if (last !== undefined && last[1] === guest && last[2] === typeOf(entry)) last[1] = end;
    else found.push([guest, end, typeOf(entry)]);
  });
  return found;
}

describe("a write", () => {
  const refused: [string, number, bigint][] = [
    ["of a type that is none, by default", DEF_TYPE, ON | 2n],
    ["of another", DEF_TYPE, ON | 3n],
    ["of UC-, which only the PAT has", DEF_TYPE, ON | 7n],
    ["of a type beyond the byte's lower bits", DEF_TYPE, ON | 0x86n],
    ["of what is reserved in DEF_TYPE", DEF_TYPE, ON | WB | 0x100n],
    ["of the bit above", DEF_TYPE, ON | WB | 0x200n],
    ["above its enable bit", DEF_TYPE, ON | WB | 0x1000n],
    ["and in its upper half", DEF_TYPE, ON | WB | (1n << 63n)],
    ["of a type that is none, to a fixed range", 0x250, 0x0606_0606_0606_0602n],
    ["to the last fixed range of a register", 0x259, 0x0306_0606_0606_0606n],
    ["to the last register of them", 0x26f, 0x0606_0606_0706_0606n],
    ["of a type that is none, to a variable range", base(0), 0x1000_0002n],
    ["of what is reserved in a base", base(1), 0x1000_0106n],
    ["of the highest of that", base(1), 0x1000_0806n],
    ["of a base beyond what the processor can address", base(1), (1n << 48n) | WB],
    ["of what is reserved in a mask", mask(3), maskOf(MIB) | 1n],
    ["of the highest of that", mask(3), maskOf(MIB) | 0x400n],
    ["of a mask beyond what the processor can address", mask(3), maskOf(MIB) | (1n << 48n)],
    ["to a range that there is not", base(RANGES), 0n],
    ["to its mask", mask(RANGES), 0n],
    ["to the last that there could be", 0x24f, 0n],
  ];
  test.each(refused)("%s is #GP, and is not made", (_, msr, value) => {
    const { pp } = guarded([...settings(), [base(RANGES), 0n], [mask(RANGES), 0n], [0x24f, 0n]]);
    const before = pp.processor.rdmsr(msr);
    expect(write(pp, msr, value)).toBe("#GP");
    expect(pp.processor.rdmsr(msr)).toBe(before);
  });

  const taken: [string, number, bigint][] = [
    ...[UC, WC, WT, WP, WB].map((type): [string, number, bigint] => [`of type ${type}`, DEF_TYPE, type | ON]),
    ["that switches the fixed ranges off", DEF_TYPE, WB | ON],
    ["that switches all off", DEF_TYPE, WB | OFF],
    ["of each type to fixed ranges", 0x26f, 0x0001_0405_0600_0104n],
    ["of the highest base", base(3), ((1n << 48n) - PAGE) | WC],
    ["of the smallest mask", mask(3), maskOf(PAGE)],
    ["of a mask that is not valid", mask(0), 0n],
  ];
  test.each(taken)("%s is made", (_, msr, value) => {
    const { pp } = guarded();
    expect(complete(pp, msr, value)).toBeGreaterThan(0);
    expect(pp.processor.rdmsr(msr)).toBe(value);
  });

  test("of write combining, or to fixed ranges, is #GP where the processor has neither", () => {
    const { pp } = guarded(settings([MTRRCAP, BigInt(RANGES)]));
    expect(write(pp, DEF_TYPE, WC | ON)).toBe("#GP");
    expect(write(pp, base(0), WC)).toBe("#GP");
    expect(FIXED.map((msr) => write(pp, msr, ALL_WB))).toEqual(FIXED.map(() => "#GP"));
    expect(write(pp, base(0), WT)).toBe("written");
  });

  test("that the processor refuses all the same is #GP", () => {
    const { pp } = guarded();
    const wrmsr = pp.processor.wrmsr.bind(pp.processor);
    pp.processor.wrmsr = (msr, value) => {
      if (msr === 0x26f) throw new GeneralProtection("wrmsr 0x26f");
      wrmsr(msr, value);
    };
    expect(write(pp, 0x26f, ALL_WB)).toBe("#GP");
  });

  test("exits in each map of the kernel's on Intel, which says that nothing was asked for; not on AMD", () => {
    const { machine, pp, map } = guarded();
    const intel = [base(0), 0x24f, ...FIXED, DEF_TYPE];
    const bitmap = pp.vmx.get("ADDRESS_OF_MSR_BITMAPS");
    const exits = (msr: number) =>
      (machine.physical.peek(bitmap + 0x800n + BigInt(msr >> 3), 1) >> BigInt(msr & 7)) & 1n;
    expect(intel.map(exits)).toEqual(intel.map(() => 1n));
    expect([0x257, 0x25a, 0x267, 0x270, 0x2fe, 0x300].map(exits)).toEqual([0n, 0n, 0n, 0n, 0n, 0n]);
    expectOutcome(pp.exit(INTEL_EXIT_CPUID), "called");
    for (const msr of intel) expect(call(pp, SYSCALL_MAP_QUERY, HANDLE, map, BigInt(msr))).toBe(0n);
    const amd = inBootstrap({ extension, vendor: VENDOR_AMD }, VERSION_2);
    const vs = makeRootVs(amd.pp);
    call(amd.pp, SYSCALL_MAP_ATTACH, HANDLE, call(amd.pp, SYSCALL_MAP_CREATE, HANDLE, BigInt(MAP_MSR)), vs);
    expectOutcome(amd.pp.syscall(SYSCALL_VS_RUN, HANDLE, 0n, vs, vs), "running");
    const permissions = amd.pp.vmcb.get("MSRPM_BASE_PA");
    const pair = (msr: number) =>
      (amd.machine.physical.peek(permissions + BigInt(msr >> 2), 1) >> BigInt((msr & 3) * 2)) & 3n;
    expect([base(0), 0x250, DEF_TYPE].map(pair)).toEqual([0n, 0n, 0n]);
  });

  test("of a VM beside the operating system may change nothing, whatever its map lets pass", () => {
    const { pp, map } = guarded();
    expectOutcome(pp.exit(INTEL_EXIT_CPUID), "called");
    const guest = makeGuest(pp);
    call(pp, SYSCALL_MAP_ATTACH, HANDLE, map, guest.vs);
    guest.run();
    expect(write(pp, DEF_TYPE, UC | ON)).toBe("#GP");
    expect(write(pp, base(0), WT)).toBe("#GP");
    expect(write(pp, DEF_TYPE, WB | ON | FIXED_ON)).toBe("written");
    expect(pp.processor.rdmsr(DEF_TYPE)).toBe(WB | ON | FIXED_ON);
  });
});

describe("what the operating system sees", () => {
  test("follows a range while MTRRs are on, page by page where it must, and is as before when the range is gone", () => {
    const scene = guarded();
    const { pp } = scene;
    // Tables as they are when pages of the first MiB, each of which may have a type of its own, have been put together
    complete(pp, DEF_TYPE, WP | ON | FIXED_ON);
    complete(pp, DEF_TYPE, WB | ON | FIXED_ON);
    const [before, pages] = [entriesOf(scene), pagesOf(scene)];
    expect(write(pp, base(0), 0x5_4321_0000n | WC)).toBe("written");
    expect(typed(scene)).toEqual([]);
    complete(pp, mask(0), maskOf(0x1_0000n));
    expect(typed(scene)).toEqual([[0x5_4321_0000n, 0x5_4322_0000n, WC]]);
    expect(pagesOf(scene)).toBe(pages + 2);
    complete(pp, base(1), 0x8_0000_0000n | UC);
    complete(pp, mask(1), maskOf(2n * GIB));
    expect(typed(scene)).toEqual([
      [0x5_4321_0000n, 0x5_4322_0000n, WC],
      [0x8_0000_0000n, 0x8_8000_0000n, UC],
    ]);
    complete(pp, mask(0), 0n);
    complete(pp, mask(1), 0n);
    expect(entriesOf(scene)).toEqual(before);
    expect(pagesOf(scene)).toBe(pages);
  });

  test("follows the fixed ranges, and the default", () => {
    const scene = guarded();
    complete(scene.pp, 0x259, UC);
    expect(typed(scene)).toEqual([[0xa_0000n, 0xc_0000n, UC]]);
    complete(scene.pp, 0x26f, (ALL_WB & ~0xffn) | WP);
    expect(typed(scene)).toEqual([
      [0xa_0000n, 0xc_0000n, UC],
      [0xf_8000n, 0xf_9000n, WP],
    ]);
    complete(scene.pp, DEF_TYPE, WB | ON);
    expect(typed(scene)).toEqual([]);
    complete(scene.pp, DEF_TYPE, WT | ON | FIXED_ON);
    const types = new Set(entriesOf(scene).map(([guest, entry]) => `${guest < MIB} ${entry & BLANK} ${typeOf(entry)}`));
    expect([...types].sort()).toEqual([`false ${BLANK} 6`, "false 0 4", "true 0 0", "true 0 5", "true 0 6"].sort());
  });

  test("is what it was while MTRRs are off, and follows when they are on again", () => {
    const scene = guarded();
    const { pp } = scene;
    const flushes = pp.processor.flushes.length;
    expect(write(pp, DEF_TYPE, UC | OFF)).toBe("written");
    expect(write(pp, base(2), 0x4000_0000n | UC)).toBe("written");
    expect(write(pp, mask(2), maskOf(GIB))).toBe("written");
    expect([typed(scene), pp.processor.flushes.length]).toEqual([[], flushes]);
    complete(pp, DEF_TYPE, WB | ON | FIXED_ON);
    expect(typed(scene)).toEqual([[0x4000_0000n, 0x8000_0000n, UC]]);
    expect(pp.processor.flushes.length).toBeGreaterThan(flushes);
  });

  test("has its translations dropped when it changes, and not when it does not", () => {
    const { pp } = guarded();
    const flushed = (msr: number, value: bigint) => {
      pp.processor.flushes.length = 0;
      complete(pp, msr, value);
      return pp.processor.flushes.filter((flush) => flush.startsWith("EPT")).length > 0;
    };
    expect(flushed(base(0), 0x4000_0000n)).toBe(false);
    expect(flushed(mask(0), maskOf(GIB))).toBe(true);
    expect(flushed(mask(0), maskOf(GIB))).toBe(false);
    expect(flushed(DEF_TYPE, WB | ON | FIXED_ON)).toBe(false);
    expect(flushed(mask(0), 0n)).toBe(true);
  });

  test("is shown by the types of today when more of it is touched, or it is shown again", () => {
    const scene = guarded();
    complete(scene.pp, base(0), (513n * GIB) | UC);
    complete(scene.pp, mask(0), maskOf(GIB));
    const fields = { PHYSICAL_ADDRESS: 513n * GIB, IDT_VECTORING_INFORMATION_FIELD: 0n, EXIT_QUALIFICATION: 0n };
    expectOutcome(scene.pp.exit(48n, fields), "running");
    expect(typed(scene)).toEqual([[513n * GIB, 512n * GIB, UC]]);
  });
});

describe("with two processors", () => {
  /** Both run the operating system by the same tables. */
  function two() {
    const scene = guarded(settings(), 2);
    const other = bootNext(scene.machine, 1);
    enter(other, scene.map, guard(other));
    for (const { processor } of [scene.pp, other]) processor.commands.length = processor.flushes.length = 0;
    return { ...scene, other };
  }

  test("a change on one makes the other flush, and the same on the other changes nothing more", () => {
    const { machine, pp, other, ...scene } = two();
    complete(pp, base(0), 0x4000_0000n);
    expect(pp.processor.commands).toEqual([]);
    complete(pp, mask(0), maskOf(GIB));
    expect(pp.processor.commands).toEqual([NMI_TO_SECOND]);
    expect(typed({ machine, pp, ...scene })).toEqual([[0x4000_0000n, 0x8000_0000n, UC]]);
    const dropped = () => other.processor.flushes.splice(0).filter((flush) => flush === "all EPTs").length;
    expect(dropped()).toBe(1);
    complete(other, DEF_TYPE, WB | OFF);
    complete(other, base(0), 0x4000_0000n);
    complete(other, mask(0), maskOf(GIB));
    complete(other, DEF_TYPE, WB | ON | FIXED_ON);
    expect(dropped()).toBe(0);
    expect(typed({ machine, pp, ...scene })).toEqual([[0x4000_0000n, 0x8000_0000n, UC]]);
  });

  test("tables follow the one that had them on last with another setting", () => {
    const { other, ...scene } = two();
    complete(scene.pp, base(0), 0x4000_0000n);
    complete(scene.pp, mask(0), maskOf(GIB));
    // The other has its former setting, and writes what it has
    complete(other, DEF_TYPE, WB | ON | FIXED_ON);
    expect(typed(scene)).toEqual([]);
  });
});

describe("tables of an extension", () => {
  const SMALL = 64n * MIB;

  /** Those that show 64 MiB in small pages, of the machine's type, and some that are not. */
  function own(ppCount = 1) {
    const scene = boot(settings(), ppCount);
    const { pp } = scene;
    const nested = call(pp, SYSCALL_NESTED_CREATE, HANDLE, 1n);
    const show = (guest: bigint, host: bigint, bytes: bigint, flags: bigint) => {
      for (let done = 0n; done < bytes; ) {
        done += call(pp, SYSCALL_NESTED_MAP, HANDLE, nested, guest + done, host + done, bytes - done, flags);
      }
    };
    show(GIB, 0x2_0000_0000n, SMALL, MACHINE | SMALL_PAGES);
    show(2n * GIB, 0x2_0000_0000n, 2n * MIB, BigInt(NESTED_RIGHTS | NESTED_WRITE_BACK));
    show(3n * GIB, 0x2_0000_0000n, 2n * MIB, MACHINE);
    const attach = (one: Pp) => (vs: bigint) => call(one, SYSCALL_NESTED_ATTACH, HANDLE, nested, vs);
    enter(pp, scene.map, attach(pp));
    return { ...scene, nested, attach };
  }
  const typesAt = (scene: Scene, from: bigint) =>
    new Set(
      entriesOf(scene)
        .filter(([guest]) => guest >= from && guest < from + GIB)
        .map(([, entry]) => typeOf(entry)),
    );

  test("follow by host addresses where they are of the machine's type, in bounded steps with the VM in between", () => {
    const scene = own();
    const exits = complete(scene.pp, DEF_TYPE, WT | ON | FIXED_ON);
    // 16,384 pages, 4,096 a step
    expect(exits).toBeGreaterThanOrEqual(4);
    expect(exits).toBeLessThanOrEqual(6);
    expect([1n, 2n, 3n].map((gib) => [...typesAt(scene, gib * GIB)])).toEqual([[WT], [WB], [WT]]);
    // Small pages stay small: their extension asked for that
    expect(entriesOf(scene).filter(([guest]) => guest < 2n * GIB)).toHaveLength(16384);
  });

  test("keep rights, and what is split by a range is whole again behind it", () => {
    const scene = own();
    const { pp, nested } = scene;
    expectOutcome(pp.exit(INTEL_EXIT_CPUID), "called");
    call(pp, SYSCALL_NESTED_PROTECT, HANDLE, nested, 3n * GIB, 2n * MIB, 1n);
    resume(pp);
    complete(pp, base(0), 0x2_0000_5000n | UC);
    complete(pp, mask(0), maskOf(PAGE));
    const split = entriesOf(scene).filter(([guest]) => guest >= 3n * GIB);
    expect(split.map(([, entry]) => [entry & 7n, typeOf(entry)])).toEqual(
      Array.from({ length: 512 }, (_, index) => [1n, index === 5 ? UC : WB]),
    );
    complete(pp, mask(0), 0n);
    expect(entriesOf(scene).filter(([guest]) => guest >= 3n * GIB)).toHaveLength(1);
    expectOutcome(pp.exit(INTEL_EXIT_CPUID), "called");
    call(pp, SYSCALL_NESTED_TRANSLATE, HANDLE, nested, 3n * GIB + 0x5000n);
    expect(pp.registers.slice(0, 2)).toEqual([0x2_0000_5000n, 1n | (WB << 8n) | (2n << 16n)]);
  });

  test("are renewed to the end by whichever processor writes next, and from the beginning when that changes more", () => {
    const { attach, ...scene } = own(2);
    const other = bootNext(scene.machine, 1);
    enter(other, scene.map, attach(other));
    expect(write(scene.pp, DEF_TYPE, WT | ON | FIXED_ON)).toBe("again");
    expect(typesAt(scene, GIB)).toEqual(new Set([WT, WB]));
    // Its own are off: they say nothing, but its instruction ends behind the work as well
    expect(write(other, DEF_TYPE, WB | OFF)).toBe("again");
    expect(complete(other, DEF_TYPE, WB | OFF)).toBeLessThanOrEqual(5);
    expect(typesAt(scene, GIB)).toEqual(new Set([WT]));
    expect(write(scene.pp, DEF_TYPE, WT | ON | FIXED_ON)).toBe("written");
    expect(write(scene.pp, DEF_TYPE, WP | ON | FIXED_ON)).toBe("again");
    expect(complete(other, DEF_TYPE, UC | ON | FIXED_ON)).toBeGreaterThanOrEqual(4);
    expect(typesAt(scene, GIB)).toEqual(new Set([UC]));
  });

  test("show uncacheable what cannot be told apart for want of memory, and the right types when there is some", () => {
    const scene = own();
    const { pp } = scene;
    complete(pp, base(0), 0x2_0000_5000n | WT);
    expectOutcome(pp.exit(INTEL_EXIT_CPUID), "called");
    const taken: bigint[] = [];
    while (status(pp, SYSCALL_MEM_ALLOC_PAGE, HANDLE) === 0n) taken.push(pp.registers[0] ?? 0n);
    resume(pp);
    complete(pp, mask(0), maskOf(PAGE));
    expect(
      entriesOf(scene)
        .filter(([guest]) => guest >= 3n * GIB)
        .map(([, entry]) => typeOf(entry)),
    ).toEqual([UC]);
    complete(pp, mask(0), 0n);
    expect(typesAt(scene, 3n * GIB)).toEqual(new Set([WB]));
    expect(taken.length).toBeGreaterThan(10);
  });

  test("that are made in between have the types of today", () => {
    const scene = own();
    const { pp } = scene;
    complete(pp, DEF_TYPE, WP | ON | FIXED_ON);
    expectOutcome(pp.exit(INTEL_EXIT_CPUID), "called");
    const nested = call(pp, SYSCALL_NESTED_CREATE, HANDLE, 0n);
    call(pp, SYSCALL_NESTED_IDENTITY, HANDLE, nested, GIB, GIB, MACHINE);
    call(pp, SYSCALL_NESTED_TRANSLATE, HANDLE, nested, GIB);
    expect((pp.registers[1] ?? 0n) >> 8n).toBe(WP | (3n << 8n));
    expectOutcome(pp.syscall(SYSCALL_VS_RUN_CURRENT, HANDLE), "running");
  });
});
