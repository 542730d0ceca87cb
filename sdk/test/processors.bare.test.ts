// What C, C++ and Rust have of messages from processor to processor, and of processors' start by INIT and SIPI

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { run } from "../../kernel/test/bare/run.ts";
import { lines, X2APIC, XAPIC } from "../typescript/test/sipi-lines.ts";
import { extensionPackages, PATIENCE } from "./extension-package.ts";

const packages = extensionPackages();
const sourceOf = (ending: string) =>
  readFileSync(join(import.meta.dirname, "fixtures", `processors.${ending}`), "utf8");
const good = { kind: "exit", exitCode: 0, report: undefined };
const CPUIDS = 300;
/** SVM's revision, in EAX (APM volume 3, appendix E). */
const LEAF_SVM = 0x8000_000a;

describe.each([
  ["c", "c"],
  ["cpp", "cpp"],
  ["rust", "rs"],
] as const)("an extension in %s", (template, ending) => {
  it(
    "sends messages to other processors, which arrive once and in order",
    async () => {
      const image = await packages.build(template, `post-${ending}`, sourceOf(ending));
      const { ring, ...result } = await run(image, { smp: 2, cpuids: CPUIDS, settings: ["post=yes"] });
      expect(result).toMatchObject({ ...good, worked: [0, 1] });
      const said = (cpu: number, word: string) =>
        Number(
          ring
            .findLast((line) => line.startsWith(`PP ${cpu}: ${word} `))
            ?.split(" ")
            .at(-1),
        );
      for (const cpu of [0, 1]) {
        expect(said(cpu, "wrong")).toBe(0);
        // The exit by which a processor leaves reports before its handlers, and is one of another leaf
        expect(said(cpu, "sent") + said(cpu, "refused")).toBe(CPUIDS);
        expect(said(cpu, "received")).toBeGreaterThan(0);
      }
      expect(said(1, "received")).toBeLessThanOrEqual(said(0, "sent"));
      // The first processor leaves last: by then all has come that was sent to it
      expect(said(0, "received")).toBe(said(1, "sent"));
    },
    PATIENCE,
  );

  it(
    "has the operating system start its processors by INIT and SIPI",
    async () => {
      const image = await packages.build(template, `sipi-${ending}`, sourceOf(ending));
      const amd = await run(image, { smp: 4, cpuids: 1, append: `sipi=1 eax=${LEAF_SVM}` });
      expect(amd.output).toContain("bare: eax 0x0\n");
      expect(lines(amd)).toEqual(XAPIC(3));
      expect(amd).toMatchObject(good);
      const intel = await run(image, { machine: "intel", smp: 2, cpuids: 1, append: "sipi=1" });
      expect(lines(intel)).toEqual([...XAPIC(1), ...X2APIC(1)]);
      expect(intel).toMatchObject(good);
    },
    PATIENCE,
  );
});
