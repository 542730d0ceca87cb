// Several VSs on one processor: what changes hands when another one becomes active

import {
  AMD_REG_CR8,
  AMD_REG_DR0,
  AMD_REG_GUEST_ASID,
  AMD_REG_INTERCEPT_INSTRUCTION2,
  AMD_REG_R15,
  AMD_REG_RAX,
  AMD_REG_XCR0,
  STATUS_SUCCESS,
  SYSCALL_VP_CREATE,
  SYSCALL_VS_ADVANCE_IP_AND_RUN,
  SYSCALL_VS_CREATE,
  SYSCALL_VS_INIT_AS_ROOT,
  SYSCALL_VS_READ,
  SYSCALL_VS_RUN,
  SYSCALL_VS_SET_ACTIVE,
  SYSCALL_VS_WRITE,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { HANDLERS } from "../machine/example-extension.ts";
import { call, EXIT_CPUID, HANDLE, inBootstrap, inVmexit, makeRootVs, status } from "../machine/extension-life.ts";
import type { Pp } from "../machine/pp.ts";

const DEBUG = [0, 1, 2, 3] as const;
const set = (pp: Pp, vs: bigint, register: number, value: bigint) =>
  call(pp, SYSCALL_VS_WRITE, HANDLE, vs, BigInt(register), value);
const get = (pp: Pp, vs: bigint, register: number) => call(pp, SYSCALL_VS_READ, HANDLE, vs, BigInt(register));

/** A VS of another VP of the root VM that VMRUN takes, with registers of its own. */
function makeOther(pp: Pp): readonly [vp: bigint, vs: bigint] {
  const vp = call(pp, SYSCALL_VP_CREATE, HANDLE, 0n);
  const vs = call(pp, SYSCALL_VS_CREATE, HANDLE, vp, 0n);
  // It may be the root VS's twin: only what is checked here differs
  set(pp, vs, AMD_REG_GUEST_ASID, 2n);
  set(pp, vs, AMD_REG_INTERCEPT_INSTRUCTION2, 1n);
  set(pp, vs, 90, 0x1000n);
  for (const index of DEBUG) set(pp, vs, AMD_REG_DR0 + index, 0xeen + BigInt(index));
  set(pp, vs, AMD_REG_CR8, 11n);
  set(pp, vs, AMD_REG_XCR0, 3n);
  set(pp, vs, AMD_REG_RAX, 0xaaan);
  set(pp, vs, AMD_REG_R15, 0xfffn);
  return [vp, vs];
}

/** What the processor itself holds. */
const held = ({ processor: { cr8, xcr0, dr } }: Pp) => ({ cr8, xcr0, dr: dr.slice(0, 4) });
const OTHERS = { cr8: 11n, xcr0: 3n, dr: [0xeen, 0xefn, 0xf0n, 0xf1n] };

describe("another VS", () => {
  test("brings its registers, and the root VS gets its own back", () => {
    const { pp } = inVmexit();
    const roots = held(pp);
    const rootTcb = { ...pp.tcb.values(["rax", "r15"]) };
    const [vp, vs] = makeOther(pp);
    expect(status(pp, SYSCALL_VS_SET_ACTIVE, HANDLE, 0n, vp, vs)).toBe(STATUS_SUCCESS);
    expect(held(pp)).toEqual(OTHERS);
    expect(pp.tcb.values(["rax", "r15", "vpid", "vsid"])).toEqual({ rax: 0xaaan, r15: 0xfffn, vpid: 1n, vsid: 1n });
    expect(get(pp, 0n, AMD_REG_RAX)).toBe(rootTcb.rax);
    pp.tcb.set("rax", 0xbbbn);
    pp.processor.dr[2] = 0xd2d2n;
    expect(status(pp, SYSCALL_VS_SET_ACTIVE, HANDLE, 0n, 0n, 0n)).toBe(STATUS_SUCCESS);
    expect(held(pp)).toEqual(roots);
    expect(pp.tcb.values(["rax", "r15"])).toEqual(rootTcb);
    // What the other did meanwhile is kept with it
    expect(get(pp, vs, AMD_REG_RAX)).toBe(0xbbbn);
    expect(get(pp, vs, AMD_REG_DR0 + 2)).toBe(0xd2d2n);
  });

  test("runs, and its exits come with its identifier", () => {
    const { pp } = inVmexit();
    const [vp, vs] = makeOther(pp);
    expect(pp.syscall(SYSCALL_VS_RUN, HANDLE, 0n, vp, vs).is).toBe("running");
    expect(pp.vmcb.get("GUEST_ASID")).toBe(2n);
    expect(pp.exit(0x78n, { RIP: 0x1000n })).toMatchObject({
      is: "called",
      rip: HANDLERS.VMEXIT,
      reg0: vs,
      reg1: 0x78n,
    });
    expect(pp.tcb.values(["vmid", "vpid", "vsid"])).toEqual({ vmid: 0n, vpid: vp, vsid: vs });
  });

  test("that is named by advance_ip_and_run is the one whose instruction is skipped", () => {
    const { pp } = inVmexit();
    const [vp, vs] = makeOther(pp);
    pp.vmcb.set("RIP", 0x5000n);
    const root = pp.vmcb;
    pp.syscall(SYSCALL_VS_RUN, HANDLE, 0n, vp, vs);
    pp.exit(0x78n, { RIP: 0x1000n });
    const other = pp.vmcb;
    expect(pp.syscall(SYSCALL_VS_ADVANCE_IP_AND_RUN, HANDLE, 0n, 0n, 0n).is).toBe("running");
    expect([root.get("RIP"), other.get("RIP")]).toEqual([0x5002n, 0x1000n]);
    expect(pp.exit(EXIT_CPUID)).toMatchObject({ reg0: 0n });
  });
});

describe("the first VS of a processor", () => {
  test("brings what was written to it before", () => {
    const { pp } = inBootstrap();
    makeRootVs(pp);
    for (const index of DEBUG) set(pp, 0n, AMD_REG_DR0 + index, 0xeen + BigInt(index));
    set(pp, 0n, AMD_REG_CR8, 11n);
    set(pp, 0n, AMD_REG_XCR0, 3n);
    expect(pp.syscall(SYSCALL_VS_RUN, HANDLE, 0n, 0n, 0n).is).toBe("running");
    expect(held(pp)).toEqual(OTHERS);
  });

  test("need not be the root VS", () => {
    const { pp } = inBootstrap();
    makeRootVs(pp);
    const roots = held(pp);
    const [vp, vs] = makeOther(pp);
    call(pp, SYSCALL_VS_SET_ACTIVE, HANDLE, 0n, vp, vs);
    expect(held(pp)).toEqual(OTHERS);
    call(pp, SYSCALL_VS_SET_ACTIVE, HANDLE, 0n, 0n, 0n);
    expect(held(pp)).toEqual(roots);
  });

  test("is initialised as root while it is active: the processor holds the operating system's values", () => {
    const { pp } = inBootstrap();
    makeRootVs(pp);
    const roots = held(pp);
    call(pp, SYSCALL_VS_SET_ACTIVE, HANDLE, 0n, 0n, 0n);
    set(pp, 0n, AMD_REG_DR0, 0x1n);
    call(pp, SYSCALL_VS_INIT_AS_ROOT, HANDLE, 0n);
    expect(held(pp)).toEqual(roots);
  });
});
