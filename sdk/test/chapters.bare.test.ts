// The code of the manual's chapters: each is built, and run where no Linux is needed

import { HYPERCALL_COUNTER } from "@bareflank/abi";
import { describe, expect, it } from "vitest";
import { EXIT_LOADER, machines } from "../../kernel/test/bare/expected.ts";
import { run } from "../../kernel/test/bare/run.ts";
import { buildChapter, type Chapter, chapterFiles, codeOf, cookbook, cookbookIn, OTHERS } from "./chapters.ts";
import { extensionPackages, PATIENCE } from "./extension-package.ts";

const packages = extensionPackages();
const PAGE = 0xa00_0000;

/** The image of the extension that stands in a chapter at this place. */
const build = (chapter: Chapter, index: number) =>
  buildChapter(packages, `${chapter}-${index}`, codeOf(chapter)[index] ?? "");

/** The images of its first extension in C, C++ and Rust, with a change. */
async function twins(chapter: Chapter, change = (source: string) => source): Promise<string[]> {
  const images: string[] = [];
  for (const fence of ["c", "cpp", "rust"] as const) {
    images.push(await packages.build(OTHERS[fence], `${chapter}-${fence}`, change(codeOf(chapter, fence)[0] ?? "")));
  }
  return images;
}

const good = { kind: "exit", exitCode: 0, report: undefined };

it("knows each chapter, and each piece of code in it", () => {
  const counts = chapterFiles().map((chapter) => [chapter, codeOf(chapter as Chapter).length]);
  expect(counts).toEqual([
    ["cookbook", 14],
    ["counters", 2],
    ["devices", 2],
    ["guest-memory", 1],
    ["nested-paging", 3],
    ["second-vm", 1],
  ]);
  for (const fence of ["c", "cpp", "rust"] as const) {
    expect(chapterFiles().flatMap((chapter) => codeOf(chapter as Chapter, fence).length)).toEqual([14, 1, 0, 1, 1, 0]);
  }
});

describe("nested paging", () => {
  it(
    "refuses to write to a page",
    async () => {
      for (const image of [await build("nested-paging", 0), ...(await twins("nested-paging"))]) {
        for (const machine of machines) {
          const open = await run(image, { machine, append: `peek=${PAGE} poke=${PAGE + 0x1000} value=7` });
          expect(open).toMatchObject(good);
          expect(open.output).toContain("bare: poke 0x7\n");
          const { output } = await run(image, { machine, append: `poke=${PAGE + 0xff8} value=7` });
          expect(output).toContain("bare: exception 13, error code 0x0, at ");
        }
      }
    },
    PATIENCE,
  );

  it(
    "shares tables with other processors",
    async () => {
      const image = await build("nested-paging", 1);
      expect(await run(image, { smp: 2, append: `peek=${PAGE}` })).toMatchObject({ ...good, worked: [0, 1] });
      const { output } = await run(image, { smp: 2, append: `poke=${PAGE}` });
      expect(output).toContain(`write of 0x${PAGE.toString(16)}, RIP `);
    },
    PATIENCE,
  );

  it(
    "puts back what the tables have shown elsewhere",
    async () => {
      const image = await build("nested-paging", 2);
      for (const machine of machines) {
        // The second start finds in the page itself what the VM wrote to its copy under the first one
        const append = `peek=${PAGE} poke=${PAGE} value=0x77 cycles=2`;
        const { output, ...result } = await run(image, { machine, append });
        expect(result).toMatchObject(good);
        expect(output.match(/^bare: (?:peek|poke) \w+$/gm)).toEqual([
          expect.not.stringContaining("0x77"),
          "bare: poke 0x77",
          "bare: peek 0x77",
          "bare: poke 0x77",
        ]);
        expect(result.ring.filter((line) => line === "PP 0: the page is back")).toHaveLength(2);
      }
      expect(await run(image, { smp: 2 })).toMatchObject({
        exitCode: EXIT_LOADER,
        report: { operation: "start", cpu: 1 },
      });
    },
    PATIENCE,
  );
});

it(
  "counts",
  async () => {
    const one = await build("counters", 1);
    const all = [await build("counters", 0), ...(await twins("counters"))];
    for (const machine of machines) {
      for (const image of all) {
        const counters = await run(image, { machine, append: `vmmcall=${HYPERCALL_COUNTER}` });
        expect(counters).toMatchObject(good);
        expect(counters.output).toContain("bare: vmmcall 0x0\n");
      }
      const halts = await run(one, { machine, append: "vmmcall=0x68616c74 hlt=1" });
      expect(halts).toMatchObject(good);
      expect(halts.output).toContain("bare: vmmcall 0x0\n");
    }
  },
  PATIENCE,
);

it(
  "publishes sixteen counters, and says which one is too many",
  async () => {
    const source = codeOf("counters")[0] ?? "";
    const publish = (names: readonly string[]) =>
      source.replace(
        / {2}publishCounter\(.*\n {2}publishCounter\(.*\n/,
        names.map((name) => `  publishCounter("${name}", () => cpuids);\n`).join(""),
      );
    const sixteen = Array.from({ length: 16 }, (_, index) => `counter ${index}`);
    for (const [name, names, culprit] of [
      ["sixteen", sixteen, ""],
      ["seventeen", [...sixteen, "the last"], "no place for the last"],
      ["long", ["x".repeat(32), "y".repeat(33)], `no place for ${"y".repeat(33)}`],
      ["nameless", ["x", ""], "no place for "],
      ["twice", ["x", "xy", "x"], "another one is called x"],
    ] as const) {
      const { output, ...result } = await run(await packages.build("minimal", name, publish(names)));
      if (culprit === "") expect(result).toMatchObject(good);
      else expect(output).toContain(`PP 0: error: publishCounter: ${culprit}`);
    }
  },
  PATIENCE,
);

it(
  "looks at an address of the kernel's, in each language",
  async () => {
    // What RBX has there is no number of ours
    const at = (address: string) => (source: string) =>
      source.replace(/= (?:bf_guest->|guest::|guest\.)rbx(?:\(\))?;/, `= ${address};`);
    const images = async (address: string) => [
      await packages.build("minimal", "look-ts", at(address)(codeOf("guest-memory")[0] ?? "")),
      ...(await twins("guest-memory", at(address))),
    ];
    // The bare platform has 4 GiB
    for (const [address, answer] of [
      [`0x${PAGE.toString(16)}`, "0x0"],
      ["0x10000000000", "0x1"],
    ] as const) {
      for (const image of await images(address)) {
        const { output, ...result } = await run(image, { append: "vmmcall=0x6c6f6f6b" });
        expect(result).toMatchObject(good);
        expect(output).toContain(`bare: vmmcall ${answer}\n`);
      }
    }
  },
  PATIENCE,
);

describe("a second VM", () => {
  it(
    "answers by a secret of its own",
    async () => {
      const image = await build("second-vm", 0);
      for (const machine of machines) {
        const { output, ...result } = await run(image, {
          machine,
          smp: 2,
          cpuids: 50,
          append: `leaf=${0x4000_0050} eax=${0x4000_0050} ecx=5 own=1`,
        });
        expect(result).toMatchObject({ ...good, worked: [0, 1] });
        expect(output).toContain(`bare: eax 0x${(5 * 42).toString(16)}\n`);
        // The root VM sees nothing of it
        expect(output).toContain("bare: not zero 0x0\n");
      }
    },
    PATIENCE,
  );

  it(
    "cannot be made before all root VSs are there, and the ring says so",
    async () => {
      const early = (codeOf("second-vm")[0] ?? "").replace("processor = ppid;", "processor = ppid;\n  create();");
      const { output, ...result } = await run(await packages.build("minimal", "early", early), { smp: 2 });
      expect(result).toMatchObject({ exitCode: EXIT_LOADER, report: { operation: "start", cpu: 1 } });
      expect(output).toContain("PP 1: error: startRoot: this processor's number is another VS's");
    },
    PATIENCE,
  );

  it(
    "ends when it touches what it has not, or faults",
    async () => {
      const source = codeOf("second-vm")[0] ?? "";
      const stray = source
        .replace("0xe5, 0x10,", "0x8b, 0x04, 0x25, 0, 0, 0, 0x10,")
        .replace(/PROGRAM_BYTES: u64 = 9/, "PROGRAM_BYTES: u64 = 14");
      const undefined_ = source.replace("0xe5, 0x10,", "0x0f, 0x0b,");
      for (const [name, changed] of [
        ["stray", stray],
        ["undefined", undefined_],
      ] as const) {
        expect(changed).not.toBe(source);
        const image = await packages.build("minimal", name, changed);
        for (const machine of machines) {
          const { output, ring, ...result } = await run(image, { machine, append: `eax=${0x4000_0050} ecx=5` });
          expect(result).toMatchObject(good);
          expect(output).toContain("bare: eax 0x0\n");
          expect(ring).toContain("PP 0: warning: the second VM has failed at 0x1000");
        }
      }
    },
    PATIENCE,
  );
});

it.each(["ts", "c", "cpp", "rust"] as const)(
  "cooks each recipe, all in one extension: %s",
  async (fence) => {
    const image =
      fence === "ts"
        ? await buildChapter(packages, "cookbook", cookbook())
        : await packages.build(OTHERS[fence], `cookbook-${fence}`, cookbookIn(fence));
    for (const machine of machines) {
      const acts = [
        `wrmsr=${0x176} rdmsr=${0x277} value=0x1234`,
        `outb=0x80 inb=${0x5a8} cr4=8 poke=${PAGE} eax=${0x4000_0099} ecx=5 vmmcall=0xc00c hlt=1 sti=1`,
      ];
      const { output, ring, ...result } = await run(image, { machine, append: acts.join(" ") });
      expect(result).toMatchObject(good);
      for (const told of ["rdmsr 0x7040600070406", "inb 0x21", "eax 0xc00c", "vmmcall 0x1"]) {
        expect(output).toContain(`bare: ${told}\n`);
      }
      expect(output).not.toContain("bare: poke 0x1234");
      expect(ring).toEqual(
        expect.arrayContaining([
          `PP 0: SYSENTER is to enter at ${0x1234}`,
          expect.stringMatching(/^PP 0: CR4 := 0x[0-9a-f]*[89a-f]$/),
          `PP 0: write to 0x${PAGE.toString(16)} is lost`,
          expect.stringMatching(/^PP 0: idle since \d+$/),
          "PP 0: interrupts are on",
          "PP 0: kicked",
        ]),
      );
      const undefined_ = await run(image, { machine, append: "ud=1" });
      expect(undefined_.output).toContain("bare: exception 6, ");
      expect(undefined_.output).toContain("PP 0: undefined instruction, bytes: 2");
    }
  },
  PATIENCE,
);

it.each(["ts", "c", "cpp", "rust"] as const)(
  "has time go half as fast, by the cookbook's recipe: %s",
  async (fence) => {
    const recipe = fence === "ts" ? cookbook() : cookbookIn(fence);
    const template = fence === "ts" ? "minimal" : OTHERS[fence];
    const asItIs = recipe.replaceAll(/^.*(?:\(Instruction\.Rdtsc|INTERCEPT_RDTSC).*\n/gm, "");
    expect(asItIs).not.toBe(recipe);
    /** What one CPUID of a thousand took, by the root VM's own counter: instructions. */
    const took = async (name: string, source: string) => {
      const result = await run(await packages.build(template, `${name}-${fence}`, source), {
        icount: true,
        cpuids: 1000,
      });
      expect(result).toMatchObject(good);
      return Number(/in the root VM: (\d+) each/.exec(result.output)?.[1]);
    };
    const whole = await took("as-it-is", asItIs);
    const half = await took("half", recipe);
    expect(whole).toBeGreaterThan(200);
    // The exit of the second reading is in it, once in a thousand
    expect(Math.abs(half * 2 - whole)).toBeLessThanOrEqual(10);
  },
  PATIENCE,
);
