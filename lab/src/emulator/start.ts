// Starting a machine on its emulator

import { existsSync } from "node:fs";
import { LabError } from "../errors.ts";
import { Bochs } from "./bochs.ts";
import type { Boot, Emulator, MachineOptions } from "./emulator.ts";
import { Qemu } from "./qemu.ts";

const checkCpus = ({ machine, smp, icount }: MachineOptions): void => {
  if (!Number.isInteger(smp) || smp < 1 || smp > machine.maxCpus) {
    const choice = machine.maxCpus === 1 ? "one" : `1 to ${machine.maxCpus}`;
    throw new LabError(`${smp} processors: the machine "${machine.name}" has ${choice}.`, machine.whyNoMoreCpus);
  }
  if (icount && smp !== 1) {
    throw new LabError(
      `--icount counts the instructions of one processor, but ${smp} were asked for.`,
      "Leave --smp away, or --icount.",
    );
  }
};

/** Firmware boots from disks: neither the bare platform, nor anything that QEMU loads itself. */
const checkFirmware = ({ machine, icount, secureBoot }: MachineOptions, boot: Boot): void => {
  const canBootStick = machine.emulator === "qemu" && machine.firmware !== undefined;
  if (boot.kind === "linux" && boot.stick !== undefined && !canBootStick) {
    throw new LabError(
      `The machine "${machine.name}" does not boot from a stick.`,
      "Take one that does: --machine uefi",
    );
  }
  if (secureBoot === true && machine.firmware?.secure === undefined) {
    throw new LabError(`The machine "${machine.name}" has no Secure Boot.`, "Take one that has: --machine uefi");
  }
  if (machine.firmware === undefined) return;
  if (boot.kind === "linux" && boot.stick !== undefined && !existsSync(boot.stick)) {
    throw new LabError(`There is no file ${boot.stick}.`, "Make it: bf image usb --output FILE");
  }
  const { image, machineWithout } = machine.firmware;
  const without = `--machine ${machineWithout}`;
  if (!existsSync(image)) {
    throw new LabError(`${image} does not exist, so there is no firmware.`, "apt install ovmf");
  }
  if (boot.kind === "bare") {
    throw new LabError("The bare platform boots without UEFI.", `Take the machine without it: ${without}`);
  }
  if (icount && machine.emulator === "qemu") {
    throw new LabError("UEFI firmware does not come to an end under --icount.", `Leave it away, or take ${without}`);
  }
};

/**
 * Starts the emulator and waits until the machine is set up; its processors wait for `resume`.
 *
 * @param folder where the logs go
 * @throws LabError for a machine that cannot be had, and when the emulator is missing or refuses its arguments
 */
export const startEmulator = async (options: MachineOptions, boot: Boot, folder: string): Promise<Emulator> => {
  checkCpus(options);
  checkFirmware(options, boot);
  const { machine } = options;
  switch (machine.emulator) {
    case "qemu":
      return await Qemu.start(machine, options, boot, folder);
    case "bochs":
      return await Bochs.start(machine, options, boot, folder);
  }
};
