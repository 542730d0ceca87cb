// Noticing that a machine is dead: by its serial ports, by QEMU's end, or by the clock

import { EventEmitter } from "node:events";
import { writeFileSync } from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";
import { type FailureKind, MachineFailure } from "../outcome.ts";
import type { Emulator } from "./process.ts";

/** After "Kernel panic", so long for the rest of its text. */
const PANIC_TEXT_MILLISECONDS = 1_000;

const panicPatterns = {
  panic: /Kernel panic - not syncing.*/,
  "hypervisor-panic": /^.*bareflank: panic.*/im,
} as const;

/** Notices when a machine dies, and keeps what can be learned from it. */
export class FailureWatch extends EventEmitter<{ failure: [error: MachineFailure] }> {
  readonly #emulator: Emulator;
  #failure: MachineFailure | undefined;
  #stopped = false;

  constructor(emulator: Emulator) {
    super();
    this.#emulator = emulator;
    emulator.ended.then(({ reason, exitCode }) => {
      if (this.#stopped || this.failed) {
        return;
      }
      if (reason === "unexplained") {
        this.#fail("emulator-failed", `exit code ${exitCode}, ${emulator.log()}`);
      } else {
        this.#fail(reason, "");
      }
    });
  }

  /** Looks for panics in what comes over a serial port. */
  observe(kind: keyof typeof panicPatterns, socket: Socket): void {
    let line = "";
    socket.on("data", (chunk) => {
      line = (line + chunk.toString("latin1")).slice(-4096);
      const match = panicPatterns[kind].exec(line);
      if (match !== null && match.index + match[0].length < line.length) {
        line = "";
        setTimeout(() => this.#die(kind, match[0].trim()), PANIC_TEXT_MILLISECONDS);
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
          : setTimeout(() => this.#die(kind, `nothing for ${seconds} seconds`), seconds * 1_000);
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
  async #die(kind: FailureKind, detail: string): Promise<void> {
    if (this.#failure !== undefined || this.#stopped) {
      return;
    }
    writeFileSync(join(this.#emulator.folder, "registers.txt"), await this.#emulator.registers());
    this.#fail(kind, detail);
    await this.#emulator.kill();
  }

  #fail(kind: FailureKind, detail: string): void {
    if (this.#failure === undefined && !this.#stopped) {
      this.#failure = new MachineFailure(kind, detail, this.#emulator.folder);
      this.emit("failure", this.#failure);
    }
  }
}
