// The build server: keeps the compilers warm between calls of `bf build --dev`, and ends itself when nobody calls
//
// client.mjs starts it, under an address that another toolchain or another Node.js does not have, and sends lines of JSON.
// Of one call, nothing is left for the next but the compilers: files, programs and environment are looked at anew. Calls
// are answered one after the other; a client that would have to wait builds by itself.

import { rmSync, statSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { setFlagsFromString } from "node:v8";
import { build, buildFailureJson, endingOf } from "../build-command.ts";
import { Compilers } from "../compilers.ts";
import type { Terminal } from "../terminal.ts";
import { serverAddress } from "./server-address.mjs";

/** What a client asks for. */
interface Call {
  readonly words: readonly string[];
  readonly json: boolean;
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Of its standard error: columns, when it is a terminal. */
  readonly columns: number | null;
}

/** A line of an answer: the work begins, something for one of the client's streams, the exit code. */
type Answer =
  | { readonly begun: true }
  | { readonly stdout: string }
  | { readonly stderr: string }
  | { readonly exitCode: number };

setFlagsFromString("--liftoff-only");

const [address = ""] = process.argv.slice(2);
const idleSeconds = Number(process.env.BF_SERVER_SECONDS ?? 600);
const compilers = new Compilers();

/** Compilers do not give back all that they take; the next server begins anew. */
const MOST_BYTES = 2 ** 30;

/** Inode of the socket that this server has made. */
let own: number | undefined;
let isBusy = false;
let idle: NodeJS.Timeout | undefined;

function waitForCalls(seconds = idleSeconds): void {
  clearTimeout(idle);
  idle = setTimeout(leave, seconds * 1000);
}

/** The address may be another server's by now. */
function leave(): void {
  if (statSync(address, { throwIfNoEntry: false })?.ino === own) rmSync(address);
  process.exit(0);
}

/** Whoever is told nothing takes the server for busy, and goes. */
function onClient(socket: Socket): void {
  socket.on("error", () => socket.destroy());
  createInterface({ input: socket }).on("line", (line) => {
    if (isBusy) socket.destroy();
    else answer(socket, line).catch(() => socket.destroy());
  });
}

async function answer(socket: Socket, line: string): Promise<void> {
  const call = JSON.parse(line) as Call;
  isBusy = true;
  clearTimeout(idle);
  const tell = (answer: Answer) => socket.writable && socket.write(`${JSON.stringify(answer)}\n`);
  tell({ begun: true });
  try {
    tell({ exitCode: await run(call, terminalOf(call, tell)) });
  } finally {
    isBusy = process.memoryUsage.rss() > MOST_BYTES;
    socket.end();
    // The answer is still on its way.
    waitForCalls(isBusy ? 1 : idleSeconds);
  }
}

function terminalOf({ columns }: Call, tell: (line: Answer) => void): Terminal {
  return {
    stdout: { write: (stdout) => tell({ stdout }) },
    stderr: { isTTY: columns !== null, columns: columns ?? 0, write: (stderr) => tell({ stderr }) },
  };
}

async function run({ words, json, cwd, environment }: Call, terminal: Terminal): Promise<number> {
  try {
    process.env = { ...environment };
    process.chdir(cwd);
    return (await build(words, { dev: true, json, cache: true }, terminal, compilers)) ? 0 : 1;
  } catch (error) {
    const { exitCode, stdout, stderr } = endingOf(error as Error, json ? buildFailureJson(error as Error) : undefined);
    if (stdout !== "") terminal.stdout.write(stdout);
    if (stderr !== "") terminal.stderr.write(stderr);
    return exitCode;
  } finally {
    process.chdir("/");
  }
}

/** Takes the address, unless a living server has it. What a dead one has left is removed. */
function listen(): void {
  const server = createServer(onClient);
  server.on("error", ({ code }: NodeJS.ErrnoException) => {
    if (code !== "EADDRINUSE") process.exit(1);
    connect(address)
      .on("connect", () => process.exit(0))
      .on("error", () => {
        rmSync(address, { force: true });
        listen();
      });
  });
  server.listen(address, () => {
    own = statSync(address).ino;
    waitForCalls();
  });
}

// Sources that changed since the client looked make another server.
if (address !== serverAddress()) process.exit(1);
listen();
