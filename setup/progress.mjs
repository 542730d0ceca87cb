// Runs a command that may take long, and shows that it is alive

import { spawn } from "node:child_process";

/** A failure that the user is told about in a sentence, without a stack trace. */
export class SetupError extends Error {}

const SPINNER = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const SPINNER_MS = 100;
/** Without a terminal, a line this often says that work goes on. */
const LINE_MS = 15_000;
/** How much of a failed command's output is shown: so many lines of its beginning and of its end. */
const SHOWN_LINES = 15;

/**
 * Runs a command and resolves with what it printed.
 *
 * @param {string} title What happens, as the user should read it: "Installing npm packages".
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, advice?: string }} [options] advice: what to do when it fails.
 * @returns {Promise<string>}
 */
export async function run(title, command, args, options = {}) {
  const progress = show(title);
  let output = "";
  /** @type {number | string} */
  const code = await new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    /** @param {Buffer} chunk */
    const take = (chunk) => {
      output += chunk.toString();
      progress.detail(output.trimEnd().slice(output.trimEnd().lastIndexOf("\n") + 1));
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    child.on("error", (error) => resolve(error.message));
    child.on("close", (status, signal) => resolve(status ?? signal ?? "no status"));
  });
  progress.end(code === 0);
  if (code === 0) return output;
  const lines = output.trimEnd().split("\n");
  if (lines.length > 2 * SHOWN_LINES) lines.splice(SHOWN_LINES, lines.length - 2 * SHOWN_LINES, "...");
  throw new SetupError(
    `${title} failed (${code}): ${[command, ...args].join(" ")}\n${lines.join("\n")}${options.advice ? `\n\n${options.advice}` : ""}`,
  );
}

/**
 * On a terminal: a spinner, the seconds and the command's latest line. Otherwise: plain lines, now and then.
 *
 * @param {string} title
 */
function show(title) {
  const start = Date.now();
  const tty = process.stderr.isTTY === true && process.env.TERM !== "dumb";
  const seconds = () => `${Math.round((Date.now() - start) / 1000)} s`;
  let detail = "";
  let frame = 0;
  if (!tty) process.stderr.write(`${title} ...\n`);
  const timer = setInterval(
    () => {
      frame = (frame + 1) % SPINNER.length;
      const line = `${SPINNER[frame]} ${title} ... ${seconds()}  ${detail}`;
      process.stderr.write(
        tty ? `\r\x1b[K${line.slice(0, (process.stderr.columns ?? 80) - 1)}` : `${title} ... ${seconds()}\n`,
      );
    },
    tty ? SPINNER_MS : LINE_MS,
  );
  return {
    /** @param {string} line */
    detail(line) {
      detail = line.replaceAll(/[^\x20-\x7e]/g, " ");
    },
    /** @param {boolean} ok */
    end(ok) {
      clearInterval(timer);
      process.stderr.write(`${tty ? "\r\x1b[K" : ""}${title} ${ok ? "done" : "FAILED"} in ${seconds()}\n`);
    },
  };
}
