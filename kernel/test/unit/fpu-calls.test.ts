// fpu_read and fpu_write: the XSAVE area of a VS, whoever has its registers

import {
  EXT_DIRECT_BASE,
  EXT_POOL_BASE,
  STATUS_FAILURE_INVALID_HANDLE,
  STATUS_FAILURE_UNSUPPORTED,
  STATUS_INVALID_INPUT_REG1,
  STATUS_INVALID_INPUT_REG2,
  SYSCALL_FPU_READ,
  SYSCALL_FPU_WRITE,
  SYSCALL_MEM_ALLOC_PAGE,
  SYSCALL_VP_CREATE,
  SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT,
  SYSCALL_VS_CREATE,
  SYSCALL_VS_RUN,
  VENDOR_AMD,
  VENDOR_INTEL,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { exampleExtension } from "../machine/example-extension.ts";
import {
  call,
  exitCpuid,
  expectOutcome,
  HANDLE,
  inBootstrap,
  inVmexit,
  makeRootVs,
  type Scene,
  status,
} from "../machine/extension-life.ts";
import type { Pp } from "../machine/pp.ts";
import { type FpuState, INITIAL_FPU } from "../machine/processor.ts";

const extension = exampleExtension({ versions: 6 });

/** Where an area has what the simulated processor knows of it (kernel/test/machine/fpu.ts). */
const FCW = 0n;
const MXCSR = 24n;
const XMM = 160n;
const XSTATE_BV = 512n;
const XCOMP_BV = 520n;
const YMM = 576n;

const GUEST: FpuState = { fcw: 0x33fn, mxcsr: 0x9f80n, xmm: 0x3333n, ymm: 0x4444n };
const WRITTEN: FpuState = { fcw: 0x27fn, mxcsr: 0x1fc0n, xmm: 0x1111n, ymm: 0x2222n };
const ALL_OF_THEM = 7n;

interface Reading extends Scene {
  /** A page of the extension's: its address for it, and its physical one. */
  readonly page: bigint;
  readonly physical: bigint;
  readonly root: bigint;
}

function reading(vendor: number): Reading {
  const scene = inBootstrap({ extension, vendor }, 4n);
  const root = makeRootVs(scene.pp, false);
  // The first VP and the first VS have the same number
  expectOutcome(scene.pp.syscall(SYSCALL_VS_RUN, HANDLE, 0n, root, root), "running");
  expectOutcome(scene.pp.exit(exitCpuid(scene.pp)), "called");
  const page = call(scene.pp, SYSCALL_MEM_ALLOC_PAGE, HANDLE);
  return { ...scene, page, physical: scene.pp.registers[1] ?? 0n, root };
}

const advance = (pp: Pp) => pp.syscall(SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT, HANDLE);

const word = ({ machine, physical }: Reading, offset: bigint, bytes: number): bigint => {
  const view = machine.physical.read(physical + offset, bytes);
  return view.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
};

const setWord = ({ machine, physical }: Reading, offset: bigint, bytes: number, value: bigint): void => {
  const view = Uint8Array.from({ length: bytes }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
  machine.physical.write(physical + offset, view);
};

const stateOf = (scene: Reading): FpuState => ({
  fcw: word(scene, FCW, 2),
  mxcsr: word(scene, MXCSR, 4),
  xmm: word(scene, XMM, 8),
  ymm: word(scene, YMM, 8),
});

function write(scene: Reading, state: FpuState, components = ALL_OF_THEM): void {
  setWord(scene, FCW, 2, state.fcw);
  setWord(scene, MXCSR, 4, state.mxcsr);
  setWord(scene, XMM, 8, state.xmm);
  setWord(scene, YMM, 8, state.ymm);
  setWord(scene, XSTATE_BV, 8, components);
}

describe.each([
  ["AMD", VENDOR_AMD],
  ["Intel", VENDOR_INTEL],
])("the XSAVE area on %s", (_, vendor) => {
  test("of the active VS is what the processor has", () => {
    const scene = reading(vendor);
    const { pp, page, root } = scene;
    pp.processor.fpu = { ...GUEST };
    expect(call(pp, SYSCALL_FPU_READ, HANDLE, root, page)).toBeGreaterThan(576n);
    expect(stateOf(scene)).toEqual(GUEST);
    expect(advance(pp).is).toBe("running");
    expect(pp.processor.fpu).toEqual(GUEST);
  });

  test("of the active VS is the processor's from the next entry on", () => {
    const scene = reading(vendor);
    const { pp, page, root } = scene;
    pp.processor.fpu = { ...GUEST };
    write(scene, WRITTEN);
    call(pp, SYSCALL_FPU_WRITE, HANDLE, root, page);
    expect(advance(pp).is).toBe("running");
    expect(pp.processor.fpu).toEqual(WRITTEN);
  });

  test("of another VS is its own, and touches nobody's registers", () => {
    const scene = reading(vendor);
    const { pp, page, root } = scene;
    pp.processor.fpu = { ...GUEST };
    const vp = call(pp, SYSCALL_VP_CREATE, HANDLE, 0n);
    const vs = call(pp, SYSCALL_VS_CREATE, HANDLE, vp, 0n);
    call(pp, SYSCALL_FPU_READ, HANDLE, vs, page);
    expect({ ...stateOf(scene), xstate: word(scene, XSTATE_BV, 8) }).toEqual({ ...INITIAL_FPU, xstate: 0n });
    write(scene, WRITTEN);
    call(pp, SYSCALL_FPU_WRITE, HANDLE, vs, page);
    call(pp, SYSCALL_FPU_READ, HANDLE, root, page);
    expect(stateOf(scene)).toEqual(GUEST);
    call(pp, SYSCALL_FPU_READ, HANDLE, vs, page);
    expect(stateOf(scene)).toEqual(WRITTEN);
    expect(advance(pp).is).toBe("running");
    expect(pp.processor.fpu).toEqual(GUEST);
  });

  test("loses what the processor would not load: that would be a fault of the kernel's", () => {
    const scene = reading(vendor);
    const { pp, page, root } = scene;
    write(scene, { ...WRITTEN, mxcsr: 0xffff_1fc0n }, 0xffff_ffff_ffff_fff7n);
    setWord(scene, XCOMP_BV, 8, 1n << 63n);
    setWord(scene, XCOMP_BV + 8n, 8, 5n);
    expect(call(pp, SYSCALL_FPU_WRITE, HANDLE, root, page)).toBe(HANDLE);
    call(pp, SYSCALL_FPU_READ, HANDLE, root, page);
    expect(stateOf(scene)).toEqual(WRITTEN);
    expect(word(scene, XSTATE_BV, 8)).toBe(ALL_OF_THEM);
    expect([word(scene, XCOMP_BV, 8), word(scene, XCOMP_BV + 8n, 8)]).toEqual([0n, 0n]);
  });

  test("is refused where it cannot be, one by one", () => {
    const { pp, page, root } = reading(vendor);
    for (const number of [SYSCALL_FPU_READ, SYSCALL_FPU_WRITE]) {
      expect(status(pp, number, HANDLE + 1n, root, page), "handle").toBe(STATUS_FAILURE_INVALID_HANDLE);
      expect(status(pp, number, HANDLE, 0x7777n, page), "VS").toBe(STATUS_INVALID_INPUT_REG1);
      expect(status(pp, number, HANDLE, root, page + 8n), "no page").toBe(STATUS_INVALID_INPUT_REG2);
      expect(status(pp, number, HANDLE, root, 0n), "nothing").toBe(STATUS_INVALID_INPUT_REG2);
      expect(status(pp, number, HANDLE, root, EXT_DIRECT_BASE + 0x1000n), "not mapped").toBe(STATUS_INVALID_INPUT_REG2);
      expect(status(pp, number, HANDLE, root, EXT_POOL_BASE), "another's").toBe(STATUS_INVALID_INPUT_REG2);
    }
    expect(status(pp, 0xf_0004, HANDLE, root, page)).toBe(STATUS_FAILURE_UNSUPPORTED);
  });

  test("is nothing for version 1", () => {
    const { pp } = inVmexit({ vendor });
    expect(status(pp, SYSCALL_FPU_READ, HANDLE, 0n, 0n)).toBe(STATUS_FAILURE_UNSUPPORTED);
  });
});
