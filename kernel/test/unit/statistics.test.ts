// What each processor counts: exits by reason, system calls by number

import {
  AMD_REG_INTERCEPT_EXCEPTION,
  PP_AREA_BASE,
  PP_STATISTICS,
  SYSCALL_CONTROL_AGAIN,
  SYSCALL_CONTROL_EXIT,
  SYSCALL_CONTROL_WAIT,
  SYSCALL_DEBUG_WRITE_C,
  SYSCALL_HANDLE_OPEN,
  SYSCALL_SIGNATURE,
  SYSCALL_VP_CREATE,
  SYSCALL_VS_ADVANCE_IP_AND_RUN,
  SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT,
  SYSCALL_VS_PROMOTE,
  SYSCALL_VS_READ,
  SYSCALL_VS_RUN,
  SYSCALL_VS_RUN_CURRENT,
  SYSCALL_VS_WRITE,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import {
  bootNext,
  call,
  EXIT_CPUID,
  HANDLE,
  inGuest,
  inVmexit,
  type Scene,
  status,
} from "../machine/extension-life.ts";
import { inVersion, VERSION_2 } from "../machine/guests.ts";

const EXIT_DEBUG = 0x41n;
const NESTED = 0x100;
const OTHER = 0x104;
const CALLS = 0x105;

/** A counter of a processor, read through its own mapping. */
function counter({ machine }: Scene, index: number, ppid = 0): number {
  const page = machine.mapping(PP_AREA_BASE + BigInt(PP_STATISTICS), ppid)?.physical ?? 0;
  return Number(machine.physical.peek(BigInt(page + index * 8), 8));
}
const calls = (scene: Scene, call: number, ppid = 0) => counter(scene, CALLS + (call >> 16) * 16 + (call & 15), ppid);

describe("an exit", () => {
  test.each([
    ["by its code", 0x72n, 0x72],
    ["with code 0", 0n, 0],
    ["with the last code of the table", 0xffn, 0xff],
    ["of nested paging", 0x400n, NESTED],
    ["of AVIC", 0x403n, NESTED + 3],
    ["that is neither", 0x404n, OTHER],
    ["that is invalid", 0xffff_ffff_ffff_ffffn, OTHER],
    ["with a code between the tables", 0x100n, OTHER],
  ])("%s is counted where it belongs", (_, code, index) => {
    const scene = inVmexit();
    const before = counter(scene, index);
    scene.pp.syscall(SYSCALL_VS_RUN_CURRENT, HANDLE);
    scene.pp.exit(code);
    expect(counter(scene, index)).toBe(before + 1);
  });

  test("for the trap of a single step is counted, too", () => {
    const scene = inVmexit();
    call(scene.pp, SYSCALL_VS_WRITE, HANDLE, 0n, BigInt(AMD_REG_INTERCEPT_EXCEPTION), 1n << 1n);
    scene.pp.syscall(SYSCALL_VS_RUN_CURRENT, HANDLE);
    const step = { RIP: 0x1000n, NRIP: 0x1002n, RFLAGS: 0x102n, EVENTINJ: 0n };
    expect(scene.pp.exit(EXIT_CPUID, step).is).toBe("called");
    const before = [EXIT_CPUID, EXIT_DEBUG].map((code) => counter(scene, Number(code)));
    const trap = scene.pp.syscall(SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT, HANDLE);
    expect(trap).toMatchObject({ is: "called", reg1: EXIT_DEBUG });
    expect([EXIT_CPUID, EXIT_DEBUG].map((code) => counter(scene, Number(code)))).toEqual([before[0], 1]);
  });

  test("for the trap behind an instruction that the kernel has served is counted beside it", () => {
    const APIC = 0xfee0_0100n;
    const scene = inVersion(VERSION_2, { msrs: [[0x1b, APIC]] });
    const { pp } = scene;
    call(pp, SYSCALL_VS_WRITE, HANDLE, 0n, BigInt(AMD_REG_INTERCEPT_EXCEPTION), 1n << 1n);
    pp.syscall(SYSCALL_VS_RUN_CURRENT, HANDLE);
    pp.tcb.set("rcx", 0x1bn);
    pp.tcb.set("rdx", 0n);
    const before = counter(scene, Number(EXIT_DEBUG));
    const step = { RIP: 0x1000n, NRIP: 0x1002n, RFLAGS: 0x102n, EVENTINJ: 0n, EXITINFO1: 1n, RAX: APIC };
    expect(pp.exit(0x7cn, step)).toMatchObject({ is: "called", reg1: EXIT_DEBUG });
    expect(pp.vmcb.get("RIP")).toBe(0x1002n);
    expect(counter(scene, Number(EXIT_DEBUG))).toBe(before + 1);
  });

  test("after exit is counted, and each has its call", () => {
    const scene = inGuest();
    for (let i = 0; i < 20; i++) {
      scene.pp.exit(EXIT_CPUID);
      scene.pp.syscall(SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT, HANDLE);
    }
    expect(counter(scene, Number(EXIT_CPUID))).toBe(20);
    expect(calls(scene, SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT)).toBe(20);
  });
});

describe("a system call", () => {
  test("is counted whether it succeeds or fails, with flags or without", () => {
    const scene = inGuest();
    scene.pp.exit(EXIT_CPUID);
    const before = calls(scene, SYSCALL_VP_CREATE);
    status(scene.pp, SYSCALL_VP_CREATE, HANDLE, 0n);
    status(scene.pp, SYSCALL_VP_CREATE, 99n, 0n);
    status(scene.pp, (BigInt(SYSCALL_SIGNATURE) << 48n) | (7n << 32n) | BigInt(SYSCALL_VP_CREATE), HANDLE, 0n);
    expect(calls(scene, SYSCALL_VP_CREATE)).toBe(before + 3);
    expect([calls(scene, SYSCALL_HANDLE_OPEN), calls(scene, SYSCALL_CONTROL_WAIT)]).toEqual([1, 1]);
  });

  test("is counted by its number, whatever it ends", () => {
    const scene = inVmexit();
    const { pp } = scene;
    const ways: readonly (readonly [number, readonly bigint[]])[] = [
      [SYSCALL_VS_READ, [HANDLE, 0n, 100n]],
      [SYSCALL_VS_RUN_CURRENT, [HANDLE]],
      [SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT, [HANDLE]],
      [SYSCALL_VS_RUN, [HANDLE, 0n, 0n, 0n]],
      [SYSCALL_VS_ADVANCE_IP_AND_RUN, [HANDLE, 0n, 0n, 0n]],
      [SYSCALL_CONTROL_AGAIN, []],
      [SYSCALL_VS_PROMOTE, [HANDLE, 0n]],
    ];
    const numbers = [...ways.map(([number]) => number), SYSCALL_CONTROL_EXIT, SYSCALL_CONTROL_WAIT];
    const all = () => numbers.map((number) => calls(scene, number));
    for (const [number, registers] of ways) {
      const before = all();
      if (number === SYSCALL_CONTROL_AGAIN) pp.fault(13);
      pp.syscall(number, ...registers);
      if (pp.mode === "guest") pp.exit(EXIT_CPUID);
      expect(all().map((count, index) => count - (before[index] ?? 0))).toEqual(
        numbers.map((one) => Number(one === number)),
      );
    }
    const ended = inVmexit();
    ended.pp.syscall(SYSCALL_CONTROL_EXIT);
    expect([calls(ended, SYSCALL_CONTROL_EXIT), calls(ended, SYSCALL_CONTROL_WAIT)]).toEqual([1, 1]);
  });

  test("that does not exist is not counted", () => {
    const scene = inVmexit();
    const page = () => Array.from({ length: 512 }, (_, index) => counter(scene, index));
    const before = page();
    for (const call of [0x9_0000, 0xffff_ffff, 0x6_00ff]) status(scene.pp, call, HANDLE);
    expect(page()).toEqual(before);
  });

  test("is counted on the processor that makes it", () => {
    const scene = inVmexit({ ppCount: 2 });
    const second = bootNext(scene.machine, 1);
    status(second, SYSCALL_DEBUG_WRITE_C, 0x41n);
    expect([calls(scene, SYSCALL_DEBUG_WRITE_C, 0), calls(scene, SYSCALL_DEBUG_WRITE_C, 1)]).toEqual([0, 1]);
  });
});

test("promote prints the exits by reason", () => {
  const { machine, pp } = inVmexit();
  pp.syscall(SYSCALL_VS_RUN_CURRENT, HANDLE);
  pp.exit(0x78n);
  pp.syscall(SYSCALL_VS_RUN_CURRENT, HANDLE);
  pp.exit(0x402n);
  pp.syscall(SYSCALL_VS_PROMOTE, HANDLE, 0n);
  expect(machine.log).toBe("bareflank: PP 0: exits by reason: 0x72=2 0x78=1 0x402=1\n");
});
