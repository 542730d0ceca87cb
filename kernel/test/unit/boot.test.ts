// A processor arrives from the loader

import {
  CONTEXT_START,
  CPU_FEATURE_SMEP,
  CPU_FEATURE_XSAVE,
  EXT_STACK_BASE,
  EXT_STACK_BYTES,
  EXT_TLS_BASE,
  PHASE_START,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { HANDLERS } from "../machine/example-extension.ts";
import { TEXT } from "../machine/instructions.ts";
import { ALL_FEATURES } from "../machine/loader.ts";
import { Machine } from "../machine/machine.ts";
import { UNUSED_ARGUMENTS } from "../machine/pp.ts";
import { MSR } from "../machine/processor.ts";

const THREAD_POINTER = EXT_TLS_BASE + 0x1000n;

function booted(options: ConstructorParameters<typeof Machine>[0] = {}) {
  const machine = new Machine(options);
  const pp = machine.pp(0);
  return { machine, pp, outcome: pp.boot() };
}

describe("the first processor", () => {
  test("calls _start with the supported versions, on the top of the extension's stack", () => {
    const { pp, outcome } = booted();
    const rsp = EXT_STACK_BASE + EXT_STACK_BYTES;
    expect(outcome).toEqual({ is: "called", rip: HANDLERS.START, rsp, reg0: 2n, reg1: 0n, ...UNUSED_ARGUMENTS });
    expect(pp.report.values(["phase", "status", "detail"])).toEqual({
      phase: BigInt(PHASE_START),
      status: 0n,
      detail: 0n,
    });
    expect(pp.block.get("context")).toBe(BigInt(CONTEXT_START));
  });

  test("runs the microkernel with its own control registers", () => {
    const { processor } = booted().pp;
    expect(processor.cr0).toBe(0x8001_003bn);
    expect(processor.cr4).toBe(0x34_0e60n);
    expect(processor.cr3).toBe(BigInt(booted().pp.root));
  });

  test.each([
    [0, 0x660n],
    [CPU_FEATURE_SMEP, 0x10_0660n],
    [CPU_FEATURE_XSAVE, 0x4_0660n],
    [ALL_FEATURES, 0x34_0e60n],
  ])("with features %s uses no other bits of CR4", (features, cr4) => {
    expect(booted({ features }).pp.processor.cr4).toBe(cr4);
  });

  test("takes system calls, and none of the operating system's entries is left", () => {
    const { processor, block } = booted().pp;
    const msr = (index: number) => processor.rdmsr(index);
    expect(msr(MSR.STAR)).toBe(0x001b_0010_0000_0000n);
    expect(msr(MSR.LSTAR)).toBe(TEXT.SYSCALL_ENTRY);
    expect(msr(MSR.CSTAR)).toBe(0n);
    expect(msr(MSR.SFMASK)).toBe(0xffff_fffdn);
    expect([msr(MSR.SYSENTER_CS), msr(MSR.SYSENTER_ESP), msr(MSR.SYSENTER_EIP)]).toEqual([0n, 0n, 0n]);
    expect([msr(MSR.FS_BASE), msr(MSR.GS_BASE), msr(MSR.KERNEL_GS_BASE)]).toEqual([THREAD_POINTER, 0n, 0n]);
    expect(block.get("ppid")).toBe(0n);
  });

  test("gives the processor a host save area that nothing else uses", () => {
    const { machine, pp } = booted();
    const area = pp.processor.rdmsr(MSR.VM_HSAVE_PA);
    expect(area).not.toBe(pp.state.get("hsavePa"));
    const users = [...machine.mappings().values()].filter(({ physical }) => physical === Number(area));
    expect(users).toHaveLength(1); // the direct map
  });

  test("saves the host's own state, which VMLOAD brings back at every exit", () => {
    const { machine, pp } = booted();
    const host = machine.vmcbAt(pp.block.get("hostVmcb"));
    expect(host.get("FS_BASE")).toBe(THREAD_POINTER);
    expect(host.get("GS_BASE")).toBe(0n);
    expect(host.get("TR_SELECTOR")).toBe(0x40n);
    expect(host.get("LDTR_SELECTOR")).toBe(0n);
    expect(host.get("STAR")).toBe(0x001b_0010_0000_0000n);
    expect(host.get("LSTAR")).toBe(TEXT.SYSCALL_ENTRY);
    expect(host.get("FMASK")).toBe(0xffff_fffdn);
    expect(host.get("KERNEL_GS_BASE")).toBe(0n);
  });

  test("leaves CR8, XCR0 and the breakpoints to the operating system", () => {
    const { processor, state } = booted().pp;
    expect(processor.cr8).toBe(state.get("cr8"));
    expect(processor.xcr0).toBe(state.get("xcr0"));
    expect(processor.dr.slice(0, 4)).toEqual([0, 1, 2, 3].map((index) => state.get(`dr${index}`)));
  });

  test("works without a debug ring", () => {
    expect(booted({ ring: false }).outcome.is).toBe("called");
  });

  test("shows the extension which processors there are before there is a VS", () => {
    const { pp } = booted({ ppCount: 3 });
    expect(pp.tcb.values(["self", "extid", "vmid", "vpid", "vsid", "ppid", "onlinePps"])).toEqual({
      self: THREAD_POINTER,
      extid: 0n,
      vmid: 0n,
      vpid: 0xffffn,
      vsid: 0xffffn,
      ppid: 0n,
      onlinePps: 3n,
    });
  });
});
