// The initial file system: the boot's first steps, and the layer of files that change from run to run

import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { LabError } from "../errors.ts";
import { runTool } from "../host-tools.ts";
import { labFolder, products } from "../paths.ts";
import { cpioArchive } from "./cpio.ts";
import { type DebianKernel, ModuleIndex } from "./debian.ts";
import { guestProgram } from "./guest-programs.ts";
import { completeTree, type Entry } from "./tree.ts";

/** A file for the machine. */
export interface PutFile {
  /** Path on the host, or the content itself. */
  readonly from: string | Uint8Array;
  /** Absolute path inside; without it /root and the host's file name. */
  readonly to?: string;
}

const INSTALLED = "/usr/lib/bareflank";

/** A first process and what it needs: folders, busybox, modules in the order in which they are inserted. */
const firstSteps = (init: string, folders: readonly string[], kernel: DebianKernel, modules: string[]): Entry[] => [
  ...folders.map((name): Entry => ({ kind: "folder", path: `/${name}` })),
  { kind: "host-file", path: "/init", source: join(labFolder, "guest", init), mode: 0o755 },
  {
    kind: "host-file",
    path: "/bin/busybox",
    source: runTool("sh", ["-c", "command -v busybox"]).trim(),
    mode: 0o755,
  },
  { kind: "link", path: "/bin/sh", target: "busybox" },
  ...new ModuleIndex(kernel).closure(modules).map(
    (file, index): Entry => ({
      kind: "host-file",
      path: `/modules/${String(index).padStart(2, "0")}-${basename(file)}`,
      source: join(kernel.modules, file),
    }),
  ),
];

const bootEntries = (kernel: DebianKernel, modules: readonly string[]): Entry[] =>
  firstSteps("init.sh", ["dev", "proc", "sys", "lower", "upper", "work", "root"], kernel, [...modules, "overlay"]);

/** The kernel for `bf-kexec`, and a file system that has just busybox and the channel. */
export const nextKernelEntries = async (kernel: DebianKernel, modules: readonly string[]): Promise<Entry[]> => {
  const entries = completeTree([
    ...firstSteps("next-init.sh", ["dev", "proc", "sys", "root", "tmp"], kernel, [...modules]),
    { kind: "host-file", path: "/agent", source: await guestProgram("agent"), mode: 0o755 },
    { kind: "host-file", path: "/bin/bf-cpuid", source: await guestProgram("cpuid"), mode: 0o755 },
  ]);
  return [
    { kind: "host-file", path: `${INSTALLED}/lab/next/vmlinuz`, source: kernel.image },
    { kind: "file", path: `${INSTALLED}/lab/next/initramfs`, content: cpioArchive(entries) },
  ];
};

const putEntry = ({ from, to }: PutFile): Entry => {
  if (typeof from !== "string") {
    if (to === undefined) {
      throw new LabError("A file that is given by its content needs a path inside the machine.");
    }
    return { kind: "file", path: to, content: from, mode: 0o755 };
  }
  if (!existsSync(from) || !statSync(from).isFile()) {
    throw new LabError(`${from} is no file that could be put into the machine.`);
  }
  return {
    kind: "host-file",
    path: to ?? `/root/${basename(from)}`,
    source: from,
    mode: statSync(from).mode & 0o777,
  };
};

/** What the workspace has built so far, and the names of what it has not; with `guests`, what runs guests, too. */
export const productEntries = (guests = false): { entries: Entry[]; missing: string[] } => {
  const files = [
    { source: products.kernel, path: `${INSTALLED}/kernel.elf` },
    { source: products.defaultExtension, path: `${INSTALLED}/default.elf` },
    { source: products.bootExtension, path: `${INSTALLED}/boot.elf` },
    { source: products.uefi, path: `${INSTALLED}/bareflank.efi` },
    { source: products.driver, path: `${INSTALLED}/bfdriver.ko` },
    ...(guests
      ? [
          { source: products.microv, path: `${INSTALLED}/microv.elf` },
          { source: products.kvmDriver, path: `${INSTALLED}/bareflank_kvm.ko` },
        ]
      : []),
  ];
  const present = files.filter(({ source }) => existsSync(source));
  const entries = present.map(({ source, path }): Entry => ({ kind: "host-file", path, source }));
  const missing = files.filter((file) => !present.includes(file)).map(({ source }) => source);
  const bfm = join(products.bfm, "bfm");
  if (existsSync(bfm)) {
    entries.push(...bfmEntries());
  } else {
    missing.push(bfm);
  }
  return { entries, missing };
};

/** bfm with the files beside it, which it finds by its own real path. */
const bfmEntries = (): Entry[] => [
  ...readdirSync(products.bfm, { withFileTypes: true })
    .filter((file) => file.isFile())
    .map(
      (file): Entry => ({
        kind: "host-file",
        path: `${INSTALLED}/bfm/${file.name}`,
        source: join(products.bfm, file.name),
        mode: 0o755,
      }),
    ),
  { kind: "link", path: "/usr/bin/bfm", target: `${INSTALLED}/bfm/bfm` },
];

/** Inserts the driver; what it prints is for the user. */
export const DRIVER_SCRIPT = `${INSTALLED}/lab/driver.sh`;

/** The user's files. */
export const putEntries = (put: readonly (string | PutFile)[]): Entry[] =>
  put.map((file) => putEntry(typeof file === "string" ? { from: file } : file));

/** An archive to unpack in the machine's root file system. */
export const filesArchive = (entries: readonly Entry[]): Buffer => cpioArchive(completeTree(entries));

/**
 * The archive that Linux unpacks as its first file system.
 *
 * @param modules what the kernel needs for its root disk and its wires
 * @param files entries for the machine's root file system
 */
export const initramfs = async (
  kernel: DebianKernel,
  modules: readonly string[],
  files: readonly Entry[],
): Promise<Buffer> => {
  const script = (name: string): Entry => ({
    kind: "host-file",
    path: `${INSTALLED}/lab/${name}`,
    source: join(labFolder, "guest", name),
  });
  const upper: Entry[] = [
    { kind: "folder", path: "/root", mode: 0o700 },
    script("start.sh"),
    script("driver.sh"),
    { kind: "host-file", path: `${INSTALLED}/lab/agent`, source: await guestProgram("agent"), mode: 0o755 },
    ...files,
  ];
  const layered = upper.map((entry) => ({ ...entry, path: `/upper${entry.path}` }));
  return cpioArchive(completeTree([...bootEntries(kernel, modules), ...layered]));
};
