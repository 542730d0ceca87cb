// Nested page tables, memory types and maps of MSRs as Intel's processors read them (SDM volume 3, 29.3, 12.11, 25.6.9)

import { beforeEach, describe, expect, test } from "vitest";
import { loadPart } from "../../../bsl/test-support/index.ts";

/** Exports of test/fixtures/nested-format.ts: u64 arrives as a signed bigint. */
interface Formats {
  init(isIntel: number): void;
  largestLevel(): number;
  knowsRights(rights: number): number;
  knowsType(type: number): number;
  pageEntry(host: bigint, rights: number, type: number, level: number): bigint;
  tableEntry(table: bigint): bigint;
  rightsOf(entry: bigint): number;
  typeOf(entry: bigint, level: number): number;
  withRights(entry: bigint, rights: number, level: number): bigint;
  partOf(entry: bigint, level: number, index: bigint): bigint;
  eptPointer(root: bigint, isTracked: boolean): bigint;
  memoryType(host: bigint, type: number): number;
  uniformBytes(host: bigint, bytes: bigint, type: number): bigint;
  takeMemoryTypes(): number;
  changeMsrBitmap(map: bigint, first: number, last: number, accesses: number, wanted: number): bigint;
  readMsrBitmap(map: bigint, msr: number): number;
}

const EPT_VPID_CAP = 0x48c;
const [EXECUTE_ONLY, PAGES_2M, PAGES_1G] = [1n, 1n << 16n, 1n << 17n];
const MAPPED = 1n << 52n;
const MACHINE = 7;
const [READ, WRITE, EXECUTE, ALL] = [1, 2, 4, 7];
const [UC, WT, WB] = [0, 4, 6];
const MIB = 1n << 20n;

let msrs: Map<number, bigint>;

function load(capabilities = EXECUTE_ONLY | PAGES_2M | PAGES_1G) {
  msrs.set(EPT_VPID_CAP, capabilities);
  const intrinsics = {
    cpu: {
      rdmsr: (index: number) => {
        const value = msrs.get(index >>> 0);
        if (value === undefined) throw new Error(`there is no MSR 0x${(index >>> 0).toString(16)}`);
        return value;
      },
      cpuidRegister: () => 46,
    },
  };
  const part = loadPart<Formats>("kernel-formats", { intrinsics });
  part.exports.init(1);
  return part;
}

beforeEach(() => {
  // MTRRs: no ranges, all is write-back
  msrs = new Map([
    [0xfe, 0n],
    [0x2ff, 0x806n],
  ]);
});

describe("an entry of extended page tables", () => {
  test("has rights in its lowest bits, then the memory type", () => {
    const { exports } = load();
    expect(exports.pageEntry(0x1234_5000n, ALL, WB, 1)).toBe(MAPPED | 0x1234_5037n);
    expect(exports.pageEntry(0x1234_5000n, READ, UC, 1)).toBe(MAPPED | 0x1234_5001n);
    expect(exports.pageEntry(0x4000_0000n, READ | WRITE, WT, 3)).toBe(MAPPED | 0x4000_00a3n);
    expect(exports.pageEntry(0x4000_0000n, EXECUTE, WB, 2)).toBe(MAPPED | 0x4000_00b4n);
    expect(exports.pageEntry(0x4000_0000n, 0, WB, 2)).toBe(MAPPED | 0x4000_00b0n);
    expect(exports.tableEntry(0x9000n)).toBe(0x9007n);
  });

  test("keeps page and type when rights change, and when it is split", () => {
    const { exports } = load();
    const large = exports.pageEntry(0x8000_0000n, ALL, WT, 3);
    expect(exports.withRights(large, READ, 3)).toBe(MAPPED | 0x8000_00a1n);
    expect(exports.partOf(large, 3, 511n)).toBe(MAPPED | 0xbfe0_00a7n);
    expect(exports.partOf(exports.partOf(large, 3, 1n), 2, 2n)).toBe(MAPPED | 0x8020_2027n);
    expect([exports.rightsOf(large), exports.typeOf(large, 3)]).toEqual([ALL, WT]);
  });

  test("can be of 2 MiB and 1 GiB, and execute-only, as the processor says", () => {
    const all = load().exports;
    expect([all.largestLevel(), all.knowsRights(EXECUTE)]).toEqual([3, 1]);
    const some = load(PAGES_2M).exports;
    expect([some.largestLevel(), some.knowsRights(EXECUTE)]).toEqual([2, 0]);
    expect(load(0n).exports.largestLevel()).toBe(1);
    // What is written but not read is a misconfiguration everywhere
    for (const rights of [WRITE, WRITE | EXECUTE]) expect(all.knowsRights(rights)).toBe(0);
    expect([0, 1, 2, 3, 4, 5, 6].map((type) => all.knowsType(type))).toEqual([1, 1, 0, 0, 1, 1, 1]);
  });

  test("is found by a pointer that tells of four levels, read write-back", () => {
    expect(load().exports.eptPointer(0x7000n, false)).toBe(0x701en);
    expect(load().exports.eptPointer(0x7000n, true)).toBe(0x705en);
  });
});

describe("the machine's memory types", () => {
  /** Write-back by default; uncacheable from 3 GiB to 4 GiB, write-through for 2 MiB at 16 MiB; fixed ranges on. */
  beforeEach(() => {
    msrs.set(0xfe, 0x502n);
    msrs.set(0x2ff, 0xc06n);
    msrs.set(0x200, 0xc000_0000n);
    msrs.set(0x201, 0x3fff_c000_0800n);
    msrs.set(0x202, 0x100_0004n);
    msrs.set(0x203, 0x3fff_ffe0_0800n);
    for (const msr of [0x250, 0x258, 0x259, ...Array.from({ length: 8 }, (_, index) => 0x268 + index)]) {
      msrs.set(msr, 0x0606_0606_0606_0606n);
    }
    msrs.set(0x259, 0n);
    msrs.set(0x268, 0x0606_0606_0606_0500n);
  });

  test.each([
    [0x9_f000n, WB],
    [0xa_0000n, UC],
    [0xb_f000n, UC],
    [0xc_0000n, UC],
    [0xc_1000n, 5],
    [0xc_2000n, WB],
    [0x10_0000n, WB],
    [16n * MIB, WT],
    [18n * MIB, WB],
    [0xc000_0000n, UC],
    [0xffff_f000n, UC],
    [0x1_0000_0000n, WB],
  ])("at 0x%x", (address, type) => {
    expect(load().exports.memoryType(address, MACHINE)).toBe(type);
  });

  test("of the first MiB have a range each: eight of 64 KiB, sixteen of 16 KiB, then 4 KiB", () => {
    const registers = [0x250, 0x258, 0x259, ...Array.from({ length: 8 }, (_, index) => 0x268 + index)];
    const places = [
      0n,
      0x8_0000n,
      0xa_0000n,
      ...Array.from({ length: 8 }, (_, index) => 0xc_0000n + BigInt(index) * 0x8000n),
    ];
    const sizes = [0x1_0000n, 0x4000n, 0x4000n, ...Array(8).fill(0x1000n)];
    // Each range has another number here, whatever types there are
    registers.forEach((msr, index) => {
      const bytes = Array.from({ length: 8 }, (_, range) => BigInt(index * 8 + range) << BigInt(8 * range));
      msrs.set(
        msr,
        bytes.reduce((value, byte) => value | byte),
      );
    });
    const { exports } = load();
    for (const [index, place] of places.entries()) {
      for (let range = 0n; range < 8n; range++) {
        const first = place + range * sizes[index];
        for (const address of [first, first + sizes[index] - 0x1000n]) {
          expect([address, exports.memoryType(address, MACHINE)]).toEqual([address, index * 8 + Number(range)]);
        }
      }
    }
  });

  test("end where the next one begins", () => {
    const { exports } = load();
    expect(exports.uniformBytes(0x5000n, MIB, MACHINE)).toBe(0x1000n);
    expect(exports.uniformBytes(2n * MIB, 64n * MIB, MACHINE)).toBe(14n * MIB);
    expect(exports.uniformBytes(16n * MIB, 64n * MIB, MACHINE)).toBe(2n * MIB);
    expect(exports.uniformBytes(17n * MIB, 64n * MIB, MACHINE)).toBe(MIB);
    expect(exports.uniformBytes(1n << 32n, 1n << 39n, MACHINE)).toBe(1n << 39n);
    // One that is asked for is what it is
    expect(exports.uniformBytes(0x5000n, MIB, WB)).toBe(MIB);
  });

  test("are uncacheable where MTRRs were off at the start, until they are on", () => {
    msrs.set(0x2ff, 6n);
    const { exports } = load();
    expect(exports.memoryType(0x4000_0000n, MACHINE)).toBe(UC);
    expect(exports.takeMemoryTypes()).toBe(0);
    msrs.set(0x2ff, 0xc06n);
    expect(exports.takeMemoryTypes()).toBe(1);
    expect(exports.memoryType(0x4000_0000n, MACHINE)).toBe(WB);
  });

  test("are what they were while MTRRs are off, and others when they are on with another value", () => {
    const { exports } = load();
    expect(exports.memoryType(0x4000_0000n, MACHINE)).toBe(WB);
    msrs.set(0x2ff, 5n);
    msrs.set(0x200, 0x4000_0000n);
    expect([exports.takeMemoryTypes(), exports.memoryType(0x4000_0000n, MACHINE)]).toEqual([0, WB]);
    msrs.set(0x2ff, 0xc05n);
    // Nobody has said so yet
    expect(exports.memoryType(0x4000_0000n, MACHINE)).toBe(WB);
    expect(exports.takeMemoryTypes()).toBe(1);
    expect([exports.memoryType(0x4000_0000n, MACHINE), exports.memoryType(0xc000_0000n, MACHINE)]).toEqual([UC, 5]);
    expect(exports.takeMemoryTypes()).toBe(0);
  });

  test("of a range that begins within itself, or whose mask has holes, are those of the block that it lies in", () => {
    msrs.set(0x202, 0x110_0004n);
    msrs.set(0x203, 0x2a5f_ffe0_0800n);
    const { exports } = load();
    const types = [0xf0_0000n, 0x100_0000n, 0x11f_f000n, 0x120_0000n].map((at) => exports.memoryType(at, MACHINE));
    expect(types).toEqual([WB, WT, WT, WB]);
    expect(exports.uniformBytes(0xf0_0000n, 64n * MIB, MACHINE)).toBe(MIB);
    expect(exports.uniformBytes(0x100_0000n, 64n * MIB, MACHINE)).toBe(2n * MIB);
  });
});

describe("ranges of memory types that overlap", () => {
  /** At 16 MiB and 2 MiB long, valid unless said otherwise; the default is write-protected, fixed ranges are off. */
  function ranges(...types: readonly (number | readonly [type: number, "invalid"])[]) {
    msrs.set(0xfe, BigInt(types.length));
    msrs.set(0x2ff, 0x805n);
    types.forEach((range, index) => {
      const [type, valid] = typeof range === "number" ? [range, 0x800n] : [range[0], 0n];
      msrs.set(0x200 + 2 * index, 0x100_0000n | BigInt(type));
      msrs.set(0x201 + 2 * index, 0x3fff_ffe0_0000n | valid);
    });
    return load().exports;
  }
  const [WC, WP] = [1, 5];

  test.each([
    [[], WP],
    [[WB], WB],
    [[WB, WB], WB],
    [[WB, UC], UC],
    [[UC, WB], UC],
    [[UC, WT], UC],
    [[WT, UC], UC],
    [[WB, WT], WT],
    [[WT, WB], WT],
    [[WT, WT], WT],
    [[WT, WB, UC], UC],
    [[WC, WC], WC],
    [[WC, WB], WB],
    [[[UC, "invalid"], WT], WT],
    [[WT, [UC, "invalid"]], WT],
    [[[UC, "invalid"]], WP],
  ] as const)("of types %j give %i, the default no more", (types, type) => {
    const exports = ranges(...types);
    expect(exports.memoryType(18n * MIB - 0x1000n, MACHINE)).toBe(type);
    expect(exports.memoryType(18n * MIB, MACHINE)).toBe(WP);
    expect(exports.memoryType(16n * MIB - 0x1000n, MACHINE)).toBe(WP);
  });

  test("do without the fixed ranges below 1 MiB when these are off, but for where one type ends", () => {
    const exports = ranges(WB);
    expect(exports.memoryType(0xa_0000n, MACHINE)).toBe(WP);
    expect(exports.uniformBytes(0xa_0000n, MIB, MACHINE)).toBe(0x1000n);
  });

  test("end where the first of them begins or ends, the invalid ones aside", () => {
    const exports = ranges(WB, [UC, "invalid"]);
    msrs.set(0x202, 0x80_0000n);
    exports.takeMemoryTypes();
    expect(exports.uniformBytes(2n * MIB, 64n * MIB, MACHINE)).toBe(14n * MIB);
    msrs.set(0x203, 0x3fff_ffe0_0800n);
    exports.takeMemoryTypes();
    expect(exports.uniformBytes(2n * MIB, 64n * MIB, MACHINE)).toBe(6n * MIB);
    expect(exports.uniformBytes(8n * MIB, 64n * MIB, MACHINE)).toBe(2n * MIB);
    expect(exports.uniformBytes(10n * MIB, 64n * MIB, MACHINE)).toBe(6n * MIB);
    expect(exports.uniformBytes(18n * MIB, 64n * MIB, MACHINE)).toBe(64n * MIB);
  });

  test("are none when all are off", () => {
    ranges(WB);
    msrs.set(0x2ff, 0x405n);
    expect(load().exports.memoryType(16n * MIB, MACHINE)).toBe(UC);
  });
});

describe("an MSR bitmap", () => {
  test("has a quarter each for reads and writes of both ranges", () => {
    const { exports, memory } = load();
    const map = 0x5000_0000n;
    // And a page of the kernel's own
    memory.map(map, 8192);
    expect(exports.changeMsrBitmap(map, 0x1b, 0x1b, 1, 1)).toBe(1n);
    expect(exports.changeMsrBitmap(map, 0xc000_0082, 0xc000_0084, 2, 1)).toBe(3n);
    const bytes = memory.read(map, 4096);
    const nonzero = [...bytes.entries()].filter(([, byte]) => byte !== 0);
    const read = 0;
    const write = 0x800;
    expect(nonzero).toEqual(
      [
        [read + 0x1b / 8, 1 << 3],
        // The rest below C0000000h is the kernel's own: CPUID faulting, and MSRs that are guarded
        [read + 0x140 / 8, 1],
        [write + 0x1b / 8, 1 << 3],
        [write + 0x140 / 8, 1],
        [write + 0x1a0 / 8, 1],
        [write + 0x1f4 / 8, 3 << 4],
        ...Array.from({ length: 10 }, (_, index) => [write + 0x200 / 8 + index, 0xff]),
        [write + 0x250 / 8, 1],
        [write + 0x258 / 8, 3],
        [write + 0x268 / 8, 0xff],
        [write + 0x2a0 / 8, 0xff],
        [write + 0x2f4 / 8, 3 << 4],
        [write + 0x2ff / 8, 1 << 7],
        [write + 0x3f1 / 8, (1 << 1) | (3 << 4)],
        [write + 0x570 / 8, 1],
        [write + 0x981 / 8, 7 << 1],
        [write + 0xda0 / 8, 1],
        [write + 0x1400 / 8, 3],
        [write + 0x17d0 / 8, 3],
        [0xc00 + 0x82 / 8, 7 << 2],
      ].map(([byte = 0, bits]) => [Math.floor(byte), bits]),
    );
    expect([exports.readMsrBitmap(map, 0x1b), exports.readMsrBitmap(map, 0xc000_0083 | 0)]).toEqual([1, 2]);
    // AMD's third range has no bits here
    expect(exports.readMsrBitmap(map, 0xc001_0000 | 0)).toBe(-1);
    expect(exports.changeMsrBitmap(map, 0, 0xffff_ffff | 0, 3, 1)).toBe(0x4000n);
    expect(memory.read(map, 4096)).toEqual(new Uint8Array(4096).fill(0xff));
  });
});
