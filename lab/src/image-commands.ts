// `bf image usb`: the command line

import type { Command } from "commander";
import { LabError } from "./errors.ts";
import { makeStick } from "./image/stick.ts";
import { outcomes } from "./outcome.ts";

interface UsbFlags {
  readonly output: string;
  readonly force?: boolean;
  readonly kernel?: string;
  readonly manifest?: string;
  readonly set: readonly string[];
  readonly memory?: string;
  readonly sign?: readonly string[];
}

const MIB = 1024 * 1024;

const collect = (value: string, previous: readonly string[]): string[] => [...previous, value];

const usb = (extensions: readonly string[], { set, ...flags }: UsbFlags): void => {
  try {
    const bytes = makeStick({ ...flags, extensions, settings: set });
    process.stdout.write(
      `${flags.output}: ${bytes / MIB} MiB. Copy it onto a stick, all of which it overwrites:\n` +
        `  sudo dd if=${flags.output} of=/dev/sdX bs=4M conv=fsync status=progress\n` +
        `Or try it in an emulated machine first:\n` +
        `  bf lab run --machine uefi --stick ${flags.output} -- bf-cpuid --leaf 0x40000000\n`,
    );
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    process.stderr.write(`image: ${error.message}\n${error.hint === "" ? "" : `image: ${error.hint}\n`}`);
    process.exitCode = outcomes["lab-error"].exitCode;
  }
};

/** Adds `image usb` to the command `bf`. */
export const registerImage = (program: Command): void => {
  program
    .command("image")
    .description("images of disks that start the hypervisor from UEFI")
    .command("usb")
    .description("make the image of a USB stick: it starts the hypervisor, and then what the computer boots otherwise")
    .argument("[extension...]", "extensions' ELF files; extensions/boot when none is named")
    .requiredOption("--output <file>", "the image's file")
    .option("--force", "replace a file that is there")
    .option("--kernel <file>", "ELF file of the microkernel (build/kernel/kernel.elf)")
    .option("--manifest <file>", "load manifest that names the extensions, and what each may do")
    .option("--set <key=value>", "a setting for the first extension; may be repeated", collect, [])
    .option("--memory <size>", "memory that the hypervisor gets, e.g. 64M")
    .option("--sign <file...>", "sign the application by this key and certificate, two PEM files")
    .addHelpText("after", "\nExample:\n  bf image usb --output stick.img\n")
    .action(usb);
};
