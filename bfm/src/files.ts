// Kernel and extensions, from the disk to bytes that the driver may see

import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { MAX_EXTENSIONS } from "@bareflank/abi";
import { encodePolicies, isName, type ManifestEntry, ManifestError, readManifest } from "@bareflank/abi/manifest";
import { SettingsError, withSettings } from "@bareflank/abi/settings";
import type { LoadedFile } from "./driver.ts";
import { type FileKind, requireElf } from "./elf.ts";
import { exitCodes } from "./exit-codes.ts";
import { Failure } from "./failure.ts";

/** Installed files that `bfm load` and `bfm efi install` take when none are named. */
const INSTALLED_FOLDER = "/usr/lib/bareflank";
export const INSTALLED_KERNEL = `${INSTALLED_FOLDER}/kernel.elf`;
export const INSTALLED_APPLICATION = `${INSTALLED_FOLDER}/bareflank.efi`;
/** What an operating system boots in, with all its processors. */
export const INSTALLED_BOOT_EXTENSION = `${INSTALLED_FOLDER}/boot.elf`;
export const INSTALLED_EXTENSION = `${INSTALLED_FOLDER}/default.elf`;

/** More than this is no kernel and no extension; what is less is judged by the ELF check. */
const MOST_BYTES = 64 * 1024 * 1024;

const CHECK = "Check the name and its access rights.";

/** What to load. */
export interface Selection {
  readonly kernel: string;
  readonly extensions: readonly string[];
  /** A manifest's path; it names the extensions then. */
  readonly manifest?: string;
  /** `key=value` for the first extension. */
  readonly settings?: readonly string[];
}

/** Everything that will be loaded, read and checked. */
export interface CheckedFiles {
  readonly kernel: LoadedFile;
  readonly extensions: readonly LoadedFile[];
  /** ExtensionPolicy of each. */
  readonly policies: Uint8Array;
}

/** Reads and checks every file; throws a Failure for the first that cannot be loaded. */
export function readFiles(selection: Selection, elfCheck: Uint8Array<ArrayBuffer>): CheckedFiles {
  if (selection.manifest !== undefined) return readByManifest(selection.kernel, selection.manifest, elfCheck);
  const { kernel, extensions, settings = [] } = selection;
  if (extensions.length > Number(MAX_EXTENSIONS)) {
    throw new Failure(
      "USAGE",
      exitCodes.usage,
      `${extensions.length} extensions are named, and ${MAX_EXTENSIONS} is the most`,
      "Name fewer.",
    );
  }
  return {
    kernel: readChecked(elfCheck, "kernel", kernel),
    extensions: extensions.map((extension, index) => {
      const file = readChecked(elfCheck, "extension", extension);
      return index === 0 && settings.length > 0 ? applySettings(file, settings) : file;
    }),
    policies: encodePolicies(extensions.map((extension) => ({ name: nameOf(extension) }))),
  };
}

function readByManifest(kernel: string, path: string, elfCheck: Uint8Array<ArrayBuffer>): CheckedFiles {
  const entries = readEntries(path);
  return {
    kernel: readChecked(elfCheck, "kernel", kernel),
    extensions: entries.map(({ file, settings }) => {
      const extension = readChecked(elfCheck, "extension", file);
      return settings.length > 0 ? applySettings(extension, settings) : extension;
    }),
    policies: encodePolicies(entries),
  };
}

/** What a manifest lists; files by their names for whoever runs bfm. */
export function readEntries(path: string): ManifestEntry[] {
  const bytes = readFile(path, CHECK);
  try {
    const entries = readManifest(new TextDecoder().decode(bytes));
    return entries.map((entry) => ({ ...entry, file: resolve(dirname(path), entry.file) }));
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    throw new Failure(
      "MANIFEST",
      exitCodes.file,
      `${path}: ${error.message}`,
      "Correct the manifest; docs/extensions.md describes it.",
      { facts: { file: path, place: error.place }, cause: error },
    );
  }
}

/** What an extension is called without a manifest: its file's name, as far as it is one. */
function nameOf(file: string): string {
  const name = basename(file).replace(/\.elf$/, "");
  return isName(name) ? name : "";
}

/** The same file with these settings written into it; a Failure when it takes none. */
export function applySettings({ name, bytes }: LoadedFile, settings: readonly string[]): LoadedFile {
  try {
    return { name, bytes: withSettings(bytes, settings) };
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    throw new Failure(
      "SETTINGS",
      exitCodes.usage,
      `${name} cannot be given these settings: ${error.message}`,
      "Write each as --set key=value, with keys that the extension's author documents.",
      { facts: { file: name }, cause: error },
    );
  }
}

/** What a single word means: a file here, or else an installed extension of that name. */
function located(kind: FileKind, name: string): string {
  const installed = `${INSTALLED_FOLDER}/${name}.elf`;
  return kind === "extension" && isName(name) && !existsSync(name) && existsSync(installed) ? installed : name;
}

function readChecked(elfCheck: Uint8Array<ArrayBuffer>, kind: FileKind, word: string): LoadedFile {
  const name = located(kind, word);
  const isInstalled = [INSTALLED_KERNEL, INSTALLED_EXTENSION, INSTALLED_BOOT_EXTENSION].includes(name);
  const bytes = readFile(
    name,
    isInstalled ? "Install Bareflank, or name the files: bfm load --kernel FILE EXTENSION" : CHECK,
  );
  requireElf(elfCheck, kind, name, bytes);
  return { name, bytes };
}

/** A file's bytes, or a Failure with this advice. */
export function readFile(name: string, advice: string): Uint8Array {
  try {
    const stat = statSync(name);
    if (!stat.isFile()) throw new Failure("FILE_KIND", exitCodes.file, `${name} is no file`, "Name an ELF file.");
    if (stat.size > MOST_BYTES)
      throw new Failure("FILE_SIZE", exitCodes.file, `${name} is too large`, "Name an ELF file.");
    return readFileSync(name);
  } catch (error) {
    if (error instanceof Failure) throw error;
    const { code = "EIO" } = error as NodeJS.ErrnoException;
    throw new Failure(
      code,
      exitCodes.file,
      code === "ENOENT" ? `there is no file ${name}` : `${name} cannot be read (${code})`,
      advice,
      { facts: { file: name }, cause: error },
    );
  }
}
