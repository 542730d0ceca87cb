// What virtual machines inside the lab's Linux need: QEMU with its firmware, a kernel, and a small initial file system

import { existsSync } from "node:fs";
import { join } from "node:path";
import { LabError } from "../errors.ts";
import { runTool } from "../host-tools.ts";
import { labFolder } from "../paths.ts";
import { cpioArchive } from "./cpio.ts";
import type { DebianKernel } from "./debian.ts";
import { dynamicProgram } from "./programs.ts";
import { completeTree, type Entry } from "./tree.ts";

/** Where kernel and initial file system of a guest lie. */
const GUEST = "/usr/lib/bareflank/guest";

const QEMU = "/usr/bin/qemu-system-x86_64";

/** Firmware by folder, where Debian's QEMU looks for it: packages qemu-system-data and seabios. */
const firmware: Readonly<Record<string, readonly string[]>> = {
  "/usr/share/qemu": ["qboot.rom", "linuxboot_dma.bin", "multiboot_dma.bin", "pvh.bin", "kvmvapic.bin"],
  "/usr/share/seabios": ["bios-256k.bin", "bios-microvm.bin", "vgabios-stdvga.bin"],
};

const firmwareEntries = (): Entry[] =>
  Object.entries(firmware).flatMap(([folder, names]) =>
    names.map((name): Entry => {
      const source = join(folder, name);
      if (!existsSync(source))
        throw new LabError(`${source} does not exist.`, "Install what is missing: npm run setup");
      return { kind: "host-file", path: source, source };
    }),
  );

/** A first process that says GUEST-UP on its console and ends the guest, and busybox for it. */
const guestFileSystem = (): Buffer =>
  cpioArchive(
    completeTree([
      ...["dev", "proc"].map((name): Entry => ({ kind: "folder", path: `/${name}` })),
      { kind: "host-file", path: "/init", source: join(labFolder, "guest", "guest-init.sh"), mode: 0o755 },
      {
        kind: "host-file",
        path: "/bin/busybox",
        source: runTool("sh", ["-c", "command -v busybox"]).trim(),
        mode: 0o755,
      },
      { kind: "link", path: "/bin/sh", target: "busybox" },
    ]),
  );

/** The same QEMU that emulates the lab's machine, and a guest for it: the lab's own kernel. */
export const guestEntries = (kernel: DebianKernel): Entry[] => [
  ...dynamicProgram(QEMU, QEMU),
  ...firmwareEntries(),
  { kind: "link", path: "/usr/share/qemu/bios-microvm.bin", target: "qboot.rom" },
  { kind: "host-file", path: `${GUEST}/vmlinuz`, source: kernel.image },
  { kind: "file", path: `${GUEST}/initrd.img`, content: guestFileSystem() },
];
