// The runtime "managed": what the other compiler makes, and what is mended in it

import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { COMPILERS } from "../../test/compilers.ts";
import type { CompileResult } from "../src/assemblyscript.ts";
import { type PartField, resolvePart } from "../src/part.ts";
import { FIXTURES } from "./sample.ts";

const root = join(FIXTURES, "managed");

const compile = (name: string): Promise<CompileResult> =>
  COMPILERS.compile({
    root,
    entries: [join(root, `${name}.ts`)],
    initialPages: 2,
    maximumPages: 2,
    exportTable: true,
    runtime: "managed",
  });

interface Closures {
  make(start: number): void;
  call(value: number): number;
  reportLength(): number;
  collect(): void;
  safeRead(index: number): number;
}

async function closures(): Promise<Closures> {
  const { wasm, diagnostics } = await compile("closures");
  expect(diagnostics).toEqual([]);
  const instance = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(wasm ?? [])), {});
  return instance.exports as unknown as Closures;
}

describe("what closures capture", () => {
  it("stays when the collector runs, and what they made and forgot is freed", async () => {
    const { make, call, reportLength, collect } = await closures();
    make(3);
    // A megabyte in a memory of 64 KiB
    for (let value = 0; value < 20_000; value++) {
      expect(call(value)).toBeLessThanOrEqual(8);
      if (value % 200 === 0) collect();
    }
    expect(call(7)).toBe(8);
    collect();
    expect(reportLength()).toBe("7 of 199990010 3! 7".length);
  });

  it("is freed with the closure", async () => {
    const { make, call, collect } = await closures();
    for (let start = 0; start < 5_000; start++) {
      make(start);
      if (start % 50 === 0) collect();
    }
    expect(call(1)).toBeGreaterThan(0);
  });
});

describe("errors", () => {
  it("are caught", async () => {
    const { safeRead } = await closures();
    expect(safeRead(0)).toBe("Index out of range".length);
  });
});

describe("the compiler's findings", () => {
  it("have the place in TypeScript", async () => {
    const { diagnostics } = await compile("wrong");
    expect(diagnostics).toMatchObject([
      { severity: "error", file: "wrong.ts", line: 3, column: 10, text: "  return text;" },
    ]);
  });

  it("have floating point among them, inside of a closure, too", async () => {
    const { diagnostics } = await compile("float");
    expect(diagnostics).toMatchObject([{ severity: "error", code: "float", file: "float.ts", line: 3 }]);
  });
});

describe("the field of package.json", () => {
  const resolve = (field: Partial<PartField>) =>
    resolvePart({
      type: "extension",
      name: "x",
      folder: root,
      field: { type: "extension", entry: "closures.ts", ...field },
    });

  it("rounds the memory up to where the collector believes it ends", () => {
    const memory = { initialKiB: 132 };
    expect(resolve({ runtime: "managed", memory }).memory).toEqual({ initialKiB: 192, maximumKiB: 192 });
    expect(resolve({ memory }).memory).toEqual({ initialKiB: 132, maximumKiB: 132 });
  });

  it("rounds up what grows, which it does by as much", () => {
    expect(resolve({ memory: { initialKiB: 68, maximumKiB: 260 } }).memory).toEqual({
      initialKiB: 128,
      maximumKiB: 320,
    });
  });

  it.each([
    [{ initialKiB: 64 }, '"memory.initialKiB" of 64, where its linear memory cannot end'],
    [{ initialKiB: 70 }, '"memory.initialKiB" of 70, where'],
    [{ maximumKiB: 1.5 }, '"memory.maximumKiB" of 1.5, where'],
    [{ maximumKiB: "1024" }, '"memory.maximumKiB" of "1024", which is a string and no number'],
    [{ maximumKiB: 4 * 1024 * 1024 + 4 }, '"memory.maximumKiB" of 4194308, where'],
    [{ initialKiB: 128, maximumKiB: 72 }, '"memory.maximumKiB" of 72, and begins with 128 KiB'],
    [{ maximalKiB: 72 }, 'has no "memory.maximalKiB".'],
  ])("refuses the memory %o", (memory, sentence) => {
    expect(() => resolve({ memory } as Partial<PartField>)).toThrow(sentence);
  });

  it("refuses one managed instance for all processors, and what is neither", () => {
    expect(() => resolve({ runtime: "managed", instance: "shared" })).toThrow(/one on each processor/);
    expect(() => resolve({ runtime: "collected" as "managed" })).toThrow(/none of "none", "managed"/);
    expect(() => resolve({ instance: "single" as "shared" })).toThrow(/none of "per-processor", "shared"/);
  });
});
