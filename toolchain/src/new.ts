// Makes the package of a new extension, outside of this checkout, from one of the extensions that are templates

import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { debuggerFiles } from "./debugger-files.ts";
import { BuildError, UsageError } from "./errors.ts";
import { findWorkspace, type Language, type PartField } from "./part.ts";

/** An extension of this checkout that others can begin from. */
export interface Template {
  /** Its field "template". */
  readonly name: string;
  /** Its description. */
  readonly about: string;
  readonly folder: string;
  readonly field: PartField;
  /** Packages of this checkout that it uses. */
  readonly dependencies: readonly string[];
}

interface Manifest {
  readonly version?: string;
  readonly description?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly bin?: string | Readonly<Record<string, string>>;
}

/** The checkout that this file belongs to. */
const CHECKOUT = resolve(import.meta.dirname, "../..");
const TEMPLATES = resolve(import.meta.dirname, "../templates");

/** Packages of the checkout that every extension uses to build and test. */
const TOOLS = ["@bareflank/toolchain", "@bareflank/lab"];
/** For editors of TypeScript. Its server looks for it from its own folder, where links lead to: from the checkout's toolchain. */
const EDITOR = "@bareflank/toolchain/editor";
/** Packages of others that it uses, in the versions of the checkout; asc's declarations are for extensions in TypeScript. */
const FOREIGN_TOOLS = ["assemblyscript", "typescript", "vitest"];

const DEBUGGING = `In VS Code with its extension C/C++, F5 stops at breakpoints in TypeScript; elsewhere the third command with \`--gdb\` says what to type.

`;
const DEVELOPMENT_ROW = `| \`npm run bf -- build --dev\` | the same within a second, for tests: slower code, which \`npm test\` and \`npm start\` build, too |
`;

/** npm's rule for names, and one that a linker and a shell can live with. */
const NAME = /^[a-z][a-z0-9-]*$/;

const readManifest = (folder: string) => JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;

/** All templates, by name. */
export function templates(): Template[] {
  return findWorkspace(CHECKOUT)
    .parts.flatMap(({ folder, field }) => {
      if (field.template === undefined) return [];
      const { description = "", dependencies = {} } = readManifest(folder);
      return [{ name: field.template, about: description, folder, field, dependencies: Object.keys(dependencies) }];
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** What was made. */
export interface Scaffold {
  readonly folder: string;
  readonly template: string;
  /** Paths below the folder, without node_modules. */
  readonly files: readonly string[];
  /** The checkout, when the microkernel and the rest have not been built there. */
  readonly unbuiltCheckout: string | undefined;
}

/**
 * Makes a package that builds, runs and tests as it is: its node_modules lead to the checkout.
 *
 * @example
 * scaffold("../hello", "minimal");
 * @throws UsageError when the folder or the template will not do
 */
export function scaffold(path: string, templateName: string): Scaffold {
  const known = templates();
  const template = known.find(({ name }) => name === templateName);
  if (template === undefined) {
    throw new UsageError(`There is no template "${templateName}".`, {
      hint: `There are: ${known.map(({ name }) => name).join(", ")}.`,
    });
  }
  const folder = newFolder(path);
  const name = basename(folder);
  const source = sourceOf(template);
  const words = {
    name,
    source,
    template: template.name,
    about: template.about.replace(/^\w/, (first) => first.toLowerCase()),
    elf: `build/extensions/${name}/${name}.elf`,
    checkout: relative(folder, CHECKOUT),
    development: languageOf(template) === "typescript" ? DEVELOPMENT_ROW : "",
    debugging: languageOf(template) === "typescript" ? DEBUGGING : "",
  };
  cpSync(join(template.folder, "src"), join(folder, "src"), { recursive: true });
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  };
  write("package.json", json(manifest(template, folder, words.elf)));
  write("README.md", filled("README.md", words));
  write(".gitignore", filled("gitignore", words));
  write(join("test", "extension.test.ts"), filled("extension.test.ts", words));
  for (const [file, text] of editorFiles(template, folder)) write(file, text);
  if (languageOf(template) === "typescript") {
    const kernel = relative(folder, join(CHECKOUT, "build/kernel/kernel.debug.elf"));
    for (const [file, value] of debuggerFiles({ kernel, checkout: words.checkout, elf: words.elf }))
      write(file, json(value));
  }
  linkPackages([...template.dependencies, ...TOOLS, ...FOREIGN_TOOLS], folder);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((file) => !file.startsWith(`node_modules${sep}`))
    .sort();
  const isBuilt = existsSync(join(CHECKOUT, "build", "bare", "bare.elf"));
  return { folder, template: template.name, files, unbuiltCheckout: isBuilt ? undefined : CHECKOUT };
}

/** The folder to make; its last component is the extension's name. */
function newFolder(path: string): string {
  const folder = resolve(path);
  const name = basename(folder);
  if (!NAME.test(name)) {
    throw new UsageError(`"${name}" will not do as a name.`, {
      hint: "A name begins with a small letter and has small letters, digits and hyphens.",
    });
  }
  const isInside = !relative(CHECKOUT, real(folder)).startsWith("..");
  if (isInside) {
    throw new UsageError(`${folder} lies in the checkout of Bareflank itself.`, {
      hint: `Make it beside it: bf new ${relative(process.cwd(), join(dirname(CHECKOUT), name))}`,
    });
  }
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    throw new UsageError(`${folder} exists already and is not empty.`, { hint: "Name another folder." });
  }
  return folder;
}

/** The path without links, as far as it exists. */
function real(path: string): string {
  return existsSync(path) || path === dirname(path) ? realpathSync(path) : join(real(dirname(path)), basename(path));
}

const languageOf = (template: Template): Language => template.field.language ?? "typescript";

const SOURCES: Record<Language, string> = {
  typescript: "src/main.ts",
  c: "src/main.c",
  cpp: "src/main.cpp",
  rust: "src/main.rs",
};

function sourceOf(template: Template): string {
  const source = SOURCES[languageOf(template)];
  if (existsSync(join(template.folder, source))) return source;
  throw new BuildError(`The template "${template.name}" has no ${source}.`);
}

function filled(file: string, words: Readonly<Record<string, string>>): string {
  const text = readFileSync(join(TEMPLATES, `${file}.template`), "utf8");
  return text.replace(/\{\{(\w+)\}\}/g, (_, word) => words[word] ?? "");
}

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

function manifest(template: Template, folder: string, elf: string) {
  const { template: _, name: __, ...bareflank } = template.field;
  const own = (names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, `file:${relative(folder, packageOf(name))}`]));
  const foreign = Object.fromEntries(FOREIGN_TOOLS.map((name) => [name, readManifest(packageOf(name)).version]));
  const isTypeScript = languageOf(template) === "typescript";
  const build = isTypeScript ? "bf build --dev" : "bf build";
  const quick = `bfm quick ${basename(elf)} && bf-cpuid --leaf 0x40000000 && bfm dump && bfm stop`;
  return {
    name: basename(folder),
    version: "0.1.0",
    private: true,
    type: "module",
    scripts: {
      bf: "bf",
      build: "bf build",
      start: `${build} && bf lab run --machine amd --put ${elf} -- '${quick}'`,
      // Each compiler of TypeScript accepts things that the other one refuses.
      test: `${isTypeScript ? "tsc && " : ""}${build} && vitest run`,
    },
    dependencies: own(template.dependencies),
    devDependencies: { ...own(TOOLS), ...foreign },
    bareflank,
  };
}

const TSCONFIG = {
  extends: "@bareflank/toolchain/tsconfig.bare.json",
  compilerOptions: { plugins: [{ name: EDITOR }] },
  include: ["src/**/*.ts"],
};

/** Version 7 has no plugins; Visual Studio Code takes one of the workspace's when it is allowed to, and asks. */
const VSCODE = {
  "typescript.tsdk": "node_modules/@bareflank/toolchain/node_modules/typescript/lib",
  "typescript.enablePromptUseWorkspaceTsdk": true,
  // Stops of the debugger for C and C++ in TypeScript
  "debug.allowBreakpointsEverywhere": true,
};

/** What editors want to know of the sources. */
function editorFiles(template: Template, folder: string): [string, string][] {
  const at = (...names: string[]) => relative(folder, join(CHECKOUT, ...names));
  const include = ["sdk/c/include", "sdk/cpp/include", "abi/generated/c"].map((name) => `-I${at(name)}`);
  const bare = ["--target=x86_64-unknown-none-elf", "-ffreestanding"];
  const std = ["--target=x86_64-unknown-linux-gnu", "-stdlib=libc++", "-DBF_STD"];
  const clang = [...(template.field.runtime === "std" ? std : bare), ...include];
  switch (languageOf(template)) {
    case "typescript":
      return [
        ["tsconfig.json", json(TSCONFIG)],
        [".vscode/settings.json", json(VSCODE)],
      ];
    case "c":
      return [["compile_flags.txt", `${[...clang, "-std=gnu11"].join("\n")}\n`]];
    case "cpp":
      return [["compile_flags.txt", `${[...clang, "-xc++", "-std=c++17"].join("\n")}\n`]];
    case "rust":
      return [["rust-project.json", json(rustProject(at("sdk/rust/src/lib.rs")))]];
  }
}

/** What rust-analyzer reads in place of a Cargo.toml. */
const rustProject = (sdk: string) => ({
  crates: [
    { root_module: sdk, display_name: "bareflank", edition: "2021", deps: [] },
    { root_module: "src/main.rs", edition: "2021", deps: [{ crate: 0, name: "bareflank" }] },
  ],
});

/** The real folder of a package that the checkout has or uses. */
const packageOf = (name: string) => realpathSync(join(CHECKOUT, "node_modules", name));

/** What `npm install` would do, without a network: links to the packages, those that they need, and their commands. */
function linkPackages(names: readonly string[], folder: string): void {
  const modules = join(folder, "node_modules");
  mkdirSync(join(modules, "@bareflank"), { recursive: true });
  mkdirSync(join(modules, ".bin"));
  for (const name of names) {
    const target = packageOf(name);
    symlinkSync(relative(dirname(join(modules, name)), target), join(modules, name));
    const { bin = {} } = readManifest(target);
    const commands = typeof bin === "string" ? { [basename(name)]: bin } : bin;
    for (const [command, file] of Object.entries(commands)) {
      symlinkSync(join("..", name, file), join(modules, ".bin", command));
    }
  }
}
