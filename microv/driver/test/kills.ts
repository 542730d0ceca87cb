// Programs that are killed at some moment of their lives, and what must be left of their guests: nothing

import { expect } from "vitest";
import type { MicrovMachine } from "./machine.ts";

const GUEST = "/usr/lib/bareflank/guest";

/** Boots the lab's guest in a machine of QEMU's, and switches that off. */
export const qemu = (machine: string): string =>
  [
    `qemu-system-x86_64 -machine ${machine} -accel kvm -m 256 -nodefaults -no-user-config`,
    `-no-reboot -display none -serial stdio -kernel ${GUEST}/vmlinuz -initrd ${GUEST}/initrd.img`,
  ].join(" ");
export const QEMU = qemu("microvm,rtc=on,kernel-irqchip=off");

/** Who is killed, and within how many seconds: while it starts, while its guests run, while it ends some. */
export const victims = [
  { name: "a program with four processors and slots that change", command: "./rough live", within: 0.4 },
  { name: "a program that makes and closes guests", command: "./rough churn", within: 0.3 },
  { name: "Node.js with four processors", command: "node processors.mjs", within: 3 },
  { name: "QEMU that boots Linux", command: `${QEMU} -append console=ttyS0`, within: 5 },
] as const;

export type Victim = (typeof victims)[number];

/** The same moments in every run; a test that fails names them by its command. */
const moments = (count: number, within: number): string[] =>
  Array.from({ length: count }, (_, index) => (((index * 0.618_034 + 0.1) % 1) * within).toFixed(3));

/** Kills a program `count` times; it must have been there each time, and leave nothing. */
export async function kill(linux: MicrovMachine, { command, within }: Victim, count: number): Promise<void> {
  const before = await linux.kept();
  const killing = `${command} >/tmp/victim.txt 2>&1 & sleep $moment; kill -9 $! || cat /tmp/victim.txt; wait $!`;
  await linux.run(`for moment in ${moments(count, within).join(" ")}; do ${killing}; done; true`);
  expect(await linux.kept()).toBe(before);
  await linux.run("rmmod bareflank_kvm && insmod /usr/lib/bareflank/bareflank_kvm.ko");
}
