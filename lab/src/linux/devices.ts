// On which devices Linux finds its disk and its wires: each emulator has others

import type { Machine } from "../machines.ts";

export interface LinuxDevices {
  /** Modules that the kernel needs for them; everything else is built in. */
  readonly modules: readonly string[];
  /** Those of them that the channel needs. */
  readonly channelModules: readonly string[];
  /** The channel to the lab, as a pattern of the shell. */
  readonly channel: string;
  readonly terminal: string;
  /** So long a boot that is alive says nothing at most: seconds of the machine's own time (emulator/machine-clock.ts). */
  readonly silentBootSeconds: number;
  /** The same for a command. */
  readonly silentCommandSeconds: number;
}

export const linuxDevices: Readonly<Record<Machine["emulator"], LinuxDevices>> = {
  qemu: {
    modules: ["virtio_pci", "nd_e820", "nd_pmem", "virtio_console"],
    channelModules: ["virtio_pci", "virtio_console"],
    channel: "/dev/vport*p1",
    terminal: "/dev/hvc0",
    silentBootSeconds: 60,
    silentCommandSeconds: 300,
  },
  bochs: {
    modules: ["nd_e820", "nd_pmem"],
    channelModules: [],
    channel: "/dev/ttyS2",
    terminal: "/dev/ttyS3",
    silentBootSeconds: 300,
    silentCommandSeconds: 900,
  },
};
