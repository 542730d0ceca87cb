// MSRs of which a guest has its own: what it writes is nobody else's, and back

import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  AMD_REG_CTLS2,
  INTEL_REG_CR4,
  INTEL_REG_CR4_GUEST_HOST_MASK,
  MAP_IO,
  MAP_MSR,
  MITIGATION_SPEC_CTRL,
  STATUS_FAILURE_INVALID_HANDLE,
  STATUS_FAILURE_UNKNOWN,
  STATUS_FAILURE_UNSUPPORTED,
  STATUS_INVALID_INPUT_REG1,
  STATUS_INVALID_INPUT_REG2,
  SYSCALL_MAP_ATTACH,
  SYSCALL_MAP_CREATE,
  SYSCALL_MAP_PASS,
  SYSCALL_MSR_READ,
  SYSCALL_MSR_WRITE,
  SYSCALL_VP_CREATE,
  SYSCALL_VS_CREATE,
  SYSCALL_VS_DESTROY,
  SYSCALL_VS_INIT_AS_ROOT,
  SYSCALL_VS_MIGRATE,
  SYSCALL_VS_PROMOTE,
  SYSCALL_VS_READ,
  SYSCALL_VS_RUN,
  SYSCALL_VS_SET_ACTIVE,
  SYSCALL_VS_WRITE,
  VENDOR_AMD,
  VENDOR_INTEL,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { exampleExtension } from "../machine/example-extension.ts";
import { bootNext, call, expectOutcome, HANDLE, inBootstrap, status } from "../machine/extension-life.ts";
import { exitCpuid, type Guest, inVersion, makeGuest, VERSION_1, VERSION_2 } from "../machine/guests.ts";
import type { LoaderOptions } from "../machine/loader.ts";
import type { Pp } from "../machine/pp.ts";
import { MSR, MSR_SPEC_CTRL, SUBLEAF } from "../machine/processor.ts";

const AMD = VENDOR_AMD;
const INTEL = VENDOR_INTEL;
const BOTH = AMD | INTEL;
const TSC_AUX = MSR.TSC_AUX;
const XSS = 0xda0;
const CET_U = 1n << 11n;

/** Name, MSR, whose, and whether a guest has its own from the beginning. */
const ROWS: readonly (readonly [string, number, number, "asked" | "always"])[] = [
  ["TSC_AUX", TSC_AUX, BOTH, "asked"],
  ["XSS", XSS, BOTH, "always"],
  ["XFD", 0x1c4, BOTH, "always"],
  ["XFD_ERR", 0x1c5, BOTH, "always"],
  ["U_CET", 0x6a0, AMD, "always"],
  ["PL0_SSP", 0x6a4, AMD, "always"],
  ["PL1_SSP", 0x6a5, AMD, "always"],
  ["PL2_SSP", 0x6a6, AMD, "always"],
  ["PL3_SSP", 0x6a7, AMD, "always"],
  ["SPEC_CTRL", MSR_SPEC_CTRL, BOTH, "asked"],
  ["VIRT_SPEC_CTRL", 0xc001_011f, AMD, "asked"],
  ["DEBUGCTL", MSR.DEBUGCTL, AMD, "asked"],
  ["the mask of DR0", 0xc001_1027, AMD, "asked"],
  ["the mask of DR1", 0xc001_1019, AMD, "asked"],
  ["the mask of DR2", 0xc001_101a, AMD, "asked"],
  ["the mask of DR3", 0xc001_101b, AMD, "asked"],
];

/** RDTSCP, XSAVES, XFD, shadow stacks, SPEC_CTRL, VIRT_SPEC_CTRL, MSRs at all, masks of breakpoints. */
const LEAVES: NonNullable<LoaderOptions["moreLeaves"]> = [
  [1, [0, 0, 1 << 26, 1 << 5]],
  [7, [0, (1 << 20) | (1 << 7) | 1, (1 << 7) | (1 << 2), 1 << 26]],
  [13 + SUBLEAF, [(1 << 3) | (1 << 4), 0, 0, 0]],
  [0x8000_0001, [0, 0, (1 << 26) | (1 << 2), (1 << 27) | (1 << 26) | (1 << 20)]],
  [0x8000_0008, [0x3030, (1 << 14) | (1 << 25), 0, 0]],
];
const VIRTUAL_LBR = [0x8000_000a, [1, 16, 0, 3]] as const;

const rowsOf = (vendor: number) => ROWS.filter(([, , whose]) => (whose & vendor) !== 0);
/** What Linux has in an MSR, and guests: values that each of them takes. */
const machineOf = (msr: number) => (msr === XSS ? CET_U : BigInt(msr & 0xf) + 0x20n);
const guestValue = (vendor: number, msr: number, guest: bigint) =>
  msr === XSS ? (vendor === AMD ? guest << 11n : 0n) : BigInt(msr & 0xf) + 0x1000n * guest;

const having = (vendor: number, more: Partial<LoaderOptions> = {}): Partial<LoaderOptions> => ({
  vendor,
  moreLeaves: LEAVES,
  msrs: rowsOf(vendor).map(([, msr]) => [msr, machineOf(msr)]),
  ...more,
});

const read = (pp: Pp, vs: bigint, msr: number) => call(pp, SYSCALL_MSR_READ, HANDLE, vs, BigInt(msr));
const write = (pp: Pp, vs: bigint, msr: number, value: bigint) =>
  call(pp, SYSCALL_MSR_WRITE, HANDLE, vs, BigInt(msr), value);
const root = (pp: Pp) => call(pp, SYSCALL_VS_SET_ACTIVE, HANDLE, 0n, 0n, 0n);
const held = (pp: Pp, vendor: number) => rowsOf(vendor).map(([, msr]) => pp.processor.rdmsr(msr));
const machines = (vendor: number) => rowsOf(vendor).map(([, msr]) => machineOf(msr));

function attachMap(pp: Pp, guest: Guest, kind = MAP_MSR): bigint {
  const map = call(pp, SYSCALL_MAP_CREATE, HANDLE, BigInt(kind));
  call(pp, SYSCALL_MAP_ATTACH, HANDLE, map, guest.vs);
  return map;
}

describe.each([
  ["AMD", VENDOR_AMD],
  ["Intel", VENDOR_INTEL],
])("on %s", (_vendor, vendor) => {
  test.each(rowsOf(vendor))("%s is each guest's own, and the machine's is the root VM's", (_name, msr) => {
    const { pp } = inVersion(VERSION_2, having(vendor));
    const [a, b] = [makeGuest(pp), makeGuest(pp)];
    const [first, second] = [guestValue(vendor, msr, 1n), guestValue(vendor, msr, 2n)];
    const processor = () => pp.processor.rdmsr(msr);
    write(pp, a.vs, msr, first);
    write(pp, b.vs, msr, second);
    expect(processor()).toBe(machineOf(msr));
    a.activate();
    expect(processor()).toBe(first);
    b.activate();
    expect(processor()).toBe(second);
    expect(read(pp, a.vs, msr)).toBe(first);
    root(pp);
    expect(processor()).toBe(machineOf(msr));
    // What each of the three writes by itself is there again, and nowhere else
    pp.processor.wrmsr(msr, 7n);
    a.activate();
    expect(processor()).toBe(first);
    pp.processor.wrmsr(msr, 8n);
    expect(read(pp, a.vs, msr)).toBe(8n);
    root(pp);
    expect([processor(), read(pp, a.vs, msr), read(pp, b.vs, msr)]).toEqual([7n, 8n, second]);
    a.run();
    expect(processor()).toBe(8n);
    exitCpuid(pp);
    expect(processor()).toBe(8n);
    // While it is loaded
    write(pp, a.vs, msr, second);
    expect(processor()).toBe(second);
    root(pp);
    expect(processor()).toBe(7n);
  });

  test("a guest has its own of what it uses without accessing it from the beginning, and of the others the machine's", () => {
    const { pp } = inVersion(VERSION_2, having(vendor));
    const guest = makeGuest(pp);
    guest.activate();
    for (const [name, msr, , when] of rowsOf(vendor)) {
      expect(pp.processor.rdmsr(msr), name).toBe(when === "always" ? 0n : machineOf(msr));
      expect(read(pp, guest.vs, msr), name).toBe(0n);
    }
    root(pp);
    expect(held(pp, vendor)).toEqual(machines(vendor));
  });

  test("a map of MSRs gives it its own of all, loaded or not; one of ports does not", () => {
    const { pp } = inVersion(VERSION_2, having(vendor));
    const [a, b] = [makeGuest(pp), makeGuest(pp)];
    attachMap(pp, a);
    a.activate();
    expect(held(pp, vendor)).toEqual(machines(vendor).map(() => 0n));
    b.activate();
    attachMap(pp, b, MAP_IO);
    expect(pp.processor.rdmsr(TSC_AUX)).toBe(machineOf(TSC_AUX));
    attachMap(pp, b);
    expect(held(pp, vendor)).toEqual(machines(vendor).map(() => 0n));
    root(pp);
    expect(held(pp, vendor)).toEqual(machines(vendor));
  });

  test("TSC_AUX alone, on a processor that has nothing else, is kept as the guest left it where its map lets it write", () => {
    const moreLeaves = LEAVES.filter(([leaf]) => leaf === 0x8000_0001).map(
      ([leaf, [eax, ebx, , edx]]) => [leaf, [eax, ebx, 1 << 2, edx]] as const,
    );
    const { pp } = inVersion(VERSION_2, having(vendor, { moreLeaves }));
    const [a, b] = [makeGuest(pp), makeGuest(pp)];
    const processor = () => pp.processor.rdmsr(TSC_AUX);
    write(pp, a.vs, TSC_AUX, 5n);
    call(pp, SYSCALL_MAP_PASS, HANDLE, attachMap(pp, b), BigInt(TSC_AUX), BigInt(TSC_AUX), 3n);
    b.activate();
    expect(processor()).toBe(0n);
    pp.processor.wrmsr(TSC_AUX, 9n);
    a.activate();
    expect(processor()).toBe(5n);
    write(pp, a.vs, TSC_AUX, 6n);
    expect(processor()).toBe(6n);
    b.activate();
    expect(processor()).toBe(9n);
    root(pp);
    expect([processor(), read(pp, a.vs, TSC_AUX), read(pp, b.vs, TSC_AUX)]).toEqual([machineOf(TSC_AUX), 6n, 9n]);
    pp.processor.wrmsr(TSC_AUX, 1n);
    a.activate();
    root(pp);
    expect(processor()).toBe(1n);
  });

  test("nothing is read or written for VSs that have nothing", () => {
    const { pp } = inVersion(VERSION_2, { vendor, msrs: rowsOf(vendor).map(([, msr]) => [msr, 1n]) });
    const guest = makeGuest(pp);
    const accesses: number[] = [];
    const { rdmsr, wrmsr } = pp.processor;
    pp.processor.rdmsr = (index) => {
      accesses.push(index);
      return rdmsr.call(pp.processor, index);
    };
    pp.processor.wrmsr = (index, value) => {
      accesses.push(index);
      wrmsr.call(pp.processor, index, value);
    };
    guest.activate();
    root(pp);
    const own: readonly number[] = ROWS.map(([, msr]) => msr);
    expect(accesses.filter((index) => own.includes(index) && index !== MSR.DEBUGCTL)).toEqual([]);
  });

  test("a guest takes its own along to another processor, and leaves the machine's behind", () => {
    const { machine, pp } = inVersion(VERSION_2, having(vendor, { ppCount: 2 }));
    const guest = makeGuest(pp);
    write(pp, guest.vs, TSC_AUX, 5n);
    guest.activate();
    root(pp);
    const second = bootNext(machine, 1);
    second.processor.wrmsr(TSC_AUX, 0x77n);
    expect(status(second, SYSCALL_MSR_READ, HANDLE, guest.vs, BigInt(TSC_AUX))).toBe(STATUS_INVALID_INPUT_REG1);
    call(second, SYSCALL_VS_MIGRATE, HANDLE, guest.vs, 1n);
    expect(read(second, guest.vs, TSC_AUX)).toBe(5n);
    call(second, SYSCALL_VS_SET_ACTIVE, HANDLE, guest.vm, guest.vp, guest.vs);
    expect([second.processor.rdmsr(TSC_AUX), pp.processor.rdmsr(TSC_AUX)]).toEqual([5n, machineOf(TSC_AUX)]);
  });

  test("a root VS has the machine's, also when it has been a guest until then", () => {
    const { machine, pp } = inVersion(VERSION_2, having(vendor, { ppCount: 2 }));
    expect(status(pp, SYSCALL_MSR_READ, HANDLE, 0n, BigInt(TSC_AUX))).toBe(STATUS_INVALID_INPUT_REG1);
    expect(status(pp, SYSCALL_MSR_WRITE, HANDLE, 0n, BigInt(TSC_AUX), 1n)).toBe(STATUS_INVALID_INPUT_REG1);
    const second = bootNext(machine, 1);
    const vp = call(second, SYSCALL_VP_CREATE, HANDLE, 0n);
    const vs = call(second, SYSCALL_VS_CREATE, HANDLE, vp, 1n);
    write(second, vs, TSC_AUX, 5n);
    call(second, SYSCALL_VS_SET_ACTIVE, HANDLE, 0n, vp, vs);
    expect(second.processor.rdmsr(TSC_AUX)).toBe(5n);
    call(second, SYSCALL_VS_INIT_AS_ROOT, HANDLE, vs);
    expect(held(second, vendor)).toEqual(machines(vendor));
  });

  test("the operating system gets the machine's back at a stop", () => {
    const { pp } = inVersion(VERSION_2, having(vendor));
    const guest = makeGuest(pp);
    write(pp, guest.vs, TSC_AUX, 5n);
    guest.run();
    exitCpuid(pp);
    expectOutcome(pp.syscall(SYSCALL_VS_PROMOTE, HANDLE, 0n), "given back");
    expect(held(pp, vendor)).toEqual(machines(vendor));
  });

  test("and where a guest itself is given the processor", () => {
    const { pp } = inVersion(VERSION_2, having(vendor));
    const guest = makeGuest(pp);
    write(pp, guest.vs, TSC_AUX, 5n);
    guest.run();
    exitCpuid(pp);
    expectOutcome(pp.syscall(SYSCALL_VS_PROMOTE, HANDLE, guest.vs), "given back");
    expect(held(pp, vendor)).toEqual(machines(vendor));
  });

  test("and when a start fails while a guest is loaded", () => {
    const extension = exampleExtension({ versions: 6 });
    const { pp } = inBootstrap({ extension, ...having(vendor) }, VERSION_2);
    const guest = makeGuest(pp);
    write(pp, guest.vs, TSC_AUX, 5n);
    guest.activate();
    expect(pp.processor.rdmsr(TSC_AUX)).toBe(5n);
    pp.fault(6);
    expectOutcome(pp.fault(6), "given back");
    expect(held(pp, vendor)).toEqual(machines(vendor));
  });

  test("a VS that takes a destroyed one's place has nothing of it", () => {
    const { pp } = inVersion(VERSION_2, having(vendor));
    const first = makeGuest(pp);
    write(pp, first.vs, TSC_AUX, 5n);
    call(pp, SYSCALL_VS_DESTROY, HANDLE, first.vs);
    const second = makeGuest(pp);
    expect(second.vs & 0xffffn).toBe(first.vs & 0xffffn);
    expect(read(pp, second.vs, TSC_AUX)).toBe(0n);
    second.activate();
    expect(pp.processor.rdmsr(TSC_AUX)).toBe(machineOf(TSC_AUX));
  });

  test("SPEC_CTRL is read and written where host mode has one of its own, too", () => {
    const { pp } = inVersion(VERSION_2, having(vendor, { mitigations: MITIGATION_SPEC_CTRL, hostSpecCtrl: 1n }));
    const guest = makeGuest(pp);
    write(pp, guest.vs, MSR_SPEC_CTRL, 6n);
    write(pp, guest.vs, TSC_AUX, 5n);
    expect(read(pp, guest.vs, MSR_SPEC_CTRL)).toBe(6n);
    guest.run();
    expect([pp.processor.rdmsr(MSR_SPEC_CTRL), pp.processor.rdmsr(TSC_AUX)]).toEqual([6n, 5n]);
    exitCpuid(pp);
    expect([pp.processor.rdmsr(MSR_SPEC_CTRL), read(pp, guest.vs, MSR_SPEC_CTRL)]).toEqual([1n, 6n]);
    expectOutcome(pp.syscall(SYSCALL_VS_RUN, HANDLE, 0n, 0n, 0n), "running");
    expect([pp.processor.rdmsr(MSR_SPEC_CTRL), pp.processor.rdmsr(TSC_AUX)]).toEqual([
      machineOf(MSR_SPEC_CTRL),
      machineOf(TSC_AUX),
    ]);
  });

  test("XSS names no MSR that would be the machine's", () => {
    const { pp } = inVersion(VERSION_2, having(vendor));
    const guest = makeGuest(pp);
    for (const bit of [8n, 10n, 13n, 14n, 15n, 16n]) {
      expect(status(pp, SYSCALL_MSR_WRITE, HANDLE, guest.vs, BigInt(XSS), 1n << bit), `bit ${bit}`).toBe(
        STATUS_FAILURE_UNKNOWN,
      );
    }
    expect(status(pp, SYSCALL_MSR_WRITE, HANDLE, guest.vs, BigInt(XSS), CET_U) === 0n).toBe(vendor === AMD);
    write(pp, guest.vs, XSS, 0n);
    // By its own WRMSR, whatever its map says
    call(pp, SYSCALL_MAP_PASS, HANDLE, attachMap(pp, guest), 0n, 0xffff_ffffn, 3n);
    guest.run();
    const isIntel = vendor === INTEL;
    for (const value of [0x400n, 0n]) {
      pp.tcb.set("rcx", BigInt(XSS));
      pp.tcb.set("rdx", 0n);
      pp.tcb.set("rax", value);
      const event = isIntel ? "VMENTRY_INTERRUPT_INFORMATION_FIELD" : "EVENTINJ";
      const fields: Record<string, bigint> = isIntel
        ? { VMEXIT_INSTRUCTION_LENGTH: 2n }
        : { RAX: value, NRIP: 2n, EXITINFO1: 1n };
      expectOutcome(pp.exit(isIntel ? 32n : 0x7cn, { RFLAGS: 2n, RIP: 0n, [event]: 0n, ...fields }), "running");
      const injected = isIntel ? pp.vmx.get(event) : pp.vmcb.get(event);
      // #GP, in real mode without a code
      expect([injected & 0xffff_f7ffn, pp.processor.rdmsr(XSS)]).toEqual([value === 0n ? 0n : 0x8000_030dn, 0n]);
    }
  });

  test("is refused where it cannot be, one by one", () => {
    const { pp } = inVersion(VERSION_2, having(vendor));
    const guest = makeGuest(pp);
    for (const number of [SYSCALL_MSR_READ, SYSCALL_MSR_WRITE]) {
      const ask = (vs: bigint, msr: bigint) => status(pp, number, HANDLE, vs, msr, 0n);
      expect(status(pp, number, HANDLE + 1n, guest.vs, BigInt(TSC_AUX), 0n)).toBe(STATUS_FAILURE_INVALID_HANDLE);
      expect(ask(0x7777n, BigInt(TSC_AUX)), "no VS").toBe(STATUS_INVALID_INPUT_REG1);
      for (const msr of [0n, BigInt(MSR.EFER), BigInt(MSR.LSTAR), 0xffff_ffffn, BigInt(TSC_AUX) + (1n << 32n)]) {
        expect(ask(guest.vs, msr), `MSR ${msr}`).toBe(STATUS_INVALID_INPUT_REG2);
      }
    }
    // A write that is refused gives it none of its own
    const { wrmsr } = pp.processor;
    pp.processor.addMsr(0xc001_1027, 1n);
    pp.processor.wrmsr = (index, value) => {
      if (index === TSC_AUX && value > 0xffffn) pp.processor.rdmsr(0xdead);
      wrmsr.call(pp.processor, index, value);
    };
    expect(status(pp, SYSCALL_MSR_WRITE, HANDLE, guest.vs, BigInt(TSC_AUX), 0x1_0000n)).toBe(STATUS_FAILURE_UNKNOWN);
    guest.activate();
    expect(pp.processor.rdmsr(TSC_AUX)).toBe(machineOf(TSC_AUX));
  });

  test("what a processor has not, no guest has", () => {
    const { pp } = inVersion(VERSION_2, { vendor, msrs: rowsOf(vendor).map(([, msr]) => [msr, 1n]) });
    const guest = makeGuest(pp);
    for (const [name, msr] of rowsOf(vendor)) {
      expect(status(pp, SYSCALL_MSR_READ, HANDLE, guest.vs, BigInt(msr)), name).toBe(STATUS_INVALID_INPUT_REG2);
    }
  });

  test("guests of version 1 have the machine's, and no such call", () => {
    const { pp } = inVersion(VERSION_1, having(vendor));
    const guest = makeGuest(pp);
    guest.activate();
    expect(held(pp, vendor)).toEqual(machines(vendor));
    expect(status(pp, SYSCALL_MSR_READ, HANDLE, guest.vs, BigInt(TSC_AUX))).toBe(STATUS_FAILURE_UNSUPPORTED);
  });
});

describe("AMD's DEBUGCTL", () => {
  const VIRTUAL_LBR_ENABLED = 1n;
  const lbr = (pp: Pp, vs: bigint) => call(pp, SYSCALL_VS_READ, HANDLE, vs, BigInt(AMD_REG_CTLS2));

  test("is the VMCB's, with the last branches, where the processor can: guests cannot have it otherwise", () => {
    const { pp } = inVersion(VERSION_2, having(AMD, { moreLeaves: [...LEAVES, VIRTUAL_LBR] }));
    const guest = makeGuest(pp);
    expect(pp.vmcb.get("CTLS2")).toBe(0n);
    guest.activate();
    expect(pp.vmcb.get("CTLS2")).toBe(VIRTUAL_LBR_ENABLED);
    expect(lbr(pp, guest.vs)).toBe(0n);
    call(pp, SYSCALL_VS_WRITE, HANDLE, guest.vs, BigInt(AMD_REG_CTLS2), 0n);
    expect(pp.vmcb.get("CTLS2")).toBe(VIRTUAL_LBR_ENABLED);
    expect(status(pp, SYSCALL_MSR_READ, HANDLE, guest.vs, BigInt(MSR.DEBUGCTL))).toBe(STATUS_INVALID_INPUT_REG2);
  });

  test("of a root VM, and of guests of version 1, is as their extension says", () => {
    const { pp } = inVersion(VERSION_1, having(AMD, { moreLeaves: [...LEAVES, VIRTUAL_LBR] }));
    const guest = makeGuest(pp);
    guest.activate();
    expect(pp.vmcb.get("CTLS2")).toBe(0n);
    call(pp, SYSCALL_VS_WRITE, HANDLE, guest.vs, BigInt(AMD_REG_CTLS2), 1n);
    expect([pp.vmcb.get("CTLS2"), lbr(pp, guest.vs)]).toEqual([1n, 1n]);
  });
});

describe("Intel", () => {
  const CLOSED = (7n << 23n) | (1n << 32n);
  const CR4_MASK = "CR4_GUEST_HOST_MASK";
  const RAISE_GP = 0x8000_0b0dn;

  function running(version = VERSION_2) {
    const { pp } = inVersion(version, having(INTEL));
    const guest = makeGuest(pp);
    guest.run();
    return { pp, guest };
  }
  /** MOV from RBX to CR4. */
  const moveToCr4 = (pp: Pp, value: bigint) => {
    pp.tcb.set("rbx", value);
    return pp.exit(28n, { EXIT_QUALIFICATION: 0x304n, VMENTRY_INTERRUPT_INFORMATION_FIELD: 0n, RFLAGS: 2n });
  };

  test("a guest does not have CR4.CET, PKS, UINTR and FRED: their MSRs are the machine's", () => {
    const { pp } = running();
    expect(pp.vmx.get(CR4_MASK) & CLOSED).toBe(CLOSED);
    for (const bit of [23n, 24n, 25n, 32n]) {
      expectOutcome(moveToCr4(pp, 0x6e0n | (1n << bit)), "running");
      expect(pp.vmx.get("VMENTRY_INTERRUPT_INFORMATION_FIELD")).toBe(RAISE_GP);
    }
    // Whatever else exits is its extension's
    expectOutcome(moveToCr4(pp, 0x26e0n), "called");
  });

  test("its extension cannot give them to it; a root VM, and a guest of version 1, have them", () => {
    const { pp, guest } = running();
    exitCpuid(pp);
    call(pp, SYSCALL_VS_WRITE, HANDLE, guest.vs, BigInt(INTEL_REG_CR4_GUEST_HOST_MASK), 0n);
    call(pp, SYSCALL_VS_WRITE, HANDLE, guest.vs, BigInt(INTEL_REG_CR4), 0x6e0n | (7n << 23n));
    expect([pp.vmx.get(CR4_MASK) & CLOSED, pp.vmx.get("CR4") & CLOSED]).toEqual([CLOSED, 0n]);
    root(pp);
    expect(pp.vmx.get(CR4_MASK) & CLOSED).toBe(0n);
    expect(running(VERSION_1).pp.vmx.get(CR4_MASK) & CLOSED).toBe(0n);
  });

  test("loads and saves PAT, EFER and the debug controls with the VMCS", () => {
    const { pp } = inVersion(VERSION_2, having(INTEL));
    const rootPat = pp.vmx.get("PAT");
    makeGuest(pp).run();
    // SDM volume 3, 25.7.1 and 25.8.1: save debug controls, save and load PAT, save and load EFER; load the three
    expect(pp.vmx.get("VMEXIT_CTLS") & 0x3c_0004n).toBe(0x3c_0004n);
    expect(pp.vmx.get("VMENTRY_CTLS") & 0xc004n).toBe(0xc004n);
    const { processor } = pp;
    processor.wrmsr(MSR.PAT, 0x0606_0606_0606_0606n);
    processor.wrmsr(MSR.DEBUGCTL, 2n);
    exitCpuid(pp);
    expect([pp.vmx.get("PAT"), pp.vmx.get("DEBUGCTL")]).toEqual([0x0606_0606_0606_0606n, 2n]);
    expect(processor.rdmsr(MSR.DEBUGCTL)).toBe(0n);
    expectOutcome(pp.syscall(SYSCALL_VS_RUN, HANDLE, 0n, 0n, 0n), "running");
    expect([processor.rdmsr(MSR.PAT), processor.rdmsr(MSR.DEBUGCTL)]).toEqual([rootPat, 0n]);
  });
});

describe("docs/registers.md", () => {
  const folder = join(import.meta.dirname, "../../..");
  const lines = readFileSync(join(folder, "docs/registers.md"), "utf8").split("\n");
  const table = lines
    .filter((line) => line.startsWith("| ") && !line.startsWith("| Register"))
    .map((line) => line.split("|").map((cell) => cell.trim()));

  /** The MSRs that a row names, ranges one by one. */
  function msrsIn(cell: string): number[] {
    const numbers = [...cell.matchAll(/\b([0-9A-F]{2,4}(?:_[0-9A-F]{4})?)( to )?/g)];
    const found: number[] = [];
    for (let i = 0; i < numbers.length; i++) {
      const value = (index: number) => Number.parseInt((numbers[index]?.[1] ?? "").replace("_", ""), 16);
      found.push(value(i));
      if (numbers[i]?.[2] === undefined) continue;
      for (let msr = value(i) + 1; msr < value(i + 1); msr++) found.push(msr);
    }
    return found;
  }
  const parenthesised = (cell: string) => [...cell.matchAll(/\(([^)]*)\)/g)].flatMap(([, text = ""]) => msrsIn(text));
  const saysOwn = (column: number) =>
    table.flatMap((cells) => {
      const says = cells[column] ?? "";
      return says.startsWith("own") ? parenthesised(cells[1] ?? "").map((msr) => [msr, says] as const) : [];
    });

  test.each([
    ["AMD", AMD, 2],
    ["Intel", INTEL, 3],
  ])("has %s's MSRs that guests can have for themselves, and no others", (_name, vendor, column) => {
    const expected = rowsOf(vendor).map(([, msr, , when]) => [msr, when === "always" ? "own, always" : "own"]);
    const order = (rows: readonly (readonly [number, string])[]) => [...rows].sort(([a], [b]) => a - b);
    expect(order(saysOwn(column))).toEqual(order(expected as [number, string][]));
  });

  test("says of every other MSR which structure has it, or that it exits", () => {
    const others = table.filter((cells) => parenthesised(cells[1] ?? "").length > 0);
    for (const cells of others) {
      for (const column of [2, 3])
        expect(cells[column]).toMatch(/^(own|own, always|VMCB|VMCS|switched|exits|closed|-)$/);
    }
  });
});
