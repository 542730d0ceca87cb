// `bfm efi install` into a folder: what it checks and writes is the same for a stick, or the lab's disk, as for a computer's

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { LabError } from "../errors.ts";
import { products } from "../paths.ts";

/** Where bfm puts them, in the folder. */
export const INSTALLED = "EFI/bareflank/bareflank.efi";
export const INSTALLED_CONFIGURATION = "EFI/bareflank/bareflank.json";

/**
 * Runs it.
 *
 * @param words what comes behind the folder, the application and the kernel
 * @throws LabError when something is not built, or with what bfm says
 */
export const bfmInstall = (folder: string, kernel: string, words: readonly string[]): void => {
  const bfm = join(products.bfm, "bfm");
  for (const product of [products.uefi, bfm]) {
    if (!existsSync(product)) throw new LabError(`${product} does not exist.`, "Build it: bf build");
  }
  const all = [
    ...["efi", "install", "--esp", folder, "--no-entry", "--application", products.uefi, "--kernel", kernel],
    ...words,
  ];
  try {
    execFileSync(bfm, all, { stdio: ["ignore", "ignore", "pipe"], encoding: "utf8" });
  } catch (error) {
    const said = (error as { readonly stderr?: string }).stderr ?? (error as Error).message;
    const [sentence = "", hint = ""] = said.replace(/^bfm: /, "").split("\n");
    throw new LabError(sentence, hint, { cause: error });
  }
};
