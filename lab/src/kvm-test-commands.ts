// `bf lab kvm-tests`: the command line

import { type Command, Option } from "commander";
import { endingWithCode, note } from "./ending.ts";
import { LabError } from "./errors.ts";
import { isGood, jsonOf, type Kvm, summaryOf, tableOf } from "./kvm-tests/comparison.ts";
import type { runKvmTests } from "./kvm-tests/run.ts";
import { findTests } from "./kvm-tests/tests.ts";
import { bareMachineNames } from "./machines.ts";
import { memorySize, wholeNumber } from "./option-values.ts";
import { describeExitCodes } from "./outcome.ts";

interface KvmTestsFlags {
  readonly machine: string;
  readonly kvm: Kvm | "both";
  readonly smp: number;
  readonly memory: string;
  readonly silence: number;
  readonly limit: number;
  readonly output?: string;
  readonly json?: boolean;
}

/** Exit code when a test passes on Linux's KVM and not on MicroV. */
const SOME_WORSE = 1;

const kvmTests = (
  runners: { readonly runKvmTests: typeof runKvmTests },
  folder: string,
  names: readonly string[],
  { kvm, json, ...flags }: KvmTestsFlags,
): Promise<void> =>
  endingWithCode(async () => {
    if (!bareMachineNames.includes(flags.machine)) {
      throw new LabError(
        `Tests for a KVM do not run on the machine "${flags.machine}".`,
        `Take one of ${bareMachineNames.join(", ")}.`,
      );
    }
    const tests = findTests(folder, names);
    const kvms: readonly Kvm[] = kvm === "both" ? ["linux", "microv"] : [kvm];
    const rows = await runners.runKvmTests(tests, { ...flags, kvms, onNote: note });
    process.stdout.write(json === true ? `${jsonOf(flags.machine, rows)}\n` : tableOf(rows, kvms));
    note(summaryOf(rows));
    return rows.every(isGood) ? 0 : SOME_WORSE;
  });

/** Adds `kvm-tests` to the command `lab`. */
export const registerKvmTests = (lab: Command, runners: { readonly runKvmTests: typeof runKvmTests }): void => {
  lab
    .command("kvm-tests")
    .description("run others' tests on Linux's own KVM and on MicroV's, and compare")
    .argument("<folder>", "what is built of kvm-unit-tests (*.flat) or of Linux's tools/testing/selftests/kvm")
    .argument("[name...]", "tests to run; all, when none is named")
    .requiredOption("--machine <name>", `the machine to emulate: ${bareMachineNames.join(", ")}`)
    .addOption(new Option("--kvm <whose>", "whose KVM").choices(["linux", "microv", "both"]).default("both"))
    .option("--smp <n>", "number of processors", wholeNumber, 1)
    .option("--memory <size>", "memory, e.g. 512M or 2G", memorySize, "1G")
    .option("--silence <seconds>", "a test that writes nothing for so long is ended", wholeNumber, 60)
    .option("--limit <seconds>", "a test that takes longer is ended", wholeNumber, 600)
    .option("--output <folder>", "keep what each test wrote: NAME.linux.txt, NAME.microv.txt")
    .option("--json", "print names and numbers for programs")
    .addHelpText(
      "after",
      `
A cell of the table has the checks that passed, and those that failed behind a slash. kvm-unit-tests run as unittests.cfg says where
that lies beside them, under QEMU with the interrupt controllers in QEMU; selftests run as they are. Seconds are the machine's.

Exit codes:
  0    nothing that passes on Linux's KVM fails on MicroV's; on one of them alone: everything passes or is skipped
  ${SOME_WORSE}    not so
${describeExitCodes()
  .split("\n")
  .filter((line) => /^ {2}(244|247) /.test(line))
  .join("\n")}

Examples:
  bf lab kvm-tests ../kvm-unit-tests/x86 --machine amd
  bf lab kvm-tests ../linux/tools/testing/selftests/kvm sync_regs_test set_sregs_test --machine intel --json
`,
    )
    .action((folder: string, names: string[], flags: KvmTestsFlags) => kvmTests(runners, folder, names, flags));
};
