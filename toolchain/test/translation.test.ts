// What becomes of the C that wasm2c writes: its data packed, its functions for speed or for size

import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packData } from "../src/data.ts";
import { sizeFunctions } from "../src/fast-functions.ts";
import { BuildError, findWorkspace } from "../src/index.ts";
import { resolvePart } from "../src/part.ts";
import { Sample } from "./sample.ts";

interface Segment {
  readonly to: number;
  readonly bytes: readonly number[];
}

/** The data of a module as wasm2c 1.0.39 writes it. */
function written(segments: readonly Segment[]): string {
  const hex = (byte: number) => `0x${byte.toString(16).padStart(2, "0")}`;
  const arrays = segments.map(
    ({ bytes }, index) =>
      `static const u8 data_segment_data_w2c_m_d${index}[] = {\n  ${bytes.map(hex).join(", ")}, \n};\n\n`,
  );
  const copies = segments.map(
    ({ to, bytes }, index) =>
      `  LOAD_DATA(instance->w2c_memory, ${to}u, data_segment_data_w2c_m_d${index}, ${bytes.length});\n`,
  );
  return `${arrays.join("")}static void init_memories(w2c_m* instance) {\n${copies.join("")}}\n`;
}

/** What the loop over module_data leaves in a memory of zeros. */
function loaded(source: string): Map<number, number> {
  const words = (/module_data\[\] = \{([\d,]*)\};/.exec(source)?.[1] ?? "").split(",").map(Number);
  const memory = new Map<number, number>();
  const word = (index: number) => words[index] ?? Number.NaN;
  for (let at = 0; word(at + 1) !== 0; at += 2 + word(at + 1)) {
    for (let byte = 0; byte < 4 * word(at + 1); byte++) {
      const address = word(at) + byte;
      expect(memory.has(address), `${address} is written twice`).toBe(false);
      memory.set(address, (word(at + 2 + (byte >> 2)) >>> (8 * (byte & 3))) & 255);
    }
  }
  return memory;
}

/** Segments that do not overlap, in any order. */
const SEGMENTS = fc
  .array(fc.tuple(fc.nat(40), fc.array(fc.nat(255), { minLength: 1, maxLength: 20 })), { minLength: 1, maxLength: 12 })
  .chain((parts) => {
    let to = 65536;
    const segments = parts.map(([gap, bytes]) => {
      const segment = { to: to + gap, bytes };
      to = segment.to + bytes.length;
      return segment;
    });
    return fc.shuffledSubarray(segments, { minLength: segments.length });
  });

describe("data of a module", () => {
  it("is what wasm2c's arrays and copies would have left in a memory of zeros, each byte written once", () => {
    fc.assert(
      fc.property(SEGMENTS, (segments) => {
        const memory = loaded(packData(written(segments)));
        for (const { to, bytes } of segments) {
          expect(bytes.map((_, index) => memory.get(to + index))).toEqual(bytes);
          for (const index of bytes.keys()) memory.delete(to + index);
        }
        expect([...memory.values()].every((byte) => byte === 0)).toBe(true);
      }),
    );
  });

  it("is one array and one loop", () => {
    const source = packData(
      written([
        { to: 65548, bytes: [1, 2, 3, 4] },
        { to: 65600, bytes: [5] },
      ]),
    );
    expect(source).toContain("module_data[] = {65548,1,67305985,65600,1,5,0,0};");
    expect(source).not.toContain("data_segment_data");
    expect(source.match(/LOAD_DATA/g)).toHaveLength(1);
  });

  it("leaves a module without data alone", () => {
    expect(packData("static void f(w2c_m*);\n")).toBe("static void f(w2c_m*);\n");
  });
});

describe("functions that are compiled for speed", () => {
  const unit = [
    "u32 enterExit(u64 a0);",
    "void enterBoot(void);",
    "static u32 w2c_m_enterExit(w2c_m*, u64);",
    "static void w2c_m_enterBoot(w2c_m*);",
    "static u32 w2c_m_src0x2Fexit0x2FenterExit(w2c_m*, u64);",
    "static void w2c_m_src0x2Fexit0x2Frefuse(w2c_m*);",
    "static void w2c_m_src0x2Fmain0x2FenterBoot(w2c_m*);",
    "static u64 w2c_m_src0x2Fmemory0x2Fpool0x2FPool0x23take(w2c_m*, u32);",
    "static u64 w2c_m_src0x2Fmemory0x2Dreport0x2Freport(w2c_m*);",
    "static inline __attribute__((always_inline)) u64 w2c_cpu_rdmsr(struct w2c_cpu *self, u32 a0);",
  ].join("\n");
  const small = (fast: readonly string[]) =>
    sizeFunctions(unit, { module: "m", exports: ["enterExit", "enterBoot"], fast })
      .split("\n")
      .filter((line) => line.startsWith("__attribute__((minsize)) "))
      .map((line) => /(\w+)\(w2c_m\*|(\w+)\((?:u64|void)/.exec(line)?.slice(1).join(""));

  it("are those that are named, and their exports; all others of the module are small", () => {
    expect(small(["src/exit/enterExit", "src/memory"])).toEqual([
      "enterBoot",
      "w2c_m_enterBoot",
      "w2c_m_src0x2Fexit0x2Frefuse",
      "w2c_m_src0x2Fmain0x2FenterBoot",
      "w2c_m_src0x2Fmemory0x2Dreport0x2Freport",
    ]);
  });

  it("are all of a file that is named, and with it what it exports", () => {
    expect(small(["src/exit", "src/main", "src/memory-report"])).toEqual([
      "w2c_m_src0x2Fmemory0x2Fpool0x2FPool0x23take",
    ]);
  });

  describe("in a package", () => {
    let sample: Sample;
    beforeAll(() => {
      sample = new Sample("translation");
    });
    afterAll(() => sample.close());

    const resolved = (fast: readonly string[]) => {
      const kernel = findWorkspace(sample.root).parts.find(({ type }) => type === "kernel");
      if (kernel === undefined) throw new Error("The sample has no kernel.");
      return resolvePart({ ...kernel, field: { ...kernel.field, fast } }).fast;
    };

    it("are named by folder, file, or file and function", () => {
      const path = sample.path("kernel", "src", "main.ts");
      expect(resolved(["src", "src/main.ts", "src/main.ts#loadWord"])).toEqual([
        { path: sample.path("kernel", "src") },
        { path },
        { path, name: "loadWord" },
      ]);
    });

    it("are refused where their file does not exist", () => {
      expect(() => resolved(["src/gone.ts#loadWord"])).toThrow(BuildError);
      expect(() => resolved(["src/gone.ts#loadWord"])).toThrow("names src/gone.ts, which does not exist.");
    });
  });
});
