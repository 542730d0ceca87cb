// The digests of the files that belong to a signed application: abi/src/efi.ts says why
//
// What is listed is what `bfm efi install --sign` wrote beside the application. Which file is which the configuration says,
// whose digest is the first.

import { EFI_DIGESTS_COUNT, EFI_DIGESTS_DIGEST, MOST_DIGESTS, SHA256_BYTES } from "../../abi/generated/bare/efi";
import { peek32, peek64 } from "../../bsl/src/memory";
import { fileDigests } from "./firmware";
import { sha256 } from "./sha256";

function count(): u32 {
  const listed = peek32(fileDigests() + EFI_DIGESTS_COUNT);
  return listed < MOST_DIGESTS ? listed : MOST_DIGESTS;
}

/** Whether there are any: then nothing else is to be read. */
export function hasDigests(): bool {
  return count() !== 0;
}

/** Whether the configuration is what was signed; where there are no digests, any is. */
export function isSignedConfiguration(address: u64, bytes: u64): bool {
  return count() === 0 || isDigest(0, sha256(address, bytes));
}

/** Whether there is to be none. */
export function isUnconfigured(): bool {
  if (count() === 0) return true;
  for (let at: u64 = 0; at < SHA256_BYTES; at += 8) if (peek64(digestAt(0) + at) !== 0) return false;
  return true;
}

/** The same of another file. */
export function isSignedFile(address: u64, bytes: u64): bool {
  if (count() === 0) return true;
  const digest = sha256(address, bytes);
  for (let i: u32 = 1; i < count(); i++) if (isDigest(i, digest)) return true;
  return false;
}

function digestAt(index: u32): u64 {
  return fileDigests() + EFI_DIGESTS_DIGEST + <u64>index * SHA256_BYTES;
}

function isDigest(index: u32, digest: usize): bool {
  for (let at: u32 = 0; at < SHA256_BYTES; at += 8) {
    if (peek64(digestAt(index) + at) !== load<u64>(digest + at)) return false;
  }
  return true;
}
