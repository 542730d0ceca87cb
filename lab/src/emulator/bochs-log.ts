// Bochs's log: what it tells of the machine's end
//
// Each line has the machine's time, one letter for its importance (i, e, p), the module, and the message:
//
//     00208753244p[UNMAP ] >>PANIC<< Shutdown port: shutdown requested

import { createWriteStream } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { Death } from "./emulator.ts";

const PANIC = />>PANIC<< (.*)/;
const TRIPLE_FAULT = /exception\(\): 3rd .* exception with no resolution/;
/** The guest wrote "Shutdown" to port 0x8900. */
const SHUTDOWN = "Shutdown port: shutdown requested";
const POWER_OFF = "ACPI control: soft power off";
/** Any reset but that at time 0. */
const RESET = /^0*[1-9]\d*i.* bx_pc_system_c::Reset\(/;

/** How the guest ended Bochs. */
type Shutdown = "guest-exit" | "powered-off";

/** What a line says about the machine's end. */
export const readLogLine = (line: string): Death | Shutdown | undefined => {
  if (RESET.test(line)) return { kind: "powered-off", detail: "it was reset" };
  const message = PANIC.exec(line)?.[1];
  if (message === undefined) return undefined;
  if (message === SHUTDOWN) return "guest-exit";
  if (message === POWER_OFF) return "powered-off";
  return { kind: TRIPLE_FAULT.test(message) ? "triple-fault" : "emulator-failed", detail: message };
};

/** Keeps Bochs's log in a file, and reads it. */
export class BochsLog {
  /** Resolves when the machine is dead although Bochs still runs. */
  readonly died: Promise<Death>;
  /** Why Bochs ended, when that was the guest's doing. */
  shutdown: Shutdown | undefined;
  #messages: string[] = [];

  constructor(stream: Readable, file: string) {
    stream.pipe(createWriteStream(file));
    this.died = new Promise((resolve) =>
      createInterface({ input: stream }).on("line", (line) => {
        const found = readLogLine(line);
        if (typeof found === "string") this.shutdown = found;
        else if (found !== undefined) resolve(found);
        if (PANIC.test(line)) this.#messages.push(line);
      }),
    );
  }

  /** Everything that was more than an error. */
  get panics(): string {
    return this.#messages.join("\n");
  }
}
