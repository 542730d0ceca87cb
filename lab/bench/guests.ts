// Guests on Linux's own KVM: what ours is held against

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundle } from "../../vmm/bundle.ts";
import { guestProgram } from "../src/image/guest-programs.ts";
import { LinuxMachine } from "../src/index.ts";
import { repository } from "../src/paths.ts";
import type { Figure } from "./figure.ts";

const GUEST = "/usr/lib/bareflank/guest";
const WORDS = "console=ttyS0 quiet cryptomgr.notests";
const QEMU = `qemu-system-x86_64 -machine microvm,rtc=on,kernel-irqchip=off -accel kvm -cpu host,-kvm-asyncpf-int -m 256 \
-nodefaults -no-user-config -no-reboot -display none -serial stdio -kernel ${GUEST}/vmlinuz -initrd ${GUEST}/initrd.img \
-append '${WORDS}'`;
const LIBRARY = `node linux.mjs ${GUEST}/vmlinuz ${GUEST}/initrd.img '${WORDS}'`;

/** Instructions of a command that boots the guest. */
async function boot(linux: LinuxMachine, command: string): Promise<number> {
  const { exitCode, output } = await linux.run(`./count ${command}`);
  const match = /tsc=(\d+)/.exec(output);
  if (exitCode !== 0 || match === null || !output.includes("GUEST-UP")) throw new Error(`${command} failed: ${output}`);
  return Number(match[1]);
}

/** Instructions of each kind of exit, as vmm/bench/exits.ts names them; the loop around it is taken off. */
async function exits(linux: LinuxMachine): Promise<Figure[]> {
  const { exitCode, output, stdout } = await linux.run("node exits.mjs");
  if (exitCode !== 0) throw new Error(output);
  const [nothing, ...others] = Object.entries(JSON.parse(stdout) as Record<string, number>);
  return others.map(([name, value], index) => ({
    key: `linuxKvmExit${index}`,
    title: `an exit of a guest on Linux's KVM: ${name}`,
    value: value - (nothing?.[1] ?? 0),
    unit: "instructions",
  }));
}

export async function guestFigures(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "bench-guests-"));
  try {
    const programs = ["vmm/bench/exits.ts", "vmm/examples/linux.ts"].map((name) => join(repository, name));
    const files = (await bundle(programs, folder)).map((name) => join(folder, name));
    const put = [...files, { from: await guestProgram("count"), to: "/root/count" }];
    const linux = await LinuxMachine.boot({ icount: true, guests: true, put });
    try {
      await linux.run("modprobe kvm_amd");
      return [
        ...(await exits(linux)),
        {
          key: "linuxKvmQemu",
          title: "QEMU boots a guest on Linux's KVM",
          value: await boot(linux, QEMU),
          unit: "instructions",
        },
        {
          key: "linuxKvmLibrary",
          title: "@bareflank/vmm does",
          value: await boot(linux, LIBRARY),
          unit: "instructions",
        },
      ];
    } finally {
      await linux.close();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}
