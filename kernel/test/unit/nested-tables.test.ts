// Group 10: nested page tables as AMD's processors read them (APM volume 2, 15.25)

import {
  AMD_REG_CTLS1,
  EXT_POOL_BASE,
  NESTED_FOR_ROOT,
  NESTED_HAS_1G,
  NESTED_HAS_TRACKING,
  NESTED_MACHINE,
  NESTED_OWN_ABSENT,
  NESTED_OWN_BLANK,
  NESTED_PAGE_1G,
  NESTED_PAGE_2M,
  NESTED_PAGE_4K,
  NESTED_RIGHTS,
  NESTED_WRITE_BACK,
  NESTED_WRITE_COMBINING,
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
  SYSCALL_MEM_FREE_HUGE,
  SYSCALL_MEM_FREE_PAGE,
  SYSCALL_NESTED_ATTACH,
  SYSCALL_NESTED_CREATE,
  SYSCALL_NESTED_DESTROY,
  SYSCALL_NESTED_DETACH,
  SYSCALL_NESTED_IDENTITY,
  SYSCALL_NESTED_MAP,
  SYSCALL_NESTED_PROTECT,
  SYSCALL_NESTED_TRANSLATE,
  SYSCALL_NESTED_UNMAP,
  SYSCALL_VP_CREATE,
  SYSCALL_VS_CREATE,
  SYSCALL_VS_DESTROY,
  SYSCALL_VS_READ,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { exampleExtension } from "../machine/example-extension.ts";
import { call, HANDLE, inBootstrap, makeRootVs, type Scene, status } from "../machine/extension-life.ts";
import type { LoaderOptions } from "../machine/loader.ts";
import { entryAt, nestedEntries } from "../machine/nested-walk.ts";
import { usedPages } from "./page-pool.ts";

const extension = exampleExtension({ versions: 6 });
const inBootstrap2 = (options: Partial<LoaderOptions> = {}): Scene => inBootstrap({ extension, ...options }, 4n);

const PAGE = 0x1000n;
const MIB = 1n << 20n;
const GIB = 1n << 30n;
const READ = 1n;
const ALL = BigInt(NESTED_RIGHTS);
const WB = BigInt(NESTED_WRITE_BACK);
/** Memory of the operating system; the debug ring, and a chunk of the hypervisor's (test/machine/loader.ts). */
const FOREIGN = 0x7654_3000n;
const RING = 0x5_0000_0000n;
const CHUNK = { base: 0x1_2340_0000n, bytes: 0x10_0000n };

/** Bits of entries: PRESENT, WRITABLE, USER, accessed and dirty, LARGE, the kernel's own marks, NO_EXECUTE. */
const TABLE = 0x67n;
const LARGE = 1n << 7n;
const MAPPED = 1n << 52n;
const COUNTED = 1n << 53n;
const BLANK = 1n << 54n;
const NO_EXECUTE = 1n << 63n;

const create = ({ pp }: Scene, flags = 0n) => call(pp, SYSCALL_NESTED_CREATE, HANDLE, flags);

/** A range call, made until the range is done. */
function whole({ pp }: Scene, number: number, nested: bigint, guest: bigint, bytes: bigint, ...rest: bigint[]): number {
  const host = number === SYSCALL_NESTED_MAP ? rest.shift() : undefined;
  let calls = 0;
  for (let done = 0n; done < bytes; calls++) {
    const left = host === undefined ? [bytes - done] : [host + done, bytes - done];
    done += call(pp, number, HANDLE, nested, guest + done, ...left, ...rest);
  }
  return calls;
}

const map = (scene: Scene, nested: bigint, guest: bigint, host: bigint, bytes: bigint, flags = ALL | WB) =>
  whole(scene, SYSCALL_NESTED_MAP, nested, guest, bytes, host, flags);
const identity = (scene: Scene, nested: bigint, bytes: bigint, flags: bigint | number = ALL) =>
  whole(scene, SYSCALL_NESTED_IDENTITY, nested, 0n, bytes, BigInt(flags) | WB);
const protect = (scene: Scene, nested: bigint, guest: bigint, bytes: bigint, rights: bigint) =>
  whole(scene, SYSCALL_NESTED_PROTECT, nested, guest, bytes, rights);
const unmap = (scene: Scene, nested: bigint, guest: bigint, bytes: bigint) =>
  whole(scene, SYSCALL_NESTED_UNMAP, nested, guest, bytes);

/** Host address and flags, or undefined. */
function translate({ pp }: Scene, nested: bigint, guest: bigint): [bigint, bigint] | undefined {
  const result = status(pp, SYSCALL_NESTED_TRANSLATE, HANDLE, nested, guest);
  if (result === STATUS_FAILURE_UNKNOWN) return undefined;
  expect(result).toBe(STATUS_SUCCESS);
  return [pp.registers[0] ?? 0n, pp.registers[1] ?? 0n];
}

function destroy({ pp }: Scene, nested: bigint): number {
  let calls = 1;
  while (call(pp, SYSCALL_NESTED_DESTROY, HANDLE, nested) !== 0n) calls++;
  return calls;
}

/** The tables' root, as the VMCB of a VS that has them says. */
function rootOf(scene: Scene, nested: bigint): bigint {
  const { pp, machine } = scene;
  const vp = call(pp, SYSCALL_VP_CREATE, HANDLE, 0n);
  const vs = call(pp, SYSCALL_VS_CREATE, HANDLE, vp, 0n);
  call(pp, SYSCALL_NESTED_ATTACH, HANDLE, nested, vs);
  const root = call(pp, SYSCALL_VS_READ, HANDLE, vs, 40n);
  call(pp, SYSCALL_VS_DESTROY, HANDLE, vs);
  expect(root % PAGE).toBe(0n);
  expect(machine.physical.read(root, 8)).toBeDefined();
  return root;
}

describe("nested_create", () => {
  test("is for version 2 alone, and wants the handle and known flags", () => {
    const old = inBootstrap();
    expect(status(old.pp, SYSCALL_NESTED_CREATE, HANDLE, 0n)).toBe(STATUS_FAILURE_UNSUPPORTED);
    const { pp } = inBootstrap2();
    expect(status(pp, SYSCALL_NESTED_CREATE, 7n, 0n)).toBe(STATUS_FAILURE_INVALID_HANDLE);
    expect(status(pp, SYSCALL_NESTED_CREATE, HANDLE, 4n)).toBe(STATUS_INVALID_INPUT_REG1);
  });

  test("tells what the processor can", () => {
    const { pp } = inBootstrap2();
    call(pp, SYSCALL_NESTED_CREATE, HANDLE, 0n);
    expect(pp.registers[1]).toBe(BigInt(NESTED_HAS_1G | NESTED_HAS_TRACKING));
  });

  test("gives as many as there is memory for, each with a page of its own", () => {
    const scene = inBootstrap2();
    destroy(scene, create(scene));
    const before = usedPages(scene.machine);
    const made = Array.from({ length: 300 }, () => create(scene));
    expect(new Set(made.map((tables) => tables & 0xffffn)).size).toBe(made.length);
    // Thirty-two in a page
    expect(usedPages(scene.machine)).toBe(before + made.length + Math.ceil(made.length / 32) - 1);
    for (const tables of made) destroy(scene, tables);
    scene.pp.emptyReserves();
    expect(usedPages(scene.machine)).toBe(before);
    // Another generation
    expect(create(scene) >> 16n).toBeGreaterThan(0n);
  });
});

describe("nested_map", () => {
  test("writes entries of a long mode page table for users, with their rights", () => {
    const scene = inBootstrap2();
    const nested = create(scene);
    map(scene, nested, 0x5000n, FOREIGN, PAGE);
    map(scene, nested, 0x6000n, FOREIGN, PAGE, READ | WB);
    map(scene, nested, 0x7000n, FOREIGN, PAGE, READ | 4n | WB);
    map(scene, nested, 0x8000n, FOREIGN, PAGE, WB);
    const root = rootOf(scene, nested);
    const { physical } = scene.machine;
    expect(entryAt(physical, root, 0x5000n, 4) & 0xfffn).toBe(TABLE);
    expect(entryAt(physical, root, 0x5000n, 3) & 0xfffn).toBe(TABLE);
    expect(entryAt(physical, root, 0x5000n, 2) & 0xfffn).toBe(TABLE);
    expect(entryAt(physical, root, 0x5000n, 1)).toBe(FOREIGN | MAPPED | 0x67n);
    expect(entryAt(physical, root, 0x6000n, 1)).toBe(FOREIGN | MAPPED | NO_EXECUTE | 0x65n);
    expect(entryAt(physical, root, 0x7000n, 1)).toBe(FOREIGN | MAPPED | 0x65n);
    expect(entryAt(physical, root, 0x8000n, 1)).toBe(FOREIGN | MAPPED | NO_EXECUTE | 0x64n);
    expect(entryAt(physical, root, 0x9000n, 1)).toBe(0n);
  });

  test("takes the largest pages that fit, and those that are allowed", () => {
    const scene = inBootstrap2();
    const nested = create(scene);
    map(scene, nested, GIB, 4n * GIB * 16n, GIB);
    map(scene, nested, 2n * GIB, 8n * MIB, 4n * MIB);
    map(scene, nested, 3n * GIB, 65n * GIB, 2n * MIB, ALL | WB | BigInt(NESTED_PAGE_4K));
    map(scene, nested, 4n * GIB, 66n * GIB, GIB, ALL | WB | BigInt(NESTED_PAGE_2M));
    map(scene, nested, 6n * GIB + PAGE, 4n * MIB + PAGE, 4n * MIB);
    const root = rootOf(scene, nested);
    const { physical } = scene.machine;
    expect(entryAt(physical, root, GIB, 3)).toBe((64n * GIB) | MAPPED | LARGE | 0x67n);
    expect(entryAt(physical, root, 2n * GIB + 2n * MIB, 2)).toBe((10n * MIB) | MAPPED | LARGE | 0x67n);
    expect(entryAt(physical, root, 3n * GIB + PAGE, 1)).toBe((65n * GIB + PAGE) | MAPPED | 0x67n);
    expect(entryAt(physical, root, 5n * GIB - PAGE, 2)).toBe((67n * GIB - 2n * MIB) | MAPPED | LARGE | 0x67n);
    // Small pages up to the first large one that fits, and behind the last
    expect(entryAt(physical, root, 6n * GIB + 2n * MIB, 2)).toBe((6n * MIB) | MAPPED | LARGE | 0x67n);
    expect(translate(scene, nested, 6n * GIB + 4n * MIB)?.[1]).toBe(ALL | WB | BigInt(NESTED_PAGE_4K));
    expect(translate(scene, nested, 6n * GIB + 4n * MIB + PAGE)).toBeUndefined();
  });

  test("has no pages of 1 GiB where the processor has none", () => {
    const scene = inBootstrap2({ leaves: [[0x8000_0008, [48, 0, 0, 0]]] });
    const nested = create(scene);
    expect(scene.pp.registers[1]).toBe(BigInt(NESTED_HAS_TRACKING));
    map(scene, nested, 0n, 64n * GIB, GIB);
    expect(translate(scene, nested, 5n)).toEqual([64n * GIB + 5n, ALL | WB | BigInt(NESTED_PAGE_2M)]);
  });

  test("names memory types by the host's PAT", () => {
    const scene = inBootstrap2();
    // Write-back, write-through, uncacheable minus, uncacheable; write-back, write-combining, write-protected, the last
    scene.pp.processor.wrmsr(0x277, 0x0005_0106_0007_0406n);
    const nested = create(scene);
    const types = [0x000n, 0x100n, 0x400n, 0x500n, 0x600n];
    types.forEach((type, index) => {
      map(scene, nested, BigInt(index) * PAGE, FOREIGN, PAGE, ALL | type);
    });
    map(scene, nested, GIB, 64n * GIB, 2n * MIB, ALL | 0x100n);
    map(scene, nested, 2n * GIB, FOREIGN, PAGE, ALL | BigInt(NESTED_MACHINE));
    const root = rootOf(scene, nested);
    const bits = (guest: bigint, level: number) => entryAt(scene.machine.physical, root, guest, level) & 0x1098n;
    // PWT is bit 3, PCD bit 4, PAT bit 7 or in large pages bit 12
    expect(types.map((_, index) => bits(BigInt(index) * PAGE, 1) & 0x98n)).toEqual([0x18n, 0x88n, 0x08n, 0x90n, 0n]);
    expect(bits(GIB, 2)).toBe(0x1088n);
    expect(bits(2n * GIB, 1) & 0x98n).toBe(0n);
    types.forEach((type, index) => {
      expect(translate(scene, nested, BigInt(index) * PAGE)?.[1]).toBe(ALL | type | BigInt(NESTED_PAGE_4K));
    });
    // Split, every part keeps the type
    protect(scene, nested, GIB, PAGE, READ);
    expect(bits(GIB, 1) & 0x98n).toBe(0x88n);
    expect(bits(GIB + PAGE, 1) & 0x98n).toBe(0x88n);
  });

  test.each([
    ["no tables", [9n, 0n, FOREIGN, PAGE, ALL | WB], STATUS_INVALID_INPUT_REG1],
    ["an address that is no page's", [0n, 8n, FOREIGN, PAGE, ALL | WB], STATUS_INVALID_INPUT_REG2],
    ["an address that no four levels reach", [0n, 1n << 48n, FOREIGN, PAGE, ALL | WB], STATUS_INVALID_INPUT_REG2],
    ["host memory that is no page", [0n, 0n, FOREIGN + 1n, PAGE, ALL | WB], STATUS_INVALID_INPUT_REG3],
    ["host memory that cannot be", [0n, 0n, 1n << 48n, PAGE, ALL | WB], STATUS_INVALID_INPUT_REG3],
    ["nothing", [0n, 0n, FOREIGN, 0n, ALL | WB], STATUS_INVALID_INPUT_REG4],
    ["parts of pages", [0n, 0n, FOREIGN, 0x1800n, ALL | WB], STATUS_INVALID_INPUT_REG4],
    ["more than there is", [0n, 0n, FOREIGN, 1n << 48n, ALL | WB], STATUS_INVALID_INPUT_REG4],
    ["a range that wraps", [0n, PAGE, FOREIGN, -PAGE & 0xffff_ffff_ffff_ffffn, ALL | WB], STATUS_INVALID_INPUT_REG4],
    ["unknown flags", [0n, 0n, FOREIGN, PAGE, ALL | WB | 8n], STATUS_INVALID_INPUT_REG5],
    ["what identity has", [0n, 0n, FOREIGN, PAGE, ALL | WB | 0x1000n], STATUS_INVALID_INPUT_REG5],
    ["a right without reading", [0n, 0n, FOREIGN, PAGE, 4n | WB], STATUS_INVALID_INPUT_REG5],
    [
      "a type that the PAT lacks",
      [0n, 0n, FOREIGN, PAGE, ALL | BigInt(NESTED_WRITE_COMBINING)],
      STATUS_INVALID_INPUT_REG5,
    ],
    ["the debug ring", [0n, 0n, RING, PAGE, ALL | WB], STATUS_INVALID_INPUT_REG3],
    ["a page of the hypervisor's", [0n, 0n, CHUNK.base + 5n * PAGE, PAGE, ALL | WB], STATUS_INVALID_INPUT_REG3],
    ["a range that ends in one", [0n, 0n, CHUNK.base - PAGE, 2n * PAGE, ALL | WB], STATUS_INVALID_INPUT_REG3],
    ["a range that holds all of them", [0n, 0n, 0n, 1n << 36n, ALL | WB], STATUS_INVALID_INPUT_REG3],
  ])("refuses %s", (_, registers, expected) => {
    const scene = inBootstrap2();
    scene.pp.processor.wrmsr(0x277, 0x0007_0406_0007_0406n);
    create(scene);
    const before = usedPages(scene.machine);
    expect(status(scene.pp, SYSCALL_NESTED_MAP, HANDLE, ...registers)).toBe(expected);
    expect(usedPages(scene.machine)).toBe(before);
  });

  test("fails when no page is left for a table, and leaves what is there", () => {
    const scene = inBootstrap2({ freePages: 80 });
    const nested = create(scene);
    map(scene, nested, 0n, 64n * GIB, GIB);
    while (status(scene.pp, SYSCALL_MEM_ALLOC_PAGE, HANDLE) === STATUS_SUCCESS);
    expect(status(scene.pp, SYSCALL_NESTED_MAP, HANDLE, nested, GIB, FOREIGN, PAGE, ALL | WB)).toBe(
      STATUS_FAILURE_UNKNOWN,
    );
    expect(status(scene.pp, SYSCALL_NESTED_PROTECT, HANDLE, nested, PAGE, PAGE, READ)).toBe(STATUS_FAILURE_UNKNOWN);
    expect(translate(scene, nested, PAGE)).toEqual([64n * GIB + PAGE, ALL | WB | BigInt(NESTED_PAGE_1G)]);
  });

  test("does a bounded part of a long range", () => {
    const scene = inBootstrap2();
    const nested = create(scene);
    const calls = map(scene, nested, 0n, 64n * GIB, 64n * MIB, ALL | WB | BigInt(NESTED_PAGE_4K));
    expect(calls).toBeGreaterThan(4);
    expect(calls).toBeLessThan(12);
    expect(nestedEntries(scene.machine.physical, rootOf(scene, nested))).toHaveLength(64 * 256);
  });
});

describe("nested_protect", () => {
  test("splits a large page where part of it gets other rights, and nowhere else", () => {
    const scene = inBootstrap2();
    const nested = create(scene, BigInt(NESTED_FOR_ROOT));
    identity(scene, nested, 4n * GIB, ALL | BigInt(NESTED_OWN_BLANK));
    const before = usedPages(scene.machine);
    const page = GIB + 3n * MIB + 5n * PAGE;
    protect(scene, nested, page, PAGE, READ);
    expect(usedPages(scene.machine)).toBe(before + 2);
    expect(translate(scene, nested, page)).toEqual([page, READ | WB | BigInt(NESTED_PAGE_4K)]);
    for (const neighbour of [page - 1n, page + PAGE, page - 2n * MIB, page + 2n * MIB, 2n * GIB]) {
      const [host, flags] = translate(scene, nested, neighbour) ?? [0n, 0n];
      expect([host, flags & 7n]).toEqual([neighbour, ALL]);
    }
    protect(scene, nested, page + PAGE, PAGE, 3n);
    expect(usedPages(scene.machine)).toBe(before + 2);
    // A whole large page needs no split
    protect(scene, nested, 2n * GIB, GIB, READ);
    expect(usedPages(scene.machine)).toBe(before + 2);
    expect(translate(scene, nested, 3n * GIB - 1n)?.[1]).toBe(READ | WB | BigInt(NESTED_PAGE_1G));
  });

  test("keeps the address of a page without rights, so that they can come back", () => {
    const scene = inBootstrap2();
    const nested = create(scene);
    map(scene, nested, 0n, 64n * GIB, 4n * MIB);
    protect(scene, nested, PAGE, 3n * PAGE, 0n);
    expect(translate(scene, nested, 2n * PAGE)).toEqual([64n * GIB + 2n * PAGE, WB | BigInt(NESTED_PAGE_4K)]);
    protect(scene, nested, PAGE, 3n * PAGE, 5n);
    expect(translate(scene, nested, 2n * PAGE)?.[1]).toBe(5n | WB | BigInt(NESTED_PAGE_4K));
  });

  test("stops at what is not mapped", () => {
    const scene = inBootstrap2();
    const nested = create(scene);
    map(scene, nested, 0n, 64n * GIB, 2n * PAGE);
    expect(call(scene.pp, SYSCALL_NESTED_PROTECT, HANDLE, nested, 0n, 4n * PAGE, READ)).toBe(2n * PAGE);
    expect(status(scene.pp, SYSCALL_NESTED_PROTECT, HANDLE, nested, 2n * PAGE, PAGE, READ)).toBe(
      STATUS_FAILURE_UNKNOWN,
    );
    expect(status(scene.pp, SYSCALL_NESTED_PROTECT, HANDLE, nested, 0n, PAGE, 2n)).toBe(STATUS_INVALID_INPUT_REG4);
    expect(status(scene.pp, SYSCALL_NESTED_PROTECT, HANDLE, nested, 0n, PAGE, 8n)).toBe(STATUS_INVALID_INPUT_REG4);
  });
});

describe("nested_unmap", () => {
  test("takes pages, parts of large ones, and whole tables", () => {
    const scene = inBootstrap2();
    const nested = create(scene);
    map(scene, nested, 0n, 64n * GIB, 2n * GIB);
    map(scene, nested, 8n * GIB, 80n * GIB, 16n * MIB, ALL | WB | BigInt(NESTED_PAGE_4K));
    const before = usedPages(scene.machine);
    unmap(scene, nested, 2n * MIB + PAGE, PAGE);
    expect(translate(scene, nested, 2n * MIB)).toBeDefined();
    expect(translate(scene, nested, 2n * MIB + PAGE)).toBeUndefined();
    expect(translate(scene, nested, 2n * MIB + 2n * PAGE)).toBeDefined();
    expect(usedPages(scene.machine)).toBe(before + 2);
    unmap(scene, nested, 0n, 1n << 48n);
    expect(translate(scene, nested, GIB)).toBeUndefined();
    // Those two, and eight tables of small pages with the one above
    expect(usedPages(scene.machine)).toBe(before - 9);
    expect(nestedEntries(scene.machine.physical, rootOf(scene, nested))).toEqual([]);
    destroy(scene, nested);
  });
});

describe("nested_identity", () => {
  test("leaves the hypervisor's pages out, or reads zeroes there", () => {
    const scene = inBootstrap2();
    for (const own of [NESTED_OWN_ABSENT, NESTED_OWN_BLANK]) {
      const nested = create(scene);
      identity(scene, nested, 64n * GIB, ALL | BigInt(own));
      const end = CHUNK.base + CHUNK.bytes;
      expect(translate(scene, nested, CHUNK.base - 1n)?.[0]).toBe(CHUNK.base - 1n);
      expect(translate(scene, nested, end)?.[0]).toBe(end);
      expect(translate(scene, nested, 63n * GIB)?.[1]).toBe(ALL | WB | BigInt(NESTED_PAGE_1G));
      const inside = [CHUNK.base, end - PAGE, RING, RING + 0x1f000n].map((page) => translate(scene, nested, page));
      if (own === NESTED_OWN_ABSENT) {
        expect(inside).toEqual([undefined, undefined, undefined, undefined]);
        continue;
      }
      const blank = inside[0]?.[0] ?? 0n;
      expect(new Set(inside.map((each) => each?.[0]))).toEqual(new Set([blank]));
      expect(scene.machine.physical.read(blank, 4096)).toEqual(new Uint8Array(4096));
      expect(inside[1]?.[1]).toBe(READ | WB | BigInt(NESTED_PAGE_4K));
      // Nobody gets the right to write there
      protect(scene, nested, CHUNK.base, PAGE, ALL);
      expect(translate(scene, nested, CHUNK.base)?.[1]).toBe(5n | WB | BigInt(NESTED_PAGE_4K));
      expect(entryAt(scene.machine.physical, rootOf(scene, nested), RING, 1) & BLANK).toBe(BLANK);
    }
  });

  test("replaces what is mapped, and gives its tables back", () => {
    const scene = inBootstrap2();
    const nested = create(scene);
    map(scene, nested, GIB, 80n * GIB, 8n * MIB, ALL | WB | BigInt(NESTED_PAGE_4K));
    const before = usedPages(scene.machine);
    identity(scene, nested, 4n * GIB);
    expect(translate(scene, nested, GIB)).toEqual([GIB, ALL | WB | BigInt(NESTED_PAGE_1G)]);
    expect(usedPages(scene.machine)).toBe(before - 5);
  });

  test("shows what the kernel shares only in tables for the root VM, which no other VS may have", () => {
    const scene = inBootstrap2();
    const { pp } = scene;
    const plain = create(scene);
    const unknown = ALL | WB | 0x2000n;
    expect(status(pp, SYSCALL_NESTED_IDENTITY, HANDLE, plain, 0n, GIB, unknown)).toBe(STATUS_INVALID_INPUT_REG4);
    const nested = create(scene, BigInt(NESTED_FOR_ROOT));
    for (const tables of [plain, nested]) identity(scene, tables, 21n * GIB, ALL | BigInt(NESTED_OWN_BLANK));
    expect(translate(scene, nested, RING)).toEqual([RING, ALL | WB | BigInt(NESTED_PAGE_1G)]);
    expect(translate(scene, plain, RING)?.[0]).not.toBe(RING);
    for (const tables of [plain, nested]) expect(translate(scene, tables, CHUNK.base)?.[0]).not.toBe(CHUNK.base);
    const root = makeRootVs(pp);
    const vp = call(pp, SYSCALL_VP_CREATE, HANDLE, 0n);
    const other = call(pp, SYSCALL_VS_CREATE, HANDLE, vp, 0n);
    expect(status(pp, SYSCALL_NESTED_ATTACH, HANDLE, nested, other)).toBe(STATUS_INVALID_INPUT_REG2);
    call(pp, SYSCALL_NESTED_ATTACH, HANDLE, nested, root);
    // Still no page of the hypervisor's at another address
    expect(status(pp, SYSCALL_NESTED_MAP, HANDLE, nested, 0n, CHUNK.base, PAGE, ALL | WB)).toBe(
      STATUS_INVALID_INPUT_REG3,
    );
  });
});

describe("a page of the extension's own", () => {
  test("can be shown, and not be given back while it is", () => {
    const scene = inBootstrap2();
    const { pp, machine } = scene;
    const nested = create(scene);
    const page = call(pp, SYSCALL_MEM_ALLOC_PAGE, HANDLE);
    const run = call(pp, SYSCALL_MEM_ALLOC_HUGE, HANDLE, 3n * PAGE);
    map(scene, nested, 0n, page - EXT_POOL_BASE, PAGE);
    map(scene, nested, PAGE, page - EXT_POOL_BASE, PAGE, READ | WB);
    map(scene, nested, 2n * PAGE, run - EXT_POOL_BASE, 3n * PAGE);
    expect(entryAt(machine.physical, rootOf(scene, nested), 0n, 1)).toBe(
      (page - EXT_POOL_BASE) | MAPPED | COUNTED | 0x67n,
    );
    expect(status(pp, SYSCALL_MEM_FREE_PAGE, HANDLE, page)).toBe(STATUS_FAILURE_UNKNOWN);
    expect(status(pp, SYSCALL_MEM_FREE_HUGE, HANDLE, run)).toBe(STATUS_FAILURE_UNKNOWN);
    unmap(scene, nested, 0n, PAGE);
    expect(status(pp, SYSCALL_MEM_FREE_PAGE, HANDLE, page)).toBe(STATUS_FAILURE_UNKNOWN);
    // Another page in its place
    map(scene, nested, PAGE, FOREIGN, PAGE);
    call(pp, SYSCALL_MEM_FREE_PAGE, HANDLE, page);
    destroy(scene, nested);
    call(pp, SYSCALL_MEM_FREE_HUGE, HANDLE, run);
  });

  test("is none before and after it was allocated", () => {
    const scene = inBootstrap2();
    const { pp } = scene;
    const nested = create(scene);
    const page = call(pp, SYSCALL_MEM_ALLOC_PAGE, HANDLE);
    const shown = [HANDLE, nested, 0n, page - EXT_POOL_BASE, PAGE, ALL | WB] as const;
    call(pp, SYSCALL_MEM_FREE_PAGE, HANDLE, page);
    expect(status(pp, SYSCALL_NESTED_MAP, ...shown)).toBe(STATUS_INVALID_INPUT_REG3);
  });
});

describe("nested_destroy", () => {
  test("gives every page back, in bounded steps", () => {
    const scene = inBootstrap2();
    destroy(scene, create(scene));
    const before = usedPages(scene.machine);
    const nested = create(scene);
    map(scene, nested, 0n, 64n * GIB, 64n * MIB, ALL | WB | BigInt(NESTED_PAGE_4K));
    map(scene, nested, 700n * GIB, FOREIGN, PAGE);
    expect(destroy(scene, nested)).toBeGreaterThan(2);
    expect(usedPages(scene.machine)).toBe(before);
    expect(status(scene.pp, SYSCALL_NESTED_DESTROY, HANDLE, nested)).toBe(STATUS_INVALID_INPUT_REG1);
  });

  test("refuses tables that a VS has; a VS that is destroyed has none", () => {
    const scene = inBootstrap2();
    const { pp } = scene;
    const nested = create(scene);
    const vp = call(pp, SYSCALL_VP_CREATE, HANDLE, 0n);
    const vs = call(pp, SYSCALL_VS_CREATE, HANDLE, vp, 0n);
    call(pp, SYSCALL_NESTED_ATTACH, HANDLE, nested, vs);
    expect(status(pp, SYSCALL_NESTED_DESTROY, HANDLE, nested)).toBe(STATUS_FAILURE_UNKNOWN);
    call(pp, SYSCALL_VS_DESTROY, HANDLE, vs);
    expect(destroy(scene, nested)).toBe(1);
  });
});

describe("nested_attach and nested_detach", () => {
  test("turn nested paging on and off, with a flush", () => {
    const scene = inBootstrap2();
    const { pp } = scene;
    const vs = makeRootVs(pp);
    const [one, other] = [create(scene), create(scene)];
    const vmcb = scene.machine.vmcbAt(pp.block.get("vmcb"));
    const read = (register: number) => call(pp, SYSCALL_VS_READ, HANDLE, vs, BigInt(register));
    expect(vmcb).toBeDefined();
    call(pp, SYSCALL_NESTED_ATTACH, HANDLE, one, vs);
    const first = read(40);
    expect([read(AMD_REG_CTLS1), first === 0n]).toEqual([1n, false]);
    call(pp, SYSCALL_NESTED_ATTACH, HANDLE, other, vs);
    expect(read(40)).not.toBe(first);
    expect(status(pp, SYSCALL_NESTED_DETACH, HANDLE, one, vs)).toBe(STATUS_FAILURE_UNKNOWN);
    expect(destroy(scene, one)).toBe(1);
    call(pp, SYSCALL_NESTED_DETACH, HANDLE, other, vs);
    expect([read(AMD_REG_CTLS1), read(40)]).toEqual([0n, 0n]);
    expect(status(pp, SYSCALL_NESTED_ATTACH, HANDLE, other, 77n)).toBe(STATUS_INVALID_INPUT_REG2);
    expect(status(pp, SYSCALL_NESTED_ATTACH, HANDLE, one, vs)).toBe(STATUS_INVALID_INPUT_REG1);
  });
});
