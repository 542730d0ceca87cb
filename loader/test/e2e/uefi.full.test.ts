// Twenty boots from UEFI in a row with four processors, and what may become of each: another kernel, every way to reboot, power off

import { LinuxMachine, MachineFailure } from "@bareflank/lab";
import { afterEach, describe, expect, it } from "vitest";
import { bytesOf, held, LEAF, lasting, MEMORY, markers, overlapping, resetsInside, usable, within } from "./uefi.ts";

const PROCESSORS = 4;
const BOOTS = 20;

/** How a Linux ends: for another kernel (kexec), by the ways that it knows to restart a machine, or for good. */
const ENDS = ["kexec", "acpi", "kbd", "triple", "efi", "pci", "power-off"];
const RESTART = (way: string) => `echo ${way} >/sys/kernel/reboot/type; echo 1 >/sys/kernel/reboot/force; reboot -f`;

let linux: LinuxMachine | undefined;

afterEach(async () => {
  await linux?.close();
  linux = undefined;
});

/** All processors are inside, and nothing of the hypervisor's is Linux's. */
const look = async (machine: LinuxMachine): Promise<void> => {
  const { stdout } = await machine.run(`${LEAF}; grep -c ^processor /proc/cpuinfo; ${MEMORY}`);
  expect(markers(stdout)).toBe(PROCESSORS);
  expect(stdout).toContain(`\n${PROCESSORS}\n`);
  const serial = machine.serial();
  const kibibytes = /runs on 4 processors with (\d+) KiB/.exec(serial)?.[1];
  const pieces = held(serial);
  expect(bytesOf(pieces)).toBeGreaterThan(Number(kibibytes) * 1024);
  expect(within(pieces, lasting(stdout))).toEqual(pieces);
  expect(usable(stdout).length).toBeGreaterThan(2);
  expect(overlapping(pieces, usable(stdout))).toEqual([]);
};

/** Linux switches the machine off. */
const powerOff = async (machine: LinuxMachine): Promise<void> => {
  const error = await machine.run("poweroff -f; sleep 600").catch((failure: unknown) => failure);
  expect(error).toBeInstanceOf(MachineFailure);
  expect((error as MachineFailure).kind).toBe("powered-off");
};

const each = Array.from({ length: BOOTS }, (_, index) => ({ boot: index + 1, end: ENDS[index % ENDS.length] ?? "" }));

describe("Linux on four processors", () => {
  it.each(each)("boots inside ($boot), and goes on by $end", async ({ end }) => {
    const machine = await LinuxMachine.boot({
      machine: "uefi",
      smp: PROCESSORS,
      append: "efi=debug",
      crashKernel: end === "kexec",
      restarts: end !== "power-off",
    });
    linux = machine;
    expect(machine.bootRetries).toBe(0);
    await look(machine);
    expect(resetsInside(machine)).toBe(0);
    if (end === "power-off") {
      await powerOff(machine);
      expect(resetsInside(machine)).toBe(0);
      return;
    }
    const command = end === "kexec" ? "bf-kexec --now" : RESTART(end);
    expect(await machine.untilNextKernel(`${command}; sleep 600`)).toBeUndefined();
    await look(machine);
    // A reset of the machine is one of each processor
    expect(resetsInside(machine)).toBe(end === "kexec" ? 0 : PROCESSORS);
  });
});

describe.each([1, 2])("a Linux on %i processors that panics", (smp) => {
  it("leaves another kernel inside, which saves its memory", async () => {
    const machine = await LinuxMachine.boot({ machine: "uefi", smp, crashKernel: true });
    linux = machine;
    expect((await machine.run("bf-kexec --panic")).exitCode).toBe(0);
    // On the last processor: those that stop for it are left in the handler of an NMI
    const panic = `taskset ${2 ** (smp - 1)} sh -c 'echo c >/proc/sysrq-trigger'; sleep 600`;
    expect(await machine.untilNextKernel(panic)).toBeUndefined();
    const look =
      "head -c 65536 /proc/vmcore | grep -c OSRELEASE=; dd if=/proc/vmcore bs=1048576 count=64 2>/dev/null | wc -c";
    const { stdout } = await machine.run(`${LEAF}; ${look}`);
    expect(markers(stdout)).toBe(1);
    expect(stdout).toContain("\n1\n67108864\n");
    expect(resetsInside(machine)).toBe(0);
  });
});
