// The interface between the portable kernel and its architecture: fixtures/fake-arch has all that `#arch/...` may give

import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { compileTypeScript } from "../../../toolchain/src/assemblyscript.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const fake = join(root, "kernel/test/fixtures/fake-arch");
const source = join(root, "kernel/src");
/** A compiler's start takes seconds on a busy machine. */
const PATIENCE = 120_000;

/** Compiles with the declarations of fixtures/fake-arch for an architecture, as asc does. */
async function compile(entry: string) {
  const ownNames = { "#arch/*": join(fake, "*.ts") };
  const { diagnostics, inputs } = await compileTypeScript({
    ...{ root, entries: [join(root, entry)], ownNames, optimize: false },
    ...{ initialPages: 16, maximumPages: 16 },
  });
  return { errors: diagnostics.filter(({ severity }) => severity === "error"), inputs };
}

/** As tsc does: what it printed, the files first. */
function check() {
  const bin = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin/tsc");
  const { stdout, status } = spawnSync(process.execPath, [bin, "-p", fake, "--listFiles"], { encoding: "utf8" });
  return { lines: stdout.trimEnd().split("\n"), status };
}

const isReal = (path: string) => path.startsWith(join(root, "kernel/arch"));
const sources = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));

it(
  "is all that asc needs to compile the kernel",
  async () => {
    const { errors, inputs } = await compile("kernel/src/main.ts");
    expect(errors).toEqual([]);
    expect(inputs).toContain(join(fake, "vendor.ts"));
    expect(inputs.filter(isReal)).toEqual([]);
  },
  PATIENCE,
);

it(
  "is all that tsc needs to check it",
  () => {
    const { lines, status } = check();
    expect(status, lines.join("\n")).toBe(0);
    expect(lines).toContain(join(fake, "vendor.ts"));
    for (const name of sources(source)) expect(lines).toContain(join(source, name));
    expect(lines.filter(isReal)).toEqual([]);
  },
  PATIENCE,
);

it(
  "gives nothing else, whatever a real architecture has",
  async () => {
    const { errors } = await compile("kernel/test/fixtures/beyond-arch.ts");
    expect(errors).toContainEqual(expect.objectContaining({ file: "kernel/test/fixtures/beyond-arch.ts" }));
    expect(errors.map(({ message }) => message).join("\n")).toContain("rdmsr");
  },
  PATIENCE,
);

it("has nothing that the kernel does not use", () => {
  const used = new Set<string>();
  for (const name of sources(source)) {
    const text = readFileSync(join(source, name), "utf8");
    for (const [, names, all, module] of text.matchAll(/import (?:\{([^}]*)\}|\* as (\w+)) from "#arch\/([\w-]+)"/g)) {
      const taken =
        all === undefined
          ? (names ?? "").split(",")
          : [...text.matchAll(new RegExp(`\\b${all}\\.(\\w+)`, "g"))].map(([, member]) => member ?? "");
      for (const one of taken) used.add(`${module}.${one.trim()}`);
    }
  }
  const offered = sources(fake).flatMap((name) => {
    const text = readFileSync(join(fake, name), "utf8");
    const module = name.replace(".ts", "");
    return [...text.matchAll(/^export (?:const|declare function) (\w+)/gm)].map(([, member]) => `${module}.${member}`);
  });
  expect(offered.length).toBeGreaterThan(0);
  expect(offered.filter((member) => !used.has(member))).toEqual([]);
});

it("no table's size in the kernel is two numbers: the compiler knows how large a class is, and the ABI how many there are", () => {
  const files = ["src", "arch"].flatMap((folder) =>
    readdirSync(join(root, "kernel", folder), { recursive: true, encoding: "utf8" }).map((file) =>
      join(root, "kernel", folder, file),
    ),
  );
  const sources = files.filter((file) => file.endsWith(".ts"));
  const found = sources.filter((file) =>
    /memory\.data\([^)]*\b\d{2,} \* \d|memory\.data\(\d+ \* \d/.test(readFileSync(file, "utf8")),
  );
  expect(found).toEqual([]);
});
