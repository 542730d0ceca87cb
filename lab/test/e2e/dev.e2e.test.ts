// An author's loop: a source is saved, and the extension that it makes runs in the machine that stays up

import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";

const bf = resolve(import.meta.dirname, "../../../toolchain/bin/bf");
const name = `test${process.pid}`;
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "bf-dev-"));
  execFileSync(bf, ["new", name, "--template", "minimal"], { cwd: folder });
});

afterAll(() => {
  execFileSync(bf, ["lab", "down", `dev-${name}`]);
  rmSync(folder, { recursive: true });
});

it("builds and runs an extension at each change, and shows what it writes", async () => {
  const main = join(folder, name, "src/main.ts");
  const source = readFileSync(main, "utf8");
  const child = spawn(bf, ["dev", "--run", "echo in Linux"], { cwd: join(folder, name) });
  const ended = new Promise((done) => child.once("exit", done));
  let shown = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (bytes: Buffer) => {
      shown += bytes.toString();
    });
  }
  const shows = (text: string | RegExp) => expect.poll(() => shown, { timeout: 300_000 }).toMatch(text);
  try {
    await shows(/bareflank: running on 1 of 1 processor.*waiting for changes/s);
    expect(shown).toContain("in a VM now");
    expect(shown).toContain("in Linux\n");

    shown = "";
    const more = 'startRoot(ppid);\n  log("changed");\n  publishCounter("answer", () => 42);';
    const changed = source.replace("{ Next", "{ log, Next, publishCounter").replace("startRoot(ppid);", more);
    writeFileSync(main, changed);
    await shows(/runs, after .*waiting for changes/s);
    expect(shown).toContain("PP 0: changed\n");
    expect(shown).toContain("answer: 42\n");

    // One that cannot be built leaves the other one running
    shown = "";
    writeFileSync(main, "nothing that compiles");
    await shows(/failed.*waiting for changes/s);
    expect(shown).not.toContain("runs, after");
    const status = execFileSync(bf, ["lab", "exec", `dev-${name}`, "--", "bfm status --json"], { encoding: "utf8" });
    expect(JSON.parse(status)).toMatchObject({ state: "running" });
  } finally {
    child.kill("SIGINT");
  }
  expect(await ended).toBe(130);
});
