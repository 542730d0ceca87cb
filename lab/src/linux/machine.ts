// A Linux in an emulated machine: boot it, run commands, fetch files, end it

import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { constants } from "node:os";
import { join } from "node:path";
import { CONSOLE_LOG, type Emulator, type Monitor, SERIAL_LOG } from "../emulator/emulator.ts";
import type { FailureWatch, Limit } from "../emulator/failure-watch.ts";
import { LabError } from "../errors.ts";
import { filesArchive, type PutFile, putEntries } from "../image/initramfs.ts";
import { lastWords } from "../last-words.ts";
import { findMachine } from "../machines.ts";
import { MachineFailure } from "../outcome.ts";
import { removeRunFolder } from "../run-folder.ts";
import { type Channel, fromGuest, toGuest, UNPACK } from "./channel.ts";
import { linuxDevices } from "./devices.ts";
import type { LinuxOptions } from "./options.ts";
import { type StartedMachine, startMachine } from "./start.ts";
import { type OutputStream, type OutputTexts, Transcript } from "./transcript.ts";

/** A command that has ended. */
export interface CommandResult extends OutputTexts {
  /** As a shell counts it: 128 + n for signal n. */
  readonly exitCode: number;
}

export interface RunOptions {
  /**
   * Most seconds of the machine's own time (emulator/machine-clock.ts) for the command. Without it, a machine is given up
   * when nothing comes from it for minutes.
   */
  readonly timeout?: number;
  /** In place of those minutes, without a timeout: so many of the machine's seconds. */
  readonly silence?: number;
  /** Gets the output as it comes. */
  readonly onOutput?: (chunk: Buffer, stream: OutputStream) => void;
}

/** What becomes of a command when another kernel's agent speaks. */
const NEXT_KERNEL = Symbol("next kernel");

/**
 * A booted Linux. Its commands run one after the other, as root, in /root.
 *
 * @example
 * const linux = await LinuxMachine.boot({ smp: 2 });
 * const { exitCode, stdout } = await linux.run("bfm quick && bfm status --json");
 * await linux.close();
 */
export class LinuxMachine {
  /** Where the logs are while it runs; removed by `close`, kept after a failure. */
  readonly folder: string;
  /** Boots that were given up because Linux itself hung: 0 or 1. */
  readonly bootRetries: number;
  /** Milliseconds from nothing to the agent's first word, images included. */
  readonly bootMilliseconds: number;
  readonly #emulator: Emulator;
  readonly #channel: Channel;
  readonly #watch: FailureWatch;
  readonly #options: LinuxOptions;
  readonly #symbolFiles: readonly string[];

  private constructor(started: StartedMachine, options: LinuxOptions, bootRetries: number) {
    this.folder = started.emulator.folder;
    this.#emulator = started.emulator;
    this.#channel = started.channel;
    this.#watch = started.watch;
    this.bootMilliseconds = started.bootMilliseconds;
    this.#options = options;
    this.#symbolFiles = started.symbolFiles;
    this.bootRetries = bootRetries;
  }

  /**
   * Boots Debian's Linux. One in a hundred boots with several processors hangs inside Linux itself, before any module
   * of ours is there: such a boot is repeated once, and counted in `bootRetries`.
   *
   * @throws LabError when the machine cannot be made
   * @throws MachineFailure when it does not come up
   */
  static async boot(options: LinuxOptions = {}): Promise<LinuxMachine> {
    try {
      return new LinuxMachine(await startMachine(options), options, 0);
    } catch (error) {
      if (!(error instanceof MachineFailure) || error.kind !== "boot-hang") {
        throw error;
      }
      options.onNote?.(`Linux hung while booting; trying once more. (logs: ${error.folder})`);
      return new LinuxMachine(await startMachine(options), options, 1);
    }
  }

  /** Resolves when the machine has died, whether or not anybody waits for something from it. */
  get failure(): Promise<MachineFailure> {
    return this.#watch.failure;
  }

  /** The emulator's monitor: registers, memory. */
  get monitor(): Monitor {
    return this.#emulator.monitor;
  }

  /** The interactive terminal's socket; the machine must have been booted with `terminal`. */
  terminal(): Promise<Socket> {
    return this.#emulator.connection("terminal");
  }

  /** What hypervisor and loader wrote to COM1 so far. */
  serial(): string {
    return readFileSync(join(this.folder, SERIAL_LOG), "utf8");
  }

  /** The last lines of `serial`, with a heading, and names behind addresses; empty when there are none. */
  lastWords(): string {
    return lastWords(this.folder, this.#symbolFiles, [SERIAL_LOG]);
  }

  /** What Linux wrote to its console (COM2) so far. */
  console(): string {
    return readFileSync(join(this.folder, CONSOLE_LOG), "utf8");
  }

  /**
   * Runs a command in a shell, as root.
   *
   * @throws MachineFailure when the machine dies or hangs instead
   */
  async run(command: string, options: RunOptions = {}): Promise<CommandResult> {
    const result = await this.untilNextKernel(command, options);
    if (result === undefined) {
      throw new LabError(`Another kernel came up before "${command}" ended.`);
    }
    return result;
  }

  /**
   * Runs a command that ends this Linux and starts the kernel that `crashKernel` brought along: a panic behind `bf-kexec
   * --panic`, or `bf-kexec --now`. Commands run in that one afterwards; it has busybox, bf-cpuid, and `/proc/vmcore` behind a
   * panic. Where the machine `restarts`, a reboot brings this Linux up again.
   *
   * @returns undefined when the other kernel is up; the command's result when it ended in this one
   * @throws MachineFailure when the machine dies or hangs instead
   *
   * @example
   * const linux = await LinuxMachine.boot({ crashKernel: true });
   * await linux.run("bf-kexec --panic");
   * await linux.untilNextKernel("echo c >/proc/sysrq-trigger; sleep 600");
   * const { stdout } = await linux.run("head -c 4 /proc/vmcore");
   */
  async untilNextKernel(command: string, options: RunOptions = {}): Promise<CommandResult | undefined> {
    const transcript = new Transcript();
    const receive = (type: string, payload: Buffer): CommandResult | typeof NEXT_KERNEL | undefined => {
      if (type === fromGuest.stdout || type === fromGuest.stderr) {
        const stream = type === fromGuest.stdout ? "stdout" : "stderr";
        transcript.add(payload, stream);
        options.onOutput?.(payload, stream);
      } else if (type === fromGuest.ready) {
        return NEXT_KERNEL;
      } else if (type === fromGuest.exit) {
        return { exitCode: payload.readUInt32LE(), ...transcript.texts() };
      }
      return undefined;
    };
    const result = await this.#request(toGuest.command, command, receive, this.#limit(options));
    return result === NEXT_KERNEL ? undefined : result;
  }

  /** Sends a signal to the command that runs, and to all that it has started; nothing when none runs. */
  signal(name: NodeJS.Signals): void {
    this.#channel.send(toGuest.signal, Uint8Array.of(constants.signals[name]));
  }

  /**
   * Runs a login shell on the terminal and waits for its end; returns its exit code. Commands may run meanwhile.
   */
  runShell(rows: number, columns: number): Promise<number> {
    const size = Buffer.alloc(4);
    size.writeUInt16LE(rows, 0);
    size.writeUInt16LE(columns, 2);
    const receive = (type: string, payload: Buffer) =>
      type === fromGuest.shellExit ? payload.readUInt32LE() : undefined;
    return this.#request(toGuest.shell, size, receive, undefined);
  }

  /** Ends the shell as a terminal that hangs up does. */
  hangUp(): void {
    this.#channel.send(toGuest.hangUp, "");
  }

  /**
   * Brings files along later: as `put` of the machine's options does.
   *
   * @throws LabError when one of them cannot be read, or the machine has no memory left for them
   */
  async put(files: readonly (string | PutFile)[]): Promise<void> {
    await this.unpack(filesArchive(putEntries(files)));
  }

  /** Unpacks a cpio archive in the root file system. Errors: as `put`. */
  async unpack(archive: Buffer): Promise<void> {
    const receive = (type: string, payload: Buffer) =>
      type === fromGuest.fileEnd ? payload.readUInt32LE() : undefined;
    const errno = await this.#request(toGuest.put, archive, receive, this.#limit());
    if (errno !== 0) throw new LabError(`The machine cannot take the files (errno ${errno}).`);
    const { exitCode } = await this.run(UNPACK);
    if (exitCode !== 0) throw new LabError("The machine cannot take the files: they could not be unpacked.");
  }

  /**
   * The content of a file inside.
   *
   * @param path absolute, or relative to /root
   * @throws LabError when it cannot be read
   */
  async get(path: string): Promise<Buffer> {
    const pieces: Buffer[] = [];
    const receive = (type: string, payload: Buffer): number | undefined => {
      if (type === fromGuest.fileData) {
        pieces.push(payload);
      }
      return type === fromGuest.fileEnd ? payload.readUInt32LE() : undefined;
    };
    const errno = await this.#request(toGuest.get, path, receive, this.#limit());
    if (errno !== 0) {
      throw new LabError(`The machine cannot read ${path} (errno ${errno}).`);
    }
    return Buffer.concat(pieces);
  }

  /** Ends the machine at once, as pulling the plug does; its logs go, unless it died before or `keep` was set. */
  async close(): Promise<void> {
    await this.end();
    if (this.#options.keep !== true && !this.#watch.failed) {
      removeRunFolder(this.folder);
    }
  }

  /** Ends the machine, and leaves its logs to the caller. */
  async end(): Promise<void> {
    this.#watch.stop();
    await this.#emulator.kill();
  }

  /** None while GDB may hold the machine. */
  #limit({ timeout, silence }: RunOptions = {}): Limit | undefined {
    if (this.#options.gdbPort !== undefined) return undefined;
    const { emulator } = findMachine(this.#options.machine ?? "amd");
    if (timeout !== undefined) return { seconds: timeout };
    return { silentSeconds: silence ?? linuxDevices[emulator].silentCommandSeconds };
  }

  /** Sends a frame, gives every frame that comes to `receive` until that returns something, or the machine fails. */
  #request<Result>(
    type: string,
    payload: Uint8Array | string,
    receive: (type: string, payload: Buffer) => Result | undefined,
    limit: Limit | undefined,
  ): Promise<Result> {
    return this.#watch.guard("hang", limit, (resolve) => {
      const listener = (frameType: string, framePayload: Buffer) => {
        const result = receive(frameType, framePayload);
        if (result !== undefined) {
          this.#channel.off("frame", listener);
          resolve(result);
        }
      };
      this.#channel.on("frame", listener);
      this.#channel.send(type, payload);
    });
  }
}
