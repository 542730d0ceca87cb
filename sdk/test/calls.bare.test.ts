// The system calls through the SDKs of C, C++ and Rust, on the kernel that ships: every language the same

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BOOT_EXT_FAULT, PHASE_BOOTSTRAP, STATUS_INVALID_INPUT_REG1, STATUS_INVALID_INPUT_REG2 } from "@bareflank/abi";
import { withSettings } from "@bareflank/abi/settings";
import { describe, expect, it } from "vitest";
import { failedStart, faultLine, machines } from "../../kernel/test/bare/expected.ts";
import { run } from "../../kernel/test/bare/run.ts";
import { extensionPackages, PATIENCE } from "./extension-package.ts";

const packages = extensionPackages();
const BREAKPOINT = 3;
const ENDINGS = { c: "c", cpp: "cpp", rust: "rs" };

const images = new Map<string, Promise<string>>();

/** Builds fixtures/calls, once, and answers the path of its image. */
function built(language: keyof typeof ENDINGS): Promise<string> {
  const image = images.get(language) ?? edited(language, language);
  images.set(language, image);
  return image;
}

/** The same of a changed source. */
function edited(language: keyof typeof ENDINGS, name: string, edit = (source: string): string => source) {
  const fixture = join(import.meta.dirname, "fixtures", `calls.${ENDINGS[language]}`);
  return packages.build(language, name, edit(readFileSync(fixture, "utf8")), { memory: { maximumKiB: 256 } });
}

/** Its image with settings, beside it. */
async function builtWith(language: keyof typeof ENDINGS, settings: readonly string[]): Promise<string> {
  const image = await built(language);
  const path = image.replace(/\.elf$/, ".set.elf");
  writeFileSync(path, withSettings(readFileSync(image), settings));
  return path;
}

const hex = (status: bigint) => `0x${status.toString(16)}`;

const LINES = [
  "page: 0x0",
  "zeroed: 1",
  "vm: 0x0",
  "vp: 0x0",
  "vs: 0x0",
  "write: 0x0",
  "read: 0x0",
  "rip: 0x1234",
  "attributes: 0xcf3",
  "privilege 3",
  `taken: ${0b01010010000}`, // of 11 values that a VM may choose, those that its processor takes
  "event: 0x80000306",
  "event: 0x80000b0d",
  `no register: ${hex(STATUS_INVALID_INPUT_REG2)}`,
  `no vp: ${hex(STATUS_INVALID_INPUT_REG1)}`,
  "vs destroyed: 0x0",
  "vp destroyed: 0x0",
  "vm destroyed: 0x0",
  "efer: 0x0",
  "free: 0x0",
  ...["nested", "identity", "protect", "unmap", "map", "translate"].map((call) => `${call}: 0x0`),
  "host: 0x9123",
  "nested freed: 0x0",
  ...["map created", "trapped", "passed"].map((call) => `${call}: 0x0`),
  "exits: 0x2",
  "map destroyed: 0x0",
  "space 1",
  "blocks 31", // of 252 KiB, 8 KiB and a header each
  "heap 1",
  "refused 1",
  "again 31",
  "leaked 0",
];

/** What the fixtures make of SETTINGS. */
const SETTINGS = ["number=5", "hexadecimal=0xFf", "word=seven", "number=6", "rounds=1000000"];
const READ = ["number: 6", "hexadecimal: 255", "word: 1", "is it: 1", "none: 1"];
const NO_NUMBER = {
  c: "warning: setting word=seven is no number: 1 it is",
  cpp: "warning: setting word=seven is no number: 1 it is",
  rust: "warning: setting word=seven is no number",
};
const NOT_GIVEN = ["number: 1", "hexadecimal: 1", "word: 1", "is it: 0", "none: 1"];

/** What is said of the call that is required to succeed, and does not. In Rust there is none such. */
const REFUSED = {
  c: [`bf_vs_run((bf_vm){7}, (bf_vp){7}, root) refused: status ${hex(STATUS_INVALID_INPUT_REG1)} (src/main.c:169)`],
  cpp: [`a system call refused: status ${hex(STATUS_INVALID_INPUT_REG1)} (src/main.cpp:168)`],
  rust: [],
};

describe.each(["c", "cpp", "rust"] as const)("the SDK of %s", (language) => {
  it(
    "makes calls, gets their outputs and statuses, asserts, and repairs",
    async () => {
      const image = await built(language);
      for (const machine of machines) {
        const { ring, ...result } = await run(image, { machine, smp: 2 });
        expect(result, result.output).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
        const said = (pp: number) => ring.filter((line) => line.startsWith(`PP ${pp}: `));
        for (const pp of [0, 1]) {
          const lines = [...LINES, ...NOT_GIVEN, ...REFUSED[language], "failed: vector 3", "repaired: 1"];
          expect(said(pp)).toEqual(lines.map((line) => `PP ${pp}: ${line}`));
          expect(ring).toContain(faultLine(BREAKPOINT, 0, 0n, pp));
        }
      }
    },
    PATIENCE,
  );

  it(
    "reads settings, and loses nothing of its heap in a million rounds",
    async () => {
      const image = await builtWith(language, SETTINGS);
      const { ring } = await run(image);
      const lines = [...READ, NO_NUMBER[language], "again 31", "leaked 0"];
      expect(ring).toEqual(expect.arrayContaining(lines.map((line) => `PP 0: ${line}`)));
    },
    PATIENCE,
  );
});

describe("a heap that four processors use at once", () => {
  it(
    "gives each block to one of them, and knows at the end how many there are",
    async () => {
      const image = await builtWith("c", ["count=yes"]);
      const { ring, ...result } = await run(image, { smp: 4, cpuids: 5000, append: "together=1" });
      expect(result, result.output).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
      // Each keeps its last eight
      for (const pp of [0, 1, 2, 3]) expect(ring).toContain(`PP ${pp}: blocks at the end ${4 * 8}`);
    },
    PATIENCE,
  );
});

describe("a panic in Rust", () => {
  it(
    "is logged with its place, and is a failed assertion",
    async () => {
      const image = await edited("rust", "panic", (source) =>
        source
          .replace("callbacks!(bootstrap, vmexit, fail);", "callbacks!(bootstrap, vmexit);\n#[allow(dead_code)]")
          .replace("#[allow(dead_code)]\n\nstatic", "static")
          .replace("fn fail(", "#[allow(dead_code)]\nfn fail(")
          .replace("calls(pp, root)?;", 'calls(pp, root)?;\n    assert_eq!(REPAIRED.get(), 1, "on purpose");'),
      );
      const { ring, report } = await run(image);
      expect(report).toEqual(failedStart(PHASE_BOOTSTRAP, BOOT_EXT_FAULT, BREAKPOINT));
      // How the message is laid out depends on the compiler's version.
      const text = ring.join("\n");
      for (const part of ["PP 0: panicked at ", "src/main.rs:", "on purpose", "right: `?1"]) {
        expect(text).toMatch(new RegExp(part));
      }
    },
    PATIENCE,
  );
});
