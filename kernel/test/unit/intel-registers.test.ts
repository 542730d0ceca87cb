// Every register that the ABI names on Intel, read and written, where the processor will look for it

import * as abi from "@bareflank/abi";
import {
  INTEL_REG_VIRTUAL_PROCESSOR_IDENTIFIER,
  STATUS_FAILURE_UNKNOWN,
  STATUS_INVALID_INPUT_REG2,
  STATUS_SUCCESS,
  SYSCALL_VS_CREATE,
  SYSCALL_VS_READ,
  SYSCALL_VS_SET_ACTIVE,
  SYSCALL_VS_WRITE,
  VENDOR_INTEL,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { call, HANDLE, inBootstrap, inVmexit, makeRootVs, status } from "../machine/extension-life.ts";
import { GENERAL, type Pp } from "../machine/pp.ts";
import { bitsOf, isMissing, isReadOnly, VMCS_FIELDS } from "../machine/vmcs.ts";

const OPTIONS = { vendor: VENDOR_INTEL };
/** Registers of the ABI by number, from 1. */
const NAMES = Object.entries(abi)
  .filter(([name]) => name.startsWith("INTEL_REG_"))
  .map(([name, number]) => [Number(number), name.slice("INTEL_REG_".length)] as const)
  .sort(([a], [b]) => a - b);
const number = (name: string): number => NAMES.find(([, known]) => known === name)?.[0] ?? 0;
const OWN = "CR2 DR6 STAR LSTAR CSTAR FMASK KERNEL_GS_BASE";
const ORDER = `${GENERAL.join(" ").toUpperCase()} ${OWN} ${Object.keys(VMCS_FIELDS).join(" ")} CR8 DR0 DR1 DR2 DR3 XCR0`;

const read = (pp: Pp, vs: bigint, register: number) => call(pp, SYSCALL_VS_READ, HANDLE, vs, BigInt(register));
const write = (pp: Pp, vs: bigint, register: number, value: bigint) =>
  status(pp, SYSCALL_VS_WRITE, HANDLE, vs, BigInt(register), value);

/** Registers that do not simply keep what is written. */
const ADJUSTED: Readonly<Record<string, readonly [written: bigint, kept: bigint]>> = {
  // NMI exiting, virtual NMIs, and what must be 1
  PIN_BASED_VM_EXECUTION_CTLS: [0x40n, 0x7en],
  // Secondary controls, and what must be 1; bit 0 does not exist
  PRIMARY_PROC_BASED_VM_EXECUTION_CTLS: [0x81n, 0x8400_61f2n],
  SECONDARY_PROC_BASED_VM_EXECUTION_CTLS: [0xffff_ffffn, 0x021f_ffffn],
  VMEXIT_CTLS: [0n, 0x3f_6fffn],
  VMENTRY_CTLS: [0x200n, 0xd3ffn],
  // NE; PE and PG are free in an unrestricted guest
  CR0: [0n, 0x20n],
  CR4: [1n << 40n, 0x2000n],
  CR4_GUEST_HOST_MASK: [1n, 0x2001n],
  CR8: [5n, 5n],
  XCR0: [2n, 3n],
  DR6: [0xffff_0ff3n, 0xffff_0ff3n],
  FMASK: [0x4_7700n, 0x4_7700n],
};

const sample = (register: number): bigint => 0x0000_4567_89ab_cd00n + BigInt(register);

function expectation(name: string, register: number): readonly [bigint, bigint] {
  const value = BigInt.asUintN(bitsOf(VMCS_FIELDS[name] ?? 0x6000), sample(register));
  return ADJUSTED[name] ?? [value, value];
}

test("there are 162, in the ABI's order", () => {
  expect(NAMES.map(([, name]) => name).join(" ")).toBe(ORDER);
  expect(NAMES.map(([index]) => index)).toEqual(Array.from({ length: 162 }, (_, index) => index + 1));
});

describe.each(["not active", "active"])("of a VS that is %s", (state) => {
  const { pp } = inBootstrap(OPTIONS);
  const vs = makeRootVs(pp);
  call(pp, SYSCALL_VS_SET_ACTIVE, HANDLE, 0n, 0n, vs);
  const other = call(pp, SYSCALL_VS_CREATE, HANDLE, 0n, 0n);
  // The VMCS's inside is seen while its VS is active
  const vmcs = pp.vmx.vmcs;
  if (state === "not active") call(pp, SYSCALL_VS_SET_ACTIVE, HANDLE, 0n, 0n, other);

  test.each(NAMES)("%i, %s", (register, name) => {
    const encoding = VMCS_FIELDS[name];
    const [written, kept] = expectation(name, register);
    const refused = isMissing(name) || (encoding !== undefined && isReadOnly(encoding));
    expect(write(pp, vs, register, written)).toBe(refused ? STATUS_FAILURE_UNKNOWN : STATUS_SUCCESS);
    if (isMissing(name)) {
      expect(status(pp, SYSCALL_VS_READ, HANDLE, vs, BigInt(register))).toBe(STATUS_FAILURE_UNKNOWN);
      return;
    }
    if (refused && encoding !== undefined) vmcs.write(encoding, kept);
    expect(read(pp, vs, register)).toBe(kept);
    // Identifiers are the kernel's own
    const held = name === "VIRTUAL_PROCESSOR_IDENTIFIER" ? vs + 1n : kept;
    if (encoding !== undefined) expect(vmcs.read(encoding)).toBe(held);
  });

  const narrow = NAMES.filter(([, name]) => bitsOf(VMCS_FIELDS[name] ?? 0x6000) < 64 && !isMissing(name));
  test.each(narrow)("%i, %s, takes no value that is wider", (register, name) => {
    const before = read(pp, vs, register);
    const bits = bitsOf(VMCS_FIELDS[name] ?? 0x6000);
    expect(write(pp, vs, register, before | (1n << BigInt(bits)))).toBe(STATUS_FAILURE_UNKNOWN);
    expect(write(pp, vs, register, before | (1n << 63n))).toBe(STATUS_FAILURE_UNKNOWN);
    expect(read(pp, vs, register)).toBe(before);
  });

  test("the number behind the last is none", () => {
    expect(write(pp, vs, NAMES.length + 1, 0n)).toBe(STATUS_INVALID_INPUT_REG2);
    expect(status(pp, SYSCALL_VS_READ, HANDLE, vs, 0n)).toBe(STATUS_INVALID_INPUT_REG2);
  });
});

test("a new VS is all zero, but for what must not be", () => {
  const { pp } = inBootstrap(OPTIONS);
  const vs = call(pp, SYSCALL_VS_CREATE, HANDLE, call(pp, abi.SYSCALL_VP_CREATE, HANDLE, 0n), 0n);
  const nonzero = NAMES.flatMap(([register, name]) => {
    const encoding = VMCS_FIELDS[name];
    if (isMissing(name) || (encoding !== undefined && isReadOnly(encoding))) return [];
    const value = read(pp, vs, register);
    return value === 0n ? [] : [[name, value]];
  });
  expect(Object.fromEntries(nonzero)).toEqual({
    PIN_BASED_VM_EXECUTION_CTLS: 0x3en,
    PRIMARY_PROC_BASED_VM_EXECUTION_CTLS: 0x8400_6172n,
    VMEXIT_CTLS: 0x3f_6fffn,
    VMENTRY_CTLS: 0xd1ffn,
    VMCS_LINK_POINTER: 0xffff_ffff_ffff_ffffn,
    CR0: 0x20n,
    CR4: 0x2000n,
    CR4_GUEST_HOST_MASK: 0x2000n,
    XCR0: 1n,
  });
});

describe("a value at which the entry would fault", () => {
  test.each([
    ["LSTAR", 0x8000_0000_0000n],
    ["CSTAR", 0xffff_7fff_ffff_ffffn],
    ["KERNEL_GS_BASE", 1n << 60n],
    ["FMASK", 1n << 32n],
    ["DR6", 1n << 32n],
  ])("is refused: %s", (name, value) => {
    for (const { pp } of [inVmexit(OPTIONS), inBootstrap(OPTIONS)]) {
      const vs = pp.tcb.get("vsid") === 0n ? 0n : makeRootVs(pp);
      const before = read(pp, vs, number(name));
      expect(write(pp, vs, number(name), value)).toBe(STATUS_FAILURE_UNKNOWN);
      expect(read(pp, vs, number(name))).toBe(before);
    }
  });
});

test("a new VPID's translations are dropped before it is used", () => {
  const { pp } = inVmexit(OPTIONS);
  pp.processor.flushes.length = 0;
  write(pp, 0n, INTEL_REG_VIRTUAL_PROCESSOR_IDENTIFIER, 7n);
  // The kernel's own identifier: see address-spaces.test.ts
  expect(pp.processor.flushes).toEqual(["VPID 1"]);
});
