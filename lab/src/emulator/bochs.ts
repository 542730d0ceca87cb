// A running Bochs, and how it ended

import type { ChildProcess } from "node:child_process";
import { closeSync, constants, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { runTool } from "../host-tools.ts";
import { linuxScript, makeBootDisc, multibootScript } from "../image/boot-disc.ts";
import type { BochsMachine } from "../machines.ts";
import { type BootDisk, bochsConfiguration, rootDiskAddress } from "./bochs-configuration.ts";
import { BochsDebugger } from "./bochs-debugger.ts";
import { BochsLog } from "./bochs-log.ts";
import {
  type BareBoot,
  type Boot,
  type Death,
  type Emulator,
  type Ending,
  type LinuxBoot,
  type MachineOptions,
  REGISTERS_LOG,
  SERIAL_LOG,
  type Wire,
  wiresOf,
} from "./emulator.ts";
import { spawnEmulator, startFailure } from "./process.ts";
import { type Recording, recordAll, SocketSet } from "./sockets.ts";

/** What Bochs itself says, and what it was told. */
const BOCHS_LOG = "bochs.log";
const CONFIGURATION = "bochsrc";

/** The value with which the bare platform ended: Bochs has no exit status, so its last line tells. */
export const printedExitValue = (serial: string): number | undefined => {
  const value = /^bare: exit (\d+)\r?\n$/.exec(serial.slice(serial.lastIndexOf("bare: exit ")))?.[1];
  return value === undefined ? undefined : Number(value);
};

const bareDisc = (folder: string, { image, modules, append }: BareBoot): string => {
  const files = [image, ...modules].map((source, index) => ({ source, path: `/boot/${index}.elf` }));
  const [first = "", ...others] = files.map(({ path }) => path);
  return makeBootDisc(folder, multibootScript(first, append, others), ["multiboot"], files);
};

const linuxDisc = (folder: string, boot: LinuxBoot): string => {
  const files = [
    { source: boot.kernel, path: "/boot/vmlinuz" },
    { source: boot.initramfs, path: "/boot/initramfs" },
  ];
  return makeBootDisc(
    folder,
    linuxScript("/boot/vmlinuz", boot.commandLine, "/boot/initramfs"),
    ["linux", "serial", "echo"],
    files,
  );
};

/** What firmware boots: an EFI system partition as a whole disk, or a CD that is made now. */
const bootDisk = (folder: string, boot: Boot): BootDisk => {
  if (boot.kind === "bare") return { type: "cdrom", path: bareDisc(folder, boot) };
  return boot.partition === undefined
    ? { type: "cdrom", path: linuxDisc(folder, boot) }
    : { type: "disk", path: boot.partition };
};

/**
 * Both ends of a pipe for the debugger's commands. It must be no socket, as Node.js's own pipes are: before somebody
 * connects to Bochs's display, Bochs sends pictures to file descriptor 0, and waits for ever when that takes them.
 */
const openFifo = (path: string): number => {
  runTool("mkfifo", [path]);
  return openSync(path, constants.O_RDWR);
};

/** A Bochs that was started. */
export class Bochs implements Emulator {
  readonly ended: Promise<Ending>;
  readonly died: Promise<Death>;
  readonly pid: number;
  readonly folder: string;
  readonly monitor: BochsDebugger;
  readonly #process: ChildProcess;
  readonly #sockets: SocketSet<Wire>;
  readonly #log: BochsLog;

  private constructor(
    process: ChildProcess,
    sockets: SocketSet<Wire>,
    folder: string,
    log: BochsLog,
    monitor: BochsDebugger,
    recordings: readonly Recording[],
  ) {
    this.#process = process;
    // The emulator has answered already, so there is a process.
    this.pid = process.pid ?? 0;
    this.#sockets = sockets;
    this.#log = log;
    this.folder = folder;
    this.monitor = monitor;
    this.died = log.reset.then(() => ({ kind: "powered-off", detail: "it was reset" }));
    const closed = new Promise<number | null>((resolve) => process.once("close", resolve));
    this.ended = closed.then(async (exitCode) => {
      sockets.dispose();
      await Promise.all(recordings.map((recording) => recording.closed));
      return this.#ending(exitCode);
    });
  }

  /** Starts Bochs and waits for its debugger. */
  static async start(machine: BochsMachine, options: MachineOptions, boot: Boot, folder: string): Promise<Bochs> {
    const sockets = new SocketSet<Wire>();
    const wires = wiresOf(boot);
    try {
      const ports = new Map<Wire, number>();
      for (const wire of wires) ports.set(wire, await sockets.listenOnPort(wire));
      const disk = bootDisk(sockets.folder, boot);
      const configuration = join(folder, CONFIGURATION);
      writeFileSync(configuration, bochsConfiguration(machine, options, ports, disk, boot));
      const commands = openFifo(join(sockets.folder, "commands"));
      const child = spawnEmulator(machine, ["-q", "-f", configuration], [commands, "pipe", "pipe"]);
      child.once("close", () => closeSync(commands));
      const { stdout, stderr } = child as { stdout: Readable; stderr: Readable };
      const log = new BochsLog(stderr, join(folder, BOCHS_LOG));
      const { failed, started } = startFailure(child, () => log.stop?.message ?? "");
      const send = (command: string) => writeSync(commands, command);
      const controls = { send, stdout, interrupt: () => child.kill("SIGINT"), end: () => child.kill("SIGKILL") };
      const monitor = new BochsDebugger(controls, options.smp);
      await Promise.race([monitor.ready, failed]);
      if (boot.kind === "linux") await monitor.touch(rootDiskAddress(options.memory), BigInt(boot.rootBytes));
      started();
      const recordings = await recordAll(wires, (wire) => sockets.connection(wire), folder);
      return new Bochs(child, sockets, folder, log, monitor, recordings);
    } catch (error) {
      sockets.dispose();
      throw error;
    }
  }

  connection(wire: Wire): Promise<Socket> {
    return this.#sockets.connection(wire);
  }

  resume(): Promise<void> {
    return this.monitor.resume();
  }

  log(): string {
    return this.#log.stop?.message ?? "";
  }

  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.ended;
  }

  #ending(exitCode: number | null): Ending {
    const { stop, registers } = this.#log;
    switch (stop?.reason) {
      case "guest-exit": {
        const value = printedExitValue(readFileSync(join(this.folder, SERIAL_LOG), "utf8"));
        return value === undefined ? { reason: "powered-off" } : { reason: "guest-exit", value };
      }
      case "powered-off":
        return { reason: "powered-off" };
      case "triple-fault":
        writeFileSync(join(this.folder, REGISTERS_LOG), registers);
        return { reason: "triple-fault" };
      default:
        return { reason: "emulator-failed", exitCode };
    }
  }
}
