// Bochs's debugger: it waits for commands on standard input before the first instruction and after every interruption

import type { Readable } from "node:stream";
import type { Monitor } from "./emulator.ts";

/** What it prints when it waits for a command. */
const PROMPT = /<bochs:\d+> $/;

/** What the debugger needs of Bochs's process. */
export interface DebuggerProcess {
  /** Writes to its standard input. */
  send(text: string): void;
  readonly stdout: Readable;
  /** Interrupts the machine, as Ctrl-C does. */
  interrupt(): void;
  end(): void;
}

/**
 * Drives the debugger. Commands run one after the other; a machine that runs is interrupted for them, and then goes on.
 *
 * @example
 * const text = await machine.monitor.human("info idt 0 3");
 */
export class BochsDebugger implements Monitor {
  readonly #process: DebuggerProcess;
  readonly #processors: number;
  /** Resolves when Bochs has set up the machine and waits for a command. */
  readonly ready: Promise<string>;
  #running = false;
  #text = "";
  #prompted: ((text: string) => void) | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(process: DebuggerProcess, processors: number) {
    this.#process = process;
    this.#processors = processors;
    this.ready = this.#nextPrompt();
    process.stdout.on("data", (chunk: Buffer) => this.#receive(chunk.toString("latin1")));
  }

  /** Lets the processors run. */
  resume(): Promise<void> {
    return this.#queue(() => {
      if (!this.#running) this.#continue();
    });
  }

  pause(): Promise<void> {
    return this.#queue(() => this.#interrupt());
  }

  human(command: string): Promise<string> {
    return this.#queue(async () => {
      const wasRunning = this.#running;
      await this.#interrupt();
      const text = await this.#ask(command);
      if (wasRunning) this.#continue();
      return text;
    });
  }

  async registers(): Promise<string> {
    await this.pause();
    let text = "";
    for (let cpu = 0; cpu < this.#processors; cpu++) {
      for (const command of [`set $cpu = ${cpu}`, "r", "sreg", "creg", "dreg"]) text += await this.human(command);
    }
    return text;
  }

  async saveMemory(address: bigint, bytes: bigint, file: string): Promise<void> {
    await this.human(`writemem "${file}" ${address} ${bytes}`);
  }

  quit(): Promise<void> {
    this.#process.end();
    return Promise.resolve();
  }

  #queue<Result>(action: () => Result | Promise<Result>): Promise<Result> {
    const result = this.#last.then(() => this.ready).then(action);
    this.#last = result.catch(() => undefined);
    return result;
  }

  #continue(): void {
    this.#running = true;
    this.#process.send("c\n");
  }

  async #interrupt(): Promise<void> {
    if (!this.#running) return;
    const prompt = this.#nextPrompt();
    this.#process.interrupt();
    await prompt;
    this.#running = false;
  }

  #ask(command: string): Promise<string> {
    const prompt = this.#nextPrompt();
    this.#process.send(`${command}\n`);
    return prompt;
  }

  /** Resolves with what is printed before the next prompt. */
  #nextPrompt(): Promise<string> {
    return new Promise((resolve) => {
      this.#prompted = resolve;
    });
  }

  #receive(text: string): void {
    this.#text += text;
    const match = PROMPT.exec(this.#text);
    if (match !== null) {
      const printed = this.#text.slice(0, match.index);
      this.#text = "";
      this.#prompted?.(printed);
    }
  }
}
