// A signed application reads what was signed with it, and nothing else

import { describe, expect, it } from "vitest";
import { extensionImage, kernelImage } from "../machine/machine.ts";
import { EFI, Firmware } from "./firmware.ts";

const FOLDER = "\\EFI\\bareflank\\";
const NOT_SIGNED = "it is not the file that was signed with this application";

/** What is on the volume. */
const put = (json: string | undefined, kernel = kernelImage(), extension = extensionImage()): Firmware => {
  const firmware = new Firmware().file(`${FOLDER}kernel.elf`, kernel).file(`${FOLDER}boot.elf`, extension);
  return json === undefined ? firmware : firmware.file(`${FOLDER}bareflank.json`, json);
};
const changed = (image: Uint8Array): Uint8Array => image.with(image.length - 1, (image.at(-1) ?? 0) ^ 1);

const isStarted = (firmware: Firmware): boolean => {
  expect(firmware.run()).toBe(EFI.notStarted);
  return firmware.processor.isInside;
};

describe("a signed application", () => {
  // Lengths around those where the padding of SHA-256 takes one more block
  it.each([2, 54, 55, 56, 57, 62, 63, 64, 65, 118, 119, 120, 128, 3000])(
    "takes its files: %i bytes of JSON",
    (bytes) => {
      const json = "{}".padEnd(bytes);
      const firmware = put(json).sign([json, kernelImage(), extensionImage()]);
      firmware.isSecureBoot = true;
      expect(isStarted(firmware)).toBe(true);
    },
  );

  it("takes the others in any order, as there may be more than are read", () => {
    const firmware = put("{}").sign(["{}", "another", extensionImage(), kernelImage()]);
    expect(isStarted(firmware)).toBe(true);
  });

  const refused: readonly (readonly [string, string, Firmware])[] = [
    ["another kernel", "kernel.elf", put("{}", changed(kernelImage()))],
    ["another extension", "boot.elf", put("{}", kernelImage(), changed(extensionImage()))],
    ["another configuration", "bareflank.json", put('{ "boot": "stop" }')],
    ["no configuration", "bareflank.json", put(undefined)],
  ];

  it.each(refused)("refuses %s, and boots without the hypervisor", (_name, file, firmware) => {
    firmware.sign(["{}", kernelImage(), extensionImage()]);
    expect(isStarted(firmware)).toBe(false);
    const why = firmware.files.has(`${FOLDER}${file}`.toUpperCase()) ? NOT_SIGNED : "there is no such file";
    expect(firmware.lines).toContain(`${FOLDER}${file}: ${why}`);
    expect(firmware.lines).toContain("no hypervisor runs");
  });

  it("refuses a configuration where none was signed, whatever it says, and takes the defaults without one", () => {
    const signed = [undefined, kernelImage(), extensionImage()];
    const firmware = put("{}").sign(signed);
    expect(isStarted(firmware)).toBe(false);
    expect(firmware.lines).toContain(`${FOLDER}bareflank.json: ${NOT_SIGNED}`);
    expect(isStarted(put(undefined).sign(signed))).toBe(true);
  });

  it("does not take the configuration's digest for another file's", () => {
    const firmware = put("{}", kernelImage()).sign(["{}", extensionImage()]);
    expect(isStarted(firmware)).toBe(false);
    expect(firmware.lines).toContain(`${FOLDER}kernel.elf: ${NOT_SIGNED}`);
  });
});

describe("an application that was not signed with its files", () => {
  it("starts nothing where Secure Boot is on: the signature would be that of any kernel", () => {
    const firmware = put("{}");
    firmware.isSecureBoot = true;
    expect(isStarted(firmware)).toBe(false);
    expect(firmware.lines).toContain(
      "Secure Boot is on, and this application was not signed with its files: bfm efi install --sign KEY CERT",
    );
  });

  it("starts where it is off", () => {
    const firmware = put("{}");
    firmware.isSecureBoot = false;
    expect(isStarted(firmware)).toBe(true);
  });
});
