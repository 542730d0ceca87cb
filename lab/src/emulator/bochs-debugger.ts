// Bochs's debugger: it waits for commands on standard input before the first instruction and after every interruption

import { writeFileSync } from "node:fs";
import type { Readable } from "node:stream";
import type { Monitor } from "./emulator.ts";

/** What it prints when it waits for a command. */
const PROMPT = /<bochs:\d+> $/;

/** A reset forgets an interruption that comes at the same time, so it is repeated after so long. */
const INTERRUPT_MILLISECONDS = 300;

/** Bochs gives memory its place in units of this size. */
const BLOCK_BYTES = 0x2_0000n;

/** So much memory is shown by one command. */
const DUMP_BYTES = 4096n;

/** The digits of a number as its bytes lie in memory. */
const littleEndian = (digits: string): string => (digits.match(/../g) ?? []).reverse().join("");

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
  /** What must come before the prompt that is waited for, and who waits. */
  #expected: { echo: string; resolve: (text: string) => void } | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(process: DebuggerProcess, processors: number) {
    this.#process = process;
    this.#processors = processors;
    this.ready = this.#nextPrompt();
    process.stdout.on("data", (chunk: Buffer) => this.#receive(chunk.toString("latin1")));
  }

  /**
   * Gives memory its place, before anything else does. Bochs does so at the first access to each block, but loads a
   * file as if all blocks had theirs already, one behind the other: what is touched in that order finds the file.
   */
  async touch(address: bigint, bytes: bigint): Promise<void> {
    await this.#interrupted(async () => {
      for (let offset = 0n; offset < bytes; offset += BLOCK_BYTES) {
        await this.#ask(`xp /1bx 0x${(address + offset).toString(16)}`);
      }
    });
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
    return this.#interrupted(() => this.#ask(command));
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
    const digits: string[] = [];
    await this.#interrupted(async () => {
      for (let offset = 0n; offset < bytes; offset += DUMP_BYTES) {
        const count = bytes - offset < DUMP_BYTES ? bytes - offset : DUMP_BYTES;
        // By words where that is possible: half of the text. Of quadwords Bochs prints the lower half only.
        const unit = count % 4n === 0n ? `${count / 4n}wx` : `${count}bx`;
        const text = await this.#ask(`xp /${unit} 0x${(address + offset).toString(16)}`);
        for (const [, word = ""] of text.matchAll(/\t0x([0-9a-f]+)\b/g)) digits.push(littleEndian(word));
      }
    });
    writeFileSync(file, Buffer.from(digits.join(""), "hex"));
  }

  saveState(): Promise<void> {
    return Promise.reject(new Error("The lab does not save the state of Bochs's machines."));
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

  /** Does something while the processors stand still, and lets them go on when they ran before. */
  #interrupted<Result>(action: () => Promise<Result>): Promise<Result> {
    return this.#queue(async () => {
      const wasRunning = this.#running;
      await this.#interrupt();
      const result = await action();
      if (wasRunning) this.#continue();
      return result;
    });
  }

  #continue(): void {
    this.#running = true;
    this.#process.send("c\n");
  }

  async #interrupt(): Promise<void> {
    if (!this.#running) return;
    const prompt = this.#nextPrompt();
    this.#process.interrupt();
    const again = setInterval(() => this.#process.interrupt(), INTERRUPT_MILLISECONDS);
    await prompt;
    clearInterval(again);
    this.#running = false;
  }

  #ask(command: string): Promise<string> {
    const prompt = this.#nextPrompt(`${command}\n`);
    this.#process.send(`${command}\n`);
    return prompt;
  }

  /**
   * Resolves with what is printed between `echo` and the prompt behind it: Bochs repeats each command, and an
   * interruption that comes late prints a prompt of its own before that.
   */
  #nextPrompt(echo = ""): Promise<string> {
    return new Promise((resolve) => {
      this.#expected = { echo, resolve };
    });
  }

  #receive(text: string): void {
    this.#text += text;
    const match = PROMPT.exec(this.#text);
    if (match === null || this.#expected === undefined) return;
    const { echo, resolve } = this.#expected;
    const begin = this.#text.lastIndexOf(echo, match.index - echo.length);
    if (begin < 0) return;
    const printed = this.#text.slice(begin + echo.length, match.index);
    this.#text = "";
    this.#expected = undefined;
    resolve(printed);
  }
}
