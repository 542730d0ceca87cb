// From RAX to the function that serves the call, and back

import {
  STATUS_FAILURE_UNSUPPORTED,
  STATUS_SUCCESS,
  SYSCALL_DEBUG_DUMP_PAGE_POOL,
  SYSCALL_HANDLE_OPEN,
  SYSCALL_SIGNATURE,
  SYSCALL_VP_CREATE,
  SYSCALL_VS_READ,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { HANDLE, inBootstrap, inStart, status } from "../machine/extension-life.ts";

const rax = (signature: number, flags: number, call: number): bigint =>
  (BigInt(signature) << 48n) | (BigInt(flags) << 32n) | BigInt(call);

describe("a number", () => {
  test.each([
    ["a control call", 0x0_0003],
    ["a handle call", 0x1_0002],
    ["a debug call", 0x2_000a],
    ["a callback call", 0x3_0003],
    ["a VM call", 0x4_0006],
    ["a VP call", 0x5_0002],
    ["a VS call", 0x6_000f],
    ["an intrinsic call", 0x7_0002],
    ["a memory call", 0x8_0004],
    ["a group", 0x9_0000],
    ["any group", 0xffff_0000],
    ["any call", 0xffff_ffff],
  ])("behind the last of %s is unsupported", (_, number) => {
    expect(status(inBootstrap().pp, number, HANDLE)).toBe(STATUS_FAILURE_UNSUPPORTED);
  });

  test("without the signature is unsupported, even that of open_handle", () => {
    const { pp } = inStart();
    for (const signature of [0, 0x6643, 0xffff]) {
      expect(status(pp, rax(signature, 0, SYSCALL_HANDLE_OPEN), 2n)).toBe(STATUS_FAILURE_UNSUPPORTED);
    }
    expect(status(pp, rax(SYSCALL_SIGNATURE, 0, SYSCALL_HANDLE_OPEN), 2n)).toBe(STATUS_SUCCESS);
  });

  test("may have any flags", () => {
    const { pp } = inStart();
    expect(status(pp, rax(SYSCALL_SIGNATURE, 0xffff, SYSCALL_HANDLE_OPEN), 2n)).toBe(STATUS_SUCCESS);
  });
});

describe("a call that returns", () => {
  const given = [0x10n, 0x11n, 0x12n, 0x13n, 0x14n, 0x15n];

  test("leaves all registers but its outputs", () => {
    const { pp } = inBootstrap();
    status(pp, SYSCALL_DEBUG_DUMP_PAGE_POOL, ...given);
    expect(pp.registers).toEqual(given);
  });

  test("that fails leaves its outputs, too", () => {
    const { pp } = inBootstrap();
    expect(status(pp, SYSCALL_VP_CREATE, ...given)).not.toBe(STATUS_SUCCESS);
    expect(pp.registers).toEqual(given);
    expect(status(pp, SYSCALL_VS_READ, ...given)).not.toBe(STATUS_SUCCESS);
    expect(pp.registers).toEqual(given);
  });

  test("undoes what the extension wrote over its own identifiers", () => {
    const { pp } = inBootstrap();
    const before = pp.tcb.values();
    for (const name of ["extid", "vmid", "vpid", "vsid", "ppid", "onlinePps"]) pp.tcb.set(name, 0x1234n);
    status(pp, SYSCALL_DEBUG_DUMP_PAGE_POOL);
    expect(pp.tcb.values()).toEqual(before);
  });
});
