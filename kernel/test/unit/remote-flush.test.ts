// Memory that is taken back while other processors run ring 3: nobody may use an old translation

import {
  SYSCALL_DEBUG_WRITE_C,
  SYSCALL_MEM_ALLOC_HUGE,
  SYSCALL_MEM_ALLOC_PAGE,
  SYSCALL_MEM_FREE_HUGE,
  SYSCALL_MEM_FREE_PAGE,
  SYSCALL_VM_MAP_DIRECT,
  SYSCALL_VM_UNMAP_DIRECT_BROADCAST,
  SYSCALL_VS_RUN,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { EndlessWait } from "../../../bsl/test-support/index.ts";
import {
  bootNext,
  call,
  EXIT_CPUID,
  HANDLE,
  inBootstrap,
  makeRootVs,
  type Scene,
  status,
} from "../machine/extension-life.ts";
import type { Pp } from "../machine/pp.ts";

const TAKE_BACK: readonly (readonly [string, (pp: Pp) => () => void])[] = [
  ["free_page", (pp) => later(pp, SYSCALL_MEM_FREE_PAGE, call(pp, SYSCALL_MEM_ALLOC_PAGE, HANDLE))],
  ["free_huge", (pp) => later(pp, SYSCALL_MEM_FREE_HUGE, call(pp, SYSCALL_MEM_ALLOC_HUGE, HANDLE, 0x2000n))],
  [
    "unmap_direct_broadcast",
    (pp) => later(pp, SYSCALL_VM_UNMAP_DIRECT_BROADCAST, 0n, call(pp, SYSCALL_VM_MAP_DIRECT, HANDLE, 0n, 0x1000n)),
  ],
];

/** The call, to be made when the other processor is where the test wants it. */
const later =
  (pp: Pp, number: number, ...registers: readonly bigint[]) =>
  () => {
    call(pp, number, HANDLE, ...registers);
  };

function twoProcessors(): Scene & { second: Pp } {
  const scene = inBootstrap({ ppCount: 2 });
  return { ...scene, second: bootNext(scene.machine, 1) };
}

describe.each(TAKE_BACK)("%s", (_, prepare) => {
  test("waits until a processor in ring 3 has been in the kernel, and has flushed", () => {
    const { machine, pp, second } = twoProcessors();
    const takeBack = prepare(pp);
    second.processor.flushes.length = 0;
    machine.whilePaused(() => {
      if (second.processor.flushes.length === 0) status(second, SYSCALL_DEBUG_WRITE_C, 0x2en);
    });
    takeBack();
    expect(second.processor.flushes).toEqual(["all"]);
    expect(machine.log).toBe(".");
  });

  test("never ends while a processor stays in ring 3", () => {
    const { pp } = twoProcessors();
    expect(prepare(pp)).toThrow(EndlessWait);
  });

  test("does not wait for a processor that runs its VM; that flushes before ring 3", () => {
    const { pp, second } = twoProcessors();
    const vs0 = makeRootVs(pp);
    const vs1 = makeRootVs(second);
    expect([vs0, vs1]).toEqual([0n, 1n]);
    second.syscall(SYSCALL_VS_RUN, HANDLE, 0n, 1n, 1n);
    const takeBack = prepare(pp);
    second.processor.flushes.length = 0;
    takeBack();
    expect(second.processor.flushes).toEqual([]);
    expect(second.exit(EXIT_CPUID).is).toBe("called");
    expect(second.processor.flushes).toEqual(["all"]);
    status(second, SYSCALL_DEBUG_WRITE_C, 0x2en);
    expect(second.processor.flushes).toEqual(["all"]);
  });

  test("does not wait for a processor that has not come up", () => {
    const { pp } = inBootstrap({ ppCount: 2 });
    expect(prepare(pp)).not.toThrow();
  });
});
