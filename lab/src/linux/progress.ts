// How far a boot is, for those who wait for it

import type { Socket } from "node:net";
import { LOADED } from "../image/boot-disc.ts";

/** What is said on Linux's console when a stage begins, and what the stage is. */
const stages = [
  { begin: "", title: "firmware, boot loader, kernel" },
  { begin: LOADED, title: "kernel" },
  { begin: "lab: first process", title: "root disk and driver" },
] as const;

/** Boots that are through by then need no word. */
const SECONDS = 5;

/** Tells every few seconds how far the boot is, until `stop` is called. */
export class BootProgress {
  readonly #timer: NodeJS.Timeout;
  readonly #begin = performance.now();
  #console = "";

  constructor(console: Socket, tell: (note: string) => void) {
    console.on("data", (bytes) => {
      this.#console += bytes.toString("latin1");
    });
    this.#timer = setInterval(() => {
      const seconds = Math.round((performance.now() - this.#begin) / 1000);
      tell(`booting, ${seconds} s: ${this.stage}`);
    }, SECONDS * 1000);
  }

  /** The stage that the boot is in. */
  get stage(): string {
    return stages.findLast(({ begin }) => this.#console.includes(begin))?.title ?? "";
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
