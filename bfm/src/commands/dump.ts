// bfm dump: what the hypervisor has written into its debug ring

import { existsSync, readFileSync } from "node:fs";
import { nameAddresses } from "@bareflank/toolchain/symbols";
import type { Driver } from "../driver.ts";
import { exitCodes } from "../exit-codes.ts";
import { Failure } from "../failure.ts";
import { INSTALLED_KERNEL } from "../files.ts";
import type { Outcome } from "../outcome.ts";
import { readSymbols, type SymbolFile } from "../symbols.ts";

/** Addresses become names where a file has them: those named, or the kernel's own beside the installed kernel. */
export function dump(openDriver: () => Driver, symbolFiles: readonly string[]): Outcome {
  const driver = openDriver();
  const text = driver.dump();
  if (text === "") return { text: "", remark: "bfm: the debug ring is empty", facts: { text } };
  const symbols = symbolFiles.length > 0 ? symbolFiles.map(read) : besideKernel(driver);
  const named = nameAddresses(
    text,
    symbols.map(({ table }) => table),
  ).replace(/\n$/, "");
  return { text: named, facts: { text: named } };
}

function read(name: string): SymbolFile {
  try {
    return readSymbols(readFileSync(name));
  } catch (error) {
    throw new Failure(
      "SYMBOLS",
      exitCodes.file,
      `${name} gives no symbols: ${(error as Error).message}`,
      "Name a .debug.elf file of bf build.",
      { cause: error },
    );
  }
}

/** A debug file of another build would give wrong names, so the build id decides. */
function besideKernel(driver: Driver): SymbolFile[] {
  const file = INSTALLED_KERNEL.replace(/\.elf$/, ".debug.elf");
  if (!existsSync(file)) return [];
  const symbols = read(file);
  return symbols.buildId !== undefined && symbols.buildId === driver.status().kernelBuildId ? [symbols] : [];
}
