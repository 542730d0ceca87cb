// An emulator's process: finding its program, starting it, and noticing that it does not start

import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { LabError } from "../errors.ts";
import type { Machine } from "../machines.ts";

/** The emulator's path. */
export const findProgram = ({ program, debianPackage }: Machine): string => {
  const folders = (process.env.PATH ?? "").split(":");
  const path = folders.map((folder) => join(folder, program)).find((candidate) => existsSync(candidate));
  if (path === undefined) {
    throw new LabError(`${program} is not installed.`, `apt install ${debianPackage}`);
  }
  return path;
};

/**
 * Starts the machine's emulator. The kernel kills it when this process ends, however that comes about: a lab that is
 * killed itself leaves no emulator behind.
 *
 * @throws LabError when it is not installed
 */
export const spawnEmulator = (machine: Machine, words: readonly string[], stdio: StdioOptions): ChildProcess =>
  spawn("setpriv", ["--pdeathsig", "KILL", "--", findProgram(machine), ...words], { stdio });

/** `failed` rejects when the emulator ends, until `started` is called; `log` gives what the emulator said. */
export const startFailure = (child: ChildProcess, log: () => string) => {
  const listeners = new AbortController();
  const failed = new Promise<never>((_, reject) => {
    const once = (event: string, error: (cause: Error) => LabError) => {
      const listener = (cause: Error) => reject(error(cause));
      child.once(event, listener);
      listeners.signal.addEventListener("abort", () => child.off(event, listener));
    };
    once("error", (cause) => new LabError(`setpriv could not be started: ${cause.message}`, "apt install util-linux"));
    once("close", () => new LabError(`The emulator did not start: ${log()}`));
  });
  return { failed, started: () => listeners.abort() };
};
