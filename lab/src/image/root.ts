// The root disk: what never changes between two runs (a shell, Node.js, the lab's own programs), as an ext4 image

import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { runTool } from "../host-tools.ts";
import { cacheFolder } from "../paths.ts";
import { cached } from "./cache.ts";
import { type DebianKernel, ModuleIndex } from "./debian.ts";
import { guestProgram } from "./guest-programs.ts";
import { guestEntries } from "./guests.ts";
import { dynamicProgram } from "./programs.ts";
import { completeTree, type Entry, entryContent, entryMode, treeDigest } from "./tree.ts";

/** Goes up when images of the same content have to be made anew. */
const RECIPE = "1";

/** Linux maps persistent memory in units of this size. */
const SIZE_UNIT = 32 * 1024 * 1024;

/** Modules for `modprobe` inside: KVM as a rival for SVM and VMX, MSRs and CPUID for user space. */
const extraModules = ["kvm_amd", "kvm_intel", "msr", "cpuid"];

const busybox = (): Entry[] => {
  const program = runTool("sh", ["-c", "command -v busybox"]).trim();
  const applets = runTool("busybox", ["--list-full"]).split("\n").filter(Boolean);
  return [
    { kind: "host-file", path: "/usr/bin/busybox", source: program, mode: 0o755 },
    ...applets
      .map((applet) => `/usr/${applet.replace(/^usr\//, "")}`)
      .filter((path) => path !== "/usr/bin/busybox" && /^\/usr\/s?bin\//.test(path))
      .map((path): Entry => ({ kind: "link", path, target: "/usr/bin/busybox" })),
  ];
};

const kernelModules = (kernel: DebianKernel): Entry[] => {
  const index = new ModuleIndex(kernel);
  const files = index.closure(extraModules);
  const folder = `/usr/lib/modules/${kernel.version}`;
  return [
    ...files.map(
      (file): Entry => ({
        kind: "host-file",
        path: `${folder}/${file}`,
        source: join(kernel.modules, file),
      }),
    ),
    { kind: "file", path: `${folder}/modules.dep`, content: index.dependencyLines(files) },
  ];
};

const skeleton: readonly Entry[] = [
  // The merged /usr of Debian 12.
  ...["bin", "sbin", "lib", "lib64"].map((name): Entry => ({ kind: "link", path: `/${name}`, target: `usr/${name}` })),
  ...["dev", "proc", "sys", "run", "mnt", "var/log", "usr/local/bin"].map(
    (name): Entry => ({ kind: "folder", path: `/${name}` }),
  ),
  { kind: "folder", path: "/root", mode: 0o700 },
  { kind: "folder", path: "/tmp", mode: 0o1777 },
  { kind: "file", path: "/etc/passwd", content: "root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000:user:/tmp:/bin/sh\n" },
  { kind: "file", path: "/etc/group", content: "root:x:0:\nuser:x:1000:\n" },
  { kind: "file", path: "/etc/hosts", content: "127.0.0.1 localhost\n" },
  { kind: "file", path: "/etc/profile", content: "PS1='lab:\\w# '\n" },
];

/** What an extension's author pokes at: one program, by the name that it is called. */
const tools = async (): Promise<Entry[]> => {
  const path = "/usr/lib/bareflank/tools";
  const names = ["bf-port", "bf-msr", "bf-memory", "bf-interrupt", "bf-ipi"];
  return [
    { kind: "host-file", path, source: await guestProgram("tools", ["probe/tools.h"]), mode: 0o755 },
    ...names.map((name): Entry => ({ kind: "link", path: `/usr/bin/${name}`, target: path })),
  ];
};

/** Everything on the root disk; with `guests` what virtual machines inside need, too. */
export const rootTree = async (kernel: DebianKernel, guests = false): Promise<Entry[]> => {
  const programs = {
    "/usr/bin/bf-forkloop": "forkloop",
    "/usr/bin/bf-cpuid": "cpuid",
    "/usr/bin/bf-kexec": "kexec",
  };
  const compiled = await Promise.all(
    Object.entries(programs).map(
      async ([path, name]): Promise<Entry> => ({
        kind: "host-file",
        path,
        source: await guestProgram(name),
        mode: 0o755,
      }),
    ),
  );
  return completeTree([
    ...skeleton,
    ...busybox(),
    ...dynamicProgram("/usr/bin/node", process.execPath),
    ...kernelModules(kernel),
    ...compiled,
    ...(await tools()),
    ...(guests ? guestEntries(kernel) : []),
  ]);
};

const writeEntry = (folder: string, entry: Entry): void => {
  const path = join(folder, entry.path);
  mkdirSync(dirname(path), { recursive: true });
  switch (entry.kind) {
    case "folder":
      mkdirSync(path, { recursive: true });
      break;
    case "link":
      symlinkSync(entry.target, path);
      return;
    case "host-file":
      copyFileSync(entry.source, path);
      break;
    default:
      writeFileSync(path, entryContent(entry));
  }
  chmodSync(path, entryMode(entry));
};

const makeImage = (entries: readonly Entry[], image: string): void => {
  const folder = mkdtempSync(join(cacheFolder(), "root-tree-"));
  try {
    for (const entry of entries) {
      writeEntry(folder, entry);
    }
    const bytes = entries.reduce((sum, entry) => sum + (entry.kind === "folder" ? 0 : entryContent(entry).length), 0);
    writeFileSync(image, "");
    truncateSync(image, Math.ceil((bytes * 1.05) / SIZE_UNIT + 0.25) * SIZE_UNIT);
    // 4 KiB blocks, because DAX maps whole pages; no journal, because the disk is only read.
    const features = ["-b", "4096", "-O", "^has_journal", "-m", "0", "-E", "root_owner=0:0"];
    runTool("mke2fs", ["-q", "-F", "-t", "ext4", ...features, "-d", folder, image]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** The image of the root disk, from the cache when it is there, and its size. */
export const rootImage = async (kernel: DebianKernel, guests = false): Promise<{ path: string; bytes: number }> => {
  const entries = await rootTree(kernel, guests);
  const path = await cached(
    guests ? "guests" : "root",
    `${treeDigest([...entries, { kind: "file", path: "/recipe", content: RECIPE }])}`,
    (image) => makeImage(entries, image),
  );
  return { path, bytes: statSync(path).size };
};
