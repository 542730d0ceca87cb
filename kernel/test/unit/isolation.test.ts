// An isolated kernel: what ring 3's table has of it, that every entry finds its way from there, and that whoever drops
// translations drops those of both tables. The simulated processor reads what an entry reads by the table that is loaded.

import {
  CPU_FEATURE_PCID,
  ENTRY_AREA_KEEP,
  ENTRY_AREA_KERNEL_ROOT,
  ENTRY_AREA_USER_ROOT,
  ENTRY_KEEP,
  ENTRY_SPACE,
  EXT_DIRECT_BASE,
  EXT_MEMORY_BASE,
  MITIGATION_ISOLATE_KERNEL,
  PP_AREA_BASE,
  PP_ENTRY,
  PP_GDT,
  PP_IDT,
  PP_TSS,
  STATUS_SUCCESS,
  SYSCALL_DEBUG_WRITE_C,
  SYSCALL_MEM_ALLOC_PAGE,
  SYSCALL_MEM_FREE_PAGE,
  SYSCALL_MESSAGE_CALL,
  SYSCALL_MESSAGE_REPLY,
  SYSCALL_VM_CREATE,
  SYSCALL_VM_MAP_DIRECT,
  SYSCALL_VM_UNMAP_DIRECT,
  SYSCALL_VM_UNMAP_DIRECT_BROADCAST,
  SYSCALL_VP_CREATE,
  SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT,
  SYSCALL_VS_CREATE,
  SYSCALL_VS_PROMOTE,
  SYSCALL_VS_SET_ACTIVE,
  VENDOR_AMD,
  VENDOR_INTEL,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { exampleExtension } from "../machine/example-extension.ts";
import {
  bootNext,
  call,
  exitCpuid,
  expectOutcome,
  HANDLE,
  inBootstrap,
  inStart,
  inVmexit,
  makeRootVs,
  status,
} from "../machine/extension-life.ts";
import { TEXT } from "../machine/instructions.ts";
import { ALL_FEATURES, type LoaderOptions } from "../machine/loader.ts";
import { Machine } from "../machine/machine.ts";
import { type Mapping, mappings } from "../machine/page-walk.ts";
import type { Pp } from "../machine/pp.ts";
import { CR4_PCIDE, MSR } from "../machine/processor.ts";
import { inOwnerVmexit, running } from "../machine/several-extensions.ts";
import { INTEL_TEXT } from "../machine/vmx.ts";

const PAGE = 0x1000;
const ENTRY = PP_AREA_BASE + BigInt(PP_ENTRY);
const at = (offset: number) => Number(PP_AREA_BASE) + offset;

const MITIGATIONS = { mitigations: MITIGATION_ISOLATE_KERNEL };
const memory = { initialPages: 5, maximumPages: 9, dataOffset: 0x1_0000 };
const extension = exampleExtension({ memory, versions: 6 });
const isolated = (more: Partial<LoaderOptions> = {}): Partial<LoaderOptions> => ({
  ...MITIGATIONS,
  extension,
  ...more,
});
const SPACES = { features: ALL_FEATURES | CPU_FEATURE_PCID };

const userRoot = (pp: Pp) => Number(pp.block.get("userRoot"));
const tables = (machine: Machine, pp: Pp) => ({
  kernels: mappings(machine.physical, Number(pp.block.get("root"))),
  ring3s: mappings(machine.physical, userRoot(pp)),
});
const users = (pages: Map<number, Mapping>) => [...pages].filter(([, page]) => page.isUser);
/** Leaves ring 3 and enters it again. */
const passThroughKernel = (pp: Pp) => status(pp, SYSCALL_DEBUG_WRITE_C, 0x2en);
/** A word of EntryArea, whichever table is loaded. */
const entryWord = (machine: Machine, pp: Pp, field: number) => {
  const page = tables(machine, pp).kernels.get(Number(ENTRY))?.physical ?? 0;
  return machine.physical.peek(BigInt(page + field), 8);
};

/** Rights as R, W and X. */
const rights = ({ isWritable, isExecutable }: Mapping) => `R${isWritable ? "W" : "-"}${isExecutable ? "X" : "-"}`;

const OF_THE_KERNEL = [
  [at(PP_ENTRY), "RW-"],
  [at(PP_IDT), "R--"],
  [at(PP_GDT), "RW-"],
  [at(PP_TSS), "RW-"],
  [at(PP_TSS) + PAGE, "RW-"],
  [at(PP_TSS) + 2 * PAGE, "RW-"],
  [at(PP_TSS) + 3 * PAGE, "RW-"],
  [Number(TEXT.START), "R-X"],
];

describe.each([
  ["AMD", VENDOR_AMD],
  ["Intel", VENDOR_INTEL],
])("on %s", (_, vendor) => {
  test("ring 3's table has of the kernel what entries need, and no page more", () => {
    const { machine, pp } = inBootstrap(isolated({ vendor, ppCount: 2 }));
    for (const of of [pp, bootNext(machine, 1)]) {
      const { kernels, ring3s } = tables(machine, of);
      const supervisor = [...ring3s].filter(([, page]) => !page.isUser);
      expect(supervisor.map(([address, page]) => [address, rights(page)])).toEqual(OF_THE_KERNEL);
      for (const [address, page] of supervisor) expect(page).toEqual(kernels.get(address));
      expect(users(ring3s).length).toBeGreaterThan(20);
      expect(users(ring3s)).toEqual(users(kernels));
    }
  });

  test("is the one that is loaded while ring 3 runs, and the kernel's while anything else does", () => {
    const { pp } = inVmexit(isolated({ vendor }));
    const entry = vendor === VENDOR_INTEL ? INTEL_TEXT.ISOLATED_ENTRY : TEXT.ISOLATED_ENTRY;
    expect(pp.processor.rdmsr(MSR.LSTAR)).toBe(entry);
    expect(pp.processor.cr3).toBe(BigInt(userRoot(pp)));
    expectOutcome(pp.syscall(SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT, HANDLE), "running");
    expect(pp.processor.cr3).toBe(pp.block.get("root"));
    expectOutcome(pp.exit(exitCpuid(pp)), "called");
    expect(pp.processor.cr3).toBe(BigInt(userRoot(pp)));
    expectOutcome(pp.fault(6), "called");
    expect(pp.processor.cr3).toBe(BigInt(userRoot(pp)));
    expectOutcome(pp.fault(7), "repaired");
    expect(pp.processor.cr3).toBe(BigInt(userRoot(pp)));
  });

  test("an NMI in front of any instruction goes back to the table that it came on", () => {
    const { pp } = inVmexit(isolated({ vendor, watchTicks: 10_000_000n, ppCount: 2 }));
    for (const root of [pp.block.get("root"), BigInt(userRoot(pp))]) {
      pp.processor.cr3 = root;
      expectOutcome(pp.kernelFault(2), "repaired");
      expect(pp.processor.cr3).toBe(root);
    }
    expectOutcome(pp.fault(2), "repaired");
    expect(pp.processor.cr3).toBe(BigInt(userRoot(pp)));
  });

  test("a processor is given back with CR4 as the loader's code expects it", () => {
    const { machine, pp } = inVmexit(isolated({ vendor, ...SPACES }));
    expect(pp.processor.cr4 & CR4_PCIDE).toBe(CR4_PCIDE);
    expectOutcome(pp.syscall(SYSCALL_VS_PROMOTE, HANDLE, 0n), "given back");
    expect(pp.processor.cr4 & CR4_PCIDE).toBe(0n);
    // On Intel an NMI may still come, and loads what stands there
    for (const field of [ENTRY_AREA_KERNEL_ROOT, ENTRY_AREA_USER_ROOT, ENTRY_AREA_KEEP]) {
      expect(entryWord(machine, pp, field) & (ENTRY_KEEP | ENTRY_SPACE)).toBe(0n);
    }
  });

  test("and when a start fails", () => {
    const { pp } = inBootstrap(isolated({ vendor, ...SPACES }));
    pp.fault(6);
    expectOutcome(pp.fault(6), "given back");
    expect(pp.processor.cr4 & CR4_PCIDE).toBe(0n);
  });

  test("not asked for, there is no such table, nor what belongs to it", () => {
    const { machine, pp } = inBootstrap({ vendor, ...SPACES });
    expect(userRoot(pp)).toBe(0);
    expect(machine.mapping(ENTRY)).toBeUndefined();
    expect(pp.processor.cr4 & CR4_PCIDE).toBe(0n);
    expect(pp.processor.cr3).toBe(pp.block.get("root"));
  });
});

describe("what comes behind a seat's making", () => {
  test("pages that an extension is given are in both tables, and so is a direct map", () => {
    const { machine, pp } = inBootstrap(isolated());
    call(pp, SYSCALL_MEM_ALLOC_PAGE, HANDLE);
    const direct = call(pp, SYSCALL_VM_MAP_DIRECT, HANDLE, 0n, 0x5000n);
    const { kernels, ring3s } = tables(machine, pp);
    expect(ring3s.get(Number(direct))).toMatchObject({ physical: 0x5000, isUser: true });
    expect(users(ring3s)).toEqual(users(kernels));
  });

  test("both tables show the direct map of the VM that is active, and no other's", () => {
    const { machine, pp } = inBootstrap(isolated());
    makeRootVs(pp, false);
    const vm = call(pp, SYSCALL_VM_CREATE, HANDLE);
    const vp = call(pp, SYSCALL_VP_CREATE, HANDLE, vm);
    const vs = call(pp, SYSCALL_VS_CREATE, HANDLE, vp, 0n);
    call(pp, SYSCALL_VM_MAP_DIRECT, HANDLE, 0n, 0x5000n);
    call(pp, SYSCALL_VM_MAP_DIRECT, HANDLE, vm, 0x6000n);
    const shown = () => {
      const { kernels, ring3s } = tables(machine, pp);
      expect(users(ring3s)).toEqual(users(kernels));
      return [0x5000, 0x6000].filter((page) => ring3s.has(Number(EXT_DIRECT_BASE) + page));
    };
    const touch = (page: bigint) =>
      expectOutcome(pp.fault(14, { errorCode: 4n, cr2: EXT_DIRECT_BASE + page }), "repaired");
    expect(shown()).toEqual([0x5000]);
    call(pp, SYSCALL_VS_SET_ACTIVE, HANDLE, vm, vp, vs);
    expect(shown()).toEqual([]);
    touch(0x6000n);
    expect(shown()).toEqual([0x6000]);
    call(pp, SYSCALL_VS_SET_ACTIVE, HANDLE, 0n, 0n, 0n);
    expect(shown()).toEqual([]);
    touch(0x5000n);
    expect(shown()).toEqual([0x5000]);
  });

  test("the direct map of another processor comes when ring 3 faults", () => {
    const { machine, pp } = inBootstrap(isolated({ ppCount: 2 }));
    const second = bootNext(machine, 1);
    const direct = call(pp, SYSCALL_VM_MAP_DIRECT, HANDLE, 0n, 0x5000n);
    expect(tables(machine, second).ring3s.has(Number(direct))).toBe(false);
    expectOutcome(second.fault(14, { errorCode: 4n, cr2: direct }), "repaired");
    expect(tables(machine, second).ring3s.get(Number(direct))?.physical).toBe(0x5000);
    // Nothing is missing any more
    expectOutcome(second.fault(14, { errorCode: 4n, cr2: direct }), "called");
  });

  test("a table of linear memory that the kernel's table has got comes the same way, and nothing of the kernel does", () => {
    const { machine, pp } = inBootstrap(isolated());
    const third = machine.physical.peek(BigInt(pp.root), 8) & 0xf_ffff_ffff_f000n;
    const gib = EXT_MEMORY_BASE + (1n << 30n);
    const [from, to] = [EXT_MEMORY_BASE >> 30n, gib >> 30n];
    // The same memory once more: all that counts is that it is there
    machine.physical.poke(third + to * 8n, 8, machine.physical.peek(third + from * 8n, 8));
    const grown = gib + 0x1_0000n;
    expect(tables(machine, pp).ring3s.has(Number(grown))).toBe(false);
    expectOutcome(pp.fault(14, { errorCode: 6n, cr2: grown }), "repaired");
    expect(tables(machine, pp).ring3s.get(Number(grown))?.isUser).toBe(true);
    expectOutcome(pp.fault(14, { errorCode: 4n, cr2: TEXT.START }), "called");
  });
});

describe("translations", () => {
  /** Address spaces whose translations entering ring 3 has dropped meanwhile; the kernel's own flushes are words. */
  const during = (pp: Pp, action: () => void) => {
    pp.processor.droppedSpaces.length = 0;
    pp.processor.flushes.length = 0;
    action();
    return { spaces: [...pp.processor.droppedSpaces], flushes: [...pp.processor.flushes] };
  };

  test("are kept, where a processor has address spaces", () => {
    const { pp } = inVmexit(isolated(SPACES));
    expect(pp.processor.cr3 & 0xfffn).toBe(ENTRY_SPACE);
    expect(during(pp, () => passThroughKernel(pp))).toEqual({ spaces: [], flushes: [] });
    expectOutcome(pp.syscall(SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT, HANDLE), "running");
    expect(during(pp, () => expectOutcome(pp.exit(exitCpuid(pp)), "called"))).toEqual({ spaces: [], flushes: [] });
  });

  test("and dropped at each change, where it has none", () => {
    const { pp } = inVmexit(isolated());
    expect(pp.processor.cr3 & 0xfffn).toBe(0n);
    expect(during(pp, () => passThroughKernel(pp)).spaces).toEqual([0n, 0n]);
  });

  test("of a page of the direct map go from both", () => {
    const { pp } = inBootstrap(isolated(SPACES));
    const direct = call(pp, SYSCALL_VM_MAP_DIRECT, HANDLE, 0n, 0x5000n);
    expect(during(pp, () => call(pp, SYSCALL_VM_UNMAP_DIRECT, HANDLE, 0n, direct))).toEqual({
      spaces: [ENTRY_SPACE],
      flushes: [`page 0x${(EXT_DIRECT_BASE + 0x5000n).toString(16)}`],
    });
  });

  test.each([
    ["a page is given back", (pp: Pp) => later(pp, SYSCALL_MEM_FREE_PAGE, call(pp, SYSCALL_MEM_ALLOC_PAGE, HANDLE))],
    [
      "one is taken from the direct map everywhere",
      (pp: Pp) =>
        later(pp, SYSCALL_VM_UNMAP_DIRECT_BROADCAST, 0n, call(pp, SYSCALL_VM_MAP_DIRECT, HANDLE, 0n, 0x1000n)),
    ],
  ])("go from both on every processor when %s", (_, prepare) => {
    const { machine, pp } = inBootstrap(isolated({ ...SPACES, ppCount: 2 }));
    const second = bootNext(machine, 1);
    const takeBack = prepare(pp);
    passThroughKernel(second);
    expect(during(pp, () => expect(takeBack()).toBe(STATUS_SUCCESS))).toEqual({
      spaces: [ENTRY_SPACE],
      flushes: ["all"],
    });
    for (const [spaces, flushes] of [
      [[ENTRY_SPACE], ["all"]],
      [[], []],
    ]) {
      expect(during(second, () => passThroughKernel(second))).toEqual({ spaces, flushes });
    }
  });

  test("of another extension go from both, and each has tables of its own", () => {
    const { machine, pp } = inOwnerVmexit(MITIGATIONS);
    const owner = { root: pp.block.get("root"), userRoot: userRoot(pp) };
    // The dispatcher's processor has no PCIDs here: each change drops all, and what is loaded is what counts
    expectOutcome(pp.syscall(SYSCALL_MESSAGE_CALL, HANDLE, 1n, 0n, 0n, 0n, 0n), "called");
    expect(running(pp)).toBe(1n);
    expect(userRoot(pp)).not.toBe(owner.userRoot);
    expect(pp.block.get("root")).not.toBe(owner.root);
    expect(pp.processor.cr3).toBe(BigInt(userRoot(pp)));
    expect([...tables(machine, pp).ring3s].filter(([, page]) => !page.isUser).map(([address]) => address)).toEqual(
      OF_THE_KERNEL.map(([address]) => address),
    );
    expectOutcome(pp.syscall(SYSCALL_MESSAGE_REPLY, HANDLE, 0n), "returned");
    expect(pp.processor.cr3).toBe(BigInt(owner.userRoot));
  });
});

const later =
  (pp: Pp, number: number, ...registers: readonly bigint[]) =>
  () =>
    status(pp, number, HANDLE, ...registers);

test("a start that finds no page for one of its tables gives the processor back", () => {
  let failures = 0;
  for (let nth = 1; ; nth++) {
    const machine = new Machine(isolated());
    machine.pp(0).failAllocation(nth);
    const outcome = machine.pp(0).boot();
    if (machine.pp(0).isFailureDue()) break;
    expect(outcome.is, `allocation ${nth}`).toBe("given back");
    failures++;
  }
  const { pp } = inStart(isolated());
  expect(pp.isIsolated).toBe(true);
  expect(failures).toBeGreaterThan(40);
});
