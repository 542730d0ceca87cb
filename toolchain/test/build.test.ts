// Building again, and building what is wrong

import { spawn, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BuildError, Builder, findWorkspace, selectParts } from "../src/index.ts";
import { Sample } from "./sample.ts";

let sample: Sample;

/** Makes sources that no earlier run has left in the cache. */
const unique = Date.now();

beforeAll(async () => {
  sample = new Sample("build");
  expect((await sample.build()).failures).toEqual([]);
});

afterAll(() => sample.close());

/** Runs `body` while a file of the sample has other contents. */
async function changed(file: string, edit: (text: string) => string, body: () => Promise<void>): Promise<void> {
  const path = sample.path(file);
  const before = readFileSync(path, "utf8");
  writeFileSync(path, edit(before));
  try {
    await body();
  } finally {
    writeFileSync(path, before);
  }
}

/** What building a part fails with. */
async function failure(part: string): Promise<BuildError> {
  const { failures } = await sample.build(part);
  const error = failures[0]?.error;
  if (!(error instanceof BuildError)) throw error ?? new Error("it was built");
  return error;
}

describe("cache", () => {
  it("makes nothing anew when nothing changed", async () => {
    const { products } = await sample.build();
    expect(products.map(({ part, cached }) => [part, cached])).toEqual([
      ["kernel", true],
      ["hello", true],
      ["loader", true],
      ["arithmetic", true],
    ]);
  });

  it("compiles again when an imported source or a header changed, and knows the old one when it is back", async () => {
    const image = () => readFileSync(sample.path("build/kernel/kernel.elf"));
    const original = image();
    await changed(
      "kernel/src/cpu.h",
      (text) => `${text.replace("mov %%cr3", "mov %%cr2")}\n/* ${unique} */\n`,
      async () => {
        expect((await sample.product("kernel")).cached).toBe(false);
        expect(image().equals(original)).toBe(false);
      },
    );
    expect((await sample.product("kernel")).cached).toBe(true);
    expect(image().equals(original)).toBe(true);
  });

  it("leaves products alone whose contents stay the same", async () => {
    const time = () => statSync(sample.path("build/kernel/kernel.elf")).mtimeMs;
    const before = time();
    await changed(
      "kernel/src/main.ts",
      (text) => `${text}\n// no more than a comment: ${unique}\n`,
      async () => {
        expect((await sample.product("kernel")).cached).toBe(false);
        expect(time()).toBe(before);
      },
    );
  });
});

describe("errors", () => {
  it("of TypeScript have file, line and column", async () => {
    await changed(
      "library/src/main.ts",
      (text) => `${text}\nexport function wrong(): u32 {\n  return missing();\n}\n`,
      async () => {
        const { diagnostics } = await failure("arithmetic");
        expect(diagnostics).toContainEqual({
          severity: "error",
          code: "AS2304",
          message: "Cannot find name 'missing'.",
          file: "library/src/main.ts",
          line: 10,
          column: 10,
          text: "  return missing();",
        });
      },
    );
  });

  it("of a missing import name the importing line", async () => {
    await changed(
      "library/src/main.ts",
      (text) => `import { x } from "./nowhere";\n${text}`,
      async () => {
        const { diagnostics } = await failure("arithmetic");
        expect(diagnostics).toContainEqual(expect.objectContaining({ file: "library/src/main.ts", line: 1 }));
      },
    );
  });

  it("name the function and the line that uses floating point", async () => {
    const source =
      "\nfunction half(value: u32): f64 {\n  return <f64>value * 0.5;\n}\nexport function round(value: u32): u32 {\n  return <u32>half(value);\n}\n";
    await changed(
      "library/src/main.ts",
      (text) => text + source,
      async () => {
        const { diagnostics } = await failure("arithmetic");
        expect(diagnostics).toHaveLength(1);
        expect(diagnostics[0]).toMatchObject({ file: "library/src/main.ts", code: "float" });
        expect([10, 13]).toContain(diagnostics[0]?.line);
        expect(diagnostics[0]?.message).toMatch(/floating point in library\/src\/main\/round/);
      },
    );
  });

  it("say how much memory the data needs when it has less", async () => {
    await changed(
      "loader/src/main.ts",
      (text) => `${text}\nexport const table = memory.data(5000);\n`,
      async () => {
        const { message, hint } = await failure("loader");
        expect(message).toBe("The data of loader ends at 72 KiB, its memory at 68.");
        expect(hint).toBe('Set "memory": { "initialKiB": 72 } or more in its package.json.');
      },
    );
  });

  it("of C have file, line and column", async () => {
    await changed(
      "kernel/glue.c",
      (text) => `${text}\nu32 wrong(void) { return missing; }\n`,
      async () => {
        const { diagnostics } = await failure("kernel");
        expect(diagnostics).toContainEqual(expect.objectContaining({ file: "kernel/glue.c", line: 11, column: 26 }));
      },
    );
  });

  it("name a file that package.json promises and nobody wrote", async () => {
    await changed(
      "kernel/package.json",
      (text) => text.replace("glue.c", "glew.c"),
      async () => {
        const builder = new Builder(findWorkspace(sample.root));
        const { failures } = await builder.build(selectParts(builder.workspace, ["kernel"]));
        expect(failures[0]?.error.message).toMatch(/kernel\/package\.json names glew\.c, which does not exist/);
        await builder.close();
      },
    );
  });
});

describe("an extension outside of any workspace", () => {
  it("is built with the C and assembly of the SDK that it depends on", async () => {
    const folder = sample.path("elsewhere");
    const sdk = sample.path("elsewhere/node_modules/@sample/sdk");
    mkdirSync(dirname(sdk), { recursive: true });
    cpSync(sample.path("extension"), sdk, { recursive: true });
    const files = { native: ["start.S", "memory.c"], intrinsics: ["src/call.h"] };
    const manifest = { name: "@sample/sdk", exports: "./src/call.ts", bareflank: { type: "sdk", ...files } };
    writeFileSync(join(sdk, "package.json"), JSON.stringify(manifest));
    mkdirSync(join(folder, "src"));
    const own = { dependencies: { "@sample/sdk": "1" }, bareflank: { type: "extension", name: "mine" } };
    writeFileSync(join(folder, "package.json"), JSON.stringify(own));
    const source = readFileSync(sample.path("extension/src/main.ts"), "utf8").replace("./call", "@sample/sdk");
    writeFileSync(join(folder, "src/main.ts"), source);

    const builder = new Builder(findWorkspace(folder));
    const { products, failures } = await builder.build(selectParts(builder.workspace, []));
    await builder.close();
    expect(failures).toEqual([]);
    expect(products.map(({ files: { elf } }) => elf)).toEqual([join(folder, "build/extensions/mine/mine.elf")]);
  });
});

describe("watching", () => {
  it("builds again when a source changed", async () => {
    const bf = fileURLToPath(new URL("../bin/bf", import.meta.url));
    const env = { ...process.env, BF_CACHE: sample.cache };
    const child = spawn(bf, ["build", "--watch", "arithmetic"], { cwd: sample.root, env });
    let text = "";
    const says = (pattern: RegExp) =>
      new Promise<void>((resolve) => {
        const check = () => pattern.test(text) && resolve();
        child.stderr.on("data", check);
        check();
      });
    child.stderr.on("data", (data) => {
      text += data;
    });
    await says(/unchanged[\s\S]*waiting/);
    await changed(
      "library/src/main.ts",
      (source) => source.replace("a + b", `b + a + ${unique}`),
      () => says(/built in[\s\S]*waiting/),
    );
    child.kill();
    expect(text.match(/waiting/g)?.length).toBeGreaterThanOrEqual(2);
  });
});

describe("the command", () => {
  const bf = fileURLToPath(new URL("../bin/bf", import.meta.url));
  const run = (args: string[], options: { cwd?: string; env?: NodeJS.ProcessEnv; program?: string } = {}) =>
    spawnSync(options.program ?? bf, args, {
      cwd: options.cwd ?? sample.root,
      env: { ...process.env, BF_CACHE: sample.cache, ...options.env },
      encoding: "utf8",
    });

  it("builds, by a link and from a package's folder too, and says what it did", () => {
    const link = sample.path("bf-link");
    symlinkSync(bf, link);
    const { status, stderr, stdout } = run(["build"], { program: link, cwd: join(sample.root, "kernel") });
    expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
    expect(stderr).toMatch(/^kernel +unchanged +.*kernel\.elf$/m);
  });

  it("ends with 2 for a part that does not exist, and says which do", () => {
    const { status, stderr } = run(["build", "kernal"]);
    expect(status).toBe(2);
    expect(stderr).toBe('bf: There is no part "kernal".\nParts here: kernel, hello, loader, arithmetic.\n');
  });

  it("ends with 2 for an option that does not exist", () => {
    expect(run(["build", "--colour"]).status).toBe(2);
  });

  it("prints products as JSON", () => {
    const { status, stdout } = run(["build", "extension", "hello", "--json"]);
    expect(status).toBe(0);
    const result = JSON.parse(stdout) as { products: { part: string; files: { elf: string } }[]; errors: unknown[] };
    expect(result.errors).toEqual([]);
    expect(result.products.map(({ part, files }) => [part, files.elf])).toEqual([
      ["hello", sample.path("build/extensions/hello/hello.elf")],
    ]);
  });

  it.each([
    ["build", "kernal", 'There is no part "kernal".'],
    ["build", "--colour", "unknown option '--colour'"],
  ])("prints what is wrong with %s %s as JSON", (command, word, message) => {
    const { status, stdout } = run([command, word, "--json"]);
    expect(status).toBe(2);
    const { products, errors } = JSON.parse(stdout) as { products: unknown[]; errors: { message: string }[] };
    expect({ products, messages: errors.map((error) => error.message) }).toEqual({ products: [], messages: [message] });
  });

  it("prints what is wrong with a part to lint as JSON", () => {
    const { status, stdout } = run(["lint", "kernal", "--json"]);
    expect(status).toBe(2);
    expect(JSON.parse(stdout)).toEqual([
      {
        severity: "error",
        message: 'There is no part "kernal". Parts here: kernel, hello, loader, arithmetic.',
      },
    ]);
  });

  it.each([
    ["initalKiB", '"initialKiB"', 'The field "bareflank" of kernel/package.json has no "memory.initalKiB".'],
    ["intrinsic", '"intrinsics"', 'The field "bareflank" of kernel/package.json has no "intrinsic".'],
  ])("names a field that does not exist, %s, where it is, and the one that is meant", async (typo, meant, message) => {
    await changed(
      "kernel/package.json",
      (text) => text.replace(meant, `"${typo}"`),
      () => {
        const line = readFileSync(sample.path("kernel/package.json"), "utf8")
          .split("\n")
          .findIndex((row) => row.includes(typo));
        const { status, stderr } = run(["build", "kernel"]);
        expect(status).toBe(1);
        expect(stderr).toContain(`${message}\nkernel/package.json:${line + 1}:`);
        expect(stderr).toContain(`Is ${meant} meant? toolchain/README.md describes the field.`);
        return Promise.resolve();
      },
    );
  });

  it("prints what is wrong with a package.json as JSON", async () => {
    await changed(
      "kernel/package.json",
      (text) => text.replace('"type": "kernel"', '"type": "colonel"'),
      () => {
        const { status, stdout } = run(["build", "--json"]);
        const { errors } = JSON.parse(stdout) as { errors: { message: string }[] };
        const begin = 'The field "bareflank" of kernel/package.json needs a "type": one of "kernel"';
        expect([status, errors[0]?.message.slice(0, begin.length)]).toEqual([1, begin]);
        return Promise.resolve();
      },
    );
  });

  it("names the Debian package of a tool that is missing, without a stack trace", () => {
    const folder = sample.path("tools");
    const tools = ["node", "readlink", "sh"].map((name) => [
      name,
      spawnSync("which", [name], { encoding: "utf8" }).stdout.trim(),
    ]);
    spawnSync("mkdir", ["-p", folder]);
    for (const [name = "", target = ""] of tools) symlinkSync(target, join(folder, name));
    const { status, stderr } = run(["build", "kernel"], { env: { PATH: folder } });
    expect(status).toBe(1);
    expect(stderr).toContain("clang is not installed.\nIt is in the Debian package clang: apt-get install clang\n");
    expect(stderr).not.toMatch(/ at .*:\d+:\d+/);
  });
});
