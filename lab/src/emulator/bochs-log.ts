// Bochs's log: what it tells of the machine's end
//
// Each line has the machine's time, one letter for its importance (i, e, p), the module, and the message:
//
//     00208753244p[UNMAP ] >>PANIC<< Shutdown port: shutdown requested

import { createWriteStream, openSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

const PANIC = />>PANIC<< (.*)/;
const TRIPLE_FAULT = /exception\(\): 3rd .* exception with no resolution/;
/** Any reset but that at time 0. */
const RESET = /^0*[1-9]\d*i.* bx_pc_system_c::Reset\(/;

/** A line of a processor's state, which Bochs writes before a panic ends it. */
const REGISTERS = /^\d+i\[(CPU\d+) *\] (?:\| )?(.*)/;

/** Why Bochs ended by itself. */
type Stop = { readonly reason: "guest-exit" | "powered-off" | "triple-fault" | "panic"; readonly message: string };

const reasons: Readonly<Record<string, "guest-exit" | "powered-off">> = {
  "Shutdown port: shutdown requested": "guest-exit",
  "ACPI control: soft power off": "powered-off",
};

/** What a line says about Bochs's end; undefined when it is no panic. */
export const readPanic = (line: string): Stop | undefined => {
  const message = PANIC.exec(line)?.[1];
  if (message === undefined) return undefined;
  return { reason: reasons[message] ?? (TRIPLE_FAULT.test(message) ? "triple-fault" : "panic"), message };
};

/** Keeps Bochs's log in a file, and reads it. */
export class BochsLog {
  /** Resolves when the machine was reset. */
  readonly reset: Promise<void>;
  /** Why Bochs ended; undefined while it runs, and when it was killed. */
  stop: Stop | undefined;
  readonly #registers: string[] = [];

  constructor(stream: Readable, file: string) {
    // Opened now: a run that ends at once takes its folder with it
    stream.pipe(createWriteStream(file, { fd: openSync(file, "w") }));
    const lines = createInterface({ input: stream });
    lines.on("line", (line) => this.#read(line));
    this.reset = new Promise((resolve) => lines.on("line", (line) => RESET.test(line) && resolve()));
  }

  /** Registers of all processors at the panic; empty when there was none. */
  get registers(): string {
    return this.#registers.join("");
  }

  #read(line: string): void {
    this.stop ??= readPanic(line);
    const match = this.stop === undefined ? null : REGISTERS.exec(line);
    if (match !== null) this.#registers.push(`${match[1]} ${match[2]}\n`);
  }
}
