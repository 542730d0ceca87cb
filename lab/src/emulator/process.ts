// A running QEMU: its process, and how it ended

import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";
import { LabError } from "../errors.ts";
import type { Machine } from "../machines.ts";
import { RESET_LOG } from "./qemu.ts";
import { Monitor } from "./qmp.ts";
import { type Recording, record, SocketSet } from "./sockets.ts";

/** What QEMU itself says on stdout and stderr. */
export const EMULATOR_LOG = "qemu.log";

/** How an emulator ended. */
export type Ending =
  /** The guest wrote this value, other than 0, to port 0xF4. */
  | { readonly reason: "debug-exit"; readonly value: number }
  | { readonly reason: "triple-fault" | "powered-off" }
  /** Not by the guest's doing. The exit code is null when a signal ended QEMU. */
  | { readonly reason: "emulator-failed"; readonly exitCode: number | null };

/**
 * The value that ended QEMU: its isa-debug-exit device makes `value * 2 + 1` QEMU's exit code.
 *
 * @returns undefined when QEMU did not end by that device; for 0, too, because QEMU's own errors end with 1
 */
export const debugExitValue = (exitCode: number | null): number | undefined =>
  exitCode !== null && exitCode > 1 && exitCode % 2 === 1 ? (exitCode - 1) / 2 : undefined;

/** A QEMU that was started. */
export class Emulator {
  /** Resolves when QEMU has ended, whatever the reason, and its recorded sockets are read to their ends. */
  readonly ended: Promise<Ending>;
  readonly folder: string;
  readonly monitor: Monitor;
  readonly #process: ChildProcess;
  readonly #sockets: SocketSet;
  #shutdownReason = "";

  private constructor(
    process: ChildProcess,
    sockets: SocketSet,
    folder: string,
    monitor: Monitor,
    recordings: readonly Recording[],
  ) {
    this.#process = process;
    this.#sockets = sockets;
    this.folder = folder;
    this.monitor = monitor;
    monitor.on("event", (name, data) => {
      if (name === "SHUTDOWN") {
        this.#shutdownReason = String(data.reason);
      }
    });
    const exited = new Promise<Ending>((resolve) => process.once("exit", (code) => resolve(this.#ending(code))));
    this.ended = exited.then(async (ending) => {
      await Promise.all(recordings.map(({ closed }) => closed));
      return ending;
    });
  }

  /**
   * Starts QEMU and waits until the machine is set up; its processors wait for `resume`.
   *
   * @param names the sockets to listen on; "qmp" is always among them
   * @param recorded log file of each socket whose text is kept
   * @param makeArguments gets the path of a socket by its name
   * @param folder where the logs go
   * @throws LabError when QEMU is missing or refuses its arguments
   */
  static async start(
    machine: Machine,
    names: readonly string[],
    recorded: Readonly<Record<string, string>>,
    makeArguments: (socketPath: (name: string) => string) => string[],
    folder: string,
  ): Promise<Emulator> {
    const sockets = new SocketSet();
    try {
      await Promise.all(["qmp", ...names].map((name) => sockets.listen(name)));
      const log = openSync(join(folder, EMULATOR_LOG), "w");
      const words = makeArguments((name) => sockets.path(name));
      const child = spawn(...dyingWithUs(findProgram(machine), words), { stdio: ["ignore", log, log] });
      closeSync(log);
      const { failed, started } = startFailure(child, folder);
      const monitor = new Monitor(await Promise.race([sockets.connection("qmp"), failed]));
      await Promise.race([monitor.ready, failed]);
      started();
      const recordings = Object.entries(recorded).map(async ([name, file]) =>
        record(await sockets.connection(name), join(folder, file)),
      );
      return new Emulator(child, sockets, folder, monitor, await Promise.all(recordings));
    } catch (error) {
      sockets.dispose();
      throw error;
    }
  }

  /** The lab's end of a socket. */
  connection(name: string): Promise<Socket> {
    return this.#sockets.connection(name);
  }

  /** Lets the processors run. */
  async resume(): Promise<void> {
    await this.monitor.execute("cont");
  }

  /** What QEMU itself printed. */
  log(): string {
    return emulatorLog(this.folder);
  }

  /** Registers of all processors, or why they cannot be had. */
  registers(): Promise<string> {
    const late = new Promise<string>((resolve) => {
      setTimeout(() => resolve("QEMU did not answer within 5 seconds.\n"), 5_000).unref();
    });
    return Promise.race([this.monitor.human("info registers -a").catch((error: Error) => `${error.message}\n`), late]);
  }

  /** Ends QEMU at once and waits for it. */
  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.ended;
  }

  #ending(exitCode: number | null): Ending {
    this.#sockets.dispose();
    if (!this.#shutdownReason.startsWith("guest-")) {
      const value = debugExitValue(exitCode);
      return value === undefined ? { reason: "emulator-failed", exitCode } : { reason: "debug-exit", value };
    }
    // QEMU reports a triple fault and a reset that the guest asks for alike; only its log tells them apart.
    const tripleFault = readFileSync(join(this.folder, RESET_LOG), "utf8").includes("Triple fault");
    return { reason: tripleFault ? "triple-fault" : "powered-off" };
  }
}

const emulatorLog = (folder: string): string => readFileSync(join(folder, EMULATOR_LOG), "utf8").trim();

/**
 * A command that the kernel kills when this process ends, however that comes about: a lab that is killed itself leaves
 * no emulator behind.
 */
const dyingWithUs = (program: string, words: readonly string[]): [string, string[]] => [
  "setpriv",
  ["--pdeathsig", "KILL", "--", program, ...words],
];

/** The emulator's path. */
const findProgram = ({ program, debianPackage }: Machine): string => {
  const folders = (process.env.PATH ?? "").split(":");
  const path = folders.map((folder) => join(folder, program)).find((candidate) => existsSync(candidate));
  if (path === undefined) {
    throw new LabError(`${program} is not installed.`, `apt install ${debianPackage}`);
  }
  return path;
};

/** `failed` rejects when QEMU ends, until `started` is called. */
const startFailure = (child: ChildProcess, folder: string) => {
  const listeners = new AbortController();
  const failed = new Promise<never>((_, reject) => {
    const once = (event: string, error: (cause: Error) => LabError) => {
      const listener = (cause: Error) => reject(error(cause));
      child.once(event, listener);
      listeners.signal.addEventListener("abort", () => child.off(event, listener));
    };
    once("error", (cause) => new LabError(`setpriv could not be started: ${cause.message}`, "apt install util-linux"));
    once("exit", () => new LabError(`QEMU did not start: ${emulatorLog(folder)}`));
  });
  return { failed, started: () => listeners.abort() };
};
