// The EFI system partition of a machine with UEFI firmware: Bareflank's application, its files, and Linux behind it
//
//     \EFI\BOOT\BOOTX64.EFI        bareflank.efi, which the firmware starts because nothing else is registered
//     \EFI\bareflank\              bareflank.json, kernel.elf, default.elf
//     \vmlinuz, \initramfs.cpio    Debian's kernel, which is a UEFI application itself, and the lab's file system
//     \EFI\debian\                GRUB and its script, where that is to boot Linux
//     \startup.nsh                 the same Linux for the firmware's shell, which is what its boot manager goes on with

import { existsSync, mkdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { basename, dirname, join, posix } from "node:path";
import { LabError } from "../errors.ts";
import { runTool } from "../host-tools.ts";
import { products } from "../paths.ts";
import { linuxScript } from "./boot-disc.ts";

/** A file of the partition. */
export interface PartitionFile {
  /** Absolute, with slashes. */
  readonly path: string;
  /** Its content, a file of the host, or undefined: it is not there. */
  readonly content?: string | Uint8Array | { readonly source: string };
}

/** What boots Linux: it is a UEFI application itself, or GRUB does it. */
export type UefiLoader = "stub" | "grub";

/** What the partition is made for. */
export interface PartitionContent {
  readonly kernel: string;
  readonly initramfs: string;
  readonly commandLine: string;
  readonly loader: UefiLoader;
  /** Besides what is there, or instead of it. */
  readonly files: readonly PartitionFile[];
}

const FOLDER = "/EFI/bareflank";
const CONFIGURATION = `${FOLDER}/bareflank.json`;
/** In the run's folder while the machine runs. */
export const PARTITION = "partition.img";
/** A FAT32 file system has at least 65,525 clusters. */
const PARTITION_BYTES = 96 * 1024 * 1024;

const built = (source: string) => {
  if (!existsSync(source)) throw new LabError(`${source} does not exist.`, "Build it: bf build");
  return { source };
};

const INITRD = "initrd=\\initramfs.cpio";

const KERNEL_PATH = "/vmlinuz";
const INITRAMFS_PATH = "/initramfs.cpio";
const GRUB_FOLDER = "/EFI/debian";
const GRUB_PATH = `${GRUB_FOLDER}/grubx64.efi`;
/** GRUB for UEFI (package grub-efi-amd64-bin), and what of it the script needs. */
const GRUB = "/usr/lib/grub/x86_64-efi";
const GRUB_MODULES = ["normal", "fat", "linux", "serial", "terminal", "echo", "boot"];

/** bareflank.json. */
const configuration = ({ commandLine, loader }: PartitionContent): string => {
  const boot = loader === "grub" ? { file: GRUB_PATH } : { file: KERNEL_PATH, options: `${commandLine} ${INITRD}` };
  return JSON.stringify({ boot }, null, 2);
};

/** GRUB and its script, made in a scratch folder. */
const grubFiles = ({ commandLine }: PartitionContent, scratch: string): PartitionFile[] => {
  if (!existsSync(GRUB)) {
    throw new LabError(`${GRUB} does not exist, so there is no GRUB for UEFI.`, "apt install grub-efi-amd64-bin");
  }
  mkdirSync(scratch, { recursive: true });
  const image = join(scratch, "grubx64.efi");
  runTool("grub-mkimage", [`--directory=${GRUB}`, "-O", "x86_64-efi", "-p", GRUB_FOLDER, "-o", image, ...GRUB_MODULES]);
  return [
    { path: GRUB_PATH, content: { source: image } },
    { path: `${GRUB_FOLDER}/grub.cfg`, content: linuxScript(KERNEL_PATH, commandLine, INITRAMFS_PATH) },
  ];
};

const standardFiles = (content: PartitionContent, scratch: string): PartitionFile[] => [
  { path: "/EFI/BOOT/BOOTX64.EFI", content: built(products.uefi) },
  { path: `${FOLDER}/kernel.elf`, content: built(products.kernel) },
  { path: `${FOLDER}/default.elf`, content: built(products.defaultExtension) },
  { path: CONFIGURATION, content: configuration(content) },
  { path: KERNEL_PATH, content: { source: content.kernel } },
  { path: INITRAMFS_PATH, content: { source: content.initramfs } },
  { path: "/startup.nsh", content: `\\vmlinuz ${content.commandLine} ${INITRD}\r\n` },
  ...(content.loader === "grub" ? grubFiles(content, scratch) : []),
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
  const scratch = join(folder, "partition");
  const files = new Map([...standardFiles(content, scratch), ...content.files].map((file) => [file.path, file]));
  const present = [...files.values()].filter((file) => file.content !== undefined);
  const image = join(folder, PARTITION);
  writeFileSync(image, "");
  truncateSync(image, PARTITION_BYTES);
  runTool("mformat", ["-i", image, "-F", "::"]);
  runTool("mmd", ["-i", image, ...foldersOf(present.map(({ path }) => path)).map((path) => `::${path}`)]);
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
