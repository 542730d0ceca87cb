// Load manifests: what they say, and where they are wrong

import { describe, expect, test } from "vitest";
import {
  EXTENSION_POLICY_BYTES,
  EXTENSION_POLICY_DENIED,
  EXTENSION_POLICY_FLAGS,
  EXTENSION_POLICY_MSR_COUNT,
  EXTENSION_POLICY_MSR_FIRST,
  EXTENSION_POLICY_MSR_LAST,
  EXTENSION_POLICY_MSR_RIGHTS,
  EXTENSION_POLICY_PORT_COUNT,
  EXTENSION_POLICY_PORT_FIRST,
  EXTENSION_POLICY_PORT_LAST,
  EXTENSION_POLICY_QUOTA,
} from "../generated/node/boot.ts";
import { encodePolicies, isName, type ManifestEntry, ManifestError, readManifest } from "../src/manifest.ts";

const read = (...extensions: readonly unknown[]) => readManifest(JSON.stringify({ extensions }));

/** What is wrong, with its place. */
function wrong(text: string): string {
  try {
    readManifest(text);
  } catch (error) {
    if (error instanceof ManifestError) return error.message;
    throw error;
  }
  return "nothing";
}

const wrongEntry = (entry: unknown) => wrong(JSON.stringify({ extensions: [{ file: "a.elf" }, entry] }));

describe("a manifest", () => {
  test("names files, settings and rights", () => {
    expect(
      read(
        { file: "bin/monitor.elf", settings: { leaf: 7, fast: true } },
        {
          file: "j",
          name: "judge",
          version: 2,
          calls: ["debug", "vs_read"],
          msrs: [{ from: "0x10", to: 32, read: true }],
        },
        { file: "k", ports: [{ from: 96 }, { from: "0x3f8", to: "0x3ff" }] },
      ),
    ).toEqual([
      { file: "bin/monitor.elf", name: "monitor", settings: ["leaf=7", "fast=true"] },
      {
        file: "j",
        name: "judge",
        settings: [],
        version: 2,
        calls: ["debug", "vs_read"],
        msrs: [{ from: 16, to: 32, read: true, write: false }],
      },
      {
        file: "k",
        name: "k",
        settings: [],
        ports: [
          { from: 0x60, to: 0x60 },
          { from: 0x3f8, to: 0x3ff },
        ],
      },
    ]);
  });

  test.each([
    ["{", /^it is no JSON: /],
    ["[]", /^it is no object$/],
    ['{"extension": []}', /^"extension" is none of its keys \(extensions\)$/],
    ["{}", /^extensions: it is no list$/],
    ['{"extensions": []}', /^extensions: 0 extensions are listed; 1 to 64 can be loaded$/],
  ])("%s is wrong", (text, message) => {
    expect(wrong(text)).toMatch(message);
  });

  test.each([
    [{}, "extensions[1].file: it is no text"],
    [{ file: 1 }, "extensions[1].file: it is no text"],
    [
      { file: "b", rights: [] },
      'extensions[1]: "rights" is none of its keys (file, name, settings, calls, msrs, ports, quota, version)',
    ],
    [{ file: "a" }, 'extensions[1].name: "a" is extensions[0]\'s name'],
    [{ file: "b c" }, 'extensions[1]: "b c" cannot be its name: give it one'],
    [{ file: "b", settings: { a: [] } }, "extensions[1].settings.a: it is no text, number or boolean"],
    [
      { file: "b", msrs: [{ from: -1 }] },
      'extensions[1].msrs[0].from: it is no MSR: a number, or text such as "0xc0000080"',
    ],
    [
      { file: "b", msrs: [{ from: 2, to: 1, read: true }] },
      "extensions[1].msrs[0].to: it is below where the range begins",
    ],
    [
      { file: "b", version: 1 },
      "extensions[1].version: it can be 2, which keeps an extension to version 2 of the interface, or be left out",
    ],
    [{ file: "b", msrs: [{ from: 2 }] }, "extensions[1].msrs[0]: it allows neither to read nor to write"],
    [{ file: "b", msrs: [{ from: 2, read: 1 }] }, "extensions[1].msrs[0].read: it is neither true nor false"],
    [
      { file: "b", ports: [{ from: 65536 }] },
      'extensions[1].ports[0].from: it is no I/O port: a number to 65535, or text such as "0x3f8"',
    ],
    [{ file: "b", ports: [{ from: 2, to: 1 }] }, "extensions[1].ports[0].to: it is below where the range begins"],
    [{ file: "b", ports: [{ from: 2, read: true }] }, 'extensions[1].ports[0]: "read" is none of its keys (from, to)'],
    [{ file: "b", quota: 4 }, "extensions[1].quota: it is no object"],
    [{ file: "b", quota: { vs: 1 } }, 'extensions[1].quota: "vs" is none of its keys (vms, vps, vss, pages)'],
    ...[0, -1, 1.5, "4", 2 ** 32].map((number): [object, string] => [
      { file: "b", quota: { vms: 3, vss: number } },
      "extensions[1].quota.vss: it is no number from 1 on; to deny the call that takes them, use calls",
    ]),
    [{ file: "b", msrs: Array(33).fill({ from: 1, read: true }) }, "extensions[1].msrs: 33 ranges, and 32 is the most"],
  ])("with %j is wrong in one place", (entry, message) => {
    expect(wrongEntry(entry)).toBe(message);
  });

  test("with an unknown call names it, and the groups", () => {
    expect(wrongEntry({ file: "b", calls: ["debug", "vs_raed"] })).toMatch(
      /^extensions\[1\]\.calls\[1\]: "vs_raed" is no call, and no group \(control, .*memory, pp, registers\)$/,
    );
  });
});

describe("a policy's bytes", () => {
  const view = (...policies: Parameters<typeof encodePolicies>[0]) => new DataView(encodePolicies(policies).buffer);

  test("deny nothing unless calls are listed", () => {
    const bytes = encodePolicies([{ name: "one" }, { name: "two" }]);
    expect(bytes).toHaveLength(2 * EXTENSION_POLICY_BYTES);
    expect(new TextDecoder().decode(bytes).replaceAll("\0", "")).toBe("onetwo");
  });

  test("deny what is not listed, but never what every extension needs", () => {
    const bytes = view({ name: "a", calls: ["debug", "vs_read"] });
    const denied = (group: number) => bytes.getUint32(EXTENSION_POLICY_DENIED + group * 4, true);
    expect([0, 1, 2, 3].map(denied)).toEqual([0, 0, 0, 0]);
    expect([4, 6, 7, 9].map(denied)).toEqual([0x3f, 0x7ff7, 3, 0xf]);
  });

  test("hold ranges of MSRs with their rights", () => {
    const bytes = view({ name: "a", msrs: [{ from: 1, to: 2, read: true, write: true }] });
    const at = (offset: number) => bytes.getUint32(offset, true);
    expect([at(EXTENSION_POLICY_FLAGS), at(EXTENSION_POLICY_MSR_COUNT)]).toEqual([1, 1]);
    const pinned = view({ name: "a", version: 2, msrs: [] }, { name: "b", version: 2 });
    expect(pinned.getUint32(EXTENSION_POLICY_FLAGS, true)).toBe(5);
    expect(pinned.getUint32(EXTENSION_POLICY_BYTES + EXTENSION_POLICY_FLAGS, true)).toBe(4);
    expect([EXTENSION_POLICY_MSR_FIRST, EXTENSION_POLICY_MSR_LAST, EXTENSION_POLICY_MSR_RIGHTS].map(at)).toEqual([
      1, 2, 3,
    ]);
  });

  test("hold quotas, and none where none is named", () => {
    const [first, second] = readManifest(
      '{"extensions": [{"file": "a", "quota": {"vms": 1, "vps": 2, "vss": 3, "pages": 4096}}, {"file": "b", "quota": {"vss": 7}}]}',
    ) as [ManifestEntry, ManifestEntry];
    const bytes = view(first, second);
    const quota = (extension: number) =>
      [0, 1, 2, 3].map((what) =>
        bytes.getUint32(extension * EXTENSION_POLICY_BYTES + EXTENSION_POLICY_QUOTA + what * 4, true),
      );
    expect([quota(0), quota(1)]).toEqual([
      [1, 2, 3, 4096],
      [0, 0, 7, 0],
    ]);
  });

  test("hold ranges of ports, and that there may be none", () => {
    const bytes = view({ name: "a", ports: [{ from: 0x60, to: 0x64 }] }, { name: "b", ports: [] });
    const at = (offset: number) => bytes.getUint32(offset, true);
    expect([at(EXTENSION_POLICY_FLAGS), at(EXTENSION_POLICY_PORT_COUNT)]).toEqual([2, 1]);
    expect([EXTENSION_POLICY_PORT_FIRST, EXTENSION_POLICY_PORT_LAST].map(at)).toEqual([0x60, 0x64]);
    const second = [EXTENSION_POLICY_FLAGS, EXTENSION_POLICY_PORT_COUNT];
    expect(second.map((offset) => at(EXTENSION_POLICY_BYTES + offset))).toEqual([2, 0]);
  });
});

test("a name is a word of up to 32 characters", () => {
  expect(["a", "cpuid-counter.v2", "x".repeat(32)].every(isName)).toBe(true);
  expect(["", "a b", "-a", "ä", "x".repeat(33)].some(isName)).toBe(false);
});
