// Digests of kernel, extensions and configuration in bareflank.efi, so that its signature is theirs, too (abi/src/efi.ts)

import { createHash } from "node:crypto";
import { EFI_DIGESTS_BYTES, EFI_DIGESTS_COUNT, EFI_DIGESTS_DIGEST, MOST_DIGESTS, SHA256_BYTES } from "@bareflank/abi";
import { exitCodes } from "../exit-codes.ts";
import { Failure } from "../failure.ts";

const SECTION = ".digests";

/** PE/COFF 8.3, Microsoft, 2 to 4: where the header's offset stands; in the header, and in an entry of the table of sections. */
const PE = { offset: 0x3c, sections: 6, optionalBytes: 20, optional: 24 };
const ENTRY = { bytes: 40, name: 8, rawBytes: 16, raw: 20 };

/** The application with the digests of these files, which are all that it will read. */
export function withDigests(
  application: Uint8Array,
  configuration: Uint8Array,
  others: readonly Uint8Array[],
): Uint8Array {
  const files = [configuration, ...others];
  const at = findSection(application);
  if (at === undefined || files.length > MOST_DIGESTS) {
    throw new Failure(
      "FILE_KIND",
      exitCodes.file,
      at === undefined
        ? "bareflank.efi has no place for digests"
        : `${others.length} files are more than can be signed`,
      at === undefined ? "It is of another release than bfm: install both anew." : "Name fewer extensions.",
    );
  }
  const signed = Buffer.from(application);
  signed.fill(0, at, at + EFI_DIGESTS_BYTES);
  signed.writeUInt32LE(files.length, at + EFI_DIGESTS_COUNT);
  for (const [index, bytes] of files.entries()) {
    createHash("sha256")
      .update(bytes)
      .digest()
      .copy(signed, at + EFI_DIGESTS_DIGEST + index * SHA256_BYTES);
  }
  return signed;
}

/** Where the section's bytes are in the file, whose header is known to be one. */
function findSection(file: Uint8Array): number | undefined {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const header = view.getUint32(PE.offset, true);
  const table = header + PE.optional + view.getUint16(header + PE.optionalBytes, true);
  for (let index = 0; index < view.getUint16(header + PE.sections, true); index++) {
    const entry = table + index * ENTRY.bytes;
    if (entry + ENTRY.bytes > file.length) return undefined;
    const name = Buffer.from(file.subarray(entry, entry + ENTRY.name)).toString("latin1");
    const raw = view.getUint32(entry + ENTRY.raw, true);
    const isWhole = view.getUint32(entry + ENTRY.rawBytes, true) >= EFI_DIGESTS_BYTES;
    if (name === SECTION) return isWhole && raw + EFI_DIGESTS_BYTES <= file.length ? raw : undefined;
  }
  return undefined;
}
