// A machine's output as it comes, with the names of functions behind addresses
//
// The bare platform shows the debug ring at its end, for tests to compare: all of that stood on COM1 before.

import { AddressNamer } from "@bareflank/toolchain/symbols";
import { readTables } from "./symbol-files.ts";

/** Lines of loader/bare/script.ts around the ring. */
const RING_BEGINS = "bare: debug ring";
const RING_ENDS = "bare: end of debug ring";

/** Takes a machine's output in pieces, and hands it on in whole lines. */
export class NamedOutput {
  readonly #files: readonly string[];
  readonly #write: (text: string) => void;
  #namer: AddressNamer | undefined;
  #isRing = false;
  #rest: Buffer = Buffer.alloc(0);

  constructor(files: readonly string[], write: (text: string) => void) {
    this.#files = files;
    this.#write = write;
  }

  take(chunk: Buffer): void {
    const all = Buffer.concat([this.#rest, chunk]);
    const end = all.lastIndexOf("\n") + 1;
    this.#rest = all.subarray(end);
    if (end > 0) this.#name(all.subarray(0, end));
  }

  /** Hands on a last line without an end. */
  end(): void {
    if (this.#rest.length > 0) this.#name(this.#rest);
  }

  #name(bytes: Buffer): void {
    this.#namer ??= new AddressNamer(() => readTables(this.#files));
    const text = this.#withoutRing(bytes.toString());
    if (text !== "") this.#write(this.#namer.name(text));
  }

  #withoutRing(text: string): string {
    return text
      .split(/(?<=\n)/)
      .filter((line) => {
        if (line.startsWith(RING_BEGINS)) this.#isRing = true;
        const isRing = this.#isRing;
        if (line.startsWith(RING_ENDS)) this.#isRing = false;
        return !isRing;
      })
      .join("");
  }
}
