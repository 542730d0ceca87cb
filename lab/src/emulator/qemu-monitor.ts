// QEMU's machine protocol (QMP): one JSON object per line, in both directions

import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import type { Monitor } from "./emulator.ts";

interface Reply {
  readonly return?: unknown;
  readonly error?: { readonly class: string; readonly desc: string };
  readonly event?: string;
  readonly data?: Record<string, unknown>;
}

/** QEMU's answer to query-migrate, as far as it is of interest. */
interface MigrationStatus {
  readonly status: string;
  readonly "error-desc"?: string;
}

/** Bytes a second: more than any host writes. */
const UNLIMITED = 1e12;
const MIGRATION_POLL_MILLISECONDS = 20;

/** One word of a shell. */
export const quotedWord = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A connection to QEMU's monitor. Emits "event" with name and data.
 *
 * @example
 * const text = await machine.monitor.human("info registers -a");
 * await machine.monitor.saveMemory(0x100000n, 4096n, "/tmp/page");
 */
export class QemuMonitor
  extends EventEmitter<{ event: [name: string, data: Record<string, unknown>] }>
  implements Monitor
{
  readonly #socket: Socket;
  readonly #pending: Pending[] = [];
  /** Resolves when QEMU has set up the machine and listens. */
  readonly ready: Promise<unknown>;

  constructor(socket: Socket) {
    super();
    this.#socket = socket;
    const lines = createInterface({ input: socket });
    lines.on("line", (line) => this.#receive(JSON.parse(line) as Reply));
    // readline repeats the socket's errors, which are handled below.
    lines.on("error", () => lines.close());
    socket.on("close", () => this.#fail(new Error("QEMU has closed its monitor.")));
    socket.on("error", (error) => this.#fail(error));
    this.ready = this.#send("qmp_capabilities", {});
    this.ready.catch(() => undefined);
  }

  /** Runs a QMP command, e.g. `execute("query-cpus-fast")`. */
  async execute(command: string, parameters: Record<string, unknown> = {}): Promise<unknown> {
    await this.ready;
    return await this.#send(command, parameters);
  }

  /** Runs a command of the monitor for people, e.g. `info registers -a`, and returns what it prints. */
  async human(command: string): Promise<string> {
    return String(await this.execute("human-monitor-command", { "command-line": command }));
  }

  registers(): Promise<string> {
    return this.human("info registers -a");
  }

  async pause(): Promise<void> {
    await this.execute("stop");
  }

  async resume(): Promise<void> {
    await this.execute("cont");
  }

  async saveMemory(address: bigint, bytes: bigint, file: string): Promise<void> {
    await this.human(`pmemsave ${address} ${bytes} "${file}"`);
  }

  /** Waits until a machine that goes on from a saved state has all of it. */
  async stateRead(): Promise<void> {
    for (;;) {
      const { status } = (await this.execute("query-status")) as { readonly status: string };
      if (status !== "inmigrate") return;
      await sleep(MIGRATION_POLL_MILLISECONDS);
    }
  }

  async saveState(file: string): Promise<void> {
    await this.pause();
    await this.execute("migrate-set-parameters", { "max-bandwidth": UNLIMITED });
    await this.execute("migrate", { uri: `exec:cat >${quotedWord(file)}` });
    for (;;) {
      const { status, "error-desc": error } = (await this.execute("query-migrate")) as MigrationStatus;
      if (status === "completed") return;
      if (status === "failed")
        throw new Error(`QEMU cannot save the machine's state: ${error ?? "it does not say why"}.`);
      await sleep(MIGRATION_POLL_MILLISECONDS);
    }
  }

  async quit(): Promise<void> {
    await this.execute("quit");
  }

  #send(command: string, parameters: Record<string, unknown>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#socket.destroyed) {
        reject(new Error("QEMU has closed its monitor."));
        return;
      }
      this.#pending.push({ resolve, reject });
      this.#socket.write(`${JSON.stringify({ execute: command, arguments: parameters })}\n`);
    });
  }

  #receive(reply: Reply): void {
    if (reply.event !== undefined) {
      this.emit("event", reply.event, reply.data ?? {});
    } else if (reply.error !== undefined) {
      this.#pending.shift()?.reject(new Error(`QEMU: ${reply.error.desc}`));
    } else if ("return" in reply) {
      this.#pending.shift()?.resolve(reply.return);
    }
  }

  #fail(error: Error): void {
    for (const pending of this.#pending.splice(0)) {
      pending.reject(error);
    }
  }
}
