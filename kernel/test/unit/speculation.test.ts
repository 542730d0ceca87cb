// What is done against speculation, on processors that need each of it: in which order, and where nothing is

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import {
  DIRECT_BASE,
  MITIGATION_AUTOMATIC_IBRS,
  MITIGATION_CALL_BARRIER,
  MITIGATION_CALL_IBRS,
  MITIGATION_CLEAR_BUFFERS,
  MITIGATION_EXIT_BARRIER,
  MITIGATION_FLUSH_L1D,
  MITIGATION_GUEST_BARRIER,
  MITIGATION_RETURN_STACK,
  MITIGATION_SERVICE_BARRIER,
  MITIGATION_SPEC_CTRL,
  MITIGATION_SWITCH_BARRIER,
  MITIGATION_VIRTUAL_SPEC_CTRL,
  STATUS_FAILURE_UNKNOWN,
  SYSCALL_HANDLE_OPEN,
  SYSCALL_INTRINSIC_RDMSR,
  SYSCALL_INTRINSIC_WRMSR,
  SYSCALL_MESSAGE_CALL,
  SYSCALL_MESSAGE_REPLY,
  SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT,
  SYSCALL_VS_PROMOTE,
  SYSCALL_VS_RUN,
  VENDOR_AMD,
  VENDOR_INTEL,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { partPath } from "../../../bsl/test-support/index.ts";
import { call, expectOutcome, HANDLE, inBootstrap, inStart, inVmexit, status } from "../machine/extension-life.ts";
import { exitCpuid, inVersion, makeGuest, VERSION_2 } from "../machine/guests.ts";
import { TEXT } from "../machine/instructions.ts";
import type { LoaderOptions } from "../machine/loader.ts";
import type { Pp } from "../machine/pp.ts";
import { MSR, MSR_FLUSH_CMD, MSR_PRED_CMD, MSR_SPEC_CTRL } from "../machine/processor.ts";
import { inOwnerVmexit } from "../machine/several-extensions.ts";
import { INTEL_TEXT } from "../machine/vmx.ts";

/** What Linux has there, and host mode. */
const OS = 4n;
const HOST = 0x401n;
const VMCB_SPEC_CTRL = 0x6e0n;
const AIBRSE = 1n << 21n;

/** A processor that has all of it, of which so much is done. */
const having = (vendor: number, mitigations: number): Partial<LoaderOptions> => ({
  ...{ vendor, mitigations, hostSpecCtrl: HOST },
  msrs: [
    [MSR_SPEC_CTRL, OS],
    [MSR_PRED_CMD, 0n],
    [MSR_FLUSH_CMD, 0n],
  ],
});

/** What was done meanwhile. */
function during(pp: Pp, action: () => void): readonly string[] {
  pp.processor.barriers.length = 0;
  action();
  return [...pp.processor.barriers];
}

const runs = (pp: Pp) => expectOutcome(pp.syscall(SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT, HANDLE), "running");
const specCtrl = (pp: Pp) => pp.processor.rdmsr(MSR_SPEC_CTRL);

/** Behind an exit, and before ring 3; behind a call, and before ring 3; behind a call, and before a VM. */
const WAYS: readonly (readonly [string, number, string[], string[], string[]])[] = [
  ["SPEC_CTRL", MITIGATION_SPEC_CTRL, ["SPEC_CTRL 0x401", "LFENCE"], ["LFENCE"], ["LFENCE", "SPEC_CTRL 0x4"]],
  ["a barrier at exits", MITIGATION_EXIT_BARRIER, ["IBPB", "LFENCE"], ["LFENCE"], ["LFENCE"]],
  ["a barrier at exits of other VMs", MITIGATION_GUEST_BARRIER, ["LFENCE"], ["LFENCE"], ["LFENCE"]],
  ["a barrier at calls of other extensions", MITIGATION_SERVICE_BARRIER, ["LFENCE"], ["LFENCE"], ["LFENCE"]],
  ["a barrier at calls", MITIGATION_CALL_BARRIER, ["LFENCE"], ["IBPB", "LFENCE"], ["IBPB", "LFENCE"]],
  [
    "IBRS that holds for what comes behind it",
    MITIGATION_SPEC_CTRL | MITIGATION_CALL_IBRS,
    ["SPEC_CTRL 0x401", "LFENCE"],
    ["SPEC_CTRL 0x401", "LFENCE"],
    ["SPEC_CTRL 0x401", "LFENCE", "SPEC_CTRL 0x4"],
  ],
  ["the return stack", MITIGATION_RETURN_STACK, ["return stack", "LFENCE"], ["LFENCE"], ["LFENCE"]],
  ["buffers", MITIGATION_CLEAR_BUFFERS, ["LFENCE", "VERW"], ["LFENCE", "VERW"], ["LFENCE", "VERW"]],
  ["the first level cache", MITIGATION_FLUSH_L1D, ["LFENCE"], ["LFENCE"], ["LFENCE", "L1D"]],
  [
    "all of it",
    MITIGATION_SPEC_CTRL |
      MITIGATION_EXIT_BARRIER |
      MITIGATION_CALL_BARRIER |
      MITIGATION_CALL_IBRS |
      MITIGATION_SWITCH_BARRIER |
      MITIGATION_RETURN_STACK |
      MITIGATION_CLEAR_BUFFERS |
      MITIGATION_FLUSH_L1D,
    ["SPEC_CTRL 0x401", "IBPB", "return stack", "LFENCE", "VERW"],
    ["SPEC_CTRL 0x401", "IBPB", "LFENCE", "VERW"],
    ["SPEC_CTRL 0x401", "IBPB", "LFENCE", "L1D", "VERW", "SPEC_CTRL 0x4"],
  ],
];

describe.each([
  ["AMD", VENDOR_AMD],
  ["Intel", VENDOR_INTEL],
])("on %s", (_, vendor) => {
  test.each(WAYS)("%s", (_name, mitigations, atExit, atCall, atRun) => {
    const { pp } = inVmexit(having(vendor, mitigations));
    expect(during(pp, () => status(pp, SYSCALL_HANDLE_OPEN, 0n))).toEqual(atCall);
    expect(during(pp, () => runs(pp))).toEqual(atRun);
    expect(during(pp, () => exitCpuid(pp))).toEqual(atExit);
    expect(during(pp, () => expectOutcome(pp.fault(6), "called"))).toEqual(atCall);
  });

  test("nothing, where a processor needs nothing: the short ways are those that are taken", () => {
    const { pp } = inVmexit(having(vendor, 0));
    const isIntel = vendor === VENDOR_INTEL;
    expect(pp.processor.rdmsr(MSR.LSTAR)).toBe(isIntel ? INTEL_TEXT.SYSCALL_ENTRY : TEXT.SYSCALL_ENTRY);
    runs(pp);
    exitCpuid(pp);
    pp.fault(6);
    expect(pp.processor.barriers).toEqual([]);
    expect(specCtrl(pp)).toBe(OS);
    for (const name of ["careful", "mitigations", "work", "entryWork"]) expect(pp.block.get(name)).toBe(0n);
  });

  test("the operating system finds in SPEC_CTRL what it has written there, in the VM and behind it", () => {
    const { pp } = inVmexit(having(vendor, MITIGATION_SPEC_CTRL));
    expect(specCtrl(pp)).toBe(HOST);
    runs(pp);
    expect(specCtrl(pp)).toBe(OS);
    pp.processor.wrmsr(MSR_SPEC_CTRL, 6n);
    exitCpuid(pp);
    expect(specCtrl(pp)).toBe(HOST);
    runs(pp);
    expect(specCtrl(pp)).toBe(6n);
    exitCpuid(pp);
    expectOutcome(pp.syscall(SYSCALL_VS_PROMOTE, HANDLE, 0n), "given back");
    expect(specCtrl(pp)).toBe(6n);
  });

  test("and what it came with, when a start fails", () => {
    const { pp } = inBootstrap(having(vendor, MITIGATION_SPEC_CTRL));
    expect(specCtrl(pp)).toBe(HOST);
    pp.fault(6);
    expectOutcome(pp.fault(6), "given back");
    expect(specCtrl(pp)).toBe(OS);
  });

  test("a processor is given back untouched when it is refused before host mode", () => {
    const { pp } = inStart({ ...having(vendor, MITIGATION_SPEC_CTRL) });
    pp.fault(6);
    expect(specCtrl(pp)).toBe(OS);
  });

  test("each VS has its own SPEC_CTRL, whoever runs between, and a barrier separates VMs", () => {
    const mitigations = MITIGATION_SPEC_CTRL | MITIGATION_SWITCH_BARRIER | MITIGATION_RETURN_STACK;
    const { pp } = inVersion(VERSION_2, having(vendor, mitigations));
    const guest = makeGuest(pp);
    const separation = during(pp, () => guest.run());
    expect(separation).toEqual(["LFENCE", "IBPB", "return stack", "SPEC_CTRL 0x0"]);
    pp.processor.wrmsr(MSR_SPEC_CTRL, 2n);
    exitCpuid(pp);
    expect(during(pp, () => guest.run())).toEqual(["LFENCE", "SPEC_CTRL 0x2"]);
    exitCpuid(pp);
    const back = during(pp, () => expectOutcome(pp.syscall(SYSCALL_VS_RUN, HANDLE, 0n, 0n, 0n), "running"));
    expect(back).toEqual(["LFENCE", "IBPB", "return stack", "SPEC_CTRL 0x4"]);
    exitCpuid(pp);
    guest.run();
    expect(specCtrl(pp)).toBe(2n);
  });

  test("a guest's exits have the barrier that the root VM's have not, and one more separates them", () => {
    const mitigations = MITIGATION_SPEC_CTRL | MITIGATION_GUEST_BARRIER | MITIGATION_SWITCH_BARRIER;
    const { pp } = inVersion(VERSION_2, having(vendor, mitigations));
    const guest = makeGuest(pp);
    for (let round = 0; round < 2; round++) {
      expect(during(pp, () => guest.run())).toEqual(["LFENCE", "IBPB", "SPEC_CTRL 0x0"]);
      expect(during(pp, () => exitCpuid(pp))).toEqual(["SPEC_CTRL 0x401", "IBPB", "LFENCE"]);
      // The same VM again
      expect(during(pp, () => guest.run())).toEqual(["LFENCE", "SPEC_CTRL 0x0"]);
      expect(during(pp, () => exitCpuid(pp))).toEqual(["SPEC_CTRL 0x401", "IBPB", "LFENCE"]);
      const back = during(pp, () => expectOutcome(pp.syscall(SYSCALL_VS_RUN, HANDLE, 0n, 0n, 0n), "running"));
      expect(back).toEqual(["LFENCE", "IBPB", "SPEC_CTRL 0x4"]);
      expect(during(pp, () => exitCpuid(pp))).toEqual(["SPEC_CTRL 0x401", "LFENCE"]);
    }
  });

  test("an extension's calls about SPEC_CTRL mean the VS that is active", () => {
    const { pp } = inVmexit(having(vendor, MITIGATION_SPEC_CTRL));
    expect(call(pp, SYSCALL_INTRINSIC_RDMSR, HANDLE, BigInt(MSR_SPEC_CTRL))).toBe(OS);
    call(pp, SYSCALL_INTRINSIC_WRMSR, HANDLE, BigInt(MSR_SPEC_CTRL), 1n);
    expect(specCtrl(pp)).toBe(HOST);
    expect(call(pp, SYSCALL_INTRINSIC_RDMSR, HANDLE, BigInt(MSR_SPEC_CTRL))).toBe(1n);
    runs(pp);
    expect(specCtrl(pp)).toBe(1n);
  });

  test("before any VS is active they do not touch host mode's", () => {
    const { pp } = inBootstrap(having(vendor, MITIGATION_SPEC_CTRL));
    expect(status(pp, SYSCALL_INTRINSIC_WRMSR, HANDLE, BigInt(MSR_SPEC_CTRL), 1n)).toBe(STATUS_FAILURE_UNKNOWN);
    expect(specCtrl(pp)).toBe(HOST);
  });
});

describe("AMD's own", () => {
  test("automatic IBRS is host mode's, and not the VM's", () => {
    const { pp } = inVmexit(having(VENDOR_AMD, MITIGATION_AUTOMATIC_IBRS));
    expect(pp.processor.rdmsr(MSR.EFER) & AIBRSE).toBe(AIBRSE);
    expect(pp.vmcb.get("EFER") & AIBRSE).toBe(0n);
  });

  test("a virtual SPEC_CTRL is the processor's to change", () => {
    const { pp, machine } = inVmexit(having(VENDOR_AMD, MITIGATION_SPEC_CTRL | MITIGATION_VIRTUAL_SPEC_CTRL));
    const field = () => machine.memory.peek(DIRECT_BASE + pp.block.get("vmcb") + VMCB_SPEC_CTRL, 8);
    expect(field()).toBe(OS);
    call(pp, SYSCALL_INTRINSIC_WRMSR, HANDLE, BigInt(MSR_SPEC_CTRL), 1n);
    expect(field()).toBe(1n);
    expect(during(pp, () => runs(pp))).toEqual(["LFENCE"]);
    expect(during(pp, () => exitCpuid(pp))).toEqual(["LFENCE"]);
    expect(specCtrl(pp)).toBe(HOST);
    expectOutcome(pp.syscall(SYSCALL_VS_PROMOTE, HANDLE, 0n), "given back");
    expect(specCtrl(pp)).toBe(1n);
  });
});

test("a barrier separates extensions", () => {
  const { pp } = inOwnerVmexit({ mitigations: MITIGATION_SWITCH_BARRIER, msrs: [[MSR_PRED_CMD, 0n]] });
  const sending = during(pp, () =>
    expectOutcome(pp.syscall(SYSCALL_MESSAGE_CALL, HANDLE, 1n, 7n, 0n, 0n, 0n), "called"),
  );
  expect(sending).toEqual(["LFENCE", "IBPB"]);
});

test("calls and faults of a service have the barrier that those of the root VM's extension have not", () => {
  const { pp } = inOwnerVmexit({ mitigations: MITIGATION_SERVICE_BARRIER, msrs: [[MSR_PRED_CMD, 0n]] });
  const asks = () => status(pp, SYSCALL_HANDLE_OPEN, 0n);
  expect(during(pp, asks)).toEqual(["LFENCE"]);
  const sending = during(pp, () =>
    expectOutcome(pp.syscall(SYSCALL_MESSAGE_CALL, HANDLE, 1n, 7n, 0n, 0n, 0n), "called"),
  );
  expect(sending).toEqual(["LFENCE"]);
  expect(during(pp, asks)).toEqual(["IBPB", "LFENCE"]);
  const replying = during(pp, () => expectOutcome(pp.syscall(SYSCALL_MESSAGE_REPLY, HANDLE, 0n, 0n), "returned"));
  expect(replying).toEqual(["IBPB", "LFENCE"]);
  expect(during(pp, asks)).toEqual(["LFENCE"]);
});

test("the kernel's only indirect branch is the one that leaves it", () => {
  const image = fileURLToPath(new URL("kernel.debug.elf", `file://${partPath("kernel")}`));
  const lines = execFileSync("llvm-objdump", ["-d", "--no-show-raw-insn", image], { maxBuffer: 64 << 20 }).toString();
  const branches = lines.split("\n").filter((line) => /\t(jmp|call)\w*\s+\*/.test(line));
  expect(branches).toHaveLength(1);
  expect(branches[0]).toMatch(/jmpq\s+\*%rax$/);
});
