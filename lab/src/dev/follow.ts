// A log that grows: what comes to it, as it comes

import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { NamedOutput } from "../named-output.ts";

const LOOK_MILLISECONDS = 100;
const PIECE_BYTES = 65_536;

/** Hands on what is written to a file from now on, in whole lines, with names behind addresses. */
export class LogFollower {
  readonly #file: number;
  readonly #output: NamedOutput;
  readonly #timer: NodeJS.Timeout;
  #position: number;

  /** @param symbolFiles where the names come from */
  constructor(path: string, symbolFiles: readonly string[], write: (text: string) => void) {
    this.#file = openSync(path, "r");
    this.#position = fstatSync(this.#file).size;
    this.#output = new NamedOutput(symbolFiles, write);
    this.#timer = setInterval(() => this.#look(), LOOK_MILLISECONDS);
  }

  /** Resolves when what has been written by now has been handed on, with what comes by another way and a little later. */
  async caughtUp(): Promise<void> {
    await sleep(2 * LOOK_MILLISECONDS);
  }

  /** Hands on what has come by now, and no more. */
  close(): void {
    clearInterval(this.#timer);
    this.#look();
    this.#output.end();
    closeSync(this.#file);
  }

  #look(): void {
    const piece = Buffer.alloc(PIECE_BYTES);
    for (let bytes = this.#read(piece); bytes > 0; bytes = this.#read(piece)) {
      this.#position += bytes;
      this.#output.take(Buffer.from(piece.subarray(0, bytes)));
    }
  }

  #read(piece: Buffer): number {
    return readSync(this.#file, piece, 0, piece.length, this.#position);
  }
}
