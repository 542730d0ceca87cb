// What only Rust has: the crate alloc on the extension's heap, and a service's macro

import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { withSettings } from "@bareflank/abi/settings";
import { describe, expect, it } from "vitest";
import { run } from "../../kernel/test/bare/run.ts";
import { products } from "../../lab/src/paths.ts";
import { nameCallsAndExits } from "../../toolchain/src/call-names.ts";
import { extensionPackages, PATIENCE } from "./extension-package.ts";

const packages = extensionPackages();
const sourceOf = (name: string) => readFileSync(join(import.meta.dirname, "fixtures", `${name}.rs`), "utf8");
const LEAF = 0x4000_0060;

describe("the crate alloc", () => {
  it(
    "has its collections, gives all of it back, and ends the callback that wants more, with a line that says so",
    async () => {
      const image = await packages.build("rust", "alloc", sourceOf("alloc"), { memory: { maximumKiB: 256 } });
      const { ring, ...result } = await run(image);
      expect(result, result.output).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
      const said = (lines: readonly string[]) => lines.filter((line) => line.startsWith("PP 0: "));
      const names = Array.from({ length: 300 }, (_, number) => [(number * 7919) % 300, `number ${number}`] as const)
        .filter(([key]) => key % 2 === 1)
        .sort(([one], [other]) => one - other)
        .map(([, name]) => name);
      const lines = [
        `PP 0: names ${names.length} ${names[0]} ${names.join("").length}`,
        "PP 0: sum 3",
        "PP 0: sorted true",
        "PP 0: left 0",
        "PP 0: refused true",
      ];
      expect(said(ring)).toEqual([...lines, "PP 0: in a VM now"]);
      const path = image.replace(/\.elf$/, ".exhaust.elf");
      writeFileSync(path, withSettings(readFileSync(image), ["exhaust=1"]));
      const exhausted = await run(path, { append: `eax=${LEAF}` });
      const text = exhausted.ring.join("\n");
      expect(text).toMatch(/PP 0: panicked at /);
      expect(text).toMatch(/memory allocation of \d+ bytes failed/);
      expect(text).toContain("PP 0: vector 3, blocks true");
      expect(exhausted).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
      expect(exhausted.output).toContain("bare: eax 0x77\n");
    },
    PATIENCE,
  );

  it(
    "makes and drops a Box in at most 450 instructions",
    async () => {
      const image = await packages.build("rust", "alloc-cost", sourceOf("alloc"), { memory: { maximumKiB: 256 } });
      const cost = async (rounds: number) => {
        const path = image.replace(/\.elf$/, `.${rounds}.elf`);
        writeFileSync(path, withSettings(readFileSync(image), [`rounds=${rounds}`]));
        const { output } = await run(path, { cpuids: 1000, icount: true });
        return Number(/in the root VM: (\d+) each/.exec(output)?.[1]);
      };
      const [none, some] = [await cost(0), await cost(10)];
      expect((some - none) / 10).toBeGreaterThan(50);
      expect((some - none) / 10).toBeLessThanOrEqual(450);
    },
    PATIENCE,
  );
});

it(
  "a callback that ends with a refused call says so, and with which status",
  async () => {
    const source = `#![no_std]
use bareflank::{abi, callbacks, root, Next, Pp, Status, Vs};

callbacks!(bootstrap, vmexit);

fn bootstrap(pp: Pp) -> Result<Next, Status> {
    root::start(pp)?;
    Vs(77).read(abi::REG_RIP)?;
    Ok(Next::Run)
}

fn vmexit(vs: Vs, reason: u64) -> Result<Next, Status> {
    root::vmexit(vs, reason)
}
`;
    const { kind, ring } = await run(await packages.build("rust", "no-vs", source));
    expect(kind).toBe("exit");
    const said = ring.filter((line) => line.startsWith("PP 0: ")).map(nameCallsAndExits);
    expect(said).toEqual(["PP 0: a system call refused: status INVALID_INPUT_REG1"]);
  },
  PATIENCE,
);

it(
  "a service in Rust answers the messages of an extension in C",
  async () => {
    const image = await packages.build("rust", "judge", sourceOf("service"));
    const manifest = join(dirname(image), "manifest.json");
    copyFileSync(products.defaultExtension.replaceAll("default", "leaf-monitor"), join(dirname(image), "monitor.elf"));
    const extensions = [
      { file: "monitor.elf", msrs: [] },
      { file: "judge.elf", name: "leaf-judge", calls: ["debug", "message"], msrs: [] },
    ];
    writeFileSync(manifest, JSON.stringify({ extensions }));
    const { ring, ...result } = await run([], { manifest, smp: 2, cpuids: 50, append: "leaf=4 own=1" });
    expect(result, result.output).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
    for (const cpu of [0, 1]) expect(ring).toContain(`PP ${cpu}: leaves denied: 50`);
    expect(ring.filter((line) => line.includes("no VM for the judge"))).toHaveLength(2);
  },
  PATIENCE,
);
