// The EFI system partition of a machine with UEFI firmware: Bareflank's application, its files, and Linux behind it
//
//     \EFI\BOOT\BOOTX64.EFI        bareflank.efi, which the firmware starts because nothing else is registered
//     \EFI\bareflank\              bareflank.json, kernel.elf, default.elf, boot.elf; or what a load manifest names
//     \vmlinuz, \initramfs.cpio    Debian's kernel, which is a UEFI application itself, and the lab's file system
//     \EFI\debian\                GRUB and its script, where that is to boot Linux
//     \startup.nsh, \linux.nsh     the same Linux for the firmware's shell, which is what its boot manager goes on with

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LabError } from "../errors.ts";
import { runTool } from "../host-tools.ts";
import { products } from "../paths.ts";
import { bfmInstall, INSTALLED_CONFIGURATION } from "./bfm-install.ts";
import { linuxScript } from "./boot-disc.ts";
import { type FatFile, makeFat } from "./fat.ts";
import { Signer } from "./secure-boot.ts";

/** A file of the partition; without a content, it is not there. */
export type PartitionFile = Pick<FatFile, "path"> & Partial<FatFile>;

/** What boots Linux: it is a UEFI application itself, or GRUB does it. */
export type UefiLoader = "stub" | "grub";

/** What the partition is made for. */
export interface PartitionContent {
  readonly kernel: string;
  readonly initramfs: string;
  readonly commandLine: string;
  readonly loader: UefiLoader;
  /** For Secure Boot. */
  readonly isSigned: boolean;
  /** A load manifest, which names the extensions; otherwise it is that in which an operating system boots. */
  readonly manifest?: string;
  /** Besides what is there, or instead of it. */
  readonly files: readonly PartitionFile[];
}

const FOLDER = "/EFI/bareflank";
/** What the firmware starts when nothing is registered. */
export const APPLICATION = "/EFI/BOOT/BOOTX64.EFI";
const CONFIGURATION = `${FOLDER}/bareflank.json`;
/** In the run's folder while the machine runs. */
export const PARTITION = "partition.img";
const PARTITION_BYTES = 96 * 1024 * 1024;

const built = (source: string) => {
  if (!existsSync(source)) throw new LabError(`${source} does not exist.`, "Build it: bf build");
  return { source };
};

const INITRD = "initrd=\\initramfs.cpio";

/** Boots Linux from the firmware's shell. */
const LINUX_SCRIPT = "/linux.nsh";
const KERNEL_PATH = "/vmlinuz";
const INITRAMFS_PATH = "/initramfs.cpio";
const GRUB_FOLDER = "/EFI/debian";
const GRUB_PATH = `${GRUB_FOLDER}/grubx64.efi`;
/** GRUB for UEFI (package grub-efi-amd64-bin), and what of it the script needs. */
const GRUB = "/usr/lib/grub/x86_64-efi";
const GRUB_MODULES = ["normal", "fat", "linux", "serial", "terminal", "echo", "boot"];

/** What bareflank.json says of the boot. */
const bootOf = ({ commandLine, loader }: PartitionContent): object =>
  loader === "grub" ? { file: GRUB_PATH } : { file: KERNEL_PATH, options: `${commandLine} ${INITRD}` };

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

/** What the firmware judges: as it was built, or signed. */
const applications = (content: PartitionContent, scratch: string, bareflank: Bareflank): PartitionFile[] => {
  if (!content.isSigned) {
    return [
      { path: APPLICATION, content: built(products.uefi) },
      { path: KERNEL_PATH, content: { source: content.kernel } },
    ];
  }
  if (content.loader === "grub") {
    throw new LabError(
      "With Secure Boot GRUB asks another program, shim, which the lab has not.",
      "Leave --uefi-loader away.",
    );
  }
  const signer = new Signer(scratch);
  return [
    { path: APPLICATION, content: { source: signer.bareflank(bareflank.extensions, bareflank.configuration) } },
    { path: KERNEL_PATH, content: { source: signer.application(content.kernel) } },
  ];
};

/** What is in the application's folder. */
interface Bareflank {
  /** As `bfm efi install` takes them. */
  readonly extensions: readonly string[];
  /** bareflank.json. */
  readonly configuration: string;
  readonly files: readonly PartitionFile[];
}

const standardBareflank = (boot: object): Bareflank => ({
  extensions: [products.defaultExtension, products.bootExtension],
  configuration: JSON.stringify({ extensions: ["boot.elf"], boot }, null, 2),
  files: [
    { path: `${FOLDER}/kernel.elf`, content: built(products.kernel) },
    { path: `${FOLDER}/default.elf`, content: built(products.defaultExtension) },
    { path: `${FOLDER}/boot.elf`, content: built(products.bootExtension) },
  ],
});

/** What bfm installs by a manifest, but for what boots then. */
const bareflankByManifest = (manifest: string, boot: object, scratch: string): Bareflank => {
  const folder = join(scratch, "by-manifest");
  mkdirSync(folder, { recursive: true });
  const extensions = ["--manifest", manifest];
  bfmInstall(folder, products.kernel, extensions);
  const installed = JSON.parse(readFileSync(join(folder, INSTALLED_CONFIGURATION), "utf8"));
  const names = readdirSync(join(folder, FOLDER)).filter((name) => name.endsWith(".elf"));
  return {
    extensions,
    configuration: JSON.stringify({ ...installed, boot }, null, 2),
    files: names.map((name) => ({ path: `${FOLDER}/${name}`, content: { source: join(folder, FOLDER, name) } })),
  };
};

const standardFiles = (content: PartitionContent, scratch: string): PartitionFile[] => {
  const boot = bootOf(content);
  const { manifest } = content;
  const bareflank = manifest === undefined ? standardBareflank(boot) : bareflankByManifest(manifest, boot, scratch);
  return [
    ...applications(content, scratch, bareflank),
    ...bareflank.files,
    { path: CONFIGURATION, content: bareflank.configuration },
    { path: INITRAMFS_PATH, content: { source: content.initramfs } },
    { path: LINUX_SCRIPT, content: `\\vmlinuz ${content.commandLine} ${INITRD}\r\n` },
    { path: "/startup.nsh", content: `${LINUX_SCRIPT.replaceAll("/", "\\")}\r\n` },
    ...(content.loader === "grub" ? grubFiles(content, scratch) : []),
  ];
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
  const present = [...files.values()].flatMap(({ path, content: what }) =>
    what === undefined ? [] : [{ path, content: what }],
  );
  const image = join(folder, PARTITION);
  writeFileSync(image, "");
  truncateSync(image, PARTITION_BYTES);
  makeFat(image, { offset: 0, bytes: PARTITION_BYTES }, present, join(scratch, "content"));
  rmSync(scratch, { recursive: true, force: true });
  return image;
};
