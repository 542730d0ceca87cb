// `bf dev`: the command line

import { type BuildResult, type DeclaredPart, findWorkspace, watchForDevelopment } from "@bareflank/toolchain";
import type { Command } from "commander";
import { DevMachine } from "./dev/reload.ts";
import { endingWithCode, note } from "./ending.ts";
import { LabError } from "./errors.ts";
import { machineNames } from "./machines.ts";
import { memorySize, wholeNumber } from "./option-values.ts";

interface DevFlags {
  readonly machine: string;
  readonly smp: number;
  readonly memory: string;
  readonly run?: string;
}

/** The extension that is meant: the only one, or the one that is named. */
const chosen = (name: string | undefined): DeclaredPart => {
  const extensions = findWorkspace(process.cwd()).parts.filter(({ type }) => type === "extension");
  const found = name === undefined ? extensions : extensions.filter((part) => part.name === name);
  const [only] = found;
  if (only === undefined) {
    throw new LabError(
      name === undefined ? "There is no extension here." : `There is no extension "${name}" here.`,
      "bf new makes one; bf dev runs in its folder.",
    );
  }
  if (found.length > 1) {
    throw new LabError("There are several extensions here.", `Name one: ${found.map((part) => part.name).join(", ")}`);
  }
  return only;
};

const dev = (name: string | undefined, { run, ...flags }: DevFlags): Promise<void> =>
  endingWithCode(async () => {
    const part = chosen(name);
    const machine = new DevMachine(`dev-${part.name}`, {
      ...flags,
      ...(run === undefined ? {} : { command: run }),
      onNote: note,
      onText: (text) => process.stdout.write(text),
    });
    let hasRun = false;
    const reload = async ({ products }: BuildResult): Promise<void> => {
      const product = products.find((candidate) => candidate.part === part.name);
      const elf = product?.files.elf;
      // Why there is none, the build has said
      if (elf === undefined || (hasRun && product?.cached === true)) return;
      hasRun = true;
      const begin = performance.now();
      try {
        const isGood = await machine.reload(elf);
        const seconds = ((performance.now() - begin) / 1000).toFixed(1);
        note(isGood ? `${part.name} runs, after ${seconds} s` : `${part.name} does not run, or the command failed`);
      } catch (error) {
        if (!(error instanceof LabError)) throw error;
        note(error.message);
        if (error.hint !== "") note(error.hint);
      }
    };
    return await watchForDevelopment([part], reload);
  });

/** Adds `dev` to the command `bf`. */
export const registerDev = (program: Command): void => {
  program
    .command("dev")
    .description("build an extension whenever a source changes, and run it in a machine that stays up")
    .argument("[extension]", "which, where a folder has several")
    .option("--machine <name>", `the machine to emulate: ${machineNames.join(", ")}`, "amd")
    .option("--smp <n>", "number of processors", wholeNumber, 1)
    .option("--memory <size>", "memory, e.g. 512M or 2G", memorySize, "1G")
    .option("--run <command>", "what to run in Linux after each start, e.g. 'bf-cpuid --leaf 0x40000000'")
    .addHelpText(
      "after",
      `
Prints what hypervisor and extension write, as they write it, with names behind addresses, and the extension's counters after each start.
Ctrl-C ends it; the machine stays up, so that the next call finds it, and bf lab exec, attach and get reach it.

Examples:
  bf dev
  bf dev --smp 2 --run 'bf-cpuid --leaf 0x40000000'
`,
    )
    .action(dev);
};
