import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { LinuxMachine } from "../../../lab/src/index.ts";

const elf = join(import.meta.dirname, "../../../build/extensions/task-list/task-list.elf");
const offsets = join(import.meta.dirname, "../offsets.mjs");

let linux: LinuxMachine;

beforeAll(async () => {
  linux = await LinuxMachine.boot({ smp: 2, put: [{ from: elf }, { from: offsets }] });
});

afterAll(() => linux?.close());

const run = async (command: string) => {
  const result = await linux.run(command);
  expect(result, command).toMatchObject({ exitCode: 0, stderr: "" });
  return result.stdout;
};

/** Number and name of each task, a kernel thread's in brackets, as Linux itself tells them. */
const tasks = async () => {
  const each = 'echo "$(basename $d)|$(cat $d/comm)|$(readlink $d/exe)"';
  const told = await run(`for d in /proc/[0-9]*; do ${each} 2>/dev/null; done; true`);
  return lines(told).map((line) => {
    const [pid, comm = "", program] = line.split("|");
    // Longer names are what Linux makes of work queues, for /proc alone
    const name = comm.replace(/^(kworker.*?)[-+].*/, "$1").slice(0, 15);
    return program === "" ? `${pid} [${name}]` : `${pid} ${name}`;
  });
};
/** Starts it anew, whatever the test before has left. */
const start = (words: string) =>
  run(`bfm stop >/dev/null 2>&1; bfm unload >/dev/null 2>&1; bfm quick task-list.elf ${words} >/dev/null`);
const lines = (text: string) => text.split("\n").filter(Boolean);

it("says what it lacks when it is started without settings", async () => {
  const { exitCode, stdout } = await linux.run("bfm unload; bfm quick task-list.elf; code=$?; bfm dump; exit $code");
  expect(exitCode).not.toBe(0);
  expect(stdout).toContain("PP 0: error: settings are missing: node offsets.mjs prints them");
});

it("tells what Linux runs, under its names", async () => {
  await start("$(node offsets.mjs)");
  await run("sleep 1000 & echo $! >sleeper");
  const before = await tasks();
  const answer = await run("bfm vmcall --cpu 1 0x7461736b");
  const after = await tasks();
  const told = [...(await run("bfm dump")).matchAll(/^PP 1: task (\d+ .*)$/gm)].map(([, task = ""]) => task);
  expect(told[0]).toBe("0 [swapper/0]");
  expect(answer).toMatch(new RegExp(`^rax 0x0\nrbx 0x${told.length.toString(16)}\n`));
  // What there was all the time is told; what is told was there before or after, or asked (Node.js, as bfm, and its shell)
  const steady = before.filter((task) => after.includes(task));
  expect(steady.length).toBeGreaterThan(30);
  expect(told).toEqual(expect.arrayContaining(steady));
  expect(steady).toContainEqual(expect.stringMatching(/^\d+ sleep$/));
  expect(steady).toContain("2 [kthreadd]");
  const others = told.slice(1).filter((task) => !before.includes(task) && !after.includes(task));
  for (const task of others) expect(task).toMatch(/^\d+ (bfm|node|sh|agent|\[kworker.*\])$/);
});

it("finds one task", async () => {
  await start("$(node offsets.mjs)");
  await run("sleep 1000 & echo $! >sleeper");
  const found = await run("bfm vmcall 0x7461736b $(cat sleeper)");
  // "sleep", the first letter lowest
  expect(found).toMatch(/^rax 0x0\nrbx 0xffff[0-9a-f]{12}\nrcx 0x7065656c73\nrdx 0x0\n/);
  expect(await run("bfm vmcall 0x7461736b 4194303")).toMatch(/^rax 0x2\n/);
});

it("ends at a list that leads nowhere", async () => {
  const words = (await run("node offsets.mjs")).trim();
  const elsewhere = words.replace(/init_task=0x[0-9a-f]+/, "init_task=0xffff888000000000");
  await start(elsewhere);
  expect(await run("bfm vmcall 0x7461736b")).toMatch(/^rax 0x1\n/);
  // Where the next one is read two bytes too early: the second task is where nothing is mapped
  const early = words.replace(/tasks=(0x[0-9a-f]+)/, (_, at) => `tasks=${Number(at) - 2}`);
  await start(early);
  expect(await run("bfm vmcall 0x7461736b")).toMatch(/^rax 0x1\n/);
  expect(await run("bfm dump")).not.toContain(": task ");
  await run("bfm stop && bfm unload");
});
