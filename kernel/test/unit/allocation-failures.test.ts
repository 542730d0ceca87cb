// Each allocation of the kernel fails in turn: in every system call that makes one, and in a start
//
// A call that fails says so, and has neither kept anything nor changed anything: made again it succeeds, and after what it did
// is undone exactly as many pages are taken as without any failure.

import * as abi from "@bareflank/abi";
import {
  BOOT_NO_MEMORY,
  HUGE_POOL_BYTES,
  MAP_IO,
  MAP_MSR,
  NESTED_EXECUTE,
  NESTED_READ,
  NESTED_WRITE,
  NESTED_WRITE_BACK,
  PHASE_KERNEL,
  STATUS_FAILURE_UNKNOWN,
  STATUS_SUCCESS,
  SYSCALL_CONTROL_WAIT,
  SYSCALL_MAP_CREATE,
  SYSCALL_MAP_DESTROY,
  SYSCALL_MEM_ALLOC_HUGE,
  SYSCALL_MEM_ALLOC_PAGE,
  SYSCALL_MEM_FREE_HUGE,
  SYSCALL_MEM_FREE_PAGE,
  SYSCALL_MEMORY_GROW,
  SYSCALL_NESTED_CREATE,
  SYSCALL_NESTED_DESTROY,
  SYSCALL_NESTED_GUARD,
  SYSCALL_NESTED_IDENTITY,
  SYSCALL_NESTED_MAP,
  SYSCALL_NESTED_PROTECT,
  SYSCALL_NESTED_UNMAP,
  SYSCALL_VM_CREATE,
  SYSCALL_VM_DESTROY,
  SYSCALL_VM_MAP_DIRECT,
  SYSCALL_VM_UNMAP_DIRECT,
  SYSCALL_VP_CREATE,
  SYSCALL_VP_DESTROY,
  SYSCALL_VS_CREATE,
  SYSCALL_VS_DESTROY,
  VENDOR_AMD,
  VENDOR_INTEL,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { type ExtensionMemory, exampleExtension } from "../machine/example-extension.ts";
import { call, HANDLE, inBootstrap, makeRootVs, registered, type Scene, status } from "../machine/extension-life.ts";
import { Machine } from "../machine/machine.ts";
import { expectGivenBack, expectReason } from "./given-back.ts";
import { usedPages } from "./page-pool.ts";

const FLAGS = BigInt(NESTED_READ | NESTED_WRITE | NESTED_EXECUTE | NESTED_WRITE_BACK);
/** Memory of the operating system, and an address of a guest. */
const FOREIGN = 0x7654_3000n;
const GUEST = 0x5000n;
const MIB = 0x10_0000n;
const MINUTES = 60_000;
/** All in one chunk: so page tables that stay are the same, whichever page is taken. */
const ONE_CHUNK = 200;

/** More than one step, from the middle of a table on: so each kind of table is made, too. */
const LINEAR = { initialPages: 1, maximumPages: 2000, dataOffset: 0x1f_f000 };

/** A call: what must be there before it, its registers behind the handle, and how to undo it. */
interface Act {
  readonly name: string;
  readonly number: number;
  /** Linear memory that the extension asks for. */
  readonly memory?: ExtensionMemory;
  readonly prepare?: (scene: Scene) => readonly bigint[];
  readonly registers: (prepared: readonly bigint[]) => readonly bigint[];
  /** It works in steps, and a step that failed is made once more. */
  readonly triesAgain?: boolean;
  readonly undo: (scene: Scene, reg0: bigint, prepared: readonly bigint[]) => void;
}

const undoBy =
  (number: number): Act["undo"] =>
  ({ pp }, reg0) =>
    call(pp, number, HANDLE, reg0);

const nested = ({ pp }: Scene) => [call(pp, SYSCALL_NESTED_CREATE, HANDLE, 0n)];
/** Tables with one page of 2 MiB, which has to be split. */
const large = (scene: Scene) => {
  const [tables = 0n] = nested(scene);
  call(scene.pp, SYSCALL_NESTED_MAP, HANDLE, tables, 0n, 0x7000_0000n, 2n * MIB, FLAGS);
  return [tables];
};
const destroyNested = ({ pp }: Scene, tables: bigint) => {
  while (call(pp, SYSCALL_NESTED_DESTROY, HANDLE, tables) !== 0n);
};
const undoNested: Act["undo"] = (scene, _, [tables = 0n]) => destroyNested(scene, tables);

const ACTS: readonly Act[] = [
  { name: "vm_create", number: SYSCALL_VM_CREATE, registers: () => [], undo: undoBy(SYSCALL_VM_DESTROY) },
  { name: "vp_create", number: SYSCALL_VP_CREATE, registers: () => [0n], undo: undoBy(SYSCALL_VP_DESTROY) },
  {
    name: "vs_create",
    number: SYSCALL_VS_CREATE,
    prepare: ({ pp }) => [call(pp, SYSCALL_VP_CREATE, HANDLE, 0n)],
    registers: ([vp = 0n]) => [vp, 0n],
    undo: undoBy(SYSCALL_VS_DESTROY),
  },
  {
    name: "map_direct",
    number: SYSCALL_VM_MAP_DIRECT,
    registers: () => [0n, FOREIGN],
    undo: ({ pp }, reg0) => call(pp, SYSCALL_VM_UNMAP_DIRECT, HANDLE, 0n, reg0),
  },
  {
    name: "map_direct of another VM",
    number: SYSCALL_VM_MAP_DIRECT,
    prepare: ({ pp }) => [call(pp, SYSCALL_VM_CREATE, HANDLE)],
    registers: ([vm = 0n]) => [vm, FOREIGN],
    undo: ({ pp }, _, [vm = 0n]) => call(pp, SYSCALL_VM_DESTROY, HANDLE, vm),
  },
  { name: "alloc_page", number: SYSCALL_MEM_ALLOC_PAGE, registers: () => [], undo: undoBy(SYSCALL_MEM_FREE_PAGE) },
  {
    name: "alloc_huge",
    number: SYSCALL_MEM_ALLOC_HUGE,
    registers: () => [BigInt(HUGE_POOL_BYTES) - 0x1000n],
    undo: undoBy(SYSCALL_MEM_FREE_HUGE),
  },
  ...[false, true].map(
    (shared): Act => ({
      name: shared ? "memory_grow for all processors" : "memory_grow",
      number: SYSCALL_MEMORY_GROW,
      memory: { ...LINEAR, shared },
      registers: () => [9n],
      // It never shrinks
      undo: () => {},
    }),
  ),
  {
    name: "nested_create",
    number: SYSCALL_NESTED_CREATE,
    registers: () => [0n],
    undo: (scene, reg0) => destroyNested(scene, reg0),
  },
  {
    name: "nested_map",
    number: SYSCALL_NESTED_MAP,
    prepare: nested,
    registers: ([tables = 0n]) => [tables, GUEST, FOREIGN, 0x1000n, FLAGS],
    undo: undoNested,
  },
  {
    name: "nested_identity",
    number: SYSCALL_NESTED_IDENTITY,
    prepare: nested,
    registers: ([tables = 0n]) => [tables, 0n, 4n * MIB, FLAGS],
    undo: undoNested,
  },
  {
    name: "nested_protect of a part of a large page",
    number: SYSCALL_NESTED_PROTECT,
    prepare: large,
    registers: ([tables = 0n]) => [tables, GUEST, 0x1000n, BigInt(NESTED_READ)],
    undo: undoNested,
  },
  {
    name: "nested_unmap of a part of a large page",
    number: SYSCALL_NESTED_UNMAP,
    prepare: large,
    registers: ([tables = 0n]) => [tables, GUEST, 0x1000n],
    undo: undoNested,
  },
  {
    name: "nested_guard",
    number: SYSCALL_NESTED_GUARD,
    prepare: ({ pp }) => [makeRootVs(pp, false)],
    registers: ([vs = 0n]) => [vs],
    triesAgain: true,
    // The tables are the kernel's, and stay
    undo: ({ pp }, _, [vs = 0n]) => call(pp, SYSCALL_VS_DESTROY, HANDLE, vs),
  },
  {
    name: "map_create for MSRs",
    number: SYSCALL_MAP_CREATE,
    registers: () => [BigInt(MAP_MSR)],
    undo: undoBy(SYSCALL_MAP_DESTROY),
  },
  {
    name: "map_create for ports",
    number: SYSCALL_MAP_CREATE,
    registers: () => [BigInt(MAP_IO)],
    undo: undoBy(SYSCALL_MAP_DESTROY),
  },
];

/** The scene of a call, and pages that are taken in it. */
function scene({ prepare, memory }: Act, vendor: number) {
  const extension = exampleExtension({ versions: 6, ...(memory === undefined ? {} : { memory }) });
  const made = inBootstrap({ extension, vendor, freePages: ONE_CHUNK }, 4n);
  const prepared = prepare?.(made) ?? [];
  const taken = () => {
    made.pp.emptyReserves();
    return usedPages(made.machine);
  };
  return { ...made, prepared, taken };
}

/** Makes the call with its nth allocation failing; 0: none. What came of it, and whether that allocation took place. */
function make(act: Act, at: ReturnType<typeof scene>, nth: number) {
  at.pp.failAllocation(nth);
  const result = status(at.pp, act.number, HANDLE, ...act.registers(at.prepared));
  const isDue = at.pp.isFailureDue();
  at.pp.failAllocation(0);
  return { result, isDue, reg0: at.pp.registers[0] ?? 0n };
}

describe.each([
  ["AMD", VENDOR_AMD],
  ["Intel", VENDOR_INTEL],
])("on %s, whichever allocation fails", (_, vendor) => {
  test.each(ACTS.map((act) => [act.name, act] as const))(
    "%s says so, and keeps nothing",
    (_, act) => {
      const whole = scene(act, vendor);
      const success = make(act, whole, 0);
      expect(success.result).toBe(STATUS_SUCCESS);
      const afterwards = whole.taken();
      act.undo(whole, success.reg0, whole.prepared);
      const usual = whole.taken();
      let nth = 1;
      for (; ; nth++) {
        const at = scene(act, vendor);
        const before = at.taken();
        const { result, isDue } = make(act, at, nth);
        if (isDue) {
          expect(result).toBe(STATUS_SUCCESS);
          break;
        }
        if (act.triesAgain && result === STATUS_SUCCESS) {
          expect(at.taken()).toBe(afterwards);
          continue;
        }
        expect(result).toBe(STATUS_FAILURE_UNKNOWN);
        // Tables between the root and an entry may stay: they are where the next call finds them
        expect(at.taken() - before).toBeLessThanOrEqual(3);
        const again = make(act, at, 0);
        expect(again.result).toBe(STATUS_SUCCESS);
        act.undo(at, again.reg0, at.prepared);
        expect(at.taken()).toBe(usual);
      }
      expect(nth).toBeGreaterThan(1);
    },
    MINUTES,
  );

  test(
    "a start gives the processor back as it came",
    () => {
      let nth = 1;
      for (; ; nth++) {
        const pp = new Machine({ vendor }).pp(0);
        pp.failAllocation(nth);
        if (pp.boot().is === "called") break;
        expect(pp.isFailureDue()).toBe(false);
        if (vendor === VENDOR_AMD) expectGivenBack(pp, { status: BOOT_NO_MEMORY, phase: PHASE_KERNEL });
        else expectReason(pp, { status: BOOT_NO_MEMORY, phase: PHASE_KERNEL });
      }
      expect(nth).toBeGreaterThan(30);
    },
    4 * MINUTES,
  );

  test(
    "a start of a second processor leaves the first one at work, and what the second one needs is there again",
    () => {
      let nth = 1;
      for (; ; nth++) {
        const { machine, pp } = inBootstrap({ ppCount: 2, vendor });
        machine.pp(1).failAllocation(nth);
        if (machine.pp(1).boot().is === "called") break;
        expect(machine.pp(1).mode).toBe("operating system");
        expect(pp.mode).toBe("extension");
        expect(status(pp, SYSCALL_MEM_ALLOC_PAGE, HANDLE)).toBe(STATUS_SUCCESS);
      }
      expect(nth).toBeGreaterThan(5);
    },
    4 * MINUTES,
  );
});

/** Calls that do not return, or that ACTS has. */
const LEAVING = /^SYSCALL_(CONTROL|MESSAGE|HANDLE)_|_RUN|PROMOTE|SIGNATURE/;

test("no other call allocates: what it needs is there", () => {
  const known = new Set(ACTS.map(({ number }) => number));
  const calls = (Object.entries(abi) as [string, unknown][]).filter(
    (entry): entry is [string, number] =>
      entry[0].startsWith("SYSCALL_") &&
      typeof entry[1] === "number" &&
      !LEAVING.test(entry[0]) &&
      !known.has(entry[1]),
  );
  expect(calls.length).toBeGreaterThan(20);
  for (const [name, number] of calls) {
    const { pp } = inBootstrap({ extension: exampleExtension({ versions: 6 }) }, 4n);
    makeRootVs(pp, false);
    const [tables = 0n] = [call(pp, SYSCALL_NESTED_CREATE, HANDLE, 0n)];
    pp.failAllocation(1);
    const outcome = pp.syscall(number, HANDLE, tables, 0n, 0n);
    expect([name, outcome.is, pp.isFailureDue()]).toEqual([name, "returned", true]);
  }
});

test("the first wait, which makes what bootstrap needs, fails no processor for good", () => {
  const { pp } = registered();
  pp.failAllocation(1);
  const outcome = pp.syscall(SYSCALL_CONTROL_WAIT);
  expect(["called", "given back"]).toContain(outcome.is);
});
