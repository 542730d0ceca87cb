// The image of a USB stick that starts the hypervisor from UEFI, and then whatever the computer boots otherwise
//
//     GPT ── EFI system partition, FAT32:  \EFI\BOOT\BOOTX64.EFI   bareflank.efi, where the firmware looks on what can be removed
//                                          \EFI\bareflank\         what `bfm efi install` puts there

import {
  existsSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { LabError } from "../errors.ts";
import { runTool } from "../host-tools.ts";
import { products } from "../paths.ts";
import { bfmInstall, INSTALLED } from "./bfm-install.ts";
import { makeFat } from "./fat.ts";

/** What is to be on the stick. */
export interface StickOptions {
  /** The image's file. */
  readonly output: string;
  /** Whether it replaces a file that is there. */
  readonly force?: boolean;
  /** The microkernel; default: what was built. */
  readonly kernel?: string;
  /** Extensions; default: that which virtualizes INIT and SIPI, as all processors need. */
  readonly extensions?: readonly string[];
  /** A load manifest: it names the extensions then. */
  readonly manifest?: string;
  /** `key=value` for the first extension. */
  readonly settings?: readonly string[];
  /** Memory that the hypervisor gets: `64M`. */
  readonly memory?: string;
  /** Key and certificate, PEM files, to sign the application by. */
  readonly sign?: readonly string[];
}

const MIB = 1024 * 1024;
/** What GPT and its copy at the end need, aligned as partition editors do. */
const PARTITION = { offset: MIB, bytes: 64 * MIB };
const IMAGE_BYTES = PARTITION.offset + PARTITION.bytes + MIB;
const SECTOR_BYTES = 512;

const BOOT_FILE = "/EFI/BOOT/BOOTX64.EFI";

const install = (folder: string, { kernel, manifest, memory, sign, ...options }: StickOptions): void => {
  const { extensions = [], settings = [] } = options;
  if (manifest !== undefined && extensions.length > 0) {
    throw new LabError("A manifest names the extensions itself.", "Name a manifest, or extensions.");
  }
  const named = extensions.length === 0 ? [products.bootExtension] : extensions;
  bfmInstall(folder, kernel ?? products.kernel, [
    ...(memory === undefined ? [] : ["--memory", memory]),
    ...settings.flatMap((setting) => ["--set", setting]),
    ...(manifest === undefined ? named : ["--manifest", manifest]),
    ...(sign === undefined ? [] : ["--sign", ...sign]),
  ]);
};

/**
 * Writes the image.
 *
 * @returns its size in bytes
 * @throws LabError when something is not built, a file will not do, or the output is there already
 */
export const makeStick = (options: StickOptions): number => {
  const { output, force = false } = options;
  const there = statSync(output, { throwIfNoEntry: false });
  if (there !== undefined && !there.isFile()) {
    throw new LabError(`${output} is no ordinary file.`, "Write an image first, and copy it to the stick then.");
  }
  if (there !== undefined && !force)
    throw new LabError(`${output} is there already.`, "Name another file, or add --force.");
  const parent = dirname(output);
  if (!existsSync(parent)) throw new LabError(`There is no folder ${parent}.`, "Make it, or name another file.");
  // Beside the output, so that this takes the image whole or not at all
  const folder = mkdtempSync(join(parent, ".bareflank-stick-"));
  try {
    install(folder, options);
    const installed = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const files = installed.map((entry) => {
      const source = join(entry.parentPath, entry.name);
      return { path: `/${relative(folder, source)}`, content: { source } };
    });
    const image = join(folder, "image");
    writeFileSync(image, "");
    truncateSync(image, IMAGE_BYTES);
    const [first, last] = [PARTITION.offset, PARTITION.offset + PARTITION.bytes].map((byte) => byte / SECTOR_BYTES);
    runTool("sgdisk", [
      "--clear",
      `--new=1:${first}:${(last ?? 0) - 1}`,
      "--typecode=1:ef00",
      "--change-name=1:Bareflank",
      image,
    ]);
    makeFat(
      image,
      PARTITION,
      [{ path: BOOT_FILE, content: { source: join(folder, INSTALLED) } }, ...files],
      join(folder, "scratch"),
    );
    renameSync(image, output);
    return IMAGE_BYTES;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
