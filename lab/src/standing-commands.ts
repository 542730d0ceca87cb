// `bf lab up`, `exec`, `put`, `get`, `attach`, `list`, `down`: machines that stay up, the command line

import { writeFileSync } from "node:fs";
import { basename, posix, resolve } from "node:path";
import type { Command } from "commander";
import { endingWithCode, note } from "./ending.ts";
import { LabError } from "./errors.ts";
import { lendTerminal, terminalSize } from "./linux/shell.ts";
import { machineNames } from "./machines.ts";
import { freshHelp, memorySize, wholeNumber } from "./option-values.ts";
import { describeExitCodes } from "./outcome.ts";
import { type Request, RequestFailure, StandingMachine } from "./standing/client.ts";
import { toKeeper } from "./standing/frames.ts";
import { listStanding, tableOf } from "./standing/list.ts";
import { readRecord, removeRecord, takenNames } from "./standing/records.ts";
import { startStanding } from "./standing/start.ts";

interface UpFlags {
  readonly machine: string;
  readonly smp: number;
  readonly memory: string;
  readonly put: string[];
  readonly guests?: boolean;
  readonly fresh?: boolean;
}

/** As `endingWithCode`; what a keeper says failed has its own code. */
const ending = (action: () => Promise<number>): Promise<void> =>
  endingWithCode(async () => {
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof RequestFailure)) throw error;
      note(error.message);
      if (error.hint !== "") note(error.hint);
      return error.exitCode;
    }
  });

const up = (name: string, flags: UpFlags): Promise<void> =>
  ending(async () => {
    const begin = performance.now();
    const put = flags.put.map((file) => resolve(file));
    const { folder } = await startStanding(name, { ...flags, put, onNote: note });
    const seconds = ((performance.now() - begin) / 1000).toFixed(1);
    note(`"${name}" is up after ${seconds} s, and stays: bf lab exec ${name} -- COMMAND, bf lab down ${name}`);
    note(`logs: ${folder}`);
    return 0;
  });

/** Ctrl-C goes to the command; the second time it is killed, the third time nobody waits for it. */
const passInterrupts = (request: Request): void => {
  const signals: NodeJS.Signals[] = ["SIGINT", "SIGKILL"];
  process.removeAllListeners("SIGINT").on("SIGINT", () => {
    const signal = signals.shift();
    if (signal === undefined) process.exit(130);
    request.signal(signal);
  });
};

const exec = (name: string, words: readonly string[], timeout: number | undefined): Promise<void> =>
  ending(async () => {
    const request = await new StandingMachine(name).begin(words.join(" "), {
      ...(timeout === undefined ? {} : { timeout }),
      onOutput: (bytes, stream) => process[stream].write(bytes),
      onWaiting: (command) => note(`waiting for the end of: ${command}`),
    });
    passInterrupts(request);
    return request.done;
  });

const put = (name: string, files: readonly string[], to: string): Promise<void> =>
  ending(async () => {
    await new StandingMachine(name).put(
      files.map((from) => ({ from, to: posix.resolve("/root", to, basename(from)) })),
    );
    return 0;
  });

const get = (name: string, files: readonly string[]): Promise<void> =>
  ending(async () => {
    for (const file of files) writeFileSync(resolve(basename(file)), await new StandingMachine(name).get(file));
    return 0;
  });

const attach = (name: string): Promise<void> =>
  ending(async () => {
    const onShown = (bytes: Buffer) => process.stdout.write(bytes);
    const request = await new StandingMachine(name).attach({ ...terminalSize(), onShown });
    note("Ctrl-A X detaches, and so does exit; the machine stays up.");
    const exitCode = await lendTerminal((bytes) => request.send(toKeeper.typed, bytes), request.done);
    request.close();
    return exitCode;
  });

const list = (json: boolean | undefined): Promise<void> =>
  ending(async () => {
    const machines = await listStanding();
    process.stdout.write(json === true ? `${JSON.stringify(machines)}\n` : tableOf(machines));
    if (machines.length === 0 && json !== true) note("No machine is up; bf lab up NAME --machine amd starts one.");
    return 0;
  });

const down = (names: readonly string[], all: boolean | undefined): Promise<void> =>
  ending(async () => {
    if (names.length === 0 && all !== true) throw new LabError("No machine is named.", "Name some, or say --all.");
    for (const name of all === true ? takenNames() : names) {
      if (await StandingMachine.isUp(name)) await new StandingMachine(name).down();
      else if (readRecord(name) === undefined && !takenNames().includes(name)) {
        throw new LabError(`There is no machine "${name}".`, "bf lab list shows which there are.");
      }
      removeRecord(name);
    }
    return 0;
  });

const collect = (value: string, previous: readonly string[]): string[] => [...previous, value];

/** Adds the commands to `lab`. */
export const registerStanding = (lab: Command): void => {
  lab
    .command("up")
    .description("boot Debian's Linux, and let it stay up, under a name")
    .argument("<name>", "small letters, digits and -")
    .requiredOption("--machine <name>", `the machine to emulate: ${machineNames.join(", ")}`)
    .option("--smp <n>", "number of processors", wholeNumber, 1)
    .option("--memory <size>", "memory, e.g. 512M or 2G", memorySize, "1G")
    .option("--put <file>", "copy a file to /root; may be repeated", collect, [])
    .option("--guests", "take QEMU along, and a small guest for it: /usr/lib/bareflank/guest/{vmlinuz,initrd.img}")
    .option("--fresh", freshHelp)
    .addHelpText(
      "after",
      `
Example:
  bf lab up dev --machine amd --smp 2
  bf lab put dev build/hello.elf
  bf lab exec dev -- 'bfm load hello.elf && bfm start && bfm dump'
  bf lab down dev
`,
    )
    .action(up);
  lab
    .command("exec")
    .description("run a command in a machine that is up, as root, and end with its exit code")
    .argument("<name>", "the machine")
    .argument("<command...>", "what to run in /bin/sh, in /root")
    .option("--timeout <seconds>", "most seconds for the command, not counting what a busy host lacks", wholeNumber)
    .addHelpText(
      "after",
      `\nCtrl-C interrupts the command. Commands of several run one after the other.\n\nExit codes:\n${describeExitCodes()}\n`,
    )
    .action((name: string, words: string[], { timeout }: { timeout?: number }) => exec(name, words, timeout));
  lab
    .command("put")
    .description("copy files into a machine that is up")
    .argument("<name>", "the machine")
    .argument("<file...>", "files here")
    .option("--to <folder>", "a folder there, absolute or below /root", "/root")
    .action((name: string, files: string[], { to }: { to: string }) => put(name, files, to));
  lab
    .command("get")
    .description("fetch files of a machine that is up into this folder")
    .argument("<name>", "the machine")
    .argument("<file...>", "files there, absolute or below /root")
    .action(get);
  lab
    .command("attach")
    .description("give this terminal to a root shell in a machine that is up")
    .argument("<name>", "the machine")
    .action(attach);
  lab
    .command("list")
    .description("show the machines that stay up, and those that died")
    .option("--json", "print them for programs")
    .action(({ json }: { json?: boolean }) => list(json));
  lab
    .command("down")
    .description("end machines that stay up, as pulling the plug does")
    .argument("[name...]", "the machines")
    .option("--all", "all of them")
    .action((names: string[], { all }: { all?: boolean }) => down(names, all));
};
