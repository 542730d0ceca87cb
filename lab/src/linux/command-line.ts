// Linux's command line in the lab, and why each word is there

const words: readonly (readonly [word: string, reason: string])[] = [
  ["console=ttyS1", "COM1 belongs to hypervisor and loader, which write it raw"],
  ["quiet", "each character costs an exit of the emulator; dmesg still has all"],
  ["oops=panic", "an oops must not go unnoticed"],
  ["panic=0", "a machine that has panicked waits, so that its registers can be read"],
  ["cryptomgr.notests", "self-tests of ciphers that nobody uses here cost half a second"],
  ["tsc=reliable", "a busy host makes the watchdog distrust a clock that is in order"],
  ["swiotlb=noforce", "bounce buffers for devices that are not there take 64 MiB"],
  ["nokaslr", "addresses in logs and in GDB fit the symbols, and instruction counts repeat"],
  ["norandmaps", "the same, for processes; and the emulator translates shared code once, not once per process"],
];

/** The words for a boot, with `append` behind them. */
export const kernelCommandLine = (append = ""): string => [...words.map(([word]) => word), append].join(" ").trim();
