// Noticing that a machine is dead: by its serial ports, by its emulator, or by the clock

import { EventEmitter } from "node:events";
import { writeFileSync } from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";
import { type FailureKind, MachineFailure } from "../outcome.ts";
import { type Death, type Emulator, REGISTERS_LOG, SERIAL_LOG } from "./emulator.ts";
import { writeFunctions } from "./functions.ts";

/** What a dying machine writes to a serial port, and how many milliseconds it gets after that. */
const panics = {
  /** Long enough for the rest of the text. */
  panic: { pattern: /Kernel panic - not syncing.*/, grace: 1_000 },
  /** Linux may have got its processor back, or may run on with the others: its command can still end. */
  "hypervisor-panic": { pattern: /bareflank: PANIC.*/, grace: 10_000 },
} as const;

/** Notices when a machine dies, and keeps what can be learned from it. */
export class FailureWatch extends EventEmitter<{ failure: [error: MachineFailure] }> {
  readonly #emulator: Emulator;
  #failure: MachineFailure | undefined;
  /** A panic that was seen; it is why a machine hangs. */
  #suspected: Death | undefined;
  #stopped = false;

  constructor(emulator: Emulator) {
    super();
    this.#emulator = emulator;
    emulator.died.then((death) => this.#die(death));
    emulator.ended.then((ending) => {
      if (this.#stopped || this.failed || ending.reason === "guest-exit") {
        return;
      }
      const detail = ending.reason === "emulator-failed" ? `exit code ${ending.exitCode}, ${emulator.log()}` : "";
      this.#report(new MachineFailure(ending.reason, detail, emulator.folder));
    });
  }

  /** Looks for panics in what comes over a serial port. */
  observe(kind: keyof typeof panics, socket: Socket): void {
    let line = "";
    socket.on("data", (chunk) => {
      line = (line + chunk.toString("latin1")).slice(-4096);
      const match = panics[kind].pattern.exec(line);
      if (match !== null && match.index + match[0].length < line.length) {
        line = "";
        const cause = { kind, detail: match[0].trim() };
        this.#suspected ??= cause;
        setTimeout(() => this.#die(cause), panics[kind].grace);
      }
    });
  }

  /** Whether the machine has died. */
  get failed(): boolean {
    return this.#failure !== undefined;
  }

  /** From now on, an end is no failure. */
  stop(): void {
    this.#stopped = true;
  }

  /** Waits for `begin` to resolve; fails when the machine does, or with `kind` after so many seconds. */
  guard<Result>(
    kind: FailureKind,
    seconds: number | undefined,
    begin: (resolve: (result: Result) => void) => void,
  ): Promise<Result> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) {
        reject(this.#failure);
        return;
      }
      const timer =
        seconds === undefined
          ? undefined
          : setTimeout(
              () => this.#die(this.#suspected ?? { kind, detail: `${seconds} seconds are over` }),
              seconds * 1_000,
            );
      const onFailure = (error: MachineFailure) => {
        clearTimeout(timer);
        reject(error);
      };
      this.once("failure", onFailure);
      begin((result) => {
        clearTimeout(timer);
        this.off("failure", onFailure);
        resolve(result);
      });
    });
  }

  /** The machine is of no use any more, but its emulator still runs: notes the registers, then ends it. */
  async #die({ kind, detail }: Death): Promise<void> {
    if (this.#stopped || this.failed) {
      return;
    }
    const failure = new MachineFailure(kind, detail, this.#emulator.folder);
    this.#failure = failure;
    writeFileSync(join(failure.folder, REGISTERS_LOG), await this.#registers());
    await this.#emulator.kill();
    this.#report(failure);
  }

  /** Registers of all processors, or why they cannot be had. */
  #registers(): Promise<string> {
    const late = new Promise<string>((resolve) => {
      setTimeout(() => resolve("The emulator did not answer within 5 seconds.\n"), 5_000).unref();
    });
    return Promise.race([this.#emulator.monitor.registers().catch((error: Error) => `${error.message}\n`), late]);
  }

  /** By now the logs are complete. */
  #report(failure: MachineFailure): void {
    this.#failure = failure;
    writeFunctions(failure.folder, [SERIAL_LOG, REGISTERS_LOG]);
    this.emit("failure", failure);
  }
}
