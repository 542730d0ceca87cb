import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { MachineFailure, type RunOptions } from "../../src/index.ts";
import { type KvmTestsOptions, runKvmTests, type TestMachine } from "../../src/kvm-tests/run.ts";
import type { KvmTest } from "../../src/kvm-tests/tests.ts";

const test = (name: string): KvmTest => ({ name, suite: "selftests", file: `/host/${name}`, command: `./${name} 'x'` });
const tests = ["first", "second", "third"].map(test);

const options = (more: Partial<KvmTestsOptions> = {}): KvmTestsOptions => ({
  machine: "amd",
  smp: 1,
  memory: "1G",
  kvms: ["linux", "microv"],
  silence: 60,
  limit: 600,
  onNote: () => undefined,
  ...more,
});

const result = (exitCode: number, stdout = "", stderr = "") => ({ exitCode, stdout, stderr, output: stdout + stderr });

/** Boots machines whose commands are answered by a function; counts what is open. */
const lab = (answer: (command: string, machine: number, options?: RunOptions) => ReturnType<typeof result>) => {
  let machines = 0;
  const open = new Set<number>();
  const boot = vi.fn((): Promise<TestMachine> => {
    const machine = ++machines;
    open.add(machine);
    return Promise.resolve({
      run: (command, options) => Promise.resolve().then(() => answer(command, machine, options)),
      close: () => {
        open.delete(machine);
        return Promise.resolve();
      },
    });
  });
  return { boot, open };
};

it("boots once for each KVM, and tells how far it is", async () => {
  const notes: string[] = [];
  const commands: string[] = [];
  const { boot, open } = lab((command, machine) => {
    commands.push(command);
    if (!command.includes("watch.sh")) return result(0);
    return command.includes("second") && machine === 2 ? result(4, "", "watch: 7 bytes\nnone\n") : result(0);
  });
  const rows = await runKvmTests(tests, options({ onNote: (note) => notes.push(note) }), boot);
  expect(boot).toHaveBeenCalledTimes(2);
  expect(open.size).toBe(0);
  expect(commands.filter((command) => !command.includes("watch.sh"))).toEqual([
    "modprobe kvm_amd",
    "bfm quick microv && insmod /usr/lib/bareflank/bareflank_kvm.ko",
  ]);
  expect(commands[1]).toBe("sh /root/tests/watch.sh 60 600 './first '\\''x'\\'''");
  expect(rows[1]?.outcomes).toMatchObject({
    linux: { ending: "passed" },
    microv: { ending: "skipped", detail: "none" },
  });
  expect(notes[4]).toMatch(/^MicroV, 2\/3 second: skipped \(\d+ s\)$/);
});

it("goes on in another machine when a test was the end of one", async () => {
  const { boot, open } = lab((command) => {
    if (command.includes("second")) throw new MachineFailure("panic", "", "/logs");
    return result(0);
  });
  const rows = await runKvmTests(tests, options({ kvms: ["microv"], machine: "intel" }), boot);
  expect(boot).toHaveBeenCalledTimes(2);
  expect(open.size).toBe(0);
  expect(rows.map(({ outcomes }) => outcomes.microv?.ending)).toEqual(["passed", "died", "passed"]);
});

it("gives a machine up that stands still, which no program in it can tell", async () => {
  const silences: (number | undefined)[] = [];
  const { boot } = lab((command, _, { silence } = {}) => {
    if (command.includes("watch.sh")) silences.push(silence);
    return result(0);
  });
  await runKvmTests(tests, options({ kvms: ["microv"], silence: 20 }), boot);
  expect(silences).toEqual([50, 50, 50]);
});

it("says that a KVM does not start, and leaves no machine behind", async () => {
  const { boot, open } = lab(() => result(1, "modprobe: no such module\n"));
  const words = `Linux's KVM does not start in the machine "intel": modprobe: no such module`;
  await expect(runKvmTests(tests, options({ machine: "intel" }), boot)).rejects.toThrow(words);
  expect(open.size).toBe(0);
  await expect(runKvmTests(tests, options({ machine: "abacus" }), boot)).rejects.toThrow("There is no machine");
});

describe("with a folder for output", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "bf-kvm-tests-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it("keeps what each test wrote", async () => {
    const { boot } = lab(() => result(0, "out\n", "watch: 4 bytes\nerr\n"));
    await runKvmTests(tests, options({ output: join(folder, "new") }), boot);
    expect(readFileSync(join(folder, "new", "first.microv.txt"), "utf8")).toBe("out\nerr\n");
    expect(readFileSync(join(folder, "new", "third.linux.txt"), "utf8")).toBe("out\nerr\n");
  });
});

describe("watch.sh", () => {
  const watch = (silence: number, most: number, command: string) =>
    spawnSync("busybox", ["sh", "lab/guest/watch.sh", `${silence}`, `${most}`, command], {
      cwd: join(import.meta.dirname, "../../.."),
      encoding: "utf8",
    });

  it("passes on what a command wrote, and its exit code", () => {
    expect(watch(60, 60, "sh -c 'echo out; echo err >&2; exit 7'")).toMatchObject({
      status: 7,
      stdout: "out\n",
      stderr: "err\n",
    });
    expect(watch(60, 60, "sh -c 'kill -SEGV $$'").status).toBe(139);
  });

  it("ends one that writes nothing any more, with its children", () => {
    const { status, stdout, stderr } = watch(2, 60, "sh -c 'echo out; sleep 4321 & wait'");
    expect([status, stdout]).toEqual([124, "out\n"]);
    expect(stderr).toContain("watch: 4 bytes\n");
    expect(execFileSync("ps", ["-eo", "args"], { encoding: "utf8" })).not.toMatch(/^sleep 4321/m);
  });

  it("ends one that writes all the time", () => {
    expect(watch(60, 2, "sh -c 'while :; do echo x; sleep 0.2; done'").status).toBe(124);
  });
});
