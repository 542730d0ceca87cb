// What the UEFI application's file holds for Secure Boot: digests of the other files that it reads
//
// The firmware checks the signature of the application alone, and kernel and extensions are data to it. So `bfm efi install
// --sign` writes their digests into the section .digests before it signs, and the application refuses what is not among them.

import { structure, table } from "./schema.ts";

export const fileDigests = structure("efi", "EfiDigests", "Section .digests of bareflank.efi", {
  count: ["u32", "Entries of digest; 0: the application was built, and not signed by bfm."],
  reserved: "u32[7]",
  digest: [
    "u8[4064]",
    "SHA-256 of 32 bytes each: of bareflank.json, all zeroes when there must be none; then those of the other files, in any order.",
  ],
});

export const digestBounds = table("efi", "EfiDigests", "u32", {
  SHA256_BYTES: [32, "Of a digest (FIPS 180-4)."],
  MOST_DIGESTS: [127, "Entries of EfiDigests.digest."],
});

export const configurationBounds = table("efi", "bareflank.json", "u32", {
  EFI_MOST_SETTINGS: [256, "Settings of all extensions together."],
  EFI_SETTINGS_TEXT: [0x1000, "UTF-16 units of all of them, a line `key=value` each, for which there is room."],
});
