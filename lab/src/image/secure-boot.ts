// What UEFI firmware starts with Secure Boot on: signed by the key whose certificate is enrolled (machines.ts)

import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LabError } from "../errors.ts";
import { runTool } from "../host-tools.ts";
import { testKey } from "../machines.ts";
import { products } from "../paths.ts";
import { bfmInstall, INSTALLED, INSTALLED_CONFIGURATION } from "./bfm-install.ts";

/** Signs files in a scratch folder. */
export class Signer {
  readonly #folder: string;
  readonly #key: string;

  constructor(folder: string) {
    if (!existsSync(testKey.key)) {
      throw new LabError(`${testKey.key} does not exist, so nothing can be signed.`, "apt install ovmf");
    }
    mkdirSync(folder, { recursive: true });
    this.#folder = folder;
    this.#key = join(folder, "key.pem");
    runTool("openssl", ["pkey", "-in", testKey.key, "-passin", `pass:${testKey.password}`, "-out", this.#key]);
  }

  /** A UEFI application, signed. Returns the copy's path. */
  application(source: string): string {
    const signed = join(this.#folder, "signed.efi");
    runTool("sbsign", ["--key", this.#key, "--cert", testKey.certificate, "--output", signed, source]);
    return signed;
  }

  /** bareflank.efi, signed with kernel, extensions (bfm's words) and this configuration as a user of bfm does. */
  bareflank(extensions: readonly string[], configuration: string): string {
    const folder = join(this.#folder, "installed");
    mkdirSync(folder);
    bfmInstall(folder, products.kernel, extensions);
    writeFileSync(join(folder, INSTALLED_CONFIGURATION), configuration);
    const keys = ["--sign", this.#key, testKey.certificate];
    bfmInstall(folder, products.kernel, [...extensions, "--keep-configuration", ...keys]);
    return join(folder, INSTALLED);
  }
}
