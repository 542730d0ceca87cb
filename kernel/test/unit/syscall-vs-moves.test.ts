// Group 6, the calls that no usual extension makes: clear, migrate, advance_ip_and_set_active, tlb_flush

import {
  AMD_REG_VMCB_CLEAN_BITS,
  CPU_FEATURE_FLUSH_ASID,
  STATUS_FAILURE_UNKNOWN,
  STATUS_INVALID_INPUT_REG1,
  STATUS_INVALID_INPUT_REG2,
  STATUS_INVALID_INPUT_REG3,
  STATUS_SUCCESS,
  SYSCALL_VM_CREATE,
  SYSCALL_VM_TLB_FLUSH,
  SYSCALL_VP_CREATE,
  SYSCALL_VS_ADVANCE_IP_AND_SET_ACTIVE,
  SYSCALL_VS_CLEAR,
  SYSCALL_VS_CREATE,
  SYSCALL_VS_MIGRATE,
  SYSCALL_VS_READ,
  SYSCALL_VS_RUN_CURRENT,
  SYSCALL_VS_SET_ACTIVE,
  SYSCALL_VS_TLB_FLUSH,
  SYSCALL_VS_WRITE,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { bootNext, call, EXIT_CPUID, HANDLE, inVmexit, status } from "../machine/extension-life.ts";
import { ALL_FEATURES } from "../machine/loader.ts";
import type { Pp } from "../machine/pp.ts";

/** In vmexit on PP 0 with the root VS 0 active and a VS 1 of the same VP that is not, and the second processor up. */
function scene(features = ALL_FEATURES) {
  const { machine, pp } = inVmexit({ ppCount: 2, features });
  const root = pp.vmcb;
  call(pp, SYSCALL_VS_CREATE, HANDLE, 0n, 0n);
  call(pp, SYSCALL_VS_SET_ACTIVE, HANDLE, 0n, 0n, 1n);
  const other = pp.vmcb;
  call(pp, SYSCALL_VS_SET_ACTIVE, HANDLE, 0n, 0n, 0n);
  return { machine, pp, second: bootNext(machine, 1), root, other };
}

/** Makes a VS of another VP and VM the active one, so that nothing of VP 0 is active on this processor. */
function activateOther(pp: Pp): void {
  const vm = call(pp, SYSCALL_VM_CREATE, HANDLE) & 0xffffn;
  const vp = call(pp, SYSCALL_VP_CREATE, HANDLE, vm) & 0xffffn;
  const vs = call(pp, SYSCALL_VS_CREATE, HANDLE, vp, 0n) & 0xffffn;
  call(pp, SYSCALL_VS_SET_ACTIVE, HANDLE, vm, vp, vs);
}

const CLEAN_BITS = BigInt(AMD_REG_VMCB_CLEAN_BITS);
const readClean = (pp: Pp, vs: bigint) => call(pp, SYSCALL_VS_READ, HANDLE, vs, CLEAN_BITS);
const writeClean = (pp: Pp, vs: bigint, bits: bigint) => call(pp, SYSCALL_VS_WRITE, HANDLE, vs, CLEAN_BITS, bits);

describe("clear", () => {
  test("makes the processor read the whole VMCB again", () => {
    const { pp, root } = scene();
    writeClean(pp, 0n, 0xffff_ffffn);
    // Which it does in any case: what extensions write takes nothing of the VMCB out of use
    expect(root.get("VMCB_CLEAN_BITS")).toBe(0n);
    expect(readClean(pp, 0n)).toBe(0xffff_ffffn);
    expect(status(pp, SYSCALL_VS_CLEAR, HANDLE, 0n)).toBe(STATUS_SUCCESS);
    expect(readClean(pp, 0n)).toBe(0n);
  });

  test("knows no VS of another processor, active there or not", () => {
    const { second, other } = scene();
    other.set("VMCB_CLEAN_BITS", 5n);
    expect(status(second, SYSCALL_VS_CLEAR, HANDLE, 0n)).toBe(STATUS_INVALID_INPUT_REG1);
    expect(status(second, SYSCALL_VS_CLEAR, HANDLE, 1n)).toBe(STATUS_INVALID_INPUT_REG1);
    expect(other.get("VMCB_CLEAN_BITS")).toBe(5n);
  });
});

describe("migrate", () => {
  test("to its own processor does nothing, even to the active VS", () => {
    const { pp } = scene();
    writeClean(pp, 0n, 5n);
    expect(status(pp, SYSCALL_VS_MIGRATE, HANDLE, 0n, 0n)).toBe(STATUS_SUCCESS);
    expect(readClean(pp, 0n)).toBe(5n);
  });

  test("of the active VS fails", () => {
    expect(status(scene().pp, SYSCALL_VS_MIGRATE, HANDLE, 0n, 1n)).toBe(STATUS_FAILURE_UNKNOWN);
  });

  test("gives the VS to the other processor, which trusts nothing that it cached", () => {
    const { pp, second, other } = scene();
    writeClean(pp, 1n, 5n);
    expect(status(pp, SYSCALL_VS_MIGRATE, HANDLE, 1n, 1n)).toBe(STATUS_SUCCESS);
    expect(readClean(second, 1n)).toBe(0n);
    expect(other.get("TLB_CONTROL")).toBe(1n);
    expect(status(pp, SYSCALL_VS_SET_ACTIVE, HANDLE, 0n, 0n, 1n)).toBe(STATUS_INVALID_INPUT_REG3);
    // Its VP is active here still, with the root VS
    expect(status(second, SYSCALL_VS_SET_ACTIVE, HANDLE, 0n, 0n, 1n)).toBe(STATUS_INVALID_INPUT_REG2);
    activateOther(pp);
    expect(status(second, SYSCALL_VS_SET_ACTIVE, HANDLE, 0n, 0n, 1n)).toBe(STATUS_SUCCESS);
    expect(second.tcb.values(["vsid", "ppid"])).toEqual({ vsid: 1n, ppid: 1n });
    expect(status(pp, SYSCALL_VS_SET_ACTIVE, HANDLE, 0n, 0n, 0n)).toBe(STATUS_INVALID_INPUT_REG2);
  });
});

describe("advance_ip_and_set_active", () => {
  test("skips the instruction of the VS that was active, and of no other", () => {
    const { pp, root, other } = scene();
    other.set("EXITCODE", EXIT_CPUID);
    const rips = [root.get("RIP"), other.get("RIP")] as const;
    expect(status(pp, SYSCALL_VS_ADVANCE_IP_AND_SET_ACTIVE, HANDLE, 0n, 0n, 1n)).toBe(STATUS_SUCCESS);
    expect([root.get("RIP"), other.get("RIP")]).toEqual([rips[0] + 2n, rips[1]]);
    expect(pp.tcb.get("vsid")).toBe(1n);
  });

  test("skips nothing when it fails", () => {
    const { pp, root } = scene();
    const rip = root.get("RIP");
    expect(status(pp, SYSCALL_VS_ADVANCE_IP_AND_SET_ACTIVE, HANDLE, 0n, 0n, 9n)).toBe(STATUS_INVALID_INPUT_REG3);
    expect(root.get("RIP")).toBe(rip);
  });

  test("fails where no VS was active, before it looks at an argument", () => {
    const { second } = scene();
    const vp = call(second, SYSCALL_VP_CREATE, HANDLE, 0n);
    const vs = call(second, SYSCALL_VS_CREATE, HANDLE, vp, 1n);
    expect(status(second, SYSCALL_VS_ADVANCE_IP_AND_SET_ACTIVE, HANDLE, 0n, vp, vs)).toBe(STATUS_FAILURE_UNKNOWN);
    const nobody = [0xffffn, 0xffffn, 0xffffn] as const;
    expect(status(second, SYSCALL_VS_ADVANCE_IP_AND_SET_ACTIVE, HANDLE, ...nobody)).toBe(STATUS_FAILURE_UNKNOWN);
    expect(second.tcb.get("vsid")).toBe(0xffffn);
  });
});

describe("tlb_flush", () => {
  test("flushes one page of the VS's address space", () => {
    const { pp } = scene();
    pp.processor.flushes.length = 0;
    expect(status(pp, SYSCALL_VS_TLB_FLUSH, HANDLE, 0n, 0x7fff_0000_1000n)).toBe(STATUS_SUCCESS);
    expect(pp.processor.flushes).toEqual(["page 0x7fff00001000 of ASID 1"]);
  });

  test("knows no VS of another processor", () => {
    const { second } = scene();
    second.processor.flushes.length = 0;
    expect(status(second, SYSCALL_VS_TLB_FLUSH, HANDLE, 0n, 0n)).toBe(STATUS_INVALID_INPUT_REG1);
    expect(status(second, SYSCALL_VS_TLB_FLUSH, HANDLE, 1n, 0x1000n)).toBe(STATUS_INVALID_INPUT_REG1);
    expect(second.processor.flushes).toEqual([]);
  });

  test.each([
    ["everything", ALL_FEATURES, 1n],
    ["the VS's own address space where the processor can", ALL_FEATURES | CPU_FEATURE_FLUSH_ASID, 3n],
  ])("of a VM flushes %s at the next run, once", (_, features, control) => {
    const { pp, root } = scene(features);
    // The first VS that is not the root's begins to number address spaces, with a flush of all
    pp.syscall(SYSCALL_VS_RUN_CURRENT, HANDLE);
    expect(root.get("TLB_CONTROL")).toBe(1n);
    pp.exit(EXIT_CPUID);
    expect(root.get("TLB_CONTROL")).toBe(0n);
    call(pp, SYSCALL_VM_TLB_FLUSH, HANDLE, 0n);
    expect(root.get("TLB_CONTROL")).toBe(control);
    pp.syscall(SYSCALL_VS_RUN_CURRENT, HANDLE);
    expect(root.get("TLB_CONTROL")).toBe(control);
    pp.exit(EXIT_CPUID);
    expect(root.get("TLB_CONTROL")).toBe(0n);
  });
});
