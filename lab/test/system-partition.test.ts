// The EFI system partition: what is on it, and what a test puts there instead

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runTool } from "../src/host-tools.ts";
import { makePartition, PARTITION, type PartitionFile, type UefiLoader } from "../src/image/system-partition.ts";
import { testKey } from "../src/machines.ts";
import { products } from "../src/paths.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "partition-"));
  writeFileSync(join(folder, "linux"), "the kernel");
  writeFileSync(join(folder, "files"), "the files");
});
afterEach(() => rmSync(folder, { recursive: true }));

const make = (loader: UefiLoader, files: readonly PartitionFile[] = [], isSigned = false) => {
  const content = {
    kernel: join(folder, "linux"),
    initramfs: join(folder, "files"),
    commandLine: 'a "b\\c"',
    loader,
    isSigned,
    files,
  };
  const image = makePartition(folder, content);
  expect(image).toBe(join(folder, PARTITION));
  return (path: string) => runTool("mtype", ["-i", image, `::${path}`]);
};

describe("the partition", () => {
  it("has the application, its files, and Linux with its command line", () => {
    const read = make("stub");
    expect(read("/vmlinuz")).toBe("the kernel");
    expect(read("/initramfs.cpio")).toBe("the files");
    expect(JSON.parse(read("/EFI/bareflank/bareflank.json"))).toEqual({
      extensions: ["boot.elf"],
      boot: { file: "/vmlinuz", options: 'a "b\\c" initrd=\\initramfs.cpio' },
    });
    expect(read("/startup.nsh")).toBe('\\vmlinuz a "b\\c" initrd=\\initramfs.cpio\r\n');
    const copy = join(folder, "copy");
    runTool("mcopy", ["-i", join(folder, PARTITION), "::/EFI/BOOT/BOOTX64.EFI", copy]);
    expect(readFileSync(copy).equals(readFileSync(products.uefi))).toBe(true);
    expect(() => read("/EFI/debian/grub.cfg")).toThrow();
  });

  it("has GRUB, which boots the same", () => {
    const read = make("grub");
    expect(JSON.parse(read("/EFI/bareflank/bareflank.json"))).toMatchObject({
      boot: { file: "/EFI/debian/grubx64.efi" },
    });
    expect(read("/EFI/debian/grub.cfg")).toContain("linux /vmlinuz 'a'");
  });

  it("has what is signed, where the firmware wants that", () => {
    const pe = products.uefi;
    // Something that sbsign takes for Linux's kernel
    writeFileSync(join(folder, "linux"), readFileSync(pe));
    make("stub", [], true);
    for (const path of ["/EFI/BOOT/BOOTX64.EFI", "/vmlinuz"]) {
      const copy = join(folder, "copy");
      runTool("mcopy", ["-o", "-i", join(folder, PARTITION), `::${path}`, copy]);
      expect(runTool("sbverify", ["--cert", testKey.certificate, copy])).toContain("Signature verification OK");
    }
    expect(() => make("grub", [], true)).toThrow("shim");
  });

  it("has what a test puts there, and lacks what it takes away", () => {
    const read = make("stub", [
      { path: "/EFI/bareflank/bareflank.json", content: "{}" },
      { path: "/a/b/c.bin", content: Uint8Array.of(65, 66) },
      { path: "/EFI/bareflank/kernel.elf" },
    ]);
    expect(read("/EFI/bareflank/bareflank.json")).toBe("{}");
    expect(read("/a/b/c.bin")).toBe("AB");
    expect(() => read("/EFI/bareflank/kernel.elf")).toThrow();
    expect(read("/vmlinuz")).toBe("the kernel");
  });
});
