// Every register that the ABI names, read and written, where the processor will look for it

import * as abi from "@bareflank/abi";
import {
  AMD_REG_CR8,
  AMD_REG_EFER,
  AMD_REG_RAX,
  AMD_REG_XCR0,
  CPU_FEATURE_SMEP,
  STATUS_FAILURE_UNKNOWN,
  STATUS_INVALID_INPUT_REG1,
  STATUS_SUCCESS,
  SYSCALL_VS_CREATE,
  SYSCALL_VS_READ,
  SYSCALL_VS_SET_ACTIVE,
  SYSCALL_VS_WRITE,
} from "@bareflank/abi";
import { beforeAll, describe, expect, test } from "vitest";
import { bootNext, call, HANDLE, inBootstrap, inVmexit, makeRootVs, status } from "../machine/extension-life.ts";
import type { Machine } from "../machine/machine.ts";
import { GENERAL, type Pp } from "../machine/pp.ts";
import { VMCB_FIELDS, Vmcb } from "../machine/vmcb.ts";

/** Registers of the ABI by number, from 1. */
const NAMES = Object.entries(abi)
  .filter(([name]) => name.startsWith("AMD_REG_"))
  .map(([name, number]) => [Number(number), name.slice("AMD_REG_".length)] as const)
  .sort(([a], [b]) => a - b);
/** The order that the ABI's page gives, in its own words. */
const ORDER = `RBX RCX RDX RBP RSI RDI R8 R9 R10 R11 R12 R13 R14 R15 ${Object.keys(VMCB_FIELDS).join(" ")}`;
const BEYOND = "CR8 DR0 DR1 DR2 DR3 XCR0";

/** What the VMCB holds of these, confinement.test.ts and address-spaces.test.ts tell. */
const KERNEL_HAS_A_SAY = new Set([
  "INTERCEPT_EXCEPTION",
  "INTERCEPT_INSTRUCTION1",
  "INTERCEPT_INSTRUCTION2",
  "INTERCEPT_INSTRUCTION3",
  "IOPM_BASE_PA",
  "MSRPM_BASE_PA",
  "GUEST_ASID",
  "TLB_CONTROL",
  "VIRTUAL_INTERRUPT_A",
  "CTLS1",
  "VMCB_CLEAN_BITS",
]);

/** Bits of a register; an ASID is as wide as Intel's identifiers. */
const bitsOf = (name: string) => (name === "GUEST_ASID" ? 16 : name === "RAX" ? 64 : 8 * (VMCB_FIELDS[name]?.[1] ?? 8));
const sample = (number: number): bigint => 0x0123_4567_89ab_cd00n + BigInt(number);
/** A value that the register takes. */
const fitting = (number: number, name: string): bigint => BigInt.asUintN(bitsOf(name), sample(number));
const read = (pp: Pp, vs: bigint, number: number) => call(pp, SYSCALL_VS_READ, HANDLE, vs, BigInt(number));
const write = (pp: Pp, vs: bigint, number: number, value: bigint) =>
  status(pp, SYSCALL_VS_WRITE, HANDLE, vs, BigInt(number), value);

test("there are 120, in the ABI's order", () => {
  expect(NAMES.map(([, name]) => name).join(" ")).toBe(`${ORDER} ${BEYOND}`);
  expect(NAMES.map(([number]) => number)).toEqual(Array.from({ length: 120 }, (_, index) => index + 1));
});

describe("of a VS that is not active", () => {
  let machine: Machine;
  let pp: Pp;
  let vs: bigint;
  let vmcb: Vmcb;
  beforeAll(() => {
    ({ machine, pp } = inBootstrap());
    vs = makeRootVs(pp);
    // The VMCB can be seen from outside once the VS is active: activate it, then another one
    call(pp, SYSCALL_VS_SET_ACTIVE, HANDLE, 0n, 0n, vs);
    vmcb = new Vmcb(machine.physical, pp.block.get("vmcb"));
    const other = call(pp, SYSCALL_VS_CREATE, HANDLE, 0n, 0n);
    call(pp, SYSCALL_VS_SET_ACTIVE, HANDLE, 0n, 0n, other);
  });

  test.each(NAMES)("%i, %s", (number, name) => {
    const value = name === "CR8" ? 5n : name === "XCR0" ? 3n : fitting(number, name);
    expect(write(pp, vs, number, value)).toBe(STATUS_SUCCESS);
    const kept = name === "EFER" ? value | 0x1000n : value;
    expect(read(pp, vs, number)).toBe(kept);
    if (name in VMCB_FIELDS && name !== "RAX" && !KERNEL_HAS_A_SAY.has(name)) expect(vmcb.get(name)).toBe(kept);
  });

  test("each has its own place: writing one changes no other", () => {
    const chosen = (number: number, name: string) =>
      name === "CR8" ? 7n : BigInt.asUintN(Math.min(63, bitsOf(name)), sample(number) * 3n);
    for (const [number, name] of NAMES) write(pp, vs, number, chosen(number, name));
    for (const [number, name] of NAMES) {
      const value = chosen(number, name);
      const forced = name === "EFER" ? 0x1000n : name === "XCR0" ? 1n : 0n;
      expect(read(pp, vs, number), name).toBe(value | forced);
    }
  });

  test.each(NAMES.filter(([, name]) => bitsOf(name) < 64))("%i, %s, takes no value that is wider", (number, name) => {
    const before = fitting(number, name);
    write(pp, vs, number, before);
    expect(write(pp, vs, number, 1n << BigInt(bitsOf(name)))).toBe(STATUS_FAILURE_UNKNOWN);
    expect(write(pp, vs, number, before | (1n << 63n))).toBe(STATUS_FAILURE_UNKNOWN);
    expect(read(pp, vs, number)).toBe(before);
  });
});

describe("of the active VS", () => {
  test("the general ones are live in the TCB", () => {
    const { pp } = inVmexit();
    GENERAL.forEach((name, index) => {
      const number = NAMES.find(([, known]) => known === name.toUpperCase())?.[0] ?? 0;
      expect(write(pp, 0n, number, sample(index))).toBe(STATUS_SUCCESS);
      expect(pp.tcb.get(name), name).toBe(sample(index));
      pp.tcb.set(name, ~sample(index) & 0xffff_ffff_ffff_ffffn);
      expect(read(pp, 0n, number), name).toBe(BigInt.asUintN(64, ~sample(index)));
    });
  });

  test("CR8, DR0 to DR3 and XCR0 are the processor's own", () => {
    const { pp } = inVmexit();
    for (let index = 0; index < 4; index++) {
      write(pp, 0n, abi.AMD_REG_DR0 + index, sample(index));
      expect(pp.processor.dr[index]).toBe(sample(index));
      pp.processor.dr[index] = 0x77n;
      expect(read(pp, 0n, abi.AMD_REG_DR0 + index)).toBe(0x77n);
    }
    write(pp, 0n, AMD_REG_CR8, 9n);
    write(pp, 0n, AMD_REG_XCR0, 2n);
    expect([pp.processor.cr8, pp.processor.xcr0]).toEqual([9n, 3n]);
    expect([read(pp, 0n, AMD_REG_CR8), read(pp, 0n, AMD_REG_XCR0)]).toEqual([9n, 3n]);
  });

  test("those of another processor cannot be read or written", () => {
    const { machine } = inVmexit({ ppCount: 2 });
    const second = bootNext(machine, 1);
    for (const number of [AMD_REG_RAX, AMD_REG_EFER, AMD_REG_CR8, AMD_REG_XCR0]) {
      expect(status(second, SYSCALL_VS_READ, HANDLE, 0n, BigInt(number))).toBe(STATUS_INVALID_INPUT_REG1);
      expect(write(second, 0n, number, 1n)).toBe(STATUS_INVALID_INPUT_REG1);
    }
  });
});

describe("a value that the processor refuses", () => {
  test.each([
    ["CR8 above 15, active", AMD_REG_CR8, 16n, true],
    ["CR8 above 15, not active", AMD_REG_CR8, 0x1_0000_0000n, false],
    ["XCR0 with AVX and without SSE", AMD_REG_XCR0, 4n, true],
    ["XCR0 with a bit that there is not", AMD_REG_XCR0, 1n << 62n, true],
  ])("fails the call and changes nothing: %s", (_, number, value, isActive) => {
    const { pp } = isActive ? inVmexit() : inBootstrap();
    if (!isActive) makeRootVs(pp);
    const before = read(pp, 0n, number);
    expect(write(pp, 0n, number, value)).toBe(STATUS_FAILURE_UNKNOWN);
    expect(read(pp, 0n, number)).toBe(before);
  });

  test("EFER.SVME cannot be cleared: VMRUN demands it", () => {
    const { pp } = inVmexit();
    write(pp, 0n, AMD_REG_EFER, 0xd01n);
    expect(pp.vmcb.get("EFER")).toBe(0x1d01n);
    expect(read(pp, 0n, AMD_REG_EFER)).toBe(0x1d01n);
  });
});

test("a processor without XSAVE has x87 state alone, and nothing faults", () => {
  const { pp } = inVmexit({ features: CPU_FEATURE_SMEP });
  expect(read(pp, 0n, AMD_REG_XCR0)).toBe(1n);
  expect(write(pp, 0n, AMD_REG_XCR0, 3n)).toBe(STATUS_FAILURE_UNKNOWN);
});
