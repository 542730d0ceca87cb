// A machine whose Linux has the KVM API of MicroV, with the tests of @bareflank/vmm in /root

import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LinuxMachine, type LinuxOptions } from "../../../lab/src/index.ts";
import { bundle } from "../../../vmm/bundle.ts";

const programs = [
  "../../../vmm/test/e2e/kvm-api.ts",
  "../../../vmm/test/e2e/linux-boot.ts",
  "guest/processors.ts",
  "ioctl-fuzz/ioctl-fuzz.ts",
].map((name) => join(import.meta.dirname, name));
const guests = join(import.meta.dirname, "guest");
const flags = ["-O2", "-static", "-Wall", "-Wextra", "-Werror", "-std=gnu11"];

/** What is looked at of `bfm memory --json`. */
interface Report {
  readonly slabs: readonly { readonly name: string; readonly used: number }[];
  readonly owners: {
    readonly extensions: readonly { readonly name: string; readonly pages: number }[];
    readonly vms: readonly { readonly id: number; readonly pages: number }[];
  };
}

export interface MicrovMachine {
  readonly linux: LinuxMachine;
  /** Runs a command that must succeed: all that it printed. */
  run(command: string): Promise<string>;
  /** Pages of the microkernel's pool that nobody has. The first guests have its tables split and its caches filled. */
  freePages(): Promise<number>;
  /** What is there because of guests: the microkernel's objects by kind, what Linux has pinned, and has allocated for the module. */
  kept(): Promise<string>;
  close(): Promise<void>;
}

export async function machineWithMicrov(machine: "amd" | "intel", options: LinuxOptions = {}): Promise<MicrovMachine> {
  const folder = mkdtempSync(join(tmpdir(), "bf-kvm-"));
  try {
    const rough = join(folder, "rough");
    const sources = readdirSync(guests).filter((name) => name.endsWith(".c"));
    execFileSync("clang", [...flags, "-o", rough, ...sources.map((name) => join(guests, name))]);
    const put = [rough, ...(await bundle(programs, folder)).map((name) => join(folder, name))];
    const linux = await LinuxMachine.boot({ machine, guests: true, ...options, put });
    const run = async (command: string): Promise<string> => {
      const { exitCode, output } = await linux.run(command);
      if (exitCode !== 0) throw new Error(`${command}: exit code ${exitCode}\n${output}`);
      return output;
    };
    const freePages = async (): Promise<number> => {
      const { stdout } = await linux.run("bfm memory --json");
      return (JSON.parse(stdout) as { pages: { free: number } }).pages.free;
    };
    const kept = async (): Promise<string> => {
      const { stdout } = await linux.run("bfm memory --json");
      const { slabs, owners } = JSON.parse(stdout) as Report;
      const objects = [
        ...slabs.map(({ name, used }) => `${name} ${used}`),
        ...owners.extensions.map(({ name, pages }) => `${name} ${pages}`),
        ...owners.vms.map(({ id, pages }) => `VM ${id} ${pages}`),
      ];
      // Each processor counts for itself
      await run("cat /proc/sys/vm/stat_refresh");
      const pinned = await run(
        "awk '/foll_pin_acquired/ { n += $2 } /foll_pin_released/ { n -= $2 } END { print n }' /proc/vmstat",
      );
      const areas = await run("grep -c bareflank_kvm /proc/vmallocinfo; true");
      return `${objects.join(", ")}; pinned ${pinned.trim()}, areas ${areas.trim()}`;
    };
    await run("bfm quick microv && insmod /usr/lib/bareflank/bareflank_kvm.ko");
    return { linux, run, freePages, kept, close: () => linux.close() };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
