// GDB as editors drive it: by its machine interface (GDB manual, "The GDB/MI Interface")

import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** What `launch.json` has for the debugger "cppdbg". */
export interface LaunchConfiguration {
  readonly program: string;
  readonly cwd: string;
  readonly setupCommands: readonly { readonly text: string }[];
  readonly miDebuggerServerAddress: string;
}

/** What `launch.json` of a package has, for GDB at another port. */
export function launchConfiguration(folder: string, port: number): LaunchConfiguration {
  const launch = readFileSync(join(folder, ".vscode/launch.json"), "utf8").replaceAll("${workspaceFolder}", folder);
  return { ...JSON.parse(launch).configurations[0], miDebuggerServerAddress: `localhost:${port}` };
}

/** `path:number` of the first line of src/main.ts with a text, as an editor names it. */
export function lineOf(folder: string, text: string): string {
  const main = join(folder, "src/main.ts");
  const lines = readFileSync(main, "utf8").split("\n");
  return `${main}:${lines.findIndex((line) => line.includes(text)) + 1}`;
}

/** A result or an event as GDB wrote it: `done,bkpt={number="1",...}`. */
export type MiRecord = string;

/** A quoted value of a record: `fieldOf('line="41"', "line")` is 41. */
export const fieldOf = (record: MiRecord, name: string): string | undefined =>
  new RegExp(`[,{[]${name}="((?:[^"\\\\]|\\\\.)*)"`).exec(`,${record}`)?.[1];

/** A GDB that does for a configuration what VS Code's debugger does. */
export class MachineInterface {
  readonly #gdb: ChildProcess;
  readonly #log: string[] = [];
  readonly #answers = new Map<number, (record: MiRecord) => void>();
  readonly #stops: MiRecord[] = [];
  #awaitStop: ((record: MiRecord) => void) | undefined;
  #token = 0;

  private constructor(cwd: string) {
    this.#gdb = spawn("gdb", ["--interpreter=mi2", "--quiet", "--nx"], { cwd, stdio: ["pipe", "pipe", "ignore"] });
    createInterface({ input: this.#gdb.stdout as NodeJS.ReadableStream }).on("line", (line) => this.#receive(line));
  }

  /**
   * Starts GDB, reads the symbols, sets the breakpoints, and connects to the machine, which waits.
   *
   * @param breakpoints absolute path and line, as an editor names them: `/home/me/hello/src/main.ts:41`
   */
  static async launch(
    { program, cwd, setupCommands, miDebuggerServerAddress }: LaunchConfiguration,
    breakpoints: readonly string[],
  ): Promise<MachineInterface> {
    const gdb = new MachineInterface(cwd);
    for (const { text } of setupCommands) await gdb.send(`-interpreter-exec console "${text}"`);
    await gdb.send(`-environment-cd "${cwd}"`);
    await gdb.send(`-file-exec-and-symbols "${program}"`);
    await gdb.send(`-target-select remote ${miDebuggerServerAddress}`);
    for (const place of breakpoints) await gdb.send(`-break-insert -f ${place}`);
    return gdb;
  }

  /** Everything that GDB has said. */
  get log(): string {
    return this.#log.join("\n");
  }

  /** Sends a command; returns what is behind `done,` or `running`. */
  async send(command: string): Promise<MiRecord> {
    const token = ++this.#token;
    const answer = await new Promise<MiRecord>((resolve) => {
      this.#answers.set(token, resolve);
      this.#gdb.stdin?.write(`${token}${command}\n`);
    });
    if (answer.startsWith("error")) throw new Error(`${command}: ${answer}\n${this.log}`);
    return answer.replace(/^\w+,?/, "");
  }

  /** Sends a command that lets the machine go on; returns how it stopped. */
  async go(command: "-exec-continue" | "-exec-next" | "-exec-step" | "-exec-finish"): Promise<MiRecord> {
    await this.send(command);
    return this.#stops.shift() ?? new Promise((resolve) => (this.#awaitStop = resolve));
  }

  /** Lets the machine go on without it. */
  async leave(): Promise<void> {
    await this.send("-break-delete");
    await this.send("-target-detach");
    this.end();
  }

  end(): void {
    this.#gdb.kill();
  }

  #receive(line: string): void {
    this.#log.push(line);
    const [, token, answer] = /^(\d+)\^(.*)/.exec(line) ?? [];
    if (answer !== undefined) {
      this.#answers.get(Number(token))?.(answer);
      this.#answers.delete(Number(token));
    }
    const [, stop] = /^\*stopped,(.*)/.exec(line) ?? [];
    // Where it connects, the machine stands, which is no stop
    if (stop === undefined || !stop.includes("reason=")) return;
    if (this.#awaitStop === undefined) this.#stops.push(stop);
    else this.#awaitStop(stop);
    this.#awaitStop = undefined;
  }
}
