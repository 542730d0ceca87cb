import fc from "fast-check";
import { expect, test } from "vitest";
import { loadLibrary } from "./library.ts";

/** What the fixture says for no object. */
const NONE = 8;

/** Two lists over the same eight objects, and two arrays that do the same. */
class Lists {
  readonly lists = loadLibrary().exports;
  readonly arrays: readonly [number[], number[]] = [[], []];

  pushFront(list: 0 | 1, node: number): void {
    const isFree = this.#isFree(node);
    expect(this.lists.listPushFront(list, node)).toBe(isFree ? 1 : 0);
    if (isFree) this.arrays[list].unshift(node);
  }

  pushBack(list: 0 | 1, node: number): void {
    const isFree = this.#isFree(node);
    expect(this.lists.listPushBack(list, node)).toBe(isFree ? 1 : 0);
    if (isFree) this.arrays[list].push(node);
  }

  insertBefore(list: 0 | 1, node: number, successor: number): void {
    const place = this.arrays[list].indexOf(successor);
    const isPossible = place >= 0 && this.#isFree(node);
    expect(this.lists.listInsertBefore(list, node, successor)).toBe(isPossible ? 1 : 0);
    if (isPossible) this.arrays[list].splice(place, 0, node);
  }

  remove(list: 0 | 1, node: number): void {
    const place = this.arrays[list].indexOf(node);
    expect(this.lists.listRemove(list, node)).toBe(place >= 0 ? 1 : 0);
    if (place >= 0) this.arrays[list].splice(place, 1);
  }

  popFront(list: 0 | 1): void {
    expect(this.lists.listPopFront(list)).toBe(this.arrays[list].shift() ?? NONE);
  }

  compare(): void {
    const { listFirst, listNext, listLast, listPrevious } = this.lists;
    this.arrays.forEach((array, list) => {
      expect(this.lists.listCount(list)).toBe(array.length);
      expect(walk(listFirst(list), listNext)).toEqual(array);
      expect(walk(listLast(list), listPrevious)).toEqual(array.toReversed());
    });
  }

  #isFree(node: number): boolean {
    return !this.arrays.some((array) => array.includes(node));
  }
}

function walk(first: number, step: (node: number) => number): number[] {
  const found: number[] = [];
  for (let node = first; node !== NONE; node = step(node)) found.push(node);
  return found;
}

test("any program on two lists gives what arrays give", () => {
  const call = fc.constantFrom(
    "pushFront" as const,
    "pushBack" as const,
    "insertBefore" as const,
    "remove" as const,
    "popFront" as const,
  );
  const step = fc.tuple(call, fc.constantFrom(0 as const, 1 as const), fc.nat(7), fc.nat(7));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (program) => {
      const lists = new Lists();
      for (const [name, list, node, successor] of program) {
        lists[name](list, node, successor);
        lists.compare();
      }
    }),
  );
});
