// Exits that nobody asked for, on AMD and Intel, and what a debugger sees of an instruction that is carried out for the VM

import * as abi from "@bareflank/abi";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  FAIL,
  intel,
  load,
  log,
  msrs,
  on,
  ports,
  RUN,
  read,
  registers,
  reset,
  runs,
  SKIP,
  tcb,
  unit,
  type Vendor,
} from "./simulated-vs.ts";

beforeAll(load);
beforeEach(reset);

describe("exits that nobody asked for", () => {
  const UNDEFINED_OPCODE = 0x8000_0306n;
  const PROTECTION = 0x8000_0b0dn;
  const injected = () => read(intel ? abi.INTEL_REG_VMENTRY_INTERRUPT_INFORMATION_FIELD : abi.AMD_REG_EVENTINJ);

  it("are #UD for the instructions of hypervisors", () => {
    on("amd");
    expect(unit.unasked(abi.AMD_EXIT_VMRUN)).toBe(RUN);
    expect(injected()).toBe(UNDEFINED_OPCODE);
    on("intel");
    for (const reason of [abi.INTEL_EXIT_VMXON, abi.INTEL_EXIT_VMCALL, abi.INTEL_EXIT_INVEPT, abi.INTEL_EXIT_GETSEC]) {
      registers.clear();
      expect(unit.unasked(reason)).toBe(RUN);
      expect(injected()).toBe(UNDEFINED_OPCODE);
    }
  });

  it("give up for events that somebody must know about", () => {
    on("amd");
    for (const reason of [abi.AMD_EXIT_SHUTDOWN, abi.AMD_EXIT_NESTED_PAGE_FAULT, abi.AMD_EXIT_INVALID]) {
      expect(unit.unasked(reason)).toBe(FAIL);
    }
    on("intel");
    for (const reason of [abi.INTEL_EXIT_TRIPLE_FAULT, abi.INTEL_EXIT_EPT_VIOLATION, abi.INTEL_EXIT_ENTRY_FAILURE]) {
      expect(unit.unasked(reason)).toBe(FAIL);
    }
  });

  it("are the root VM's when the machine has found an error in itself, whoever ran", () => {
    const MACHINE_CHECK = 0x8000_0312n;
    runs(7);
    on("amd");
    expect(unit.unasked(abi.AMD_EXIT_EXCEPTION + 18n)).toBe(RUN);
    expect(injected()).toBe(MACHINE_CHECK);
    on("intel");
    for (const [reason, information] of [
      [abi.INTEL_EXIT_EXCEPTION_OR_NMI, 0x8000_0312n],
      [abi.INTEL_EXIT_ENTRY_FAILURE | abi.INTEL_EXIT_MACHINE_CHECK_AT_ENTRY, 0n],
    ] as const) {
      registers.clear();
      registers.set(abi.INTEL_REG_VMEXIT_INTERRUPTION_INFORMATION, information);
      expect(unit.unasked(reason)).toBe(RUN);
      expect(injected()).toBe(MACHINE_CHECK);
    }
    runs(abi.ROOT_VMID);
  });

  it("reset the machine where the operating system's processor shuts down, as it would without a hypervisor", () => {
    for (const [vendor, reason] of [
      ["amd", abi.AMD_EXIT_SHUTDOWN],
      ["intel", abi.INTEL_EXIT_TRIPLE_FAULT],
    ] as const) {
      on(vendor);
      ports.length = 0;
      expect(unit.unasked(reason)).toBe(FAIL);
      // Reset control, then the keyboard controller
      expect(ports).toEqual([
        [0xcf9, 2],
        [0xcf9, 6],
        [0x64, 0xfe],
      ]);
      runs(7);
      expect(unit.unasked(reason)).toBe(FAIL);
      runs(abi.ROOT_VMID);
      expect(ports).toHaveLength(3);
    }
  });

  it("raise #UD for SEAMCALL and TDCALL, and for what no manual names, which the ring has once", () => {
    on("intel");
    for (const reason of [abi.INTEL_EXIT_SEAMCALL, abi.INTEL_EXIT_TDCALL]) {
      registers.clear();
      expect(unit.unasked(reason)).toBe(RUN);
      expect([injected(), log]).toEqual([UNDEFINED_OPCODE, ""]);
    }
    expect([unit.unasked(252n), injected(), log]).toEqual([RUN, UNDEFINED_OPCODE, "line"]);
    expect([unit.unasked(252n), log]).toEqual([RUN, "line"]);
  });

  it.each(["amd", "intel"] as const)("never give up for an instruction, known or not (%s)", (vendor) => {
    on(vendor);
    const events = new Set(
      vendor === "amd"
        ? [0x60, 0x61, 0x62, 0x63, 0x7e, 0x7f, 0xa5] // interrupts, FERR freeze, shutdown, bus lock
        : [1, 2, 3, 4, 5, 6, 33, 34, 41, 44, 48, 49, 62, 66], // SDM volume 3, appendix C
    );
    for (let reason = 0; reason < 256; reason++) {
      registers.clear();
      expect(unit.unasked(BigInt(reason)) === FAIL, `exit ${reason}`).toBe(events.has(reason));
    }
  });

  it("skip what may be left out, and tell the time", () => {
    for (const [vendor, reasons] of [
      ["amd", [abi.AMD_EXIT_HLT, abi.AMD_EXIT_WBINVD, abi.AMD_EXIT_INVD, abi.AMD_EXIT_PAUSE, abi.AMD_EXIT_INVLPG]],
      ["intel", [abi.INTEL_EXIT_HLT, abi.INTEL_EXIT_WBINVD, abi.INTEL_EXIT_INVD, abi.INTEL_EXIT_MWAIT]],
    ] as const) {
      on(vendor);
      for (const reason of reasons) expect(unit.unasked(reason)).toBe(SKIP);
      msrs.set(0x10n, 0x5_0000_0000n);
      msrs.set(0xc000_0103n, 7n);
      unit.set(abi.REG_TSC_OFFSET, 3n);
      expect(unit.unasked(vendor === "amd" ? abi.AMD_EXIT_RDTSCP : abi.INTEL_EXIT_RDTSCP)).toBe(SKIP);
      expect([tcb.get(abi.TCB_RDX), tcb.get(abi.TCB_RAX), tcb.get(abi.TCB_RCX)]).toEqual([5n, 3n, 7n]);
    }
  });

  const setRegisters = (rax: bigint, rcx: bigint, rdx: bigint) => {
    tcb.set(abi.TCB_RAX, rax);
    tcb.set(abi.TCB_RCX, rcx);
    tcb.set(abi.TCB_RDX, rdx);
  };

  it.each([
    ["what the processor has", 0xe7n, 0n, true],
    ["AVX without SSE", 0x5n, 0n, false],
    ["no x87", 0x2n, 0n, false],
    ["a part of AVX-512", 0x27n, 0n, false],
    ["what the processor does not have", 0x1fn, 0n, false],
    ["another register", 0x1n, 1n, false],
  ])("write XCR0, or raise #GP: %s", (_name, value, register, isAllowed) => {
    on("intel");
    setRegisters(value, register, 0n);
    expect(unit.unasked(abi.INTEL_EXIT_XSETBV)).toBe(isAllowed ? SKIP : RUN);
    expect(read(abi.INTEL_REG_XCR0)).toBe(isAllowed ? value : 0n);
    expect(injected()).toBe(isAllowed ? 0n : PROTECTION);
  });

  it("read an MSR that is in no map, or raise #GP", () => {
    on("intel");
    msrs.set(0x1234_5678n, 0x1_0000_0002n);
    setRegisters(0n, 0x1234_5678n, 0n);
    expect(unit.unasked(abi.INTEL_EXIT_RDMSR)).toBe(SKIP);
    expect([tcb.get(abi.TCB_RAX), tcb.get(abi.TCB_RDX)]).toEqual([2n, 1n]);
    setRegisters(0n, 0x1234_5679n, 0n);
    expect(unit.unasked(abi.INTEL_EXIT_RDMSR)).toBe(RUN);
    expect(injected()).toBe(PROTECTION);
  });
});

describe("what a debugger is to see of an instruction that is carried out for the VM:", () => {
  const [TF, STEP, ARMED, DE, GD] = [0x100n, 0x4000n, 0x1000n, 8n, 0x2000n];
  const INJECT_DEBUG = 0x8000_0301n;
  const MSR_DEBUGCTL = 0x1d9n;
  const VENDORS: readonly Vendor[] = ["amd", "intel"];

  /** DR7 for breakpoint `n`: enabled, kind (0 execution, 1 writes, 2 ports, 3 data), length code. */
  const armed = (n: bigint, kind: bigint, length: bigint) =>
    (1n << (n * 2n)) | (kind << (16n + n * 4n)) | (length << (18n + n * 4n));

  it.each(VENDORS)("breakpoints on data, by kind and length (%s)", (vendor) => {
    on(vendor);
    unit.set(abi.REG_DR0, 0x1000n);
    unit.set(abi.REG_DR1, 0x2005n);
    unit.set(abi.REG_DR2, 0x3000n);
    unit.set(abi.REG_DR3, 0x1000n);
    // Writes of 4 bytes; accesses of 8, whose address is rounded down; execution; not enabled
    unit.set(abi.REG_DR7, armed(0n, 1n, 3n) | armed(1n, 3n, 2n) | armed(2n, 0n, 0n) | (0xdn << 28n));
    expect(unit.data(0x1003n, 1, 1)).toBe(1n);
    expect(unit.data(0x0fffn, 2, 1)).toBe(1n);
    expect(unit.data(0x1004n, 1, 1)).toBe(0n);
    expect(unit.data(0x1000n, 4, 0)).toBe(0n);
    expect(unit.data(0x2000n, 1, 0)).toBe(2n);
    expect(unit.data(0x2007n, 4, 1)).toBe(2n);
    expect(unit.data(0x2008n, 4, 1)).toBe(0n);
    expect(unit.data(0x3000n, 1, 0)).toBe(0n);
  });

  it.each(VENDORS)("breakpoints on ports, with CR4.DE alone (%s)", (vendor) => {
    on(vendor);
    unit.set(abi.REG_DR3, 0x3f8n);
    unit.set(abi.REG_DR7, armed(3n, 2n, 1n));
    expect(unit.port(0x3f8, 1)).toBe(0n);
    unit.set(abi.REG_CR4, DE);
    expect([unit.port(0x3f8, 1), unit.port(0x3f9, 1), unit.port(0x3fa, 4), unit.data(0x3f8n, 1, 1)]).toEqual([
      ...[8n, 8n, 0n, 0n],
    ]);
  });

  it("on Intel they are pending, with the step of an iteration, and the processor does the rest", () => {
    on("intel");
    unit.behind(0n);
    expect(read(abi.INTEL_REG_PENDING_DEBUG_EXCEPTIONS)).toBe(0n);
    unit.behind(2n);
    expect(read(abi.INTEL_REG_PENDING_DEBUG_EXCEPTIONS)).toBe(2n | ARMED);
    registers.clear();
    expect(unit.between(0n)).toBe(0);
    unit.set(abi.REG_RFLAGS, TF);
    expect(unit.between(0n)).toBe(1);
    expect(read(abi.INTEL_REG_PENDING_DEBUG_EXCEPTIONS)).toBe(STEP);
    expect(unit.between(1n)).toBe(1);
    expect(read(abi.INTEL_REG_PENDING_DEBUG_EXCEPTIONS)).toBe(STEP | ARMED | 1n);
    registers.clear();
    unit.set(abi.REG_RFLAGS, TF);
    unit.set(abi.REG_DEBUG_CONTROL, 2n);
    expect(unit.between(0n)).toBe(0);
  });

  it("on AMD #DB is injected, as its delivery would leave DR6 and DR7", () => {
    unit.set(abi.REG_DR7, GD | 1n);
    unit.set(abi.REG_RFLAGS, TF);
    expect(unit.between(1n)).toBe(1);
    expect([read(abi.AMD_REG_EVENTINJ), unit.get(abi.REG_DR6), unit.get(abi.REG_DR7)]).toEqual([
      ...[INJECT_DEBUG, STEP | 1n, 1n],
    ]);
    registers.clear();
    unit.behind(4n);
    expect([read(abi.AMD_REG_EVENTINJ), unit.get(abi.REG_DR6)]).toEqual([INJECT_DEBUG, 4n]);
    registers.clear();
    // Branches alone
    msrs.set(MSR_DEBUGCTL, 2n);
    unit.set(abi.REG_RFLAGS, TF);
    expect([unit.between(0n), read(abi.AMD_REG_EVENTINJ)]).toEqual([0, 0n]);
  });

  describe("on Intel an exit for #DB has left out what its delivery does:", () => {
    const [HARDWARE, PRIVILEGED] = [0x8000_0301n, 0x8000_0501n];
    const [BUS_LOCK, DETECTED, RTM, LBR_AND_BTF, SHADOW_STI, SHADOW_SS] = [0x800n, 0x2000n, 0x1_0000n, 3n, 1n, 2n];

    /** The registers that it leaves: DR6, DR7, DEBUGCTL. */
    const left = () => [unit.get(abi.REG_DR6), unit.get(abi.REG_DR7), unit.get(abi.REG_DEBUG_CONTROL)];
    const pending = () => read(abi.INTEL_REG_PENDING_DEBUG_EXCEPTIONS);

    function exit(information: bigint, qualification: bigint): void {
      registers.set(abi.INTEL_REG_VMEXIT_INTERRUPTION_INFORMATION, information);
      registers.set(abi.INTEL_REG_EXIT_QUALIFICATION, qualification);
      registers.set(abi.INTEL_REG_VMENTRY_INTERRUPT_INFORMATION_FIELD, 0n);
      expect(unit.unasked(abi.INTEL_EXIT_EXCEPTION_OR_NMI)).toBe(RUN);
      expect(read(abi.INTEL_REG_VMENTRY_INTERRUPT_INFORMATION_FIELD)).toBe(INJECT_DEBUG);
    }

    beforeEach(() => {
      on("intel");
      unit.set(abi.REG_RIP, 0x1000n);
      unit.set(abi.REG_DR7, GD | 0x403n);
    });

    it("the debug registers that may be read by its handler, with what it is for", () => {
      unit.set(abi.REG_DR6, 0xffff_0ff2n);
      unit.set(abi.REG_DEBUG_CONTROL, LBR_AND_BTF | 0x40n);
      exit(HARDWARE, DETECTED);
      expect(left()).toEqual([0xffff_2ff0n, 0x403n, 0x40n]);
      // What is not this one's stays, but for breakpoints
      exit(HARDWARE, STEP | 9n);
      expect(left()).toEqual([0xffff_6ff9n, 0x403n, 0x40n]);
      expect([unit.get(abi.REG_RIP), pending()]).toEqual([0x1000n, 0n]);
    });

    it("bits that are clear when they are meant", () => {
      unit.set(abi.REG_DR6, 0xffff_0ff0n);
      exit(HARDWARE, BUS_LOCK);
      expect(unit.get(abi.REG_DR6)).toBe(0xffff_07f0n);
      exit(HARDWARE, RTM | 1n);
      expect(unit.get(abi.REG_DR6)).toBe(0xfffe_07f1n);
      exit(HARDWARE, STEP);
      expect(unit.get(abi.REG_DR6)).toBe(0xffff_47f0n);
    });

    it.each([SHADOW_STI, SHADOW_SS])("the step that an entry in a shadow wants to be pending (%s)", (shadow) => {
      registers.set(abi.INTEL_REG_INTERRUPTIBILITY_STATE, shadow);
      exit(HARDWARE, DETECTED);
      expect(pending()).toBe(0n);
      unit.set(abi.REG_RFLAGS, TF);
      unit.set(abi.REG_DEBUG_CONTROL, 2n);
      exit(HARDWARE, DETECTED);
      expect([pending(), read(abi.INTEL_REG_INTERRUPTIBILITY_STATE)]).toEqual([STEP, shadow]);
    });

    it("INT1 is behind it, and out of the shadow before it", () => {
      unit.set(abi.REG_DR6, 0xffff_0ff0n);
      unit.set(abi.REG_RFLAGS, TF);
      registers.set(abi.INTEL_REG_INTERRUPTIBILITY_STATE, SHADOW_SS);
      registers.set(abi.INTEL_REG_VMEXIT_INSTRUCTION_LENGTH, 3n);
      exit(PRIVILEGED, 0n);
      expect(left()).toEqual([0xffff_0ff0n, 0x403n, 0n]);
      expect([unit.get(abi.REG_RIP), pending(), read(abi.INTEL_REG_INTERRUPTIBILITY_STATE)]).toEqual([0x1003n, 0n, 0n]);
    });
  });

  it("INT3 and INTO are behind it, with their prefixes where the processor tells how many there are", () => {
    on("intel");
    for (const [vector, information] of [
      [3n, 0x8000_0603n],
      [4n, 0x8000_0604n],
    ] as const) {
      unit.set(abi.REG_RIP, 0x2000n);
      registers.set(abi.INTEL_REG_VMEXIT_INTERRUPTION_INFORMATION, information);
      registers.set(abi.INTEL_REG_VMEXIT_INSTRUCTION_LENGTH, 12n);
      expect(unit.unasked(abi.INTEL_EXIT_EXCEPTION_OR_NMI)).toBe(RUN);
      expect([unit.get(abi.REG_RIP), read(abi.INTEL_REG_VMENTRY_INTERRUPT_INFORMATION_FIELD)]).toEqual([
        ...[0x200cn, 0x8000_0300n | vector],
      ]);
    }
    on("amd");
    unit.set(abi.REG_RIP, 0x2000n);
    expect(unit.unasked(abi.AMD_EXIT_EXCEPTION + 3n)).toBe(RUN);
    expect([unit.get(abi.REG_RIP), read(abi.AMD_REG_EVENTINJ)]).toEqual([0x2001n, 0x8000_0303n]);
  });

  it("on AMD an extension that intercepts #DB hears of the step behind the last iteration", () => {
    registers.set(abi.AMD_REG_INTERCEPT_EXCEPTION, 2n);
    unit.set(abi.REG_RFLAGS, TF);
    expect(unit.between(1n)).toBe(0);
    unit.behind(1n);
    expect([read(abi.AMD_REG_EVENTINJ), unit.get(abi.REG_DR6)]).toEqual([0n, 1n]);
  });
});
