// `bf build --dev`: asks the build server, and starts it where there is none; without it builds in this process
//
// JavaScript, and nothing but Node.js: reading the loader for TypeScript takes longer than all that happens here.

import { spawn } from "node:child_process";
import { connect } from "node:net";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { getSystemErrorMap } from "node:util";
import { serverAddress } from "./server-address.mjs";

const SERVER = resolve(import.meta.dirname, "server.ts");
const LOADER = resolve(import.meta.dirname, "../../../node_modules/tsx/dist/loader.mjs");

const RETRY_MILLISECONDS = 20;
/** A server that has not begun by then answers somebody else, or never will. */
const BEGIN_MILLISECONDS = 2000;
/** As output.ts has it. */
const EXIT_UNWRITTEN = 248;

const args = process.argv.slice(2);

/** What the server is told, or nothing when it cannot do what is asked for. */
function callOf([command, ...rest]) {
  const words = rest.filter((word) => !word.startsWith("-"));
  const options = rest.filter((word) => word.startsWith("-"));
  if (command !== "build" || !options.includes("--dev")) return undefined;
  if (options.some((option) => option !== "--dev" && option !== "--json")) return undefined;
  const { stderr, env, cwd } = process;
  const columns = stderr.isTTY ? stderr.columns : null;
  return { words, json: options.includes("--json"), cwd: cwd(), environment: env, columns };
}

/** A connection, or nothing when nobody listens. */
const connected = (address) =>
  new Promise((done) => {
    const socket = connect(address);
    socket.once("connect", () => done(socket)).once("error", () => done(undefined));
  });

async function reach(address) {
  const living = await connected(address);
  if (living !== undefined) return living;
  const argv = ["--no-warnings", "--import", `file://${LOADER}`, SERVER, address];
  const server = spawn(process.execPath, argv, { cwd: "/", detached: true, stdio: "ignore" });
  let ended = false;
  server.once("error", () => {
    ended = true;
  });
  server.once("exit", () => {
    ended = true;
  });
  server.unref();
  for (;;) {
    // Asked first: one that ended may have found another server there.
    const isLast = ended;
    const socket = await connected(address);
    if (socket !== undefined) return socket;
    if (isLast) throw new Error("the build server did not start");
    await new Promise((done) => setTimeout(done, RETRY_MILLISECONDS));
  }
}

/** Has the server build, and answers with the exit code. */
function ask(socket, call) {
  return new Promise((done, failed) => {
    const late = setTimeout(() => socket.destroy(), BEGIN_MILLISECONDS);
    let exitCode;
    createInterface({ input: socket }).on("line", (line) => {
      clearTimeout(late);
      const answer = JSON.parse(line);
      if (answer.stdout !== undefined) process.stdout.write(answer.stdout);
      if (answer.stderr !== undefined) process.stderr.write(answer.stderr);
      exitCode = answer.exitCode ?? exitCode;
    });
    socket.on("error", () => socket.destroy());
    socket.on("close", () => {
      clearTimeout(late);
      if (exitCode === undefined) failed(new Error("the build server is busy, or ended"));
      else done(exitCode);
    });
    socket.write(`${JSON.stringify(call)}\n`);
  });
}

async function buildHere() {
  const { register } = await import("tsx/esm/api");
  register();
  await import("../cli.ts");
}

function endWhenOutputFails() {
  process.stderr.on("error", () => undefined);
  process.stdout.on("error", ({ errno, message }) => {
    const [, reason = message] = getSystemErrorMap().get(errno) ?? [];
    process.stderr.write(`bf: the output cannot be written: ${reason}\n`);
    process.exit(EXIT_UNWRITTEN);
  });
}

const call = callOf(args);
if (call === undefined) await buildHere();
else {
  try {
    endWhenOutputFails();
    process.exitCode = await ask(await reach(serverAddress()), call);
  } catch (error) {
    if (process.env.BF_DEBUG !== undefined) process.stderr.write(`bf: built without a server: ${error.message}\n`);
    await buildHere();
  }
}
