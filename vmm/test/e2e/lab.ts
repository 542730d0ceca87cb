// What the library's tests need in the lab: programs bundled, and a machine with a KVM

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LinuxMachine } from "../../../lab/src/index.ts";
import { bundle } from "../../bundle.ts";

const programs = ["kvm-api.ts", "linux-boot.ts"].map((name) => join(import.meta.dirname, name));
const examples = join(import.meta.dirname, "../../examples");

/** A machine whose Linux has loaded its KVM, with the tests and the examples in /root. */
export const machineWithKvm = async (machine: "amd" | "intel"): Promise<LinuxMachine> => {
  const folder = mkdtempSync(join(tmpdir(), "bf-vmm-"));
  try {
    const files = await bundle([...programs, join(examples, "hello.ts"), join(examples, "linux.ts")], folder);
    const put = files.map((name) => join(folder, name));
    const linux = await LinuxMachine.boot({ machine, guests: true, booted: true, put });
    const { exitCode, output } = await linux.run(`modprobe ${machine === "amd" ? "kvm_amd" : "kvm_intel"}`);
    if (exitCode !== 0) throw new Error(`There is no KVM: ${output}`);
    return linux;
  } finally {
    rmSync(folder, { recursive: true });
  }
};
