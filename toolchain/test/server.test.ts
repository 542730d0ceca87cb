// The build server: what it keeps, what it must not keep, and what happens without it

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serverAddress } from "../src/server/server-address.mjs";
import { tool } from "../src/tools.ts";
import { Sample } from "./sample.ts";

const BF = resolve(import.meta.dirname, "../bin/bf");
const runtime = mkdtempSync(join(tmpdir(), "bf-runtime-"));
const own = join(runtime, `bareflank-${process.getuid?.()}`);

let sample: Sample;

beforeAll(() => {
  sample = new Sample("server");
});

afterAll(async () => {
  for (const pid of servers()) process.kill(pid);
  await sample.close();
  rmSync(runtime, { recursive: true });
});

/** Process numbers of the servers that listen in this test's folder. */
function servers(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => readCommandLine(pid).some((word) => word.startsWith(own) && word.endsWith(".socket")));
}

function readCommandLine(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  } catch {
    return []; // It ended meanwhile.
  }
}

/** `bf build --dev hello` and more words in the sample; `here` is whether no server did it. */
function bf(words: readonly string[] = [], environment: Readonly<Record<string, string>> = {}, cwd = sample.root) {
  const env = { ...process.env, BF_CACHE: sample.cache, XDG_RUNTIME_DIR: runtime, BF_DEBUG: "1", ...environment };
  const { status, stdout, stderr } = spawnSync(BF, ["build", "--dev", ...words], { cwd, env, encoding: "utf8" });
  const lines = stderr.split("\n").filter((line) => !line.startsWith("bf: built without a server"));
  return { status, stdout, stderr: lines.join("\n"), here: /built without a server: (.*)/.exec(stderr)?.[1] };
}

/** Where the server of this toolchain listens. */
function address(): string {
  const before = process.env.XDG_RUNTIME_DIR;
  process.env.XDG_RUNTIME_DIR = runtime;
  try {
    return serverAddress();
  } finally {
    if (before === undefined) delete process.env.XDG_RUNTIME_DIR;
    else process.env.XDG_RUNTIME_DIR = before;
  }
}

const image = () => readFileSync(sample.path("build/extensions/hello/hello.elf"));

function change(mask: number): void {
  const path = sample.path("extension/src/main.ts");
  writeFileSync(path, readFileSync(path, "utf8").replace(/exits & \d+/, `exits & ${mask}`));
}

describe("a server", () => {
  it("is left behind by the first call and answers the next, in whichever folder it is", () => {
    change(7);
    expect(bf(["hello"])).toMatchObject({ status: 0, here: undefined });
    const [pid] = servers();
    const first = image();
    change(15);
    const { status, stderr } = bf(["hello"], {}, sample.path("extension"));
    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: expect.stringMatching(
        /^hello {6}built for development in .* {2}\.\.\/build\/extensions\/hello\/hello.elf\n$/,
      ),
    });
    expect(servers()).toEqual([pid]);
    expect(image().equals(first)).toBe(false);
    change(7);
    bf(["hello"]);
    expect(image().equals(first)).toBe(true);
  });

  it("gives the bytes that the same command gives without one", () => {
    bf(["hello"]);
    const served = image();
    rmSync(sample.path("build"), { recursive: true });
    const { status, here } = bf(["hello", "--no-server"], { BF_CACHE: join(sample.root, "cache") });
    expect({ status, here }).toEqual({ status: 0, here: undefined });
    expect(image().equals(served)).toBe(true);
  });

  it.each([
    [["nothing"], 2, 'There is no part "nothing".'],
    [["nothing", "--json"], 2, ""],
  ])("says and ends as bf does: %j", (words, status, text) => {
    const served = bf(words);
    expect(served).toMatchObject({ status, stderr: expect.stringContaining(text), here: undefined });
    const { stdout, stderr } = bf([...words, "--no-server"]);
    const place = /\n {4}at .*/s;
    expect([served.stdout, served.stderr.replace(place, "")]).toEqual([stdout, stderr.replace(place, "")]);
  });

  it("shows a compiler's messages, and is none the worse for them", () => {
    const path = sample.path("extension/src/main.ts");
    const text = readFileSync(path, "utf8");
    writeFileSync(path, text.replace("exits++", "missing++"));
    const { status, stdout } = bf(["hello", "--json"]);
    expect(status).toBe(1);
    expect(JSON.parse(stdout).errors[0].diagnostics[0]).toMatchObject({
      file: "extension/src/main.ts",
      line: 10,
      message: "Cannot find name 'missing'.",
    });
    writeFileSync(path, text);
    expect(bf(["hello"])).toMatchObject({ status: 0, here: undefined });
  });

  it("takes the programs of each caller's PATH, and notices that one was replaced", () => {
    const folder = join(runtime, "bin");
    const log = join(runtime, "log");
    const clang = (word: string) => {
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, "clang"), `#!/bin/sh\necho ${word} >> ${log}\nexec ${tool("clang").path} "$@"\n`);
      chmodSync(join(folder, "clang"), 0o755);
    };
    const PATH = `${folder}:${process.env.PATH}`;
    clang("first");
    expect(bf(["hello"], { PATH })).toMatchObject({ status: 0, here: undefined });
    expect(new Set(readFileSync(log, "utf8").split("\n"))).toEqual(new Set(["first", ""]));
    clang("replaced");
    bf(["hello"], { PATH });
    expect(readFileSync(log, "utf8")).toContain("replaced");
    const before = readFileSync(log, "utf8");
    bf(["hello"]);
    expect(readFileSync(log, "utf8")).toBe(before);
  });

  it("outlives a caller who sends it nonsense", async () => {
    const [pid] = servers();
    await new Promise((done) => connect(address()).on("close", done).end("nonsense\n"));
    expect(bf(["hello"])).toMatchObject({ status: 0, here: undefined });
    expect(servers()).toEqual([pid]);
  });

  it("is started anew where one was killed and left its socket", () => {
    const [pid = 0] = servers();
    process.kill(pid, "SIGKILL");
    while (readCommandLine(pid).length > 1);
    expect(existsSync(address())).toBe(true);
    expect(bf(["hello"], { BF_SERVER_SECONDS: "1" })).toMatchObject({ status: 0, here: undefined });
    expect(servers()).not.toContain(pid);
  });

  it("ends itself when nobody calls", async () => {
    const path = address();
    while (servers().length > 0) await new Promise((done) => setTimeout(done, 50));
    expect(existsSync(path)).toBe(false);
  });

  it("leaves an address alone that is another's by then", async () => {
    expect(bf(["hello"], { BF_SERVER_SECONDS: "1" })).toMatchObject({ status: 0, here: undefined });
    const path = address();
    // A new inode: two files at once cannot have the same
    writeFileSync(`${path}.new`, "another's");
    renameSync(`${path}.new`, path);
    while (servers().length > 0) await new Promise((done) => setTimeout(done, 50));
    expect(readFileSync(path, "utf8")).toBe("another's");
    rmSync(path);
  });
});

describe("without a server it is built all the same", () => {
  it("in a folder that others can look into", () => {
    chmodSync(own, 0o755);
    expect(bf(["hello"])).toMatchObject({ status: 0, here: expect.stringContaining("is not this user's alone") });
    chmodSync(own, 0o700);
    expect(servers()).toEqual([]);
  });

  it("where its path would be too long", () => {
    const long = join(runtime, "l".repeat(100));
    mkdirSync(long);
    expect(bf(["hello"], { XDG_RUNTIME_DIR: long })).toMatchObject({
      status: 0,
      here: expect.stringContaining("too long"),
    });
  });

  it("where it cannot start", () => {
    expect(bf(["hello"], { XDG_RUNTIME_DIR: "/proc" })).toMatchObject({
      status: 0,
      here: expect.stringContaining("/proc"),
    });
  });

  it.each([
    ["answers nobody", ""],
    ["ends in the middle", 'socket.end(JSON.stringify({ begun: true }) + "\\n")'],
  ])("where one %s", async (_, answer) => {
    const script = `require("net").createServer((socket) => { ${answer} }).listen(process.argv[1], () => console.log())`;
    const impostor = spawn(process.execPath, ["-e", script, address()]);
    await once(impostor.stdout, "data");
    expect(bf(["hello"])).toMatchObject({ status: 0, here: "the build server is busy, or ended" });
    impostor.kill("SIGKILL");
    await once(impostor, "exit");
    rmSync(address());
  });
});
