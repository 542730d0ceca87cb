// A VS as the SDK for C sees it: what its tests set and look at

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import * as abi from "@bareflank/abi";

const sdk = resolve(import.meta.dirname, "..");
const sources = ["exits.c", "intel.c", "refused.c", "values.c", "vs.c"].map((name) => join(sdk, "native", name));
const includes = [join(sdk, "include"), resolve(sdk, "../../abi/generated/c")];
const flags = ["-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", "-U__seg_fs", "-D__seg_fs=__seg_gs"];

/** Registers of the VS by their numbers. */
export type Registers = ReadonlyMap<number, bigint>;
export type Vendor = "amd" | "intel";

/** What the SDK did: registers that it wrote, CR0 as the VM sees it then, and what happens next, BF_NEXT_*. */
export interface Done {
  readonly written: Registers;
  readonly cr0: bigint;
  readonly next: number;
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

function run(vendor: Vendor, what: string, registers: Readonly<Record<number, bigint>>): Done {
  const words = Object.entries(registers).map(
    ([number, value]) => `${Number(number).toString(16)}=${value.toString(16)}`,
  );
  const lines = execFileSync(program, [vendor, what, ...words], { encoding: "utf8" })
    .trim()
    .split("\n");
  const written = lines.flatMap((line) => {
    const [number, value] = line.split("=");
    return value === undefined ? [] : [[Number.parseInt(number ?? "", 16), BigInt(`0x${value}`)] as const];
  });
  const cr0 = BigInt(`0x${/^CR0 (\w+)$/.exec(lines.at(-2) ?? "")?.[1]}`);
  return { written: new Map(written), cr0, next: Number(/^next (\d+)$/.exec(lines.at(-1) ?? "")?.[1]) };
}

/** Has it deliver again what was interrupted. */
export const redeliver = (vendor: Vendor, registers: Readonly<Record<number, bigint>>): Registers =>
  run(vendor, "redeliver", registers).written;

/** Has it start 16-bit code at 1000h:20h. */
export const startInRealMode = (vendor: Vendor): Done => run(vendor, "real-mode", {});

/** Has it answer an exit that nobody asked for, of a VM other than the root VM. On Intel the VS has the reason, too. */
export const unasked = (vendor: Vendor, reason: bigint, registers: Readonly<Record<number, bigint>> = {}): Done =>
  run(
    vendor,
    reason.toString(16),
    vendor === "intel" ? { [abi.INTEL_REG_EXIT_REASON]: reason, ...registers } : registers,
  );
