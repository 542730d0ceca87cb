// The sockets between the lab and its emulator

import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { type AddressInfo, createServer, type ListenOptions, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { atEnd } from "../cleanup.ts";
import { type Wire, wireLogs } from "./emulator.ts";

/** One listening socket per name, made before the emulator starts so that it can connect as a client. */
export class SocketSet<Name extends string> {
  /** A folder for the sockets, and for what else goes when the machine does. */
  readonly folder: string;
  readonly #servers: Server[] = [];
  readonly #connections = new Map<Name, Promise<Socket>>();
  readonly #forget: () => void;

  constructor() {
    // Not in the run's folder: a socket's path may be at most 107 bytes long.
    this.folder = mkdtempSync(join(tmpdir(), "bf-lab-"));
    this.#forget = atEnd(this.#remove);
  }

  readonly #remove = (): void => {
    rmSync(this.folder, { recursive: true, force: true });
  };

  path(name: Name): string {
    return join(this.folder, name);
  }

  /** Listens on a Unix socket at `path`. */
  async listen(name: Name): Promise<void> {
    await this.#listen(name, { path: this.path(name) });
  }

  /** Listens on a free TCP port of the loopback interface, for an emulator that knows no other sockets; returns it. */
  async listenOnPort(name: Name): Promise<number> {
    const { port } = (await this.#listen(name, { host: "127.0.0.1", port: 0 })) as AddressInfo;
    return port;
  }

  connection(name: Name): Promise<Socket> {
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
    this.#forget();
  }

  async #listen(name: Name, where: ListenOptions): Promise<AddressInfo | string | null> {
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
    server.listen(where);
    await once(server, "listening");
    return server.address();
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
const record = (socket: Socket, file: string): Recording => {
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

/** Records each wire that has a log file. */
export const recordAll = (
  wires: readonly Wire[],
  connection: (wire: Wire) => Promise<Socket>,
  folder: string,
): Promise<Recording[]> =>
  Promise.all(
    wires.flatMap((wire) => {
      const file = wireLogs[wire];
      return file === undefined ? [] : [connection(wire).then((socket) => record(socket, join(folder, file)))];
    }),
  );
