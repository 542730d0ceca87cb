// A Linux that has booted: its machine's state, in the cache
//
// A boot is the same every time, so the next machine of its kind goes on from where one has booted. Nothing of the
// workspace is in it: what was built, the driver and the user's files come over the channel afterwards.

import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { LinuxBoot, MachineOptions } from "../emulator/emulator.ts";
import { findProgram } from "../emulator/process.ts";
import { qemuArguments } from "../emulator/qemu-arguments.ts";
import { cached } from "../image/cache.ts";
import type { QemuMachine } from "../machines.ts";
import { INITRAMFS } from "./images.ts";
import type { LinuxOptions } from "./options.ts";

/** So many states stay, of 100 MB each. */
const KEPT = 12;
const STATE = "state";

/**
 * Whether the machine can go on from a saved state: QEMU's, with nothing that only a boot can give. Instructions are
 * counted from a boot, GDB wants to be there from the first one, and a machine that starts again gets its files from the initial
 * file system.
 */
export const hasBootedState = (options: LinuxOptions, { machine }: MachineOptions): boolean =>
  machine.emulator === "qemu" &&
  machine.firmware === undefined &&
  options.fresh !== true &&
  (options.append ?? "") === "" &&
  options.cpu === undefined &&
  options.icount !== true &&
  options.plugin === undefined &&
  options.restarts !== true &&
  options.gdbPort === undefined &&
  options.crashKernel !== true;

/** Everything that decides what a machine is when it has booted: the emulator and its words, and the files that it boots. */
const digestOf = (machine: QemuMachine, hardware: MachineOptions, boot: LinuxBoot): string => {
  const program = findProgram(machine);
  const { size, mtimeMs } = statSync(program);
  const words = qemuArguments(machine, hardware, { ...boot, initramfs: INITRAMFS }, (name) => name, "");
  const facts = JSON.stringify([program, size, mtimeMs, words, statSync(boot.kernel).size]);
  return createHash("sha256").update(facts).update(readFileSync(boot.initramfs)).digest("hex");
};

/**
 * The boot of a machine that goes on from a state, which is made first when there is none.
 *
 * @param boot what it would boot from
 * @param save boots such a machine, and saves its state into the file that it gets
 */
export const bootedState = async (
  machine: QemuMachine,
  hardware: MachineOptions,
  boot: LinuxBoot,
  save: (state: string) => Promise<void>,
): Promise<LinuxBoot> => {
  const produce = async (folder: string) => {
    mkdirSync(folder);
    copyFileSync(boot.initramfs, join(folder, INITRAMFS));
    await save(join(folder, STATE));
  };
  const folder = await cached("booted", digestOf(machine, hardware, boot), produce, KEPT);
  return { ...boot, initramfs: join(folder, INITRAMFS), state: join(folder, STATE) };
};
