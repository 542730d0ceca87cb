// What an extension finds in the processor, and what it leaves there

import {
  EXT_TLS_BASE,
  PAGE_SIZE,
  SYSCALL_CONTROL_AGAIN,
  SYSCALL_CONTROL_WAIT,
  SYSCALL_MESSAGE_CALL,
  SYSCALL_MESSAGE_REPLY,
  SYSCALL_VM_CREATE,
  SYSCALL_VP_CREATE,
  SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT,
  SYSCALL_VS_CREATE,
  SYSCALL_VS_PROMOTE,
  SYSCALL_VS_RUN,
  SYSCALL_VS_SET_ACTIVE,
  VENDOR_AMD,
  VENDOR_INTEL,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import {
  call,
  exitCpuid,
  HANDLE,
  inBootstrap,
  inGuest,
  inStart,
  inVmexit,
  makeRootVs,
  registered,
  type Scene,
} from "../machine/extension-life.ts";
import { ALL_FEATURES } from "../machine/loader.ts";
import type { Pp } from "../machine/pp.ts";
import { type FpuState, INITIAL_FPU, type Processor } from "../machine/processor.ts";
import { inOwnerVmexit } from "../machine/several-extensions.ts";

const THREAD_POINTER = EXT_TLS_BASE + BigInt(PAGE_SIZE);
const CR0_TS = 8n;
const NOT_AVAILABLE = 7;
const UNDEFINED = 6;
const ENTRIES = ["fs", "gs", "ds", "es"] as const;

const MINE: FpuState = { fcw: 0x27fn, mxcsr: 0x1fc0n, xmm: 0x1111n, ymm: 0x2222n };
const GUEST: FpuState = { fcw: 0x33fn, mxcsr: 0x9f80n, xmm: 0x3333n, ymm: 0x4444n };

/** Ring 3 loads its stack segment into every segment register: the bases become 0. */
function spoilSegments({ segments }: Processor): void {
  for (const name of ENTRIES) segments[name] = { selector: 0x23, attrib: 0xcf3, limit: 0xffff_ffff, base: 0n };
}

function segmentsOf({ segments }: Processor): unknown {
  return { selectors: ENTRIES.map((name) => segments[name].selector), fs: segments.fs.base, gs: segments.gs.base };
}

const CLEAN = { selectors: [0, 0, 0, 0], fs: THREAD_POINTER, gs: 0n };

/** Ring 3 executes an instruction that needs the vector registers, again if the kernel gives it them. */
function useFpu(pp: Pp, state?: FpuState): FpuState {
  if ((pp.processor.cr0 & CR0_TS) !== 0n) expect(pp.fault(NOT_AVAILABLE).is).toBe("repaired");
  expect(pp.processor.cr0 & CR0_TS).toBe(0n);
  const found = { ...pp.processor.fpu };
  if (state !== undefined) pp.processor.fpu = { ...state };
  return found;
}

const advance = (pp: Pp) => pp.syscall(SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT, HANDLE);

describe.each([
  ["AMD", VENDOR_AMD],
  ["Intel", VENDOR_INTEL],
])("segments and the thread pointer on %s", (_, vendor) => {
  test("are right again in fail, whatever the extension did to its own", () => {
    const { pp } = inVmexit({ vendor });
    spoilSegments(pp.processor);
    expect(pp.fault(UNDEFINED).is).toBe("called");
    expect(segmentsOf(pp.processor)).toEqual(CLEAN);
  });

  test("are right in bootstrap, whatever _start did", () => {
    const { pp } = registered({ vendor });
    spoilSegments(pp.processor);
    expect(pp.syscall(SYSCALL_CONTROL_WAIT).is).toBe("called");
    expect(segmentsOf(pp.processor)).toEqual(CLEAN);
  });

  test("are right behind an exit of a VS that was made while they were not", () => {
    const { pp } = inBootstrap({ vendor });
    spoilSegments(pp.processor);
    const vs = makeRootVs(pp);
    expect(pp.syscall(SYSCALL_VS_RUN, HANDLE, 0n, vs, vs).is).toBe("running");
    expect(pp.exit(exitCpuid(pp)).is).toBe("called");
    expect(pp.processor.segments.fs.base).toBe(THREAD_POINTER);
  });
});

describe("two extensions", () => {
  /** The owner of the root VM has called a service, which runs. */
  function called(state?: FpuState): Scene {
    const scene = inOwnerVmexit();
    if (state !== undefined) useFpu(scene.pp, state);
    expect(scene.pp.syscall(SYSCALL_MESSAGE_CALL, HANDLE, 1n, 1n, 2n, 3n, 4n).is).toBe("called");
    return scene;
  }

  test("have segments and thread pointer of their own, from the call to behind the reply", () => {
    const scene = inOwnerVmexit();
    const { pp } = scene;
    spoilSegments(pp.processor);
    pp.syscall(SYSCALL_MESSAGE_CALL, HANDLE, 1n, 1n, 2n, 3n, 4n);
    expect(segmentsOf(pp.processor)).toEqual(CLEAN);
    spoilSegments(pp.processor);
    expect(pp.syscall(SYSCALL_MESSAGE_REPLY, HANDLE, 5n, 6n, 7n, 8n).is).toBe("returned");
    expect(segmentsOf(pp.processor)).toEqual(CLEAN);
  });

  test("neither see nor change each other's vector registers, nor the guest's", () => {
    const scene = inOwnerVmexit();
    const { pp } = scene;
    pp.processor.fpu = { ...GUEST };
    expect(useFpu(pp, MINE)).toEqual(INITIAL_FPU);
    pp.syscall(SYSCALL_MESSAGE_CALL, HANDLE, 1n, 1n, 2n, 3n, 4n);
    expect(useFpu(pp, { fcw: 0n, mxcsr: 0n, xmm: 9n, ymm: 9n })).toEqual(INITIAL_FPU);
    pp.syscall(SYSCALL_MESSAGE_REPLY, HANDLE, 5n, 6n, 7n, 8n);
    expect(useFpu(pp)).toEqual(MINE);
    expect(advance(pp).is).toBe("running");
    expect(pp.processor.fpu).toEqual(GUEST);
  });

  test("find the registers closed although the other one has just used them", () => {
    const { pp } = called(MINE);
    expect(pp.processor.cr0 & CR0_TS).toBe(CR0_TS);
  });
});

describe.each([
  ["AMD", VENDOR_AMD],
  ["Intel", VENDOR_INTEL],
])("x87 and vector registers on %s", (_, vendor) => {
  test("stay the guest's when the extension uses none, and nothing is saved or loaded", () => {
    const { pp } = inVmexit({ vendor });
    pp.processor.fpu = { ...GUEST };
    expect(pp.processor.cr0 & CR0_TS).toBe(CR0_TS);
    expect(advance(pp).is).toBe("running");
    expect(pp.processor.fpu).toEqual(GUEST);
  });

  test("are the extension's own from its first use on, and from exit to exit", () => {
    const { pp } = inVmexit({ vendor });
    pp.processor.fpu = { ...GUEST };
    expect(useFpu(pp, MINE)).toEqual(INITIAL_FPU);
    expect(advance(pp).is).toBe("running");
    expect(pp.processor.fpu).toEqual(GUEST);
    expect(pp.exit(exitCpuid(pp)).is).toBe("called");
    expect(useFpu(pp)).toEqual(MINE);
    // Nothing is taken on the way of the next exits
    expect(advance(pp).is).toBe("running");
    expect(pp.block.get("work")).toBe(0n);
  });

  test("of a guest whose XCR0 has AVX off at the moment come back whole", () => {
    const { pp } = inVmexit({ vendor });
    pp.processor.fpu = { ...GUEST };
    pp.processor.xcr0 = 1n;
    useFpu(pp, MINE);
    expect(pp.processor.xcr0).toBe(1n);
    advance(pp);
    expect([pp.processor.fpu, pp.processor.xcr0]).toEqual([GUEST, 1n]);
  });

  test("are those that the operating system had, in the VM and when it is given back", () => {
    const scene = inStart({ vendor });
    scene.pp.processor.fpu = { ...GUEST };
    const { pp } = inBootstrap({ vendor });
    pp.processor.fpu = { ...GUEST };
    useFpu(pp, MINE);
    const vs = makeRootVs(pp);
    expect(useFpu(pp)).toEqual(MINE);
    pp.syscall(SYSCALL_VS_RUN, HANDLE, 0n, vs, vs);
    expect(pp.processor.fpu).toEqual(GUEST);
    pp.exit(exitCpuid(pp));
    useFpu(pp);
    expect(pp.syscall(SYSCALL_VS_PROMOTE, HANDLE, vs).is).toBe("given back");
    expect(pp.processor.fpu).toEqual(GUEST);
  });

  test("are the operating system's again when a start fails", () => {
    const { pp } = inBootstrap({ vendor });
    pp.processor.fpu = { ...GUEST };
    useFpu(pp, MINE);
    pp.fault(UNDEFINED);
    expect(pp.fault(UNDEFINED).is).toBe("given back");
    expect(pp.processor.fpu).toEqual(GUEST);
  });

  test("are the active VS's when it becomes the operating system once more", () => {
    const { pp } = inVmexit({ vendor });
    pp.processor.fpu = { ...GUEST };
    useFpu(pp, MINE);
    expect(pp.syscall(SYSCALL_VS_PROMOTE, HANDLE, 0n).is).toBe("given back");
    expect(pp.processor.fpu).toEqual(GUEST);
  });

  test("are each VS's own", () => {
    const { pp } = inVmexit({ vendor });
    pp.processor.fpu = { ...GUEST };
    const vm = call(pp, SYSCALL_VM_CREATE, HANDLE);
    const vp = call(pp, SYSCALL_VP_CREATE, HANDLE, vm);
    const vs = call(pp, SYSCALL_VS_CREATE, HANDLE, vp, 0n);
    call(pp, SYSCALL_VS_SET_ACTIVE, HANDLE, vm, vp, vs);
    expect(pp.processor.fpu).toEqual(INITIAL_FPU);
    call(pp, SYSCALL_VS_SET_ACTIVE, HANDLE, 0n, 0n, 0n);
    expect(pp.processor.fpu).toEqual(GUEST);
  });

  test("are initial in fail, and what failed has its own again", () => {
    const { pp } = inVmexit({ vendor });
    useFpu(pp, MINE);
    for (let round = 0; round < 2; round++) {
      expect(pp.fault(UNDEFINED).is).toBe("called");
      expect(useFpu(pp, GUEST)).toEqual(INITIAL_FPU);
      expect(pp.syscall(SYSCALL_CONTROL_AGAIN).is).toBe("resumed");
      expect(useFpu(pp)).toEqual(MINE);
    }
  });

  test("raise a fault when the exception is about something else", () => {
    const { pp } = inVmexit({ vendor });
    useFpu(pp);
    expect(pp.fault(NOT_AVAILABLE).is).toBe("called");
  });
});

test("without XSAVE x87 and SSE are kept apart, too", () => {
  const { pp } = inGuest({ features: ALL_FEATURES & ~8 });
  pp.exit(exitCpuid(pp));
  pp.processor.fpu = { ...GUEST };
  expect(useFpu(pp, { ...MINE, ymm: GUEST.ymm })).toEqual({ ...INITIAL_FPU, ymm: GUEST.ymm });
  expect(advance(pp).is).toBe("running");
  expect(pp.processor.fpu).toEqual(GUEST);
});
