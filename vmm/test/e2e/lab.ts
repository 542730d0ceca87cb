// What the library's tests need in the lab: programs bundled, and a machine with a KVM

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LinuxMachine, type LinuxOptions } from "../../../lab/src/index.ts";
import { bundle } from "../../bundle.ts";

const programs = ["kvm-api.ts", "linux-boot.ts", "exit-while-running.ts"];
const examples = ["hello.ts", "linux.ts"];

/**
 * A machine with what guests need, and with the tests and the examples in /root: kvm-api.mjs, linux-boot.mjs,
 * exit-while-running.mjs, hello.mjs, linux.mjs. Which KVM they take says BAREFLANK_KVM there.
 */
export const machineWithTests = async (options: LinuxOptions): Promise<LinuxMachine> => {
  const folder = mkdtempSync(join(tmpdir(), "bf-vmm-"));
  try {
    const files = await bundle(
      [
        ...programs.map((name) => join(import.meta.dirname, name)),
        ...examples.map((name) => join(import.meta.dirname, "../../examples", name)),
      ],
      folder,
    );
    const put = [...(options.put ?? []), ...files.map((name) => join(folder, name))];
    return await LinuxMachine.boot({ ...options, guests: true, put });
  } finally {
    rmSync(folder, { recursive: true });
  }
};

/** The same, whose Linux has loaded its own KVM. */
export const machineWithKvm = async (machine: "amd" | "intel"): Promise<LinuxMachine> => {
  const linux = await machineWithTests({ machine });
  const { exitCode, output } = await linux.run(`modprobe ${machine === "amd" ? "kvm_amd" : "kvm_intel"}`);
  if (exitCode !== 0) throw new Error(`There is no KVM: ${output}`);
  return linux;
};
