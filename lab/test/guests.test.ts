// What guests inside need: is it all there?

import { execFileSync } from "node:child_process";
import { accessSync, constants, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { guestEntries } from "../src/image/guests.ts";
import { entryContent } from "../src/image/tree.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bf-lab-guests-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const kernel = { version: "6.1", image: "/boot/vmlinuz-6.1", modules: "", headers: undefined };
const entries = () => guestEntries(kernel);

it("takes QEMU with its libraries and its loader, all where they are on the host", () => {
  const paths = entries().map(({ path }) => path);
  expect(paths).toContain("/usr/bin/qemu-system-x86_64");
  expect(paths.some((path) => /\/ld-linux-x86-64\.so\.2$/.test(path))).toBe(true);
  const libraries = paths.filter((path) => path.includes("/libc.so.6"));
  expect(libraries).toEqual(["/usr/lib/x86_64-linux-gnu/libc.so.6"]);
  for (const entry of entries()) {
    if (entry.kind === "host-file" && entry.source !== kernel.image) expect(existsSync(entry.source)).toBe(true);
  }
});

it("takes the firmware that microvm and q35 start with", () => {
  const paths = entries().map(({ path }) => path);
  for (const name of [
    "/usr/share/qemu/bios-microvm.bin",
    "/usr/share/qemu/qboot.rom",
    "/usr/share/seabios/bios-256k.bin",
  ]) {
    expect(paths).toContain(name);
  }
});

it("makes a guest of the lab's kernel, and an initial file system with a first process", () => {
  const guest = entries().filter(({ path }) => path.startsWith("/usr/lib/bareflank/guest/"));
  expect(guest).toMatchObject([
    { path: "/usr/lib/bareflank/guest/vmlinuz", source: kernel.image },
    { path: "/usr/lib/bareflank/guest/initrd.img", kind: "file" },
  ]);
  const [, initrd] = guest;
  if (initrd === undefined) throw new Error("there is no initial file system");
  execFileSync("busybox", ["cpio", "-i"], {
    cwd: folder,
    input: entryContent(initrd),
    stdio: ["pipe", "ignore", "ignore"],
  });
  accessSync(join(folder, "init"), constants.X_OK);
  accessSync(join(folder, "bin/busybox"), constants.X_OK);
});
