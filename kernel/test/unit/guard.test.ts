// nested_guard: the operating system sees all physical memory as it is, but the hypervisor's own

import {
  STATUS_FAILURE_UNKNOWN,
  STATUS_FAILURE_UNSUPPORTED,
  STATUS_INVALID_INPUT_REG1,
  STATUS_SUCCESS,
  SYSCALL_MEM_ALLOC_PAGE,
  SYSCALL_MEM_FREE_PAGE,
  SYSCALL_NESTED_GUARD,
  SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT,
  SYSCALL_VS_PROMOTE,
  SYSCALL_VS_RUN,
  VENDOR_AMD,
  VENDOR_INTEL,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { exampleExtension } from "../machine/example-extension.ts";
import { bootNext, call, expectOutcome, HANDLE, inBootstrap, makeRootVs, status } from "../machine/extension-life.ts";
import { inVersion, makeGuest, VERSION_2 } from "../machine/guests.ts";
import { CHUNKS, type LoaderOptions } from "../machine/loader.ts";
import { nestedEntries } from "../machine/nested-walk.ts";
import type { Pp } from "../machine/pp.ts";
import { usedPages } from "./page-pool.ts";

const PAGE = 0x1000n;
const GIB = 1n << 30n;
const BLANK = 1n << 54n;
const ADDRESS = 0x000f_ffff_ffff_f000n;
/** Shared with the operating system (test/machine/loader.ts): 32 pages of the debug ring, and the page of reports. */
const RING = 0x5_0000_0000n;
const REPORTS = 0x6_0000_0000n;
/** What the processor can address, and what the tables show at first. */
const MACHINE_BYTES = 1n << 48n;
const FIRST_BYTES = 512n * GIB;

const RAISE_GP = 0x8000_0b0dn;
const RF = 1n << 16n;
const extension = exampleExtension({ versions: 6 });

interface Vendor {
  readonly options: Partial<LoaderOptions>;
  /** The guest touches a physical address, while it delivers an event. */
  touch(pp: Pp, address: bigint, event?: bigint, code?: bigint): ReturnType<Pp["exit"]>;
  /** What is delivered at the next entry, and with which error code. */
  injected(pp: Pp): bigint[];
  rflags(pp: Pp): bigint;
}

const vendors: Record<string, Vendor> = {
  AMD: {
    options: { vendor: VENDOR_AMD },
    touch: (pp, EXITINFO2, event = 0n, code = 0n) =>
      pp.exit(0x400n, { EXITINFO2, EXITINTINFO: event | (code << 32n), EVENTINJ: 0n, RFLAGS: 2n }),
    injected: (pp) => [pp.vmcb.get("EVENTINJ") & 0xffff_ffffn, pp.vmcb.get("EVENTINJ") >> 32n],
    rflags: (pp) => pp.vmcb.get("RFLAGS"),
  },
  Intel: {
    options: { vendor: VENDOR_INTEL },
    touch: (pp, address, event = 0n, code = 0n) =>
      pp.exit(48n, {
        PHYSICAL_ADDRESS: address,
        IDT_VECTORING_INFORMATION_FIELD: event,
        IDT_VECTORING_ERROR_CODE: code,
        VMENTRY_INTERRUPT_INFORMATION_FIELD: 0n,
        VMENTRY_EXCEPTION_ERROR_CODE: 0n,
        EXIT_QUALIFICATION: 0n,
        RFLAGS: 2n,
      }),
    injected: (pp) =>
      ["VMENTRY_INTERRUPT_INFORMATION_FIELD", "VMENTRY_EXCEPTION_ERROR_CODE"].map((name) => pp.vmx.vmcs.get(name)),
    rflags: (pp) => pp.vmx.vmcs.get("RFLAGS"),
  },
};

/** The root of the tables in use on a processor. */
const rootOf = (pp: Pp): bigint =>
  (pp.processor.vmx === undefined ? pp.vmcb.get("N_CR3") : pp.vmx.vmcs.get("EPT_POINTER")) & ADDRESS;

/** The operating system runs as a guarded VM. */
function guarded(vendor: Vendor, options: Partial<LoaderOptions> = {}) {
  const scene = inBootstrap({ extension, ...vendor.options, ...options }, VERSION_2);
  const vs = makeRootVs(scene.pp, false);
  call(scene.pp, SYSCALL_NESTED_GUARD, HANDLE, vs);
  expectOutcome(scene.pp.syscall(SYSCALL_VS_RUN, HANDLE, 0n, vs, vs), "running");
  return { ...scene, vs };
}

describe.each(Object.entries(vendors))("on %s", (_, vendor) => {
  test("shows every page at its own address, but blank ones for exactly the hypervisor's", () => {
    const { pp, machine } = guarded(vendor);
    const entries = nestedEntries(machine.physical, rootOf(pp));
    const shown = new Map(entries);
    const blanks = entries.filter(([, entry]) => (entry & BLANK) !== 0n).map(([guest]) => guest);
    const own = CHUNKS.flatMap(({ base, bytes }) =>
      Array.from({ length: bytes / 4096 }, (_unused, page) => BigInt(base) + BigInt(page) * PAGE),
    );
    expect(blanks).toEqual(own);
    const blankPages = new Set(blanks.map((page) => (shown.get(page) ?? 0n) & ADDRESS));
    expect(blankPages.size).toBe(1);
    expect(machine.physical.read([...blankPages][0] ?? 0n, 4096).every((byte) => byte === 0)).toBe(true);
    // Everything else by its own address, without a gap: pages end where the next begin
    let next = 0n;
    for (const [guest, entry] of entries) {
      expect(guest).toBe(next);
      if ((entry & BLANK) === 0n) expect(entry & ADDRESS & ~0xffn).toBe(guest);
      next = guest + bytesAt(entries, guest);
    }
    expect(next).toBe(FIRST_BYTES);
    expect([RING, REPORTS].every((page) => !blanks.includes(page))).toBe(true);
  });

  test("raises a general protection fault where the hypervisor is, which nobody else hears of", () => {
    const { pp } = guarded(vendor);
    for (const { base, bytes } of CHUNKS) {
      for (const page of [base, base + bytes - 8]) {
        expectOutcome(vendor.touch(pp, BigInt(page)), "running");
        expect(vendor.injected(pp)).toEqual([RAISE_GP, 0n]);
        expect(vendor.rflags(pp)).toBe(2n | RF);
      }
    }
  });

  test("shows more when it is touched, and delivers again what the touch interrupted", () => {
    const { pp, machine } = guarded(vendor);
    const pageFault = 0x8000_0b0en;
    expectOutcome(vendor.touch(pp, FIRST_BYTES + 5n, pageFault, 2n), "running");
    expect(vendor.injected(pp)).toEqual([pageFault, 2n]);
    expect(vendor.rflags(pp)).toBe(2n);
    const last = nestedEntries(machine.physical, rootOf(pp)).at(-1) ?? [0n, 0n];
    expect(last[0]).toBe(FIRST_BYTES);
    // Another processor, or a translation that was older
    expectOutcome(vendor.touch(pp, FIRST_BYTES + 5n), "running");
    expect(vendor.injected(pp)).toEqual([0n, 0n]);
  });

  test("shows nothing beyond what the processor can address", () => {
    const { pp } = guarded(vendor);
    expectOutcome(vendor.touch(pp, MACHINE_BYTES), "running");
    expect(vendor.injected(pp)).toEqual([RAISE_GP, 0n]);
  });

  test("lets the operating system try again as long as there is no memory for it", () => {
    const { pp, machine } = guarded(vendor);
    expectOutcome(pp.exit(pp.processor.vmx === undefined ? 0x72n : 10n), "called");
    const taken: bigint[] = [];
    while (status(pp, SYSCALL_MEM_ALLOC_PAGE, HANDLE) === STATUS_SUCCESS) taken.push(pp.registers[0] ?? 0n);
    expectOutcome(pp.syscall(SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT, HANDLE), "running");
    const before = nestedEntries(machine.physical, rootOf(pp)).length;
    for (let i = 0; i < 3; i++) {
      expectOutcome(vendor.touch(pp, FIRST_BYTES), "running");
      expect(vendor.injected(pp)).toEqual([0n, 0n]);
    }
    expect(nestedEntries(machine.physical, rootOf(pp)).length).toBe(before);
    expectOutcome(pp.exit(pp.processor.vmx === undefined ? 0x72n : 10n), "called");
    for (const page of taken.slice(-4)) call(pp, SYSCALL_MEM_FREE_PAGE, HANDLE, page);
    expectOutcome(pp.syscall(SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT, HANDLE), "running");
    expectOutcome(vendor.touch(pp, FIRST_BYTES), "running");
    expect(nestedEntries(machine.physical, rootOf(pp)).length).toBe(before + 1);
  });

  test("is one set of tables for all processors", () => {
    const { pp, machine } = guarded(vendor, { ppCount: 2 });
    const second = bootNext(machine, 1);
    const vs = makeRootVs(second, false);
    expectOutcome(pp.exit(pp.processor.vmx === undefined ? 0x72n : 10n), "called");
    const before = usedPages(machine);
    call(second, SYSCALL_NESTED_GUARD, HANDLE, vs);
    expect(usedPages(machine)).toBe(before);
    expectOutcome(second.syscall(SYSCALL_VS_RUN, HANDLE, 0n, vs, vs), "running");
    expect(rootOf(second)).toBe(rootOf(pp));
  });

  test("wants the operating system's VS, and the handle", () => {
    const { pp } = inVersion(VERSION_2, vendor.options);
    const { vs } = makeGuest(pp);
    expect(status(pp, SYSCALL_NESTED_GUARD, HANDLE, vs)).toBe(STATUS_INVALID_INPUT_REG1);
    expect(status(pp, SYSCALL_NESTED_GUARD, HANDLE, 0xffffn)).toBe(STATUS_INVALID_INPUT_REG1);
  });

  test("fails where memory runs out, and keeps none", () => {
    let failures = 0;
    // Down from what is enough, to the last page behind the VS itself
    for (let freePages = 100; failures < 6; freePages--) {
      const { pp, machine } = inBootstrap({ extension, ...vendor.options, freePages }, VERSION_2);
      const vs = makeRootVs(pp, false);
      const before = usedPages(machine);
      const result = status(pp, SYSCALL_NESTED_GUARD, HANDLE, vs);
      if (result === STATUS_SUCCESS) continue;
      expect(result).toBe(STATUS_FAILURE_UNKNOWN);
      // The first page of the pool of tables, and the one that leads to it, stay
      expect(usedPages(machine) - before).toBeLessThanOrEqual(3);
      failures++;
    }
  });
});

test("version 1 has no such call", () => {
  const { pp } = inBootstrap();
  const vs = makeRootVs(pp);
  expect(status(pp, SYSCALL_NESTED_GUARD, HANDLE, vs)).toBe(STATUS_FAILURE_UNSUPPORTED);
});

test("what a VM has of the PAT with nested paging is the processor's when it stops (AMD)", () => {
  const MSR_PAT = 0x277;
  const OTHER = 0x0001_0406_0007_0406n;
  const { pp, vs } = guarded(vendors.AMD as Vendor);
  const before = pp.processor.rdmsr(MSR_PAT);
  pp.exit(0x72n, { PAT: OTHER });
  expect(pp.processor.rdmsr(MSR_PAT)).toBe(before);
  expectOutcome(pp.syscall(SYSCALL_VS_PROMOTE, HANDLE, vs), "given back");
  expect(pp.processor.rdmsr(MSR_PAT)).toBe(OTHER);
});

test("where a processor has one PAT for VM and host, as QEMU's has, what the VM wrote there stays (AMD)", () => {
  const MSR_PAT = 0x277;
  const OTHER = 0x0001_0406_0007_0406n;
  const { pp, vs } = guarded(vendors.AMD as Vendor);
  pp.processor.wrmsr(MSR_PAT, OTHER);
  pp.exit(0x72n);
  expectOutcome(pp.syscall(SYSCALL_VS_PROMOTE, HANDLE, vs), "given back");
  expect(pp.processor.rdmsr(MSR_PAT)).toBe(OTHER);
});

/** Bytes of the page at an address: up to where the next one begins; the last one has 1 GiB. */
function bytesAt(entries: readonly [bigint, bigint][], guest: bigint): bigint {
  const index = entries.findIndex(([at]) => at === guest);
  return (entries[index + 1]?.[0] ?? FIRST_BYTES) - guest;
}
