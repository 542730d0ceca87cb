// The fail callback: what it is told, and its ways out

import {
  BOOT_EXT_EXIT,
  BOOT_EXT_FAULT,
  BOOT_EXT_RETURNED,
  BOOT_EXT_WAIT,
  EXT_FAIL_STACK_BASE,
  EXT_STACK_BYTES,
  PHASE_BOOTSTRAP,
  PHASE_HALTED,
  PHASE_RUNNING,
  STATUS_FAILURE_UNKNOWN,
  SYSCALL_CONTROL_AGAIN,
  SYSCALL_CONTROL_EXIT,
  SYSCALL_CONTROL_WAIT,
  SYSCALL_VM_MAP_DIRECT,
  SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT,
  SYSCALL_VS_RUN,
  SYSCALL_VS_RUN_CURRENT,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { HANDLERS } from "../machine/example-extension.ts";
import {
  bootNext,
  call,
  EXIT_CPUID,
  HANDLE,
  inBootstrap,
  inFirstVmexit,
  inVmexit,
  makeRootVs,
  registered,
  status,
} from "../machine/extension-life.ts";
import { GENERAL, type Pp, UNUSED_ARGUMENTS } from "../machine/pp.ts";
import { expectGivenBack, expectReason } from "./given-back.ts";

const FAIL_TOP = EXT_FAIL_STACK_BASE + EXT_STACK_BYTES;
const PAGE_FAULT = { errorCode: 6n, cr2: 0x7fff_0000_1238n, rip: HANDLERS.VMEXIT + 0x20n } as const;

/** REG0 and REG1 of the fail callback. */
const told = (pp: Pp) => [pp.block.get("upcallReg0"), pp.block.get("upcallReg1")];

describe("the fail callback", () => {
  test("is told vector, error code and address of a page fault, on a stack of its own", () => {
    const { pp } = inBootstrap();
    expect(pp.fault(14, PAGE_FAULT)).toEqual({
      is: "called",
      rip: HANDLERS.FAIL,
      rsp: FAIL_TOP,
      reg0: (6n << 32n) | 14n,
      reg1: PAGE_FAULT.cr2,
      ...UNUSED_ARGUMENTS,
    });
  });

  test.each([
    ["a breakpoint, which is an assertion", 3, 0n],
    ["a division by zero", 0, 0n],
    ["an invalid instruction", 6, 0n],
    ["a general protection fault with its selector", 13, 0x18n],
    ["a stack fault", 12, 0n],
  ])("is told %s, without the address of an older page fault", (_, vector, errorCode) => {
    const { pp } = inBootstrap();
    pp.processor.cr2 = 0xdeadn;
    pp.fault(vector, { errorCode });
    expect(told(pp)).toEqual([(errorCode << 32n) | BigInt(vector), 0n]);
  });

  test.each([
    ["exit", SYSCALL_CONTROL_EXIT, BOOT_EXT_EXIT],
    ["wait", SYSCALL_CONTROL_WAIT, BOOT_EXT_WAIT],
    ["again", SYSCALL_CONTROL_AGAIN, BOOT_EXT_WAIT],
  ])("is not asked when a callback ends in %s: that is no fault to mend", (_, number, reason) => {
    const { pp } = inBootstrap();
    expect(pp.syscall(number)).toEqual({ is: "given back" });
    expectGivenBack(pp, { status: reason, phase: PHASE_BOOTSTRAP });
  });

  test("still sees the registers of the VS that exited, and who is active", () => {
    const { pp } = inVmexit();
    const before = pp.tcb.values();
    pp.fault(13);
    expect(pp.tcb.values()).toEqual(before);
  });
});

describe("again", () => {
  test.each([
    ["_start", () => registered()],
    ["bootstrap", () => inBootstrap()],
    ["the first vmexit", () => inFirstVmexit()],
    ["a later vmexit", () => inVmexit()],
  ])("in %s resumes at the faulting instruction with all registers, and the callback goes on", (_, scene) => {
    const { pp } = scene();
    const context = pp.block.get("context");
    const general = Object.fromEntries(GENERAL.map((name, index) => [name, 0x4000n + BigInt(index)]));
    const where = { ...PAGE_FAULT, rsp: 0x3080_0000_7f00n, rflags: 0x10246n, general };
    pp.fault(14, where);
    const { cr2: _cr2, general: _general, ...kept } = where;
    expect(pp.syscall(SYSCALL_CONTROL_AGAIN)).toEqual({
      is: "resumed",
      frame: { ...general, ...kept, vector: 14n, cs: 0x2bn, ss: 0x23n },
    });
    expect(pp.block.get("context")).toBe(context);
    expect(pp.report.get("status")).toBe(0n);
  });

  test("is followed by the same exits as if nothing had happened", () => {
    const { pp } = inVmexit();
    pp.fault(14, PAGE_FAULT);
    pp.syscall(SYSCALL_CONTROL_AGAIN);
    expect(pp.syscall(SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT, HANDLE).is).toBe("running");
    expect(pp.exit(EXIT_CPUID)).toMatchObject({ rip: HANDLERS.VMEXIT, reg0: 0n, reg1: EXIT_CPUID });
  });

  test("repeats the first fault even when the fail callback was the first to touch a page of the direct map", () => {
    const { machine, pp } = inBootstrap({ ppCount: 2 });
    const second = bootNext(machine, 1);
    const address = call(pp, SYSCALL_VM_MAP_DIRECT, HANDLE, 0n, 0x1000n);
    second.fault(14, PAGE_FAULT);
    expect(second.fault(14, { cr2: address, rip: HANDLERS.FAIL })).not.toMatchObject({ is: "called" });
    const outcome = second.syscall(SYSCALL_CONTROL_AGAIN);
    expect(outcome).toMatchObject({ is: "resumed", frame: { rip: PAGE_FAULT.rip } });
  });

  test("works again and again", () => {
    const { pp } = inBootstrap();
    for (let i = 0; i < 3; i++) {
      expect(pp.fault(14, PAGE_FAULT)).toMatchObject({ rip: HANDLERS.FAIL });
      expect(pp.syscall(SYSCALL_CONTROL_AGAIN).is).toBe("resumed");
    }
  });
});

describe("run from the fail callback", () => {
  test("ends the failed bootstrap and starts the VM; its first exit is a first exit", () => {
    const { pp } = inBootstrap();
    makeRootVs(pp);
    pp.fault(13);
    expect(pp.syscall(SYSCALL_VS_RUN, HANDLE, 0n, 0n, 0n).is).toBe("running");
    expect(Number(pp.report.get("phase"))).toBe(PHASE_RUNNING);
    expect(pp.exit(EXIT_CPUID)).toMatchObject({ rip: HANDLERS.VMEXIT, reg0: 0n, reg1: EXIT_CPUID });
    expect(pp.syscall(SYSCALL_CONTROL_EXIT)).toEqual({ is: "given back" });
  });

  test.each([
    ["run_current", SYSCALL_VS_RUN_CURRENT, 0n],
    ["advance_ip_and_run_current", SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT, 2n],
  ])("by %s ends a failed vmexit and resumes the guest", (_, number, skipped) => {
    const { pp } = inVmexit();
    const rip = pp.vmcb.get("RIP");
    pp.fault(14, PAGE_FAULT);
    expect(pp.syscall(number, HANDLE).is).toBe("running");
    expect(pp.vmcb.get("RIP")).toBe(rip + skipped);
    expect(pp.exit(0x78n)).toMatchObject({ rip: HANDLERS.VMEXIT, reg0: 0n, reg1: 0x78n });
    expect(pp.report.get("status")).toBe(0n);
  });

  test("ends the first vmexit well: from now on a failure halts", () => {
    const { pp } = inFirstVmexit();
    pp.fault(14, PAGE_FAULT);
    pp.syscall(SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT, HANDLE);
    pp.exit(EXIT_CPUID);
    pp.fault(13);
    expect(pp.syscall(SYSCALL_CONTROL_EXIT)).toEqual({ is: "halted" });
  });

  test("needs a VS: without one the call returns, and the fail callback goes on", () => {
    const { pp } = inBootstrap();
    pp.fault(13);
    expect(status(pp, SYSCALL_VS_RUN_CURRENT, HANDLE)).toBe(STATUS_FAILURE_UNKNOWN);
    expect(pp.syscall(SYSCALL_CONTROL_EXIT)).toEqual({ is: "given back" });
  });

  test("ends a failed _start as wait does: bootstrap comes next, and finds the VS active", () => {
    const { pp } = registered();
    makeRootVs(pp);
    pp.fault(13);
    expect(pp.syscall(SYSCALL_VS_RUN, HANDLE, 0n, 0n, 0n)).toMatchObject({ is: "called", rip: HANDLERS.BOOTSTRAP });
    expect(pp.tcb.get("vsid")).toBe(0n);
    expect(pp.syscall(SYSCALL_VS_RUN_CURRENT, HANDLE).is).toBe("running");
  });
});

describe("a fault in the fail callback", () => {
  test.each([
    ["faults", (pp: Pp) => pp.fault(6), { status: BOOT_EXT_FAULT, detail: 6n }],
    ["waits", (pp: Pp) => pp.syscall(SYSCALL_CONTROL_WAIT), { status: BOOT_EXT_WAIT }],
    [
      "returns",
      (pp: Pp) => pp.fault(14, { cr2: FAIL_TOP, rsp: FAIL_TOP, errorCode: 4n }),
      { status: BOOT_EXT_RETURNED, detail: 14n },
    ],
  ] as const)("that %s is the end: the processor is given back, or halts", (_, end, reason) => {
    const early = inBootstrap().pp;
    early.fault(13);
    expect(end(early)).toEqual({ is: "given back" });
    expectGivenBack(early, { ...reason, phase: PHASE_BOOTSTRAP });
    const late = inVmexit().pp;
    late.fault(13);
    expect(end(late)).toEqual({ is: "halted" });
    expectReason(late, { ...reason, phase: PHASE_HALTED });
  });
});
