// One command in a fresh machine

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CONSOLE_LOG, SERIAL_LOG } from "../emulator/qemu.ts";
import { MachineFailure, type OutcomeKind } from "../outcome.ts";
import { LinuxMachine, type LinuxOptions, type RunOptions } from "./machine.ts";
import { type OutputStream, type OutputTexts, Transcript } from "./transcript.ts";

export interface RunLinuxOptions extends LinuxOptions, RunOptions {
  /** For /bin/sh inside. */
  readonly command: string;
  /** Files to fetch when the command has ended, whatever its exit code: absolute, or relative to /root. */
  readonly get?: readonly string[];
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
  /** Why it failed, for people; empty when it did not. */
  readonly message: string;
}

const readLog = (folder: string, name: string): string => {
  const path = join(folder, name);
  return existsSync(path) ? readFileSync(path, "utf8") : "";
};

/**
 * Boots a machine, runs one command in it, fetches files, ends it. A machine that dies is a result, not an exception.
 *
 * @throws LabError when the machine cannot be made, or a file of `get` cannot be read
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
  const result = (kind: OutcomeKind, exitCode: number, folder: string, kept: boolean, message: string) => ({
    kind,
    exitCode,
    ...transcript.texts(),
    files,
    serial: readLog(folder, SERIAL_LOG),
    console: readLog(folder, CONSOLE_LOG),
    folder: kept ? folder : undefined,
    message,
  });
  let linux: LinuxMachine | undefined;
  try {
    linux = await LinuxMachine.boot(options);
    const { exitCode } = await linux.run(options.command, { timeout: options.timeout, onOutput });
    for (const name of options.get ?? []) {
      files.set(name, await linux.get(name));
    }
    return result("exit", exitCode, linux.folder, options.keep === true, "");
  } catch (error) {
    if (error instanceof MachineFailure) {
      return result(error.kind, error.exitCode, error.folder, true, error.message);
    }
    throw error;
  } finally {
    await linux?.close();
  }
};
