// The image of a USB stick: what a firmware finds on it, and what is refused

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeStick } from "../src/image/stick.ts";
import { products } from "../src/paths.ts";

const folder = mkdtempSync(join(tmpdir(), "stick-"));
const image = join(folder, "stick.img");
afterAll(() => rmSync(folder, { recursive: true }));

/** A file of the stick's partition, which begins behind the first MiB. */
const read = (path: string): Buffer => execFileSync("mtype", ["-i", `${image}@@1M`, `::${path}`]);

describe("a stick's image", () => {
  beforeAll(() => {
    makeStick({ output: image, extensions: [products.defaultExtension], settings: ["nested=no"], memory: "64M" });
  });

  it("is a GPT disk with one EFI system partition", () => {
    // UEFI 2.10, 5.3.2 and table 5.7: the header's signature and the first entry's type
    const disk = readFileSync(image);
    expect(disk.toString("latin1", 512, 520)).toBe("EFI PART");
    expect(disk.toString("latin1", disk.length - 512, disk.length - 504)).toBe("EFI PART");
    expect(disk.toString("hex", 1024, 1040)).toBe("28732ac11ff8d211ba4b00a0c93ec93b");
    expect([disk.readBigUInt64LE(1056), disk.readBigUInt64LE(1064)]).toEqual([2048n, 133_119n]);
    expect(disk.toString("hex", 1152, 1168)).toBe("0".repeat(32));
  });

  it("has the application where firmware looks on a stick, and what bfm puts onto a partition", () => {
    expect(read("/EFI/BOOT/BOOTX64.EFI")).toEqual(readFileSync(products.uefi));
    expect(read("/EFI/bareflank/kernel.elf")).toEqual(readFileSync(products.kernel));
    expect(JSON.parse(read("/EFI/bareflank/bareflank.json").toString())).toEqual({
      kernel: "kernel.elf",
      extensions: [{ file: "default.elf", settings: { nested: "no" } }],
      memory: "64M",
      boot: "next",
    });
  });
});

it("a stick's image can be made by a manifest", () => {
  const manifest = join(folder, "guarded.json");
  writeFileSync(manifest, JSON.stringify({ extensions: [{ file: products.bootExtension, name: "mine", version: 2 }] }));
  const output = join(folder, "by-manifest.img");
  makeStick({ output, manifest });
  const text = execFileSync("mtype", ["-i", `${output}@@1M`, "::/EFI/bareflank/bareflank.json"], { encoding: "utf8" });
  expect(JSON.parse(text).extensions).toEqual([{ file: "mine.elf", name: "mine", version: 2 }]);
});

describe("refused is", () => {
  it("a file that is there, unless it is to be replaced", () => {
    const output = join(folder, "mine.img");
    writeFileSync(output, "mine");
    expect(() => makeStick({ output })).toThrow(`${output} is there already.`);
    expect(readFileSync(output, "utf8")).toBe("mine");
    expect(makeStick({ output, force: true })).toBe(statSync(output).size);
  });

  it("a folder that is not there", () => {
    expect(() => makeStick({ output: join(folder, "none", "stick.img") })).toThrow("There is no folder");
  });

  it("what is no file", () => {
    expect(() => makeStick({ output: folder, force: true })).toThrow("is no ordinary file");
  });

  it("a manifest with extensions besides", () => {
    const options = { output: join(folder, "both.img"), manifest: "any.json", extensions: [products.bootExtension] };
    expect(() => makeStick(options)).toThrow("A manifest names the extensions itself.");
  });

  it("what bfm refuses, in its words, and nothing is written", () => {
    const output = join(folder, "none.img");
    expect(() => makeStick({ output, extensions: [products.kernel] })).toThrow(
      /kernel\.elf cannot be loaded: a segment/,
    );
    expect(() => makeStick({ output, memory: "much" })).toThrow("--memory much is no size");
    expect(statSync(output, { throwIfNoEntry: false })).toBeUndefined();
  });
});
