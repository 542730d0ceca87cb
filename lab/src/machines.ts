// The machines that can be emulated

import { LabError } from "./errors.ts";

/** UEFI firmware. */
export interface Firmware {
  readonly image: string;
  /** The same for Secure Boot: its code, and variables in which a certificate of `testKey` is enrolled. */
  readonly secure?: { readonly code: string; readonly variables: string };
  /** Name of the same machine without it. */
  readonly machineWithout: string;
}

interface CommonMachine {
  readonly name: string;
  readonly description: string;
  /** The emulator's program. */
  readonly program: string;
  /** Debian package that has it. */
  readonly debianPackage: string;
  readonly maxCpus: number;
  /** Why it has no more. */
  readonly whyNoMoreCpus?: string;
  /** Its firmware, when it is no BIOS. */
  readonly firmware?: Firmware;
}

/** A machine that QEMU emulates. */
export interface QemuMachine extends CommonMachine {
  readonly emulator: "qemu";
  /** `-machine`. */
  readonly board: string;
  /** `-cpu`. Without `-hypervisor,tcg-cpuid=off` the bare machine already looks virtual. */
  readonly cpu: string;
}

/** A machine that Bochs emulates. */
export interface BochsMachine extends CommonMachine {
  readonly emulator: "bochs";
  /** Bochs's model of the processor: `bochs-bin --help cpu` lists them. */
  readonly cpu: string;
}

/** A machine: which emulator, and what it is told so that guests see this processor. */
export type Machine = QemuMachine | BochsMachine;

const bochs = { emulator: "bochs", program: "bochs-bin", debianPackage: "bochs", maxCpus: 8 } as const;

const amd = {
  emulator: "qemu",
  program: "qemu-system-x86_64",
  debianPackage: "qemu-system-x86",
  board: "q35",
  cpu: "EPYC,+svm,-hypervisor,tcg-cpuid=off",
  maxCpus: 64,
} as const;

const intel = { ...bochs, cpu: "corei7_skylake_x" } as const;

/** OVMF, with code and variables in one image (package ovmf). */
const OVMF = "/usr/share/ovmf/OVMF.fd";

/**
 * The same in two parts, without system management mode: QEMU's SVM stays in the VM when that is entered, whose exits then are
 * none of the VM's.
 */
const SECURE_OVMF = {
  code: "/usr/share/OVMF/OVMF_CODE_4M.fd",
  variables: "/usr/share/OVMF/OVMF_VARS_4M.snakeoil.fd",
} as const;

/** Debian's key for tests, which nobody keeps secret (package ovmf, README.Debian). */
export const testKey = {
  key: "/usr/share/ovmf/PkKek-1-snakeoil.key",
  password: "snakeoil",
  certificate: "/usr/share/ovmf/PkKek-1-snakeoil.pem",
} as const;

const machines: readonly Machine[] = [
  {
    ...amd,
    name: "amd",
    description: "AMD EPYC with SVM and nested paging, emulated by QEMU",
  },
  {
    ...amd,
    name: "uefi",
    description: "the same with UEFI firmware (OVMF), which starts the hypervisor before Linux",
    firmware: { image: OVMF, secure: SECURE_OVMF, machineWithout: "amd" },
  },
  {
    ...intel,
    name: "intel",
    description: "Intel Skylake-X with VT-x, EPT, VPID and unrestricted guests, emulated by Bochs",
  },
  {
    ...intel,
    name: "uefi-intel",
    description: "the same with UEFI firmware (OVMF), which starts the hypervisor before Linux",
    firmware: { image: OVMF, machineWithout: "intel" },
    maxCpus: 1,
    whyNoMoreCpus: "There, OVMF has no ACPI tables, so Linux would find one processor only. Take --machine uefi.",
  },
  {
    ...bochs,
    name: "amd-bochs",
    description: "AMD Trinity with SVM, nested paging, next-RIP and flush-by-ASID, emulated by Bochs",
    cpu: "trinity_apu",
  },
];

/** Names of all machines, for help texts. */
export const machineNames: readonly string[] = machines.map((machine) => machine.name);

/** Names of those that the bare platform boots on: by a BIOS, or what stands for one. */
export const bareMachineNames: readonly string[] = machines
  .filter((machine) => machine.firmware === undefined)
  .map((machine) => machine.name);

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
