// Groups 5 and 6: making and ending virtual processors and their states

import {
  MAX_VPS,
  MAX_VSS,
  STATUS_FAILURE_UNKNOWN,
  STATUS_INVALID_INPUT_REG1,
  STATUS_SUCCESS,
  SYSCALL_SIGNATURE,
  SYSCALL_VP_CREATE,
  SYSCALL_VP_DESTROY,
  SYSCALL_VS_CREATE,
  SYSCALL_VS_DESTROY,
  SYSCALL_VS_INIT_AS_ROOT,
  SYSCALL_VS_SET_ACTIVE,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { bootNext, call, HANDLE, inBootstrap, inVmexit, makeRootVs, status } from "../machine/extension-life.ts";
import { usedPages } from "./page-pool.ts";

describe("an identifier", () => {
  test("is merged into the lowest 16 bits of REG0, as the assembly saved it", () => {
    const { machine, pp } = inBootstrap();
    const { enterSyscall } = machine.kernel.exports;
    const rax = (number: number) => (BigInt(SYSCALL_SIGNATURE) << 48n) | BigInt(number);
    pp.block.set("reg0", 0x1234_5678_9abc_def0n);
    enterSyscall(HANDLE, 0n, 0n, 0n, rax(SYSCALL_VP_CREATE));
    expect(pp.block.values(["status", "reg0"])).toEqual({ status: 0n, reg0: 0x1234_5678_9abc_0000n });
    pp.block.set("reg0", 0xffff_ffff_ffff_ffffn);
    enterSyscall(HANDLE, 0n, 0n, 0n, rax(SYSCALL_VS_CREATE));
    expect(pp.block.values(["status", "reg0"])).toEqual({ status: 0n, reg0: 0xffff_ffff_ffff_0000n });
  });

  test("of what was destroyed is used again", () => {
    const { pp } = inBootstrap();
    for (let i = 0; i < 3; i++) call(pp, SYSCALL_VP_CREATE, HANDLE, 0n);
    call(pp, SYSCALL_VP_DESTROY, HANDLE, 1n);
    expect(status(pp, SYSCALL_VP_DESTROY, HANDLE, 1n)).toBe(STATUS_INVALID_INPUT_REG1);
    expect(call(pp, SYSCALL_VP_CREATE, HANDLE, 0n)).toBe(1n);
    expect(call(pp, SYSCALL_VP_CREATE, HANDLE, 0n)).toBe(3n);
  });
});

describe("a pool", () => {
  test("has 256 VPs; one more fails, and one that was given back is there again", () => {
    const { pp } = inBootstrap();
    for (let id = 0; id < MAX_VPS; id++) expect(call(pp, SYSCALL_VP_CREATE, HANDLE, 0n)).toBe(BigInt(id));
    expect(status(pp, SYSCALL_VP_CREATE, HANDLE, 0n)).toBe(STATUS_FAILURE_UNKNOWN);
    expect(pp.registers[0]).toBe(HANDLE);
    call(pp, SYSCALL_VP_DESTROY, HANDLE, 255n);
    expect(call(pp, SYSCALL_VP_CREATE, HANDLE, 0n)).toBe(255n);
  });

  test("has 256 VSs; one more fails and takes no page, and all pages come back", () => {
    const { machine, pp } = inBootstrap();
    call(pp, SYSCALL_VP_CREATE, HANDLE, 0n);
    call(pp, SYSCALL_VS_DESTROY, HANDLE, call(pp, SYSCALL_VS_CREATE, HANDLE, 0n, 0n));
    machine.pp(0).emptyReserves();
    const before = usedPages(machine);
    for (let id = 0; id < MAX_VSS; id++) expect(call(pp, SYSCALL_VS_CREATE, HANDLE, 0n, 0n)).toBe(BigInt(id));
    const full = usedPages(machine);
    // A VMCB each, what the kernel knows of 32 in a page, registers of six, and x87 and vector registers of four
    expect(full).toBeGreaterThan(before + MAX_VSS);
    expect(full).toBeLessThan(before + MAX_VSS + MAX_VSS / 32 + MAX_VSS / 6 + MAX_VSS / 4);
    expect(status(pp, SYSCALL_VS_CREATE, HANDLE, 0n, 0n)).toBe(STATUS_FAILURE_UNKNOWN);
    expect(usedPages(machine)).toBe(full);
    for (let id = 0n; id < BigInt(MAX_VSS); id++) call(pp, SYSCALL_VS_DESTROY, HANDLE, id);
    // For the next VS pages are kept: slabs without objects, and those of objects that the processor has at hand
    expect(usedPages(machine)).toBeLessThanOrEqual(before + 16);
    machine.pp(0).emptyReserves();
    expect(usedPages(machine)).toBe(before);
  });

  test("of pages that is empty fails vs_create, and neither a VS nor a page is lost", () => {
    const { machine, pp } = inBootstrap({ freePages: 96 });
    call(pp, SYSCALL_VP_CREATE, HANDLE, 0n);
    let count = 0n;
    while (status(pp, SYSCALL_VS_CREATE, HANDLE, 0n, 0n) === STATUS_SUCCESS) count++;
    expect(count).toBeGreaterThan(0n);
    const full = usedPages(machine);
    expect(status(pp, SYSCALL_VS_CREATE, HANDLE, 0n, 0n)).toBe(STATUS_FAILURE_UNKNOWN);
    expect(usedPages(machine)).toBe(full);
    call(pp, SYSCALL_VS_DESTROY, HANDLE, 0n);
    expect(call(pp, SYSCALL_VS_CREATE, HANDLE, 0n, 0n)).toBe(0n);
    expect(status(pp, SYSCALL_VS_CREATE, HANDLE, 0n, 0n)).toBe(STATUS_FAILURE_UNKNOWN);
  });
});

describe("vp_destroy", () => {
  test("fails as long as a VS is assigned", () => {
    const { pp } = inBootstrap();
    const vp = call(pp, SYSCALL_VP_CREATE, HANDLE, 0n);
    const vs = call(pp, SYSCALL_VS_CREATE, HANDLE, vp, 0n);
    expect(status(pp, SYSCALL_VP_DESTROY, HANDLE, vp)).toBe(STATUS_FAILURE_UNKNOWN);
    call(pp, SYSCALL_VS_DESTROY, HANDLE, vs);
    expect(status(pp, SYSCALL_VP_DESTROY, HANDLE, vp)).toBe(STATUS_SUCCESS);
  });
});

describe("vs_destroy", () => {
  test("fails for the active VS", () => {
    const { pp } = inVmexit();
    expect(status(pp, SYSCALL_VS_DESTROY, HANDLE, 0n)).toBe(STATUS_FAILURE_UNKNOWN);
    expect(pp.block.get("vmcb")).not.toBe(0n);
  });

  test("ends a VS of another processor, too", () => {
    const { pp } = inBootstrap({ ppCount: 2 });
    call(pp, SYSCALL_VP_CREATE, HANDLE, 0n);
    const vs = call(pp, SYSCALL_VS_CREATE, HANDLE, 0n, 1n);
    expect(status(pp, SYSCALL_VS_DESTROY, HANDLE, vs)).toBe(STATUS_SUCCESS);
    expect(status(pp, SYSCALL_VS_DESTROY, HANDLE, vs)).toBe(STATUS_INVALID_INPUT_REG1);
  });

  test("fails for the VS that is active on another processor", () => {
    const { machine } = inVmexit({ ppCount: 2 });
    const second = bootNext(machine, 1);
    expect(status(second, SYSCALL_VS_DESTROY, HANDLE, 0n)).toBe(STATUS_FAILURE_UNKNOWN);
  });
});

describe("vs_init_as_root", () => {
  test("takes only the VS with the processor's own number, on that processor", () => {
    const { machine, pp } = inBootstrap({ ppCount: 2 });
    const vs = makeRootVs(pp);
    const other = call(pp, SYSCALL_VS_CREATE, HANDLE, 0n, 0n);
    expect(status(pp, SYSCALL_VS_INIT_AS_ROOT, HANDLE, vs)).toBe(STATUS_SUCCESS);
    expect(status(pp, SYSCALL_VS_INIT_AS_ROOT, HANDLE, other)).toBe(STATUS_INVALID_INPUT_REG1);
    const second = bootNext(machine, 1);
    // VS 1 has the second processor's number, but was made for the first
    expect(status(second, SYSCALL_VS_INIT_AS_ROOT, HANDLE, other)).toBe(STATUS_INVALID_INPUT_REG1);
  });
});

describe("vs_set_active", () => {
  test("returns, and the extension sees who is active", () => {
    const { pp } = inBootstrap();
    call(pp, SYSCALL_VP_CREATE, HANDLE, 0n);
    const vs = makeRootVs(pp);
    expect(pp.tcb.values(["vmid", "vpid", "vsid"])).toEqual({ vmid: 0n, vpid: 0xffffn, vsid: 0xffffn });
    expect(status(pp, SYSCALL_VS_SET_ACTIVE, HANDLE, 0n, 1n, vs)).toBe(STATUS_SUCCESS);
    expect(pp.tcb.values(["extid", "vmid", "vpid", "vsid", "ppid"])).toEqual({
      extid: 0n,
      vmid: 0n,
      vpid: 1n,
      vsid: 0n,
      ppid: 0n,
    });
  });
});
