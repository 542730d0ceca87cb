// What extensions may do, by bareflank.json: the very bytes that bfm makes of a load manifest, and the same sentences

import {
  MAX_EXTENSIONS,
  START_RECORD_EXT_NAMES,
  START_RECORD_KERNEL_BUILD_ID,
  START_RECORD_OFFSET,
} from "@bareflank/abi";
import { encodePolicies, ManifestError, readManifest } from "@bareflank/abi/manifest";
import { describe, expect, it } from "vitest";
import { extensionImage, kernelImage } from "../machine/machine.ts";
import { Firmware } from "./firmware.ts";

/** An extension of a manifest. */
type Entry = Readonly<Record<string, unknown>> & { readonly file: string };

const FOLDER = "\\EFI\\bareflank\\";

const run = (json: string, files: readonly string[]): Firmware => {
  const firmware = new Firmware().file(`${FOLDER}kernel.elf`, kernelImage()).file(`${FOLDER}bareflank.json`, json);
  for (const file of files) firmware.file(`${FOLDER}${file.replaceAll("/", "\\")}`, extensionImage());
  firmware.run();
  return firmware;
};

/** A manifest's text is a configuration, too: the rest has defaults. */
const runManifest = (...extensions: readonly Entry[]): Firmware =>
  run(
    JSON.stringify({ extensions }),
    extensions.map(({ file }) => file),
  );

const manifests: readonly (readonly [name: string, extensions: readonly Entry[]])[] = [
  ["names by files, also in folders", [{ file: "bin/monitor.elf" }, { file: "judge" }, { file: "a.elf.elf" }]],
  [
    "names that are given",
    [
      { file: "a.elf", name: "x".repeat(32) },
      { file: "b.elf", name: "0.A_z-" },
    ],
  ],
  ["a version", [{ file: "a.elf", version: 2 }, { file: "b.elf" }]],
  ["calls and groups", [{ file: "a.elf", calls: ["debug", "vs_read", "pp_wait", "memory", "control"] }]],
  ["the last call and the first", [{ file: "a.elf", calls: ["pp_wait", "control_exit", "vs_create"] }]],
  ["no calls", [{ file: "a.elf", calls: [] }]],
  ["no MSRs, no ports", [{ file: "a.elf", msrs: [], ports: [] }]],
  [
    "MSRs",
    [
      {
        file: "a.elf",
        msrs: [
          { from: "0xC0000080", read: true },
          { from: 16, to: "0xffffffff", read: false, write: true },
          { write: true, read: true, to: 4_294_967_295, from: "007" },
        ],
      },
    ],
  ],
  [
    "the most ranges",
    [{ file: "a.elf", msrs: Array(32).fill({ from: 1, read: true }), ports: Array(32).fill({ from: 2 }) }],
  ],
  ["ports", [{ file: "a.elf", ports: [{ from: 0x60 }, { from: "0x3f8", to: "65535" }] }]],
  [
    "quotas",
    [
      { file: "a.elf", quota: { pages: 4_294_967_295, vss: 1 } },
      { file: "b.elf", quota: {} },
    ],
  ],
  [
    "the most extensions, with much of everything",
    Array.from({ length: 64 }, (_, index) => ({
      file: `an-extension-with-a-long-name-${index}.elf`,
      version: 2,
      calls: ["debug", "callback", "vm", "vp", "vs", "intrinsic", "mem", "message", "nested", "map", "memory_grow"],
      msrs: Array(8).fill({ from: "0xc0000080", to: "0xc0000084", read: true, write: true }),
      ports: Array(8).fill({ from: "0x3f8", to: "0x3ff" }),
      quota: { vms: index + 1, vps: 2, vss: 3, pages: 4 },
    })),
  ],
];

describe("policies", () => {
  it.each(manifests)("%s are those of the same manifest", (_name, extensions) => {
    const firmware = runManifest(...extensions);
    expect(firmware.lines[1]).toBe(`${FOLDER}bareflank.json: read`);
    expect(firmware.processor.isInside).toBe(true);
    expect(firmware.policies).toEqual(encodePolicies(readManifest(JSON.stringify({ extensions }))));
  });

  it("have a name, and restrict nothing, for a file without more, and without a configuration", () => {
    const files = ["boot.elf", "müller.elf", `${"x".repeat(33)}.elf`];
    const expected = encodePolicies([{ name: "boot" }, { name: "" }, { name: "" }]);
    expect(run(JSON.stringify({ extensions: files }), files).policies).toEqual(expected);
    const firmware = new Firmware()
      .file(`${FOLDER}kernel.elf`, kernelImage())
      .file(`${FOLDER}boot.elf`, extensionImage());
    firmware.run();
    expect(firmware.policies).toEqual(encodePolicies([{ name: "boot" }]));
  });

  it("of a wrong configuration are gone", () => {
    const firmware = run('{ "extensions": [{ "file": "boot.elf", "name": "x", "calls": [] }], "boot": 1 }', [
      "boot.elf",
    ]);
    expect(firmware.processor.isInside).toBe(false);
    expect(firmware.policies).toHaveLength(0);
  });
});

describe("the record that a driver finds", () => {
  const recorded = (...names: readonly string[]) => {
    const firmware = runManifest(
      ...names.map((name, index) => ({ file: `${index}.elf`, ...(name === "" ? {} : { name }) })),
    );
    const record = firmware.reports + BigInt(START_RECORD_OFFSET);
    const bytes = START_RECORD_KERNEL_BUILD_ID - START_RECORD_EXT_NAMES;
    return Buffer.from(firmware.memory.read(record + BigInt(START_RECORD_EXT_NAMES), bytes)).toString("latin1");
  };
  const numbered = (length: number) => Array.from({ length: MAX_EXTENSIONS }, (_, i) => `${i}`.padEnd(length, "x"));

  it("has the names of the most extensions, when they are short", () => {
    expect(recorded(...numbered(12))).toBe(
      numbered(12)
        .map((name) => `${name}\0`)
        .join(""),
    );
  });

  it("has as many whole names as there is room for, and nothing behind them", () => {
    const whole = numbered(32).slice(0, Math.floor(832 / 33));
    expect(recorded(...numbered(32))).toBe(
      whole
        .map((name) => `${name}\0`)
        .join("")
        .padEnd(832, "\0"),
    );
  });
});

/** What bfm says about an entry, without the place. */
const sentenceOf = (entry: object): string => {
  try {
    readManifest(JSON.stringify({ extensions: [{ file: "a.elf" }, entry] }));
  } catch (error) {
    if (error instanceof ManifestError) return error.message.replace(/^[^:]*: /, "");
    throw error;
  }
  return "nothing";
};

/** An entry by its text, and what is wrong at the place of the mark. */
const MARK = "^";
const wrong: readonly string[] = [
  '{ "file": "b", "version": ^1 }',
  '{ "file": "b", "version": ^"2" }',
  '{ "file": "b", "msrs": [{ "from": ^-1 }] }',
  '{ "file": "b", "msrs": [{ "from": ^4294967296 }] }',
  '{ "file": "b", "msrs": [{ "from": ^"99999999999999999999999999" }] }',
  '{ "file": "b", "msrs": [{ "from": ^"0x" }] }',
  '{ "file": "b", "msrs": [{ "from": ^"" }] }',
  '{ "file": "b", "msrs": [{ "from": ^"1g" }] }',
  '{ "file": "b", "msrs": [{ "from": ^true }] }',
  '{ "file": "b", "msrs": [^{ "read": true }] }',
  '{ "file": "b", "msrs": [{ "from": 2, "to": ^1, "read": true }] }',
  '{ "file": "b", "msrs": [^{ "from": 2 }] }',
  '{ "file": "b", "msrs": [{ "from": 2, "read": ^1 }] }',
  '{ "file": "b", "msrs": [{ "from": 2, "read": ^"true" }] }',
  '{ "file": "b", "ports": [{ "from": ^65536 }] }',
  '{ "file": "b", "ports": [{ "from": 2, "to": ^1 }] }',
  ...["0", "-1", "1.5", '"4"', "4294967296"].map(
    (number) => `{ "file": "b", "quota": { "vms": 3, "vss": ^${number} } }`,
  ),
];

/** Those whose sentence names what is wrong for bfm, and points at it here. */
const pointed: readonly (readonly [entry: string, sentence: string])[] = [
  ['{ "file": "b", "name": ^"b c" }', 'it is no name: letters, digits, ".", "_" and "-", 32 at most'],
  ['{ "file": "b", "name": ^"-b" }', 'it is no name: letters, digits, ".", "_" and "-", 32 at most'],
  [`{ "file": "b", "name": ^"${"b".repeat(33)}" }`, 'it is no name: letters, digits, ".", "_" and "-", 32 at most'],
  ['{ "file": "b", "name": ^"a" }', "it is another extension's name"],
  ['{ "file": "b", ^"rights": [] }', "an extension has file, name, settings, version, calls, msrs, ports and quota"],
  ['{ "file": "b", "calls": [], ^"calls": ["vs"] }', "this setting is there twice"],
  ['{ "file": "b", ^"file": "c" }', "this setting is there twice"],
  ['{ "file": "b", "calls": ["debug", ^"vs_raed"] }', "it is no call, and no group of calls"],
  ['{ "file": "b", "calls": [^"vs_rea"] }', "it is no call, and no group of calls"],
  ['{ "file": "b", "calls": [^"vs_readd"] }', "it is no call, and no group of calls"],
  ['{ "file": "b", "calls": [^""] }', "it is no call, and no group of calls"],
  ['{ "file": "b", "calls": ^"debug" }', "here a list begins: ["],
  ['{ "file": "b", "msrs": [{ ^"form": 1 }] }', "a range of MSRs has from, to, read and write"],
  ['{ "file": "b", "ports": [{ "from": 2, ^"read": true }] }', "a range of ports has from and to"],
  ['{ "file": "b", "quota": ^4 }', "here an object begins: {"],
  ['{ "file": "b", "quota": { ^"vs": 1 } }', "a quota has vms, vps, vss and pages"],
  ['{ "file": "b", "settings": { "a": ^[] } }', "it is no text, number of digits or boolean"],
  ['{ "file": "b", "settings": { "a": ^1e3 } }', "it is no text, number of digits or boolean"],
  ['{ "file": "b", "settings": { "a": ^null } }', "it is no text, number of digits or boolean"],
  [`{ "file": "b", "msrs": ^[${Array(33).fill('{ "from": 1, "read": true }').join(", ")}] }`, "32 ranges are the most"],
];

describe("a wrong policy", () => {
  const same = wrong.map((entry) => [entry, sentenceOf(JSON.parse(entry.replace(MARK, "")))] as const);
  it.each([...same, ...pointed])("%s: said with line and column, and the machine boots", (entry, sentence) => {
    const head = '{ "extensions": ["a.elf",\n';
    const firmware = run(`${head}${entry.replace(MARK, "")}] }`, ["a.elf", "b", "c", "other/a.elf"]);
    expect(sentence).not.toBe("nothing");
    const place = `line 2, column ${entry.indexOf(MARK) + 1}`;
    expect(firmware.lines[1]).toBe(`${FOLDER}bareflank.json, ${place}: ${sentence}`);
    expect(firmware.lines).toContain("no hypervisor runs");
    expect(firmware.processor.isInside).toBe(false);
  });
});
