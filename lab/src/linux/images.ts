// What a Linux machine boots from, and what it gets besides

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { bochsLinuxWords } from "../emulator/bochs-configuration.ts";
import type { LinuxBoot } from "../emulator/emulator.ts";
import { rootDiskWord } from "../emulator/qemu-arguments.ts";
import { LabError } from "../errors.ts";
import { findKernel } from "../image/debian.ts";
import { initramfs, nextKernelEntries, productEntries, putEntries } from "../image/initramfs.ts";
import { probeEntries } from "../image/probe.ts";
import { rootImage } from "../image/root.ts";
import { APPLICATION, makePartition, type PartitionFile } from "../image/system-partition.ts";
import type { Entry } from "../image/tree.ts";
import type { Machine } from "../machines.ts";
import { CRASH_KERNEL_WORDS, kernelCommandLine } from "./command-line.ts";
import { linuxDevices } from "./devices.ts";
import { machineOptions } from "./launch.ts";
import type { LinuxOptions } from "./options.ts";

/** In the run's folder until Linux has unpacked it. */
export const INITRAMFS = "initramfs.cpio";

/** Files that a machine gets besides what it boots from: what was built, the probe, the user's own. */
export const filesFor = async (options: LinuxOptions, { emulator }: Machine): Promise<Entry[]> => {
  const kernel = findKernel();
  const built = productEntries(options.guests);
  if (built.missing.length > 0) {
    options.onNote?.(`Not built yet, so the machine boots without: ${built.missing.join(", ")}`);
  }
  const { channelModules } = linuxDevices[emulator];
  const next = options.crashKernel === true ? await nextKernelEntries(kernel, channelModules) : [];
  return [...built.entries, ...(await probeEntries(kernel)), ...next, ...putEntries(options.put ?? [])];
};

/** What a stick starts, the disk does not start once more, unless the firmware may refuse the stick's. */
const partitionFiles = ({ stick, secureBoot, partition = [] }: LinuxOptions): readonly PartitionFile[] =>
  stick === undefined || secureBoot === true ? partition : [{ path: APPLICATION }, ...partition];

/** Everything that the machine boots from, made if need be. `files` are there when Linux is up. */
export const prepareBoot = async (
  options: LinuxOptions,
  machine: Machine,
  files: readonly Entry[],
  folder: string,
): Promise<LinuxBoot> => {
  if (options.manifest !== undefined && machine.firmware === undefined) {
    throw new LabError(
      `Nothing starts before Linux on the machine "${machine.name}".`,
      "Take one with UEFI firmware: --machine uefi. Or bring the files along, and bfm load --manifest in it.",
    );
  }
  const devices = linuxDevices[machine.emulator];
  const kernel = findKernel();
  const root = await rootImage(kernel, options.guests);
  const file = join(folder, INITRAMFS);
  const content = await initramfs(kernel, devices.modules, files);
  writeFileSync(file, content);
  const words = [
    ...(machine.emulator === "bochs"
      ? bochsLinuxWords(machineOptions(options).memory, root.bytes)
      : [rootDiskWord(root.bytes)]),
    ...(options.crashKernel === true ? [CRASH_KERNEL_WORDS] : []),
    options.append ?? "",
  ];
  const boot = { kernel: kernel.image, initramfs: file, commandLine: kernelCommandLine(devices, words.join(" ")) };
  return {
    kind: "linux",
    ...boot,
    ...(machine.firmware !== undefined
      ? {
          partition: makePartition(folder, {
            ...boot,
            loader: options.uefiLoader ?? "stub",
            isSigned: options.secureBoot === true,
            ...(options.manifest === undefined ? {} : { manifest: options.manifest }),
            files: partitionFiles(options),
          }),
          isPartitionWritable: options.isPartitionWritable === true,
        }
      : {}),
    ...(options.stick === undefined ? {} : { stick: options.stick }),
    initramfsBytes: content.length,
    root: root.path,
    rootBytes: root.bytes,
    terminal: options.terminal === true,
  };
};
