// What handlers find in the TCB without a system call: CR4 of the active VS, and what its exit was about

import {
  AMD_REG_CR4,
  AMD_REG_INTERCEPT_EXCEPTION,
  INTEL_REG_CR4,
  STATUS_SUCCESS,
  SYSCALL_VP_CREATE,
  SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT,
  SYSCALL_VS_CREATE,
  SYSCALL_VS_READ,
  SYSCALL_VS_RUN_CURRENT,
  SYSCALL_VS_SET_ACTIVE,
  SYSCALL_VS_WRITE,
  VENDOR_AMD,
  VENDOR_INTEL,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import {
  call,
  EXIT_CPUID,
  expectOutcome,
  HANDLE,
  INTEL_EXIT_CPUID,
  inGuest,
  inVmexit,
  status,
} from "../machine/extension-life.ts";
import type { Pp } from "../machine/pp.ts";

const PVI = 2n;
const TOLD = [
  ...(["exitInformation1", "exitInformation2", "exitEvent", "exitInstruction", "exitPrivilege"] as const),
  ...(["exitShadow", "exitPriority", "exitRip", "exitNextRip", "exitRflags", "exitCode"] as const),
];

const VENDORS = [
  { name: "AMD", vendor: VENDOR_AMD, cr4: AMD_REG_CR4, cpuid: EXIT_CPUID },
  { name: "Intel", vendor: VENDOR_INTEL, cr4: INTEL_REG_CR4, cpuid: INTEL_EXIT_CPUID },
] as const;

describe.each(VENDORS)("CR4 of the active VS ($name)", ({ vendor, cr4, cpuid }) => {
  const read = (pp: Pp, vs = 0n) => call(pp, SYSCALL_VS_READ, HANDLE, vs, BigInt(cr4));

  test("is there at a CPUID, and what the extension writes", () => {
    const { pp } = inVmexit({ vendor });
    expect(pp.tcb.get("cr4")).toBe(read(pp));
    call(pp, SYSCALL_VS_WRITE, HANDLE, 0n, BigInt(cr4), read(pp) ^ PVI);
    expect(pp.tcb.get("cr4")).toBe(read(pp));
  });

  test("is what the VM has made of it when it exits", () => {
    const { pp } = inGuest({ vendor });
    const before = pp.tcb.get("cr4");
    expectOutcome(pp.exit(cpuid, { CR4: before ^ PVI }), "called");
    expect(pp.tcb.get("cr4")).toBe(before ^ PVI);
  });

  test("is that of a VS that becomes active", () => {
    const { pp } = inVmexit({ vendor });
    const roots = read(pp);
    const vp = call(pp, SYSCALL_VP_CREATE, HANDLE, 0n);
    const vs = call(pp, SYSCALL_VS_CREATE, HANDLE, vp, 0n);
    call(pp, SYSCALL_VS_WRITE, HANDLE, vs, BigInt(cr4), roots ^ PVI);
    expect(pp.tcb.get("cr4")).toBe(roots);
    expect(status(pp, SYSCALL_VS_SET_ACTIVE, HANDLE, 0n, vp, vs)).toBe(STATUS_SUCCESS);
    expect(pp.tcb.get("cr4")).toBe(read(pp, vs));
    expect(pp.tcb.get("cr4")).not.toBe(roots);
    expect(status(pp, SYSCALL_VS_SET_ACTIVE, HANDLE, 0n, 0n, 0n)).toBe(STATUS_SUCCESS);
    expect(pp.tcb.get("cr4")).toBe(roots);
  });
});

describe("what an exit was about", () => {
  const told = (pp: Pp) => pp.tcb.values(TOLD);

  test("is there on AMD, and stays through a CPUID", () => {
    const { pp } = inGuest({ vendor: VENDOR_AMD });
    const CR4 = pp.tcb.get("cr4") ^ PVI;
    const words = { EXITINFO1: 0x1_0000_0006n, EXITINFO2: 0xfee0_0300n, EXITINTINFO: 0x8000_0321n, CPL: 3n, CR4 };
    const held = { VIRTUAL_INTERRUPT_B: 1n, VIRTUAL_INTERRUPT_A: 0x100_0105n };
    const code = { RIP: 0x40_1000n, NRIP: 0x40_1003n, RFLAGS: 0x246n, CS_ATTRIB: 0xafbn };
    const expected = {
      exitInformation1: 0x1_0000_0006n,
      exitInformation2: 0xfee0_0300n,
      exitEvent: 0x8000_0321n,
      exitInstruction: 0n,
      exitPrivilege: 3n,
      exitShadow: 1n,
      exitPriority: 0x100_0105n,
      exitRip: 0x40_1000n,
      exitNextRip: 0x40_1003n,
      exitRflags: 0x246n,
      exitCode: 0xafbn,
    };
    expectOutcome(pp.exit(0x400n, { ...words, ...held, ...code }), "called");
    expect(told(pp)).toEqual(expected);
    expect(pp.tcb.get("cr4")).toBe(CR4);
    expectOutcome(pp.syscall(SYSCALL_VS_RUN_CURRENT, HANDLE), "running");
    expectOutcome(pp.exit(EXIT_CPUID, { EXITINFO1: 0n, EXITINFO2: 0n, EXITINTINFO: 0n, CPL: 0n }), "called");
    expect(told(pp)).toEqual(expected);
  });

  test("is there on Intel, and stays through a CPUID", () => {
    const { pp } = inGuest({ vendor: VENDOR_INTEL });
    const CR4 = pp.tcb.get("cr4") ^ PVI;
    const words = {
      EXIT_QUALIFICATION: 0x182n,
      PHYSICAL_ADDRESS: 0xfee0_0300n,
      IDT_VECTORING_INFORMATION_FIELD: 0x8000_0021n,
      VMEXIT_INSTRUCTION_INFORMATION: 0x1_0700n,
      SS_ATTRIB: 0xc0f3n,
      CR4,
      RIP: 0x40_1000n,
      VMEXIT_INSTRUCTION_LENGTH: 3n,
      RFLAGS: 0x246n,
      CS_ATTRIB: 0xa0fbn,
      INTERRUPTIBILITY_STATE: 2n,
    };
    const expected = {
      exitInformation1: 0x182n,
      exitInformation2: 0xfee0_0300n,
      exitEvent: 0x8000_0021n,
      exitInstruction: 0x1_0700n,
      exitPrivilege: 3n,
      exitShadow: 2n,
      // The root VM has none of its own
      exitPriority: expect.any(BigInt),
      exitRip: 0x40_1000n,
      exitNextRip: 0x40_1003n,
      exitRflags: 0x246n,
      exitCode: 0xa0fbn,
    };
    expectOutcome(pp.exit(48n, words), "called");
    expect(told(pp)).toEqual(expected);
    expect(pp.tcb.get("cr4")).toBe(CR4);
    expectOutcome(pp.syscall(SYSCALL_VS_RUN_CURRENT, HANDLE), "running");
    const none = { EXIT_QUALIFICATION: 0n, PHYSICAL_ADDRESS: 0n, IDT_VECTORING_INFORMATION_FIELD: 0n };
    expectOutcome(pp.exit(INTEL_EXIT_CPUID, none), "called");
    expect(told(pp)).toEqual(expected);
  });

  test("is nothing at the trap of a single step, which the kernel makes an exit of", () => {
    const { pp } = inGuest({ vendor: VENDOR_AMD });
    const asked = BigInt(AMD_REG_INTERCEPT_EXCEPTION);
    expectOutcome(pp.exit(0x400n, { EXITINFO1: 6n, EXITINFO2: 7n, EXITINTINFO: 8n }), "called");
    call(pp, SYSCALL_VS_WRITE, HANDLE, 0n, asked, 2n);
    expectOutcome(pp.syscall(SYSCALL_VS_RUN_CURRENT, HANDLE), "running");
    expectOutcome(pp.exit(EXIT_CPUID, { RIP: 0x1000n, NRIP: 0x1002n, RFLAGS: 0x102n, EVENTINJ: 0n }), "called");
    expect(pp.syscall(SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT, HANDLE)).toMatchObject({ is: "called", reg1: 0x41n });
    expect(told(pp)).toMatchObject({ exitInformation1: 0n, exitInformation2: 0n, exitEvent: 0n });
  });
});
