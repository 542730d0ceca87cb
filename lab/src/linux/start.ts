// Booting Linux: images, emulator, and the wait for the agent

import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Emulator, LinuxBoot, MachineOptions } from "../emulator/emulator.ts";
import { FailureWatch, type Limit } from "../emulator/failure-watch.ts";
import { startEmulator } from "../emulator/start.ts";
import { findKernel } from "../image/debian.ts";
import { initramfs, nextKernelEntries, type PutFile, productEntries } from "../image/initramfs.ts";
import { probeEntries } from "../image/probe.ts";
import { rootImage } from "../image/root.ts";
import { findMachine, type Machine } from "../machines.ts";
import { products } from "../paths.ts";
import { keepRunFolder, newRunFolder, removeRunFolder } from "../run-folder.ts";
import { debugFiles } from "../symbol-files.ts";
import { Channel, fromGuest } from "./channel.ts";
import { CRASH_KERNEL_WORDS, kernelCommandLine } from "./command-line.ts";
import { linuxDevices } from "./devices.ts";
import type { LinuxOptions } from "./options.ts";
import { BootProgress } from "./progress.ts";

/** In the run's folder until Linux has unpacked it. */
const INITRAMFS = "initramfs.cpio";

/** A machine whose agent has spoken. */
export interface StartedMachine {
  readonly emulator: Emulator;
  /** Names for the addresses that it writes. */
  readonly symbolFiles: readonly string[];
  readonly channel: Channel;
  readonly watch: FailureWatch;
  readonly bootMilliseconds: number;
}

const machineOptions = (options: LinuxOptions): MachineOptions => ({
  machine: findMachine(options.machine ?? "amd"),
  smp: options.smp ?? 1,
  memory: options.memory ?? "1G",
  icount: options.icount ?? false,
  cpu: options.cpu,
  gdbPort: options.gdbPort,
});

/** Everything that the machine boots from, made if need be. */
const prepareBoot = async (options: LinuxOptions, { emulator }: Machine, folder: string): Promise<LinuxBoot> => {
  const { append = "" } = options;
  const devices = linuxDevices[emulator];
  const kernel = findKernel();
  const root = await rootImage(kernel);
  const built = productEntries();
  if (built.missing.length > 0) {
    options.onNote?.(`Not built yet, so the machine boots without: ${built.missing.join(", ")}`);
  }
  const put = (options.put ?? []).map((file): PutFile => (typeof file === "string" ? { from: file } : file));
  const next = options.crashKernel === true ? await nextKernelEntries(kernel, devices.channelModules) : [];
  const extra = [...built.entries, ...(await probeEntries(kernel)), ...next];
  const archive = await initramfs(kernel, devices.modules, extra, put);
  const file = join(folder, INITRAMFS);
  writeFileSync(file, archive);
  return {
    kind: "linux",
    kernel: kernel.image,
    initramfs: file,
    commandLine: kernelCommandLine(devices, [...(next.length > 0 ? [CRASH_KERNEL_WORDS] : []), append].join(" ")),
    root: root.path,
    rootBytes: root.bytes,
    terminal: options.terminal === true,
  };
};

/** The user's own extensions have the names, or the default extension when there are none. */
const symbolFilesOf = ({ put = [] }: LinuxOptions): string[] => {
  const names = put.map((file) => (typeof file === "string" ? file : file.from));
  const extensions = names.filter((name): name is string => typeof name === "string" && name.endsWith(".elf"));
  return debugFiles(extensions.length > 0 ? extensions : [products.defaultExtension]);
};

const bootLimit = ({ bootTimeout, machine = "amd" }: LinuxOptions): Limit =>
  bootTimeout === undefined
    ? { silentSeconds: linuxDevices[findMachine(machine).emulator].silentBootSeconds }
    : { seconds: bootTimeout };

/** The agent's first words: what went wrong while Linux booted. */
const agentReady = (watch: FailureWatch, channel: Channel, limit: Limit | undefined): Promise<string> =>
  watch.guard("boot-hang", limit, (resolve) =>
    channel.once("frame", (type, payload) => {
      if (type === fromGuest.ready) {
        resolve(payload.toString().trim());
      }
    }),
  );

/**
 * Boots once, and waits for the agent.
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
  let emulator: Emulator;
  try {
    const hardware = machineOptions(options);
    emulator = await startEmulator(hardware, await prepareBoot(options, hardware.machine, folder), folder);
  } catch (error) {
    removeRunFolder(folder);
    throw error;
  }
  const symbolFiles = symbolFilesOf(options);
  const watch = new FailureWatch(emulator, symbolFiles);
  const serial = await emulator.connection("serial");
  watch.observe("hypervisor-panic", serial);
  watch.observe("processor-halted", serial);
  const console = await emulator.connection("console");
  const channelSocket = await emulator.connection("channel");
  for (const socket of [serial, console, channelSocket]) {
    watch.heed(socket);
  }
  if (options.crashKernel !== true) {
    watch.observe("panic", console);
  }
  const channel = new Channel(channelSocket);
  const debugged = options.gdbPort !== undefined;
  if (!debugged) {
    await emulator.resume();
  }
  const progress = new BootProgress(console, (note) => options.onNote?.(note));
  try {
    const notes = await agentReady(watch, channel, debugged ? undefined : bootLimit(options));
    if (notes !== "") {
      options.onNote?.(notes);
    }
  } finally {
    progress.stop();
    rmSync(join(folder, INITRAMFS), { force: true });
  }
  return { emulator, symbolFiles, channel, watch, bootMilliseconds: performance.now() - begin };
};
