// A machine that stays up, as its users see it

import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { LabError } from "../errors.ts";
import { filesArchive, type PutFile, putEntries } from "../image/initramfs.ts";
import { encodeFrame, FrameDecoder } from "../linux/channel.ts";
import type { OutputStream } from "../linux/transcript.ts";
import { type CommandRequest, type Failure, fromKeeper, toKeeper } from "./frames.ts";
import { readRecord, socketOf } from "./records.ts";

/** A machine that died, or was never there, or refused; as its keeper said it. */
export class RequestFailure extends LabError {
  /** What `bf lab` ends with. */
  readonly exitCode: number;

  constructor({ sentence, hint, exitCode }: Failure) {
    super(sentence, hint);
    this.exitCode = exitCode;
  }
}

export interface ExecOptions {
  /** Most seconds of the machine's own time. */
  readonly timeout?: number;
  readonly onOutput?: (bytes: Buffer, stream: OutputStream) => void;
  /** Told what runs, when that has to end first. */
  readonly onWaiting?: (command: string) => void;
}

export interface Terminal {
  readonly rows: number;
  readonly columns: number;
  readonly onShown: (bytes: Buffer) => void;
}

/** A connection for one request; resolves with its exit code. */
export class Request {
  readonly done: Promise<number>;
  readonly #socket: Socket;

  constructor(socket: Socket, name: string, onFrame: (type: string, payload: Buffer) => void) {
    this.#socket = socket;
    const decoder = new FrameDecoder();
    this.done = new Promise((resolve, reject) => {
      socket.on("data", (bytes) =>
        decoder.push(bytes, (type, payload) => {
          if (type === fromKeeper.done) resolve(payload.readUInt32LE());
          else if (type === fromKeeper.failed) reject(new RequestFailure(JSON.parse(payload.toString()) as Failure));
          else onFrame(type, payload);
        }),
      );
      socket.on("error", reject);
      socket.on("close", () => reject(notUp(name)));
    });
  }

  send(type: string, payload: Uint8Array | string): void {
    this.#socket.write(encodeFrame(type, typeof payload === "string" ? Buffer.from(payload) : payload));
  }

  /** Asks no more: what still runs is ended. */
  close(): void {
    this.done.catch(() => undefined);
    this.#socket.destroy();
  }

  /** Sends the command that runs a signal. */
  signal(name: NodeJS.Signals): void {
    this.send(toKeeper.signal, name);
  }
}

const notUp = (name: string): LabError => {
  const record = readRecord(name);
  if (record?.ended !== undefined) {
    return new LabError(`The machine "${name}" has died: ${record.ended}`, `Start it anew: bf lab up ${name}`);
  }
  return new LabError(`No machine "${name}" is up.`, "bf lab list shows which are; bf lab up starts one.");
};

/**
 * A machine that `bf lab up` or `startStanding` has started.
 *
 * @example
 * const machine = new StandingMachine("dev");
 * await machine.put(["build/hello.elf"]);
 * const exitCode = await machine.exec("bfm load hello.elf", { onOutput: (bytes) => process.stdout.write(bytes) });
 */
export class StandingMachine {
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  static async isUp(name: string): Promise<boolean> {
    try {
      (await new StandingMachine(name).#connect()).destroy();
      return true;
    } catch (error) {
      if (error instanceof LabError) return false;
      throw error;
    }
  }

  async #connect(): Promise<Socket> {
    const socket = connect(socketOf(this.#name));
    try {
      await once(socket, "connect");
      return socket;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ENOENT" || code === "ECONNREFUSED") throw notUp(this.#name);
      throw error;
    }
  }

  async #request(
    type: string,
    payload: Uint8Array | string,
    onFrame: (type: string, payload: Buffer) => void = () => undefined,
  ): Promise<Request> {
    const request = new Request(await this.#connect(), this.#name, onFrame);
    request.send(type, payload);
    return request;
  }

  /**
   * Begins a command in /bin/sh, as root, in /root. Commands run one after the other.
   *
   * @throws LabError when the machine is not up; `done` rejects likewise when it dies
   */
  begin(command: string, { timeout, onOutput, onWaiting }: ExecOptions = {}): Promise<Request> {
    const request: CommandRequest = { command, ...(timeout === undefined ? {} : { timeout }) };
    return this.#request(toKeeper.command, JSON.stringify(request), (type, payload) => {
      if (type === fromKeeper.waiting) onWaiting?.(payload.toString());
      else if (type === fromKeeper.stdout) onOutput?.(payload, "stdout");
      else if (type === fromKeeper.stderr) onOutput?.(payload, "stderr");
    });
  }

  /** The same to its end; returns its exit code. */
  async exec(command: string, options: ExecOptions = {}): Promise<number> {
    return (await this.begin(command, options)).done;
  }

  /** Brings files along. Strings are paths here, and land in /root. */
  async put(files: readonly (string | PutFile)[]): Promise<void> {
    await (await this.#request(toKeeper.put, filesArchive(putEntries(files)))).done;
  }

  /** The content of a file, whose path is absolute, or relative to /root. */
  async get(path: string): Promise<Buffer> {
    const pieces: Buffer[] = [];
    const request = await this.#request(toKeeper.get, path, (type, payload) => {
      if (type === fromKeeper.fileData) pieces.push(payload);
    });
    await request.done;
    return Buffer.concat(pieces);
  }

  /** Begins a login shell on the machine's terminal. What is typed goes to it by `send(toKeeper.typed, ...)`. */
  attach({ rows, columns, onShown }: Terminal): Promise<Request> {
    return this.#request(toKeeper.shell, JSON.stringify({ rows, columns }), (type, payload) => {
      if (type === fromKeeper.terminal) onShown(payload);
    });
  }

  /** Ends the machine at once. */
  async down(): Promise<void> {
    await (await this.#request(toKeeper.down, "")).done;
  }
}
