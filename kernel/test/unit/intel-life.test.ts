// From start to stop on Intel: VMX operation, the VMCS's life, entries that fail, and what an exit costs

import {
  BOOT_INVALID_VM,
  BOOT_NO_VMX_OPERATION,
  INTEL_REG_PAT,
  INTEL_REG_VIRTUAL_PROCESSOR_IDENTIFIER,
  INTEL_REG_VMCS_LINK_POINTER,
  PHASE_KERNEL,
  PHASE_RUNNING,
  STATUS_FAILURE_UNKNOWN,
  STATUS_SUCCESS,
  SYSCALL_INTRINSIC_RDMSR,
  SYSCALL_INTRINSIC_WRMSR,
  SYSCALL_VM_TLB_FLUSH,
  SYSCALL_VP_CREATE,
  SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT,
  SYSCALL_VS_CLEAR,
  SYSCALL_VS_DESTROY,
  SYSCALL_VS_MIGRATE,
  SYSCALL_VS_PROMOTE,
  SYSCALL_VS_READ,
  SYSCALL_VS_RUN,
  SYSCALL_VS_RUN_CURRENT,
  SYSCALL_VS_SET_ACTIVE,
  SYSCALL_VS_TLB_FLUSH,
  SYSCALL_VS_WRITE,
  VENDOR_INTEL,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import {
  bootNext,
  call,
  expectOutcome,
  HANDLE,
  INTEL_EXIT_CPUID,
  inBootstrap,
  inGuest,
  inStart,
  inVmexit,
  makeRootVs,
  status,
} from "../machine/extension-life.ts";
import { Machine } from "../machine/machine.ts";
import { operatingSystemState, savedMsrs } from "../machine/operating-system.ts";
import { GENERAL, type Pp } from "../machine/pp.ts";
import { MSR, SEGMENTS } from "../machine/processor.ts";
import { makeSecondVs } from "../machine/second-vmcs.ts";
import { CR4_VMXE, INTEL_TEXT } from "../machine/vmx.ts";
import { expectReason } from "./given-back.ts";

const OPTIONS = { vendor: VENDOR_INTEL };
const advance = (pp: Pp) => pp.syscall(SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT, HANDLE);

describe("start", () => {
  test("enters VMX operation, with no translation of whoever was there before", () => {
    const { processor } = inStart(OPTIONS).pp;
    expect(processor.vmx?.on).toBe(true);
    expect(processor.cr4 & CR4_VMXE).toBe(CR4_VMXE);
    expect(processor.rdmsr(MSR.LSTAR)).toBe(INTEL_TEXT.SYSCALL_ENTRY);
    expect(processor.flushes).toEqual(["all", "all VPIDs", "all EPTs"]);
  });

  test("gives the processor back when it refuses", () => {
    const pp = new Machine(OPTIONS).pp(0);
    if (pp.processor.vmx !== undefined) pp.processor.vmx.on = true; // VMXON in VMX operation fails
    expect(pp.boot()).toEqual({ is: "given back" });
    expectReason(pp, { status: BOOT_NO_VMX_OPERATION, phase: PHASE_KERNEL });
    expect(pp.processor.cr4 & CR4_VMXE).toBe(0n);
    expectOperatingSystem(pp);
  });

  test("refuses a vendor that there is not", () => {
    expect(new Machine({ vendor: 3 }).pp(0).boot()).toEqual({ is: "given back" });
  });
});

describe("host mode's PAT", () => {
  /** Bareflank 3.0's: entries 0 and 4 are write-back, the rest uncacheable. */
  const HOSTS = 0x0000_0006_0000_0006n;
  const PAT = BigInt(MSR.PAT);
  const OTHER = 0x0001_0405_0001_0405n;

  test("is its own from the start on, and each VM has the one that it wrote", () => {
    const { pp } = inStart(OPTIONS);
    expect(pp.processor.rdmsr(MSR.PAT)).toBe(HOSTS);
    const { pp: running } = inGuest(OPTIONS);
    const own = operatingSystemState(0).pat ?? 0n;
    expect(own).not.toBe(HOSTS);
    expect([running.processor.rdmsr(MSR.PAT), running.vmx.vmcs.get("HOST_PAT")]).toEqual([own, HOSTS]);
    running.processor.wrmsr(MSR.PAT, OTHER);
    expectOutcome(running.exit(INTEL_EXIT_CPUID), "called");
    expect([running.processor.rdmsr(MSR.PAT), running.vmx.vmcs.get("PAT")]).toEqual([HOSTS, OTHER]);
    expectOutcome(advance(running), "running");
    expect(running.processor.rdmsr(MSR.PAT)).toBe(OTHER);
  });

  test("is what an extension reads, and cannot change; a VS's is a register", () => {
    const { pp } = inVmexit(OPTIONS);
    expect(call(pp, SYSCALL_INTRINSIC_RDMSR, HANDLE, PAT)).toBe(HOSTS);
    expect(status(pp, SYSCALL_INTRINSIC_WRMSR, HANDLE, PAT, HOSTS)).toBe(STATUS_SUCCESS);
    expect(status(pp, SYSCALL_INTRINSIC_WRMSR, HANDLE, PAT, OTHER)).toBe(STATUS_FAILURE_UNKNOWN);
    expect(call(pp, SYSCALL_VS_READ, HANDLE, 0n, BigInt(INTEL_REG_PAT))).toBe(operatingSystemState(0).pat);
    call(pp, SYSCALL_VS_WRITE, HANDLE, 0n, BigInt(INTEL_REG_PAT), OTHER);
    expectOutcome(advance(pp), "running");
    expect(pp.processor.rdmsr(MSR.PAT)).toBe(OTHER);
  });
});

describe("the root VS", () => {
  test("is the operating system's state, in the VMCS's words", () => {
    const { pp } = inGuest(OPTIONS);
    const state = operatingSystemState(0);
    const { vmcs } = pp.vmx;
    for (const name of ["CR0", "CR3", "DR7", "RSP", "RIP", "RFLAGS", "DEBUGCTL", "PAT", "EFER", "SYSENTER_CS"]) {
      expect(vmcs.get(name), name).toBe(state[camel(name)]);
    }
    for (const name of ["SYSENTER_ESP", "SYSENTER_EIP", "GDTR_BASE", "GDTR_LIMIT", "IDTR_BASE", "IDTR_LIMIT"]) {
      expect(vmcs.get(name), name).toBe(state[camel(name)]);
    }
    for (const name of SEGMENTS) {
      for (const part of ["Selector", "Limit", "Base"]) {
        expect(vmcs.get(`${name}_${part}`.toUpperCase()), `${name} ${part}`).toBe(state[`${name}${part}`]);
      }
    }
    expect(vmcs.get("CS_ATTRIB")).toBe(0xa09bn);
    expect(vmcs.get("SS_ATTRIB")).toBe(0xc093n);
    expect(vmcs.get("TR_ATTRIB")).toBe(0x8bn);
    for (const name of ["DS", "ES", "FS", "GS", "LDTR"]) expect(vmcs.get(`${name}_ATTRIB`)).toBe(0x1_0000n);
  });

  test("does not see that CR4.VMXE is set", () => {
    const { vmcs } = inGuest(OPTIONS).pp.vmx;
    const { cr4 = 0n } = operatingSystemState(0);
    expect([vmcs.get("CR4"), vmcs.get("CR4_READ_SHADOW")]).toEqual([cr4 | CR4_VMXE, cr4]);
    expect(vmcs.get("CR4_GUEST_HOST_MASK")).toBe(CR4_VMXE);
  });

  test("runs with the registers that the VMCS does not hold", () => {
    const { processor, state } = inGuest(OPTIONS).pp;
    for (const [name, index] of Object.entries(savedMsrs(processor))) {
      if (!name.startsWith("sysenter")) expect(processor.rdmsr(index), name).toBe(state.get(name));
    }
    expect([processor.cr2, processor.cr8, processor.xcr0]).toEqual([state.get("cr2"), 3n, 7n]);
    expect(processor.dr[6]).toBe(state.get("dr6"));
  });
});

describe("an exit for CPUID", () => {
  test("goes to the extension with its reason, and costs six VMREADs and one VMWRITE", () => {
    const { pp } = inVmexit(OPTIONS);
    const { vmx } = pp.processor;
    if (vmx === undefined) throw new Error("no VMX");
    advance(pp);
    pp.vmx.vmcs.set("VMEXIT_INSTRUCTION_LENGTH", 2n);
    pp.vmx.vmcs.set("INTERRUPTIBILITY_STATE", 0n);
    vmx.reads = 0;
    vmx.writes = 0;
    expect(pp.exit(INTEL_EXIT_CPUID)).toMatchObject({ is: "called", reg0: 0n, reg1: INTEL_EXIT_CPUID });
    advance(pp);
    // The assembly's own is the sixth: the reason
    expect([vmx.reads + 1, vmx.writes]).toEqual([6, 1]);
  });

  test.each([0n, 1n, 2n])("moves RIP, and ends an interrupt shadow (%i)", (shadow) => {
    const { pp } = inVmexit(OPTIONS);
    const { vmcs } = pp.vmx;
    vmcs.set("RIP", 0xffff_8000_0000_1000n);
    vmcs.set("VMEXIT_INSTRUCTION_LENGTH", 2n);
    vmcs.set("INTERRUPTIBILITY_STATE", 8n | shadow);
    advance(pp);
    expect([vmcs.get("RIP"), vmcs.get("INTERRUPTIBILITY_STATE")]).toEqual([0xffff_8000_0000_1002n, 8n]);
  });

  test("keeps what the guest had in STAR and FMASK, whatever host mode needs", () => {
    const { pp } = inVmexit(OPTIONS);
    advance(pp);
    pp.processor.wrmsr(MSR.STAR, 0x0013_0008_0000_0000n);
    pp.processor.wrmsr(MSR.SFMASK, 0n);
    pp.exit(INTEL_EXIT_CPUID);
    expect([pp.processor.rdmsr(MSR.STAR), pp.processor.rdmsr(MSR.SFMASK)]).toEqual([
      0x001b_0010_0000_0000n,
      0xffff_fffdn,
    ]);
    advance(pp);
    expect([pp.processor.rdmsr(MSR.STAR), pp.processor.rdmsr(MSR.SFMASK)]).toEqual([0x0013_0008_0000_0000n, 0n]);
  });

  test("keeps CR2 and DR6 over faults of the extension", () => {
    const { pp } = inGuest(OPTIONS);
    pp.processor.cr2 = 0x1234n;
    pp.processor.writeDr(6, 0xffff_0ff1n);
    pp.exit(INTEL_EXIT_CPUID);
    pp.processor.writeDr(6, 0xffff_4ff0n);
    pp.fault(1);
    pp.syscall(SYSCALL_VS_RUN_CURRENT, HANDLE);
    pp.exit(INTEL_EXIT_CPUID);
    pp.fault(14, { cr2: 0x9999n });
    expect(pp.syscall(SYSCALL_VS_RUN_CURRENT, HANDLE).is).toBe("running");
    expect([pp.processor.cr2, pp.processor.readDr(6)]).toEqual([0x1234n, 0xffff_0ff1n]);
  });
});

describe("an entry that the processor refuses", () => {
  const zeroVpid = [INTEL_REG_VIRTUAL_PROCESSOR_IDENTIFIER, 0n] as const;
  const link = [INTEL_REG_VMCS_LINK_POINTER, 0n] as const;

  test.each([
    ["a control", zeroVpid, "VPID must not be 0 (SDM 3, 27.2.1.1); register 23 is 0x0"],
    // What it points to is not the VS's
    ["the state", link, "no rule that its registers show is broken"],
  ])("for %s, as the first, gives the operating system its processor back", (_, [register, value], text) => {
    const { machine, pp } = inBootstrap(OPTIONS);
    const vs = makeRootVs(pp);
    call(pp, SYSCALL_VS_WRITE, HANDLE, vs, BigInt(register), value);
    expect(pp.syscall(SYSCALL_VS_RUN, HANDLE, 0n, vs, vs)).toEqual({ is: "given back" });
    expectReason(pp, { status: BOOT_INVALID_VM, phase: PHASE_RUNNING });
    expect(machine.log).toContain(`bareflank: PP 0: the processor refuses VS 0: ${text}`);
    expectOperatingSystem(pp);
  });

  test.each([
    ["a control", zeroVpid, 0xffff_ffff_ffff_ffffn],
    ["the state", link, 0x8000_0021n],
  ])("for %s, later, is an exit, and the next one may succeed", (_, [register, value], reason) => {
    const { pp } = inVmexit(OPTIONS);
    call(pp, SYSCALL_VS_WRITE, HANDLE, 0n, BigInt(register), value);
    expect(advance(pp)).toMatchObject({ is: "called", reg1: reason });
    const right = register === INTEL_REG_VMCS_LINK_POINTER ? 0xffff_ffff_ffff_ffffn : 1n;
    call(pp, SYSCALL_VS_WRITE, HANDLE, 0n, BigInt(register), right);
    expect(pp.syscall(SYSCALL_VS_RUN_CURRENT, HANDLE).is).toBe("running");
    expect(pp.exit(INTEL_EXIT_CPUID)).toMatchObject({ is: "called", reg1: INTEL_EXIT_CPUID });
  });
});

describe("the VMCS", () => {
  test("of a VS that is not active is clear; one that becomes active is launched", () => {
    const { pp } = inVmexit(OPTIONS);
    const first = pp.vmx.vmcs;
    const second = makeSecondVs(pp);
    expect(first.launched).toBe(true);
    expect(pp.syscall(SYSCALL_VS_RUN, HANDLE, 0n, 0n, second).is).toBe("running");
    expect([first.launched, pp.vmx.vmcs.launched]).toEqual([false, true]);
    pp.exit(INTEL_EXIT_CPUID);
    expect(pp.syscall(SYSCALL_VS_RUN, HANDLE, 0n, 0n, 0n).is).toBe("running");
    expect(pp.vmx.vmcs).toBe(first);
  });

  test("takes what it does not hold with it", () => {
    const { pp } = inVmexit(OPTIONS);
    const second = makeSecondVs(pp);
    advance(pp);
    pp.processor.wrmsr(MSR.CSTAR, 0x1111n);
    pp.processor.wrmsr(MSR.KERNEL_GS_BASE, 0x2222n);
    pp.processor.wrmsr(MSR.LSTAR, 0x3333n);
    pp.processor.cr2 = 0x4444n;
    pp.exit(INTEL_EXIT_CPUID);
    pp.syscall(SYSCALL_VS_RUN, HANDLE, 0n, 0n, second);
    const own = () => [MSR.CSTAR, MSR.KERNEL_GS_BASE, MSR.LSTAR].map((index) => pp.processor.rdmsr(index));
    expect(own()).not.toContain(0x1111n);
    expect(pp.processor.cr2).not.toBe(0x4444n);
    pp.exit(INTEL_EXIT_CPUID);
    pp.syscall(SYSCALL_VS_RUN, HANDLE, 0n, 0n, 0n);
    expect([...own(), pp.processor.cr2]).toEqual([0x1111n, 0x2222n, 0x3333n, 0x4444n]);
  });

  test("moves to another processor, which gives it its own host state", () => {
    const { machine, pp } = inVmexit({ ...OPTIONS, ppCount: 2 });
    const vp = call(pp, SYSCALL_VP_CREATE, HANDLE, 0n);
    const second = makeSecondVs(pp, vp);
    pp.syscall(SYSCALL_VS_RUN, HANDLE, 0n, vp, second);
    pp.exit(INTEL_EXIT_CPUID);
    pp.syscall(SYSCALL_VS_RUN, HANDLE, 0n, 0n, 0n);
    pp.exit(INTEL_EXIT_CPUID);
    expect(status(pp, SYSCALL_VS_MIGRATE, HANDLE, second, 1n)).toBe(STATUS_SUCCESS);
    const other = bootNext(machine, 1);
    other.processor.flushes.length = 0;
    expect(other.syscall(SYSCALL_VS_RUN, HANDLE, 0n, vp, second).is).toBe("running");
    expect(other.vmx.get("HOST_CR3")).toBe(BigInt(other.root));
    expect(other.processor.flushes).toContain("VPID 2");
  });

  test("can be cleared while it is active", () => {
    const { pp } = inVmexit(OPTIONS);
    expect(status(pp, SYSCALL_VS_CLEAR, HANDLE, 0n)).toBe(STATUS_SUCCESS);
    expect(pp.vmx.vmcs.launched).toBe(false);
    expect(advance(pp).is).toBe("running");
  });

  test("is nowhere when its VS is destroyed", () => {
    const { pp } = inVmexit(OPTIONS);
    const second = makeSecondVs(pp);
    expect(pp.processor.vmx?.loaded.size).toBe(1);
    expect(status(pp, SYSCALL_VS_DESTROY, HANDLE, second)).toBe(STATUS_SUCCESS);
    expect(pp.processor.vmx?.loaded.size).toBe(1);
  });
});

describe("translations", () => {
  test("are dropped at once where the VS is active, else before it runs", () => {
    const { pp } = inVmexit(OPTIONS);
    const second = makeSecondVs(pp);
    pp.processor.flushes.length = 0;
    call(pp, SYSCALL_VM_TLB_FLUSH, HANDLE, 0n);
    expect(pp.processor.flushes).toEqual(["VPID 1"]);
    call(pp, SYSCALL_VS_SET_ACTIVE, HANDLE, 0n, 0n, second);
    expect(pp.processor.flushes).toEqual(["VPID 1", "VPID 2"]);
  });

  test("of one address", () => {
    const { pp } = inVmexit(OPTIONS);
    const second = makeSecondVs(pp);
    pp.processor.flushes.length = 0;
    call(pp, SYSCALL_VS_TLB_FLUSH, HANDLE, 0n, 0x7000n);
    call(pp, SYSCALL_VS_TLB_FLUSH, HANDLE, second, 0x8000n);
    expect(pp.processor.flushes).toEqual(["page 0x7000 of VPID 1", "page 0x8000 of VPID 2"]);
  });
});

describe("an extension", () => {
  test("uses ports although an exit cuts the permissions off", () => {
    const { pp } = inVmexit(OPTIONS);
    expect(pp.processor.segments.tr.limit).toBe(0x67);
    expect(pp.fault(13).is).toBe("repaired");
    expect(pp.processor.segments.tr.limit).toBe(0x2068);
    expect(pp.fault(13)).toMatchObject({ is: "called", reg0: 13n });
  });

  test("reads the MSRs of host mode, not the guest's", () => {
    const { pp } = inVmexit(OPTIONS);
    for (const [msr, value] of [
      [MSR.STAR, 0x001b_0010_0000_0000n],
      [MSR.SFMASK, 0xffff_fffdn],
      [MSR.CSTAR, 0n],
      [MSR.KERNEL_GS_BASE, 0n],
      [MSR.LSTAR, INTEL_TEXT.SYSCALL_ENTRY],
    ] as const) {
      expect(call(pp, SYSCALL_INTRINSIC_RDMSR, HANDLE, BigInt(msr))).toBe(value);
      expect(status(pp, SYSCALL_INTRINSIC_WRMSR, HANDLE, BigInt(msr), value)).toBe(STATUS_SUCCESS);
      expect(status(pp, SYSCALL_INTRINSIC_WRMSR, HANDLE, BigInt(msr), value + 8n)).toBe(STATUS_FAILURE_UNKNOWN);
    }
  });
});

describe("promote", () => {
  test("gives back what the operating system has now, behind its CPUID", () => {
    const { pp } = inVmexit(OPTIONS);
    advance(pp);
    const { vmcs } = pp.vmx;
    const changes = { RSP: 0x8000n, CR3: 0x1_2222_3000n, EFER: 0x5d01n, FS_BASE: 0x7f00n, TR_SELECTOR: 0x40n };
    for (const [name, value] of Object.entries(changes)) vmcs.set(name, value);
    pp.processor.wrmsr(MSR.EFER, 0x5d01n);
    vmcs.set("RIP", 0x1000n);
    vmcs.set("VMEXIT_INSTRUCTION_LENGTH", 2n);
    pp.processor.wrmsr(MSR.KERNEL_GS_BASE, 0x4242n);
    pp.processor.wrmsr(MSR.STAR, 0x0033_0010_0000_0000n);
    pp.processor.cr2 = 0x5555n;
    pp.exit(INTEL_EXIT_CPUID);
    for (const [index, name] of GENERAL.entries()) pp.tcb.set(name, BigInt(index) + 100n);
    expect(pp.syscall(SYSCALL_VS_PROMOTE, HANDLE, 0n)).toEqual({ is: "given back" });
    expect(pp.state.values(["rsp", "cr3", "efer", "fsBase", "trSelector", "rip"])).toEqual({
      rsp: 0x8000n,
      cr3: 0x1_2222_3000n,
      efer: 0x5d01n,
      fsBase: 0x7f00n,
      trSelector: 0x40n,
      rip: 0x1002n,
    });
    expect(pp.state.get("cr4")).toBe(operatingSystemState(0).cr4);
    expect(pp.state.values(GENERAL)).toEqual(
      Object.fromEntries(GENERAL.map((name, index) => [name, BigInt(index) + 100n])),
    );
    expectOperatingSystem(pp);
    expect(pp.processor.rdmsr(MSR.STAR)).toBe(0x0033_0010_0000_0000n);
    expect([pp.processor.rdmsr(MSR.KERNEL_GS_BASE), pp.processor.cr2]).toEqual([0x4242n, 0x5555n]);
  });

  test("neither arms breakpoints nor records branches: the loader's code does, when the addresses mean the same again", () => {
    const { pp } = inVmexit(OPTIONS);
    advance(pp);
    pp.vmx.vmcs.set("DR7", 0xb_0401n);
    pp.processor.writeDr(7, 0xb_0401n);
    pp.processor.wrmsr(MSR.DEBUGCTL, 0xc1n);
    pp.exit(INTEL_EXIT_CPUID);
    expect(pp.syscall(SYSCALL_VS_PROMOTE, HANDLE, 0n)).toEqual({ is: "given back" });
    expect(pp.state.values(["dr7", "debugctl"])).toEqual({ dr7: 0xb_0401n, debugctl: 0xc1n });
    expect([pp.processor.readDr(7), pp.processor.rdmsr(MSR.DEBUGCTL)]).toEqual([0x400n, 0n]);
  });

  test("hands no DEBUGCTL over that the processor would refuse: the loader's code cannot take a fault", () => {
    const { pp } = inVmexit(OPTIONS);
    pp.vmx.vmcs.set("DEBUGCTL", 0x1_0001n);
    expect(pp.syscall(SYSCALL_VS_PROMOTE, HANDLE, 0n)).toEqual({ is: "given back" });
    expect(pp.state.get("debugctl")).toBe(0n);
  });
});

/** No VMX operation, and the operating system's own registers, as SavedState has them. */
function expectOperatingSystem(pp: Pp): void {
  const { processor, state } = pp;
  expect(processor.vmx?.loaded.size).toBe(0);
  for (const [name, index] of Object.entries(savedMsrs(processor))) {
    expect(processor.rdmsr(index), name).toBe(state.get(name));
  }
  expect([processor.cr2, processor.cr8, processor.xcr0]).toEqual([
    state.get("cr2"),
    state.get("cr8"),
    state.get("xcr0"),
  ]);
  expect([processor.readDr(7), processor.rdmsr(MSR.DEBUGCTL)]).toEqual([0x400n, 0n]);
}

function camel(name: string): string {
  const special: Readonly<Record<string, string>> = { SYSENTER_CS: "sysenterCs", SYSENTER_ESP: "sysenterEsp" };
  return special[name] ?? name.toLowerCase().replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}
