// A running QEMU, and how it ended

import type { ChildProcess } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";
import type { QemuMachine } from "../machines.ts";
import {
  type Boot,
  type Death,
  type Emulator,
  type Ending,
  type MachineOptions,
  type Wire,
  wiresOf,
} from "./emulator.ts";
import { spawnEmulator, startFailure } from "./process.ts";
import { qemuArguments, RESET_LOG } from "./qemu-arguments.ts";
import { QemuMonitor } from "./qemu-monitor.ts";
import { type Recording, recordAll, SocketSet } from "./sockets.ts";

/** What QEMU itself says on stdout and stderr. */
const QEMU_LOG = "qemu.log";

/**
 * The value that ended QEMU: its isa-debug-exit device makes `value * 2 + 1` QEMU's exit code.
 *
 * @returns undefined when QEMU did not end by that device; for 0, too, because QEMU's own errors end with 1
 */
export const debugExitValue = (exitCode: number | null): number | undefined =>
  exitCode !== null && exitCode > 1 && exitCode % 2 === 1 ? (exitCode - 1) / 2 : undefined;

/** A QEMU that was started. */
export class Qemu implements Emulator {
  readonly ended: Promise<Ending>;
  /** QEMU ends when its machine dies. */
  readonly died = new Promise<Death>(() => undefined);
  readonly pid: number;
  readonly folder: string;
  readonly monitor: QemuMonitor;
  readonly #process: ChildProcess;
  readonly #sockets: SocketSet<Wire | "qmp">;
  #shutdownReason = "";

  private constructor(
    process: ChildProcess,
    sockets: SocketSet<Wire | "qmp">,
    folder: string,
    monitor: QemuMonitor,
    recordings: readonly Recording[],
  ) {
    this.#process = process;
    // The emulator has answered already, so there is a process.
    this.pid = process.pid ?? 0;
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

  /** Starts QEMU and waits for its monitor. */
  static async start(machine: QemuMachine, options: MachineOptions, boot: Boot, folder: string): Promise<Qemu> {
    const sockets = new SocketSet<Wire | "qmp">();
    const wires = wiresOf(boot);
    try {
      await Promise.all((["qmp", ...wires] as const).map((name) => sockets.listen(name)));
      const log = openSync(join(folder, QEMU_LOG), "w");
      const words = qemuArguments(machine, options, boot, (name) => sockets.path(name), folder);
      const child = spawnEmulator(machine, words, ["ignore", log, log]);
      closeSync(log);
      const { failed, started } = startFailure(child, () => qemuLog(folder));
      const monitor = new QemuMonitor(await Promise.race([sockets.connection("qmp"), failed]));
      await Promise.race([monitor.ready, failed]);
      started();
      const recordings = await recordAll(wires, (wire) => sockets.connection(wire), folder);
      return new Qemu(child, sockets, folder, monitor, recordings);
    } catch (error) {
      sockets.dispose();
      throw error;
    }
  }

  connection(name: Wire): Promise<Socket> {
    return this.#sockets.connection(name);
  }

  async resume(): Promise<void> {
    await this.monitor.stateRead();
    await this.monitor.resume();
  }

  log(): string {
    return qemuLog(this.folder);
  }

  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.ended;
  }

  #ending(exitCode: number | null): Ending {
    this.#sockets.dispose();
    if (!this.#shutdownReason.startsWith("guest-")) {
      const value = debugExitValue(exitCode);
      return value === undefined ? { reason: "emulator-failed", exitCode } : { reason: "guest-exit", value };
    }
    // QEMU reports a triple fault and a reset that the guest asks for alike; only its log tells them apart.
    const tripleFault = readFileSync(join(this.folder, RESET_LOG), "utf8").includes("Triple fault");
    return { reason: tripleFault ? "triple-fault" : "powered-off" };
  }
}

const qemuLog = (folder: string): string => readFileSync(join(folder, QEMU_LOG), "utf8").trim();
