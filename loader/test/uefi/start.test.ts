// The start from UEFI on one processor: what is read, taken, said and booted, and what happens when something is wrong

import {
  BOOT_EXT_FAULT,
  BOOT_VERSION,
  CPUID_CONTROL_STOP,
  EFI_MOST_SETTINGS,
  EFI_SETTINGS_TEXT,
  EXTENSION_SETTINGS_BYTES,
  MAX_EXTENSIONS,
  NOTE_EXTENSION_SETTINGS,
} from "@bareflank/abi";
import { buildElf, buildNote, littleEndian, PF, PT } from "@bareflank/bsl/test-support";
import { describe, expect, it } from "vitest";
import { extensionImage, kernelImage } from "../machine/machine.ts";
import { EFI, Firmware, OWN_IMAGE, OWN_IMAGE_BYTES, Restart, RUNTIME_SERVICES_DATA } from "./firmware.ts";

const FOLDER = "\\EFI\\bareflank\\";
const ESC = 0x17;

const installed = (json?: string): Firmware => {
  const firmware = new Firmware()
    .file(`${FOLDER}kernel.elf`, kernelImage())
    .file(`${FOLDER}boot.elf`, extensionImage());
  return json === undefined ? firmware : firmware.file(`${FOLDER}bareflank.json`, json);
};

const PAGE = 4096n;
const pagesOf = (from: bigint, to: bigint): bigint[] =>
  Array.from({ length: Number((to - from) / PAGE) }, (_, index) => from + BigInt(index) * PAGE);

const runtimePages = ({ blocks }: Firmware) => blocks.filter(({ type }) => type === RUNTIME_SERVICES_DATA).length;

describe("the start", () => {
  it("works without a configuration, and the boot manager goes on", () => {
    const firmware = installed();
    expect(firmware.run()).toBe(EFI.notStarted);
    expect(firmware.processor.isInside).toBe(true);
    expect(firmware.lines).toEqual([
      "Bareflank starts from UEFI, 1234 ms behind the reset; hold ESC to go on without it",
      `${FOLDER}bareflank.json: there is none, so the defaults hold`,
      `${FOLDER}kernel.elf: ${kernelImage().length} bytes`,
      `${FOLDER}boot.elf: ${extensionImage().length} bytes`,
      "1 processor waits",
      expect.stringMatching(/^the hypervisor runs on 1 processor with \d+ KiB$/),
      expect.stringMatching(/^memory that is in use from now on: 0x/),
      "the machine knows no sleep (S2, S3)",
      "the firmware's boot manager goes on with its next entry",
      "",
    ]);
  });

  it("says the time of each step, and repeats it on COM1 unless that is the console", () => {
    const firmware = installed();
    firmware.run();
    expect(firmware.text).toMatch(/^bareflank: +0\.0 ms {2}Bareflank starts/);
    expect(firmware.serial).toBe(firmware.text);
    const serial = installed();
    serial.console = [0x0101, 0x0e03];
    serial.run();
    expect(serial.text).not.toBe("");
    expect(serial.serial).toBe("");
  });

  it("gives the processor a TSS in memory that lasts, and what its system wants for XSAVE", () => {
    const firmware = installed();
    firmware.run();
    const { processor, memory, blocks } = firmware;
    expect(processor.selectors[7]).toBe(0x50);
    expect(processor.gdtLimit).toBe(0x5f);
    expect(memory.peek(processor.gdt + 0x10n, 8)).toBe(0x00af_9b00_0000_ffffn);
    const page = blocks.find(({ address }) => address === processor.gdt);
    expect(page?.type).toBe(RUNTIME_SERVICES_DATA);
    const descriptor = memory.peek(processor.gdt + 0x50n, 8);
    expect((descriptor >> 40n) & 0xffn).toBe(0x89n);
    expect(processor.cr[4] & (1n << 18n)).toBe(1n << 18n);
  });

  it("leaves nothing but memory that lasts, in blocks as large as they were asked for", () => {
    const firmware = installed();
    firmware.run();
    expect(firmware.blocks.every(({ type }) => type === RUNTIME_SERVICES_DATA)).toBe(true);
    const large = firmware.blocks.filter(({ pages }) => pages >= 16n);
    expect(large.length).toBeGreaterThan(1);
  });

  it("says where that is, its own image included, to the page", () => {
    const firmware = installed();
    firmware.run();
    const line = firmware.lines.find((text) => text.startsWith("memory that is in use"));
    const said = [...(line ?? "").matchAll(/0x([0-9a-f]+)-0x([0-9a-f]+)/g)].flatMap(([, first, last]) =>
      pagesOf(BigInt(`0x${first}`), BigInt(`0x${last}`) + 1n),
    );
    const blocks = firmware.blocks.flatMap(({ address, pages }) => pagesOf(address, address + pages * PAGE));
    const image = pagesOf(OWN_IMAGE, OWN_IMAGE + OWN_IMAGE_BYTES);
    expect(said).toEqual([...image, ...blocks].toSorted((a, b) => Number(a - b)));
  });

  it("does not begin while ESC is held", () => {
    const firmware = installed('{ "boot": { "file": "/linux" } }').file("\\linux", "MZ");
    firmware.keys.push(0, ESC, 0);
    expect(firmware.run()).not.toBe(EFI.success);
    expect(firmware.processor.isInside).toBe(false);
    expect(firmware.lines).toContain("ESC: no hypervisor");
    expect(firmware.started.map(({ path }) => path)).toEqual(["\\linux"]);
    expect(runtimePages(firmware)).toBe(0);
  });

  it("can be tried: it stops again", () => {
    const firmware = installed('{ "boot": "stop" }');
    expect(firmware.run()).toBe(EFI.notStarted);
    expect(firmware.processor.isInside).toBe(false);
    expect(firmware.processor.commands).toContain(CPUID_CONTROL_STOP);
    expect(firmware.lines).toContain("the hypervisor has stopped, registers as before");
  });
});

describe("what comes then", () => {
  it("is a file with its options", () => {
    const json = '{ "boot": { "file": "/boot/vmlinuz", "options": "initrd=\\\\initrd root=/dev/vda ü" } }';
    const firmware = installed(json).file("\\boot\\vmlinuz", "MZ");
    firmware.run();
    expect(firmware.started).toEqual([{ path: "\\boot\\vmlinuz", options: "initrd=\\initrd root=/dev/vda ü" }]);
    expect(firmware.processor.isInside).toBe(true);
    expect(firmware.lines.slice(-4, -2)).toEqual(["loading \\boot\\vmlinuz", "starting \\boot\\vmlinuz"]);
  });

  it("is the fallback path, without options", () => {
    const firmware = installed('{ "boot": "fallback" }').file("\\EFI\\BOOT\\BOOTX64.EFI", "MZ");
    firmware.run();
    expect(firmware.started).toEqual([{ path: "\\EFI\\BOOT\\BOOTX64.EFI", options: "" }]);
  });

  it.each([
    [EFI.notFound, "there is no such file"],
    [EFI.unsupported, "it is no UEFI application for x86-64"],
    [EFI.securityViolation, "Secure Boot does not trust it"],
  ])("is the boot manager's next entry when the file does not boot: 0x%x", (status, reason) => {
    const firmware = installed('{ "boot": { "file": "/linux" } }');
    if (status !== EFI.notFound) firmware.file("\\linux", "MZ");
    firmware.loadStatus = status;
    expect(firmware.run()).toBe(status);
    expect(firmware.processor.isInside).toBe(true);
    const hex = status.toString(16);
    expect(firmware.lines).toContain(`\\linux did not boot: ${reason} (0x${hex}); the firmware's boot manager goes on`);
    const warning = "\\linux: there is no such file to boot; the boot manager will go on";
    expect(firmware.lines.includes(warning)).toBe(status === EFI.notFound);
  });
});

const truncated = kernelImage().slice(0, 100);

describe("without the hypervisor the machine boots, and people read why:", () => {
  const cases: readonly (readonly [string, (firmware: Firmware) => unknown, string | RegExp])[] = [
    ["no kernel", (f) => f.files.delete("\\EFI\\BAREFLANK\\KERNEL.ELF"), `${FOLDER}kernel.elf: there is no such file`],
    ["no extension", (f) => f.files.delete("\\EFI\\BAREFLANK\\BOOT.ELF"), `${FOLDER}boot.elf: there is no such file`],
    ["an empty kernel", (f) => f.file(`${FOLDER}kernel.elf`, ""), `${FOLDER}kernel.elf: it is empty`],
    ["a folder", (f) => f.files.set("\\EFI\\BAREFLANK\\KERNEL.ELF", "folder"), `${FOLDER}kernel.elf: that is a folder`],
    [
      "half a kernel",
      (f) => f.file(`${FOLDER}kernel.elf`, truncated),
      `${FOLDER}kernel.elf: it is damaged, or of no use here`,
    ],
    ["text", (f) => f.file(`${FOLDER}kernel.elf`, "x".repeat(100)), `${FOLDER}kernel.elf: it is no ELF file`],
    ["another's kernel", (f) => f.file(`${FOLDER}kernel.elf`, extensionImage()), /kernel.elf: it is/],
    ["a kernel for an extension", (f) => f.file(`${FOLDER}boot.elf`, kernelImage()), /boot.elf: it is/],
    [
      "another release's kernel",
      (f) => f.file(`${FOLDER}kernel.elf`, kernelImage(BOOT_VERSION + 1n)),
      /kernel.elf: \d+ bytes, the kernel is of another release than this application \(error 6, /,
    ],
    ["no SVM", (f) => (f.processor.hasSvm = false), /^a processor has no virtualization \(SVM\), on processor 0/],
    [
      "SVM locked off",
      (f) => (f.processor.isLocked = true),
      /^virtualization is switched off in the firmware's set-up/,
    ],
    ["a hypervisor that runs", (f) => (f.processor.isSvmInUse = true), /^another hypervisor runs already/],
    [
      "a watchdog on one processor",
      (f) => f.file(`${FOLDER}bareflank.json`, '{ "watchdog": "10ms" }'),
      /^on one processor nobody watches: leave "watchdog" away/,
    ],
    ["no NX", (f) => (f.processor.hasNx = false), /^no-execute pages \(NX\) are switched off/],
    [
      "an extension that faults",
      (f) => (f.kernelStatus = BOOT_EXT_FAULT),
      /^the hypervisor did not start, on processor 0: the extension faulted/,
    ],
    ["no volume", (f) => (f.hasVolume = false), "the application was not loaded from a volume with files"],
    ["a processor that is switched off", (f) => (f.processors = [true, false]), /^a processor is switched off/],
    [
      "less memory than it takes",
      (f) => f.file(`${FOLDER}bareflank.json`, '{ "memory": "1M" }'),
      /^the start takes more than "memory" allows: \d{4} KiB \(error/,
    ],
    ["too little memory", (f) => (f.pagesLeft = 300), /^there is too little memory/],
  ];

  it.each(cases)("%s", (_name, change, message) => {
    const firmware = installed();
    change(firmware);
    expect(firmware.run()).toBe(EFI.notStarted);
    expect(firmware.processor.isInside).toBe(false);
    const expected = typeof message === "string" ? message : expect.stringMatching(message);
    expect(firmware.lines).toContainEqual(expected);
    expect(firmware.lines.slice(-3)).toEqual([
      "no hypervisor runs",
      "the firmware's boot manager goes on with its next entry",
      "",
    ]);
  });

  it("or it stops, where the configuration says so, and restarts on a key", () => {
    const firmware = installed('{ "onFailure": "stop" }');
    firmware.processor.hasSvm = false;
    // ESC would be read before
    const stall = firmware.keys;
    expect(() => {
      setKeyLater(stall);
      firmware.run();
    }).toThrow(Restart);
    expect(firmware.lines).toContain("press a key to restart the machine");
    expect(firmware.started).toEqual([]);
  });
});

/** A key that is there from the third look on. */
function setKeyLater(keys: number[]): void {
  let looks = 0;
  keys.shift = () => (++looks < 3 ? undefined : 0);
}

describe("settings", () => {
  const ADDRESS = 0x3280_0000_1000n;
  const withArea = (bytes: number) =>
    buildElf({
      entry: 0x3280_0000_0000n,
      segments: [
        { type: PT.LOAD, flags: PF.R | PF.X, address: 0x3280_0000_0000n, data: new Uint8Array(16).fill(0xcc) },
        { type: PT.LOAD, flags: PF.R | PF.W, address: ADDRESS, data: new Uint8Array(bytes + 64).fill(0xee) },
        {
          type: PT.NOTE,
          data: buildNote("Bareflank", NOTE_EXTENSION_SETTINGS, littleEndian(8, ADDRESS + 32n, bytes)),
        },
      ],
    });
  const json = '{ "extensions": [{ "file": "boot.elf", "settings": { "nested": "no", "name": "ü€𝄞" } }] }';
  const run = (extension: Uint8Array, configuration = json) => {
    const firmware = installed(configuration).file(`${FOLDER}boot.elf`, extension);
    firmware.run();
    return firmware;
  };
  /** Whether an extension's area has this text, between what was there before. */
  const isWritten = (firmware: Firmware, area: string): boolean => {
    const text = Buffer.alloc(64);
    text.write(area);
    const wanted = Buffer.concat([Buffer.alloc(32, 0xee), text, Buffer.alloc(32, 0xee)]);
    return firmware.blocks.some(({ address, pages }) =>
      Buffer.from(firmware.memory.read(address, Number(pages) * 4096)).includes(wanted),
    );
  };

  it("may be numbers and booleans, as in a load manifest", () => {
    const settings = '{ "leaf": 7, "fast": true, "slow": false, "low": -15 }';
    const firmware = run(withArea(64), `{ "extensions": [{ "file": "boot.elf", "settings": ${settings} }] }`);
    expect(isWritten(firmware, "leaf=7\nfast=true\nslow=false\nlow=-15\n")).toBe(true);
  });

  it("may be as many, and as long, as bfm writes, for the most extensions", () => {
    const count = EFI_MOST_SETTINGS / MAX_EXTENSIONS;
    const value = "v".repeat(EFI_SETTINGS_TEXT / EFI_MOST_SETTINGS - "k0=\n".length);
    const pairs = Array.from({ length: count }, (_, index) => [`k${index}`, value]);
    const files = Array.from({ length: MAX_EXTENSIONS }, (_, index) => `${`${index}`.padEnd(32, "x")}.elf`);
    const settings = Object.fromEntries(pairs);
    const firmware = installed(JSON.stringify({ extensions: files.map((file) => ({ file, settings })) }));
    for (const file of files) firmware.file(`${FOLDER}${file}`, withArea(count * 16 + 1));
    firmware.run();
    expect(firmware.lines[1]).toBe(`${FOLDER}bareflank.json: read`);
    expect(firmware.processor.isInside).toBe(true);
  });

  it("are written into the extension's area, and nowhere else", () => {
    const firmware = run(withArea(64));
    expect(firmware.processor.isInside).toBe(true);
    expect(isWritten(firmware, "nested=no\nname=ü€𝄞\n")).toBe(true);
    expect(EXTENSION_SETTINGS_BYTES).toBe(16);
  });

  it("that are too long, or for an extension that takes none, are an error", () => {
    expect(run(withArea(16)).lines).toContain(`${FOLDER}boot.elf: its settings are too long`);
    expect(run(extensionImage()).lines).toContain(`${FOLDER}boot.elf: it takes no settings`);
  });
});
