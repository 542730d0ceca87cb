// Where things lie: the checkout, its build products, and the cache outside of it

import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** The checkout's root. */
export const repository = resolve(import.meta.dirname, "../..");

/** Folder of build products; git ignores it. */
export const buildFolder = join(repository, "build");

/** The lab's own sources. */
export const labFolder = join(repository, "lab");

/** Large files that outlive the checkout. */
export const cacheFolder = (): string =>
  join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "bareflank-ts", "lab");

/** What the rest of the workspace builds and the lab takes along. */
export const products = {
  kernel: join(buildFolder, "kernel", "kernel.elf"),
  kernelSymbols: join(buildFolder, "kernel", "kernel.debug.elf"),
  defaultExtension: join(buildFolder, "extensions", "default", "default.elf"),
  defaultExtensionSymbols: join(buildFolder, "extensions", "default", "default.debug.elf"),
  bootExtension: join(buildFolder, "extensions", "boot", "boot.elf"),
  driver: join(buildFolder, "linux-driver", "bfdriver.ko"),
  kvmDriver: join(buildFolder, "kvm-driver", "bareflank_kvm.ko"),
  microv: join(buildFolder, "extensions", "microv", "microv.elf"),
  bfm: join(buildFolder, "bfm"),
  uefi: join(buildFolder, "bareflank", "bareflank.efi"),
  bare: join(buildFolder, "bare", "bare.elf"),
} as const;
