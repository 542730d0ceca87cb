// Nested page tables that processors run with while others change them

import {
  CPU_FEATURE_FLUSH_ASID,
  EXT_POOL_BASE,
  NESTED_RIGHTS,
  NESTED_WRITE_BACK,
  STATUS_FAILURE_UNKNOWN,
  STATUS_SUCCESS,
  SYSCALL_MEM_ALLOC_PAGE,
  SYSCALL_MEM_FREE_PAGE,
  SYSCALL_NESTED_ATTACH,
  SYSCALL_NESTED_CREATE,
  SYSCALL_NESTED_DESTROY,
  SYSCALL_NESTED_DETACH,
  SYSCALL_NESTED_FLUSH,
  SYSCALL_NESTED_IDENTITY,
  SYSCALL_NESTED_MAP,
  SYSCALL_NESTED_PROTECT,
  SYSCALL_NESTED_UNMAP,
  SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT,
  SYSCALL_VS_RUN,
  SYSCALL_VS_RUN_CURRENT,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { exampleExtension } from "../machine/example-extension.ts";
import {
  bootNext,
  call,
  EXIT_CPUID,
  expectOutcome,
  HANDLE,
  inBootstrap,
  makeRootVs,
  status,
} from "../machine/extension-life.ts";
import { makeGuest } from "../machine/guests.ts";
import { ALL_FEATURES } from "../machine/loader.ts";
import type { Pp } from "../machine/pp.ts";
import { usedPages } from "./page-pool.ts";

const extension = exampleExtension({ versions: 6 });
const PAGE = 0x1000n;
const FLAGS = BigInt(NESTED_RIGHTS | NESTED_WRITE_BACK);
const FLUSH_ALL = 1n;
const FLUSH_ASID = 3n;

/** Runs the VS of a processor, which is in vmexit afterwards again. */
function cycle(pp: Pp): void {
  expectOutcome(pp.syscall(SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT, HANDLE), "running");
  expectOutcome(pp.exit(EXIT_CPUID), "called");
}

/** One in vmexit that flushes by identifiers, whose root VS has tables; a second VS of its has others. */
function alone() {
  const { pp } = inBootstrap({ extension, features: ALL_FEATURES | CPU_FEATURE_FLUSH_ASID }, 4n);
  const vs = makeRootVs(pp);
  const other = makeGuest(pp).vs;
  const [own, others] = [vs, other].map((one) => {
    const nested = call(pp, SYSCALL_NESTED_CREATE, HANDLE, 0n);
    call(pp, SYSCALL_NESTED_MAP, HANDLE, nested, 0n, 0x7000_0000n, PAGE, FLAGS);
    call(pp, SYSCALL_NESTED_ATTACH, HANDLE, nested, one);
    return nested;
  }) as [bigint, bigint];
  expectOutcome(pp.syscall(SYSCALL_VS_RUN, HANDLE, 0n, vs, vs), "running");
  expectOutcome(pp.exit(EXIT_CPUID), "called");
  cycle(pp);
  return { pp, own, others };
}

/**
 * Two processors in vmexit, whose root VSs have the same tables with one page of the extension's own. Nothing takes one out of its
 * VM: what they do by themselves is all that happens.
 */
function sharing() {
  const { machine, pp } = inBootstrap({ extension, ppCount: 2 }, 4n);
  for (const ppid of [0, 1]) machine.pp(ppid).processor.addMsr(0x1b, 0xfee0_0000n);
  const nested = call(pp, SYSCALL_NESTED_CREATE, HANDLE, 0n);
  const page = call(pp, SYSCALL_MEM_ALLOC_PAGE, HANDLE);
  call(pp, SYSCALL_NESTED_MAP, HANDLE, nested, 0n, page - EXT_POOL_BASE, PAGE, FLAGS);
  const enter = (one: Pp): bigint => {
    const vs = makeRootVs(one);
    call(one, SYSCALL_NESTED_ATTACH, HANDLE, nested, vs);
    expectOutcome(one.syscall(SYSCALL_VS_RUN, HANDLE, 0n, vs, vs), "running");
    expectOutcome(one.exit(EXIT_CPUID), "called");
    cycle(one);
    return vs;
  };
  const first = enter(pp);
  const other = bootNext(machine, 1);
  const second = enter(other);
  cycle(pp);
  return { machine, pp, other, nested, page, first, second };
}

describe("a change of tables", () => {
  test("is flushed on every processor before its VM runs again, once", () => {
    const { pp, other, nested } = sharing();
    call(pp, SYSCALL_NESTED_PROTECT, HANDLE, nested, 0n, PAGE, 1n);
    for (const one of [pp, other]) {
      expectOutcome(one.syscall(SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT, HANDLE), "running");
      expect(one.vmcb.get("TLB_CONTROL")).toBe(FLUSH_ALL);
      expectOutcome(one.exit(EXIT_CPUID), "called");
      expect(one.vmcb.get("TLB_CONTROL")).toBe(0n);
      expectOutcome(one.syscall(SYSCALL_VS_RUN_CURRENT, HANDLE), "running");
      expect(one.vmcb.get("TLB_CONTROL")).toBe(0n);
      expectOutcome(one.exit(EXIT_CPUID), "called");
    }
  });

  test("that changes nothing flushes nothing; nor does a page that was not there", () => {
    const { pp, other, nested } = sharing();
    call(pp, SYSCALL_NESTED_PROTECT, HANDLE, nested, 0n, PAGE, 7n);
    call(pp, SYSCALL_NESTED_MAP, HANDLE, nested, PAGE, 0x7000_0000n, PAGE, FLAGS);
    for (const one of [pp, other]) {
      expectOutcome(one.syscall(SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT, HANDLE), "running");
      expect(one.vmcb.get("TLB_CONTROL")).toBe(0n);
    }
  });

  test("is flushed where its VM is, whoever makes it, and nowhere else", () => {
    const { pp, other, nested, first } = sharing();
    call(pp, SYSCALL_NESTED_DETACH, HANDLE, nested, first);
    cycle(pp);
    cycle(other);
    call(pp, SYSCALL_NESTED_PROTECT, HANDLE, nested, 0n, PAGE, 1n);
    expectOutcome(other.syscall(SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT, HANDLE), "running");
    expect(other.vmcb.get("TLB_CONTROL")).toBe(FLUSH_ALL);
  });

  test("flushes the translations of the active VS alone when nobody else has the tables, else those of all", () => {
    const { pp, own, others } = alone();
    const flushed = (nested: bigint) => {
      call(pp, SYSCALL_NESTED_PROTECT, HANDLE, nested, 0n, PAGE, 1n);
      call(pp, SYSCALL_NESTED_PROTECT, HANDLE, nested, 0n, PAGE, 7n);
      expectOutcome(pp.syscall(SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT, HANDLE), "running");
      const control = pp.vmcb.get("TLB_CONTROL");
      expectOutcome(pp.exit(EXIT_CPUID), "called");
      return control;
    };
    expect(flushed(own)).toBe(FLUSH_ASID);
    expect(flushed(others)).toBe(FLUSH_ALL);
  });

  test("of one processor's own tables leaves the others alone", () => {
    const { pp, other, nested, second } = sharing();
    call(other, SYSCALL_NESTED_DETACH, HANDLE, nested, second);
    cycle(other);
    const own = call(other, SYSCALL_NESTED_CREATE, HANDLE, 0n);
    call(other, SYSCALL_NESTED_ATTACH, HANDLE, own, second);
    call(other, SYSCALL_NESTED_IDENTITY, HANDLE, own, 0n, 0x4000_0000n, FLAGS);
    call(other, SYSCALL_NESTED_UNMAP, HANDLE, own, 0n, 0x4000_0000n);
    expectOutcome(pp.syscall(SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT, HANDLE), "running");
    expect(pp.vmcb.get("TLB_CONTROL")).toBe(0n);
  });
});

describe("a page that is taken from tables", () => {
  test("is not given back while another processor may still use it", () => {
    const { pp, other, nested, page } = sharing();
    expectOutcome(other.syscall(SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT, HANDLE), "running");
    call(pp, SYSCALL_NESTED_UNMAP, HANDLE, nested, 0n, PAGE);
    // Its VM runs on with what the processor has kept
    expect(status(pp, SYSCALL_MEM_FREE_PAGE, HANDLE, page)).toBe(STATUS_FAILURE_UNKNOWN);
    expect(call(pp, SYSCALL_NESTED_FLUSH, HANDLE, nested)).toBe(1n);
    expectOutcome(other.exit(EXIT_CPUID), "called");
    expect(call(pp, SYSCALL_NESTED_FLUSH, HANDLE, nested)).toBe(1n);
    expect(status(pp, SYSCALL_MEM_FREE_PAGE, HANDLE, page)).toBe(STATUS_FAILURE_UNKNOWN);
    expectOutcome(other.syscall(SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT, HANDLE), "running");
    expect(call(pp, SYSCALL_NESTED_FLUSH, HANDLE, nested)).toBe(0n);
    expect(status(pp, SYSCALL_MEM_FREE_PAGE, HANDLE, page)).toBe(STATUS_SUCCESS);
  });

  test("waits for nobody when the tables are this processor's alone", () => {
    const { pp, other, nested, page, second } = sharing();
    call(other, SYSCALL_NESTED_DETACH, HANDLE, nested, second);
    expectOutcome(other.syscall(SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT, HANDLE), "running");
    call(pp, SYSCALL_NESTED_UNMAP, HANDLE, nested, 0n, PAGE);
    expect(status(pp, SYSCALL_MEM_FREE_PAGE, HANDLE, page)).toBe(STATUS_SUCCESS);
  });

  test("and tables that were replaced come back later, to the last page", () => {
    const { machine, pp, other, nested, page, first, second } = sharing();
    for (let at = 0n; at < 8n; at++) {
      call(pp, SYSCALL_NESTED_MAP, HANDLE, nested, at << 30n, page - EXT_POOL_BASE, PAGE, FLAGS);
    }
    cycle(other);
    const before = usedPages(machine);
    expectOutcome(other.syscall(SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT, HANDLE), "running");
    call(pp, SYSCALL_NESTED_UNMAP, HANDLE, nested, 0n, 8n << 30n);
    // Sixteen tables wait, with a note of them
    expect(usedPages(machine)).toBe(before + 1);
    expectOutcome(other.exit(EXIT_CPUID), "called");
    cycle(other);
    // Each call gives back as much as a call may do
    for (let i = 0; i < 3; i++) expect(call(pp, SYSCALL_NESTED_FLUSH, HANDLE, nested)).toBe(0n);
    expect(usedPages(machine)).toBe(before - 16);
    expectOutcome(other.syscall(SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT, HANDLE), "running");
    expect(status(pp, SYSCALL_MEM_FREE_PAGE, HANDLE, page)).toBe(STATUS_SUCCESS);
    expectOutcome(other.exit(EXIT_CPUID), "called");
    call(pp, SYSCALL_NESTED_DETACH, HANDLE, nested, first);
    call(other, SYSCALL_NESTED_DETACH, HANDLE, nested, second);
    expect(call(pp, SYSCALL_NESTED_DESTROY, HANDLE, nested)).toBe(0n);
  });
});
