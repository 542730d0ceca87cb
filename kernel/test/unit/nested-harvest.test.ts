// nested_harvest: what processors have noted in nested page tables, told and cleared

import {
  AMD_REG_N_CR3,
  EXT_DIRECT_BASE,
  EXT_POOL_BASE,
  INTEL_REG_EPT_POINTER,
  NESTED_ACCESSED,
  NESTED_DIRTY,
  NESTED_HAS_TRACKING,
  NESTED_MACHINE,
  NESTED_OWN_BLANK,
  NESTED_PAGE_4K,
  NESTED_READ,
  NESTED_RIGHTS,
  NESTED_TRACKED,
  NESTED_WRITE_BACK,
  STATUS_FAILURE_INVALID_HANDLE,
  STATUS_FAILURE_UNSUPPORTED,
  STATUS_INVALID_INPUT_REG1,
  STATUS_INVALID_INPUT_REG2,
  STATUS_INVALID_INPUT_REG3,
  STATUS_INVALID_INPUT_REG4,
  STATUS_INVALID_INPUT_REG5,
  SYSCALL_MEM_ALLOC_HUGE,
  SYSCALL_NESTED_ATTACH,
  SYSCALL_NESTED_CREATE,
  SYSCALL_NESTED_FLUSH,
  SYSCALL_NESTED_HARVEST,
  SYSCALL_NESTED_IDENTITY,
  SYSCALL_NESTED_MAP,
  SYSCALL_NESTED_PROTECT,
  SYSCALL_NESTED_TRANSLATE,
  SYSCALL_VS_READ,
  VENDOR_AMD,
  VENDOR_INTEL,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { call, HANDLE, inVmexit, type Scene, status } from "../machine/extension-life.ts";
import { exitCpuid, inVersion, makeGuest, VERSION_2 } from "../machine/guests.ts";
import { INTEL_MSR } from "../machine/processor.ts";

const PAGE = 0x1000n;
const MIB = 0x10_0000n;
const WORD = 64n * PAGE;
const FLAGS = BigInt(NESTED_RIGHTS | NESTED_WRITE_BACK);
const SMALL = FLAGS | BigInt(NESTED_PAGE_4K);
const ACCESSED = BigInt(NESTED_ACCESSED);
const DIRTY = BigInt(NESTED_DIRTY);
const TRACKED = BigInt(NESTED_TRACKED);
const FOREIGN = 0x20_0000_0000n;
const GUEST = 0x4000_0000n;
const MAPPED = 1n << 52n;
const ADDRESS = 0x000f_ffff_ffff_f000n;
const ALL_ONES = (1n << 64n) - 1n;
/** A Skylake's, with accessed and dirty bits, or without. */
const EPT_CAPABILITIES = 0x0f01_0673_4141n;
const CAP_ACCESSED_DIRTY = 1n << 21n;

interface Harvesting extends Scene {
  readonly vendor: number;
  readonly nested: bigint;
  /** Two pages of the extension's own: their address for it, and their physical one. */
  readonly bitmap: bigint;
  readonly physical: bigint;
  /** The top-level table. */
  readonly root: bigint;
}

const bitsOf = (vendor: number) =>
  vendor === VENDOR_AMD ? { a: 1n << 5n, d: 1n << 6n } : { a: 1n << 8n, d: 1n << 9n };

/** Tracked tables that a guest has, and a bitmap. */
function harvesting(vendor: number, flags = TRACKED): Harvesting {
  const scene = inVersion(VERSION_2, { vendor });
  const { pp } = scene;
  const nested = call(pp, SYSCALL_NESTED_CREATE, HANDLE, flags);
  const { vs } = makeGuest(pp);
  call(pp, SYSCALL_NESTED_ATTACH, HANDLE, nested, vs);
  const register = vendor === VENDOR_AMD ? AMD_REG_N_CR3 : INTEL_REG_EPT_POINTER;
  const root = call(pp, SYSCALL_VS_READ, HANDLE, vs, BigInt(register)) & ADDRESS;
  const bitmap = call(pp, SYSCALL_MEM_ALLOC_HUGE, HANDLE, 2n * PAGE);
  return { ...scene, vendor, nested, bitmap, physical: pp.registers[1] ?? 0n, root };
}

const map = ({ pp, nested }: Harvesting, guest: bigint, bytes: bigint, flags = FLAGS) => {
  for (let done = 0n; done < bytes; )
    done += call(pp, SYSCALL_NESTED_MAP, HANDLE, nested, guest + done, FOREIGN + done, bytes - done, flags);
};

/** Where the entry for a page is. */
function placeOf({ machine, root }: Harvesting, guest: bigint): bigint {
  let table = root;
  for (let level = 4n; ; level--) {
    const at = table + ((guest >> (12n + 9n * (level - 1n))) & 511n) * 8n;
    const entry = machine.physical.peek(at, 8);
    if (entry === 0n || (entry & MAPPED) !== 0n) return at;
    table = entry & ADDRESS;
  }
}

const entryOf = (scene: Harvesting, guest: bigint) => scene.machine.physical.peek(placeOf(scene, guest), 8);

/** A processor notes a read of a page, or a write to it. */
function touch(scene: Harvesting, guest: bigint, isWrite: boolean): void {
  const { a, d } = bitsOf(scene.vendor);
  const at = placeOf(scene, guest);
  scene.machine.physical.poke(at, 8, scene.machine.physical.peek(at, 8) | a | (isWrite ? d : 0n));
}

const harvest = ({ pp, nested, bitmap }: Harvesting, guest: bigint, bytes: bigint, what = DIRTY, at = bitmap) =>
  call(pp, SYSCALL_NESTED_HARVEST, HANDLE, nested, guest, bytes, at, what);

const words = ({ machine, physical }: Harvesting, count: number, offset = 0) =>
  Array.from({ length: count }, (_, index) => machine.physical.peek(physical + BigInt(offset + index * 8), 8));

const fill = ({ machine, physical }: Harvesting) => machine.physical.write(physical, new Uint8Array(8192).fill(0xee));

describe.each([
  ["AMD", VENDOR_AMD],
  ["Intel", VENDOR_INTEL],
])("on %s", (_vendor, vendor) => {
  test("pages of tracked tables begin untouched, and are told of once", () => {
    const scene = harvesting(vendor);
    fill(scene);
    map(scene, GUEST, 200n * PAGE, SMALL);
    expect(harvest(scene, GUEST, 200n * PAGE, ACCESSED | DIRTY)).toBe(200n * PAGE);
    expect(words(scene, 5)).toEqual([0n, 0n, 0n, 0n, 0xeeee_eeee_eeee_eeeen]);
    for (const page of [0n, 3n, 63n, 64n, 199n]) touch(scene, GUEST + page * PAGE, true);
    touch(scene, GUEST + 5n * PAGE, false);
    fill(scene);
    expect(harvest(scene, GUEST, 200n * PAGE)).toBe(200n * PAGE);
    expect(words(scene, 5)).toEqual([(1n << 63n) | 9n, 1n, 0n, 1n << 7n, 0xeeee_eeee_eeee_eeeen]);
    expect(harvest(scene, GUEST, 200n * PAGE)).toBe(200n * PAGE);
    expect(words(scene, 4)).toEqual([0n, 0n, 0n, 0n]);
    // What was not asked for is still noted
    harvest(scene, GUEST, 200n * PAGE, ACCESSED);
    expect(words(scene, 1)).toEqual([(1n << 63n) | 0x29n]);
  });

  test("a large page is one, as it is noted; part of it is one of its own from then on", () => {
    const scene = harvesting(vendor);
    const { pp, nested } = scene;
    map(scene, GUEST, 4n * MIB);
    touch(scene, GUEST + 2n * MIB, true);
    expect(harvest(scene, GUEST, 4n * MIB)).toBe(4n * MIB);
    expect(words(scene, 16)).toEqual([...Array(8).fill(0n), ...Array(8).fill(ALL_ONES)]);
    touch(scene, GUEST + 2n * MIB, true);
    fill(scene);
    expect(harvest(scene, GUEST + 2n * MIB + 8n * PAGE, 64n * PAGE)).toBe(WORD);
    expect(words(scene, 2)).toEqual([ALL_ONES, 0xeeee_eeee_eeee_eeeen]);
    call(pp, SYSCALL_NESTED_TRANSLATE, HANDLE, nested, GUEST + 2n * MIB);
    expect((pp.registers[1] ?? 0n) & BigInt(NESTED_PAGE_4K * 3)).toBe(BigInt(NESTED_PAGE_4K));
    // The rest of it is as dirty as it was
    harvest(scene, GUEST + 2n * MIB, 128n * PAGE);
    expect(words(scene, 2)).toEqual([0xffn, ALL_ONES & ~0xffn]);
  });

  test("without memory to split a page it stays noted: rather told of twice than not at all", () => {
    const scene = harvesting(vendor);
    const { pp } = scene;
    map(scene, GUEST, 2n * MIB);
    touch(scene, GUEST, true);
    for (let time = 0; time < 2; time++) {
      pp.emptyReserves();
      pp.failAllocation(1);
      expect(harvest(scene, GUEST, 64n * PAGE)).toBe(WORD);
      pp.failAllocation(0);
      expect(words(scene, 1)).toEqual([ALL_ONES]);
    }
    harvest(scene, GUEST, 64n * PAGE);
    harvest(scene, GUEST, 64n * PAGE);
    expect(words(scene, 1)).toEqual([0n]);
  });

  test("a call does a bounded part, in whole words", () => {
    const scene = harvesting(vendor);
    const bytes = 20n * MIB;
    map(scene, GUEST, bytes, SMALL);
    for (let page = 0n; page < bytes / PAGE; page += 100n) touch(scene, GUEST + page * PAGE, true);
    const steps: bigint[] = [];
    for (let done = 0n; done < bytes; ) {
      const step = harvest(scene, GUEST + done, bytes - done, DIRTY, scene.bitmap + done / PAGE / 8n);
      steps.push(step);
      expect(step % WORD).toBe(0n);
      done += step;
    }
    expect(steps.length).toBe(2);
    const found = words(scene, Number(bytes / WORD)).flatMap((word, index) =>
      Array.from({ length: 64 }, (_, bit) => BigInt(index * 64 + bit)).filter(
        (page) => ((word >> (page % 64n)) & 1n) === 1n,
      ),
    );
    expect(found).toEqual(Array.from({ length: Number(bytes / PAGE / 100n) + 1 }, (_, index) => BigInt(index) * 100n));
  });

  test("and as much as the bitmap's page has bits for; where nothing is, much at a time", () => {
    const scene = harvesting(vendor);
    expect(harvest(scene, 0n, 1n << 47n)).toBe(0x1000n * 8n * PAGE);
    expect(harvest(scene, 0n, 1n << 47n, DIRTY, scene.bitmap + 0xff0n)).toBe(2n * WORD);
    expect(harvest(scene, (1n << 48n) - PAGE, PAGE)).toBe(PAGE);
    fill(scene);
    harvest(scene, 0n, 1n << 47n, DIRTY, scene.bitmap + 0xff8n);
    expect(words(scene, 3, 0xff0)).toEqual([0xeeee_eeee_eeee_eeeen, 0n, 0xeeee_eeee_eeee_eeeen]);
  });

  test("what is noted outlives other rights, and is not invented by them", () => {
    const scene = harvesting(vendor);
    const { pp, nested } = scene;
    map(scene, GUEST, 64n * PAGE, SMALL);
    touch(scene, GUEST + PAGE, true);
    call(pp, SYSCALL_NESTED_PROTECT, HANDLE, nested, GUEST, 64n * PAGE, BigInt(NESTED_READ));
    call(pp, SYSCALL_NESTED_PROTECT, HANDLE, nested, GUEST, 64n * PAGE, BigInt(NESTED_RIGHTS));
    // As it is already
    map(scene, GUEST, 64n * PAGE, SMALL);
    harvest(scene, GUEST, 64n * PAGE, ACCESSED | DIRTY);
    expect(words(scene, 1)).toEqual([2n]);
    // Another page in the place of one has not been touched
    touch(scene, GUEST, true);
    call(pp, SYSCALL_NESTED_MAP, HANDLE, nested, GUEST, FOREIGN + MIB, PAGE, SMALL);
    harvest(scene, GUEST, 64n * PAGE, ACCESSED | DIRTY);
    expect(words(scene, 1)).toEqual([0n]);
  });

  test("a page of zeroes in the hypervisor's place is untouched, too", () => {
    const scene = harvesting(vendor);
    const { pp, nested, physical } = scene;
    const flags = BigInt(NESTED_RIGHTS | NESTED_MACHINE | NESTED_OWN_BLANK);
    call(pp, SYSCALL_NESTED_IDENTITY, HANDLE, nested, physical, PAGE, flags);
    harvest(scene, physical, PAGE, ACCESSED | DIRTY);
    expect(words(scene, 1)).toEqual([0n]);
  });

  test("processors forget what they know when something was noted, and need not otherwise", () => {
    const scene = harvesting(vendor);
    const { pp } = scene;
    map(scene, GUEST, 64n * PAGE, SMALL);
    const flushes = () => {
      if (vendor === VENDOR_INTEL) return pp.processor.flushes.length;
      return Number(pp.block.get("work") & 8n);
    };
    exitAgain(pp);
    const before = flushes();
    harvest(scene, GUEST, 64n * PAGE);
    expect(flushes()).toBe(before);
    touch(scene, GUEST, true);
    harvest(scene, GUEST, 64n * PAGE);
    if (vendor === VENDOR_AMD) expect(flushes()).toBe(8);
    expect(call(pp, SYSCALL_NESTED_FLUSH, HANDLE, scene.nested)).toBe(0n);
  });

  test("is refused where it cannot be, one by one", () => {
    const scene = harvesting(vendor);
    const { pp, nested, bitmap } = scene;
    const ask = (...registers: readonly bigint[]) => status(pp, SYSCALL_NESTED_HARVEST, HANDLE, ...registers);
    expect(status(pp, SYSCALL_NESTED_HARVEST, HANDLE + 1n, nested, 0n, PAGE, bitmap, DIRTY)).toBe(
      STATUS_FAILURE_INVALID_HANDLE,
    );
    expect(ask(nested + 7n, 0n, PAGE, bitmap, DIRTY)).toBe(STATUS_INVALID_INPUT_REG1);
    const untracked = call(pp, SYSCALL_NESTED_CREATE, HANDLE, 0n);
    expect(ask(untracked, 0n, PAGE, bitmap, DIRTY)).toBe(STATUS_INVALID_INPUT_REG1);
    for (const guest of [1n, 8n, 1n << 48n])
      expect(ask(nested, guest, PAGE, bitmap, DIRTY)).toBe(STATUS_INVALID_INPUT_REG2);
    for (const bytes of [0n, 8n, (1n << 48n) + PAGE]) {
      expect(ask(nested, 0n, bytes, bitmap, DIRTY)).toBe(STATUS_INVALID_INPUT_REG3);
    }
    for (const address of [0n, bitmap + 4n, EXT_DIRECT_BASE + PAGE, EXT_POOL_BASE, bitmap + 2n * PAGE]) {
      expect(ask(nested, 0n, PAGE, address, DIRTY), `0x${address.toString(16)}`).toBe(STATUS_INVALID_INPUT_REG4);
    }
    for (const what of [0n, 4n, 1n << 32n]) expect(ask(nested, 0n, PAGE, bitmap, what)).toBe(STATUS_INVALID_INPUT_REG5);
  });
});

/** The VM that is active runs, and exits. */
function exitAgain(pp: Scene["pp"]): void {
  pp.syscall((0x6642n << 48n) | 0x6_0008n, HANDLE);
  exitCpuid(pp);
}

test("is nothing for version 1", () => {
  const { pp } = inVmexit();
  expect(status(pp, SYSCALL_NESTED_HARVEST, HANDLE, 0n, 0n, PAGE, 0n, DIRTY)).toBe(STATUS_FAILURE_UNSUPPORTED);
});

describe("the formats", () => {
  test("AMD's tables that are not tracked have all bits set, so that the processor writes none", () => {
    const scene = harvesting(VENDOR_AMD, 0n);
    map(scene, GUEST, PAGE);
    expect(entryOf(scene, GUEST) & 0x60n).toBe(0x60n);
    const tracked = harvesting(VENDOR_AMD);
    map(tracked, GUEST, PAGE);
    expect(entryOf(tracked, GUEST) & 0x60n).toBe(0n);
  });

  test("Intel's pointer says that they are tracked, and no other's does", () => {
    const pointer = (flags: bigint) => {
      const { pp } = inVersion(VERSION_2, { vendor: VENDOR_INTEL });
      const nested = call(pp, SYSCALL_NESTED_CREATE, HANDLE, flags);
      const { vs } = makeGuest(pp);
      call(pp, SYSCALL_NESTED_ATTACH, HANDLE, nested, vs);
      return call(pp, SYSCALL_VS_READ, HANDLE, vs, BigInt(INTEL_REG_EPT_POINTER)) & 0xfffn;
    };
    expect([pointer(0n), pointer(TRACKED)]).toEqual([0x1en, 0x5en]);
  });

  test("a processor of Intel's that cannot says so, and refuses", () => {
    expect(EPT_CAPABILITIES & CAP_ACCESSED_DIRTY).toBe(CAP_ACCESSED_DIRTY);
    const features = (vendor: number, msrs: readonly (readonly [number, bigint])[] = []) => {
      const { pp } = inVersion(VERSION_2, { vendor, msrs });
      call(pp, SYSCALL_NESTED_CREATE, HANDLE, 0n);
      const told = (pp.registers[1] ?? 0n) & BigInt(NESTED_HAS_TRACKING);
      return [told, status(pp, SYSCALL_NESTED_CREATE, HANDLE, TRACKED)];
    };
    expect(features(VENDOR_AMD)).toEqual([BigInt(NESTED_HAS_TRACKING), 0n]);
    expect(features(VENDOR_INTEL)).toEqual([BigInt(NESTED_HAS_TRACKING), 0n]);
    expect(features(VENDOR_INTEL, [[INTEL_MSR.VMX_EPT_VPID, EPT_CAPABILITIES & ~CAP_ACCESSED_DIRTY]])).toEqual([
      0n,
      STATUS_INVALID_INPUT_REG1,
    ]);
  });
});
