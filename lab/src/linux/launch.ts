// A machine with Linux that was just started: its wires, and who watches it

import type { Socket } from "node:net";
import type { Emulator, LinuxBoot, MachineOptions } from "../emulator/emulator.ts";
import { FailureWatch } from "../emulator/failure-watch.ts";
import { startEmulator } from "../emulator/start.ts";
import { findMachine } from "../machines.ts";
import { products } from "../paths.ts";
import { debugFiles } from "../symbol-files.ts";
import { Channel } from "./channel.ts";
import type { LinuxOptions } from "./options.ts";

/** A machine that waits for `emulator.resume`. */
export interface LaunchedMachine {
  readonly emulator: Emulator;
  /** Names for the addresses that it writes. */
  readonly symbolFiles: readonly string[];
  readonly console: Socket;
  readonly channel: Channel;
  readonly watch: FailureWatch;
}

export const machineOptions = (options: LinuxOptions): MachineOptions => ({
  machine: findMachine(options.machine ?? "amd"),
  smp: options.smp ?? 1,
  memory: options.memory ?? "1G",
  icount: options.icount ?? false,
  cpu: options.cpu,
  plugin: options.plugin,
  restarts: options.restarts,
  gdbPort: options.gdbPort,
  secureBoot: options.secureBoot,
});

/** The user's own extensions have the names, or the default extension when there are none. */
const symbolFilesOf = ({ put = [] }: LinuxOptions): string[] => {
  const names = put.map((file) => (typeof file === "string" ? file : file.from));
  const extensions = names.filter((name): name is string => typeof name === "string" && name.endsWith(".elf"));
  return debugFiles(extensions.length > 0 ? extensions : [products.defaultExtension]);
};

/**
 * Starts the emulator.
 *
 * @throws LabError when the machine cannot be made
 */
export const launch = async (options: LinuxOptions, boot: LinuxBoot, folder: string): Promise<LaunchedMachine> => {
  const emulator = await startEmulator(machineOptions(options), boot, folder);
  const symbolFiles = symbolFilesOf(options);
  const watch = new FailureWatch(emulator, symbolFiles);
  const serial = await emulator.connection("serial");
  const console = await emulator.connection("console");
  const channel = await emulator.connection("channel");
  for (const socket of [serial, console, channel]) {
    watch.heed(socket);
  }
  watch.observe("hypervisor-panic", serial);
  watch.observe("processor-halted", serial);
  if (options.crashKernel !== true) {
    watch.observe("panic", console);
  }
  return { emulator, symbolFiles, console, channel: new Channel(channel), watch };
};
