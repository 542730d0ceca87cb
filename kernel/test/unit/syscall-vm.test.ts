// Group 4: virtual machines, and the physical memory that the extension sees through them

import {
  EXT_DIRECT_BASE,
  EXT_DIRECT_BYTES,
  MAX_VMS,
  STATUS_FAILURE_UNKNOWN,
  STATUS_INVALID_INPUT_REG1,
  STATUS_INVALID_INPUT_REG2,
  STATUS_SUCCESS,
  SYSCALL_VM_CREATE,
  SYSCALL_VM_DESTROY,
  SYSCALL_VM_MAP_DIRECT,
  SYSCALL_VM_TLB_FLUSH,
  SYSCALL_VM_UNMAP_DIRECT,
  SYSCALL_VM_UNMAP_DIRECT_BROADCAST,
  SYSCALL_VP_CREATE,
  SYSCALL_VP_DESTROY,
  SYSCALL_VS_CREATE,
  SYSCALL_VS_DESTROY,
  SYSCALL_VS_SET_ACTIVE,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { bootNext, call, expectOutcome, HANDLE, inBootstrap, makeRootVs, status } from "../machine/extension-life.ts";
import type { Pp } from "../machine/pp.ts";
import { usedPages } from "./page-pool.ts";

/** Physical memory of the operating system, and of the hypervisor. */
const FOREIGN = 0x7654_3000n;
const OWN = 0x1_2341_0000n;
const DIRECT = EXT_DIRECT_BASE + FOREIGN;

/** Another VM with a VS that can be activated on this processor. */
function otherVm(pp: Pp) {
  const vm = call(pp, SYSCALL_VM_CREATE, HANDLE);
  const vp = call(pp, SYSCALL_VP_CREATE, HANDLE, vm);
  const vs = call(pp, SYSCALL_VS_CREATE, HANDLE, vp, pp.block.get("ppid"));
  return { vm, vp, vs, activate: () => call(pp, SYSCALL_VS_SET_ACTIVE, HANDLE, vm, vp, vs) };
}

describe("vm_create", () => {
  test("gives 15 VMs besides the root VM; one more fails", () => {
    const { pp } = inBootstrap();
    for (let id = 1; id < MAX_VMS; id++) expect(call(pp, SYSCALL_VM_CREATE, HANDLE)).toBe(BigInt(id));
    expect(status(pp, SYSCALL_VM_CREATE, HANDLE)).toBe(STATUS_FAILURE_UNKNOWN);
    call(pp, SYSCALL_VM_DESTROY, HANDLE, 7n);
    expect(call(pp, SYSCALL_VM_CREATE, HANDLE)).toBe(7n);
  });
});

describe("vm_destroy", () => {
  test("refuses the root VM, a VM with a VP, and one that there is not", () => {
    const { pp } = inBootstrap();
    expect(status(pp, SYSCALL_VM_DESTROY, HANDLE, 0n)).toBe(STATUS_FAILURE_UNKNOWN);
    const { vm, vp, vs } = otherVm(pp);
    expect(status(pp, SYSCALL_VM_DESTROY, HANDLE, vm)).toBe(STATUS_FAILURE_UNKNOWN);
    call(pp, SYSCALL_VS_DESTROY, HANDLE, vs);
    call(pp, SYSCALL_VP_DESTROY, HANDLE, vp);
    expect(status(pp, SYSCALL_VM_DESTROY, HANDLE, vm)).toBe(STATUS_SUCCESS);
    expect(status(pp, SYSCALL_VM_DESTROY, HANDLE, vm)).toBe(STATUS_INVALID_INPUT_REG1);
  });

  test("gives the tables of its direct map back", () => {
    const { machine, pp } = inBootstrap();
    const before = usedPages(machine);
    const vm = call(pp, SYSCALL_VM_CREATE, HANDLE);
    for (const physical of [0x1000n, 0x2000n, 0x4000_0000n, 0x100_0000_0000n]) {
      call(pp, SYSCALL_VM_MAP_DIRECT, HANDLE, vm, physical);
    }
    expect(usedPages(machine)).toBeGreaterThan(before + 4);
    call(pp, SYSCALL_VM_DESTROY, HANDLE, vm);
    expect(usedPages(machine)).toBe(before);
  });
});

describe("map_direct", () => {
  test.each([0x1000n, FOREIGN, EXT_DIRECT_BYTES - 0x1000n])("of %s shows that page to ring 3, as data", (physical) => {
    const { machine, pp } = inBootstrap();
    expect(call(pp, SYSCALL_VM_MAP_DIRECT, HANDLE, 0n, physical)).toBe(EXT_DIRECT_BASE + physical);
    const { isAccessedDirty, ...page } = machine.mapping(EXT_DIRECT_BASE + physical) ?? { isAccessedDirty: false };
    expect(page).toEqual({ physical: Number(physical), isWritable: true, isUser: true, isExecutable: false });
    expect(isAccessedDirty).toBe(true);
  });

  test.each([
    ["zero", 0n],
    ["not a page", 0x1001n],
    ["behind the window", EXT_DIRECT_BYTES],
    ["enormous", 0xffff_ffff_ffff_f000n],
    ["the hypervisor's own page", OWN],
    ["the hypervisor's page table", 0x1_2340_0000n],
  ])("refuses what is %s", (_, physical) => {
    const { pp } = inBootstrap();
    expect(status(pp, SYSCALL_VM_MAP_DIRECT, HANDLE, 0n, physical)).toBe(STATUS_INVALID_INPUT_REG2);
  });

  test("of a page that is mapped fails; the VM is checked before the page", () => {
    const { pp } = inBootstrap();
    call(pp, SYSCALL_VM_MAP_DIRECT, HANDLE, 0n, FOREIGN);
    expect(status(pp, SYSCALL_VM_MAP_DIRECT, HANDLE, 0n, FOREIGN)).toBe(STATUS_FAILURE_UNKNOWN);
    expect(status(pp, SYSCALL_VM_MAP_DIRECT, HANDLE, 9n, 0n)).toBe(STATUS_INVALID_INPUT_REG1);
  });

  test("fails when no page is left for a table, and works again when there is one", () => {
    const { machine, pp } = inBootstrap({ freePages: 96 });
    call(pp, SYSCALL_VP_CREATE, HANDLE, 0n);
    let last = 0n;
    while (status(pp, SYSCALL_VS_CREATE, HANDLE, 0n, 0n) === STATUS_SUCCESS) last = pp.registers[0] ?? 0n;
    expect(status(pp, SYSCALL_VM_MAP_DIRECT, HANDLE, 0n, FOREIGN)).toBe(STATUS_FAILURE_UNKNOWN);
    for (let vs = 0n; vs <= last; vs++) call(pp, SYSCALL_VS_DESTROY, HANDLE, vs);
    call(pp, SYSCALL_VM_MAP_DIRECT, HANDLE, 0n, FOREIGN);
    expect(machine.mapping(DIRECT)?.physical).toBe(Number(FOREIGN));
  });
});

describe.each([
  ["unmap_direct", SYSCALL_VM_UNMAP_DIRECT, `page 0x${DIRECT.toString(16)}`],
  ["unmap_direct_broadcast", SYSCALL_VM_UNMAP_DIRECT_BROADCAST, "all"],
])("%s", (_, unmap, flush) => {
  test("takes the page away and flushes it", () => {
    const { machine, pp } = inBootstrap();
    call(pp, SYSCALL_VM_MAP_DIRECT, HANDLE, 0n, FOREIGN);
    pp.processor.flushes.length = 0;
    call(pp, unmap, HANDLE, 0n, DIRECT);
    expect(machine.mapping(DIRECT)).toBeUndefined();
    expect(pp.processor.flushes).toEqual([flush]);
    expect(status(pp, unmap, HANDLE, 0n, DIRECT)).toBe(STATUS_FAILURE_UNKNOWN);
    expect(call(pp, SYSCALL_VM_MAP_DIRECT, HANDLE, 0n, FOREIGN)).toBe(DIRECT);
  });

  test.each([
    ["zero", 0n],
    ["the window's first page, which is none", EXT_DIRECT_BASE],
    ["not a page's", DIRECT + 8n],
    ["behind the window", EXT_DIRECT_BASE + EXT_DIRECT_BYTES],
    ["physical", FOREIGN],
  ])("refuses an address that is %s", (__, address) => {
    const { pp } = inBootstrap();
    expect(status(pp, unmap, HANDLE, 0n, address)).toBe(STATUS_INVALID_INPUT_REG2);
  });

  test("of a page that another VM has mapped fails", () => {
    const { pp } = inBootstrap();
    const vm = call(pp, SYSCALL_VM_CREATE, HANDLE);
    call(pp, SYSCALL_VM_MAP_DIRECT, HANDLE, vm, FOREIGN);
    expect(status(pp, unmap, HANDLE, 0n, DIRECT)).toBe(STATUS_FAILURE_UNKNOWN);
  });
});

describe("a direct map", () => {
  test("is seen while a VS of its VM is active, from the first access on, and flushed when another VM's is next", () => {
    const { machine, pp } = inBootstrap();
    makeRootVs(pp);
    const other = otherVm(pp);
    call(pp, SYSCALL_VM_MAP_DIRECT, HANDLE, other.vm, FOREIGN);
    call(pp, SYSCALL_VM_MAP_DIRECT, HANDLE, 0n, 0x5000n);
    expect(machine.mapping(DIRECT)).toBeUndefined();
    pp.processor.flushes.length = 0;
    const touch = (address: bigint) => expectOutcome(pp.fault(14, { errorCode: 4n, cr2: address }), "repaired");
    other.activate();
    touch(DIRECT);
    expect(machine.mapping(DIRECT)?.physical).toBe(Number(FOREIGN));
    expect(machine.mapping(EXT_DIRECT_BASE + 0x5000n)).toBeUndefined();
    expect(pp.tcb.get("vmid")).toBe(other.vm);
    call(pp, SYSCALL_VS_SET_ACTIVE, HANDLE, 0n, 0n, 0n);
    expect(machine.mapping(DIRECT)).toBeUndefined();
    touch(EXT_DIRECT_BASE + 0x5000n);
    expect(machine.mapping(EXT_DIRECT_BASE + 0x5000n)?.physical).toBe(0x5000);
    expect(pp.processor.flushes).toEqual(["all", "all"]);
  });

  test("that the extension does not look at makes a change of VMs change no table, and flush nothing", () => {
    const { machine, pp } = inBootstrap();
    makeRootVs(pp);
    const other = otherVm(pp);
    call(pp, SYSCALL_VM_MAP_DIRECT, HANDLE, other.vm, FOREIGN);
    other.activate();
    call(pp, SYSCALL_VS_SET_ACTIVE, HANDLE, 0n, 0n, 0n);
    other.activate();
    expect(machine.mapping(DIRECT)).toBeUndefined();
    expect(pp.processor.flushes).toEqual([]);
  });

  test("is hidden wherever in its window it was seen", () => {
    const { machine, pp } = inBootstrap();
    makeRootVs(pp);
    const other = otherVm(pp);
    // The first page that may be mapped, the last one, and one between: three top-level entries
    const pages = [0x1000n, 0x1234_5678_9000n, EXT_DIRECT_BYTES - 0x1000n];
    for (const page of pages) call(pp, SYSCALL_VM_MAP_DIRECT, HANDLE, 0n, page);
    expect(pages.map((page) => machine.mapping(EXT_DIRECT_BASE + page)?.physical)).toEqual(pages.map(Number));
    other.activate();
    expect(pages.map((page) => machine.mapping(EXT_DIRECT_BASE + page))).toEqual([undefined, undefined, undefined]);
  });

  test("of the root VM is there before any VS is active", () => {
    const { machine, pp } = inBootstrap();
    call(pp, SYSCALL_VM_MAP_DIRECT, HANDLE, 0n, FOREIGN);
    expect(machine.mapping(DIRECT)?.physical).toBe(Number(FOREIGN));
  });

  test("that grew on another processor appears at the first access", () => {
    const { machine, pp } = inBootstrap({ ppCount: 2 });
    const second = bootNext(machine, 1);
    call(pp, SYSCALL_VM_MAP_DIRECT, HANDLE, 0n, FOREIGN);
    expect(machine.mapping(DIRECT, 1)).toBeUndefined();
    const outcome = second.fault(14, { cr2: DIRECT + 8n, errorCode: 4n, rip: 0x3280_0000_0123n });
    expect(["resumed", "repaired"]).toContain(outcome.is);
    expect(machine.mapping(DIRECT, 1)?.physical).toBe(Number(FOREIGN));
    // What is still absent is the extension's own fault
    const missing = second.fault(14, { cr2: DIRECT + 0x1000n, errorCode: 4n });
    expect(missing).toMatchObject({ is: "called", reg1: DIRECT + 0x1000n });
  });
});

describe("tlb_flush", () => {
  test("asks for a flush of every VS of the VM here, taken back behind the next run", () => {
    const { machine, pp } = inBootstrap();
    makeRootVs(pp);
    const other = otherVm(pp);
    other.activate();
    const theirs = pp.vmcb;
    call(pp, SYSCALL_VS_SET_ACTIVE, HANDLE, 0n, 0n, 0n);
    const roots = machine.vmcbAt(pp.block.get("vmcb"));
    roots.set("TLB_CONTROL", 0n);
    call(pp, SYSCALL_VM_TLB_FLUSH, HANDLE, other.vm);
    expect([theirs.get("TLB_CONTROL"), roots.get("TLB_CONTROL")]).toEqual([1n, 0n]);
    call(pp, SYSCALL_VM_TLB_FLUSH, HANDLE, 0n);
    expect(roots.get("TLB_CONTROL")).toBe(1n);
  });

  test("of a VM that there is not fails", () => {
    expect(status(inBootstrap().pp, SYSCALL_VM_TLB_FLUSH, HANDLE, 3n)).toBe(STATUS_INVALID_INPUT_REG1);
  });
});
