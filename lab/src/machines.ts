// The machines that can be emulated

import { LabError } from "./errors.ts";

/** A machine: which emulator, and what it is told so that guests see this processor. */
export interface Machine {
  readonly name: string;
  readonly description: string;
  readonly emulator: "qemu";
  /** The emulator's program. */
  readonly program: string;
  /** Debian package that has it. */
  readonly debianPackage: string;
  /** `-machine`. */
  readonly board: string;
  /** `-cpu`. Without `-hypervisor,tcg-cpuid=off` the bare machine already looks virtual. */
  readonly cpu: string;
  readonly maxCpus: number;
}

const machines: readonly Machine[] = [
  {
    name: "amd",
    description: "AMD EPYC with SVM and nested paging, emulated by QEMU",
    emulator: "qemu",
    program: "qemu-system-x86_64",
    debianPackage: "qemu-system-x86",
    board: "q35",
    cpu: "EPYC,+svm,-hypervisor,tcg-cpuid=off",
    maxCpus: 64,
  },
];

/** Names of all machines, for help texts. */
export const machineNames: readonly string[] = machines.map((machine) => machine.name);

/**
 * The machine of that name.
 *
 * @throws LabError for a name that is not in the table; it lists those that are.
 */
export const findMachine = (name: string): Machine => {
  const machine = machines.find((candidate) => candidate.name === name);
  if (machine === undefined) {
    throw new LabError(
      `There is no machine "${name}".`,
      `Machines: ${machines.map((candidate) => `${candidate.name} (${candidate.description})`).join(", ")}.`,
    );
  }
  return machine;
};
