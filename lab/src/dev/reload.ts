// An extension in a machine that stays up: the one that runs ends, another one starts

import { basename, join } from "node:path";
import { SERIAL_LOG } from "../emulator/emulator.ts";
import { LabError } from "../errors.ts";
import { StandingMachine } from "../standing/client.ts";
import { readRecord } from "../standing/records.ts";
import { startStanding } from "../standing/start.ts";
import { debugFiles } from "../symbol-files.ts";
import { LogFollower } from "./follow.ts";

export interface DevMachineOptions {
  /** In the table of machines. */
  readonly machine: string;
  readonly smp: number;
  readonly memory: string;
  /** What runs in Linux after each start; none without it. */
  readonly command?: string;
  readonly onNote: (note: string) => void;
  /** Gets what hypervisor, extension and command write. */
  readonly onText: (text: string) => void;
}

/** What was there before has to go; that there is nothing is no error. */
const END = "{ bfm stop; bfm unload; } >/dev/null 2>&1";

/** A machine for one extension that is changed again and again. */
export class DevMachine {
  readonly #name: string;
  readonly #options: DevMachineOptions;
  #follower: LogFollower | undefined;

  constructor(name: string, options: DevMachineOptions) {
    this.#name = name;
    this.#options = options;
  }

  /**
   * Starts the hypervisor with this ELF file, in a machine that is started when none is up.
   *
   * @returns whether it started, and the command ended well
   * @throws LabError when the machine cannot be made, or died
   */
  async reload(elf: string): Promise<boolean> {
    const machine = await this.#up();
    await machine.put([elf]);
    this.#follow(elf);
    const { command, onText } = this.#options;
    const words = [`bfm quick ${basename(elf)}`, ...(command === undefined ? [] : [command]), "bfm status"];
    const exitCode = await machine.exec(`${END}; ${words.join(" && ")}`, {
      onOutput: (bytes) => onText(bytes.toString()),
    });
    return exitCode === 0;
  }

  /** Shows no more of the machine, which stays up. */
  close(): void {
    this.#follower?.close();
    this.#follower = undefined;
  }

  async #up(): Promise<StandingMachine> {
    const { machine, smp, memory, onNote } = this.#options;
    if (!(await StandingMachine.isUp(this.#name))) {
      this.close();
      onNote(`starting the machine "${this.#name}", which stays up: bf lab down ${this.#name} ends it`);
      await startStanding(this.#name, { machine, smp, memory, onNote });
    }
    const record = readRecord(this.#name);
    if (record?.machine !== machine || record.smp !== smp || record.memory !== memory) {
      throw new LabError(
        `The machine "${this.#name}" is another one than was asked for.`,
        `End it: bf lab down ${this.#name}`,
      );
    }
    return new StandingMachine(this.#name);
  }

  /** From now on, addresses have the names of this build. */
  #follow(elf: string): void {
    this.close();
    const folder = readRecord(this.#name)?.folder ?? "";
    // The port's lines end as a terminal's do
    const show = (text: string) => this.#options.onText(text.replaceAll("\r\n", "\n"));
    this.#follower = new LogFollower(join(folder, SERIAL_LOG), debugFiles([elf]), show);
  }
}
