// QEMU's machine protocol (QMP): one JSON object per line, in both directions

import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import { createInterface } from "node:readline";
import type { Monitor } from "./emulator.ts";

interface Reply {
  readonly return?: unknown;
  readonly error?: { readonly class: string; readonly desc: string };
  readonly event?: string;
  readonly data?: Record<string, unknown>;
}

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

  async saveMemory(address: bigint, bytes: bigint, file: string): Promise<void> {
    await this.human(`pmemsave ${address} ${bytes} "${file}"`);
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
