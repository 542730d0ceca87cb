import { readFileSync } from "node:fs";
import { EXT_POOL_BASE } from "@bareflank/abi";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { buildFixtures, fixtureModule } from "./fixtures.ts";

const PAGE = 0x1000n;
const MIB = 1n << 20n;
const GIB = 1n << 30n;
/** As WebAssembly gives it: signed. */
const NOT_NESTED = -1n;
const PAGE_1G = 1 << 26;
const READ = 1;
const WRITE = 2;
const EXECUTE = 4;
const ALL = 7;

interface Tables {
  make(gibibytes: number): number;
  protect(address: bigint, bytes: bigint, rights: number): number;
  map(guest: bigint, host: bigint, rights: number): number;
  translate(address: bigint): bigint;
  rights(address: bigint): number;
  free(): void;
}

/** Pages that are handed out, by physical address, and how many more there are. */
const pages = new Map<bigint, BigUint64Array>();
let nextPage = 0n;
let pagesLeft = 0;
let features = PAGE_1G;
let tables: Tables;

function word(address: bigint): { page: BigUint64Array; index: number } {
  const physical = (address & 0xffff_ffff_ffff_ffffn) - EXT_POOL_BASE;
  const page = pages.get(physical & ~(PAGE - 1n));
  if (page === undefined || physical % 8n !== 0n) throw new Error(`no table at 0x${physical.toString(16)}`);
  return { page, index: Number((physical % PAGE) / 8n) };
}

const imports = {
  memory: {
    peek64: (address: bigint) => {
      const { page, index } = word(address);
      return page[index];
    },
    poke64: (address: bigint, value: bigint) => {
      const { page, index } = word(address);
      page[index] = value;
    },
  },
  syscall: {
    callOrZero: () => {
      if (pagesLeft === 0) return 0n;
      pagesLeft--;
      nextPage += PAGE;
      pages.set(nextPage, new BigUint64Array(512));
      return EXT_POOL_BASE + nextPage;
    },
    callStatus: (_call: number, virtual: bigint) => (pages.delete(virtual - EXT_POOL_BASE) ? 0n : 1n),
    assertionFailed: () => {
      throw new Error("assertion failed");
    },
  },
  cpuid: { cpuidEdx: () => features },
  vendor: { isIntel: () => 0 },
};

beforeAll(async () => {
  await buildFixtures(["nested-unit"], "library");
  const module = new WebAssembly.Module(readFileSync(fixtureModule("nested-unit")));
  tables = new WebAssembly.Instance(module, imports).exports as unknown as Tables;
});

beforeEach(() => {
  pages.clear();
  pagesLeft = 1000;
  nextPage = 0x7000_0000n;
});

describe.each([
  { size: "1 GiB", edx: PAGE_1G, tablesFor4GiB: 2 },
  { size: "2 MiB", edx: 0, tablesFor4GiB: 6 },
])("nested tables of $size pages", ({ edx, tablesFor4GiB }) => {
  beforeEach(() => {
    features = edx;
    expect(tables.make(4)).toBe(1);
  });

  it("show memory as it is, up to their end", () => {
    expect(pages.size).toBe(tablesFor4GiB);
    for (const address of [0n, 1n, 5n * MIB + 17n, GIB - 1n, GIB, 4n * GIB - 1n]) {
      expect(tables.translate(address)).toBe(address);
      expect(tables.rights(address)).toBe(ALL);
    }
    expect(tables.translate(4n * GIB)).toBe(NOT_NESTED);
    expect(tables.rights(4n * GIB)).toBe(0);
  });

  it("are split where a page gets other rights, and nowhere else", () => {
    const page = GIB + 3n * MIB + 5n * PAGE;
    const split = edx === PAGE_1G ? 2 : 1;
    expect(tables.protect(page, PAGE, READ)).toBe(1);
    expect(pages.size).toBe(tablesFor4GiB + split);
    expect(tables.rights(page)).toBe(READ);
    expect(tables.rights(page + PAGE - 1n)).toBe(READ);
    for (const neighbour of [page - 1n, page + PAGE, page - 2n * MIB, page + 2n * MIB, 2n * GIB]) {
      expect(tables.rights(neighbour)).toBe(ALL);
      expect(tables.translate(neighbour)).toBe(neighbour);
    }
    expect(tables.protect(page + PAGE, PAGE, READ | WRITE)).toBe(1);
    expect(pages.size).toBe(tablesFor4GiB + split);
  });

  it("keep the address of a page without rights, so that they can come back", () => {
    const page = 9n * MIB;
    expect(tables.protect(page, 3n * PAGE, 0)).toBe(1);
    expect(tables.rights(page + 2n * PAGE)).toBe(0);
    expect(tables.translate(page + 2n * PAGE + 4n)).toBe(page + 2n * PAGE + 4n);
    expect(tables.protect(page, 3n * PAGE, READ | EXECUTE)).toBe(1);
    expect(tables.rights(page + 2n * PAGE)).toBe(READ | EXECUTE);
  });

  it("show another page where one is mapped, across two tables", () => {
    expect(tables.map(2n * MIB - PAGE, 0x1234_5000n, ALL)).toBe(1);
    expect(tables.map(2n * MIB, 0xf_ffff_ffff_f000n, READ)).toBe(1);
    expect(tables.translate(2n * MIB - 1n)).toBe(0x1234_5fffn);
    expect(tables.translate(2n * MIB)).toBe(0xf_ffff_ffff_f000n);
    expect(tables.rights(2n * MIB)).toBe(READ);
  });

  it("give every table back", () => {
    tables.protect(0n, PAGE, READ);
    tables.map(8n * GIB, 0x5000n, ALL);
    tables.map(700n * GIB, 0x6000n, ALL);
    tables.free();
    expect(pages.size).toBe(0);
  });

  it("say so when memory runs out, and stay as they were", () => {
    pagesLeft = 0;
    expect(tables.protect(GIB, PAGE, 0)).toBe(0);
    expect(tables.rights(GIB)).toBe(ALL);
    expect(tables.map(100n * GIB, 0n, ALL)).toBe(0);
  });
});

describe("empty nested tables", () => {
  it("show nothing, and nothing in them can be protected", () => {
    expect(tables.make(0)).toBe(1);
    expect(tables.translate(0n)).toBe(NOT_NESTED);
    expect(tables.protect(0x7000n, PAGE, READ)).toBe(0);
    expect(tables.map(0x7000n, 0x9000n, ALL)).toBe(1);
    expect(tables.translate(0x7123n)).toBe(0x9123n);
    expect(tables.translate(0x8000n)).toBe(NOT_NESTED);
  });

  it("are not made when memory runs out", () => {
    pagesLeft = 0;
    expect(tables.make(0)).toBe(0);
    features = PAGE_1G;
    pagesLeft = 1;
    expect(tables.make(1)).toBe(0);
  });
});
