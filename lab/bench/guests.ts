// Guests on Linux's own KVM, and on MicroV's, one behind the other in one machine: the same programs, the same commands

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundle } from "../../vmm/bundle.ts";
import { guestProgram } from "../src/image/guest-programs.ts";
import { LinuxMachine } from "../src/index.ts";
import { repository } from "../src/paths.ts";
import type { Figure } from "./figure.ts";
import { type Lateness, latenessFigures, measureLateness } from "./lateness.ts";

const GUEST = "/usr/lib/bareflank/guest";
const WORDS = "console=ttyS0 quiet cryptomgr.notests";
const qemu = (machine: string): string =>
  `qemu-system-x86_64 -machine ${machine} -accel kvm -cpu host,-kvm-asyncpf-int -m 256 \
-nodefaults -no-user-config -no-reboot -display none -serial stdio -kernel ${GUEST}/vmlinuz -initrd ${GUEST}/initrd.img \
-append '${WORDS}'`;
/** QEMU's machines: whose interrupt controllers are its own, KVM's local APICs and its own others, all KVM's. */
const MACHINES = {
  Qemu: "microvm,rtc=on,kernel-irqchip=off",
  QemuSplit: "microvm,rtc=on,kernel-irqchip=split",
  QemuQ35: "q35,kernel-irqchip=on",
};
const LIBRARY = `node linux.mjs ${GUEST}/vmlinuz ${GUEST}/initrd.img '${WORDS}'`;

/** Instructions of a command that boots the guest. */
async function boot(linux: LinuxMachine, command: string): Promise<number> {
  const { exitCode, output } = await linux.run(`./count ${command}`);
  const match = /tsc=(\d+)/.exec(output);
  if (exitCode !== 0 || match === null || !output.includes("GUEST-UP")) throw new Error(`${command} failed: ${output}`);
  return Number(match[1]);
}

/** What one KVM takes, in instructions. */
interface Costs {
  /** Exits by what vmm/bench/exits.ts calls them; the loop around each is taken off. */
  readonly exits: ReadonlyMap<string, number>;
  /** By MACHINES. */
  readonly qemu: ReadonlyMap<string, number>;
  readonly library: number;
  readonly lateness: ReadonlyMap<string, Lateness>;
}

async function measure(linux: LinuxMachine): Promise<Costs> {
  const { exitCode, output, stdout } = await linux.run("node exits.mjs");
  if (exitCode !== 0) throw new Error(output);
  const [nothing, ...others] = Object.entries(JSON.parse(stdout) as Record<string, number>);
  const qemuBoots = new Map<string, number>();
  for (const [key, name] of Object.entries(MACHINES)) qemuBoots.set(key, await boot(linux, qemu(name)));
  return {
    exits: new Map(others.map(([name, value]) => [name, value - (nothing?.[1] ?? 0)])),
    qemu: qemuBoots,
    library: await boot(linux, LIBRARY),
    lateness: await measureLateness(linux),
  };
}

/** What MicroV may take of an exit, as a share of what Linux's KVM takes; two of five go to user space and back. */
const EXIT_LIMITS = [0.2, 0.2, 0.95, 0.95, 1.9];
const BOOT_LIMIT = 1.15;
const IRQCHIP_LIMIT = 1.1;

function figures(linux: Costs, own: Costs): Figure[] {
  const rows = [
    ...[...linux.exits].map(([name, value], index) => ({
      key: `Exit${index}`,
      title: `an exit of a guest: ${name}`,
      value,
      own: own.exits.get(name) ?? Number.NaN,
      limit: EXIT_LIMITS[index] ?? 1,
    })),
    ...Object.entries(MACHINES).map(([key, name]) => ({
      key,
      title: `QEMU boots a guest, ${name}`,
      value: linux.qemu.get(key) ?? Number.NaN,
      own: own.qemu.get(key) ?? Number.NaN,
      limit: key === "Qemu" ? BOOT_LIMIT : IRQCHIP_LIMIT,
    })),
    {
      key: "Library",
      title: "@bareflank/vmm boots a guest",
      value: linux.library,
      own: own.library,
      limit: BOOT_LIMIT,
    },
  ];
  const costs = rows.flatMap((row): Figure[] => [
    { key: `linuxKvm${row.key}`, title: `${row.title}, on Linux's KVM`, value: row.value, unit: "instructions" },
    { key: `microv${row.key}`, title: `${row.title}, on MicroV`, value: row.own, unit: "instructions" },
    {
      key: `microv${row.key}Ratio`,
      title: `${row.title}: MicroV / Linux's KVM`,
      value: row.own / row.value,
      unit: "ratio",
      limit: row.limit,
    },
  ]);
  return [...costs, ...latenessFigures(linux.lateness, own.lateness)];
}

export async function guestFigures(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "bench-guests-"));
  try {
    const programs = ["vmm/bench/exits.ts", "vmm/examples/linux.ts"].map((name) => join(repository, name));
    const files = (await bundle(programs, folder)).map((name) => join(folder, name));
    const own = ["count", "lateness"].map(async (name) => ({ from: await guestProgram(name), to: `/root/${name}` }));
    const put = [...files, ...(await Promise.all(own))];
    const machine = await LinuxMachine.boot({ icount: true, guests: true, put });
    const run = async (command: string): Promise<void> => {
      const { exitCode, output } = await machine.run(command);
      if (exitCode !== 0) throw new Error(output);
    };
    try {
      await run("modprobe kvm_amd");
      const linux = await measure(machine);
      await run("rmmod kvm_amd kvm && bfm quick microv && insmod /usr/lib/bareflank/bareflank_kvm.ko");
      return figures(linux, await measure(machine));
    } finally {
      await machine.close();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}
