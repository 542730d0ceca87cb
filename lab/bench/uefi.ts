// What a boot from UEFI costs: instructions beside those of the same boot outside, VM exits, and the application's own time
//
// QEMU's -icount does not get through the firmware: a plugin (plugin.c) counts. Two boots differ by what waits for time. Processors
// take turns meanwhile, so that those which wait take nothing from the one that works.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runTool } from "../src/host-tools.ts";
import { type PartitionFile, runLinux } from "../src/index.ts";
import type { Figure } from "./figure.ts";

/** Without a microkernel, bareflank.efi boots the same Linux in the same way, outside. */
const OUTSIDE: PartitionFile[] = [{ path: "/EFI/bareflank/kernel.elf" }];

const BOOTS = 3;

/** What became of a boot: sums from the machine's first instruction to its last, by way of Linux's first command. */
interface Boot {
  readonly instructions: number;
  readonly exits: number;
  /** What hypervisor and loader wrote. */
  readonly serial: string;
}

/** Boots Linux, and switches it off. */
async function boot(plugin: string, folder: string, smp: number, partition: readonly PartitionFile[]): Promise<Boot> {
  const sums = join(folder, "sums");
  const command = "bf-cpuid --leaf 0x40000000; poweroff -f; sleep 60";
  const result = await runLinux({ machine: "uefi", smp, partition, plugin: `${plugin},to=${sums}`, command });
  if (result.folder !== undefined) rmSync(result.folder, { recursive: true });
  const inside = result.stdout.split('"ebx":"0x65726142"').length - 1;
  if (result.kind !== "powered-off" || inside !== (partition === OUTSIDE ? 0 : smp)) {
    throw new Error(`Linux did not boot from UEFI as it was to. ${result.message}\n${result.serial}`);
  }
  const [instructions = Number.NaN, exits = Number.NaN] = readFileSync(sums, "utf8").split(" ").map(Number);
  return { instructions, exits, serial: result.serial };
}

/** How long the application took until the firmware loads what it boots, beside what the firmware had taken by then. */
function startShare(serial: string): number {
  const firmware = /Bareflank starts from UEFI, (\d+) ms behind the reset/.exec(serial)?.[1];
  const start = /bareflank: +(\d+\.\d) ms {2}loading /.exec(serial)?.[1];
  if (firmware === undefined || start === undefined) throw new Error(`There are no times.\n${serial}`);
  return Number(start) / Number(firmware);
}

const least = (boots: readonly Boot[], of: (boot: Boot) => number) => Math.min(...boots.map(of));

export async function uefiFigures(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "bench-uefi-"));
  try {
    const plugin = join(folder, "plugin.so");
    const source = join(import.meta.dirname, "plugin.c");
    runTool("clang", ["-shared", "-fPIC", "-O2", "-Wall", "-Wextra", "-Werror", "-o", plugin, source]);
    const boots = async (smp: number, partition: readonly PartitionFile[]) => {
      const all: Boot[] = [];
      for (let i = 0; i < BOOTS; i++) all.push(await boot(plugin, folder, smp, partition));
      return all;
    };
    const inside = await boots(1, []);
    const outside = least(await boots(1, OUTSIDE), ({ instructions }) => instructions);
    const four = await boots(4, []);
    return [
      { key: "uefiBoot", title: "UEFI and Linux to its first command, outside", value: outside, unit: "instructions" },
      {
        key: "uefiBootRatio",
        title: "the same with / without hypervisor and boot extension, its start included",
        value: least(inside, ({ instructions }) => instructions) / outside,
        unit: "ratio",
        limit: 1.05,
      },
      {
        key: "uefiExits",
        title: "VM exits of such a boot, one processor",
        value: least(inside, ({ exits }) => exits),
        unit: "exits",
        limit: 7000,
      },
      {
        key: "uefiStartShare",
        title: "bareflank.efi's time until it boots what comes next / the firmware's before it, four processors",
        value: least(four, ({ serial }) => startShare(serial)),
        unit: "ratio",
        limit: 0.1,
      },
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}
