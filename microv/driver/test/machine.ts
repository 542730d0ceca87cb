// A machine whose Linux has the KVM API of MicroV, with the tests of @bareflank/vmm in /root

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LinuxMachine } from "../../../lab/src/index.ts";
import { bundle } from "../../../vmm/bundle.ts";

const programs = ["kvm-api.ts", "linux-boot.ts"].map((name) =>
  join(import.meta.dirname, "../../../vmm/test/e2e", name),
);

export interface MicrovMachine {
  /** Runs a command that must succeed: all that it printed. */
  run(command: string): Promise<string>;
  /** Pages of the microkernel's pool that nobody has. The first guests have its tables split and its caches filled. */
  freePages(): Promise<number>;
  close(): Promise<void>;
}

export async function machineWithMicrov(machine: "amd" | "intel"): Promise<MicrovMachine> {
  const folder = mkdtempSync(join(tmpdir(), "bf-kvm-"));
  try {
    const put = (await bundle(programs, folder)).map((name) => join(folder, name));
    const linux = await LinuxMachine.boot({ machine, guests: true, booted: true, put });
    const run = async (command: string): Promise<string> => {
      const { exitCode, output } = await linux.run(command);
      if (exitCode !== 0) throw new Error(`${command}: exit code ${exitCode}\n${output}`);
      return output;
    };
    const freePages = async (): Promise<number> => {
      const { stdout } = await linux.run("bfm memory --json");
      return (JSON.parse(stdout) as { pages: { free: number } }).pages.free;
    };
    await run("bfm quick microv && insmod /usr/lib/bareflank/bareflank_kvm.ko");
    return { run, freePages, close: () => linux.close() };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
