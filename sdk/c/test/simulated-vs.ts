// A VS as the SDK for C sees it: what its tests set and look at

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const sdk = resolve(import.meta.dirname, "..");
const sources = ["intel.c", "refused.c", "vs.c"].map((name) => join(sdk, "native", name));
const includes = [join(sdk, "include"), resolve(sdk, "../../abi/generated/c")];
const flags = ["-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", "-U__seg_fs", "-D__seg_fs=__seg_gs"];

/** Registers of the VS by their numbers. */
export type Registers = ReadonlyMap<number, bigint>;
export type Vendor = "amd" | "intel";

/** What the SDK did: registers that it wrote, and CR0 as the VM sees it then. */
export interface Done {
  readonly written: Registers;
  readonly cr0: bigint;
}

let folder: string | undefined;
let program = "";

/** Before all tests of a file. */
export function load(): void {
  folder = mkdtempSync(join(tmpdir(), "bf-sdk-c-"));
  program = join(folder, "simulated-vs");
  const own = join(import.meta.dirname, "simulated-vs.c");
  execFileSync("clang", [...flags, ...includes.flatMap((path) => ["-I", path]), own, ...sources, "-o", program]);
}

/** After them. */
export function unload(): void {
  if (folder !== undefined) rmSync(folder, { recursive: true });
}

/** Has it start 16-bit code at 1000h:20h. */
export function startInRealMode(vendor: Vendor): Done {
  const lines = execFileSync(program, [vendor], { encoding: "utf8" }).trim().split("\n");
  const written = lines.flatMap((line) => {
    const [number, value] = line.split("=");
    return value === undefined ? [] : [[Number.parseInt(number ?? "", 16), BigInt(`0x${value}`)] as const];
  });
  return { written: new Map(written), cr0: BigInt(`0x${/^CR0 (\w+)$/.exec(lines.at(-1) ?? "")?.[1]}`) };
}
