// bareflank.json: what it may say, and where it is wrong

import { describe, expect, it } from "vitest";
import { extensionImage, kernelImage } from "../machine/machine.ts";
import { EFI, Firmware } from "./firmware.ts";

const FILE = "\\EFI\\bareflank\\bareflank.json";

const withFiles = (json: string | Uint8Array) =>
  new Firmware()
    .file("\\EFI\\bareflank\\kernel.elf", kernelImage())
    .file("\\EFI\\bareflank\\boot.elf", extensionImage())
    .file(FILE, json);

/** What is wrong, line and column, of a file. */
const wrong: readonly (readonly [name: string, json: string, place: string, text: string])[] = [
  ["no object", "[]", "1, column 1", "here an object begins: {"],
  ["nothing", " \n ", "2, column 2", "here an object begins: {"],
  [
    "a key without quotation marks",
    "{\n  kernel: 1 }",
    "2, column 3",
    "here is the name of a setting, in quotation marks",
  ],
  ["an unknown setting", '{\n  "kernal": "x" }', "2, column 3", "no such setting: there are kernel, extensions"],
  ["no colon", '{ "kernel" "x" }', "1, column 12", "behind a setting's name there is a colon"],
  ["no comma", '{ "kernel": "k"\n  "boot": "next" }', "2, column 3", "behind a member there is a comma"],
  ["a comma at the end", '{ "kernel": "k", }', "1, column 18", "nothing follows this comma"],
  ["no end", '{ "kernel": "k"', "1, column 16", "behind a member there is a comma"],
  ["something behind the end", "{}\n{}", "2, column 1", "nothing may follow the last }"],
  ["a number for a file", '{ "kernel": 1 }', "1, column 13", "here is a text, in quotation marks"],
  ["a value that is missing", '{ "kernel":', "1, column 12", "a value is missing"],
  ["a text without an end", '{ "kernel": "k\n" }', "1, column 15", "a text ends on its line"],
  [
    "a single backslash",
    '{ "kernel": "\\EFI" }',
    "1, column 14",
    "JSON has no such escape: a backslash is written twice",
  ],
  ["half an escape", '{ "kernel": "\\u12" }', "1, column 14", "behind \\u are four hexadecimal digits"],
  ["a NUL", '{ "kernel": "\\u0000" }', "1, column 14", "a text has no NUL"],
  ["an empty name", '{ "kernel": "" }', "1, column 13", "a file has a name"],
  ["a setting twice", '{ "kernel": "a",\n "kernel": "b" }', "2, column 2", "this setting is there twice"],
  ["columns are characters", '{ "boot": "ä€𝄞" }', "1, column 11", "boot is"],
  ["characters before it count once", '{ "kernel": "ä€𝄞", 1 }', "1, column 20", "here is the name of a setting"],
  ["extensions that are no list", '{ "extensions": "a" }', "1, column 17", "here a list begins: ["],
  ["no extension", '{ "extensions": [ ] }', "1, column 17", "there is at least one extension"],
  ["no comma in a list", '{ "extensions": ["a" "b"] }', "1, column 22", "behind an element there is a comma"],
  ["a comma at a list's end", '{ "extensions": ["a",] }', "1, column 22", "nothing follows this comma"],
  ["an extension without a file", '{ "extensions": [{ }] }', "1, column 18", "an extension has a file"],
  [
    "an extension's unknown field",
    '{ "extensions": [{ "fil": "a" }] }',
    "1, column 20",
    "an extension has file, name, settings, version, calls, msrs, ports and quota",
  ],
  [
    "settings with a bad key",
    '{ "extensions": [{ "file": "a", "settings": { "a b": "c" } }] }',
    "1, column 47",
    "a setting's name has letters, digits",
  ],
  [
    "settings with two lines",
    '{ "extensions": [{ "file": "a", "settings": { "a": "c\\nd" } }] }',
    "1, column 52",
    "a setting's value is one line",
  ],
  ["a size without a unit", '{ "memory": "64" }', "1, column 13", "memory is a number with M or G"],
  ["a size of nothing", '{ "memory": "0M" }', "1, column 13", "memory is a number with M or G"],
  ["a size beyond a tebibyte", '{ "memory": "1025G" }', "1, column 13", "memory is a number with M or G"],
  ["a size with more behind it", '{ "memory": "64MB" }', "1, column 13", "memory is a number with M or G"],
  ["an unknown boot", '{ "boot": "grub" }', "1, column 11", 'boot is "next", "fallback", "stop" or'],
  ["a boot without a file", '{ "boot": { "options": "x" } }', "1, column 11", "what is booted has a file"],
  ["a boot's unknown field", '{ "boot": { "initrd": "x" } }', "1, column 13", "what is booted has file and options"],
  ...["2", "s", "2 s", "2min", "9ms", "3601s", "-1s", "99999999999s"].map(
    (time) =>
      [
        `${time} for the watchdog`,
        `{ "watchdog": "${time}" }`,
        "1, column 15",
        "watchdog is a number with ms or s",
      ] as const,
  ),
  ["an unknown verbosity", '{ "verbosity": "all" }', "1, column 16", "verbosity is"],
  ["an unknown onFailure", '{ "onFailure": "panic" }', "1, column 16", "onFailure is"],
];

describe("a wrong configuration", () => {
  it.each(wrong)("%s: line and column", (_name, json, place, text) => {
    const firmware = withFiles(json);
    expect(firmware.run()).toBe(EFI.notStarted);
    const [first, second, third] = firmware.lines.slice(1);
    expect(first?.startsWith(`${FILE}, line ${place}: ${text}`), first).toBe(true);
    expect([second, third]).toEqual(["no hypervisor runs", "the firmware's boot manager goes on with its next entry"]);
    expect(firmware.processor.isInside).toBe(false);
  });

  it.each([
    [[0xff], "a byte that begins nothing"],
    [[0xc3], "a character without its end"],
    [[0xc0, 0xaf], "a character written longer than need be"],
    [[0xe0, 0x80, 0xaf], "the same in three bytes"],
    [[0xed, 0xa0, 0x80], "half of a pair"],
    [[0xf4, 0x90, 0x80, 0x80], "a code point beyond the last"],
  ])("%j is no UTF-8: %s", (bytes) => {
    const text = new TextEncoder();
    const json = Uint8Array.from([...text.encode('{ "kernel": "a'), ...bytes, ...text.encode('" }')]);
    const firmware = withFiles(json);
    firmware.run();
    expect(firmware.lines[1]).toBe(`${FILE}, line 1, column 15: this is not UTF-8`);
  });

  it("that is too long altogether is refused", () => {
    const firmware = withFiles(`{ "kernel": "${"x".repeat(9000)}" }`);
    firmware.run();
    expect(firmware.lines[1]).toMatch(/line 1, column \d+: all texts together are too long$/);
  });
});

describe("a right configuration", () => {
  const files = {
    "\\other\\k.elf": kernelImage(),
    "\\EFI\\bareflank\\müller.elf": extensionImage(),
    "\\EFI\\bareflank\\𝄞.elf": extensionImage(),
  };
  const run = (json: string) => {
    const firmware = withFiles(json);
    for (const [path, content] of Object.entries(files)) firmware.file(path, content);
    firmware.run();
    return firmware;
  };

  it("names files from the volume's root or beside itself, in Unicode, with slashes or backslashes", () => {
    const json = '{"kernel":"/other/k.elf","extensions":["müller.elf",{"file":"\\uD834\\udd1e.elf"}]}';
    const { lines, processor } = run(json);
    expect(lines[1]).toBe(`${FILE}: read`);
    const sizes = [kernelImage().length, extensionImage().length];
    expect(lines.slice(2, 5)).toEqual([
      `\\other\\k.elf: ${sizes[0]} bytes`,
      `\\EFI\\bareflank\\müller.elf: ${sizes[1]} bytes`,
      `\\EFI\\bareflank\\𝄞.elf: ${sizes[1]} bytes`,
    ]);
    expect(processor.isInside).toBe(true);
  });

  it("reserves memory", () => {
    const bytes = ({ blocks }: Firmware) =>
      blocks.filter(({ type }) => type === 6n).reduce((sum, { pages }) => sum + Number(pages) * 4096, 0);
    expect(bytes(run("{}"))).toBeLessThan(6 << 20);
    const firmware = run('{ "memory": "32M" }');
    expect(bytes(firmware)).toBeGreaterThanOrEqual((32 << 20) - 65536);
    expect(bytes(firmware)).toBeLessThan((32 << 20) + 65536);
    expect(firmware.lines.join("\n")).toMatch(/the hypervisor runs on 1 processor with 32[78]\d\d KiB/);
  });

  it("may be empty, and may have every kind of white space", () => {
    expect(run("\t{\r\n}\n ").lines[1]).toBe(`${FILE}: read`);
  });
});
