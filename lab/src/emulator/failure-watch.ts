// Noticing that a machine is dead: by its serial ports, by its emulator, or because nothing comes of it any more

import { EventEmitter } from "node:events";
import { writeFileSync } from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";
import { lastWords } from "../last-words.ts";
import { type FailureKind, MachineFailure } from "../outcome.ts";
import { keepRunFolder } from "../run-folder.ts";
import { type Death, type Emulator, REGISTERS_LOG, SERIAL_LOG } from "./emulator.ts";
import { writeFunctions } from "./functions.ts";
import { MachineClock, waitingSeconds } from "./machine-clock.ts";

/** What a dying machine writes to a serial port, and how many seconds it gets after that. */
const panics = {
  /** Long enough for the rest of the text. */
  panic: { pattern: /Kernel panic - not syncing.*/, grace: 2 },
  /** Linux may have got its processor back, or may run on with the others: its command can still end. */
  "hypervisor-panic": { pattern: /bareflank: PANIC.*/, grace: 10 },
  /** The same, but for a machine with one processor nothing can come any more. */
  "processor-halted": { pattern: /bareflank: processor halted.*/, grace: 3 },
} as const;

/** Most milliseconds between two looks at the machine's clock. */
const LOOK_MILLISECONDS = 500;

/** How long a machine may take. Seconds are the machine's own (machine-clock.ts). */
export type Limit =
  /** Altogether. */
  | { readonly seconds: number }
  /** Without a sign of life: whatever comes over one of its wires begins them anew. */
  | { readonly silentSeconds: number };

/** Notices when a machine dies, and keeps what can be learned from it. */
export class FailureWatch extends EventEmitter<{ failure: [error: MachineFailure] }> {
  /** Resolves when the machine has died, and its logs are complete. */
  readonly failure = new Promise<MachineFailure>((resolve) => this.once("failure", resolve));
  readonly #emulator: Emulator;
  readonly #symbolFiles: readonly string[];
  #failure: MachineFailure | undefined;
  /** A panic that was seen; it is why a machine hangs. */
  #suspected: Death | undefined;
  #stopped = false;
  /** Signs of life so far. */
  #signs = 0;
  /** What is waited for: each of these ends one. */
  readonly #waits = new Set<() => void>();

  /** @param symbolFiles names for the addresses in the machine's last words */
  constructor(emulator: Emulator, symbolFiles: readonly string[]) {
    super();
    this.#emulator = emulator;
    this.#symbolFiles = symbolFiles;
    emulator.died.then((death) => this.#die(death));
    emulator.ended.then((ending) => {
      if (this.#stopped || this.failed) {
        return;
      }
      if (ending.reason === "guest-exit") {
        // A panic was survived, and its time must not run on.
        this.stop();
        return;
      }
      const detail = ending.reason === "emulator-failed" ? `exit code ${ending.exitCode}, ${emulator.log()}` : "";
      this.#report({ kind: ending.reason, detail });
    });
  }

  /** Takes what comes over a wire for signs of life. */
  heed(socket: Socket): void {
    socket.on("data", () => {
      this.#signs += 1;
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
        this.#after({ seconds: panics[kind].grace }, () => this.#die(cause));
      }
    });
  }

  /** Whether the machine has died. */
  get failed(): boolean {
    return this.#failure !== undefined;
  }

  /** From now on, an end is no failure, and nothing is waited for. */
  stop(): void {
    this.#stopped = true;
    for (const cancel of this.#waits) cancel();
  }

  /** Waits for `begin` to resolve; fails when the machine does, or with `kind` when the limit is reached. */
  guard<Result>(
    kind: FailureKind,
    limit: Limit | undefined,
    begin: (resolve: (result: Result) => void) => void,
  ): Promise<Result> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) {
        reject(this.#failure);
        return;
      }
      const detail = limit === undefined ? "" : describeLimit(limit);
      const expire = () => this.#die(this.#suspected ?? { kind, detail });
      const cancel = limit === undefined ? () => undefined : this.#after(limit, expire);
      const onFailure = (error: MachineFailure) => {
        cancel();
        reject(error);
      };
      this.once("failure", onFailure);
      begin((result) => {
        cancel();
        this.off("failure", onFailure);
        resolve(result);
      });
    });
  }

  /** Calls `then` when the limit is reached, unless what is returned is called before. */
  #after(limit: Limit, then: () => void): () => void {
    const isSilence = "silentSeconds" in limit;
    const allowed = isSilence ? limit.silentSeconds : limit.seconds;
    const clock = new MachineClock(() => waitingSeconds(this.#emulator.pid));
    let begin = 0;
    let signs = this.#signs;
    let wasOver = false;
    let timer: NodeJS.Timeout | undefined;
    const look = () => {
      const now = clock.seconds;
      if (isSilence && signs !== this.#signs) {
        signs = this.#signs;
        begin = now;
      }
      const left = allowed - (now - begin);
      // This process may have been late, too: what came meanwhile is read before the next look.
      if (left <= 0 && wasOver) {
        cancel();
        then();
        return;
      }
      wasOver = left <= 0;
      timer = setTimeout(look, Math.min(LOOK_MILLISECONDS, Math.max(1, left * 1_000)));
    };
    const cancel = () => {
      clearTimeout(timer);
      this.#waits.delete(cancel);
    };
    this.#waits.add(cancel);
    look();
    return cancel;
  }

  /** The machine is of no use any more, but its emulator still runs: notes the registers, then ends it. */
  async #die({ kind, detail }: Death): Promise<void> {
    if (this.#stopped || this.failed) {
      return;
    }
    this.#failure = this.#failureFor({ kind, detail });
    writeFileSync(join(this.#emulator.folder, REGISTERS_LOG), await this.#registers());
    await this.#emulator.kill();
    this.#report({ kind, detail });
  }

  /** Registers of all processors, or why they cannot be had. */
  #registers(): Promise<string> {
    const late = new Promise<string>((resolve) => {
      setTimeout(() => resolve("The emulator did not answer within 5 seconds.\n"), 5_000).unref();
    });
    return Promise.race([this.#emulator.monitor.registers().catch((error: Error) => `${error.message}\n`), late]);
  }

  #failureFor({ kind, detail }: Death): MachineFailure {
    const { folder } = this.#emulator;
    keepRunFolder(folder);
    return new MachineFailure(kind, detail, folder, lastWords(folder, this.#symbolFiles));
  }

  /** By now the logs are complete. */
  #report(death: Death): void {
    const failure = this.#failureFor(death);
    this.#failure = failure;
    writeFunctions(failure.folder, [SERIAL_LOG, REGISTERS_LOG], this.#symbolFiles);
    this.emit("failure", failure);
  }
}

const describeLimit = (limit: Limit): string =>
  "silentSeconds" in limit
    ? `nothing came from it for ${limit.silentSeconds} seconds`
    : `${limit.seconds} seconds are over`;
