// What serves the requests for a machine that stays up

import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { LabError } from "../errors.ts";
import { encodeFrame, FrameDecoder } from "../linux/channel.ts";
import type { LinuxMachine } from "../linux/machine.ts";
import { MachineFailure, outcomes } from "../outcome.ts";
import { type CommandRequest, type Failure, fromKeeper, type ShellRequest, toKeeper } from "./frames.ts";
import { Turns } from "./turns.ts";

/** What a keeper needs of its machine. */
export type KeptMachine = Pick<LinuxMachine, "run" | "signal" | "runShell" | "hangUp" | "terminal" | "get" | "unpack">;

/** A command whose asker has gone gets so long to end by itself. */
const GRACE_MILLISECONDS = 5_000;

/** One request, and what its asker does meanwhile. */
class Asker {
  readonly #socket: Socket;
  isGone = false;
  /** Gets the frames behind the first. */
  onFrame: (type: string, payload: Buffer) => void = () => undefined;
  onGone: () => void = () => undefined;

  constructor(socket: Socket, ask: (asker: Asker, type: string, payload: Buffer) => void) {
    this.#socket = socket;
    let isFirst = true;
    const decoder = new FrameDecoder();
    socket.on("data", (bytes) =>
      decoder.push(bytes, (type, payload) => {
        if (!isFirst) return this.onFrame(type, payload);
        isFirst = false;
        ask(this, type, payload);
      }),
    );
    socket.on("error", () => socket.destroy());
    socket.on("close", () => {
      this.isGone = true;
      this.onGone();
    });
  }

  tell(type: string, payload: Uint8Array | string): void {
    if (!this.isGone)
      this.#socket.write(encodeFrame(type, typeof payload === "string" ? Buffer.from(payload) : payload));
  }

  done(code: number): void {
    const payload = Buffer.alloc(4);
    payload.writeUInt32LE(code);
    this.tell(fromKeeper.done, payload);
    this.#socket.end();
  }

  fail(error: unknown): void {
    this.tell(fromKeeper.failed, JSON.stringify(failureOf(error)));
    this.#socket.end();
  }
}

/** What is no failure of machine or lab is a fault of the keeper's own, and says so. */
export const failureOf = (error: unknown): Failure => {
  if (error instanceof MachineFailure) {
    return { sentence: error.message, hint: "", exitCode: error.exitCode };
  }
  const { exitCode } = outcomes["lab-error"];
  if (error instanceof LabError) return { sentence: error.message, hint: error.hint, exitCode };
  return { sentence: `the machine's keeper failed: ${String(error)}`, hint: "", exitCode };
};

/** Serves requests for one machine. */
export class Keeper {
  readonly #machine: KeptMachine;
  readonly #turns = new Turns();
  readonly #server: Server;
  readonly #end: () => Promise<void>;
  readonly #askers = new Set<Asker>();
  #shell: Asker | undefined;

  /** @param end ends the machine */
  constructor(machine: KeptMachine, end: () => Promise<void>) {
    this.#machine = machine;
    this.#end = end;
    this.#server = createServer((socket) => new Asker(socket, (...request) => this.#serve(...request)));
  }

  async listen(path: string): Promise<void> {
    this.#server.listen(path);
    await once(this.#server, "listening");
  }

  /** Serves no new requests. */
  close(): void {
    this.#server.close();
  }

  async #serve(asker: Asker, type: string, payload: Buffer): Promise<void> {
    this.#askers.add(asker);
    try {
      asker.done(await this.#answer(asker, type, payload.toString(), payload));
    } catch (error) {
      asker.fail(error);
    } finally {
      this.#askers.delete(asker);
    }
  }

  /** The machine ends; whoever waits for something from it is told. */
  async #down(by: Asker): Promise<void> {
    await this.#end();
    for (const asker of this.#askers) if (asker !== by) asker.fail(new LabError("The machine was ended."));
  }

  /** Returns the exit code. */
  async #answer(asker: Asker, type: string, text: string, payload: Buffer): Promise<number> {
    if (type === toKeeper.command) return this.#command(asker, JSON.parse(text) as CommandRequest);
    if (type === toKeeper.shell) return this.#runShell(asker, JSON.parse(text) as ShellRequest);
    if (type === toKeeper.get) {
      await this.#turn(asker, `the transfer of ${text}`, async () =>
        asker.tell(fromKeeper.fileData, await this.#machine.get(text)),
      );
    } else if (type === toKeeper.put) {
      await this.#turn(asker, "a transfer of files", () => this.#machine.unpack(payload));
    } else if (type === toKeeper.down) {
      await this.#down(asker);
    } else {
      throw new LabError(`The machine's keeper knows no request "${type}".`, "It is of another version: end it.");
    }
    return 0;
  }

  #turn(asker: Asker, what: string, action: () => Promise<void>): Promise<void> {
    if (this.#turns.running !== undefined) asker.tell(fromKeeper.waiting, this.#turns.running);
    return this.#turns.take(what, () => asker.isGone, action);
  }

  async #command(asker: Asker, { command, timeout }: CommandRequest): Promise<number> {
    let exitCode = 0;
    await this.#turn(asker, command, async () => {
      asker.onFrame = (type, payload) => {
        if (type === toKeeper.signal) this.#machine.signal(payload.toString() as NodeJS.Signals);
      };
      const ended = this.#machine.run(command, {
        ...(timeout === undefined ? {} : { timeout }),
        onOutput: (bytes, stream) => asker.tell(fromKeeper[stream], bytes),
      });
      asker.onGone = () => this.#abandon(ended);
      exitCode = (await ended).exitCode;
    });
    return exitCode;
  }

  /** Nobody is there any more to see a command's end. */
  async #abandon(ended: Promise<unknown>): Promise<void> {
    let hasEnded = false;
    const end = ended.catch(() => undefined).then(() => (hasEnded = true));
    this.#machine.signal("SIGHUP");
    await Promise.race([end, sleep(GRACE_MILLISECONDS, undefined, { ref: false })]);
    if (!hasEnded) this.#machine.signal("SIGKILL");
  }

  async #runShell(asker: Asker, { rows, columns }: ShellRequest): Promise<number> {
    if (this.#shell !== undefined) throw new LabError("The machine has one terminal, and a shell is attached to it.");
    this.#shell = asker;
    const terminal = await this.#machine.terminal();
    const show = (bytes: Buffer) => asker.tell(fromKeeper.terminal, bytes);
    terminal.on("data", show);
    asker.onFrame = (type, payload) => {
      if (type === toKeeper.typed) terminal.write(payload);
    };
    asker.onGone = () => this.#machine.hangUp();
    try {
      return await this.#machine.runShell(rows, columns);
    } finally {
      terminal.off("data", show);
      this.#shell = undefined;
    }
  }
}
