// Packages of new extensions, as far as they are files

import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { scaffold, templates, UsageError } from "../src/index.ts";

const checkout = resolve(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "bf-new-"));
afterAll(() => rmSync(folder, { recursive: true }));

const read = (...path: string[]) => readFileSync(join(folder, ...path), "utf8");

/** What making a package is refused with. */
function refusal(path: string, template = "minimal"): string {
  try {
    scaffold(path, template);
  } catch (error) {
    if (error instanceof UsageError) return `${error.message} ${error.hint}`;
    throw error;
  }
  throw new Error("it was made");
}

describe("a new package", () => {
  it("has what its template has, under a name of its own", () => {
    const { files } = scaffold(join(folder, "mine"), "minimal");
    expect(files).toEqual([
      ...[
        ".gitignore",
        ".vscode/launch.json",
        ".vscode/settings.json",
        ".vscode/tasks.json",
        "README.md",
        "package.json",
        "src/main.ts",
        "test/extension.test.ts",
        "tsconfig.json",
      ],
    ]);
    expect(read("mine", "src/main.ts")).toBe(readFileSync(join(checkout, "extensions/minimal/src/main.ts"), "utf8"));
    expect(JSON.parse(read("mine", "package.json"))).toMatchObject({
      name: "mine",
      scripts: { test: "tsc && bf build --dev && vitest run" },
      bareflank: { type: "extension" },
    });
    for (const file of files) expect(read("mine", file)).not.toContain("{{");
    expect(read("mine", "package.json")).not.toContain("template");
  });

  it("finds this checkout's packages, by its node_modules and by its package.json alike", () => {
    scaffold(join(folder, "linked"), "cpp");
    const { dependencies, devDependencies } = JSON.parse(read("linked", "package.json"));
    const packages = { "@bareflank/sdk-cpp": "sdk/cpp", "@bareflank/toolchain": "toolchain", "@bareflank/lab": "lab" };
    for (const [name, place] of Object.entries(packages)) {
      const path = { ...dependencies, ...devDependencies }[name].replace(/^file:/, "");
      expect(realpathSync(join(folder, "linked", path))).toBe(join(checkout, place));
      expect(realpathSync(join(folder, "linked/node_modules", name))).toBe(join(checkout, place));
    }
    for (const command of ["bf", "vitest", "tsc"]) {
      expect(existsSync(join(folder, "linked/node_modules/.bin", command)), command).toBe(true);
    }
  });

  it.each([
    ["c", "compile_flags.txt"],
    ["cpp", "compile_flags.txt"],
    ["rust", "rust-project.json"],
    ["cpuid-counter", "tsconfig.json"],
  ])("from %s tells editors in %s where the sources of the SDK are", (template, file) => {
    const path = join(folder, `editor-${template}`);
    scaffold(path, template);
    const text = readFileSync(join(path, file), "utf8");
    for (const [, name = ""] of text.matchAll(/(?:-I|")((?:\.\.\/)+[^"\n]+)/g)) {
      expect(existsSync(join(path, name)), name).toBe(true);
    }
  });

  it.each(["c", "cpp", "exit-histogram"])("from %s tells editors how clang compiles it", (template) => {
    const path = join(folder, `clang-${template}`);
    scaffold(path, template);
    const flags = readFileSync(join(path, "compile_flags.txt"), "utf8").trimEnd().split("\n");
    const source = template === "c" ? "src/main.c" : "src/main.cpp";
    const { stderr, status } = spawnSync("clang", [...flags, "-fsyntax-only", source], { cwd: path, encoding: "utf8" });
    expect([status, stderr]).toEqual([0, ""]);
  });

  it("can go into a folder that is empty", () => {
    mkdirSync(join(folder, "empty"));
    expect(scaffold(join(folder, "empty"), "c").template).toBe("c");
  });
});

describe("is refused", () => {
  it("from a template that is none, with a list of those that are", () => {
    const names = templates().map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["c", "cpp", "cpuid-counter", "minimal", "rust"]));
    expect(refusal(join(folder, "no"), "nothing")).toBe(
      `There is no template "nothing". There are: ${names.join(", ")}.`,
    );
  });

  it.each(["Upper", "1st", "under_score", "dot.dot", "a b"])("under the name %s", (name) => {
    expect(refusal(join(folder, name))).toContain(`"${name}" will not do as a name.`);
  });

  it("in this checkout, by whatever path", () => {
    expect(refusal(join(checkout, "inside"))).toMatch(/lies in the checkout.*bf new .*inside$/);
    symlinkSync(checkout, join(folder, "link"));
    expect(refusal(join(folder, "link", "inside"))).toContain("lies in the checkout");
  });

  it("over something that is there", () => {
    mkdirSync(join(folder, "full"));
    writeFileSync(join(folder, "full", "file"), "");
    expect(refusal(join(folder, "full"))).toContain("exists already and is not empty");
  });
});
