import { describe, expect, test } from "vitest";
import { loadLibrary } from "./library.ts";

describe("identifiers", () => {
  test("come in ascending order, lowest free one first, up to the limit", () => {
    const { exports } = loadLibrary();
    exports.idsInit(100);
    expect(Array.from({ length: 101 }, () => exports.idsAllocate())).toEqual([...Array(100).keys(), -1]);
    expect(exports.idsCount()).toBe(100);
    expect(exports.idsRelease(70)).toBe(1);
    expect(exports.idsRelease(3)).toBe(1);
    expect(exports.idsHas(3)).toBe(0);
    expect(exports.idsCount()).toBe(98);
    expect([exports.idsAllocate(), exports.idsAllocate(), exports.idsAllocate()]).toEqual([3, 70, -1]);
  });

  test("are not given back twice, nor beyond the limit", () => {
    const { exports } = loadLibrary();
    exports.idsInit(10);
    exports.idsAllocate();
    expect(exports.idsRelease(0)).toBe(1);
    expect([0, 1, 9, 10, 64, 0xffff_ffff].map((id) => exports.idsRelease(id))).toEqual([0, 0, 0, 0, 0, 0]);
    expect([10, 0xffff_ffff].map((id) => exports.idsHas(id))).toEqual([0, 0]);
    expect(exports.idsCount()).toBe(0);
  });

  test("take whole words", () => {
    expect([1, 64, 65].map((limit) => loadLibrary().exports.idPoolBytes(limit))).toEqual([24, 24, 32]);
  });
});
