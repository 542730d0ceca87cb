// The root VS: the operating system's state, bit for bit where VMRUN takes it from

import {
  AMD_REG_GUEST_ASID,
  SYSCALL_VP_CREATE,
  SYSCALL_VS_CREATE,
  SYSCALL_VS_INIT_AS_ROOT,
  SYSCALL_VS_RUN,
  SYSCALL_VS_SET_ACTIVE,
  SYSCALL_VS_WRITE,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { bootNext, call, HANDLE, inBootstrap, inGuest, makeRootVs } from "../machine/extension-life.ts";
import { operatingSystemState } from "../machine/operating-system.ts";
import { GENERAL } from "../machine/pp.ts";
import { VMCB_FIELDS } from "../machine/vmcb.ts";

/** Fields of the VMCB, by the field of SavedState that they come from. */
const SOURCES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ["ES", "CS", "SS", "DS", "FS", "GS", "LDTR", "TR"].flatMap((name) =>
      ["Selector", "Attrib", "Limit", "Base"].map((part) => [
        `${name}_${part.toUpperCase()}`,
        `${name.toLowerCase()}${part}`,
      ]),
    ),
  ),
  GDTR_LIMIT: "gdtrLimit",
  GDTR_BASE: "gdtrBase",
  IDTR_LIMIT: "idtrLimit",
  IDTR_BASE: "idtrBase",
  CR0: "cr0",
  CR2: "cr2",
  CR3: "cr3",
  CR4: "cr4",
  DR6: "dr6",
  DR7: "dr7",
  RFLAGS: "rflags",
  RIP: "rip",
  RSP: "rsp",
  RAX: "rax",
  STAR: "star",
  LSTAR: "lstar",
  CSTAR: "cstar",
  FMASK: "sfmask",
  KERNEL_GS_BASE: "kernelGsBase",
  SYSENTER_CS: "sysenterCs",
  SYSENTER_ESP: "sysenterEsp",
  SYSENTER_EIP: "sysenterEip",
  PAT: "pat",
};

/** What the VMCB has to hold: the state, SVME on, a flush before the first run, everything else zero. */
function expectedVmcb(ppid: number): Record<string, bigint> {
  const state = operatingSystemState(ppid);
  const expected = Object.fromEntries(Object.keys(VMCB_FIELDS).map((name) => [name, state[SOURCES[name] ?? ""] ?? 0n]));
  // Not "busy": as the processor has it, not its descriptor
  return { ...expected, EFER: 0x1d01n, TLB_CONTROL: 1n, TR_ATTRIB: 0x89n };
}

describe("vs_init_as_root", () => {
  test.each([0, 1])("on PP %i fills the state area, and leaves the control area to the extension", (ppid) => {
    const { machine, pp: first } = inBootstrap({ ppCount: 2 });
    makeRootVs(first);
    const pp = ppid === 0 ? first : bootNext(machine, 1);
    const vp = call(pp, SYSCALL_VP_CREATE, HANDLE, 0n);
    const vs = ppid === 0 ? 0n : call(pp, SYSCALL_VS_CREATE, HANDLE, vp, 1n);
    if (ppid === 1) call(pp, SYSCALL_VS_WRITE, HANDLE, vs, BigInt(AMD_REG_GUEST_ASID), 1n);
    call(pp, SYSCALL_VS_INIT_AS_ROOT, HANDLE, vs);
    call(pp, SYSCALL_VS_SET_ACTIVE, HANDLE, 0n, ppid === 0 ? 0n : vp, vs);
    const vmcb = Object.fromEntries(Object.keys(VMCB_FIELDS).map((name) => [name, pp.vmcb.get(name)]));
    // CPUID and VMRUN are asked for; the rest is forced, see confinement.test.ts
    const asked = ppid === 0 ? [0x4_0000n, 1n] : [0n, 0n];
    const forced = [(1n << 1n) | (1n << 22n) | (1n << 26n) | (1n << 28n), 0x7en];
    expect(vmcb).toEqual({
      ...expectedVmcb(ppid),
      GUEST_ASID: 1n,
      INTERCEPT_INSTRUCTION1: (asked[0] ?? 0n) | (forced[0] ?? 0n),
      INTERCEPT_INSTRUCTION2: (asked[1] ?? 0n) | (forced[1] ?? 0n),
      MSRPM_BASE_PA: vmcb.MSRPM_BASE_PA,
    });
    expect(vmcb.MSRPM_BASE_PA).not.toBe(0n);
  });

  test("takes every byte of every segment register, four of them as VMSAVE wrote them", () => {
    const { machine, pp } = inBootstrap();
    const saved = machine.vmcbAt(pp.state.address);
    const bytes = { SELECTOR: 2, ATTRIB: 2, LIMIT: 4, BASE: 8 } as const;
    const expected = ["ES", "CS", "SS", "DS", "FS", "GS", "LDTR", "TR"].flatMap((name, segment) =>
      Object.entries(bytes).map(([part, size], index) => {
        const value = BigInt(`0x${(0x11 + segment * 16 + index).toString(16).repeat(size)}`);
        if (segment < 4) pp.state.set(SOURCES[`${name}_${part}`] ?? "", value);
        else saved.set(`${name}_${part}`, value);
        return [`${name}_${part}`, value] as const;
      }),
    );
    const vs = makeRootVs(pp);
    call(pp, SYSCALL_VS_SET_ACTIVE, HANDLE, 0n, 0n, vs);
    expect(expected.map(([field]) => [field, pp.vmcb.get(field)])).toEqual(expected);
  });

  test("puts the general registers into the VS, and into the TCB when it becomes active", () => {
    const { pp } = inBootstrap();
    const vs = makeRootVs(pp);
    call(pp, SYSCALL_VS_SET_ACTIVE, HANDLE, 0n, 0n, vs);
    expect(pp.tcb.values(GENERAL)).toEqual(pp.state.values(GENERAL));
  });

  test("does the same for a VS that is active already", () => {
    const { pp } = inBootstrap();
    const vs = makeRootVs(pp);
    call(pp, SYSCALL_VS_SET_ACTIVE, HANDLE, 0n, 0n, vs);
    for (const name of GENERAL) pp.tcb.set(name, 0n);
    call(pp, SYSCALL_VS_INIT_AS_ROOT, HANDLE, vs);
    expect(pp.tcb.values(GENERAL)).toEqual(pp.state.values(GENERAL));
  });
});

describe("the first VMRUN", () => {
  test("enters the operating system with its own registers", () => {
    const { pp } = inGuest();
    const { processor, state } = pp;
    expect(processor.segments.fs.base).toBe(state.get("fsBase"));
    expect(processor.segments.tr.base).toBe(state.get("trBase"));
    expect([processor.cr8, processor.xcr0, processor.cr2]).toEqual([3n, 7n, state.get("cr2")]);
    expect(processor.dr.slice(0, 4)).toEqual([0, 1, 2, 3].map((index) => state.get(`dr${index}`)));
    expect([processor.dr[6], processor.dr[7]]).toEqual([state.get("dr6"), state.get("dr7")]);
    expect(pp.vmcb.get("RAX")).toBe(state.get("rax"));
  });

  test("runs the VMCB of the VS that was named", () => {
    const { pp } = inBootstrap();
    const vs = makeRootVs(pp);
    expect(pp.syscall(SYSCALL_VS_RUN, HANDLE, 0n, 0n, vs)).toEqual({ is: "running", vmcb: pp.block.get("vmcb") });
  });
});
