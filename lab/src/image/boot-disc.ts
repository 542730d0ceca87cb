// A CD that boots by GRUB, for emulators that cannot load a kernel themselves

import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LabError } from "../errors.ts";
import { runTool } from "../host-tools.ts";

/** GRUB for a PC's BIOS (package grub-pc-bin); without it, grub-mkrescue makes a disc that does not boot. */
const GRUB = "/usr/lib/grub/i386-pc";

/** What GRUB says when Linux is loaded. */
export const LOADED = "boot loader: Linux is loaded";

/** A file on the disc. */
export interface DiscFile {
  /** Path of the host. */
  readonly source: string;
  /** On the disc, absolute. */
  readonly path: string;
}

/** One word of a GRUB script that means just these characters. */
const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

/** A line of a GRUB script. The words of a command line are passed on one by one. */
const scriptLine = (command: string, path: string, append: string): string =>
  [command, path, ...append.split(/\s+/).filter(Boolean).map(quoted)].join(" ");

/** The commands that boot an image by the Multiboot protocol, with files. */
export const multibootScript = (image: string, append: string, files: readonly string[]): string =>
  [scriptLine("multiboot", image, append), ...files.map((file) => scriptLine("module", file, "")), "boot", ""].join(
    "\n",
  );

/** The commands that boot Linux, and that say on COM2 when it is loaded. */
export const linuxScript = (kernel: string, commandLine: string, initramfs: string): string =>
  [
    scriptLine("linux", kernel, commandLine),
    scriptLine("initrd", initramfs, ""),
    "serial --unit=1 --speed=115200",
    "terminal_output serial",
    `echo ${quoted(LOADED)}`,
    "boot",
    "",
  ].join("\n");

/**
 * Makes the disc.
 *
 * @param folder where it goes, as `boot.iso`, and where its script is written
 * @param modules GRUB's modules that the script needs, besides those for reading the disc
 * @throws LabError when a program is missing
 */
export const makeBootDisc = (
  folder: string,
  script: string,
  modules: readonly string[],
  files: readonly DiscFile[],
): string => {
  if (!existsSync(GRUB)) {
    throw new LabError(`${GRUB} does not exist, so there is no GRUB to boot with.`, "apt install grub-pc-bin");
  }
  const scriptFile = join(folder, "grub.cfg");
  writeFileSync(scriptFile, script);
  const disc = join(folder, "boot.iso");
  runTool("grub-mkrescue", [
    `--output=${disc}`,
    `--directory=${GRUB}`,
    `--install-modules=${modules.join(" ")}`,
    ...["--fonts=", "--themes=", "--locales="],
    ...[{ path: "/boot/grub/grub.cfg", source: scriptFile }, ...files].map(
      ({ path, source }) => `${path.slice(1)}=${source}`,
    ),
  ]);
  return disc;
};
