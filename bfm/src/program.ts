// bfm's command line: what can be typed, and its help

import { DRIVER_VERSION } from "@bareflank/abi";
import { Argument, Command, Option } from "commander";
import type { Actions } from "./actions.ts";
import { addCommand, append, describe, takeFiles, takeManifest } from "./command-line.ts";
import type { MemoryRequest } from "./commands/memory.ts";
import type { StartRequest } from "./commands/start.ts";
import { type Shell, shells } from "./completion.ts";
import { mitigationChoices } from "./driver.ts";
import { defineEfi } from "./efi-command-line.ts";
import { exitCodeTexts } from "./exit-codes.ts";
import { INSTALLED_EXTENSION } from "./files.ts";
import { parseWatchdog } from "./watchdog.ts";

/** Replaced by the build. */
declare const BFM_VERSION: string | undefined;
const version = typeof BFM_VERSION === "string" ? BFM_VERSION : "0.0.0-development";

type CommandName = Exclude<keyof Actions, `efi${string}`> | "efi";

/** Gives a command its description, options and action. */
type Definition = (command: Command, actions: Actions) => void;

function takeBounds(command: Command): Command {
  return command
    .option("--no-kaslr", "put the microkernel where it was linked, for a debugger")
    .option("--isolate-kernel", "map nothing of the microkernel while an extension runs but what entries need")
    .option("--memory <min..max>", "memory that the hypervisor begins with, and may grow to, e.g. 2M..512M");
}

const definitions: Readonly<Record<CommandName, Definition>> = {
  load(command, actions) {
    describe(
      command,
      "give kernel and extension to the driver",
      "Checks kernel and extension, and gives them to the driver. What is loaded or running is stopped and unloaded " +
        "first.",
      `  bfm load                              the installed kernel and default extension
  bfm load ./my.elf                     your extension on the installed kernel
  bfm load --kernel kernel.elf my.elf   both
  bfm load ./my.elf --set leaf=7        with a setting for your extension
  bfm load --manifest guarded.json      several extensions, and what each may do`,
    );
    takeFiles(takeManifest(command), INSTALLED_EXTENSION, (selection) => actions.load(selection));
  },

  unload(command, actions) {
    describe(
      command,
      "give all memory back to Linux",
      "Gives all memory back to Linux. A running hypervisor is stopped first.",
      "  bfm unload",
    ).action(() => actions.unload());
  },

  start(command, actions) {
    describe(
      command,
      "make Linux a virtual machine, on every processor",
      "Makes Linux a virtual machine, on every processor. A running hypervisor is stopped first. Ctrl-C gives up and " +
        "rolls back; a processor that does not return from the extension is lost until you reboot. When Linux sleeps, or " +
        "a processor comes or goes, the driver stops the hypervisor, and starts it again afterwards. With --watchdog an " +
        "extension that keeps a processor for longer than that is interrupted: its fail callback decides, and a start that " +
        "hangs fails. Each processor does what it needs against speculation, but has no barriers behind the operating system's own exits; " +
        "--mitigations full has them, too, off nothing. bfm status says what is done, and what that leaves open. " +
        "The hypervisor begins with little memory, asks the driver for more, up to a quarter of Linux's, and gives " +
        "back what it does not need.",
      "  bfm load && bfm start\n  bfm start --json\n  bfm start --once\n  bfm start --watchdog 2s\n  bfm start --memory 2M..512M\n  bfm start --mitigations full",
    )
      .option("--once", "do not start again after Linux slept, or a processor came or went")
      .option("--watchdog <time>", "interrupt an extension that does not return in time: 2s, 500ms", parseWatchdog)
      .addOption(
        new Option(
          "--mitigations <which>",
          "how much is done against speculation: what keeps others apart, all, nothing",
        )
          .choices(mitigationChoices)
          .default("auto"),
      )
      .action((options: StartRequest) => actions.start(options));
    takeBounds(command);
  },

  stop(command, actions) {
    describe(
      command,
      "give every processor back to Linux",
      "Gives every processor back to Linux. Kernel and extension stay loaded.",
      "  bfm stop && bfm start",
    ).action(() => actions.stop());
  },

  quick(command, actions) {
    describe(
      command,
      "load and start",
      "Loads and starts. What is loaded or running is stopped and unloaded first.",
      "  bfm quick\n  bfm quick ./my.elf\n  bfm quick --memory ..64M",
    );
    takeFiles<StartRequest>(takeBounds(takeManifest(command)), INSTALLED_EXTENSION, (selection, options) =>
      actions.quick(selection, options),
    );
  },

  dump(command, actions) {
    describe(
      command,
      "print what the hypervisor wrote",
      "Prints the debug ring: what the hypervisor wrote, newest last. Addresses get names when a debug file of the " +
        "same build is named, or lies beside the installed kernel.",
      "  bfm dump\n  bfm dump --symbols kernel.debug.elf --symbols my.debug.elf",
    )
      .option("--symbols <file>", "name addresses by this debug file; may be repeated", append, [] as string[])
      .action(({ symbols }: { symbols: string[] }) => actions.dump(symbols));
  },

  status(command, actions) {
    describe(
      command,
      "say what is loaded, and where it runs",
      "Says what is loaded, and on which processors it runs: unloaded, loaded, running or corrupt.",
      "  bfm status\n  bfm status --json | jq .runningCount",
    ).action(() => actions.status());
  },

  memory(command, actions) {
    describe(
      command,
      "say what memory the hypervisor has, and who has it",
      "Says what the hypervisor holds of Linux's memory, which parts of it are free, who has the rest, and what came and " +
        "went lately.",
      "  bfm memory\n  bfm memory --json | jq .owners\n  bfm memory --give 16M",
    )
      .option("--give <size>", "give it so much before, a power of two, whether it asks or not")
      .action((request: MemoryRequest) => actions.memory(request));
  },

  efi: defineEfi,

  vmcall(command, actions) {
    describe(
      command,
      "ask the extension something",
      "Makes a hypercall: sets RAX, RBX, RCX, RDX, RSI, RDI, R8 and R9 in this order, those that are not named to 0, " +
        "and prints what the extension left in them. What they mean is the extension's business.",
      "  bfm vmcall 0x1 42\n  bfm vmcall --cpu 1 --json 0x1",
    )
      .argument("<value...>", "values of the registers, decimal or hexadecimal")
      .option("--cpu <number>", "processor to make it on", "0")
      .action((values: string[], { cpu }: { cpu: string }) => actions.vmcall({ cpu, values }));
  },

  completion(command, actions) {
    describe(
      command,
      "print a completion script for your shell",
      "Prints a script that completes bfm's commands and options in your shell.",
      "  source <(bfm completion bash)\n  bfm completion fish > ~/.config/fish/completions/bfm.fish",
    )
      .addArgument(new Argument("<shell>", "your shell").choices(shells))
      .action((shell: Shell) => actions.completion(shell));
  },
};

/**
 * The parser; its actions are called with what was typed.
 *
 * @param typed The first word. When it is a command only that one is made: making all takes longer than running one.
 */
export function createProgram(actions: Actions, typed?: string): Command {
  const program = new Command("bfm")
    .description("Manages the Bareflank hypervisor: slides it under the running Linux, and takes it away again.")
    .version(`bfm ${version} (driver interface ${DRIVER_VERSION})`, "--version", "print the version")
    .helpOption("-h, --help", "show help")
    .helpCommand(false)
    .addHelpText("after", () => `\nExamples:\n${topExamples}\n\nExit codes:\n${exitCodeHelp()}`);
  const names = Object.keys(definitions) as CommandName[];
  for (const name of names.includes(typed as CommandName) ? [typed as CommandName] : names) {
    definitions[name](addCommand(program, name), actions);
  }
  return program;
}

const topExamples = `  bfm load                      check and load the installed kernel and default extension
  bfm start                     start it: Linux goes on, as a virtual machine
  bfm status                    see that it runs
  bfm stop && bfm unload        and back again`;

function exitCodeHelp(): string {
  return exitCodeTexts.map(([code, text]) => `  ${String(code).padStart(3)}  ${text}`).join("\n");
}
