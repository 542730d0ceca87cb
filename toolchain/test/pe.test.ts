// The UEFI application's file: what the firmware wants of it, and that it can run anywhere

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { MACHINE_X64, PE32_PLUS, readPeHeaders, requireMovable, SUBSYSTEM_EFI_APPLICATION } from "../src/pe.ts";

const path = fileURLToPath(new URL("../../build/bareflank/bareflank.efi", import.meta.url));
const application = () => new Uint8Array(readFileSync(path));

describe("bareflank.efi", () => {
  it("is a PE32+ application for x86-64", () => {
    const headers = readPeHeaders(application());
    expect(headers).toMatchObject({
      machine: MACHINE_X64,
      magic: PE32_PLUS,
      subsystem: SUBSYSTEM_EFI_APPLICATION,
      sectionAlignment: 4096,
      relocationsBytes: 0,
    });
    expect(headers.entry).toBeGreaterThan(0);
    expect(headers.entry).toBeLessThan(headers.imageBytes);
  });

  it("has the hand-off's code on a page of its own", () => {
    const file = Buffer.from(application());
    // Four offsets into the page, and behind them: push rbx, rbp, r12 to r15; pushfq
    const begin = file.indexOf(Buffer.from("53554154415541564157 9c".replaceAll(" ", ""), "hex"));
    expect(begin).toBeGreaterThan(16);
    // Sections lie at multiples of 512 in the file and of 4096 in memory
    expect((begin - 16) % 512).toBe(0);
  });
});

describe("an image", () => {
  it("with addresses of its own in it is refused", () => {
    const file = application();
    const view = new DataView(file.buffer);
    view.setUint32(view.getUint32(0x3c, true) + 24 + 112 + 44, 12, true);
    expect(() => requireMovable(file)).toThrow("addresses of its own");
  });

  it("that is none is an error", () => {
    expect(() => readPeHeaders(new Uint8Array(128))).toThrow("The linker made no PE file.");
  });
});
