// Identifiers in version 2: those of an object that is gone name nothing, whatever its place holds now

import {
  STATUS_FAILURE_UNSUPPORTED,
  STATUS_INVALID_INPUT_REG1,
  STATUS_INVALID_INPUT_REG2,
  STATUS_INVALID_INPUT_REG3,
  STATUS_SUCCESS,
  SYSCALL_HANDLE_OPEN,
  SYSCALL_VM_CREATE,
  SYSCALL_VM_DESTROY,
  SYSCALL_VM_TLB_FLUSH,
  SYSCALL_VP_CREATE,
  SYSCALL_VP_DESTROY,
  SYSCALL_VS_CREATE,
  SYSCALL_VS_DESTROY,
  SYSCALL_VS_READ,
  SYSCALL_VS_RUN,
  SYSCALL_VS_SET_ACTIVE,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { exampleExtension } from "../machine/example-extension.ts";
import {
  call,
  EXIT_CPUID,
  expectOutcome,
  HANDLE,
  inBootstrap,
  inStart,
  makeRootVs,
  type Scene,
  status,
} from "../machine/extension-life.ts";

const GENERATION = 0x1_0000n;
const extension = exampleExtension({ versions: 6 });

const inBootstrap2 = (): Scene => inBootstrap({ extension }, 4n);

/** A VM with a VP and a VS: their identifiers. */
function makeObjects({ pp }: Scene): { vm: bigint; vp: bigint; vs: bigint } {
  const vm = call(pp, SYSCALL_VM_CREATE, HANDLE);
  const vp = call(pp, SYSCALL_VP_CREATE, HANDLE, vm);
  return { vm, vp, vs: call(pp, SYSCALL_VS_CREATE, HANDLE, vp, 0n) };
}

function destroyObjects({ pp }: Scene, { vm, vp, vs }: { vm: bigint; vp: bigint; vs: bigint }): void {
  call(pp, SYSCALL_VS_DESTROY, HANDLE, vs);
  call(pp, SYSCALL_VP_DESTROY, HANDLE, vp);
  call(pp, SYSCALL_VM_DESTROY, HANDLE, vm);
}

describe("an identifier", () => {
  test("is the index, as in version 1, for the first object of its place", () => {
    expect(makeObjects(inBootstrap2())).toEqual({ vm: 1n, vp: 0n, vs: 0n });
  });

  test("has another generation for the next one", () => {
    const scene = inBootstrap2();
    destroyObjects(scene, makeObjects(scene));
    expect(makeObjects(scene)).toEqual({ vm: GENERATION | 1n, vp: GENERATION, vs: GENERATION });
  });

  test("fills its register: nothing of the old value stays", () => {
    const { pp } = inBootstrap2();
    expect(call(pp, SYSCALL_VM_CREATE, HANDLE)).toBe(1n);
    const handle = 0n;
    expect(call(pp, SYSCALL_VP_CREATE, handle, 0xffff_ffff_0000_0001n)).toBe(0n);
  });

  test("of a destroyed object is refused, before and after its place is taken again", () => {
    const scene = inBootstrap2();
    const { pp } = scene;
    const old = makeObjects(scene);
    destroyObjects(scene, old);
    const refused = () => {
      expect(status(pp, SYSCALL_VM_TLB_FLUSH, HANDLE, old.vm)).toBe(STATUS_INVALID_INPUT_REG1);
      expect(status(pp, SYSCALL_VP_CREATE, HANDLE, old.vm)).toBe(STATUS_INVALID_INPUT_REG1);
      expect(status(pp, SYSCALL_VS_CREATE, HANDLE, old.vp, 0n)).toBe(STATUS_INVALID_INPUT_REG1);
      expect(status(pp, SYSCALL_VS_READ, HANDLE, old.vs, 1n)).toBe(STATUS_INVALID_INPUT_REG1);
      expect(status(pp, SYSCALL_VS_DESTROY, HANDLE, old.vs)).toBe(STATUS_INVALID_INPUT_REG1);
    };
    refused();
    const now = makeObjects(scene);
    refused();
    const run = (vm: bigint, vp: bigint, vs: bigint) => status(pp, SYSCALL_VS_SET_ACTIVE, HANDLE, vm, vp, vs);
    expect(run(old.vm, now.vp, now.vs)).toBe(STATUS_INVALID_INPUT_REG1);
    expect(run(now.vm, old.vp, now.vs)).toBe(STATUS_INVALID_INPUT_REG2);
    expect(run(now.vm, now.vp, old.vs)).toBe(STATUS_INVALID_INPUT_REG3);
    expect(run(now.vm, now.vp, now.vs)).toBe(STATUS_SUCCESS);
  });

  test("is known by its index alone in version 1", () => {
    const scene = inBootstrap({ extension }, 2n);
    destroyObjects(scene, makeObjects(scene));
    expect(makeObjects(scene)).toEqual({ vm: 1n, vp: 0n, vs: 0n });
    expect(status(scene.pp, SYSCALL_VS_READ, HANDLE, 0xffff_0000n, 1n)).toBe(STATUS_SUCCESS);
  });
});

describe("the TCB", () => {
  test("shows the identifiers of what is active, and the index where version 1 has it", () => {
    const scene = inBootstrap2();
    const { pp } = scene;
    const shown = () => ["activeVm", "activeVp", "activeVs", "vsid"].map((name) => pp.tcb.get(name));
    expect(shown()).toEqual([0n, 0xffffn, 0xffffn, 0xffffn]);
    destroyObjects(scene, makeObjects(scene));
    const { vm, vp, vs } = makeObjects(scene);
    call(pp, SYSCALL_VS_SET_ACTIVE, HANDLE, vm, vp, vs);
    expect(shown()).toEqual([vm, vp, vs, 0n]);
  });

  test("shows none of it in version 1", () => {
    const { pp } = inBootstrap();
    makeRootVs(pp);
    call(pp, SYSCALL_VS_SET_ACTIVE, HANDLE, 0n, 0n, 0n);
    expect(["activeVm", "activeVp", "activeVs"].map((name) => pp.tcb.get(name))).toEqual([0n, 0n, 0n]);
  });
});

test("vmexit gets the identifier with its generation", () => {
  const scene = inBootstrap2();
  destroyObjects(scene, makeObjects(scene));
  const vs = makeRootVs(scene.pp);
  expect(vs).toBe(GENERATION);
  expectOutcome(scene.pp.syscall(SYSCALL_VS_RUN, HANDLE, 0n, vs, vs), "running");
  expect(scene.pp.exit(EXIT_CPUID)).toMatchObject({ is: "called", reg0: GENERATION });
});

test("groups above 8 exist in neither version as long as they have no calls", () => {
  const { pp } = inStart({ extension });
  call(pp, SYSCALL_HANDLE_OPEN, 4n);
  expect(status(pp, 0x10_0000, HANDLE)).toBe(STATUS_FAILURE_UNSUPPORTED);
});
