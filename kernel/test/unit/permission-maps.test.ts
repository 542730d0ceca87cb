// Group 11: permission maps as AMD's processors read them (APM volume 2, 15.10 and 15.11)

import {
  AMD_REG_INTERCEPT_INSTRUCTION1,
  AMD_REG_IOPM_BASE_PA,
  AMD_REG_MSRPM_BASE_PA,
  MAP_ACCESSES,
  MAP_ALWAYS,
  MAP_IO,
  MAP_MSR,
  MAP_READS,
  MAP_WRITES,
  STATUS_FAILURE_UNKNOWN,
  STATUS_INVALID_INPUT_REG1,
  STATUS_INVALID_INPUT_REG2,
  STATUS_INVALID_INPUT_REG3,
  STATUS_INVALID_INPUT_REG4,
  SYSCALL_MAP_ATTACH,
  SYSCALL_MAP_CREATE,
  SYSCALL_MAP_DESTROY,
  SYSCALL_MAP_DETACH,
  SYSCALL_MAP_PASS,
  SYSCALL_MAP_QUERY,
  SYSCALL_MAP_TRAP,
  SYSCALL_VP_CREATE,
  SYSCALL_VS_CREATE,
  SYSCALL_VS_DESTROY,
  SYSCALL_VS_READ,
  SYSCALL_VS_SET_ACTIVE,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { exampleExtension } from "../machine/example-extension.ts";
import { bootNext, call, HANDLE, inBootstrap, type Scene, status } from "../machine/extension-life.ts";
import { usedPages } from "./page-pool.ts";

const extension = exampleExtension({ versions: 6 });
const inBootstrap2 = (): Scene => inBootstrap({ extension }, 4n);
const [MSR, IO] = [BigInt(MAP_MSR), BigInt(MAP_IO)];
const [READS, WRITES, BOTH] = [BigInt(MAP_READS), BigInt(MAP_WRITES), BigInt(MAP_ACCESSES)];

const create = ({ pp }: Scene, kind: bigint) => call(pp, SYSCALL_MAP_CREATE, HANDLE, kind);
const trap = ({ pp }: Scene, map: bigint, first: bigint, last: bigint, accesses = BOTH) =>
  call(pp, SYSCALL_MAP_TRAP, HANDLE, map, first, last, accesses);
const pass = ({ pp }: Scene, map: bigint, first: bigint, last: bigint, accesses = BOTH) =>
  call(pp, SYSCALL_MAP_PASS, HANDLE, map, first, last, accesses);
const query = ({ pp }: Scene, map: bigint, number: bigint) => call(pp, SYSCALL_MAP_QUERY, HANDLE, map, number);

function makeVs({ pp }: Scene): bigint {
  const vp = call(pp, SYSCALL_VP_CREATE, HANDLE, 0n);
  return call(pp, SYSCALL_VS_CREATE, HANDLE, vp, 0n);
}

/** The map's bytes, where the VMCB of a VS that has it says. */
function bytesOf(scene: Scene, map: bigint, register: number, size: number): Uint8Array {
  const vs = makeVs(scene);
  call(scene.pp, SYSCALL_MAP_ATTACH, HANDLE, map, vs);
  const physical = call(scene.pp, SYSCALL_VS_READ, HANDLE, vs, BigInt(register));
  call(scene.pp, SYSCALL_VS_DESTROY, HANDLE, vs);
  return scene.machine.physical.read(physical, size);
}

/** Offsets of bytes that are not zero, with their values. */
const nonzero = (bytes: Uint8Array) => [...bytes.entries()].filter(([, byte]) => byte !== 0);

describe("a map of MSRs", () => {
  test("has two bits for each, in three ranges", () => {
    const scene = inBootstrap2();
    const map = create(scene, MSR);
    expect(trap(scene, map, 0x1bn, 0x1bn, READS)).toBe(0n);
    expect(trap(scene, map, 0xc000_0082n, 0xc000_0083n, WRITES)).toBe(0n);
    expect(trap(scene, map, 0xc001_1fffn, 0xc001_1fffn)).toBe(0n);
    expect(nonzero(bytesOf(scene, map, AMD_REG_MSRPM_BASE_PA, 0x2000))).toEqual([
      // Reads of APIC_BASE; its writes exit always, as do those of all in guarded-msrs.ts
      [6, 0xc0],
      // XSS
      [0x368, 2],
      // EFER exits always, HWCR, VM_CR and VM_HSAVE_PA too
      [0x820, 0xa3],
      [0x841, 0x28],
      [0x1004, 2],
      [0x1005, 0xac],
      [0x1006, 0x2a],
      [0x1007, 8],
      [0x1016, 2],
      [0x1044, 0xa8],
      [0x1045, 0xc3],
      [0x104c, 0xa0],
      [0x104d, 0xaa],
      [0x104e, 2],
      [0x17ff, 0xc0],
      // What was asked for of APIC_BASE
      [0x1900, 1],
    ]);
  });

  test("changes long ranges, and tells how many have no bits", () => {
    const scene = inBootstrap2();
    const map = create(scene, MSR);
    expect(trap(scene, map, 0n, 0xffff_ffffn)).toBe((1n << 32n) - 3n * 0x2000n);
    expect(bytesOf(scene, map, AMD_REG_MSRPM_BASE_PA, 0x1800)).toEqual(new Uint8Array(0x1800).fill(0xff));
    expect(pass(scene, map, 1n, 0x1ffen, WRITES)).toBe(0n);
    const first = bytesOf(scene, map, AMD_REG_MSRPM_BASE_PA, 0x800);
    expect([first[0], first[1], first[0x7fe], first[0x7ff]]).toEqual([0x57, 0x55, 0x55, 0xd5]);
    expect(pass(scene, map, 0x1ffen, 0x2001n)).toBe(2n);
  });

  test("says which accesses exit", () => {
    const scene = inBootstrap2();
    const map = create(scene, MSR);
    trap(scene, map, 0x10n, 0x11n, READS);
    trap(scene, map, 0x11n, 0x12n, WRITES);
    const each = [0xfn, 0x10n, 0x11n, 0x12n].map((msr) => query(scene, map, msr));
    expect(each).toEqual([0n, READS, BOTH, WRITES]);
    for (const msr of [0x2000n, 0xbfff_ffffn, 0xc000_2000n, 0xc001_2000n, 0xffff_ffffn]) {
      expect(query(scene, map, msr)).toBe(BOTH | BigInt(MAP_ALWAYS));
    }
  });
});

test.each([
  ["EFER", 0xc000_0080n],
  ["HWCR", 0xc001_0015n],
  ["VM_CR", 0xc001_0114n],
  ["VM_HSAVE_PA", 0xc001_0117n],
])("a map of MSRs keeps what the extension asked for %s, which exits in any case", (_, msr) => {
  const scene = inBootstrap2();
  const map = create(scene, MSR);
  const beside = () => [msr - 1n, msr, msr + 1n].map((index) => query(scene, map, index));
  expect(beside()).toEqual([0n, 0n, 0n]);
  trap(scene, map, msr, msr, READS);
  expect(beside()).toEqual([0n, READS, 0n]);
  trap(scene, map, msr, msr, WRITES);
  pass(scene, map, msr, msr, READS);
  expect(beside()).toEqual([0n, WRITES, 0n]);
  const offset = Number(0x800n * (msr < 0xc001_0000n ? 1n : 2n) + (msr & 0xffffn) / 4n);
  const byte = bytesOf(scene, map, AMD_REG_MSRPM_BASE_PA, 0x2000)[offset] ?? 0;
  expect((byte >> Number((msr % 4n) * 2n)) & 3).toBe(3);
});

describe("a map of ports", () => {
  test("has a bit for each", () => {
    const scene = inBootstrap2();
    const map = create(scene, IO);
    trap(scene, map, 0x70n, 0x71n);
    trap(scene, map, 0xfff0n, 0xffffn, READS);
    pass(scene, map, 0xfff8n, 0xfff8n);
    expect(nonzero(bytesOf(scene, map, AMD_REG_IOPM_BASE_PA, 0x3000))).toEqual([
      [14, 3],
      [0x1ffe, 0xff],
      [0x1fff, 0xfe],
    ]);
    expect([query(scene, map, 0x71n), query(scene, map, 0x72n)]).toEqual([BOTH, 0n]);
  });
});

describe("map calls", () => {
  test("check their arguments in order", () => {
    const scene = inBootstrap2();
    const { pp } = scene;
    expect(status(pp, SYSCALL_MAP_CREATE, HANDLE, 2n)).toBe(STATUS_INVALID_INPUT_REG1);
    const [msrs, ports] = [create(scene, MSR), create(scene, IO)];
    for (const number of [SYSCALL_MAP_TRAP, SYSCALL_MAP_PASS]) {
      expect(status(pp, number, HANDLE, 7n, 0n, 0n, 1n)).toBe(STATUS_INVALID_INPUT_REG1);
      expect(status(pp, number, HANDLE, ports, 0x1_0000n, 0n, 1n)).toBe(STATUS_INVALID_INPUT_REG2);
      expect(status(pp, number, HANDLE, msrs, 1n << 32n, 0n, 1n)).toBe(STATUS_INVALID_INPUT_REG2);
      expect(status(pp, number, HANDLE, ports, 8n, 7n, 1n)).toBe(STATUS_INVALID_INPUT_REG3);
      expect(status(pp, number, HANDLE, ports, 8n, 0x1_0000n, 1n)).toBe(STATUS_INVALID_INPUT_REG3);
      expect(status(pp, number, HANDLE, ports, 8n, 8n, 0n)).toBe(STATUS_INVALID_INPUT_REG4);
      expect(status(pp, number, HANDLE, msrs, 8n, 8n, 4n)).toBe(STATUS_INVALID_INPUT_REG4);
    }
    const vs = makeVs(scene);
    for (const number of [SYSCALL_MAP_ATTACH, SYSCALL_MAP_DETACH]) {
      expect(status(pp, number, HANDLE, 7n, vs)).toBe(STATUS_INVALID_INPUT_REG1);
      expect(status(pp, number, HANDLE, 7n, 9n)).toBe(STATUS_INVALID_INPUT_REG1);
      expect(status(pp, number, HANDLE, msrs, 9n)).toBe(STATUS_INVALID_INPUT_REG2);
    }
    for (const number of [SYSCALL_MAP_QUERY, SYSCALL_MAP_DESTROY]) {
      expect(status(pp, number, HANDLE, 7n, 0n)).toBe(STATUS_INVALID_INPUT_REG1);
    }
    expect(status(pp, SYSCALL_MAP_QUERY, HANDLE, ports, 0x1_0000n)).toBe(STATUS_INVALID_INPUT_REG2);
    expect(status(pp, SYSCALL_MAP_ATTACH, HANDLE, msrs, 9n)).toBe(STATUS_INVALID_INPUT_REG2);
  });

  test("attach a map of each kind, and take it back", () => {
    const scene = inBootstrap2();
    const { pp } = scene;
    const vs = makeVs(scene);
    const [msrs, ports, other] = [create(scene, MSR), create(scene, IO), create(scene, MSR)];
    const read = (register: number) => call(pp, SYSCALL_VS_READ, HANDLE, vs, BigInt(register));
    call(pp, SYSCALL_MAP_ATTACH, HANDLE, msrs, vs);
    call(pp, SYSCALL_MAP_ATTACH, HANDLE, ports, vs);
    expect(read(AMD_REG_INTERCEPT_INSTRUCTION1)).toBe(0x1800_0000n);
    const first = read(AMD_REG_MSRPM_BASE_PA);
    call(pp, SYSCALL_MAP_ATTACH, HANDLE, other, vs);
    expect(read(AMD_REG_MSRPM_BASE_PA)).not.toBe(first);
    expect(status(pp, SYSCALL_MAP_DETACH, HANDLE, msrs, vs)).toBe(STATUS_FAILURE_UNKNOWN);
    expect(status(pp, SYSCALL_MAP_DESTROY, HANDLE, other)).toBe(STATUS_FAILURE_UNKNOWN);
    call(pp, SYSCALL_MAP_DETACH, HANDLE, other, vs);
    expect([read(AMD_REG_INTERCEPT_INSTRUCTION1), read(AMD_REG_MSRPM_BASE_PA)]).toEqual([0x800_0000n, 0n]);
    call(pp, SYSCALL_MAP_DETACH, HANDLE, ports, vs);
    expect(read(AMD_REG_INTERCEPT_INSTRUCTION1)).toBe(0n);
  });

  test("stay with a VS that is active on another processor", () => {
    const scene = inBootstrap({ extension, ppCount: 2 }, 4n);
    const { machine, pp } = scene;
    const map = create(scene, MSR);
    const vp = call(pp, SYSCALL_VP_CREATE, HANDLE, 0n);
    const vs = call(pp, SYSCALL_VS_CREATE, HANDLE, vp, 0n);
    const second = bootNext(machine, 1);
    call(second, SYSCALL_MAP_ATTACH, HANDLE, map, vs);
    call(pp, SYSCALL_VS_SET_ACTIVE, HANDLE, 0n, vp, vs);
    for (const number of [SYSCALL_MAP_ATTACH, SYSCALL_MAP_DETACH]) {
      expect(status(second, number, HANDLE, map, vs)).toBe(STATUS_FAILURE_UNKNOWN);
    }
    call(pp, SYSCALL_MAP_DETACH, HANDLE, map, vs);
  });

  test("give every page back", () => {
    const scene = inBootstrap2();
    const vs = makeVs(scene);
    // The first map makes a page of the kernel's objects, which stays
    call(scene.pp, SYSCALL_MAP_DESTROY, HANDLE, create(scene, MSR));
    const before = usedPages(scene.machine);
    const both = [create(scene, MSR), create(scene, IO)];
    expect(usedPages(scene.machine)).toBe(before + 2 + 4);
    for (const map of both) call(scene.pp, SYSCALL_MAP_ATTACH, HANDLE, map, vs);
    call(scene.pp, SYSCALL_VS_DESTROY, HANDLE, vs);
    for (const map of both) call(scene.pp, SYSCALL_MAP_DESTROY, HANDLE, map);
    expect(usedPages(scene.machine)).toBeLessThanOrEqual(before);
    expect(status(scene.pp, SYSCALL_MAP_DESTROY, HANDLE, both[0] ?? 0n)).toBe(STATUS_INVALID_INPUT_REG1);
  });
});
