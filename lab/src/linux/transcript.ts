// What a command has written

export type OutputStream = "stdout" | "stderr";

export interface OutputTexts {
  readonly stdout: string;
  readonly stderr: string;
  /** Both, in the order in which they came. */
  readonly output: string;
}

/** Collects output piece by piece, so that what came before a machine died is there, too. */
export class Transcript {
  readonly #chunks: { stream: OutputStream; bytes: Buffer }[] = [];

  add(bytes: Buffer, stream: OutputStream): void {
    this.#chunks.push({ stream, bytes });
  }

  texts(): OutputTexts {
    return { stdout: this.#text("stdout"), stderr: this.#text("stderr"), output: this.#text() };
  }

  #text(stream?: OutputStream): string {
    const chosen = this.#chunks.filter((chunk) => stream === undefined || chunk.stream === stream);
    return Buffer.concat(chosen.map(({ bytes }) => bytes)).toString();
  }
}
