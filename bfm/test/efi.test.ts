// bfm efi: the files on a partition, the boot entry, and that nothing of others is touched

import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { EFI_DIGESTS_BYTES } from "@bareflank/abi";
import { readManifest } from "@bareflank/abi/manifest";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Bench, makeFiles } from "./bench.ts";
import { FakeFirmware } from "./fake-firmware.ts";

const files = makeFiles();
let bench: Bench;
let firmware: FakeFirmware;
let esp: string;

/** Where its section for digests is. */
const DIGESTS = 512;
const APPLICATION_BYTES = DIGESTS + EFI_DIGESTS_BYTES;

/** The smallest file that is a UEFI application by its header, with that section behind another. */
function application(subsystem = 10): Buffer {
  const file = Buffer.alloc(APPLICATION_BYTES);
  file.writeUInt16LE(2, 0x86);
  file.writeUInt16LE(0x60, 0x94);
  file.write(".text", 0xf8);
  file.write(".digests", 0x120);
  file.writeUInt32LE(EFI_DIGESTS_BYTES, 0x130);
  file.writeUInt32LE(DIGESTS, 0x134);
  file.write("MZ");
  file.writeUInt32LE(0x80, 0x3c);
  file.write("PE\0\0", 0x80);
  file.writeUInt16LE(0x8664, 0x84);
  file.writeUInt16LE(0x20b, 0x98);
  file.writeUInt16LE(subsystem, 0xdc);
  return file;
}

beforeEach(() => {
  bench = new Bench();
  esp = mkdtempSync(join(tmpdir(), "bfm esp-"));
  firmware = new FakeFirmware(esp);
  bench.firmware = firmware;
  writeFileSync(join(esp, "bareflank.efi"), application());
  mkdirSync(join(esp, "EFI/debian"), { recursive: true });
  writeFileSync(join(esp, "EFI/debian/grubx64.efi"), "GRUB");
});
afterEach(() => rmSync(esp, { recursive: true }));

const efi = (command: string, ...args: string[]) => bench.bfm("efi", command, "--esp", esp, ...args);
const install = (...args: string[]) =>
  efi("install", files.extension, "--kernel", files.kernel, "--application", join(esp, "bareflank.efi"), ...args);
const installed = (name: string) => join(esp, "EFI/bareflank", name);
const read = (name: string) => readFileSync(installed(name));
/** Every file of the partition with its content. */
const everything = () =>
  readdirSync(esp, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((name) => [name, readFileSync(name, "latin1")]);

describe("bfm efi install", () => {
  test("writes the very files, a configuration, and a boot entry that comes first", async () => {
    const { exitCode, out, error } = await install("--memory", "64M");
    expect({ exitCode, out, error }).toEqual({
      exitCode: 0,
      out: `bareflank: installed on ${esp}, boot entry 0007, the first\n`,
      error: "",
    });
    expect(read("bareflank.efi")).toEqual(application());
    expect(read("kernel.elf")).toEqual(readFileSync(files.kernel));
    expect(read("extension.elf")).toEqual(readFileSync(files.extension));
    expect(JSON.parse(read("bareflank.json").toString())).toEqual({
      kernel: "kernel.elf",
      extensions: ["extension.elf"],
      memory: "64M",
      boot: "next",
    });
    expect(firmware.order).toEqual(["0007", "0001"]);
    expect(firmware.typed).toContain(
      "efibootmgr --create --disk /dev/sda --part 1 --label Bareflank --loader \\EFI\\bareflank\\bareflank.efi",
    );
  });

  test("typed again changes nothing, and makes no second entry", async () => {
    await install();
    const before = everything();
    expect(await install()).toMatchObject({ exitCode: 0, error: "" });
    expect(everything()).toEqual(before);
    expect(firmware.order).toEqual(["0007", "0001"]);
  });

  test("with other extensions takes those away that it had", async () => {
    await install();
    writeFileSync(join(esp, "other.elf"), readFileSync(files.extension));
    const args = ["--kernel", files.kernel, "--application", join(esp, "bareflank.efi")];
    await efi("install", join(esp, "other.elf"), ...args);
    expect(readdirSync(join(esp, "EFI/bareflank")).sort()).toEqual(
      ["bareflank.efi", "bareflank.json", "installed.json", "kernel.elf", "other.elf"].sort(),
    );
  });

  test("boots a file of the partition where one is named, with either slash", async () => {
    await install("--boot-next", "\\EFI\\debian\\grubx64.efi");
    expect(JSON.parse(read("bareflank.json").toString()).boot).toEqual({ file: "/EFI/debian/grubx64.efi" });
    expect(await install("--boot-next", "/EFI/none.efi")).toMatchObject({
      exitCode: 5,
      error: expect.stringContaining(`there is no file /EFI/none.efi on ${esp}`),
    });
  });

  test("signs by sbsign, and says what is missing for it", async () => {
    firmware.secure = true;
    expect((await install()).error).toBe(
      "bfm: Secure Boot is on, and bareflank.efi is not signed: sign it with --sign KEY CERT, by a key that you enrolled.\n",
    );
    expect((await install("--sign", "my.key", "my.crt")).error).toBe("");
    expect(read("bareflank.efi").subarray(APPLICATION_BYTES).toString()).toBe("signature");
    expect(firmware.typed.find((line) => line.startsWith("sbsign"))).toMatch(
      /^sbsign --key my\.key --cert my\.crt --output \S+signed\.efi \S+plain\.efi$/,
    );
    firmware.errors.set("sbsign", "warning: x\nerror: no key\n");
    expect(await install("--sign", "my.key", "my.crt")).toMatchObject({
      exitCode: 1,
      error: expect.stringContaining("bfm: sbsign failed: error: no key."),
    });
    firmware.missing.add("sbsign");
    expect((await install("--sign", "my.key", "my.crt")).error).toContain("apt install sbsigntool");
    for (const words of [["my.key"], ["my.key", "my.crt", "third"]])
      expect(await install("--sign", ...words)).toMatchObject({ exitCode: 2 });
  });

  test("signs with the application what it will read: the configuration's digest first, then those of the others", async () => {
    const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
    const listed = () => {
      const section = read("bareflank.efi").subarray(DIGESTS, DIGESTS + EFI_DIGESTS_BYTES);
      const digests = Array.from({ length: section.readUInt32LE(0) }, (_, index) =>
        section.subarray(32 * (index + 1), 32 * (index + 2)).toString("hex"),
      );
      const rest = section.subarray(32 * (digests.length + 1));
      return { digests, isRestClear: rest.every((byte) => byte === 0) };
    };
    const files = () => ["bareflank.json", "kernel.elf", "extension.elf"].map((name) => sha256(read(name)));
    await install("--sign", "my.key", "my.crt");
    expect(listed()).toEqual({ digests: files(), isRestClear: true });
    writeFileSync(installed("bareflank.json"), '{ "verbosity": "errors" }');
    await install("--keep-configuration", "--sign", "my.key", "my.crt");
    expect(read("bareflank.json").toString()).toBe('{ "verbosity": "errors" }');
    expect(listed().digests).toEqual(files());
    // Without a signature any file is read
    await install("--keep-configuration");
    expect(listed()).toEqual({ digests: [], isRestClear: true });
  });

  test("signs no application that has no place for digests", async () => {
    const without = application();
    without.write(".rdata", 0x120);
    without.write("\0\0", 0x126);
    writeFileSync(join(esp, "bareflank.efi"), without);
    expect(await install("--sign", "my.key", "my.crt")).toMatchObject({
      exitCode: 5,
      error: expect.stringContaining("bfm: bareflank.efi has no place for digests.\n"),
    });
    expect(await install()).toMatchObject({ exitCode: 0 });
  });

  test("does without an entry where there is none to be had, and says how to start then", async () => {
    const menu = "bfm: there is no boot entry. Choose EFI/bareflank/bareflank.efi in the firmware's boot menu.\n";
    expect(await install("--no-entry")).toMatchObject({ exitCode: 0, error: menu });
    firmware.missing.add("efibootmgr");
    expect(await install()).toMatchObject({ exitCode: 0, error: menu });
    expect(firmware.order).toEqual(["0001"]);
  });

  test("follows no link that somebody put where it writes", async () => {
    const secret = join(esp, "secret");
    writeFileSync(secret, "secret");
    mkdirSync(join(esp, "EFI/bareflank"));
    for (const name of ["kernel.elf", "installed.json"]) symlinkSync(secret, installed(`${name}.new`));
    expect(await install()).toMatchObject({ exitCode: 0 });
    expect(readFileSync(secret, "utf8")).toBe("secret");
    expect(read("kernel.elf")).toEqual(readFileSync(files.kernel));
  });

  test("never overwrites a file that is not its own, or not as it wrote it", async () => {
    mkdirSync(join(esp, "EFI/bareflank"));
    writeFileSync(installed("kernel.elf"), "somebody's");
    const before = everything();
    expect(await install()).toMatchObject({
      exitCode: 5,
      error: "bfm: EFI/bareflank/kernel.elf on the partition is not bfm's.\nMove it away, and type this again.\n",
    });
    expect(everything()).toEqual(before);
    rmSync(installed("kernel.elf"));
    await install();
    writeFileSync(installed("bareflank.json"), '{ "onFailure": "stop" }');
    expect((await install()).error).toBe(
      "bfm: EFI/bareflank/bareflank.json on the partition was changed since bfm wrote it.\n" +
        "Keep it: --keep-configuration. Or move it away, and type this again.\n",
    );
    expect(await install("--keep-configuration")).toMatchObject({
      exitCode: 0,
      error: "bfm: EFI/bareflank/bareflank.json was changed since it was installed, and stays\n",
    });
    expect(read("bareflank.json").toString()).toBe('{ "onFailure": "stop" }');
  });

  test("leaves everything as it was when the firmware takes no entry", async () => {
    firmware.errors.set("efibootmgr", "Could not prepare Boot variable: No space left on device\n");
    const before = everything();
    expect(await install()).toMatchObject({
      exitCode: 1,
      error: expect.stringContaining("efibootmgr failed: Could not prepare Boot variable: No space left on device."),
    });
    expect(everything()).toEqual(before);
  });

  test("puts an earlier installation back when the firmware fails", async () => {
    await install();
    const before = everything();
    firmware.errors.set("efibootmgr", "EFI variables are not supported on this system.\n");
    expect(await install("--memory", "8M", "--sign", "my.key", "my.crt")).toMatchObject({ exitCode: 1 });
    expect(everything()).toEqual(before);
  });

  test("takes a name that a folder has for somebody else's", async () => {
    mkdirSync(installed("kernel.elf"), { recursive: true });
    expect(await install()).toMatchObject({
      exitCode: 5,
      error: expect.stringContaining("EFI/bareflank/kernel.elf cannot be read or written (EISDIR)"),
    });
  });

  test("goes on where an installation was cut short", async () => {
    await install();
    const record = JSON.parse(read("installed.json").toString());
    const digests = record.files["EFI/bareflank/bareflank.json"];
    // The record of both contents is written, and the configuration's new one is not
    record.files["EFI/bareflank/bareflank.json"] = [...digests, "of the new one"];
    writeFileSync(installed("installed.json"), JSON.stringify(record));
    expect(await install("--memory", "8M")).toMatchObject({ exitCode: 0, error: "" });
    expect(JSON.parse(read("bareflank.json").toString()).memory).toBe("8M");
    expect(JSON.parse(read("installed.json").toString()).files["EFI/bareflank/bareflank.json"]).toHaveLength(1);
  });

  test("judges files before it looks at the partition", async () => {
    const cases: [string[], number, string][] = [
      [["--application", files.kernel], 5, "is no UEFI application for x86-64"],
      [["--application", "/none.efi"], 5, "there is no file /none.efi"],
      [["--kernel", files.extension], 5, "it is no Bareflank kernel"],
      [["--set", "leaf=7"], 2, "cannot be given these settings"],
      [["--memory", "64"], 2, "--memory 64 is no size"],
      [["--memory", "0M"], 2, "--memory 0M is no size"],
    ];
    for (const [args, exitCode, message] of cases) {
      const typed = await install(...args);
      expect(typed.exitCode).toBe(exitCode);
      expect(typed.error).toContain(message);
    }
    expect(existsSync(join(esp, "EFI/bareflank"))).toBe(false);
  });

  describe("by a load manifest", () => {
    const boot = fileURLToPath(new URL("../../build/extensions/boot/boot.elf", import.meta.url));
    const byManifest = (extensions: readonly object[], ...args: string[]) => {
      const manifest = join(esp, "guarded.json");
      writeFileSync(manifest, JSON.stringify({ extensions }));
      const words = ["--kernel", files.kernel, "--application", join(esp, "bareflank.efi")];
      return efi("install", "--manifest", manifest, ...words, ...args);
    };

    test("writes what it lists, each in a file of its own, and what bareflank.efi reads is the same manifest", async () => {
      mkdirSync(join(esp, "b"));
      for (const name of ["mine.elf", "b/mine.elf"]) writeFileSync(join(esp, name), readFileSync(files.extension));
      const listed = [
        {
          file: boot,
          settings: { nested: "no", number: 7 },
          version: 2,
          calls: ["debug", "vs_read"],
          quota: { vms: 3 },
        },
        { file: "mine.elf", msrs: [{ from: 16, to: "0x20", read: true }] },
        { file: "b/mine.elf", name: "other", ports: [{ from: "0x3f8", to: 0x3ff }, { from: 96 }] },
      ];
      expect(await byManifest(listed)).toMatchObject({ exitCode: 0, error: "" });
      const names = ["boot.elf", "mine.elf", "other.elf"];
      const { extensions, ...rest } = JSON.parse(read("bareflank.json").toString());
      expect(rest).toEqual({ kernel: "kernel.elf", boot: "next" });
      expect(extensions).toMatchObject(names.map((file) => ({ file })));
      const [before, behind] = [listed, extensions].map((list) => readManifest(JSON.stringify({ extensions: list })));
      expect(behind).toEqual(before?.map((entry, index) => ({ ...entry, file: names[index] })));
      expect(extensions[1].msrs).toEqual([{ from: "0x10", to: "0x20", read: true, write: false }]);
      expect(read("boot.elf")).toEqual(readFileSync(boot));
      expect(read("other.elf")).toEqual(readFileSync(files.extension));
    });

    test("signs it with the configuration that has it", async () => {
      await byManifest([{ file: files.extension, name: "mine", calls: [] }], "--sign", "my.key", "my.crt");
      const digests = read("bareflank.efi").subarray(DIGESTS + 32);
      const expected = createHash("sha256").update(read("bareflank.json")).digest();
      expect(digests.subarray(0, 32)).toEqual(expected);
      expect(read("bareflank.json").toString()).toContain('"calls": []');
    });

    test("refuses what bfm load refuses, in the same words, and touches nothing", async () => {
      const wrong: readonly (readonly object[])[] = [
        [],
        [{ file: files.extension, calls: ["vs_raed"] }],
        [{ file: "none.elf" }],
        [{ file: files.kernel }],
        [{ file: files.extension, settings: { a: 1 } }],
      ];
      for (const extensions of wrong) {
        const typed = await byManifest(extensions);
        const loaded = await bench.bfm("load", "--kernel", files.kernel, "--manifest", join(esp, "guarded.json"));
        expect(typed.exitCode).toBeGreaterThan(0);
        expect(typed).toEqual(loaded);
      }
      expect(existsSync(join(esp, "EFI/bareflank"))).toBe(false);
    });

    test("says what one folder cannot tell apart, and what bareflank.efi would not read", async () => {
      const { extension: file } = files;
      const clash = [
        { file, name: "Mine" },
        { file, name: "mine" },
      ];
      expect((await byManifest(clash)).error).toContain("two files would be mine.elf in one folder");
      expect((await byManifest([{ file, name: "kernel" }])).error).toContain("two files would be kernel.elf");
      const settings = (count: number, value = "") =>
        Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, value]));
      const refused = async (...each: readonly object[]) =>
        (await byManifest(each.map((given, index) => ({ file: boot, name: `n${index}`, settings: given })))).error;
      expect(await refused(settings(128), settings(128))).toBe("");
      expect(await refused(settings(128), settings(129))).toBe(
        "bfm: 257 settings of 1322 characters are more than bareflank.efi reads: 256 of 4096.\nGive fewer, or shorter ones.\n",
      );
      expect(await refused(...Array(5).fill(settings(8, "x".repeat(100))))).toContain(
        "bfm: 40 settings of 4160 characters",
      );
    });

    test("takes no --set and no extensions besides, as bfm load does not", async () => {
      expect(await byManifest([{ file: boot }], "--set", "nested=no")).toMatchObject({ exitCode: 2 });
      const beside = {
        exitCode: 2,
        error: expect.stringContaining("bfm: a manifest names all extensions, and others are named beside it"),
      };
      expect(await byManifest([{ file: boot }], files.extension)).toMatchObject(beside);
      expect(await bench.bfm("load", "--manifest", join(esp, "guarded.json"), files.extension)).toMatchObject(beside);
    });
  });

  test("refuses extensions that one folder cannot tell apart", async () => {
    mkdirSync(join(esp, "b"));
    const twice = [join(esp, "mine.elf"), join(esp, "b", "MINE.ELF")];
    for (const name of twice) writeFileSync(name, readFileSync(files.extension));
    const words = ["--kernel", files.kernel, "--application", join(esp, "bareflank.efi")];
    expect(await efi("install", ...twice, ...words)).toMatchObject({ exitCode: 2 });
  });

  test("says which right it lacks", async () => {
    if (process.getuid?.() === 0) return;
    chmodSync(join(esp, "EFI"), 0o555);
    const typed = await install();
    chmodSync(join(esp, "EFI"), 0o755);
    expect(typed).toMatchObject({ exitCode: 5, error: expect.stringContaining("sudo bfm") });
  });
});

describe("the partition", () => {
  test("is that which is mounted at a usual place", async () => {
    const mounts = (place: string, type: string) => () => `/dev/sda1 ${place} ${type} rw 0 0\n`;
    bench.firmware = { ...firmware, mounts: mounts("/boot/efi", "ext4") };
    expect(await bench.bfm("efi", "status")).toMatchObject({
      exitCode: 5,
      error: expect.stringContaining("no EFI system partition is mounted at /boot/efi, /efi or /boot"),
    });
    bench.firmware = { ...firmware, mounts: mounts("/efi", "vfat") };
    expect((await bench.bfm("efi", "status")).out).toBe("bareflank: not installed on /efi\n");
  });

  test("can be any folder", async () => {
    bench.firmware = { ...firmware, mounts: () => "" };
    expect(await install()).toMatchObject({ exitCode: 0, error: expect.stringContaining("there is no boot entry") });
    expect(await bench.bfm("efi", "status", "--esp", "/none")).toMatchObject({
      exitCode: 5,
      error: expect.stringContaining("there is no folder /none"),
    });
    expect(await bench.bfm("efi", "status", "--esp", `/${"x".repeat(300)}`)).toMatchObject({
      exitCode: 5,
      error: expect.stringContaining("cannot be looked at (ENAMETOOLONG)"),
    });
  });
});

describe("bfm efi remove", () => {
  test("takes away all that install wrote, and nothing else", async () => {
    const before = everything();
    await install();
    expect(await efi("remove")).toMatchObject({
      exitCode: 0,
      out: `bareflank: removed from ${esp}, and boot entry 0007\n`,
    });
    expect(everything()).toEqual(before);
    expect(existsSync(join(esp, "EFI/bareflank"))).toBe(false);
    expect(firmware.order).toEqual(["0001"]);
  });

  test("takes away a folder that it made, and that is empty", async () => {
    rmSync(join(esp, "EFI"), { recursive: true });
    await install();
    await efi("remove");
    expect(readdirSync(esp)).toEqual(["bareflank.efi"]);
  });

  test("says which boot entry it cannot delete", async () => {
    await install();
    firmware.missing.add("efibootmgr");
    expect((await efi("remove")).error).toBe(
      "bfm: boot entry 0007 stays, for there is no efibootmgr that could delete it here: efibootmgr -b 0007 -B\n",
    );
    expect(existsSync(join(esp, "EFI/bareflank"))).toBe(false);
  });

  test("leaves what somebody changed, or put beside it", async () => {
    await install();
    writeFileSync(installed("bareflank.json"), "{}");
    writeFileSync(installed("mine.txt"), "");
    expect((await efi("remove")).error).toBe(
      "bfm: EFI/bareflank/bareflank.json was changed since it was installed, and stays\n",
    );
    expect(readdirSync(join(esp, "EFI/bareflank")).sort()).toEqual(["bareflank.json", "mine.txt"]);
  });

  test("says that there is nothing, or that its record is damaged", async () => {
    expect(await efi("remove")).toMatchObject({ exitCode: 1, error: expect.stringContaining("nothing of bfm's") });
    mkdirSync(join(esp, "EFI/bareflank"));
    for (const text of ["{", "{}", '{ "files": { "a": 1 }, "signed": true }']) {
      writeFileSync(installed("installed.json"), text);
      expect(await efi("remove")).toMatchObject({ exitCode: 5, error: expect.stringContaining("is damaged") });
    }
  });
});

describe("bfm efi status", () => {
  test("says what is there, and whether it will start", async () => {
    await install();
    writeFileSync(installed("bareflank.json"), "{}");
    rmSync(installed("extension.elf"));
    firmware.order = ["0001", "0007"];
    firmware.secure = true;
    const { out, error } = await efi("status");
    expect(out).toBe(
      `bareflank: installed on ${esp}, boot entry 0007, behind 1 other\n` +
        "  EFI/bareflank/bareflank.efi: intact\n  EFI/bareflank/bareflank.json: changed since\n" +
        "  EFI/bareflank/kernel.elf: intact\n  EFI/bareflank/extension.elf: missing\n",
    );
    expect(error).toBe("bfm: Secure Boot is on, and bareflank.efi is not signed\n");
    expect(JSON.parse((await efi("status", "--json")).out)).toMatchObject({
      command: "efi status",
      installed: true,
      refused: true,
      entry: { number: "0007", position: 1 },
    });
  });
});
