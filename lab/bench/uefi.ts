// What Linux that boots from UEFI, inside, executes more than the same boot outside
//
// QEMU's -icount does not get through the firmware: a plugin (plugin.c) counts. Two boots differ by what waits for time.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runTool } from "../src/host-tools.ts";
import { type PartitionFile, runLinux } from "../src/index.ts";
import type { Figure } from "./figure.ts";

/** Without a microkernel, bareflank.efi boots the same Linux in the same way, outside. */
const OUTSIDE: PartitionFile[] = [{ path: "/EFI/bareflank/kernel.elf" }];

const BOOTS = 3;

/** Instructions from the machine's first to its last, Linux's way to its command and off again. */
async function executed(plugin: string, partition: readonly PartitionFile[], folder: string): Promise<number> {
  const sum = join(folder, "executed");
  const command = "bf-cpuid --leaf 0x40000000; poweroff -f; sleep 60";
  const result = await runLinux({ machine: "uefi", partition, plugin: `${plugin},to=${sum}`, command });
  if (result.folder !== undefined) rmSync(result.folder, { recursive: true });
  const isInside = result.stdout.includes('"ebx":"0x65726142"');
  if (result.kind !== "powered-off" || isInside !== (partition !== OUTSIDE)) {
    throw new Error(`Linux did not boot from UEFI as it was to. ${result.message}\n${result.serial}`);
  }
  return Number(readFileSync(sum, "utf8"));
}

export async function uefiFigures(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "bench-uefi-"));
  try {
    const plugin = join(folder, "plugin.so");
    runTool("clang", [
      "-shared",
      "-fPIC",
      "-O2",
      "-Wall",
      "-Wextra",
      "-Werror",
      "-o",
      plugin,
      join(import.meta.dirname, "plugin.c"),
    ]);
    const least = async (partition: readonly PartitionFile[]) => {
      const counts: number[] = [];
      for (let i = 0; i < BOOTS; i++) counts.push(await executed(plugin, partition, folder));
      return Math.min(...counts);
    };
    const inside = await least([]);
    const outside = await least(OUTSIDE);
    return [
      { key: "uefiBoot", title: "UEFI and Linux to its first command, outside", value: outside, unit: "instructions" },
      {
        key: "uefiBootRatio",
        title: "the same with / without hypervisor, its start included",
        value: inside / outside,
        unit: "ratio",
        limit: 1.05,
      },
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}
