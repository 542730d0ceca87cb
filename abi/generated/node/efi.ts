// Generated from abi/src by `bf build abi`. Do not edit.

// bareflank.json

/** Settings of all extensions together. */
export const EFI_MOST_SETTINGS = 0x100;
/** UTF-16 units of all of them, a line `key=value` each, for which there is room. */
export const EFI_SETTINGS_TEXT = 0x1000;

// EfiDigests

/** Of a digest (FIPS 180-4). */
export const SHA256_BYTES = 0x20;
/** Entries of EfiDigests.digest. */
export const MOST_DIGESTS = 0x7f;

// Section .digests of bareflank.efi

/** u32: Entries of digest; 0: the application was built, and not signed by bfm. */
export const EFI_DIGESTS_COUNT = 0x0;
/** u32[7]. */
export const EFI_DIGESTS_RESERVED = 0x4;
/** u8[4064]: SHA-256 of 32 bytes each: of bareflank.json, all zeroes when there must be none; then those of the other files, in any order. */
export const EFI_DIGESTS_DIGEST = 0x20;
/** Size of the structure. */
export const EFI_DIGESTS_BYTES = 0x1000;
