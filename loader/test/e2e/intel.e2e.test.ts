// Intel's processors under Linux, on Bochs: what they lack in a sentence, and nothing changed by starts and stops

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LinuxMachine, runLinux } from "../../../lab/src/index.ts";
import { bootMachine, complaints, EXTENSION, KERNEL, succeed } from "./machine.ts";

const PROCESSORS = 2;
const ROUNDS = 60;
const PRESSES = 15;
const BFM_FAILED = 1;

describe("an Intel processor that lacks what is needed is refused with a sentence, and left as it was", () => {
  it.each([
    ["core2_penryn_t9600", "processor 0 has VMX, but no extended page tables (EPT)"],
    ["corei5_lynnfield_750", "processor 0 has VMX and EPT, but no unrestricted guest"],
  ])("%s", async (cpu, sentence) => {
    const probe = "cat /proc/bfprobe";
    const command = `insmod /usr/lib/bareflank/probe.ko && ${probe} >before && bfm load && { bfm start; code=$?; } &&
      ${probe} | cmp - before && bfm status >&2 && exit $code`;
    const { exitCode, stderr } = await runLinux({ machine: "intel", cpu, command, timeout: 120 });
    expect(stderr).toContain(sentence);
    expect(stderr).toContain("loaded, not running");
    expect(exitCode).toBe(BFM_FAILED);
  });
});

describe(`${ROUNDS} starts and stops on ${PROCESSORS} of Intel's processors, during NMIs`, () => {
  let linux: LinuxMachine;
  let before = "";

  const registers = () => succeed(linux, "cat /proc/bfprobe");
  /** NMIs that each processor has had. */
  const interrupts = async () => {
    const [, ...counts] = (await succeed(linux, "grep NMI: /proc/interrupts")).trim().split(/\s+/);
    return counts.slice(0, PROCESSORS).map(Number);
  };

  beforeAll(async () => {
    linux = await bootMachine({ machine: "intel", smp: PROCESSORS });
    await succeed(linux, "insmod /usr/lib/bareflank/probe.ko && dmesg -n 1");
    before = await registers();
    await succeed(linux, `bf-ioctl load ${KERNEL} ${EXTENSION}`);
  });

  afterAll(() => linux?.close());

  it("give every CPUID as before, and lose no NMI", async () => {
    const [, had = 0] = await interrupts();
    const command = `
      (i=0; while [ $i -lt ${PRESSES} ]; do taskset 1 sh -c 'echo l >/proc/sysrq-trigger'; i=$((i + 1)); done) &
      bf-ioctl cycles ${ROUNDS} 5
      wait`;
    expect(await succeed(linux, command, 300)).toBe(`cycles: rounds=${ROUNDS} cpus=${PROCESSORS} wrong=0\n`);
    expect((await interrupts())[1]).toBe(had + PRESSES);
  });

  it("leave every register as it was", async () => {
    expect(await registers()).toBe(before);
    await succeed(linux, "bf-ioctl unload && dmesg -c | grep -v -e NMI -e 'Call Trace' >log; true");
    expect(await complaints(linux)).toBe("");
  });
});
