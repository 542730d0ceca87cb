// From _start to the running VM: the right way, and every wrong end of a callback

import {
  AMD_REG_CR0,
  AMD_REG_CR3,
  AMD_REG_CR8,
  AMD_REG_DR0,
  AMD_REG_DR6,
  AMD_REG_DR7,
  AMD_REG_EFER,
  AMD_REG_EVENTINJ,
  AMD_REG_GUEST_ASID,
  AMD_REG_INTERCEPT_INSTRUCTION2,
  AMD_REG_XCR0,
  BOOT_EXT_EXIT,
  BOOT_EXT_FAULT,
  BOOT_EXT_NO_BOOTSTRAP,
  BOOT_EXT_NO_FAIL,
  BOOT_EXT_NO_VMEXIT,
  BOOT_EXT_RETURNED,
  BOOT_EXT_WAIT,
  BOOT_INVALID_VM,
  EXT_STACK_BASE,
  EXT_STACK_BYTES,
  PHASE_BOOTSTRAP,
  PHASE_HALTED,
  PHASE_RUNNING,
  PHASE_START,
  STATUS_FAILURE_INVALID_HANDLE,
  SYSCALL_CONTROL_AGAIN,
  SYSCALL_CONTROL_EXIT,
  SYSCALL_CONTROL_WAIT,
  SYSCALL_HANDLE_CLOSE,
  SYSCALL_VS_CREATE,
  SYSCALL_VS_RUN,
  SYSCALL_VS_RUN_CURRENT,
  SYSCALL_VS_SET_ACTIVE,
  SYSCALL_VS_WRITE,
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
  inGuest,
  inStart,
  inVmexit,
  makeRootVs,
  registered,
  type Scene,
  status,
} from "../machine/extension-life.ts";
import { type Outcome, type Pp, UNUSED_ARGUMENTS } from "../machine/pp.ts";
import { expectGivenBack, expectReason, machineRegisters, operatingSystemRegisters } from "./given-back.ts";

const STACK_TOP = EXT_STACK_BASE + EXT_STACK_BYTES;
const phase = (pp: Pp) => Number(pp.report.get("phase"));
const vmexit = (reason: bigint): Outcome => ({
  is: "called",
  rip: HANDLERS.VMEXIT,
  rsp: STACK_TOP,
  reg0: 0n,
  reg1: reason,
  ...UNUSED_ARGUMENTS,
});

type WrongEnd = readonly [string, (pp: Pp) => Outcome, { status: number; detail?: bigint }];

/** Wrong ends of a callback, and what the loader is told when no fail callback mends them. */
const WRONG_ENDS: readonly WrongEnd[] = [
  ["a page fault", (pp) => pp.fault(14, { cr2: 0x1234n, errorCode: 4n }), { status: BOOT_EXT_FAULT, detail: 14n }],
  ["a general protection fault", (pp) => pp.fault(13), { status: BOOT_EXT_FAULT, detail: 13n }],
  ["an assertion", (pp) => pp.fault(3), { status: BOOT_EXT_FAULT, detail: 3n }],
  ["a return", returnFrom, { status: BOOT_EXT_RETURNED, detail: 14n }],
];
/** Ends by which the extension gives up itself: no fail callback is asked. */
const SURRENDERS: readonly WrongEnd[] = [
  ["exit", (pp) => pp.syscall(SYSCALL_CONTROL_EXIT), { status: BOOT_EXT_EXIT }],
  ["again", (pp) => pp.syscall(SYSCALL_CONTROL_AGAIN), { status: BOOT_EXT_WAIT }],
];
const WAIT: WrongEnd = ["wait", (pp) => pp.syscall(SYSCALL_CONTROL_WAIT), { status: BOOT_EXT_WAIT }];

/** RET with nothing pushed: reads its address from the absent page above the stack. */
function returnFrom(pp: Pp): Outcome {
  const top = pp.block.get("upcallRsp");
  return pp.fault(14, { cr2: top, rsp: top, errorCode: 4n });
}

describe("the right way", () => {
  test("goes through every phase", () => {
    const { pp } = registered();
    expect(phase(pp)).toBe(PHASE_START);
    pp.syscall(SYSCALL_CONTROL_WAIT);
    expect(phase(pp)).toBe(PHASE_BOOTSTRAP);
    makeRootVs(pp);
    expect(pp.syscall(SYSCALL_VS_RUN, HANDLE, 0n, 0n, 0n).is).toBe("running");
    expect(phase(pp)).toBe(PHASE_RUNNING);
    expect(pp.exit(EXIT_CPUID)).toEqual(vmexit(EXIT_CPUID));
    expect(pp.syscall(SYSCALL_VS_RUN_CURRENT, HANDLE).is).toBe("running");
    expect(pp.exit(0x78n)).toEqual(vmexit(0x78n));
    expect(pp.report.get("status")).toBe(0n);
  });

  test("needs no handle for wait, but for what comes behind it", () => {
    const { pp } = registered();
    call(pp, SYSCALL_HANDLE_CLOSE, HANDLE);
    expect(pp.syscall(SYSCALL_CONTROL_WAIT)).toMatchObject({ is: "called", rip: HANDLERS.BOOTSTRAP });
    expect(status(pp, SYSCALL_VS_RUN_CURRENT, HANDLE)).toBe(STATUS_FAILURE_INVALID_HANDLE);
  });

  test("flushes the root VM's translations for its first run alone", () => {
    const { pp } = inGuest();
    expect(pp.vmcb.get("TLB_CONTROL")).toBe(1n);
    pp.exit(EXIT_CPUID);
    pp.syscall(SYSCALL_VS_RUN_CURRENT, HANDLE);
    expect(pp.vmcb.get("TLB_CONTROL")).toBe(0n);
  });
});

describe("wait at the end of _start", () => {
  test.each([
    ["bootstrap", ["VMEXIT", "FAIL"], BOOT_EXT_NO_BOOTSTRAP],
    ["vmexit", ["BOOTSTRAP", "FAIL"], BOOT_EXT_NO_VMEXIT],
    ["fail", ["BOOTSTRAP", "VMEXIT"], BOOT_EXT_NO_FAIL],
    ["any", [], BOOT_EXT_NO_BOOTSTRAP],
  ] as const)("without a %s callback gives the processor back", (_, callbacks, reason) => {
    const { machine, pp } = registered({}, callbacks);
    expect(pp.syscall(SYSCALL_CONTROL_WAIT)).toEqual({ is: "given back" });
    expectGivenBack(pp, { status: reason, phase: PHASE_START });
    const [missing] = ["bootstrap", "vmexit", "fail"].filter(
      (name) => !callbacks.some((one) => one.toLowerCase() === name),
    );
    expect(machine.log).toBe(`bareflank: PP 0: no ${missing} callback was registered in _start\n`);
  });
});

describe("without a fail callback, _start that ends with", () => {
  test.each([...WRONG_ENDS, ...SURRENDERS])("%s gives the processor back", (_, end, reason) => {
    const { pp } = inStart();
    expect(end(pp)).toEqual({ is: "given back" });
    expectGivenBack(pp, { ...reason, phase: PHASE_START });
  });
});

describe.each([
  ["_start", () => registered(), PHASE_START, SURRENDERS],
  ["bootstrap", () => inBootstrap(), PHASE_BOOTSTRAP, [...SURRENDERS, WAIT]],
  ["bootstrap with a root VS that has not run", withRootVs, PHASE_BOOTSTRAP, [...SURRENDERS, WAIT]],
] as const)("%s that ends with", (_, scene, reached, surrenders) => {
  test.each(surrenders)("%s gives the processor back at once, though there is a fail callback", (__, end, reason) => {
    const { pp } = scene();
    expect(end(pp)).toEqual({ is: "given back" });
    expectGivenBack(pp, { ...reason, phase: reached });
  });

  test.each(WRONG_ENDS)(
    "%s calls fail; exit there gives the processor back with the first reason",
    (__, end, reason) => {
      const { pp } = scene();
      expect(end(pp)).toMatchObject({ is: "called", rip: HANDLERS.FAIL });
      expect(pp.syscall(SYSCALL_CONTROL_EXIT)).toEqual({ is: "given back" });
      expectGivenBack(pp, { ...reason, phase: reached });
    },
  );
});

describe("the first vmexit, in which another VS became active,", () => {
  test("gives the operating system back and not that VS", () => {
    const { pp } = inFirstVmexit();
    const before = pp.state.values();
    const vs = call(pp, SYSCALL_VS_CREATE, HANDLE, 0n, 0n);
    call(pp, SYSCALL_VS_SET_ACTIVE, HANDLE, 0n, 0n, vs);
    pp.fault(13);
    expect(pp.syscall(SYSCALL_CONTROL_EXIT)).toEqual({ is: "given back" });
    expect(pp.state.values()).toEqual({ ...before, rip: (before.rip ?? 0n) + 2n, rax: BigInt(BOOT_EXT_FAULT) });
    expect(machineRegisters(pp.processor)).toEqual(operatingSystemRegisters());
  });
});

describe("bootstrap that changed the processor through an active VS", () => {
  test("gives the operating system's registers back when it fails", () => {
    const { pp } = withRootVs();
    call(pp, SYSCALL_VS_SET_ACTIVE, HANDLE, 0n, 0n, 0n);
    for (const [register, value] of [
      [AMD_REG_DR0, 0x99n],
      [AMD_REG_CR8, 9n],
      [AMD_REG_XCR0, 3n],
    ] as const) {
      call(pp, SYSCALL_VS_WRITE, HANDLE, 0n, BigInt(register), value);
    }
    pp.fault(13);
    expect(pp.syscall(SYSCALL_CONTROL_EXIT)).toEqual({ is: "given back" });
    expectGivenBack(pp, { status: BOOT_EXT_FAULT, detail: 13n, phase: PHASE_BOOTSTRAP });
  });
});

describe("the first vmexit that ends with", () => {
  function expectBehindCpuid(pp: Pp, before: Record<string, bigint>, reason: WrongEnd[2]): void {
    expectReason(pp, { ...reason, phase: PHASE_RUNNING });
    expect(pp.state.values()).toEqual({ ...before, rip: (before.rip ?? 0n) + 2n, rax: BigInt(reason.status) });
    expect(machineRegisters(pp.processor)).toEqual(operatingSystemRegisters());
  }

  test.each(WRONG_ENDS)("%s gives the processor back behind the CPUID, the reason in RAX", (_, end, reason) => {
    const { pp } = inFirstVmexit();
    const before = pp.state.values();
    expect(end(pp)).toMatchObject({ is: "called", rip: HANDLERS.FAIL });
    expect(pp.syscall(SYSCALL_CONTROL_EXIT)).toEqual({ is: "given back" });
    expectBehindCpuid(pp, before, reason);
  });

  test.each([...SURRENDERS, WAIT])("%s does so without asking the fail callback", (_, end, reason) => {
    const { pp } = inFirstVmexit();
    const before = pp.state.values();
    expect(end(pp)).toEqual({ is: "given back" });
    expectBehindCpuid(pp, before, reason);
  });
});

describe("a later vmexit that ends with", () => {
  test.each(WRONG_ENDS)("%s halts the processor: the operating system is not what it was", (_, end, reason) => {
    const { pp } = inVmexit();
    expect(end(pp)).toMatchObject({ is: "called", rip: HANDLERS.FAIL });
    expect(pp.syscall(SYSCALL_CONTROL_EXIT)).toEqual({ is: "halted" });
    expectReason(pp, { ...reason, phase: PHASE_HALTED });
  });

  test.each([...SURRENDERS, WAIT])("%s does so without asking the fail callback", (_, end, reason) => {
    const { pp } = inVmexit();
    expect(end(pp)).toEqual({ is: "halted" });
    expectReason(pp, { ...reason, phase: PHASE_HALTED });
  });
});

describe("run at the end of _start", () => {
  test("is as good as wait: bootstrap comes next, and finds the VS active", () => {
    const { pp } = registered();
    makeRootVs(pp);
    expect(pp.syscall(SYSCALL_VS_RUN, HANDLE, 0n, 0n, 0n)).toMatchObject({ is: "called", rip: HANDLERS.BOOTSTRAP });
    expect(phase(pp)).toBe(PHASE_BOOTSTRAP);
    expect(pp.tcb.get("vsid")).toBe(0n);
    expect(pp.syscall(SYSCALL_VS_RUN_CURRENT, HANDLE).is).toBe("running");
  });

  test("checks that the callbacks are there, too", () => {
    const { pp } = registered({}, ["BOOTSTRAP", "VMEXIT"]);
    makeRootVs(pp);
    expect(pp.syscall(SYSCALL_VS_RUN, HANDLE, 0n, 0n, 0n)).toEqual({ is: "given back" });
    expectGivenBack(pp, { status: BOOT_EXT_NO_FAIL, phase: PHASE_START });
  });
});

describe("a VS that VMRUN refuses", () => {
  test("on the first run leaves the operating system as it was", () => {
    const { pp } = withRootVs();
    expect(runRefused(pp)).toEqual({ is: "given back" });
    expectGivenBack(pp, { status: BOOT_INVALID_VM, phase: PHASE_RUNNING });
  });

  test("later is an exit like any other, -1, and the ring says which rule is broken", () => {
    const { machine, pp } = inVmexit();
    call(pp, SYSCALL_VS_WRITE, HANDLE, 0n, BigInt(AMD_REG_GUEST_ASID), 0n);
    expect(pp.syscall(SYSCALL_VS_RUN_CURRENT, HANDLE)).toEqual(vmexit(0xffff_ffff_ffff_ffffn));
    const what = "guest ASID must not be 0 (APM 2, 15.5.1)";
    expect(machine.log).toContain(
      `bareflank: PP 0: the processor refuses VS 0: ${what}; register ${AMD_REG_GUEST_ASID} is 0x0\n`,
    );
  });

  test.each([
    ["CR0", AMD_REG_CR0, 0xa005_0033n, "CR0: NW needs CD (APM 2, 15.5.1)"],
    ["CR0 in long mode", AMD_REG_CR0, 0x8005_0032n, "long mode with paging needs CR0.PE (APM 2, 15.5.1)"],
    ["DR6", AMD_REG_DR6, 1n << 32n, "DR6: bits 63:32 must be 0 (APM 2, 15.5.1)"],
    ["an event", AMD_REG_EVENTINJ, 0x8000_0100n, "event to inject: its type is reserved (APM 2, 15.20)"],
  ])(
    "for %s is explained by what was written, though the processor leaves its own in the VMCB",
    (_, register, value, what) => {
      const { machine, pp } = inVmexit();
      call(pp, SYSCALL_VS_WRITE, HANDLE, 0n, BigInt(register), value);
      expect(pp.syscall(SYSCALL_VS_RUN_CURRENT, HANDLE)).toEqual(vmexit(0xffff_ffff_ffff_ffffn));
      const where = `register ${register} is 0x${value.toString(16)}`;
      expect(machine.log).toContain(`bareflank: PP 0: the processor refuses VS 0: ${what}; ${where}\n`);
    },
  );

  /** Runs the root VS with an ASID, a CR0 and a DR7 that the processor refuses. */
  function runRefused(pp: Pp): Outcome {
    const write = (register: number, value: bigint) => call(pp, SYSCALL_VS_WRITE, HANDLE, 0n, BigInt(register), value);
    write(AMD_REG_GUEST_ASID, 0n);
    write(AMD_REG_CR0, 0x2000_0000n);
    write(AMD_REG_CR3, 0n);
    write(AMD_REG_DR7, 1n << 32n);
    return pp.syscall(SYSCALL_VS_RUN, HANDLE, 0n, 0n, 0n);
  }
});

describe("a second processor", () => {
  test("that fails leaves the first one at work", () => {
    const { machine, pp } = inVmexit({ ppCount: 2 });
    const second = bootNext(machine, 1);
    second.fault(13);
    expect(second.syscall(SYSCALL_CONTROL_EXIT)).toEqual({ is: "given back" });
    expectGivenBack(second, { status: BOOT_EXT_FAULT, detail: 13n, phase: PHASE_BOOTSTRAP });
    expect(pp.report.get("status")).toBe(0n);
    expect(pp.syscall(SYSCALL_VS_RUN_CURRENT, HANDLE).is).toBe("running");
  });

  test("that fails gets its own operating system, not the VS with its number that ran on the first", () => {
    const { machine, pp } = inFirstVmexit({ ppCount: 2 });
    const vs = call(pp, SYSCALL_VS_CREATE, HANDLE, 0n, 0n);
    expect(vs).toBe(1n);
    call(pp, SYSCALL_VS_WRITE, HANDLE, vs, BigInt(AMD_REG_GUEST_ASID), 2n);
    call(pp, SYSCALL_VS_WRITE, HANDLE, vs, BigInt(AMD_REG_INTERCEPT_INSTRUCTION2), 1n);
    call(pp, SYSCALL_VS_WRITE, HANDLE, vs, BigInt(AMD_REG_EFER), 0n);
    expect(pp.syscall(SYSCALL_VS_RUN, HANDLE, 0n, 0n, vs).is).toBe("running");
    const second = bootNext(machine, 1);
    second.fault(13);
    expect(second.syscall(SYSCALL_CONTROL_EXIT)).toEqual({ is: "given back" });
    expectGivenBack(second, { status: BOOT_EXT_FAULT, detail: 13n, phase: PHASE_BOOTSTRAP });
    expect(pp.vmcb.get("GUEST_ASID")).toBe(2n);
  });

  test("runs a VS of its own", () => {
    const { machine } = inVmexit({ ppCount: 2 });
    const second = bootNext(machine, 1);
    const vs = makeRootVs(second);
    expect(vs).toBe(1n);
    expect(second.syscall(SYSCALL_VS_RUN, HANDLE, 0n, 1n, vs).is).toBe("running");
    expect(second.exit(EXIT_CPUID)).toMatchObject({ is: "called", rip: HANDLERS.VMEXIT, reg0: 1n, reg1: EXIT_CPUID });
    // What version 2 shows beside is nothing that version 1 has
    expect(second.tcb.values(["activeVm", "activeVp", "activeVs"])).toEqual({
      activeVm: 0n,
      activeVp: 0n,
      activeVs: 0n,
    });
    expect(second.tcb.values(["vpid", "vsid", "ppid", "onlinePps"])).toEqual({
      vpid: 1n,
      vsid: 1n,
      ppid: 1n,
      onlinePps: 2n,
    });
  });
});

function withRootVs(): Scene {
  const scene = inBootstrap();
  makeRootVs(scene.pp);
  return scene;
}
