// The same for long: a hundred times each, on four processors, while Linux is busy, and whoever stops MicroV does so again and again

import { afterAll, beforeAll, expect, it } from "vitest";
import { kill, QEMU, victims } from "./kills.ts";
import { type MicrovMachine, machineWithMicrov } from "./machine.ts";

/** Fills Linux's processors and its page cache; ends with its shell's variable. */
const LOAD = "{ while :; do find /usr /sys 2>/dev/null | sha256sum >/dev/null; done & }; load=$!";

let linux: MicrovMachine;

beforeAll(async () => {
  linux = await machineWithMicrov("amd", { smp: 4 });
  await linux.run("echo 8 >/proc/sys/vm/nr_hugepages");
});

afterAll(async () => {
  await linux?.close();
});

it.each(victims)("forgets $name that is killed, a hundred times", async (victim) => {
  await kill(linux, victim, 100);
});

it("bears all that a rough user does, ten times, under load", async () => {
  const before = await linux.kept();
  const cases = "fork orphan exec munmap hole mremap truncate read-only hugetlb contention moving limit events";
  const output = await linux.run(`${LOAD}; for i in $(seq 10); do ./rough ${cases} || break; done; kill $load`);
  expect(output.match(/^ok /gm)).toHaveLength(120);
  expect(await linux.kept()).toBe(before);
});

it("boots four Linuxes at once, under load", async () => {
  const before = await linux.kept();
  const one = (number: number) => `{ ${QEMU} -append 'console=ttyS0 quiet reboot=t' >/tmp/${number}.txt 2>&1 & }`;
  const all = [1, 2, 3, 4];
  await linux.run(
    `${LOAD}; ${all.map((number) => `${one(number)}; p${number}=$!`).join("; ")}; wait $p1 $p2 $p3 $p4; kill $load`,
  );
  for (const number of all) expect(await linux.run(`cat /tmp/${number}.txt`)).toMatch(/GUEST-UP \d+\.\d+/);
  expect(await linux.kept()).toBe(before);
});

it("stops between two guests, or not at all", async () => {
  const stop = "bfm stop 2>&1 | head -n 1; bfm status | head -n 1; bfm start >/dev/null 2>&1";
  const output = await linux.run(
    `./rough churn >/tmp/churn.txt 2>&1 & for i in $(seq 60); do ${stop}; done; kill -9 $!; wait $!; bfm status`,
  );
  // Each time it said that it does not stop, and runs on all processors; or that it has, on all
  const answers = output.trim().split("\n").slice(0, 120);
  for (let at = 0; at < 120; at += 2) {
    const pair = `${answers[at]} / ${answers[at + 1]}`;
    expect(pair).toMatch(/guest VMs live.* \/ .*running on 4 of 4|stopped, Linux has its 4 .* \/ .*not running/);
  }
  expect(output).toContain("running on 4 of 4");
});
