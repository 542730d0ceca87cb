// `bf lab run`, `bf lab shell`, `bf lab bare`: the command line, and where all others of the lab are added

import { writeFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { type Command, Option } from "commander";
import { auditBare, auditText } from "./audit/audit.ts";
import { runBare } from "./bare.ts";
import { checkWords, describeWords } from "./bare-words.ts";
import { registerDev } from "./dev-command.ts";
import { FUNCTIONS_LOG } from "./emulator/functions.ts";
import { endingWithCode, note } from "./ending.ts";
import { LabError } from "./errors.ts";
import { DEFAULT_GDB_PORT, gdbCommand } from "./gdb.ts";
import type { UefiLoader } from "./image/system-partition.ts";
import { registerImage } from "./image-commands.ts";
import { registerKvmTests } from "./kvm-test-commands.ts";
import { runKvmTests } from "./kvm-tests/run.ts";
import { runLinux } from "./linux/run.ts";
import { runShell } from "./linux/shell.ts";
import { bareMachineNames, machineNames } from "./machines.ts";
import { freshHelp, memorySize, wholeNumber } from "./option-values.ts";
import { describeExitCodes } from "./outcome.ts";
import { registerStanding } from "./standing-commands.ts";

/** Options that all three commands have. */
interface MachineFlags {
  readonly machine: string;
  readonly smp: number;
  readonly memory: string;
  readonly icount?: boolean;
  readonly cpu?: string;
  readonly append?: string;
  readonly gdb?: number | true;
  readonly keep?: boolean;
}

interface RunFlags extends MachineFlags {
  readonly put: string[];
  readonly get: string[];
  readonly crashKernel?: string;
  readonly stick?: string;
  readonly guests?: boolean;
  readonly fresh?: boolean;
  readonly uefiLoader?: UefiLoader;
  readonly manifest?: string;
  readonly secureBoot?: boolean;
  readonly timeout?: number;
  readonly bootTimeout?: number;
}

interface ShellFlags extends MachineFlags {
  readonly put?: string[];
  readonly fresh?: boolean;
  readonly guests?: boolean;
}

interface BareFlags extends MachineFlags {
  readonly extension: string[];
  readonly manifest?: string;
  readonly set: readonly string[];
  readonly kernel?: string;
  readonly timeout?: number;
  readonly audit?: boolean;
  readonly isolateKernel?: boolean;
}

/** Exit code of an audit with findings; the bare platform's own end below. */
const AUDIT_FAILED = 21;

const collect = (value: string, previous: readonly string[]): string[] => [...previous, value];

/** The port that `--gdb` names, and the command to type for it on stderr. */
const gdbPort = (flag: number | true | undefined, files: readonly string[] = []): number | undefined => {
  if (flag === undefined) {
    return undefined;
  }
  const port = flag === true ? DEFAULT_GDB_PORT : flag;
  note(`waiting for GDB: ${gdbCommand(port, files)}`);
  return port;
};

/** What the commands call; tests put others in their place. */
export interface Runners {
  readonly runLinux: typeof runLinux;
  readonly runShell: typeof runShell;
  readonly runBare: typeof runBare;
  readonly auditBare: typeof auditBare;
  readonly runKvmTests: typeof runKvmTests;
}

const run = (runners: Runners, words: readonly string[], flags: RunFlags): Promise<void> =>
  endingWithCode(async () => {
    const result = await runners.runLinux({
      ...flags,
      gdbPort: gdbPort(flags.gdb, flags.put),
      command: words.join(" "),
      crashKernel: undefined,
      crashCommand: flags.crashKernel,
      onNote: note,
      onOutput: (chunk, stream) => process[stream].write(chunk),
    });
    for (const [name, content] of result.files) {
      writeFileSync(resolve(basename(name)), content);
    }
    if (result.lastWords !== "") {
      note(result.lastWords.trimEnd());
    }
    if (result.message !== "") {
      note(result.message);
    } else if (result.folder !== undefined) {
      note(`logs: ${result.folder}`);
    }
    return result.exitCode;
  });

const shell = (runners: Runners, flags: ShellFlags): Promise<void> =>
  endingWithCode(() => {
    note("Ctrl-A X ends the machine, and so does exit.");
    return runners.runShell({ ...flags, gdbPort: gdbPort(flags.gdb, flags.put), onNote: note });
  });

/** The bare platform's command line. */
const wordsOf = (append = "", isolateKernel = false): string => {
  checkWords(append);
  return `${append}${isolateKernel ? " isolate=1" : ""}`.trim();
};

/** Said before a machine is made for nothing. */
function requireExtension({ extension, manifest }: Pick<BareFlags, "extension" | "manifest">): void {
  if (extension.length > 0 || manifest !== undefined) return;
  throw new LabError("There is no extension to run.", "Name one: --extension FILE, or --manifest FILE.");
}

const audit = (runners: Runners, { audit: _, gdb, timeout, isolateKernel, set, ...flags }: BareFlags): Promise<void> =>
  endingWithCode(async () => {
    if (gdb !== undefined || timeout !== undefined) {
      throw new LabError("An audit ends by itself, and holds the machine itself.", "Leave --gdb and --timeout away.");
    }
    requireExtension(flags);
    const result = await runners.auditBare({
      ...flags,
      settings: set,
      extensions: flags.extension,
      append: wordsOf(flags.append, isolateKernel),
    });
    process.stdout.write(auditText(result));
    return result.findings.length === 0 ? 0 : AUDIT_FAILED;
  });

const bare = (runners: Runners, flags: BareFlags): Promise<void> =>
  endingWithCode(async () => {
    requireExtension(flags);
    const { set: settings, ...rest } = flags;
    const result = await runners.runBare({
      ...rest,
      settings,
      extensions: flags.extension,
      append: wordsOf(flags.append, flags.isolateKernel),
      gdbPort: gdbPort(flags.gdb, flags.extension),
      onText: (text) => process.stdout.write(text),
    });
    if (result.message !== "") {
      note(result.message);
    } else if (result.folder !== undefined) {
      note(`logs: ${result.folder}`);
    }
    if (result.kind === "hang") {
      note(
        `Where each processor was stands in ${FUNCTIONS_LOG} there. An extension that never returns is told by --append watchdog=1000.`,
      );
    }
    return result.exitCode;
  });

const withMachineOptions = (command: Command, names: readonly string[], memory: string): Command =>
  command
    .requiredOption("--machine <name>", `the machine to emulate: ${names.join(", ")}`)
    .option("--smp <n>", "number of processors", wholeNumber, 1)
    .option("--memory <size>", "memory, e.g. 512M or 2G", memorySize, memory)
    .option("--icount", "count instructions: RDTSC is exact and repeatable; one processor only")
    .option(
      "--cpu <model>",
      "replace the machine's processor: QEMU's -cpu, e.g. EPYC,-svm; Bochs's model, e.g. core2_penryn_t9600",
    )
    .option("--gdb [port]", `wait for GDB on this port (${DEFAULT_GDB_PORT}) before the first instruction`, wholeNumber)
    .option("--keep", "keep the logs when all goes well, too, and name their folder");

const exitCodeHelp = `\nExit codes:\n${describeExitCodes()}\n`;

/**
 * Adds `lab` with all its commands, `image usb` and `dev` to the command `bf`.
 *
 * @example
 * register(program);
 * await program.parseAsync(process.argv);
 */
export const register = (
  program: Command,
  runners: Runners = { runLinux, runShell, runBare, auditBare, runKvmTests },
): void => {
  registerImage(program);
  registerDev(program);
  const lab = program.command("lab").description("emulated machines: run Linux, or one extension on nothing at all");

  withMachineOptions(lab.command("run"), machineNames, "1G")
    .description("boot Debian's Linux, run a command in it as root, and end with its exit code")
    .argument("<command...>", "what to run in /bin/sh, in /root")
    .option("--put <file>", "copy a file to /root; may be repeated", collect, [])
    .option("--get <file>", "fetch a file of the machine into this folder afterwards; may be repeated", collect, [])
    .option("--timeout <seconds>", "most seconds for the command, not counting what a busy host lacks", wholeNumber)
    .option(
      "--boot-timeout <seconds>",
      "most seconds until Linux is up, not counting what a busy host lacks",
      wholeNumber,
    )
    .option("--append <words>", "more words for Linux's command line")
    .option("--stick <file>", "put this image into the machine as a USB stick; UEFI firmware boots from it first")
    .option("--guests", "take QEMU along, and a small guest for it: /usr/lib/bareflank/guest/{vmlinuz,initrd.img}")
    .option("--fresh", freshHelp)
    .addOption(
      new Option("--uefi-loader <name>", "where the machine has UEFI firmware: what boots Linux")
        .choices(["stub", "grub"])
        .default("stub"),
    )
    .option("--manifest <file>", "where the machine has UEFI firmware: load manifest of what starts before Linux")
    .option(
      "--secure-boot",
      "on the machine uefi: its firmware starts only what is signed, and the lab signs what it boots",
    )
    .option("--crash-kernel <command>", "load a crash kernel first; when Linux panics, run this command in it")
    .addHelpText(
      "after",
      `${exitCodeHelp}
Examples:
  bf lab run --machine amd -- uname -a
  bf lab run --machine amd --smp 2 -- 'bfm quick && bfm status --json'
  bf lab run --machine uefi-intel -- 'bf-cpuid --leaf 0x40000000'
  bf lab run --machine amd --put test.sh --get result.txt -- sh test.sh
`,
    )
    .action((words: string[], flags: RunFlags) => run(runners, words, flags));

  withMachineOptions(lab.command("shell"), machineNames, "1G")
    .description("boot Debian's Linux and give this terminal to a root shell in it")
    .option("--put <file>", "copy a file to /root; may be repeated", collect, [])
    .option("--append <words>", "more words for Linux's command line")
    .option("--guests", "take QEMU along, and a small guest for it: /usr/lib/bareflank/guest/{vmlinuz,initrd.img}")
    .option("--fresh", freshHelp)
    .addHelpText("after", `${exitCodeHelp}\nExample:\n  bf lab shell --machine amd --smp 2\n`)
    .action((flags: MachineFlags & { readonly guests?: boolean }) => shell(runners, flags));

  withMachineOptions(lab.command("bare"), bareMachineNames, "256M")
    .description("run kernel and extension without an operating system, and print what they write to COM1")
    .option("--extension <file>", "ELF file of an extension; may be repeated", collect, [])
    .option("--manifest <file>", "load manifest that names the extensions, and what each may do")
    .option("--kernel <file>", "ELF file of the microkernel (build/kernel/kernel.elf)")
    .option("--timeout <seconds>", "most seconds that it may run, not counting what a busy host lacks", wholeNumber)
    .option("--set <key=value>", "a setting for the first extension; may be repeated", collect, [])
    .option("--append <words>", "what the root VM does, e.g. 'cpuid=1000 leaf=1'; the words are listed below")
    .option("--audit", "look at all page tables from outside while the root VM makes exits, and print what is wrong")
    .option("--isolate-kernel", "map nothing of the microkernel while an extension runs but what entries need")
    .addHelpText(
      "after",
      `${exitCodeHelp}
The bare platform ends a run with a value: 16, all went well, becomes exit code 0; 17, the loader reported an error;
18, the machine is of no use; 19, a bug; 20, memory was lost. An audit that finds something ends with 21.

Words of --append, all word=NUMBER:
${describeWords()}

Examples:
  bf lab bare --machine amd --extension build/extensions/default/default.elf
  bf lab bare --machine amd --smp 2 --extension build/extensions/default/default.elf --audit
`,
    )
    .action((flags: BareFlags) => (flags.audit === true ? audit(runners, flags) : bare(runners, flags)));

  registerStanding(lab);
  registerKvmTests(lab, runners);
};
