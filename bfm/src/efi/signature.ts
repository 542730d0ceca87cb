// Signs bareflank.efi for Secure Boot, by sbsign, with a key that the firmware's owner enrolled

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exitCodes } from "../exit-codes.ts";
import { Failure } from "../failure.ts";
import type { Firmware } from "./firmware.ts";

/** PEM files. */
export interface SigningKey {
  readonly key: string;
  readonly certificate: string;
}

export function sign(firmware: Firmware, application: Uint8Array, { key, certificate }: SigningKey): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), "bfm-sign-"));
  try {
    const [plain, signed] = [join(folder, "plain.efi"), join(folder, "signed.efi")];
    writeFileSync(plain, application);
    const ended = firmware.run("sbsign", ["--key", key, "--cert", certificate, "--output", signed, plain]);
    if (ended === undefined) throw failure("sbsign is not installed", "Install it: apt install sbsigntool");
    if (ended.status !== 0) {
      const why = ended.error.trim().split("\n").at(-1) ?? "";
      throw failure(`sbsign failed: ${why}`, "Name a private key and its certificate, both as PEM files.");
    }
    return readFileSync(signed);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const failure = (message: string, advice: string) => new Failure("SIGN", exitCodes.failed, message, advice);
