// The sockets between the lab and its emulator

import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** One listening socket per name, made before QEMU starts so that it can connect as a client. */
export class SocketSet {
  readonly folder: string;
  readonly #servers: Server[] = [];
  readonly #connections = new Map<string, Promise<Socket>>();

  constructor() {
    // Not in the run's folder: a socket's path may be at most 107 bytes long.
    this.folder = mkdtempSync(join(tmpdir(), "bf-lab-"));
    process.once("exit", this.#remove);
  }

  readonly #remove = (): void => {
    rmSync(this.folder, { recursive: true, force: true });
  };

  path(name: string): string {
    return join(this.folder, name);
  }

  async listen(name: string): Promise<void> {
    const server = createServer();
    this.#servers.push(server);
    this.#connections.set(
      name,
      new Promise((resolve) =>
        server.once("connection", (socket) => {
          server.close();
          socket.on("error", () => socket.destroy());
          resolve(socket);
        }),
      ),
    );
    server.listen(this.path(name));
    await once(server, "listening");
  }

  connection(name: string): Promise<Socket> {
    const connection = this.#connections.get(name);
    if (connection === undefined) {
      throw new Error(`No socket "${name}".`);
    }
    return connection;
  }

  dispose(): void {
    for (const server of this.#servers) {
      server.close();
    }
    this.#remove();
    process.off("exit", this.#remove);
  }
}

/** A socket whose text goes into a file. */
export interface Recording {
  /** Resolves when everything is read and written. */
  readonly closed: Promise<void>;
}

/**
 * Writes what comes over a socket to a file. QEMU could do that, but when the reader is slow its log has characters
 * twice.
 */
export const record = (socket: Socket, file: string): Recording => {
  const log = openSync(file, "w");
  socket.on("data", (bytes) => writeSync(log, bytes));
  return {
    closed: new Promise((resolve) =>
      socket.once("close", () => {
        closeSync(log);
        resolve();
      }),
    ),
  };
};
