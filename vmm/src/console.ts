// Characters on their way to another thread: a line at a time

const NEWLINE = 10;
const MOST_BYTES = 1024;

export class Console {
  readonly #send: (bytes: Uint8Array) => void;
  #bytes: number[] = [];

  constructor(send: (bytes: Uint8Array) => void) {
    this.#send = send;
  }

  add(byte: number): void {
    this.#bytes.push(byte);
    if (byte === NEWLINE || this.#bytes.length >= MOST_BYTES) this.flush();
  }

  flush(): void {
    if (this.#bytes.length === 0) return;
    this.#send(Uint8Array.from(this.#bytes));
    this.#bytes = [];
  }
}
