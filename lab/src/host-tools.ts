// Running the programs of the host that the lab needs

import { execFileSync } from "node:child_process";
import { LabError } from "./errors.ts";

/** Debian package of each program that the lab calls. */
const packages: Readonly<Record<string, string>> = {
  busybox: "busybox-static",
  clang: "clang",
  "grub-mkimage": "grub-common",
  "grub-mkrescue": "grub-common xorriso",
  ldd: "libc-bin",
  "llvm-symbolizer": "llvm",
  make: "make",
  mcopy: "mtools",
  mformat: "mtools",
  mke2fs: "e2fsprogs",
  mmd: "mtools",
  openssl: "openssl",
  sbsign: "sbsigntool",
  sgdisk: "gdisk",
};

/**
 * Runs a program and returns what it printed.
 *
 * @throws LabError when it is missing (naming the package that has it) or fails (with what it printed)
 */
export const runTool = (program: string, parameters: readonly string[], cwd?: string): string => {
  try {
    return execFileSync(program, parameters, {
      cwd,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      // mke2fs lies where ordinary users have no path to.
      env: { ...process.env, LC_ALL: "C", PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
    });
  } catch (cause) {
    const error = cause as NodeJS.ErrnoException & { stdout?: string; stderr?: string };
    if (error.code === "ENOENT") {
      const name = packages[program];
      throw new LabError(`${program} is not installed.`, name === undefined ? "" : `apt install ${name}`, { cause });
    }
    throw new LabError(`${program} ${parameters.join(" ")} failed:\n${error.stdout ?? ""}${error.stderr ?? ""}`, "", {
      cause,
    });
  }
};
