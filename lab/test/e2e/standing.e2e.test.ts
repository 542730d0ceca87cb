// A machine that stays up, as its user meets it: by the command line

import { execFile, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";

const bf = resolve(import.meta.dirname, "../../../toolchain/bin/bf");
const name = `test-${process.pid}`;
let folder = "";

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const lab = (...words: string[]): Promise<Ended> =>
  new Promise((done) => {
    execFile(bf, ["lab", ...words], { cwd: folder }, (error, stdout, stderr) =>
      done({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "bf-standing-"));
  const { code, stderr } = await lab("up", name, "--machine", "amd");
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining(`"${name}" is up after`) });
});

afterAll(async () => {
  await lab("down", name);
  rmSync(folder, { recursive: true });
});

it("runs command after command in one Linux, with their output and exit codes", async () => {
  expect(await lab("exec", name, "--", "echo 1 >kept; echo out; echo err >&2; exit 7")).toEqual({
    code: 7,
    stdout: "out\n",
    stderr: "err\n",
  });
  expect((await lab("exec", name, "--", "cat", "kept")).stdout).toBe("1\n");
});

it("takes files along later, and gives them back", async () => {
  writeFileSync(join(folder, "a.txt"), "content");
  expect((await lab("put", name, "a.txt", "--to", "sub")).code).toBe(0);
  expect((await lab("exec", name, "--", "tr a-z A-Z <sub/a.txt >/tmp/b.txt")).code).toBe(0);
  expect((await lab("get", name, "/tmp/b.txt")).code).toBe(0);
  expect(readFileSync(join(folder, "b.txt"), "utf8")).toBe("CONTENT");
  expect((await lab("get", name, "none")).stderr).toContain("The machine cannot read none (errno 2).");
});

it("interrupts a command by Ctrl-C, and forgets one whose asker was killed", async () => {
  for (const signal of ["SIGINT", "SIGKILL"] as const) {
    const child = spawn(bf, ["lab", "exec", name, "--", "echo begun; sleep 1000"]);
    const ended = new Promise<number | null>((done) => child.once("exit", done));
    await new Promise((done) => child.stdout.once("data", done));
    child.kill(signal);
    expect(await ended).toBe(signal === "SIGINT" ? 130 : null);
    expect((await lab("exec", name, "--", "pidof sleep")).code).toBe(1);
  }
});

/** A shell whose prompt is there: what is typed before may be lost when it takes the terminal. */
async function attach() {
  const child = spawn(bf, ["lab", "attach", name]);
  let shown = "";
  child.stdout.on("data", (bytes: Buffer) => {
    shown += bytes.toString();
  });
  const shows = (text: string) => expect.poll(() => shown, { timeout: 60_000 }).toContain(text);
  await shows("lab:~# ");
  return { child, shows };
}

it("has a shell beside the commands", async () => {
  const { child, shows } = await attach();
  child.stdin.write("echo $((6 * 7))\n");
  await shows("42");
  child.stdin.write("touch /tmp/touched; sleep 1000\n");
  expect((await lab("exec", name, "--", "until [ -e /tmp/touched ]; do sleep 0.1; done")).code).toBe(0);
  // Ctrl-A X, and what runs there has ended
  const ended = new Promise((done) => child.once("exit", done));
  child.stdin.write("\u0001x");
  expect(await ended).toBe(0);
  expect((await lab("exec", name, "--", "while pidof sleep; do sleep 0.1; done")).code).toBe(0);
  const { child: again } = await attach();
  const code = new Promise((done) => again.once("exit", done));
  again.stdin.write("exit 5\n");
  expect(await code).toBe(5);
});

it("is listed, and not started twice", async () => {
  const [found] = (JSON.parse((await lab("list", "--json")).stdout) as { name: string; state: string }[]).filter(
    (machine) => machine.name === name,
  );
  expect(found).toMatchObject({ state: "up", machine: "amd", smp: 1, memory: "1G", guests: false });
  const twice = await lab("up", name, "--machine", "amd");
  expect(twice).toMatchObject({ code: 247, stderr: expect.stringContaining("is up already") });
});

it("says why it is no more, until it is started anew", async () => {
  const died = await lab("exec", name, "--", "echo c >/proc/sysrq-trigger; sleep 1000");
  expect(died).toMatchObject({ code: 240, stderr: expect.stringContaining("sysrq triggered crash") });
  const later = await lab("exec", name, "--", "true");
  expect(later).toMatchObject({
    code: 247,
    stderr: expect.stringContaining(`The machine "${name}" has died: Linux panicked`),
  });
  expect((await lab("list")).stdout).toMatch(new RegExp(`^${name} +dead .* Linux panicked`, "m"));
  expect((await lab("up", name, "--machine", "amd")).code).toBe(0);
  expect((await lab("exec", name, "--", "ls kept")).code).toBe(1);
  expect((await lab("down", name)).code).toBe(0);
  expect((await lab("down", name)).stderr).toContain(`There is no machine "${name}".`);
  expect((await lab("exec", name, "--", "true")).stderr).toContain(`No machine "${name}" is up.`);
});
