// Intel: what the kernel keeps VMs from, whatever their extension asked for (confinement.ts, unasked.ts)

import * as abi from "@bareflank/abi";
import { SYSCALL_VS_READ, SYSCALL_VS_WRITE, VENDOR_INTEL } from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { call, HANDLE } from "../machine/extension-life.ts";
import {
  confinementTable,
  forcedBits,
  type Guest,
  inVersion,
  makeGuest,
  VERSION_1,
  VERSION_2,
} from "../machine/guests.ts";
import { GENERAL, type Outcome, type Pp } from "../machine/pp.ts";

const INTEL = { vendor: VENDOR_INTEL };
const TABLE = confinementTable("intel");
/** What the processor demands of each field on top (SDM volume 3, appendix A). */
const FIELDS = [
  ["pin ", "PIN_BASED_VM_EXECUTION_CTLS", abi.INTEL_REG_PIN_BASED_VM_EXECUTION_CTLS, 0x16n],
  ["exc ", "EXCEPTION_BITMAP", abi.INTEL_REG_EXCEPTION_BITMAP, 0n],
  ["proc ", "PRIMARY_PROC_BASED_VM_EXECUTION_CTLS", abi.INTEL_REG_PRIMARY_PROC_BASED_VM_EXECUTION_CTLS, 0x400_6172n],
  ["second ", "SECONDARY_PROC_BASED_VM_EXECUTION_CTLS", abi.INTEL_REG_SECONDARY_PROC_BASED_VM_EXECUTION_CTLS, 0n],
] as const;

const RIP = 0x7c00n;
const EXIT = {
  exception: 0n,
  interrupt: 1n,
  rdpmc: 15n,
  control: 28n,
  io: 30n,
  wbinvd: 54n,
} as const;
const RF = 1n << 16n;
const RAISE_GP = 0x8000_0b0dn;

const read = (pp: Pp, vs: bigint, register: number) => call(pp, SYSCALL_VS_READ, HANDLE, vs, BigInt(register));

test("the table has a row for each control", () => {
  const bits = new Set(TABLE.map(({ bit }) => bit));
  const secondary = Array.from({ length: 32 }, (_, bit) => `second ${bit}`).filter((bit) => bit !== "second 29");
  expect(secondary.filter((bit) => !bits.has(bit))).toEqual([]);
  const primary = [2, 3, 7, 9, 10, 11, 12, 15, 16, 17, 19, 20, 21, 22, 23, 24, 25, 27, 28, 29, 30, 31];
  expect(primary.filter((bit) => !bits.has(`proc ${bit}`))).toEqual([]);
  expect([0, 3, 5, 6, 7].filter((bit) => !bits.has(`pin ${bit}`))).toEqual([]);
  expect(bits.size).toBe(TABLE.length);
});

test.each([
  ["root", VERSION_1],
  ["root", VERSION_2],
  ["guest", VERSION_1],
  ["version 2", VERSION_2],
] as const)("a VS of kind %s (handle %i) has what the table says", (kind, version) => {
  const { pp } = inVersion(version, INTEL);
  const guest = makeGuest(pp);
  if (kind !== "root") guest.activate();
  const vs = kind === "root" ? 0n : guest.vs;
  for (const [field, name, register, demanded] of FIELDS) {
    call(pp, SYSCALL_VS_WRITE, HANDLE, vs, BigInt(register), 0n);
    const asked = read(pp, vs, register);
    const forced = forcedBits(TABLE, field, kind);
    expect(pp.vmx.vmcs.get(name), name).toBe(forced | demanded);
    // What the interface has always added reads back, what confines does not
    const always = forcedBits(TABLE, field, "root");
    expect(asked, name).toBe(always | demanded);
  }
});

const EPT = 2n;

test("a guest of version 2 has no memory but by the tables that it is given", () => {
  const { machine, pp } = inVersion(VERSION_2, INTEL);
  const guest = makeGuest(pp);
  guest.activate();
  const table = () => pp.vmx.vmcs.get("EPT_POINTER") & ~0xfffn;
  const empty = table();
  const entries = Array.from({ length: 512 }, (_, index) => machine.physical.peek(empty + BigInt(index * 8), 8));
  expect(empty).not.toBe(0n);
  expect(pp.vmx.vmcs.get("EPT_POINTER") & 0xfffn).toBe(0x1en);
  expect(entries.every((entry) => entry === 0n)).toBe(true);
  const nested = call(pp, abi.SYSCALL_NESTED_CREATE, HANDLE, 0n);
  call(pp, abi.SYSCALL_NESTED_ATTACH, HANDLE, nested, guest.vs);
  expect(table()).not.toBe(empty);
  call(pp, abi.SYSCALL_NESTED_DETACH, HANDLE, nested, guest.vs);
  expect(table()).toBe(empty);
  expect(pp.vmx.vmcs.get("SECONDARY_PROC_BASED_VM_EXECUTION_CTLS") & EPT).toBe(EPT);
});

test("a guest of version 1 has the machine's memory, as it always had", () => {
  const { pp } = inVersion(VERSION_1, INTEL);
  makeGuest(pp).activate();
  expect(pp.vmx.vmcs.get("EPT_POINTER")).toBe(0n);
  expect(pp.vmx.vmcs.get("SECONDARY_PROC_BASED_VM_EXECUTION_CTLS") & EPT).toBe(0n);
});

test("controls that need fields which the interface does not have are never set, nor PCONFIG in a guest", () => {
  const { pp } = inVersion(VERSION_1, INTEL);
  const primary = BigInt(abi.INTEL_REG_PRIMARY_PROC_BASED_VM_EXECUTION_CTLS);
  call(pp, SYSCALL_VS_WRITE, HANDLE, 0n, primary, 1n << 17n);
  expect(read(pp, 0n, Number(primary)) & (1n << 17n)).toBe(0n);
});

/** A guest of version 2 that runs. */
function running(): { readonly pp: Pp; readonly guest: Guest } {
  const { pp } = inVersion(VERSION_2, INTEL);
  const guest = makeGuest(pp);
  guest.run();
  return { pp, guest };
}

describe("an exit that the kernel alone asked for", () => {
  const exit = (pp: Pp, reason: bigint, fields: Readonly<Record<string, bigint>> = {}): Outcome =>
    pp.exit(reason, { RIP, RFLAGS: 2n, VMEXIT_INSTRUCTION_LENGTH: 2n, INTERRUPTIBILITY_STATE: 0n, ...fields });
  const event = (pp: Pp) => pp.vmx.vmcs.get("VMENTRY_INTERRUPT_INFORMATION_FIELD");

  test("is #GP without an error code in real mode, which the processor would refuse", () => {
    const { pp } = running();
    expect(exit(pp, EXIT.io, { CR0: 0x30n }).is).toBe("running");
    expect(event(pp)).toBe(0x8000_030dn);
  });

  test.each(["rdpmc", "io"] as const)("for %s is #GP", (name) => {
    const { pp } = running();
    expect(exit(pp, EXIT[name]).is).toBe("running");
    const { vmcs } = pp.vmx;
    expect([event(pp), vmcs.get("VMENTRY_EXCEPTION_ERROR_CODE"), vmcs.get("RIP")]).toEqual([RAISE_GP, 0n, RIP]);
    expect(vmcs.get("RFLAGS")).toBe(2n | RF);
  });

  test("for WBINVD is skipped", () => {
    const { pp } = running();
    expect(exit(pp, EXIT.wbinvd).is).toBe("running");
    expect(pp.vmx.vmcs.get("RIP")).toBe(RIP + 2n);
  });

  test("for an interrupt is delivered", () => {
    const { pp } = running();
    expect(exit(pp, EXIT.interrupt)).toMatchObject({ is: "called", reg1: EXIT.interrupt });
  });

  test("for #DB raises it again, with its cause in DR6", () => {
    const { pp } = running();
    const outcome = exit(pp, EXIT.exception, {
      VMEXIT_INTERRUPTION_INFORMATION: 0x8000_0301n,
      EXIT_QUALIFICATION: 0x4002n,
    });
    expect(outcome.is).toBe("running");
    expect(event(pp)).toBe(0x8000_0301n);
    expect(pp.processor.readDr(6) & 0x600fn).toBe(0x4002n);
  });

  describe("for #DB does what its delivery would have done:", () => {
    const [TF, STEP, GD, BUS_LOCK, DETECTED, RTM] = [0x100n, 0x4000n, 0x2000n, 0x800n, 0x2000n, 0x1_0000n];
    const HARDWARE = 0x8000_0301n;
    const DEBUGCTL = 0x1d9;

    function raised(information: bigint, qualification: bigint, fields: Readonly<Record<string, bigint>> = {}): Pp {
      const { pp } = running();
      pp.processor.writeDr(7, 0x403n | GD);
      pp.processor.wrmsr(DEBUGCTL, 0x43n);
      pp.processor.writeDr(6, 0xffff_0ff2n);
      const exited = { VMEXIT_INTERRUPTION_INFORMATION: information, EXIT_QUALIFICATION: qualification };
      expect(exit(pp, EXIT.exception, { ...exited, ...fields }).is).toBe("running");
      expect(event(pp)).toBe(information);
      return pp;
    }

    test.each([
      ["a breakpoint's in place of the ones before", 8n, 0xffff_0ff8n],
      ["an access to a debug register", DETECTED, 0xffff_2ff0n],
      ["a bus lock, which is a clear bit", BUS_LOCK, 0xffff_07f0n],
      ["a transaction, likewise", RTM | 1n, 0xfffe_0ff1n],
    ])("DR6 tells %s", (_, qualification, dr6) => {
      expect(raised(HARDWARE, qualification).processor.readDr(6)).toBe(dr6);
    });

    test("DR7.GD, and LBR and BTF of DEBUGCTL, are clear for its handler", () => {
      const { processor } = raised(HARDWARE, DETECTED);
      expect([processor.readDr(7), processor.rdmsr(DEBUGCTL)]).toEqual([0x403n, 0x40n]);
    });

    test.each([1n, 2n])("in a shadow (%s) a step is pending as an entry wants it by RFLAGS.TF", (shadow) => {
      const fields = { INTERRUPTIBILITY_STATE: shadow, PENDING_DEBUG_EXCEPTIONS: 0n };
      const still = raised(HARDWARE, DETECTED, fields).vmx.vmcs;
      expect([still.get("PENDING_DEBUG_EXCEPTIONS"), still.get("INTERRUPTIBILITY_STATE")]).toEqual([0n, shadow]);
      const stepping = raised(HARDWARE, DETECTED, { ...fields, RFLAGS: 2n | TF }).vmx.vmcs;
      expect([stepping.get("PENDING_DEBUG_EXCEPTIONS"), stepping.get("INTERRUPTIBILITY_STATE")]).toEqual([
        STEP,
        shadow,
      ]);
    });

    test("without a shadow none is, and INT1 ends it", () => {
      const free = raised(HARDWARE, STEP, { PENDING_DEBUG_EXCEPTIONS: 0n, RFLAGS: 2n | TF }).vmx.vmcs;
      expect(free.get("PENDING_DEBUG_EXCEPTIONS")).toBe(0n);
      const fields = { INTERRUPTIBILITY_STATE: 10n, PENDING_DEBUG_EXCEPTIONS: 0n, RFLAGS: 2n | TF };
      const { vmcs } = raised(0x8000_0501n, 0n, { ...fields, VMEXIT_INSTRUCTION_LENGTH: 3n }).vmx;
      expect([vmcs.get("PENDING_DEBUG_EXCEPTIONS"), vmcs.get("INTERRUPTIBILITY_STATE")]).toEqual([0n, 8n]);
      expect([vmcs.get("VMENTRY_INSTRUCTION_LENGTH"), vmcs.get("RIP")]).toEqual([3n, RIP]);
    });
  });

  test("for #AC raises it again, with its error code", () => {
    const { pp } = running();
    const information = { VMEXIT_INTERRUPTION_INFORMATION: 0x8000_0b11n, VMEXIT_INTERRUPTION_ERROR_CODE: 0n };
    expect(exit(pp, EXIT.exception, information).is).toBe("running");
    expect([event(pp), pp.vmx.vmcs.get("VMENTRY_EXCEPTION_ERROR_CODE")]).toEqual([0x8000_0b11n, 0n]);
  });

  test("for an NMI is delivered", () => {
    const { pp } = running();
    const outcome = exit(pp, EXIT.exception, { VMEXIT_INTERRUPTION_INFORMATION: 0x8000_0202n });
    expect(outcome).toMatchObject({ is: "called", reg1: EXIT.exception });
  });

  test("for CR8 uses the VS's own; the processor's is 0 while it runs", () => {
    const { pp, guest } = running();
    expect(pp.processor.cr8).toBe(0n);
    // mov cr8, rbx: register 3
    pp.tcb.set("rbx", 9n);
    expect(exit(pp, EXIT.control, { EXIT_QUALIFICATION: 0x308n }).is).toBe("running");
    expect([pp.processor.cr8, pp.vmx.vmcs.get("RIP")]).toEqual([0n, RIP + 2n]);
    // mov r9, cr8
    expect(exit(pp, EXIT.control, { EXIT_QUALIFICATION: 0x918n }).is).toBe("running");
    expect(pp.tcb.get("r9")).toBe(9n);
    // mov cr8, rsp with too much
    expect(exit(pp, EXIT.control, { EXIT_QUALIFICATION: 0x408n, RSP: 16n }).is).toBe("running");
    expect(event(pp)).toBe(RAISE_GP);
    expect(exit(pp, EXIT.interrupt).is).toBe("called");
    expect([read(pp, guest.vs, abi.INTEL_REG_CR8), pp.tcb.get("exitPriority")]).toEqual([9n, 9n]);
  });

  // As instructions number them (SDM volume 3, table 28-3)
  test.each(
    "rax rcx rdx rbx rsp rbp rsi rdi r8 r9 r10 r11 r12 r13 r14 r15"
      .split(" ")
      .map((name, number) => [name, number] as const),
  )("for CR8 goes to %s and comes from it, and touches no other register", (name, number) => {
    const { pp, guest } = running();
    const others = () => ({ ...pp.tcb.values(GENERAL.filter((other) => other !== name)) });
    const operand = BigInt(number) << 8n;
    if (name !== "rsp") pp.tcb.set(name, 11n);
    const before = others();
    expect(
      exit(pp, EXIT.control, { EXIT_QUALIFICATION: operand | 8n, ...(name === "rsp" ? { RSP: 11n } : {}) }).is,
    ).toBe("running");
    if (name === "rsp") pp.vmx.vmcs.set("RSP", 0n);
    else pp.tcb.set(name, 0n);
    expect(exit(pp, EXIT.control, { EXIT_QUALIFICATION: operand | 0x18n }).is).toBe("running");
    expect(name === "rsp" ? pp.vmx.vmcs.get("RSP") : pp.tcb.get(name)).toBe(11n);
    expect(others()).toEqual(before);
    expect(exit(pp, EXIT.interrupt).is).toBe("called");
    expect(read(pp, guest.vs, abi.INTEL_REG_CR8)).toBe(11n);
  });

  test("is the extension's when it asked for it, too", () => {
    const { pp } = inVersion(VERSION_2, INTEL);
    const guest = makeGuest(pp);
    guest.write(abi.INTEL_REG_PRIMARY_PROC_BASED_VM_EXECUTION_CTLS, (1n << 11n) | (1n << 19n) | (1n << 24n));
    guest.write(abi.INTEL_REG_EXCEPTION_BITMAP, 2n);
    guest.write(abi.INTEL_REG_SECONDARY_PROC_BASED_VM_EXECUTION_CTLS, 0x60n);
    guest.run();
    const cases: readonly (readonly [bigint, Readonly<Record<string, bigint>>])[] = [
      [EXIT.rdpmc, {}],
      [EXIT.io, {}],
      [EXIT.wbinvd, {}],
      [EXIT.control, { EXIT_QUALIFICATION: 0x308n }],
      [EXIT.exception, { VMEXIT_INTERRUPTION_INFORMATION: 0x8000_0301n }],
    ];
    for (const [reason, fields] of cases) {
      expect(exit(pp, reason, fields)).toMatchObject({ is: "called", reg1: reason });
      guest.run();
    }
  });
});
