// AMD: what the kernel keeps VMs from, whatever their extension asked for (confinement.ts, guest-msrs.ts, unasked exits)

import * as abi from "@bareflank/abi";
import {
  MAP_MSR,
  NESTED_RIGHTS,
  STATUS_SUCCESS,
  SYSCALL_MAP_ATTACH,
  SYSCALL_MAP_CREATE,
  SYSCALL_MAP_QUERY,
  SYSCALL_MAP_TRAP,
  SYSCALL_NESTED_ATTACH,
  SYSCALL_NESTED_CREATE,
  SYSCALL_NESTED_DETACH,
  SYSCALL_VM_CREATE,
  SYSCALL_VP_CREATE,
  SYSCALL_VS_CREATE,
  SYSCALL_VS_READ,
  SYSCALL_VS_RUN_CURRENT,
  SYSCALL_VS_WRITE,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { call, expectOutcome, HANDLE, type Scene, status } from "../machine/extension-life.ts";
import {
  confinementTable,
  forcedBits,
  type Guest,
  inVersion,
  makeGuest,
  VERSION_1,
  VERSION_2,
} from "../machine/guests.ts";
import type { Outcome, Pp } from "../machine/pp.ts";
import { MSR } from "../machine/processor.ts";

const TABLE = confinementTable("amd");
const VECTORS = [
  ["2.", "INTERCEPT_EXCEPTION", abi.AMD_REG_INTERCEPT_EXCEPTION],
  ["3.", "INTERCEPT_INSTRUCTION1", abi.AMD_REG_INTERCEPT_INSTRUCTION1],
  ["4.", "INTERCEPT_INSTRUCTION2", abi.AMD_REG_INTERCEPT_INSTRUCTION2],
  ["5.", "INTERCEPT_INSTRUCTION3", abi.AMD_REG_INTERCEPT_INSTRUCTION3],
] as const;
const VMRUN = 1n;
const MASKING = 1n << 24n;
const SVME = 0x1000n;
const RF = 1n << 16n;
const EXIT_MSR = 0x7cn;
const RIP = 0x7c00n;

const read = (pp: Pp, vs: bigint, register: number) => call(pp, SYSCALL_VS_READ, HANDLE, vs, BigInt(register));

test("the table has a row for each bit", () => {
  const bits = new Set(TABLE.map(({ bit }) => bit));
  const expected = [
    ...Array.from({ length: 32 }, (_, bit) => `3.${bit}`),
    ...Array.from({ length: 16 }, (_, bit) => `4.${bit}`),
    ...Array.from({ length: 7 }, (_, bit) => `5.${bit}`),
  ];
  expect(expected.filter((bit) => !bits.has(bit))).toEqual([]);
  expect(bits.size).toBe(TABLE.length);
});

const KINDS = [
  ["root", "version 1", VERSION_1],
  ["root", "version 2", VERSION_2],
  ["guest", "version 1", VERSION_1],
  ["version 2", "version 2", VERSION_2],
] as const;

describe.each(KINDS)("of a VS of kind %s, made through %s,", (kind, _, version) => {
  function vmcbOf(ask: readonly bigint[]) {
    const { pp } = inVersion(version);
    const guest = makeGuest(pp);
    if (kind !== "root") guest.activate();
    const vs = kind === "root" ? 0n : guest.vs;
    VECTORS.forEach(([, , register], index) => {
      call(pp, SYSCALL_VS_WRITE, HANDLE, vs, BigInt(register), ask[index] ?? 0n);
    });
    return { pp, vs, vmcb: pp.vmcb };
  }

  test("the VMCB has what the table says, and nothing else", () => {
    const { pp, vs, vmcb } = vmcbOf([0n, 0n, VMRUN, 0n]);
    for (const [field, name, register] of VECTORS) {
      const asked = name === "INTERCEPT_INSTRUCTION2" ? VMRUN : 0n;
      expect(vmcb.get(name), name).toBe(forcedBits(TABLE, field, kind) | asked);
      expect(read(pp, vs, register), name).toBe(asked);
    }
    const strict = kind === "version 2";
    expect(vmcb.get("VIRTUAL_INTERRUPT_A") & MASKING).toBe(strict ? MASKING : 0n);
    expect(read(pp, vs, abi.AMD_REG_VIRTUAL_INTERRUPT_A)).toBe(0n);
  });

  test("what is asked for is added, and reads back", () => {
    const ask = [0x4000n, 0x4_0000n, 0x201n, 4n];
    const { pp, vs, vmcb } = vmcbOf(ask);
    VECTORS.forEach(([field, name, register], index) => {
      expect(vmcb.get(name), name).toBe(forcedBits(TABLE, field, kind) | (ask[index] ?? 0n));
      expect(read(pp, vs, register), name).toBe(ask[index]);
    });
  });

  test.runIf(version === VERSION_1)("what is reserved behind them stays zero, whatever else was asked for", () => {
    const { machine, pp } = inVersion(version);
    const guest = makeGuest(pp);
    if (kind !== "root") guest.activate();
    const vs = kind === "root" ? 0n : guest.vs;
    for (const register of [abi.AMD_REG_IOPM_BASE_PA, abi.AMD_REG_MSRPM_BASE_PA]) {
      call(pp, SYSCALL_VS_WRITE, HANDLE, vs, BigInt(register), 0x7000n);
    }
    call(pp, SYSCALL_VS_WRITE, HANDLE, vs, BigInt(abi.AMD_REG_INTERCEPT_INSTRUCTION1), 0x1800_0000n);
    expect(pp.vmcb.get("IOPM_BASE_PA")).toBe(0x7000n);
    const [first, end] = [0x18n, 0x3cn];
    expect(machine.physical.read(pp.block.get("vmcb") + first, Number(end - first)).some(Boolean)).toBe(false);
  });
});

test("a VS is confined as a guest until it is made the operating system", () => {
  const { pp } = inVersion(VERSION_2, { ppCount: 2 });
  const guest = makeGuest(pp);
  guest.activate();
  const before = pp.vmcb.get("INTERCEPT_INSTRUCTION1");
  expect(before & 3n).toBe(3n);
});

test("a root VM has INVLPGB where the processor does, a guest never", () => {
  const leaves = [
    [0x8000_0008, [0x3030, 8, 0, 0]],
    [0x8000_000a, [1, 16, 0, 1]],
  ] as const;
  const { pp } = inVersion(VERSION_1, { leaves });
  expect(pp.vmcb.get("CTLS1")).toBe(0x80n);
  expect(read(pp, 0n, abi.AMD_REG_CTLS1)).toBe(0n);
  const guest = makeGuest(pp);
  guest.write(abi.AMD_REG_CTLS1, 0x88n);
  guest.activate();
  expect(pp.vmcb.get("CTLS1")).toBe(8n);
  expect(read(pp, guest.vs, abi.AMD_REG_CTLS1)).toBe(0x88n);
});

const NESTED_PAGING = 1n;

/** Whether the VMCB names the maps and tables that let nothing pass. */
function isShut(machine: Scene["machine"], pp: Pp): boolean {
  const table = pp.vmcb.get("N_CR3");
  const hasMemory = (pp.vmcb.get("CTLS1") & NESTED_PAGING) === 0n || table === 0n;
  const entries = Array.from({ length: 512 }, (_, index) => machine.physical.peek(table + BigInt(index * 8), 8));
  const ports = machine.physical.peek(pp.vmcb.get("IOPM_BASE_PA") + 0x3f8n / 8n, 1);
  const apicBase = machine.physical.peek(pp.vmcb.get("MSRPM_BASE_PA") + 0x1bn / 4n, 1);
  return !hasMemory && entries.every((entry) => entry === 0n) && ports === 0xffn && apicBase === 0xffn;
}

describe("a guest of version 2", () => {
  test("has no memory, no port and no MSR of the machine's when it is made", () => {
    const { machine, pp } = inVersion(VERSION_2);
    const guest = makeGuest(pp);
    guest.activate();
    expect(isShut(machine, pp)).toBe(true);
    expect(read(pp, guest.vs, abi.AMD_REG_CTLS1)).toBe(0n);
  });

  test("has memory by the tables that it is given, and none when they are taken from it", () => {
    const { machine, pp } = inVersion(VERSION_2);
    const guest = makeGuest(pp);
    guest.activate();
    const empty = pp.vmcb.get("N_CR3");
    const nested = call(pp, SYSCALL_NESTED_CREATE, HANDLE, 0n);
    call(pp, SYSCALL_NESTED_ATTACH, HANDLE, nested, guest.vs);
    expect(pp.vmcb.get("CTLS1") & NESTED_PAGING).toBe(NESTED_PAGING);
    expect(pp.vmcb.get("N_CR3")).not.toBe(empty);
    call(pp, SYSCALL_NESTED_DETACH, HANDLE, nested, guest.vs);
    expect(pp.vmcb.get("N_CR3")).toBe(empty);
    expect(isShut(machine, pp)).toBe(true);
  });

  test("keeps the closed maps when its exits are asked for without maps: they are delivered then", () => {
    const { machine, pp } = inVersion(VERSION_2);
    const guest = makeGuest(pp);
    const ports = 1n << 27n;
    const msrs = 1n << 28n;
    guest.write(abi.AMD_REG_INTERCEPT_INSTRUCTION1, ports | msrs);
    guest.run();
    expect(isShut(machine, pp)).toBe(true);
    expect(pp.exit(0x7bn, { RIP })).toMatchObject({ is: "called", reg1: 0x7bn });
    guest.run();
    expect(pp.exit(EXIT_MSR, { RIP, EXITINFO1: 0n })).toMatchObject({ is: "called", reg1: EXIT_MSR });
  });
});

test("a guest of version 1 has the machine's memory and ports, as it always had", () => {
  const { pp } = inVersion(VERSION_1);
  makeGuest(pp).activate();
  expect([pp.vmcb.get("CTLS1"), pp.vmcb.get("N_CR3"), pp.vmcb.get("IOPM_BASE_PA")]).toEqual([0n, 0n, 0n]);
});

test("a root VS of version 2 that asks for ports without a map exits for all of them", () => {
  const { machine, pp } = inVersion(VERSION_2);
  call(pp, SYSCALL_VS_WRITE, HANDLE, 0n, BigInt(abi.AMD_REG_INTERCEPT_INSTRUCTION1), 1n << 27n);
  expect(pp.vmcb.get("IOPM_BASE_PA")).not.toBe(0n);
  expect(machine.physical.peek(pp.vmcb.get("IOPM_BASE_PA") + 0x3f8n / 8n, 1)).toBe(0xffn);
  expect(pp.vmcb.get("CTLS1") & NESTED_PAGING).toBe(0n);
});

/** A guest of version 2 that runs. */
function running(version = VERSION_2): Scene & { readonly guest: Guest } {
  const scene = inVersion(version);
  const guest = makeGuest(scene.pp);
  guest.run();
  return { ...scene, guest };
}

describe("an exit that the kernel alone asked for", () => {
  const served = TABLE.filter(({ bit, guest, served }) => served !== "" && guest !== "-" && bit !== "3.28");
  test.each(served)("$bit, $name: $served", ({ bit, served }) => {
    const { pp } = running();
    const [vector = 0, number = 0] = bit.split(".").map(Number);
    const code = BigInt(vector * 32 + number);
    const outcome = pp.exit(code, { RIP, CR0: 0x31n, EVENTINJ: 0n, RFLAGS: 2n, EXITINFO2: RIP + 2n, NRIP: 0n });
    const event = pp.vmcb.get("EVENTINJ");
    const rip = pp.vmcb.get("RIP");
    if (served === "delivered") {
      expect(outcome).toMatchObject({ is: "called", reg1: code });
      return;
    }
    expect(outcome.is).toBe("running");
    if (served === "skipped") expect([event, rip]).toEqual([0n, RIP + 2n]);
    if (served === "#UD") expect([event, rip, pp.vmcb.get("RFLAGS")]).toEqual([0x8000_0306n, RIP, 2n | RF]);
    if (served === "#GP") expect([event, rip, pp.vmcb.get("RFLAGS")]).toEqual([0x8000_0b0dn, RIP, 2n | RF]);
    if (served === "raised again") expect([event, rip]).toEqual([number === 1 ? 0x8000_0301n : 0x8000_0b11n, RIP]);
  });

  test("is #GP without an error code in real mode, where no exception pushes one", () => {
    const { pp } = running();
    expect(pp.exit(0x7bn, { RIP, CR0: 0x10n, EVENTINJ: 0n, RFLAGS: 2n }).is).toBe("running");
    expect(pp.vmcb.get("EVENTINJ")).toBe(0x8000_030dn);
  });

  test.each(served)("$bit, $name, is the extension's when it asked, too", ({ bit }) => {
    const scene = inVersion(VERSION_2);
    const { pp } = scene;
    const guest = makeGuest(pp);
    const [vector = 0, number = 0] = bit.split(".").map(Number);
    const register = abi.AMD_REG_INTERCEPT_EXCEPTION + vector - 2;
    guest.write(register, (1n << BigInt(number)) | (vector === 4 ? VMRUN : 0n));
    guest.run();
    const code = BigInt(vector * 32 + number);
    expect(pp.exit(code, { RIP })).toMatchObject({ is: "called", reg1: code });
  });
});

describe("an MSR that nobody asked for", () => {
  /** An access to an MSR from a VM: its result, or #GP. */
  function access(pp: Pp, msr: number, value?: bigint): bigint | "written" | "#GP" {
    pp.tcb.set("rcx", BigInt(msr));
    pp.tcb.set("rdx", (value ?? 0n) >> 32n);
    const fields = {
      RIP,
      CR0: 0x8000_0031n,
      EVENTINJ: 0n,
      RAX: (value ?? 0n) & 0xffff_ffffn,
      EXITINFO1: value === undefined ? 0n : 1n,
    };
    const outcome = pp.exit(EXIT_MSR, fields);
    expectOutcome(outcome, "running");
    if (pp.vmcb.get("EVENTINJ") !== 0n) {
      expect([pp.vmcb.get("EVENTINJ"), pp.vmcb.get("RIP")]).toEqual([0x8000_0b0dn, RIP]);
      return "#GP";
    }
    expect(pp.vmcb.get("RIP")).toBe(RIP + 2n);
    return value === undefined ? (pp.tcb.get("rdx") << 32n) | pp.tcb.get("rax") : "written";
  }

  const runRoot = ({ pp }: Scene) => expectOutcome(pp.syscall(SYSCALL_VS_RUN_CURRENT, HANDLE), "running");

  test("shows the root VM an SVM that is disabled and locked", () => {
    const scene = inVersion(VERSION_1);
    const { pp } = scene;
    runRoot(scene);
    const efer = pp.vmcb.get("EFER");
    expect(efer & SVME).toBe(SVME);
    expect(access(pp, MSR.EFER)).toBe(efer & ~SVME);
    expect(access(pp, MSR.EFER, efer)).toBe("#GP");
    expect(access(pp, MSR.EFER, efer & ~SVME & ~1n)).toBe("written");
    expect(pp.vmcb.get("EFER")).toBe(efer & ~1n);
    expect(access(pp, MSR.EFER)).toBe(efer & ~SVME & ~1n);
    // Paging is on
    expect(access(pp, MSR.EFER, efer & ~SVME & ~0x100n)).toBe("#GP");
    expect(access(pp, MSR.VM_CR)).toBe(0x18n);
    expect(access(pp, MSR.VM_CR, 0n)).toBe("written");
    expect(access(pp, MSR.VM_CR)).toBe(0x18n);
    expect(pp.processor.rdmsr(MSR.VM_CR)).toBe(0n);
  });

  test("keeps the host save area from the root VM, whose own is there when the hypervisor has gone", () => {
    const scene = inVersion(VERSION_1);
    const { pp } = scene;
    const host = pp.processor.rdmsr(MSR.VM_HSAVE_PA);
    expect(host).not.toBe(0n);
    runRoot(scene);
    expect(access(pp, MSR.VM_HSAVE_PA)).toBe(pp.state.get("hsavePa"));
    // What Linux does on its ways down
    expect(access(pp, MSR.VM_HSAVE_PA, 0n)).toBe("written");
    expect(access(pp, MSR.VM_HSAVE_PA, 0x1234_5000n)).toBe("written");
    expect(access(pp, MSR.VM_HSAVE_PA, 0x1234_5008n)).toBe("#GP");
    expect(access(pp, MSR.VM_HSAVE_PA, 1n << 48n)).toBe("#GP");
    expect(pp.processor.rdmsr(MSR.VM_HSAVE_PA)).toBe(host);
    expect(pp.state.get("hsavePa")).toBe(0x1234_5000n);
  });

  test("is #GP in a guest, but for EFER, and PAT with nested paging", () => {
    const { pp } = running();
    expect(access(pp, 0x1b)).toBe("#GP");
    expect(access(pp, MSR.VM_CR)).toBe("#GP");
    expect(access(pp, MSR.VM_HSAVE_PA)).toBe("#GP");
    expect(access(pp, MSR.VM_HSAVE_PA, 0x5000n)).toBe("#GP");
    expect(access(pp, MSR.PAT)).toBe("#GP");
    expect(access(pp, MSR.EFER, 0x801n)).toBe("written");
    expect(access(pp, MSR.EFER)).toBe(0x801n);
    expect(pp.vmcb.get("EFER")).toBe(0x801n | SVME);
  });

  test("with nested paging, PAT is the VMCB's", () => {
    const { pp } = inVersion(VERSION_2);
    const guest = makeGuest(pp);
    const nested = call(pp, SYSCALL_NESTED_CREATE, HANDLE, 0n);
    call(pp, SYSCALL_NESTED_ATTACH, HANDLE, nested, guest.vs);
    expect(NESTED_RIGHTS).toBeGreaterThan(0);
    guest.write(abi.AMD_REG_PAT, 0x0007_0406_0007_0406n);
    guest.run();
    const host = pp.processor.rdmsr(MSR.PAT);
    expect(access(pp, MSR.PAT)).toBe(0x0007_0406_0007_0406n);
    expect(access(pp, MSR.PAT, 0x0606_0606_0606_0606n)).toBe("written");
    expect(access(pp, MSR.PAT, 0x0000_0000_0000_0003n)).toBe("#GP");
    expect([pp.vmcb.get("PAT"), pp.processor.rdmsr(MSR.PAT)]).toEqual([0x0606_0606_0606_0606n, host]);
  });

  test("the closed map passes what VMLOAD and VMSAVE move, and no port", () => {
    const { machine, pp } = running();
    const map = pp.vmcb.get("MSRPM_BASE_PA");
    const bits = (msr: number): number => {
      const range = msr < 0x2000 ? 0 : msr < 0xc001_0000 ? 1 : 2;
      const offset = msr - ([0, 0xc000_0000, 0xc001_0000][range] ?? 0);
      const byte = machine.physical.peek(map + BigInt(range * 0x800 + (offset >> 2)), 1);
      return Number((byte >> BigInt((offset & 3) * 2)) & 3n);
    };
    for (const msr of [0x174, 0x175, 0x176, 0xc000_0081, 0xc000_0084, 0xc000_0100, 0xc000_0102])
      expect(bits(msr)).toBe(0);
    expect(bits(0x10)).toBe(2);
    for (const msr of [0x1b, 0x277, 0x830, 0xc000_0080, 0xc000_0103, 0xc001_0015, 0xc001_0114, 0xc001_0117]) {
      expect(bits(msr), msr.toString(16)).toBe(3);
    }
    const ports = machine.physical.read(pp.vmcb.get("IOPM_BASE_PA"), 0x3000);
    expect(ports.every((byte) => byte === 0xff)).toBe(true);
  });

  test("the map of a root VM, and of a guest of version 1, lets all others pass", () => {
    const { machine, pp } = running(VERSION_1);
    const map = machine.physical.read(pp.vmcb.get("MSRPM_BASE_PA"), 0x1800);
    expect([...map.entries()].filter(([, byte]) => byte !== 0)).toEqual([
      // Writes of APIC_BASE
      [6, 0x80],
      // XSS
      [0x368, 2],
      [0x820, 3],
      // LWP
      [0x841, 0x28],
      // SYSCFG; HWCR, IORRs, TOP_MEM, TOM2; MMIO_CFG_BASE
      [0x1004, 2],
      [0x1005, 0xac],
      [0x1006, 0x2a],
      [0x1007, 8],
      [0x1016, 2],
      // SMM; VM_CR and VM_HSAVE_PA; RMP
      [0x1044, 0xa8],
      [0x1045, 0xc3],
      [0x104c, 0xa0],
      [0x104d, 0xaa],
      [0x104e, 2],
    ]);
  });

  test("is served beside an attached map, too, unless that asks for it", () => {
    const { pp } = inVersion(VERSION_2);
    const guest = makeGuest(pp);
    const map = call(pp, SYSCALL_MAP_CREATE, HANDLE, BigInt(MAP_MSR));
    call(pp, SYSCALL_MAP_TRAP, HANDLE, map, BigInt(MSR.EFER), BigInt(MSR.EFER), 2n);
    call(pp, SYSCALL_MAP_ATTACH, HANDLE, map, guest.vs);
    expect(call(pp, SYSCALL_MAP_QUERY, HANDLE, map, BigInt(MSR.EFER))).toBe(2n);
    expect(call(pp, SYSCALL_MAP_QUERY, HANDLE, map, BigInt(MSR.VM_HSAVE_PA))).toBe(0n);
    guest.run();
    expect(access(pp, MSR.EFER)).toBe(0n);
    expect(access(pp, MSR.VM_HSAVE_PA, 0x5000n)).toBe("#GP");
    pp.tcb.set("rcx", BigInt(MSR.EFER));
    const outcome: Outcome = pp.exit(EXIT_MSR, { RIP, EXITINFO1: 1n });
    expect(outcome).toMatchObject({ is: "called", reg1: EXIT_MSR });
  });

  test("at an address of the extension's own, a map of version 1 is its own affair", () => {
    const { pp } = inVersion(VERSION_1);
    const guest = makeGuest(pp);
    guest.write(abi.AMD_REG_MSRPM_BASE_PA, 0x1234_5000n);
    guest.write(abi.AMD_REG_INTERCEPT_INSTRUCTION1, 1n << 28n);
    guest.run();
    expect(pp.vmcb.get("MSRPM_BASE_PA")).toBe(0x1234_5000n);
    pp.tcb.set("rcx", BigInt(MSR.EFER));
    expect(pp.exit(EXIT_MSR, { RIP, EXITINFO1: 1n })).toMatchObject({ is: "called", reg1: EXIT_MSR });
  });
});

test("CR8 of a guest of version 2 is its own, and the processor's is 0 while it runs", () => {
  const { pp } = inVersion(VERSION_2);
  pp.processor.cr8 = 5n;
  const guest = makeGuest(pp);
  guest.write(abi.AMD_REG_CR8, 9n);
  guest.activate();
  expect([pp.processor.cr8, pp.vmcb.get("VIRTUAL_INTERRUPT_A") & 0xffn]).toEqual([0n, 9n]);
  expect(read(pp, guest.vs, abi.AMD_REG_CR8)).toBe(9n);
});

test("VSs of the second version stay confined when their extension has gone back to the first", () => {
  const { pp } = inVersion(VERSION_2);
  const guest = makeGuest(pp);
  expect(status(pp, abi.SYSCALL_HANDLE_CLOSE, HANDLE)).toBe(STATUS_SUCCESS);
  const handle = call(pp, abi.SYSCALL_HANDLE_OPEN, VERSION_1);
  const write = (register: number, value: bigint) =>
    status(pp, SYSCALL_VS_WRITE, handle, guest.vs, BigInt(register), value);
  expect(write(abi.AMD_REG_N_CR3, 0x5000n)).toBe(abi.STATUS_INVALID_PERM_DENIED);
  expect(write(abi.AMD_REG_MSRPM_BASE_PA, 0x5000n)).toBe(abi.STATUS_INVALID_PERM_DENIED);
  // One that is made now is not
  const vm = call(pp, SYSCALL_VM_CREATE, handle);
  const vs = call(pp, SYSCALL_VS_CREATE, handle, call(pp, SYSCALL_VP_CREATE, handle, vm), 0n);
  expect(status(pp, SYSCALL_VS_WRITE, handle, vs, BigInt(abi.AMD_REG_N_CR3), 0x5000n)).toBe(STATUS_SUCCESS);
});
