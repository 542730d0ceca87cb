// What commands' definitions share

import { type Command, Option } from "commander";
import { exitCodes } from "./exit-codes.ts";
import { Failure } from "./failure.ts";
import { INSTALLED_KERNEL, type Selection } from "./files.ts";

/** A command of bfm's, or of another command, with the options that all have. */
export function addCommand(parent: Command, name: string): Command {
  return parent
    .command(name)
    .option("--json", "print the result, or the error, as JSON on stdout")
    .option("--debug", "show stack traces (as BFM_DEBUG=1 does)")
    .helpOption("-h, --help", "show help")
    .allowExcessArguments(false);
}

/** What is said about a command: in the list of commands, in its own help, and by examples. */
export function describe(command: Command, summary: string, description: string, examples: string): Command {
  return command.summary(summary).description(description).addHelpText("after", `\nExamples:\n${examples}`);
}

/** Adds the option by which a manifest names the extensions. */
export function takeManifest(command: Command): Command {
  return command.addOption(
    new Option("--manifest <file>", "a JSON file that names the extensions, and what each may do").conflicts("set"),
  );
}

/** Adds the arguments that name kernel and extensions; where no extension is named, it is `installed`. */
export function takeFiles<T>(
  command: Command,
  installed: string,
  action: (selection: Selection, options: T) => Promise<void>,
): void {
  const usual = [installed];
  command
    .argument("[extension...]", "extensions' ELF files", usual)
    .option("--kernel <file>", "the kernel's ELF file", INSTALLED_KERNEL)
    .option("--set <key=value>", "a setting for the first extension; may be repeated", append, [] as string[])
    .action(
      (
        extensions: string[],
        { kernel, set, manifest, ...rest }: { kernel: string; set: string[]; manifest?: string } & T,
      ) => {
        if (manifest !== undefined && extensions !== usual) {
          throw new Failure(
            "USAGE",
            exitCodes.usage,
            "a manifest names all extensions, and others are named beside it",
            "List them in the manifest, or leave --manifest away.",
          );
        }
        return action(
          { kernel, extensions, settings: set, ...(manifest === undefined ? {} : { manifest }) },
          rest as T,
        );
      },
    );
}

/** Collects an option that may be repeated. */
export function append(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, value];
}
