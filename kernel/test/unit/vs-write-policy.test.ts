// What an extension of version 2 may not write into a VS: addresses of structures, and what makes use of them

import {
  AMD_REG_AVIC_APIC_BACKING_PAGE_PTR,
  AMD_REG_AVIC_APIC_BAR,
  AMD_REG_AVIC_LOGICAL_TABLE_PTR,
  AMD_REG_AVIC_PHYSICAL_TABLE_PTR,
  AMD_REG_CTLS1,
  AMD_REG_CTLS2,
  AMD_REG_GUEST_PA_OF_GHCB,
  AMD_REG_IOPM_BASE_PA,
  AMD_REG_MSRPM_BASE_PA,
  AMD_REG_N_CR3,
  AMD_REG_RIP,
  AMD_REG_VIRTUAL_INTERRUPT_A,
  AMD_REG_VMSA_PTR,
  AMD_REG_XCR0,
  STATUS_INVALID_PERM_DENIED,
  STATUS_SUCCESS,
  SYSCALL_NESTED_ATTACH,
  SYSCALL_NESTED_CREATE,
  SYSCALL_VP_CREATE,
  SYSCALL_VS_CREATE,
  SYSCALL_VS_WRITE,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { exampleExtension } from "../machine/example-extension.ts";
import { call, HANDLE, inBootstrap, type Scene, status } from "../machine/extension-life.ts";

const extension = exampleExtension({ versions: 6 });

function withVs(version: bigint) {
  const { pp }: Scene = inBootstrap({ extension }, version);
  const vp = call(pp, SYSCALL_VP_CREATE, HANDLE, 0n);
  const vs = call(pp, SYSCALL_VS_CREATE, HANDLE, vp, 0n);
  const write = (register: number, value: bigint) => status(pp, SYSCALL_VS_WRITE, HANDLE, vs, BigInt(register), value);
  return { pp, vs, write };
}

const ADDRESSES = {
  iopm: AMD_REG_IOPM_BASE_PA,
  msrpm: AMD_REG_MSRPM_BASE_PA,
  avicBar: AMD_REG_AVIC_APIC_BAR,
  ghcb: AMD_REG_GUEST_PA_OF_GHCB,
  nCr3: AMD_REG_N_CR3,
  avicPage: AMD_REG_AVIC_APIC_BACKING_PAGE_PTR,
  avicLogical: AMD_REG_AVIC_LOGICAL_TABLE_PTR,
  avicPhysical: AMD_REG_AVIC_PHYSICAL_TABLE_PTR,
  vmsa: AMD_REG_VMSA_PTR,
};

describe("vs_write", () => {
  test.each(Object.entries(ADDRESSES))("of %s is denied to version 2 alone", (_, register) => {
    expect(withVs(4n).write(register, 0x1234_5000n)).toBe(STATUS_INVALID_PERM_DENIED);
    expect(withVs(2n).write(register, 0x1234_5000n)).toBe(STATUS_SUCCESS);
  });

  test("denies what would use a structure that is not attached", () => {
    const { write } = withVs(4n);
    expect(write(AMD_REG_CTLS1, 1n)).toBe(STATUS_INVALID_PERM_DENIED);
    expect(write(AMD_REG_CTLS1, 2n)).toBe(STATUS_INVALID_PERM_DENIED);
    expect(write(AMD_REG_CTLS1, 8n)).toBe(STATUS_SUCCESS);
    expect(write(AMD_REG_CTLS2, 2n)).toBe(STATUS_INVALID_PERM_DENIED);
    expect(write(AMD_REG_CTLS2, 1n)).toBe(STATUS_SUCCESS);
    expect(write(AMD_REG_VIRTUAL_INTERRUPT_A, 1n << 31n)).toBe(STATUS_INVALID_PERM_DENIED);
    expect(write(AMD_REG_VIRTUAL_INTERRUPT_A, 1n << 8n)).toBe(STATUS_SUCCESS);
    for (const register of [AMD_REG_RIP, AMD_REG_XCR0]) expect(write(register, 7n)).toBe(STATUS_SUCCESS);
  });

  test("allows it while it is", () => {
    const { pp, vs, write } = withVs(4n);
    call(pp, SYSCALL_NESTED_ATTACH, HANDLE, call(pp, SYSCALL_NESTED_CREATE, HANDLE, 0n), vs);
    // Neither off nor, without the call, on
    expect(write(AMD_REG_CTLS1, 0n)).toBe(STATUS_INVALID_PERM_DENIED);
    expect(write(AMD_REG_CTLS1, 1n)).toBe(STATUS_SUCCESS);
    expect(write(AMD_REG_CTLS2, 2n)).toBe(STATUS_SUCCESS);
  });
});
