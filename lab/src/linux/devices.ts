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
  /** What a boot needs so long at most; a loaded host is several times slower than an idle one. */
  readonly bootSeconds: number;
}

export const linuxDevices: Readonly<Record<Machine["emulator"], LinuxDevices>> = {
  qemu: {
    modules: ["virtio_pci", "virtio_pmem", "nd_pmem", "virtio_console"],
    channelModules: ["virtio_pci", "virtio_console"],
    channel: "/dev/vport*p1",
    terminal: "/dev/hvc0",
    bootSeconds: 60,
  },
  bochs: {
    modules: ["nd_e820", "nd_pmem"],
    channelModules: [],
    channel: "/dev/ttyS2",
    terminal: "/dev/ttyS3",
    bootSeconds: 300,
  },
};
