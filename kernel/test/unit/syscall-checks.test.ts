// What groups 4 to 6 check, and in which order: the handle, the caller, the arguments by register

import {
  AMD_REG_RAX,
  AMD_REG_RIP,
  AMD_REG_XCR0,
  STATUS_FAILURE_INVALID_HANDLE,
  STATUS_FAILURE_UNKNOWN,
  STATUS_INVALID_INPUT_REG1,
  STATUS_INVALID_INPUT_REG2,
  STATUS_INVALID_INPUT_REG3,
  STATUS_INVALID_PERM_DENIED,
  SYSCALL_VM_CREATE,
  SYSCALL_VM_DESTROY,
  SYSCALL_VM_MAP_DIRECT,
  SYSCALL_VM_TLB_FLUSH,
  SYSCALL_VM_UNMAP_DIRECT,
  SYSCALL_VM_UNMAP_DIRECT_BROADCAST,
  SYSCALL_VP_CREATE,
  SYSCALL_VP_DESTROY,
  SYSCALL_VS_ADVANCE_IP_AND_RUN,
  SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT,
  SYSCALL_VS_ADVANCE_IP_AND_SET_ACTIVE,
  SYSCALL_VS_CLEAR,
  SYSCALL_VS_CREATE,
  SYSCALL_VS_DESTROY,
  SYSCALL_VS_INIT_AS_ROOT,
  SYSCALL_VS_MIGRATE,
  SYSCALL_VS_PROMOTE,
  SYSCALL_VS_READ,
  SYSCALL_VS_RUN,
  SYSCALL_VS_RUN_CURRENT,
  SYSCALL_VS_SET_ACTIVE,
  SYSCALL_VS_TLB_FLUSH,
  SYSCALL_VS_WRITE,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { call, HANDLE, inBootstrap, inVmexit, makeRootVs, registered, status } from "../machine/extension-life.ts";

const CALLS: readonly (readonly [string, number])[] = [
  ["vm_create", SYSCALL_VM_CREATE],
  ["vm_destroy", SYSCALL_VM_DESTROY],
  ["vm_map_direct", SYSCALL_VM_MAP_DIRECT],
  ["vm_unmap_direct", SYSCALL_VM_UNMAP_DIRECT],
  ["vm_unmap_direct_broadcast", SYSCALL_VM_UNMAP_DIRECT_BROADCAST],
  ["vm_tlb_flush", SYSCALL_VM_TLB_FLUSH],
  ["vp_create", SYSCALL_VP_CREATE],
  ["vp_destroy", SYSCALL_VP_DESTROY],
  ["vs_create", SYSCALL_VS_CREATE],
  ["vs_destroy", SYSCALL_VS_DESTROY],
  ["vs_init_as_root", SYSCALL_VS_INIT_AS_ROOT],
  ["vs_read", SYSCALL_VS_READ],
  ["vs_write", SYSCALL_VS_WRITE],
  ["vs_run", SYSCALL_VS_RUN],
  ["vs_run_current", SYSCALL_VS_RUN_CURRENT],
  ["vs_advance_ip_and_run", SYSCALL_VS_ADVANCE_IP_AND_RUN],
  ["vs_advance_ip_and_run_current", SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT],
  ["vs_promote", SYSCALL_VS_PROMOTE],
  ["vs_set_active", SYSCALL_VS_SET_ACTIVE],
  ["vs_clear", SYSCALL_VS_CLEAR],
  ["vs_migrate", SYSCALL_VS_MIGRATE],
  ["vs_advance_ip_and_set_active", SYSCALL_VS_ADVANCE_IP_AND_SET_ACTIVE],
  ["vs_tlb_flush", SYSCALL_VS_TLB_FLUSH],
];
/** Arguments that are wrong in every register: only the first check that fails may answer. */
const NONSENSE = [0xffffn, 0xffffn, 0xffffn] as const;

/** Calls that are refused change nothing, so all of them may be made on the same machines. */
const withoutCallbacks = registered({}, []).pp;
const withoutVmexit = registered({}, ["BOOTSTRAP", "FAIL"]).pp;
const complete = inVmexit().pp;

describe.each(CALLS)("%s", (_, number) => {
  test.each([1n, 0xffff_ffff_ffff_ffffn])("refuses handle %s before anything else", (handle) => {
    expect(status(withoutCallbacks, number, handle, ...NONSENSE)).toBe(STATUS_FAILURE_INVALID_HANDLE);
    // Also where the fast path would serve it
    expect(status(complete, number, handle, ...NONSENSE)).toBe(STATUS_FAILURE_INVALID_HANDLE);
  });

  test("refuses an extension that did not register vmexit, before it looks at arguments", () => {
    expect(status(withoutCallbacks, number, HANDLE, ...NONSENSE)).toBe(STATUS_INVALID_PERM_DENIED);
    expect(status(withoutVmexit, number, HANDLE, ...NONSENSE)).toBe(STATUS_INVALID_PERM_DENIED);
  });
});

describe("an argument", () => {
  /** In bootstrap, with the root VP and VS, whose identifiers are 0, and another VP without VS, which is 1. */
  function scene() {
    const { pp } = inBootstrap({ ppCount: 2 });
    makeRootVs(pp);
    call(pp, SYSCALL_VP_CREATE, HANDLE, 0n);
    return pp;
  }

  /** The same with the root VS active, and another VM, which is 1 and has no VP. */
  function activeScene() {
    const pp = scene();
    call(pp, SYSCALL_VS_SET_ACTIVE, HANDLE, 0n, 0n, 0n);
    call(pp, SYSCALL_VM_CREATE, HANDLE);
    return pp;
  }
  const INVALID = 0xffffn;
  const UPPER = 1n << 32n;
  const refusing = scene();
  const active = activeScene();

  test.each([
    ["vp_create of a VM that there is not", SYSCALL_VP_CREATE, [15n], STATUS_INVALID_INPUT_REG1],
    ["vp_create of no VM", SYSCALL_VP_CREATE, [INVALID], STATUS_INVALID_INPUT_REG1],
    ["vp_destroy of a free VP", SYSCALL_VP_DESTROY, [2n], STATUS_INVALID_INPUT_REG1],
    ["vp_destroy of no VP", SYSCALL_VP_DESTROY, [INVALID], STATUS_INVALID_INPUT_REG1],
    ["vp_destroy behind the last VP", SYSCALL_VP_DESTROY, [256n], STATUS_INVALID_INPUT_REG1],
    ["vs_create for a free VP", SYSCALL_VS_CREATE, [2n, 0n], STATUS_INVALID_INPUT_REG1],
    ["vs_create with both wrong", SYSCALL_VS_CREATE, [2n, 2n], STATUS_INVALID_INPUT_REG1],
    ["vs_create on a processor that is not online", SYSCALL_VS_CREATE, [0n, 2n], STATUS_INVALID_INPUT_REG2],
    ["vs_create on no processor", SYSCALL_VS_CREATE, [0n, INVALID], STATUS_INVALID_INPUT_REG2],
    ["vs_destroy of a free VS", SYSCALL_VS_DESTROY, [1n], STATUS_INVALID_INPUT_REG1],
    ["vs_init_as_root of a free VS", SYSCALL_VS_INIT_AS_ROOT, [1n], STATUS_INVALID_INPUT_REG1],
    ["vs_read of a free VS", SYSCALL_VS_READ, [1n, BigInt(AMD_REG_RAX)], STATUS_INVALID_INPUT_REG1],
    ["vs_read with both wrong", SYSCALL_VS_READ, [1n, 0n], STATUS_INVALID_INPUT_REG1],
    ["vs_read of register 0", SYSCALL_VS_READ, [0n, 0n], STATUS_INVALID_INPUT_REG2],
    ["vs_read behind the last", SYSCALL_VS_READ, [0n, BigInt(AMD_REG_XCR0) + 1n], STATUS_INVALID_INPUT_REG2],
    ["vs_read of a register in 33 bits", SYSCALL_VS_READ, [0n, UPPER | BigInt(AMD_REG_RAX)], STATUS_INVALID_INPUT_REG2],
    ["vs_read of a held one in 33 bits", SYSCALL_VS_READ, [0n, UPPER | BigInt(AMD_REG_RIP)], STATUS_INVALID_INPUT_REG2],
    [
      "vs_write of a register in 33 bits",
      SYSCALL_VS_WRITE,
      [0n, UPPER | BigInt(AMD_REG_RAX), 0n],
      STATUS_INVALID_INPUT_REG2,
    ],
    ["vs_write of a free VS", SYSCALL_VS_WRITE, [1n, 0n, 0n], STATUS_INVALID_INPUT_REG1],
    ["vs_write of register 0", SYSCALL_VS_WRITE, [0n, 0n, 0n], STATUS_INVALID_INPUT_REG2],
    ["vs_write behind the last", SYSCALL_VS_WRITE, [0n, 121n, 0n], STATUS_INVALID_INPUT_REG2],
    ["vs_promote of a free VS", SYSCALL_VS_PROMOTE, [1n], STATUS_INVALID_INPUT_REG1],
    ["vs_clear of a free VS", SYSCALL_VS_CLEAR, [1n], STATUS_INVALID_INPUT_REG1],
    ["vs_migrate of a free VS", SYSCALL_VS_MIGRATE, [1n, INVALID], STATUS_INVALID_INPUT_REG1],
    ["vs_migrate to a processor that is not online", SYSCALL_VS_MIGRATE, [0n, 2n], STATUS_INVALID_INPUT_REG2],
    ["vs_tlb_flush of a free VS", SYSCALL_VS_TLB_FLUSH, [1n, 0n], STATUS_INVALID_INPUT_REG1],
    ["vs_tlb_flush of address 0", SYSCALL_VS_TLB_FLUSH, [0n, 0n], STATUS_INVALID_INPUT_REG2],
    ["vs_tlb_flush of what is no page", SYSCALL_VS_TLB_FLUSH, [0n, 0x1008n], STATUS_INVALID_INPUT_REG2],
    ["vs_run_current without an active VS", SYSCALL_VS_RUN_CURRENT, [], STATUS_FAILURE_UNKNOWN],
    ["vs_advance_ip_and_run_current without one", SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT, [], STATUS_FAILURE_UNKNOWN],
  ] as const)("%s", (_, number, given, expected) => {
    expect(status(refusing, number, HANDLE, ...given)).toBe(expected);
  });

  describe.each([
    ["vs_run", SYSCALL_VS_RUN],
    ["vs_advance_ip_and_run", SYSCALL_VS_ADVANCE_IP_AND_RUN],
    ["vs_set_active", SYSCALL_VS_SET_ACTIVE],
    ["vs_advance_ip_and_set_active", SYSCALL_VS_ADVANCE_IP_AND_SET_ACTIVE],
  ])("of %s", (_, number) => {
    test.each([
      ["no VM", [INVALID, INVALID, INVALID], STATUS_INVALID_INPUT_REG1],
      ["a VM that there is not", [15n, 0n, 0n], STATUS_INVALID_INPUT_REG1],
      ["no VP", [0n, INVALID, INVALID], STATUS_INVALID_INPUT_REG2],
      ["a free VP", [0n, 2n, 0n], STATUS_INVALID_INPUT_REG2],
      ["no VS", [0n, 0n, INVALID], STATUS_INVALID_INPUT_REG3],
      ["a free VS", [0n, 0n, 1n], STATUS_INVALID_INPUT_REG3],
      ["a VS of another VP", [0n, 1n, 0n], STATUS_INVALID_INPUT_REG3],
    ] as const)("names %s", (_, given, expected) => {
      expect(status(active, number, HANDLE, ...given)).toBe(expected);
    });

    test.each([
      ["the VS when there is none, before a VP of another VM", [1n, 0n, 1n], STATUS_INVALID_INPUT_REG3],
      ["a VP of another VM, before a VS of another VP", [1n, 1n, 0n], STATUS_INVALID_INPUT_REG2],
    ] as const)("looks at each argument first: names %s", (_, given, expected) => {
      expect(status(active, number, HANDLE, ...given)).toBe(expected);
    });

    test("names a VS of another processor", () => {
      const pp = activeScene();
      const vs = call(pp, SYSCALL_VS_CREATE, HANDLE, 1n, 1n);
      expect(status(pp, number, HANDLE, 0n, 1n, vs)).toBe(STATUS_INVALID_INPUT_REG3);
    });
  });

  test("names a register with all of its 64 bits on the fast path of vs_read, too", () => {
    const before = active.registers[0];
    expect(status(active, SYSCALL_VS_READ, HANDLE, 0n, UPPER | BigInt(AMD_REG_RIP))).toBe(STATUS_INVALID_INPUT_REG2);
    expect(active.registers[0]).toBe(before);
  });

  test.each([
    ["vs_read", SYSCALL_VS_READ, BigInt(AMD_REG_RAX)],
    ["vs_write", SYSCALL_VS_WRITE, BigInt(AMD_REG_RAX)],
    ["vs_read of no register", SYSCALL_VS_READ, 0n],
    ["vs_write of no register", SYSCALL_VS_WRITE, 0n],
    ["vs_init_as_root", SYSCALL_VS_INIT_AS_ROOT, 0n],
    ["vs_promote", SYSCALL_VS_PROMOTE, 0n],
    ["vs_clear", SYSCALL_VS_CLEAR, 0n],
    ["vs_tlb_flush", SYSCALL_VS_TLB_FLUSH, 0x1000n],
  ] as const)("of %s is no VS of another processor", (_, number, reg2) => {
    const pp = scene();
    const vs = call(pp, SYSCALL_VS_CREATE, HANDLE, 1n, 1n);
    expect(status(pp, number, HANDLE, vs, reg2)).toBe(STATUS_INVALID_INPUT_REG1);
  });

  test("has 16 bits where it is an identifier; the others do not count", () => {
    const pp = scene();
    const upper = 0xabcd_ef01_2345_0000n;
    const vp = call(pp, SYSCALL_VP_CREATE, HANDLE, upper) & 0xffffn;
    const vs = call(pp, SYSCALL_VS_CREATE, HANDLE, upper | vp, upper | 1n) & 0xffffn;
    call(pp, SYSCALL_VS_MIGRATE, HANDLE, upper | vs, upper);
    call(pp, SYSCALL_VS_READ, HANDLE, upper | vs, BigInt(AMD_REG_RAX));
    call(pp, SYSCALL_VS_SET_ACTIVE, HANDLE, upper, upper, upper);
    call(pp, SYSCALL_VS_DESTROY, HANDLE, upper | vs);
    call(pp, SYSCALL_VP_DESTROY, HANDLE, upper | vp);
  });
});
