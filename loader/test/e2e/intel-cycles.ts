// Starts and stops on two of Intel's processors during NMIs, with their registers and interrupts before and afterwards

import { afterAll, beforeAll, expect, it } from "vitest";
import type { LinuxMachine, PutFile } from "../../../lab/src/index.ts";
import { bootMachine, complaints, EXTENSION, KERNEL, succeed } from "./machine.ts";

export const PROCESSORS = 2;

/**
 * Declares the tests, and what boots the machine before them.
 *
 * @param put files to bring along
 * @param first more tests, on the same machine, before these
 */
export function describeCycles(
  { rounds, presses }: { readonly rounds: number; readonly presses: number },
  put: readonly PutFile[] = [],
  first: (linux: () => LinuxMachine) => void = () => undefined,
): void {
  let linux: LinuxMachine;
  let before = "";

  const registers = () => succeed(linux, "cat /proc/bfprobe");
  /** NMIs that each processor has had. */
  const interrupts = async () => {
    const [, ...counts] = (await succeed(linux, "grep NMI: /proc/interrupts")).trim().split(/\s+/);
    return counts.slice(0, PROCESSORS).map(Number);
  };

  beforeAll(async () => {
    linux = await bootMachine({ machine: "intel", smp: PROCESSORS, terminal: true, put });
    await succeed(linux, "insmod /usr/lib/bareflank/probe.ko && dmesg -n 1");
  });

  afterAll(() => linux?.close());

  first(() => linux);

  it("give every CPUID as before, and lose no NMI", async () => {
    before = await registers();
    await succeed(linux, `bf-ioctl load ${KERNEL} ${EXTENSION}`);
    const [, had = 0] = await interrupts();
    const command = `
      (i=0; while [ $i -lt ${presses} ]; do taskset 1 sh -c 'echo l >/proc/sysrq-trigger'; i=$((i + 1)); done) &
      bf-ioctl cycles ${rounds} 5
      wait`;
    expect(await succeed(linux, command, 600)).toBe(`cycles: rounds=${rounds} cpus=${PROCESSORS} wrong=0\n`);
    expect((await interrupts())[1]).toBe(had + presses);
  });

  it("leave every register as it was", async () => {
    expect(await registers()).toBe(before);
    await succeed(linux, "bf-ioctl unload && dmesg -c | grep -v -e NMI -e 'Call Trace' >log; true");
    expect(await complaints(linux)).toBe("");
  });
}
