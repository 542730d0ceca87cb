// Linux's command line in the lab, and why each word is there

import type { LinuxDevices } from "./devices.ts";

const words: readonly (readonly [word: string, reason: string])[] = [
  [
    "console=ttyS1,115200",
    "COM1 belongs to hypervisor and loader, which write it raw; the speed is no decoration on Bochs",
  ],
  ["quiet", "each character costs an exit of the emulator; dmesg still has all"],
  ["oops=panic", "an oops must not go unnoticed"],
  ["panic=0", "a machine that has panicked waits, so that its registers can be read"],
  ["cryptomgr.notests", "self-tests of ciphers that nobody uses here cost half a second"],
  ["tsc=reliable", "a busy host makes the watchdog distrust a clock that is in order"],
  [
    "no_timer_check",
    "Linux ends where its timer seems not to tick, and on a busy host the emulator's does not while it is looked at",
  ],
  ["swiotlb=noforce", "bounce buffers for devices that are not there take 64 MiB"],
  ["nokaslr", "addresses in logs and in GDB fit the symbols, and instruction counts repeat"],
  ["norandmaps", "the same, for processes; and the emulator translates shared code once, not once per process"],
];

/** The words for a boot, with `append` behind them. What Linux does not know becomes init's environment. */
export const kernelCommandLine = ({ channel, terminal }: LinuxDevices, append = ""): string =>
  [...words.map(([word]) => word), `LAB_CHANNEL=${channel}`, `LAB_TERMINAL=${terminal}`, append].join(" ").trim();

/**
 * Memory for a crash kernel: its code, its file system, and what it works with.
 */
export const CRASH_KERNEL_WORDS = "crashkernel=192M";
