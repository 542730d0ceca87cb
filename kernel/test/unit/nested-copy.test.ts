// nested_copy: between an extension's own memory and what nested page tables show

import {
  DIRECT_BASE,
  EXT_CODE_BASE,
  EXT_DIRECT_BASE,
  EXT_POOL_BASE,
  KERNEL_IMAGE_BASE,
  KERNEL_MEMORY_BASE,
  NESTED_COPY_FROM_VM,
  NESTED_COPY_TO_VM,
  NESTED_FOR_ROOT,
  NESTED_OWN_BLANK,
  NESTED_PAGE_4K,
  NESTED_READ,
  NESTED_RIGHTS,
  NESTED_WRITE_BACK,
  PP_AREA_BASE,
  PP_WINDOW,
  STATUS_FAILURE_INVALID_HANDLE,
  STATUS_FAILURE_UNKNOWN,
  STATUS_FAILURE_UNSUPPORTED,
  STATUS_INVALID_INPUT_REG1,
  STATUS_INVALID_INPUT_REG2,
  STATUS_INVALID_INPUT_REG3,
  STATUS_INVALID_INPUT_REG4,
  STATUS_INVALID_INPUT_REG5,
  STATUS_SUCCESS,
  SYSCALL_MEM_ALLOC_HUGE,
  SYSCALL_MEM_ALLOC_PAGE,
  SYSCALL_NESTED_COPY,
  SYSCALL_NESTED_CREATE,
  SYSCALL_NESTED_IDENTITY,
  SYSCALL_NESTED_MAP,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { exampleExtension } from "../machine/example-extension.ts";
import { call, HANDLE, inBootstrap, type Scene, status } from "../machine/extension-life.ts";
import { usedPages } from "./page-pool.ts";

const extension = exampleExtension({ versions: 6 });

const PAGE = 0x1000n;
/** What a call copies at most. */
const MOST = 0x4000n;
const WB = BigInt(NESTED_WRITE_BACK);
const ALL = BigInt(NESTED_RIGHTS) | WB;
const FROM = BigInt(NESTED_COPY_FROM_VM);
const TO = BigInt(NESTED_COPY_TO_VM);
/** Memory of the operating system, and where the VM sees it; the debug ring. */
const FOREIGN = 0x7654_3000n;
const GUEST = 0x10_0000n;
const RING = 0x5_0000_0000n;
const GUEST_END = 1n << 48n;

interface Copying extends Scene {
  readonly nested: bigint;
  /** Eight pages of the extension's own: their address for it, and their physical one. */
  readonly buffer: bigint;
  readonly own: bigint;
}

/** Tables that show eight pages of the operating system's, and a buffer of as many. */
function copying(flags = ALL): Copying {
  const scene = inBootstrap({ extension }, 4n);
  const { pp, machine } = scene;
  const nested = call(pp, SYSCALL_NESTED_CREATE, HANDLE, 0n);
  call(pp, SYSCALL_NESTED_MAP, HANDLE, nested, GUEST, FOREIGN, 8n * PAGE, flags);
  const buffer = call(pp, SYSCALL_MEM_ALLOC_HUGE, HANDLE, 8n * PAGE);
  const own = pp.registers[1] ?? 0n;
  machine.physical.add(Number(FOREIGN), 8 * 4096);
  machine.physical.write(FOREIGN, bytes(8 * 4096, 3));
  return { ...scene, nested, buffer, own };
}

/** Bytes that tell where they are. */
const bytes = (count: number, seed: number) =>
  Uint8Array.from({ length: count }, (_, i) => (i * 7 + (i >> 8) + seed) & 0xff);

function copy({ pp, nested }: Copying, guest: bigint, buffer: bigint, count: bigint, direction: bigint) {
  const result = status(pp, SYSCALL_NESTED_COPY, HANDLE, nested, guest, buffer, count, direction);
  return { status: result, done: result === STATUS_SUCCESS ? pp.registers[0] : undefined };
}

const done = (count: bigint) => ({ status: STATUS_SUCCESS, done: count });
const failed = (why: bigint) => ({ status: why, done: undefined });

describe("nested_copy", () => {
  test("copies what a VM sees, across the borders of pages on both sides, and nothing else", () => {
    const scene = copying();
    const { machine, buffer, own } = scene;
    expect(copy(scene, GUEST + 0xff3n, buffer + 0x7fdn, 0x1234n, FROM)).toEqual(done(0x1234n));
    const found = machine.physical.read(own, 0x3000);
    expect(found.slice(0x7fd, 0x7fd + 0x1234)).toEqual(machine.physical.read(FOREIGN + 0xff3n, 0x1234));
    expect([...found.slice(0, 0x7fd), ...found.slice(0x7fd + 0x1234)].every((byte) => byte === 0)).toBe(true);
  });

  test("copies to where a VM may write", () => {
    const scene = copying();
    const { machine, buffer, own } = scene;
    const before = machine.physical.read(FOREIGN, 0x3000);
    machine.physical.write(own, bytes(0x2000, 99));
    expect(copy(scene, GUEST + 0x10n, buffer + 5n, 0x1800n, TO)).toEqual(done(0x1800n));
    const after = machine.physical.read(FOREIGN, 0x3000);
    expect(after.slice(0x10, 0x1810)).toEqual(bytes(0x2000, 99).slice(5, 0x1805));
    expect(after.slice(0, 0x10)).toEqual(before.slice(0, 0x10));
    expect(after.slice(0x1810)).toEqual(before.slice(0x1810));
  });

  test("does a bounded part, and leaves nothing mapped", () => {
    const scene = copying();
    const { machine, buffer } = scene;
    const used = usedPages(machine);
    expect(copy(scene, GUEST, buffer, 8n * PAGE, FROM)).toEqual(done(MOST));
    expect(copy(scene, GUEST + 1n, buffer + 3n, 7n * PAGE, FROM)).toEqual(done(MOST));
    expect(machine.mapping(PP_AREA_BASE + BigInt(PP_WINDOW))).toBeUndefined();
    expect(usedPages(machine)).toBe(used);
  });

  test("stops where the VM sees nothing, and says how far it came", () => {
    const scene = copying();
    const { buffer } = scene;
    expect(copy(scene, GUEST + 7n * PAGE + 0x800n, buffer, PAGE, FROM)).toEqual(done(0x800n));
    expect(copy(scene, GUEST + 8n * PAGE, buffer, PAGE, FROM)).toEqual(failed(STATUS_FAILURE_UNKNOWN));
    expect(copy(scene, GUEST - 1n, buffer, PAGE, FROM)).toEqual(failed(STATUS_FAILURE_UNKNOWN));
  });

  test("stops where the buffer ends, and says how far it came", () => {
    const scene = copying();
    const { buffer } = scene;
    const page = call(scene.pp, SYSCALL_MEM_ALLOC_PAGE, HANDLE);
    const isBehind = page === buffer + 8n * PAGE;
    const last = isBehind ? page : buffer + 7n * PAGE;
    expect(copy(scene, GUEST, last + 0xf00n, PAGE, FROM)).toEqual(done(0x100n));
    expect(copy(scene, GUEST, last + PAGE, PAGE, FROM)).toEqual(failed(STATUS_INVALID_INPUT_REG3));
  });

  test("heeds the VM's rights", () => {
    const scene = copying(BigInt(NESTED_READ) | WB | BigInt(NESTED_PAGE_4K));
    expect(copy(scene, GUEST, scene.buffer, 8n, FROM)).toEqual(done(8n));
    expect(copy(scene, GUEST, scene.buffer, 8n, TO)).toEqual(failed(STATUS_FAILURE_UNKNOWN));
    const hidden = copying(WB);
    expect(copy(hidden, GUEST, hidden.buffer, 8n, FROM)).toEqual(failed(STATUS_FAILURE_UNKNOWN));
  });

  test("reaches pages of the extension's own that a VM sees", () => {
    const scene = copying();
    const { pp, machine, nested, buffer } = scene;
    call(pp, SYSCALL_MEM_ALLOC_PAGE, HANDLE);
    const shown = pp.registers[1] ?? 0n;
    call(pp, SYSCALL_NESTED_MAP, HANDLE, nested, 0n, shown, PAGE, ALL);
    machine.physical.write(scene.own, bytes(16, 1));
    expect(copy(scene, 0xff0n, buffer, 16n, TO)).toEqual(done(16n));
    expect(machine.physical.read(shown + 0xff0n, 16)).toEqual(bytes(16, 1));
  });

  test("finds of the hypervisor's pages zeroes, which nobody writes, or nothing", () => {
    const scene = copying();
    const { pp, machine, buffer, own } = scene;
    const root = call(pp, SYSCALL_NESTED_CREATE, HANDLE, BigInt(NESTED_FOR_ROOT));
    const tables = { ...scene, nested: root };
    const page = own & ~0xfffn;
    call(pp, SYSCALL_NESTED_IDENTITY, HANDLE, root, page, PAGE, ALL | BigInt(NESTED_OWN_BLANK));
    call(pp, SYSCALL_NESTED_IDENTITY, HANDLE, root, RING, PAGE, ALL | BigInt(NESTED_OWN_BLANK));
    machine.physical.write(own, bytes(64, 5));
    expect(copy(tables, page, buffer, 32n, FROM)).toEqual(done(32n));
    expect(machine.physical.read(own, 64)).toEqual(Uint8Array.from([...new Uint8Array(32), ...bytes(64, 5).slice(32)]));
    expect(copy(tables, page, buffer, 32n, TO)).toEqual(failed(STATUS_FAILURE_UNKNOWN));
    // What the operating system shares with the kernel is the kernel's
    expect(copy(tables, RING, buffer, 32n, FROM)).toEqual(failed(STATUS_FAILURE_UNKNOWN));
    expect(copy(tables, RING, buffer, 32n, TO)).toEqual(failed(STATUS_FAILURE_UNKNOWN));
  });

  test.each([
    ["the kernel's image", KERNEL_IMAGE_BASE],
    ["the kernel's data", KERNEL_MEMORY_BASE + 0x1_0000n],
    ["the processor's area", PP_AREA_BASE + 0xf000n],
    ["all memory of the hypervisor's", DIRECT_BASE + 0x1000n],
    ["the direct map", EXT_DIRECT_BASE + FOREIGN],
    ["null", 0n],
    ["no canonical address", 1n << 47n],
    ["the end", (1n << 64n) - 8n],
    ["what is not mapped", EXT_POOL_BASE + FOREIGN],
  ])("refuses a buffer in %s", (_, address) => {
    const scene = copying();
    expect(copy(scene, GUEST, address, 8n, FROM)).toEqual(failed(STATUS_INVALID_INPUT_REG3));
    expect(copy(scene, GUEST, address, 8n, TO)).toEqual(failed(STATUS_INVALID_INPUT_REG3));
  });

  test("writes no code, but reads it", () => {
    const scene = copying();
    expect(copy(scene, GUEST, EXT_CODE_BASE, 8n, FROM)).toEqual(failed(STATUS_INVALID_INPUT_REG3));
    expect(copy(scene, GUEST, EXT_CODE_BASE, 8n, TO)).toEqual(done(8n));
  });

  test("checks its arguments in the order of their registers", () => {
    const scene = copying();
    const { pp, nested, buffer } = scene;
    const copyOf = (...rest: bigint[]) => status(pp, SYSCALL_NESTED_COPY, HANDLE, ...rest);
    expect(status(inBootstrap().pp, SYSCALL_NESTED_COPY, HANDLE)).toBe(STATUS_FAILURE_UNSUPPORTED);
    expect(status(pp, SYSCALL_NESTED_COPY, 7n, nested)).toBe(STATUS_FAILURE_INVALID_HANDLE);
    expect(copyOf(nested + 1n, GUEST_END, 0n, 0n, 2n)).toBe(STATUS_INVALID_INPUT_REG1);
    expect(copyOf(nested, GUEST_END, 0n, 0n, 2n)).toBe(STATUS_INVALID_INPUT_REG2);
    expect(copyOf(nested, GUEST, 0n, 0n, 2n)).toBe(STATUS_INVALID_INPUT_REG3);
    expect(copyOf(nested, GUEST, buffer, 0n, 2n)).toBe(STATUS_INVALID_INPUT_REG4);
    expect(copyOf(nested, GUEST, buffer, GUEST_END - GUEST + 1n, FROM)).toBe(STATUS_INVALID_INPUT_REG4);
    expect(copyOf(nested, GUEST, buffer, (1n << 64n) - 1n, FROM)).toBe(STATUS_INVALID_INPUT_REG4);
    expect(copyOf(nested, GUEST, buffer, 8n, 2n)).toBe(STATUS_INVALID_INPUT_REG5);
    expect(copyOf(nested, GUEST_END - 8n, buffer, 8n, FROM)).toBe(STATUS_FAILURE_UNKNOWN);
  });
});
