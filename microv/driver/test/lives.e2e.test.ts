// Guests of a rough user, on a machine with two processors: nothing that he does to them reaches anybody else, or is kept

import { afterAll, beforeEach, expect, it } from "vitest";
import { kill, victims } from "./kills.ts";
import { type MicrovMachine, machineWithMicrov } from "./machine.ts";

/** So many times here; a hundred in lives.full.test.ts. */
const COUNTS = [20, 20, 3, 3];
/** Nobody is told to end before: what it does is in microv/driver/test/guest/rough-live.c. */
const LIVE =
  "rm -f /tmp/live.txt; ./rough live >/tmp/live.txt 2>&1 & until grep -q up /tmp/live.txt; do sleep 0.1; done";
const END = "{ kill -9 $! && { wait $! || true; }; }";
const CPU1 = "/sys/devices/system/cpu/cpu1/online";

let linux: MicrovMachine;
let isThere = false;

/** One machine for all; a test that is tried again gets another, for the first may have ended it. */
beforeEach(async ({ task }) => {
  if (isThere && (task.result?.retryCount ?? 0) === 0) return;
  if (isThere) await linux.close();
  isThere = false;
  linux = await machineWithMicrov("amd", { smp: 2 });
  isThere = true;
  await linux.run("echo 8 >/proc/sys/vm/nr_hugepages; dmesg -c >/dev/null");
});

afterAll(async () => {
  if (isThere) await linux.close();
});

it.each([
  ["forks, execs, and files that outlive their process", ["fork", "orphan", "exec"]],
  ["memory that goes, moves, shrinks, and that only reads", ["munmap", "hole", "mremap", "truncate", "read-only"]],
  ["large pages", ["hugetlb"]],
  ["slots that come and go under processors that use them", ["slots", "contention"]],
  ["two guests with more processors than there are, whose threads move between those", ["moving"]],
  ["a limit to what may be locked", ["limit"]],
  ["eventfds that are signalled while they come and go, and a timer", ["events"]],
])("bears %s", async (_, cases) => {
  const before = await linux.kept();
  const output = await linux.run(`./rough ${cases.join(" ")}`);
  expect(output).toBe(cases.map((name) => `ok ${name}\n`).join(""));
  expect(await linux.kept()).toBe(before);
});

it.each(victims.map((victim, index) => ({ ...victim, count: COUNTS[index] ?? 1 })))(
  "forgets $name that is killed",
  async ({ count, ...victim }) => {
    await kill(linux, victim, count);
  },
);

it("does not leave while a guest lives, and says who holds it", async () => {
  const before = await linux.kept();
  const commands = ["rmmod bareflank_kvm", "bfm stop", "bfm unload", "bfm load microv", "bfm quick"];
  const tries = commands.map((command) => `${command} 2>&1; echo "${command}: $?"`);
  const output = await linux.run([LIVE, ...tries, "bfm status", END].join("; "));
  for (const command of commands) expect(output).toContain(`${command}: 1\n`);
  expect(output.match(/guest VMs live, and would end with the hypervisor/g)).toHaveLength(4);
  expect(output).toContain("fuser -v /dev/kvm");
  expect(output).toContain("running on 2 of 2 processors");
  expect(await linux.kept()).toBe(before);
});

it("does not sleep while a guest lives, and does afterwards what it does without", async () => {
  const states = ["freeze", "mem", "disk"].map((state) => `echo ${state} >/sys/power/state; echo ${state}: $?`);
  const output = await linux.run(["dmesg -c >/dev/null", LIVE, ...states, "bfm status", END, "dmesg"].join("; "));
  for (const state of ["freeze", "mem", "disk"]) expect(output).toContain(`${state}: 1\n`);
  expect(output).toContain("running on 2 of 2 processors");
  const sentence = /no stop before sleep: guest VMs live; end the programs that run them first/g;
  expect(output.match(sentence)).toHaveLength(3);
});

it("keeps its processors while a guest lives; another time they come and go", async () => {
  const until = (text: string) => `until bfm status | grep -q '${text}'; do sleep 0.1; done`;
  const output = await linux.run(
    [
      "dmesg -c >/dev/null",
      ...[LIVE, `echo 0 2>/dev/null >${CPU1}; echo off: $?`, "bfm status", END],
      ...[`echo 0 >${CPU1}; echo off: $?`, until("running on 1 of 1")],
      ...[LIVE, `echo 1 2>/dev/null >${CPU1}; echo on: $?`, "cat /sys/devices/system/cpu/online", END],
      ...[`echo 1 >${CPU1}; echo on: $?`, until("running on 2 of 2"), "dmesg"],
    ].join("; "),
  );
  expect(output).toMatch(/off: 1\n[\s\S]*running on 2 of 2 [\s\S]*off: 0\n[\s\S]*on: 1\n0\n[\s\S]*on: 0\n/);
  expect(output).toMatch(/no stop before a CPU goes offline: guest VMs live/);
  expect(output).toMatch(/no stop before a CPU comes online: guest VMs live/);
  expect(await linux.run("./rough moving")).toBe("ok moving\n");
});

it("leaves no complaint behind", async () => {
  expect(await linux.run("dmesg | grep -e BUG -e WARNING -e Oops -e 'Call Trace' -e lockup -e stall; true")).toBe("");
  await linux.run("rmmod bareflank_kvm && bfm stop");
});
