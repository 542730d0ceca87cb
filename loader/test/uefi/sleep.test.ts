// Sleep that would end the hypervisor is hidden in ACPI's tables, wherever firmware put it, and nothing else is touched

import { littleEndian } from "@bareflank/bsl/test-support";
import { describe, expect, it } from "vitest";
import { extensionImage, kernelImage } from "../machine/machine.ts";
import { ACPI, AcpiTables } from "./acpi-tables.ts";
import { Firmware } from "./firmware.ts";

const FOLDER = "\\EFI\\bareflank\\";
const HIDDEN = "sleep (S2, S3) is hidden from the operating system: it would end the hypervisor";
const NONE = "the machine knows no sleep (S2, S3)";
const KEPT = "a sleep (S3) of the operating system's would end the hypervisor";

const latin = (text: string) => Buffer.from(text, "latin1");
/** Name (_S3, Package (0x04) { 0x01, 0x00, 0x00, 0x00 }) */
const NAMED = "\x08_S3_\x12\x07\x04\x01\0\0\0";
const RENAMED = NAMED.replace("_S3_", "XS3_");

const firmwareWith = (json = "{}"): Firmware =>
  new Firmware()
    .file(`${FOLDER}kernel.elf`, kernelImage())
    .file(`${FOLDER}boot.elf`, extensionImage())
    .file(`${FOLDER}bareflank.json`, json);

/** What becomes of a DSDT's content. */
const behindStart = (content: string, json?: string) => {
  const firmware = firmwareWith(json);
  const tables = new AcpiTables(firmware);
  const dsdt = tables.table("DSDT", latin(content));
  tables.root(0n, tables.list("XSDT", [tables.fadt(0n, dsdt)]));
  firmware.run();
  return { ...tables.read(dsdt, content.length), lines: firmware.lines };
};

describe("a sleep that loses the processors' state", () => {
  it("has no name any more that an operating system looks for, and the table's sum is right", () => {
    const { content, isSumRight, lines } = behindStart(`ab${NAMED}cd`);
    expect(content).toBe(`ab${RENAMED}cd`);
    expect(isSumRight).toBe(true);
    expect(lines).toContain(HIDDEN);
  });

  it.each([
    ["S2", "-\x08_S2_\x12", "-\x08XS2_\x12"],
    ["a name from the root", "-\x08\\_S3_\x12", "-\x08\\XS3_\x12"],
    ["a reference from the root", "-\\_S3_", "-\\XS3_"],
    ["a method", "-\x14\x0a_S3_\0\xa4\0", "-\x14\x0aXS3_\0\xa4\0"],
    ["a long method", "-\x14\x45\x01_S3_\0", "-\x14\x45\x01XS3_\0"],
    ["a very long method", "-\x14\xc1\x02\x03\x04_S3_\0", "-\x14\xc1\x02\x03\x04XS3_\0"],
    ["several", `-${NAMED}\x08_S2_-${NAMED}`, `-${RENAMED}\x08XS2_-${RENAMED}`],
    ["the table's last bytes", "-\x08_S3_", "-\x08XS3_"],
  ])("is hidden: %s", (_, before, after) => {
    const { content, isSumRight, lines } = behindStart(before);
    expect(content).toBe(after);
    expect(isSumRight).toBe(true);
    expect(lines).toContain(HIDDEN);
  });

  it.each([
    ["other states", "-\x08_S0_-\x08_S1_-\x08_S4_-\x08_S5_-"],
    ["a device's methods", "-\x14\x0a_S3D\0\x08_S3W\x0a"],
    ["the end of one name and the beginning of the next", "-\x2eX_S3_ABC"],
    ["a text", "-\x0dthe _S3_ state\0"],
    ["a package length of another kind of object", "-\x10\x0a_S3_"],
    ["bytes that a longer package length would begin with", "-\x14\x0a_S_S3_"],
    ["a name that the table cuts off", "-\x08_S3"],
  ])("is not confused with %s", (_, content) => {
    const after = behindStart(content);
    expect(after.content).toBe(content);
    expect(after.isSumRight).toBe(true);
    expect(after.lines).toContain(NONE);
  });

  it("stays where the configuration says so, and the log says what that means", () => {
    const { content, lines } = behindStart(`-${NAMED}`, '{ "sleep": "keep" }');
    expect(content).toBe(`-${NAMED}`);
    expect(lines).toContain(KEPT);
  });

  it("stays where no hypervisor runs: behind a trial, and behind a failure", () => {
    for (const json of ['{ "boot": "stop" }', '{ "kernel": "none.elf" }', '{ "sleep": "never" }']) {
      const { content, lines } = behindStart(`-${NAMED}`, json);
      expect(content).toBe(`-${NAMED}`);
      expect(lines).not.toContain(HIDDEN);
    }
  });
});

describe("the tables", () => {
  it("are found by either list, by either address in the FADT, and the SSDTs each for itself", () => {
    const firmware = firmwareWith();
    const tables = new AcpiTables(firmware);
    const code = (signature: string) => tables.table(signature, latin(`-${NAMED}`));
    const all = [code("SSDT"), code("DSDT"), code("DSDT"), code("SSDT"), code("DSDT")] as const;
    const [first, second, third, fourth, fifth] = all;
    const other = code("OEM1");
    const rsdt = tables.list("RSDT", [other, first, tables.fadt(second)]);
    const xsdt = tables.list("XSDT", [fourth, tables.fadt(third, fifth), first]);
    tables.root(rsdt, xsdt);
    firmware.run();
    for (const table of all) {
      expect(tables.read(table, RENAMED.length + 1)).toEqual({ content: `-${RENAMED}`, isSumRight: true });
    }
    expect(tables.read(other, NAMED.length + 1).content).toBe(`-${NAMED}`);
    expect(firmware.lines).toContain(HIDDEN);
  });

  it("are found where the firmware is of ACPI 1.0", () => {
    const firmware = firmwareWith();
    const tables = new AcpiTables(firmware);
    const dsdt = tables.table("DSDT", latin(`-${NAMED}`));
    tables.root(tables.list("RSDT", [tables.fadt(dsdt)]));
    firmware.run();
    expect(tables.read(dsdt, RENAMED.length + 1).content).toBe(`-${RENAMED}`);
  });

  it("need not be there", () => {
    const firmware = firmwareWith();
    firmware.run();
    expect(firmware.lines).toContain(NONE);
  });

  it("may lie across pieces of the memory map that touch", () => {
    const firmware = firmwareWith();
    const tables = new AcpiTables(firmware);
    firmware.pieces.splice(0, 1, [10n, ACPI + 0x1000n, 3n], [9n, ACPI, 1n]);
    const content = `${"-".repeat(0x1000)}${NAMED}`;
    const dsdt = tables.table("DSDT", latin(content));
    tables.root(0n, tables.list("XSDT", [tables.fadt(0n, dsdt)]));
    firmware.run();
    expect(tables.read(dsdt, content.length).content).toBe(content.replace("_S3_", "XS3_"));
  });
});

describe("a table that is not right", () => {
  // Reading beyond memory is an error of the simulated machine's
  const LAST = ACPI + 0x4000n;
  const wrong: [string, (tables: AcpiTables, firmware: Firmware) => void][] = [
    [
      "says that it is longer than memory",
      (t) => t.root(0n, t.list("XSDT", [t.table("SSDT", latin(`-${NAMED}`), 0x4001)])),
    ],
    [
      "says that it is longer than 4 GiB allow",
      (t) => t.root(0n, t.list("XSDT", [t.table("SSDT", latin(`-${NAMED}`), 0xffff_ffff)])),
    ],
    ["is shorter than its header", (t) => t.root(0n, t.list("XSDT", [t.table("SSDT", latin(`-${NAMED}`), 35)]))],
    ["has no length", (t) => t.root(0n, t.list("XSDT", [t.table("SSDT", latin(`-${NAMED}`), 0)]))],
    ["lies nowhere", (t) => t.root(0n, t.list("XSDT", [0n, 0xdead_0000n, 0xffff_ffff_ffff_fff0n]))],
    ["begins in the last bytes of memory", (t) => t.root(0n, t.list("XSDT", [LAST - 8n, t.fadt(0n, LAST - 1n)]))],
    [
      "lies in a device's registers",
      (t, { pieces }) => {
        pieces.push([11n, 0xfed0_0000n, 1n]);
        t.root(0n, t.list("XSDT", [0xfed0_0000n]));
      },
    ],
    ["is a list that ends within an address", (t) => t.root(0n, t.table("XSDT", littleEndian(4, 0x3000_0000, 0, 1)))],
    ["is a list of another kind", (t) => t.root(t.list("XSDT", [ACPI]), t.list("RSDT", [ACPI]))],
    ["is a root of nothing", (t) => t.root(0n, 0n)],
    ["is a FADT without an address", (t) => t.root(0n, t.list("XSDT", [t.table("FACP", new Uint8Array(4))]))],
  ];

  it.each(wrong)("%s: nothing is read beyond memory, and nothing changed", (_, make) => {
    const firmware = firmwareWith();
    const tables = new AcpiTables(firmware);
    make(tables, firmware);
    const before = firmware.memory.read(ACPI, 0x4000);
    firmware.run();
    expect(firmware.memory.read(ACPI, 0x4000)).toEqual(before);
    expect(firmware.lines).toContain(NONE);
    expect(firmware.processor.isInside).toBe(true);
  });

  it("is a root that is none", () => {
    for (const pointer of [0n, 0xdead_0000n, LAST - 8n, ACPI]) {
      const firmware = firmwareWith();
      const tables = new AcpiTables(firmware);
      tables.put(latin("RSD PTS "));
      firmware.configure(0x11d3_e4f1_8868_e871n, 0x8188_3cc7_8000_22bcn, pointer);
      firmware.run();
      expect(firmware.lines).toContain(NONE);
    }
  });
});
