// The EFI system partition of a machine with UEFI firmware: Bareflank's application, its files, and Linux behind it
//
//     \EFI\BOOT\BOOTX64.EFI        bareflank.efi, which the firmware starts because nothing else is registered
//     \EFI\bareflank\              bareflank.json, kernel.elf, default.elf
//     \vmlinuz, \initramfs.cpio    Debian's kernel, which is a UEFI application itself, and the lab's file system
//     \startup.nsh                 the same Linux for the firmware's shell, which is what its boot manager goes on with

import { existsSync, mkdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { basename, dirname, join, posix } from "node:path";
import { LabError } from "../errors.ts";
import { runTool } from "../host-tools.ts";
import { products } from "../paths.ts";

/** A file of the partition. */
export interface PartitionFile {
  /** Absolute, with slashes. */
  readonly path: string;
  /** Its content, a file of the host, or undefined: it is not there. */
  readonly content?: string | Uint8Array | { readonly source: string };
}

/** What the partition is made for. */
export interface PartitionContent {
  readonly kernel: string;
  readonly initramfs: string;
  readonly commandLine: string;
  /** Besides what is there, or instead of it. */
  readonly files: readonly PartitionFile[];
}

const FOLDER = "/EFI/bareflank";
export const CONFIGURATION = `${FOLDER}/bareflank.json`;
/** In the run's folder while the machine runs. */
export const PARTITION = "partition.img";
/** A FAT32 file system has at least 65,525 clusters. */
const PARTITION_BYTES = 96 * 1024 * 1024;

const built = (source: string) => {
  if (!existsSync(source)) throw new LabError(`${source} does not exist.`, "Build it: bf build");
  return { source };
};

const INITRD = "initrd=\\initramfs.cpio";

const configuration = (commandLine: string) => ({ boot: { file: "/vmlinuz", options: `${commandLine} ${INITRD}` } });

const standardFiles = ({ kernel, initramfs, commandLine }: PartitionContent): PartitionFile[] => [
  { path: "/EFI/BOOT/BOOTX64.EFI", content: built(products.uefi) },
  { path: `${FOLDER}/kernel.elf`, content: built(products.kernel) },
  { path: `${FOLDER}/default.elf`, content: built(products.defaultExtension) },
  { path: CONFIGURATION, content: JSON.stringify(configuration(commandLine), null, 2) },
  { path: "/startup.nsh", content: `\\vmlinuz ${commandLine} ${INITRD}\r\n` },
  { path: "/vmlinuz", content: { source: kernel } },
  { path: "/initramfs.cpio", content: { source: initramfs } },
];

const isSource = (content: PartitionFile["content"]): content is { readonly source: string } =>
  typeof content === "object" && "source" in content;

/** Folders of these paths, each behind the one that it is in. */
const foldersOf = (paths: readonly string[]): string[] => {
  const above = (path: string): string[] => (path === "/" ? [] : [...above(posix.dirname(path)), path]);
  return [...new Set(paths.flatMap((path) => above(posix.dirname(path))))];
};

/**
 * Makes the partition's image.
 *
 * @param folder where it goes, as `partition.img`
 * @throws LabError when mtools is not installed, or something is not built
 */
export const makePartition = (folder: string, content: PartitionContent): string => {
  const files = new Map([...standardFiles(content), ...content.files].map((file) => [file.path, file]));
  const present = [...files.values()].filter((file) => file.content !== undefined);
  const image = join(folder, PARTITION);
  writeFileSync(image, "");
  truncateSync(image, PARTITION_BYTES);
  runTool("mformat", ["-i", image, "-F", "::"]);
  runTool("mmd", ["-i", image, ...foldersOf(present.map(({ path }) => path)).map((path) => `::${path}`)]);
  const scratch = join(folder, "partition");
  for (const { path, content: what } of present) {
    const source = isSource(what) ? what.source : join(scratch, basename(path));
    if (!isSource(what)) {
      mkdirSync(dirname(source), { recursive: true });
      writeFileSync(source, what ?? "");
    }
    runTool("mcopy", ["-i", image, source, `::${path}`]);
  }
  rmSync(scratch, { recursive: true, force: true });
  return image;
};
