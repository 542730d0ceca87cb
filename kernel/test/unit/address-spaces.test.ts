// Address space identifiers and flushes are the kernel's, whatever extensions write (amd/address-space.ts, intel/tlb.ts)

import * as abi from "@bareflank/abi";
import {
  CPU_FEATURE_FLUSH_ASID,
  STATUS_SUCCESS,
  SYSCALL_VM_TLB_FLUSH,
  SYSCALL_VP_CREATE,
  SYSCALL_VS_CREATE,
  SYSCALL_VS_DESTROY,
  SYSCALL_VS_INIT_AS_ROOT,
  SYSCALL_VS_MIGRATE,
  SYSCALL_VS_READ,
  SYSCALL_VS_RUN,
  SYSCALL_VS_RUN_CURRENT,
  SYSCALL_VS_SET_ACTIVE,
  SYSCALL_VS_TLB_FLUSH,
  SYSCALL_VS_WRITE,
  VENDOR_INTEL,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { exampleExtension } from "../machine/example-extension.ts";
import { bootNext, call, expectOutcome, HANDLE, inBootstrap, status } from "../machine/extension-life.ts";
import { exitCpuid, inVersion, makeGuest, VERSION_1, VERSION_2 } from "../machine/guests.ts";
import { ALL_FEATURES } from "../machine/loader.ts";
import type { Pp } from "../machine/pp.ts";

const FLUSH_ALL = 1n;
const FLUSH_ASID = 3n;
const INVALID = 0xffff_ffff_ffff_ffffn;
const BY_ASID = { features: ALL_FEATURES | CPU_FEATURE_FLUSH_ASID };
const ASID = BigInt(abi.AMD_REG_GUEST_ASID);
const TLB_CONTROL = BigInt(abi.AMD_REG_TLB_CONTROL);

const read = (pp: Pp, vs: bigint, register: bigint) => call(pp, SYSCALL_VS_READ, HANDLE, vs, register);
const write = (pp: Pp, vs: bigint, register: bigint, value: bigint) =>
  call(pp, SYSCALL_VS_WRITE, HANDLE, vs, register, value);
const asid = (pp: Pp) => pp.vmcb.get("GUEST_ASID");
const control = (pp: Pp) => pp.vmcb.get("TLB_CONTROL");
const runRoot = (pp: Pp) => expectOutcome(pp.syscall(SYSCALL_VS_RUN, HANDLE, 0n, 0n, 0n), "running");
const runCurrent = (pp: Pp) => expectOutcome(pp.syscall(SYSCALL_VS_RUN_CURRENT, HANDLE), "running");

describe("AMD: an identifier", () => {
  test("is the kernel's own for each VS, and what was written reads back", () => {
    const { pp } = inVersion(VERSION_2);
    expect([asid(pp), read(pp, 0n, ASID)]).toEqual([1n, 1n]);
    const guests = Array.from({ length: 4 }, () => makeGuest(pp));
    const asids = guests.map((guest) => {
      guest.activate();
      expect(read(pp, guest.vs, ASID)).toBe(1n);
      return asid(pp);
    });
    expect(asids).toEqual([2n, 3n, 4n, 5n]);
    guests[0]?.activate();
    expect(asid(pp)).toBe(2n);
    call(pp, SYSCALL_VS_SET_ACTIVE, HANDLE, 0n, 0n, 0n);
    expect(asid(pp)).toBe(1n);
  });

  test("is never one that another VS had, whatever its extension writes and when", () => {
    const { pp } = inVersion(VERSION_1);
    const guest = makeGuest(pp);
    guest.activate();
    for (const value of [1n, 3n, 0xffffn]) {
      write(pp, guest.vs, ASID, value);
      expect([asid(pp), read(pp, guest.vs, ASID)]).toEqual([2n, value]);
    }
    call(pp, SYSCALL_VS_SET_ACTIVE, HANDLE, 0n, 0n, 0n);
    call(pp, SYSCALL_VS_DESTROY, HANDLE, guest.vs);
    const next = makeGuest(pp);
    expect(next.vs & 0xffffn).toBe(guest.vs & 0xffffn);
    next.activate();
    expect(asid(pp)).toBe(3n);
  });

  test("of a VS that is made the operating system while the processor has it becomes the root VS's", () => {
    const { pp } = inBootstrap({ extension: exampleExtension({ versions: 6 }) }, VERSION_2);
    const vp = call(pp, SYSCALL_VP_CREATE, HANDLE, 0n);
    const vs = call(pp, SYSCALL_VS_CREATE, HANDLE, vp, 0n);
    write(pp, vs, ASID, 1n);
    call(pp, SYSCALL_VS_SET_ACTIVE, HANDLE, 0n, vp, vs);
    expect(asid(pp)).toBe(2n);
    call(pp, SYSCALL_VS_INIT_AS_ROOT, HANDLE, vs);
    expect(asid(pp)).toBe(1n);
  });

  test("of 0 is refused by the processor, as ever", () => {
    const { pp } = inVersion(VERSION_1);
    write(pp, 0n, ASID, 0n);
    expect(asid(pp)).toBe(0n);
    expect(pp.syscall(SYSCALL_VS_RUN_CURRENT, HANDLE)).toMatchObject({ is: "called", reg1: INVALID });
    write(pp, 0n, ASID, 7n);
    expect(asid(pp)).toBe(1n);
    runCurrent(pp);
  });

  test("is given anew when all have been given, behind a flush of everything", () => {
    const { pp } = inVersion(VERSION_2);
    // 16 there are: 0 is the host's, 1 the root VS's
    const guests = Array.from({ length: 15 }, () => makeGuest(pp));
    const runs = guests.map((guest) => {
      guest.run();
      const seen = [asid(pp), control(pp)];
      exitCpuid(pp);
      expect(control(pp)).toBe(0n);
      return seen;
    });
    expect(runs[0]).toEqual([2n, FLUSH_ALL]);
    expect(runs.slice(1, 14)).toEqual(Array.from({ length: 13 }, (_, index) => [BigInt(index + 3), 0n]));
    expect(runs[14]).toEqual([2n, FLUSH_ALL]);
    // The first one's was given away
    guests[0]?.run();
    expect([asid(pp), control(pp)]).toEqual([3n, 0n]);
    exitCpuid(pp);
    runRoot(pp);
    expect([asid(pp), control(pp)]).toEqual([1n, 0n]);
  });

  test("is another on another processor, and back again", () => {
    const { machine, pp } = inVersion(VERSION_1, { ppCount: 2 });
    const other = bootNext(machine, 1);
    const [first, second] = [makeGuest(pp), makeGuest(pp)];
    first.activate();
    second.activate();
    expect(asid(pp)).toBe(3n);
    call(pp, SYSCALL_VS_SET_ACTIVE, HANDLE, 0n, 0n, 0n);
    call(pp, SYSCALL_VS_MIGRATE, HANDLE, second.vs, 1n);
    call(other, SYSCALL_VS_SET_ACTIVE, HANDLE, second.vm, second.vp, second.vs);
    expect(asid(other)).toBe(2n);
  });

  test("names the space of which one translation is flushed", () => {
    const { pp } = inVersion(VERSION_1);
    const guest = makeGuest(pp);
    pp.processor.flushes.length = 0;
    // It has never been here: nothing is known of it
    expect(status(pp, SYSCALL_VS_TLB_FLUSH, HANDLE, guest.vs, 0x1000n)).toBe(STATUS_SUCCESS);
    expect(pp.processor.flushes).toEqual([]);
    guest.activate();
    write(pp, guest.vs, ASID, 1n);
    call(pp, SYSCALL_VS_TLB_FLUSH, HANDLE, guest.vs, 0x1000n);
    expect(pp.processor.flushes).toContain("page 0x1000 of ASID 2");
  });
});

describe("AMD: a flush that the kernel asked for", () => {
  test("cannot be taken back", () => {
    const { pp } = inVersion(VERSION_1, BY_ASID);
    runCurrent(pp);
    exitCpuid(pp);
    call(pp, SYSCALL_VM_TLB_FLUSH, HANDLE, 0n);
    expect([control(pp), read(pp, 0n, TLB_CONTROL)]).toEqual([FLUSH_ASID, FLUSH_ASID]);
    for (const value of [0n, 7n, 0xffn]) {
      write(pp, 0n, TLB_CONTROL, value);
      expect([control(pp), read(pp, 0n, TLB_CONTROL)]).toEqual([FLUSH_ASID, value]);
    }
    // Neither by naming another space around the run
    write(pp, 0n, ASID, 9n);
    expect(asid(pp)).toBe(1n);
    write(pp, 0n, TLB_CONTROL, 0n);
    runCurrent(pp);
    expect(control(pp)).toBe(FLUSH_ASID);
    exitCpuid(pp);
    expect(control(pp)).toBe(0n);
  });

  test("may be made a larger one", () => {
    const { pp } = inVersion(VERSION_1, BY_ASID);
    call(pp, SYSCALL_VM_TLB_FLUSH, HANDLE, 0n);
    write(pp, 0n, TLB_CONTROL, FLUSH_ALL);
    expect(control(pp)).toBe(FLUSH_ALL);
  });

  test("is none when the processor has refused the VS", () => {
    const { pp } = inVersion(VERSION_1);
    call(pp, SYSCALL_VM_TLB_FLUSH, HANDLE, 0n);
    write(pp, 0n, ASID, 0n);
    expect(pp.syscall(SYSCALL_VS_RUN_CURRENT, HANDLE)).toMatchObject({ is: "called", reg1: INVALID });
    expect(control(pp)).toBe(FLUSH_ALL);
    write(pp, 0n, ASID, 1n);
    runCurrent(pp);
    expect(control(pp)).toBe(FLUSH_ALL);
    exitCpuid(pp);
    expect(control(pp)).toBe(0n);
  });

  test("of all guests goes to the VS that runs next, when one was refused", () => {
    const { pp } = inVersion(VERSION_2);
    const guest = makeGuest(pp);
    guest.write(abi.AMD_REG_INTERCEPT_INSTRUCTION2, 0n);
    // The first guest's identifier begins a generation; VMRUN is not intercepted
    expect(pp.syscall(SYSCALL_VS_RUN, HANDLE, guest.vm, guest.vp, guest.vs)).toMatchObject({ reg1: INVALID });
    runRoot(pp);
    expect(control(pp)).toBe(FLUSH_ALL);
  });

  test("ends, and the extension's own stays", () => {
    const { pp } = inVersion(VERSION_1, BY_ASID);
    write(pp, 0n, TLB_CONTROL, 7n);
    call(pp, SYSCALL_VM_TLB_FLUSH, HANDLE, 0n);
    expect(control(pp)).toBe(FLUSH_ASID);
    runCurrent(pp);
    exitCpuid(pp);
    expect(control(pp)).toBe(7n);
  });
});

describe("Intel: a VPID", () => {
  const INTEL = { vendor: VENDOR_INTEL };
  const VPID = BigInt(abi.INTEL_REG_VIRTUAL_PROCESSOR_IDENTIFIER);
  const vpid = (pp: Pp) => pp.vmx.vmcs.get("VIRTUAL_PROCESSOR_IDENTIFIER");

  test("is the kernel's own for each VS, and what was written reads back", () => {
    const { pp } = inVersion(VERSION_1, INTEL);
    expect([vpid(pp), read(pp, 0n, VPID)]).toEqual([1n, 1n]);
    const guest = makeGuest(pp);
    write(pp, guest.vs, VPID, 1n);
    guest.activate();
    expect([vpid(pp), read(pp, guest.vs, VPID)]).toEqual([guest.vs + 1n, 1n]);
    pp.processor.flushes.length = 0;
    call(pp, SYSCALL_VS_TLB_FLUSH, HANDLE, guest.vs, 0x1000n);
    expect(pp.processor.flushes).toEqual([`page 0x1000 of VPID ${guest.vs + 1n}`]);
  });

  test("of 0 is refused by the processor, as ever", () => {
    const { pp } = inVersion(VERSION_1, INTEL);
    write(pp, 0n, VPID, 0n);
    expect(vpid(pp)).toBe(0n);
  });

  test("of a VS that is gone is flushed before the next one has it", () => {
    const { pp } = inVersion(VERSION_1, INTEL);
    const guest = makeGuest(pp);
    guest.activate();
    call(pp, SYSCALL_VS_SET_ACTIVE, HANDLE, 0n, 0n, 0n);
    call(pp, SYSCALL_VS_DESTROY, HANDLE, guest.vs);
    const next = makeGuest(pp);
    pp.processor.flushes.length = 0;
    next.activate();
    expect(pp.processor.flushes).toContain(`VPID ${next.vs + 1n}`);
  });

  test("is flushed when it is used for the first time later on", () => {
    const { pp } = inVersion(VERSION_1, INTEL);
    const guest = makeGuest(pp);
    const secondary = BigInt(abi.INTEL_REG_SECONDARY_PROC_BASED_VM_EXECUTION_CTLS);
    write(pp, guest.vs, secondary, 0n);
    guest.activate();
    pp.processor.flushes.length = 0;
    write(pp, guest.vs, secondary, 0x20n);
    expect(pp.processor.flushes).toEqual([`VPID ${guest.vs + 1n}`]);
  });
});
