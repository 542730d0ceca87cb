// The EFI system partition: what is on it, and what a test puts there instead

import { createHash } from "node:crypto";
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

const make = (
  loader: UefiLoader,
  files: readonly PartitionFile[] = [],
  isSigned = false,
  manifest: { manifest?: string } = {},
) => {
  const content = {
    kernel: join(folder, "linux"),
    initramfs: join(folder, "files"),
    commandLine: 'a "b\\c"',
    loader,
    isSigned,
    files,
    ...manifest,
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
    expect(read("/startup.nsh")).toBe("\\linux.nsh\r\n");
    expect(read("/linux.nsh")).toBe('\\vmlinuz a "b\\c" initrd=\\initramfs.cpio\r\n');
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

  describe("by a load manifest", () => {
    const manifest = () => {
      const path = join(folder, "guarded.json");
      const extensions = [
        { file: products.bootExtension, name: "below", calls: ["vs", "debug"] },
        { file: products.bootExtension, name: "second", settings: { nested: "no" } },
      ];
      writeFileSync(path, JSON.stringify({ extensions }));
      return { manifest: path };
    };

    it("has its extensions, and Linux behind them", () => {
      const read = make("stub", [], false, manifest());
      expect(JSON.parse(read("/EFI/bareflank/bareflank.json"))).toEqual({
        kernel: "kernel.elf",
        extensions: [
          { file: "below.elf", name: "below", calls: ["vs", "debug"] },
          { file: "second.elf", name: "second", settings: { nested: "no" } },
        ],
        boot: { file: "/vmlinuz", options: 'a "b\\c" initrd=\\initramfs.cpio' },
      });
      for (const file of ["kernel.elf", "below.elf", "second.elf"])
        expect(read(`/EFI/bareflank/${file}`)).toContain("ELF");
      expect(() => read("/EFI/bareflank/boot.elf")).toThrow();
    });

    it("is signed with them", () => {
      writeFileSync(join(folder, "linux"), readFileSync(products.uefi));
      const read = make("stub", [], true, manifest());
      expect(read("/EFI/bareflank/bareflank.json")).toContain('"below"');
      const copy = join(folder, "copy");
      runTool("mcopy", ["-o", "-i", join(folder, PARTITION), "::/EFI/BOOT/BOOTX64.EFI", copy]);
      const digest = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest();
      const application = readFileSync(copy);
      for (const file of ["bareflank.json", "second.elf"]) {
        const path = join(folder, file);
        runTool("mcopy", ["-o", "-i", join(folder, PARTITION), `::/EFI/bareflank/${file}`, path]);
        expect(application.includes(digest(readFileSync(path)))).toBe(true);
      }
    });

    it("is refused in bfm's words", () => {
      writeFileSync(join(folder, "bad.json"), '{ "extensions": [{ "file": "a.elf", "calls": ["x"] }] }');
      expect(() => make("stub", [], false, { manifest: join(folder, "bad.json") })).toThrow(
        'bad.json: extensions[0].calls[0]: "x" is no call',
      );
    });
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
