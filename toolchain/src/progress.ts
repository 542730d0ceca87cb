// What the user sees on stderr while a build runs: a line per part, and a spinner on a terminal

import type { Screen } from "./terminal.ts";

const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const FRAME_MILLISECONDS = 100;

/** Lines that stay, and below them, on a terminal, one that moves. */
export class Progress {
  readonly #stream: Screen;
  readonly #running = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;
  #frame = 0;
  readonly colors: boolean;

  constructor(stream: Screen = process.stderr) {
    this.#stream = stream;
    this.colors = stream.isTTY === true && process.env.NO_COLOR === undefined && process.env.TERM !== "dumb";
  }

  /** Notes what a part is doing; shown only on a terminal. */
  running(part: string, step: string): void {
    this.#running.set(part, step);
    if (!this.#stream.isTTY || this.#timer !== undefined) return;
    this.#timer = setInterval(() => this.#draw(), FRAME_MILLISECONDS);
    this.#timer.unref();
  }

  /** The part is done, well or not. */
  ended(part: string): void {
    this.#running.delete(part);
    if (this.#running.size === 0) this.stop();
  }

  /** Prints a line that stays. */
  line(text: string): void {
    this.#clear();
    this.#stream.write(`${text}\n`);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#clear();
  }

  /** Text in a color of the terminal, if it has any. */
  paint(color: "red" | "green" | "yellow" | "dim", text: string): string {
    const code = { red: 31, green: 32, yellow: 33, dim: 2 }[color];
    return this.colors ? `\u001b[${code}m${text}\u001b[0m` : text;
  }

  #draw(): void {
    this.#frame = (this.#frame + 1) % FRAMES.length;
    const what = [...this.#running].map(([part, step]) => `${part}: ${step}`).join("   ");
    const room = (this.#stream.columns || 80) - 4;
    this.#clear();
    this.#stream.write(`${FRAMES[this.#frame]} ${what.slice(0, room)}`);
  }

  #clear(): void {
    if (this.#stream.isTTY) this.#stream.write("\r\u001b[K");
  }
}
