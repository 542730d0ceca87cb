// Skipping the instruction that a VS exited for, with and without the processor's help

import {
  AMD_REG_INTERCEPT_INSTRUCTION1,
  AMD_REG_INTERCEPT_INSTRUCTION2,
  AMD_REG_VIRTUAL_INTERRUPT_B,
  CPU_FEATURE_NRIP,
  SYSCALL_VS_ADVANCE_IP_AND_RUN,
  SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT,
  SYSCALL_VS_RUN_CURRENT,
  SYSCALL_VS_WRITE,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { call, HANDLE, inGuest, inVmexit, type Scene } from "../machine/extension-life.ts";
import { ALL_FEATURES } from "../machine/loader.ts";

const RIP = 0xffff_ffff_8100_0ffen;
const IO_NEXT = 0xffff_ffff_8100_1003n;

/** The ways to skip; from the second exit on, the one of the current VS is served by the short path. */
const WAYS: readonly (readonly [string, (scene: Scene) => void])[] = [
  ["advance_ip_and_run", ({ pp }) => pp.syscall(SYSCALL_VS_ADVANCE_IP_AND_RUN, HANDLE, 0n, 0n, 0n)],
  ["advance_ip_and_run_current", ({ pp }) => pp.syscall(SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT, HANDLE)],
];

/** A root VM whose extension asked for every exit there is: it hears of all of them. */
function inGuestThatExits(features: number): Scene {
  const scene = inVmexit({ features });
  // Without a map, MSRs exit that the microkernel serves: one at an address of the extension's own is its own affair
  for (const register of [AMD_REG_INTERCEPT_INSTRUCTION1, AMD_REG_INTERCEPT_INSTRUCTION2]) {
    call(scene.pp, SYSCALL_VS_WRITE, HANDLE, 0n, BigInt(register), 0xffff_ffffn);
  }
  scene.pp.syscall(SYSCALL_VS_RUN_CURRENT, HANDLE);
  return scene;
}

describe.each(WAYS)("%s", (_, skip) => {
  const scenes = new Map<number, Scene>();

  /** RIP after an exit with a code was skipped, on a processor with these features. */
  function ripAfter(code: bigint, features: number, fields: Record<string, bigint> = {}): bigint {
    const scene = scenes.get(features) ?? inGuestThatExits(features);
    scenes.set(features, scene);
    scene.pp.exit(code, { RIP, EXITINFO2: IO_NEXT, NRIP: 0n, ...fields });
    skip(scene);
    expect(scene.pp.mode).toBe("guest");
    return scene.pp.vmcb.get("RIP");
  }

  test("serves the first exit, which takes the long path, as it serves all others", () => {
    const scene = inGuest();
    for (let exits = 0n; exits < 3n; exits++) {
      scene.pp.exit(0x72n, { RIP: RIP + exits });
      skip(scene);
      expect(scene.pp.vmcb.get("RIP")).toBe(RIP + exits + 2n);
    }
  });

  test.each([
    ["RDTSC", 0x6en, 2n],
    ["RDPMC", 0x6fn, 2n],
    ["CPUID", 0x72n, 2n],
    ["INVD", 0x76n, 2n],
    ["PAUSE", 0x77n, 2n],
    ["HLT", 0x78n, 1n],
    ["RDMSR and WRMSR", 0x7cn, 2n],
    ["VMRUN", 0x80n, 3n],
    ["VMMCALL", 0x81n, 3n],
    ["VMLOAD", 0x82n, 3n],
    ["VMSAVE", 0x83n, 3n],
    ["STGI", 0x84n, 3n],
    ["CLGI", 0x85n, 3n],
    ["SKINIT", 0x86n, 3n],
    ["RDTSCP", 0x87n, 3n],
    ["WBINVD", 0x89n, 2n],
    ["MONITOR", 0x8an, 3n],
    ["MWAIT", 0x8bn, 3n],
    ["MWAIT, conditional", 0x8cn, 3n],
    ["XSETBV", 0x8dn, 3n],
  ])("skips %s by its length", (__, code, length) => {
    expect(ripAfter(code, ALL_FEATURES)).toBe(RIP + length);
  });

  test("takes the next instruction of port I/O from EXITINFO2", () => {
    expect(ripAfter(0x7bn, ALL_FEATURES)).toBe(IO_NEXT);
  });

  test.each([
    ["INTR", 0x60n],
    ["NMI", 0x61n],
    ["a page fault", 0x4en],
    ["a write of CR0, whose length is not known", 0x10n],
    ["a nested page fault", 0x400n],
    ["AVIC", 0x401n],
  ])("stays at %s", (__, code) => {
    expect(ripAfter(code, ALL_FEATURES)).toBe(RIP);
  });

  describe("where the processor saves the next RIP", () => {
    const features = ALL_FEATURES | CPU_FEATURE_NRIP;

    test("takes that, prefixes included", () => {
      expect(ripAfter(0x72n, features, { NRIP: RIP + 4n })).toBe(RIP + 4n);
      expect(ripAfter(0x10n, features, { NRIP: RIP + 3n })).toBe(RIP + 3n);
    });

    test("stays where it saved none", () => {
      expect(ripAfter(0x60n, features)).toBe(RIP);
    });
  });

  test("leaves the interrupt shadow of the instruction before, and nothing else of that word", () => {
    const scene = inGuest();
    scene.pp.exit(0x72n, { VIRTUAL_INTERRUPT_B: 0xffff_ffff_ffff_ffffn });
    skip(scene);
    expect(scene.pp.vmcb.get("VIRTUAL_INTERRUPT_B")).toBe(0xffff_ffff_ffff_fffen);
  });
});

test("run_current skips nothing and keeps the shadow", () => {
  const { pp } = inGuest();
  pp.exit(0x72n, { RIP });
  call(pp, SYSCALL_VS_WRITE, HANDLE, 0n, BigInt(AMD_REG_VIRTUAL_INTERRUPT_B), 1n);
  pp.syscall(SYSCALL_VS_RUN_CURRENT, HANDLE);
  expect([pp.vmcb.get("RIP"), pp.vmcb.get("VIRTUAL_INTERRUPT_B")]).toEqual([RIP, 1n]);
});
