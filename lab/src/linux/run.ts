// One command in a fresh machine

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CONSOLE_LOG, SERIAL_LOG } from "../emulator/emulator.ts";
import { LabError } from "../errors.ts";
import { MachineFailure, type OutcomeKind, outcomes } from "../outcome.ts";
import { keepRunFolder, removeRunFolder } from "../run-folder.ts";
import { LinuxMachine, type RunOptions } from "./machine.ts";
import type { LinuxOptions } from "./options.ts";
import { type OutputStream, type OutputTexts, Transcript } from "./transcript.ts";

export interface RunLinuxOptions extends LinuxOptions, RunOptions {
  /** For /bin/sh inside. */
  readonly command: string;
  /** Files to fetch when the command has ended, whatever its exit code: absolute, or relative to /root. */
  readonly get?: readonly string[];
  /** Load a crash kernel first; when Linux panics, this command runs in it, and files are fetched from it. */
  readonly crashCommand?: string;
}

/** What became of the command. */
export interface RunLinuxResult extends OutputTexts {
  readonly kind: OutcomeKind;
  /** The command's own, or the code of the failure (see `outcomes`). */
  readonly exitCode: number;
  /** Files of `get`, by their names as given. */
  readonly files: ReadonlyMap<string, Buffer>;
  /** What hypervisor and loader wrote to COM1. */
  readonly serial: string;
  /** What Linux wrote to its console. */
  readonly console: string;
  /** Where the logs are; undefined when they were not kept. */
  readonly folder: string | undefined;
  /** Why it failed, or which files cannot be read, for people; empty when all went well. */
  readonly message: string;
  /** When it failed, or the command did: the last lines of the machine's logs, with names behind addresses. */
  readonly lastWords: string;
}

const LOAD_CRASH_KERNEL = "bf-kexec --panic";

const readLog = (folder: string, name: string): string => {
  const path = join(folder, name);
  return existsSync(path) ? readFileSync(path, "utf8") : "";
};

/**
 * Boots a machine, runs one command in it, fetches files, ends it. A machine that dies is a result, not an exception.
 *
 * @throws LabError when the machine cannot be made
 *
 * @example
 * const { kind, exitCode, stdout } = await runLinux({ smp: 2, command: "nproc" });
 */
export const runLinux = async (options: RunLinuxOptions): Promise<RunLinuxResult> => {
  const transcript = new Transcript();
  const onOutput = (bytes: Buffer, stream: OutputStream) => {
    transcript.add(bytes, stream);
    options.onOutput?.(bytes, stream);
  };
  const files = new Map<string, Buffer>();
  const ending = await runToTheEnd({ ...options, onOutput }, files);
  const { folder, kind } = ending;
  const kept = kind !== "exit" || options.keep === true;
  const result: RunLinuxResult = {
    ...ending,
    ...transcript.texts(),
    files,
    serial: readLog(folder, SERIAL_LOG),
    console: readLog(folder, CONSOLE_LOG),
    folder: kept ? folder : undefined,
  };
  (kept ? keepRunFolder : removeRunFolder)(folder);
  return result;
};

interface Ending {
  readonly kind: OutcomeKind;
  readonly exitCode: number;
  readonly folder: string;
  readonly message: string;
  readonly lastWords: string;
}

/** Returns what cannot be read, as sentences. */
const fetchFiles = async (
  linux: LinuxMachine,
  names: readonly string[],
  files: Map<string, Buffer>,
): Promise<string> => {
  const problems: string[] = [];
  for (const name of names) {
    try {
      files.set(name, await linux.get(name));
    } catch (error) {
      if (!(error instanceof LabError)) {
        throw error;
      }
      problems.push(error.message);
    }
  }
  return problems.join(" ");
};

/** The exit code of the command, or of the one in the crash kernel when Linux panicked. */
const runCommands = async (linux: LinuxMachine, options: RunLinuxOptions): Promise<number> => {
  const { command, crashCommand } = options;
  if (crashCommand === undefined) return (await linux.run(command, options)).exitCode;
  const loaded = await linux.run(LOAD_CRASH_KERNEL);
  if (loaded.exitCode !== 0) throw new LabError(`The crash kernel could not be loaded: ${loaded.output.trim()}`);
  const ended = await linux.untilNextKernel(command, options);
  return (ended ?? (await linux.run(crashCommand, options))).exitCode;
};

/** When it returns, the machine is gone and its logs are complete. */
const runToTheEnd = async (options: RunLinuxOptions, files: Map<string, Buffer>): Promise<Ending> => {
  let linux: LinuxMachine | undefined;
  try {
    const crashKernel = options.crashKernel ?? options.crashCommand !== undefined;
    linux = await LinuxMachine.boot({ ...options, crashKernel });
    const exitCode = await runCommands(linux, options);
    const unreadable = await fetchFiles(linux, options.get ?? [], files);
    const { folder } = linux;
    const lastWords = exitCode === 0 && unreadable === "" ? "" : linux.lastWords();
    // A command that failed need not have written its files.
    return unreadable === "" || exitCode !== 0
      ? { kind: "exit", exitCode, folder, message: unreadable, lastWords }
      : { kind: "lab-error", exitCode: outcomes["lab-error"].exitCode, folder, message: unreadable, lastWords };
  } catch (error) {
    if (error instanceof MachineFailure) {
      const { kind, exitCode, folder, sentence, lastWords } = error;
      return { kind, exitCode, folder, message: sentence, lastWords };
    }
    throw error;
  } finally {
    await linux?.end();
  }
};
