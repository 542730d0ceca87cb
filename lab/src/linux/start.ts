// Starting Linux: by booting it, or from the state of a machine that has booted

import { rmSync } from "node:fs";
import { join } from "node:path";
import type { FailureWatch, Limit } from "../emulator/failure-watch.ts";
import { LabError } from "../errors.ts";
import { DRIVER_SCRIPT, filesArchive } from "../image/initramfs.ts";
import { PARTITION } from "../image/system-partition.ts";
import type { Entry } from "../image/tree.ts";
import { findMachine, type QemuMachine } from "../machines.ts";
import { keepRunFolder, newRunFolder, removeRunFolder } from "../run-folder.ts";
import { bootedState, hasBootedState } from "./booted.ts";
import { type Channel, fromGuest, toGuest, UNPACK } from "./channel.ts";
import { linuxDevices } from "./devices.ts";
import { filesFor, INITRAMFS, prepareBoot } from "./images.ts";
import { type LaunchedMachine, launch, machineOptions } from "./launch.ts";
import type { LinuxOptions } from "./options.ts";
import { BootProgress } from "./progress.ts";

/** A machine whose agent takes commands. */
export interface StartedMachine extends LaunchedMachine {
  readonly bootMilliseconds: number;
}

/** None while GDB may hold the machine. */
const bootLimit = ({ bootTimeout, gdbPort, machine = "amd" }: LinuxOptions): Limit | undefined => {
  if (gdbPort !== undefined) return undefined;
  return bootTimeout === undefined
    ? { silentSeconds: linuxDevices[findMachine(machine).emulator].silentBootSeconds }
    : { seconds: bootTimeout };
};

/** The payload of the next frame of one type, while the machine comes up. */
const nextFrame = (
  watch: FailureWatch,
  channel: Channel,
  limit: Limit | undefined,
  wanted: string,
  others: (type: string, payload: Buffer) => void = () => undefined,
): Promise<Buffer> =>
  watch.guard("boot-hang", limit, (resolve) => {
    const listener = (type: string, payload: Buffer) => {
      if (type !== wanted) {
        others(type, payload);
        return;
      }
      channel.off("frame", listener);
      resolve(payload);
    };
    channel.on("frame", listener);
  });

/** Boots, and waits for the agent; returns its first words, what went wrong while Linux booted. */
const untilUp = async (launched: LaunchedMachine, options: LinuxOptions, folder: string): Promise<string> => {
  const { emulator, channel, watch } = launched;
  const progress = new BootProgress(launched.console, (note) => options.onNote?.(note));
  try {
    const ready = nextFrame(watch, channel, bootLimit(options), fromGuest.ready);
    if (options.gdbPort === undefined) {
      await emulator.resume();
    }
    return (await ready).toString().trim();
  } finally {
    progress.stop();
    for (const file of [INITRAMFS, PARTITION]) rmSync(join(folder, file), { force: true });
  }
};

/** Lets a machine go on that has booted, and gives it its files; returns what went wrong with the driver. */
const untilEquipped = async (
  { emulator, channel, watch }: LaunchedMachine,
  options: LinuxOptions,
  files: readonly Entry[],
): Promise<string> => {
  const limit = bootLimit(options);
  await emulator.resume();
  const kept = nextFrame(watch, channel, limit, fromGuest.fileEnd);
  channel.send(toGuest.put, filesArchive(files));
  const errno = (await kept).readUInt32LE();
  if (errno !== 0) {
    throw new LabError(`The machine cannot take its files (errno ${errno}).`, "Give it more memory: --memory 2G");
  }
  let notes = "";
  const ended = nextFrame(watch, channel, limit, fromGuest.exit, (_, text) => {
    notes += text.toString();
  });
  // Its clock stands where it stood when the machine was saved
  const seconds = (Date.now() / 1000).toFixed();
  channel.send(toGuest.command, `date -u -s @${seconds} >/dev/null; ${UNPACK}; sh ${DRIVER_SCRIPT}`);
  await ended;
  return notes.trim();
};

/** Boots a machine without files, and saves what it is when the agent has spoken. */
const saveBooted = async (options: LinuxOptions, state: string): Promise<void> => {
  const folder = newRunFolder();
  const { machine } = machineOptions(options);
  const launched = await launch(options, await prepareBoot(options, machine, [], folder), folder);
  await untilUp(launched, options, folder);
  try {
    await launched.emulator.monitor.saveState(state);
  } finally {
    launched.watch.stop();
    await launched.emulator.kill();
    removeRunFolder(folder);
  }
};

/** Starts the machine in whichever way; returns what its user should know. */
const start = async (options: LinuxOptions, folder: string): Promise<LaunchedMachine & { notes: string }> => {
  const hardware = machineOptions(options);
  const files = await filesFor(options, hardware.machine);
  if (!hasBootedState(options, hardware)) {
    const launched = await launch(options, await prepareBoot(options, hardware.machine, files, folder), folder);
    return { ...launched, notes: await untilUp(launched, options, folder) };
  }
  const anew = await prepareBoot(options, hardware.machine, [], folder);
  const save = (state: string) => saveBooted(options, state);
  const boot = await bootedState(hardware.machine as QemuMachine, hardware, anew, save);
  rmSync(join(folder, INITRAMFS), { force: true });
  const launched = await launch(options, boot, folder);
  return { ...launched, notes: await untilEquipped(launched, options, files) };
};

/**
 * Starts Linux once, and waits until it takes commands.
 *
 * @throws LabError when the machine cannot be made; nothing is left of it
 * @throws MachineFailure when it does not come up
 */
export const startMachine = async (options: LinuxOptions): Promise<StartedMachine> => {
  const folder = newRunFolder();
  if (options.keep === true) {
    keepRunFolder(folder);
  }
  const begin = performance.now();
  try {
    const { notes, ...launched } = await start(options, folder);
    if (notes !== "") {
      options.onNote?.(notes);
    }
    return { ...launched, bootMilliseconds: performance.now() - begin };
  } catch (error) {
    if (error instanceof LabError) {
      removeRunFolder(folder);
    }
    throw error;
  }
};
