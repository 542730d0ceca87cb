// What a UEFI application's file says of itself: the headers of PE32+ (Microsoft PE and COFF specification, 3 and 4)

import { BuildError } from "./errors.ts";

/** Offsets from the PE signature: COFF file header, optional header. */
const HEADER = {
  machine: 4,
  magic: 24,
  entry: 24 + 16,
  sectionAlignment: 24 + 32,
  imageBytes: 24 + 56,
  subsystem: 24 + 68,
  relocationsBytes: 24 + 112 + 5 * 8 + 4,
} as const;
const SIGNATURE_AT = 0x3c;
const SIGNATURE = 0x4550;

export const MACHINE_X64 = 0x8664;
export const PE32_PLUS = 0x20b;
export const SUBSYSTEM_EFI_APPLICATION = 10;

/** The headers of a PE32+ file. */
export interface PeHeaders {
  readonly machine: number;
  readonly magic: number;
  readonly subsystem: number;
  /** Bytes from the image's base. */
  readonly entry: number;
  /** Bytes that it takes in memory. */
  readonly imageBytes: number;
  readonly sectionAlignment: number;
  /** Bytes of the table of base relocations. */
  readonly relocationsBytes: number;
}

/** Reads them; a file that has none is an error. */
export function readPeHeaders(file: Uint8Array): PeHeaders {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const at = view.getUint32(SIGNATURE_AT, true);
  if (view.getUint32(at, true) !== SIGNATURE) throw new BuildError("The linker made no PE file.");
  const word = (offset: number) => view.getUint32(at + offset, true);
  return {
    machine: view.getUint16(at + HEADER.machine, true),
    magic: view.getUint16(at + HEADER.magic, true),
    subsystem: view.getUint16(at + HEADER.subsystem, true),
    entry: word(HEADER.entry),
    imageBytes: word(HEADER.imageBytes),
    sectionAlignment: word(HEADER.sectionAlignment),
    relocationsBytes: word(HEADER.relocationsBytes),
  };
}

/** The application copies itself to memory that lasts, and runs there: no word of it may say where it lies. */
export function requireMovable(file: Uint8Array): void {
  if (readPeHeaders(file).relocationsBytes === 0) return;
  throw new BuildError("The UEFI application has addresses of its own in it, and it copies itself elsewhere.", {
    hint: "Look for initialised pointers in its C: make them functions.",
  });
}
