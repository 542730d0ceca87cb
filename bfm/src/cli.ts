// Runs a command line, and shows how it ended to people or to programs

import { CommanderError } from "commander";
import type { Actions } from "./actions.ts";
import { load } from "./commands/load.ts";
import { memory } from "./commands/memory.ts";
import { quick } from "./commands/quick.ts";
import { start } from "./commands/start.ts";
import { status } from "./commands/status.ts";
import { stop, unload } from "./commands/stop.ts";
import { vmcall } from "./commands/vmcall.ts";
import { completionScript } from "./completion.ts";
import { Driver } from "./driver.ts";
import type { Environment } from "./environment.ts";
import { type ExitCode, exitCodes } from "./exit-codes.ts";
import { Failure, isFailure } from "./failure.ts";
import type { Outcome } from "./outcome.ts";
import { OutputFailure } from "./output.ts";
import { createProgram } from "./program.ts";

/** Runs one command line and answers its exit code. */
export async function run(args: readonly string[], environment: Environment): Promise<ExitCode> {
  const presenter = new Presenter(args, environment);
  let driver: Driver | undefined;
  const openDriver = () => {
    driver ??= Driver.open(environment.openDevice);
    return driver;
  };
  const act = async (command: string, action: () => Outcome | Promise<Outcome>) => {
    presenter.command = command;
    const outcome = await action();
    presenter.isDone = true;
    presenter.show(outcome);
  };
  // In the bundle these are files of their own, read when they are typed
  const names = () => import("./commands/dump.ts");
  const efi = () => import("./commands/efi.ts");
  const actions: Actions = {
    load: (selection) => act("load", () => load(openDriver, environment, selection)),
    unload: () => act("unload", () => unload(openDriver)),
    start: (options) => act("start", () => start(openDriver, environment, options)),
    stop: () => act("stop", () => stop(openDriver)),
    quick: (selection, options) => act("quick", () => quick(openDriver, environment, selection, options)),
    dump: (symbolFiles) => act("dump", async () => (await names()).dump(openDriver, symbolFiles)),
    status: () => act("status", () => status(openDriver, environment)),
    memory: (request) => act("memory", () => memory(openDriver, request)),
    efiInstall: (selection, options) =>
      act("efi install", async () => (await efi()).efiInstall(environment, selection, options)),
    efiRemove: (place) => act("efi remove", async () => (await efi()).efiRemove(environment, place)),
    efiStatus: (place) => act("efi status", async () => (await efi()).efiStatus(environment, place)),
    vmcall: (hypercall) => act("vmcall", () => vmcall(openDriver, hypercall)),
    completion: (shell) =>
      act("completion", () => {
        const script = completionScript(shell, createProgram(actions));
        return { text: script.trimEnd(), facts: { shell, script } };
      }),
  };
  const program = createProgram(actions, args[0]);
  for (const command of [program, ...program.commands, ...program.commands.flatMap(({ commands }) => commands)]) {
    command.exitOverride().configureOutput({
      writeOut: environment.writeOut,
      writeErr: environment.writeError,
      outputError: () => {},
    });
  }
  try {
    await program.parseAsync(args, { from: "user" });
    return exitCodes.ok;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.ok;
    return presenter.fail(error);
  } finally {
    driver?.close();
  }
}

/** Data goes to stdout, everything else to stderr; with `--json`, success and failure are data. */
class Presenter {
  /** What runs, for `--json`. */
  command: string | null = null;
  /** Whether it did its work, so that showing it is all that can go wrong. */
  isDone = false;
  readonly #environment: Environment;
  readonly #json: boolean;
  readonly #debug: boolean;

  constructor(args: readonly string[], environment: Environment) {
    this.#environment = environment;
    this.#json = args.includes("--json");
    this.#debug = environment.debug || args.includes("--debug");
  }

  show({ text, remark, facts }: Outcome): void {
    if (this.#json) {
      this.#writeJson({ ok: true, command: this.command, ...facts });
      return;
    }
    if (text !== "") this.#environment.writeOut(`${text}\n`);
    if (remark !== undefined) this.#environment.writeError(`${remark}\n`);
  }

  fail(error: unknown): ExitCode {
    const failure = asFailure(error);
    if (failure instanceof OutputFailure)
      this.#sayUnwritten(this.isDone ? `${this.command} is done, but ` : "", failure);
    else this.#showFailure(failure, isHelp(error));
    if (this.#debug) this.#environment.writeError(`${(error as Error).stack}\n`);
    return failure.exitCode;
  }

  #showFailure({ code, exitCode, message, advice, facts }: Failure, isHelp: boolean): void {
    if (!this.#json) {
      if (!isHelp) this.#environment.writeError(`bfm: ${message}.\n${advice}\n`);
      return;
    }
    try {
      this.#writeJson({ ok: false, command: this.command, error: { code, exitCode, message, advice, ...facts } });
    } catch (unwritten) {
      if (!(unwritten instanceof OutputFailure)) throw unwritten;
      this.#sayUnwritten(`${message}; and `, unwritten);
    }
  }

  /** One line: whoever reads the rest is not there. */
  #sayUnwritten(before: string, { message }: OutputFailure): void {
    this.#environment.writeError(`bfm: ${before}${message}\n`);
  }

  #writeJson(value: object): void {
    this.#environment.writeOut(`${JSON.stringify(value, undefined, 2)}\n`);
  }
}

/** No command was typed: the help is the answer. */
function isHelp(error: unknown): boolean {
  return error instanceof CommanderError && error.code === "commander.help";
}

function asFailure(error: unknown): Failure {
  if (isFailure(error)) return error;
  if (error instanceof CommanderError) {
    const message = isHelp(error) ? "no command is named" : usageMessage(error);
    return new Failure("USAGE", exitCodes.usage, message, "See what can be typed: bfm --help", { cause: error });
  }
  const message = `this should not have happened: ${(error as Error).message}`;
  return new Failure("INTERNAL", exitCodes.failed, message, "Please report it with the output of BFM_DEBUG=1 bfm ...");
}

/** commander's "error: unknown command 'strat'\n(Did you mean start?)" as one clause. */
function usageMessage({ message }: CommanderError): string {
  return message
    .replace(/^error: /, "")
    .replace(/\n\(Did/, " (did")
    .replace(/\.$/, "")
    .replace(/\. Expected/, ": expected");
}
