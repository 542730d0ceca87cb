// An interactive root shell in a fresh machine

import { MachineFailure } from "../outcome.ts";
import { LinuxMachine } from "./machine.ts";
import type { LinuxOptions } from "./options.ts";

/** Ctrl-A, then X, ends the machine, as in QEMU; Ctrl-A twice is one Ctrl-A. */
const ESCAPE = 0x01;
const QUIT = "x".charCodeAt(0);

/** Cuts the escape sequences out of what is typed. */
export class EscapeFilter {
  #escaped = false;

  /** The bytes for the machine, and whether the user wants to quit. */
  filter(typed: Uint8Array): { bytes: Buffer; quit: boolean } {
    const bytes: number[] = [];
    for (const byte of typed) {
      if (this.#escaped) {
        this.#escaped = false;
        // X in lower or upper case.
        if ((byte | 0x20) === QUIT) {
          return { bytes: Buffer.from(bytes), quit: true };
        }
        bytes.push(byte);
      } else if (byte === ESCAPE) {
        this.#escaped = true;
      } else {
        bytes.push(byte);
      }
    }
    return { bytes: Buffer.from(bytes), quit: false };
  }
}

/**
 * Gives this process's terminal to a shell of a machine, until it ends or Ctrl-A X is typed.
 *
 * @param type gets what is typed
 * @param ended the shell's exit code, when it has ended
 * @returns that, or 0 after Ctrl-A X
 */
export const lendTerminal = async (type: (bytes: Buffer) => void, ended: Promise<number>): Promise<number> => {
  const { stdin } = process;
  const escapes = new EscapeFilter();
  try {
    if (stdin.isTTY) {
      stdin.setRawMode(true);
    }
    const quit = new Promise<number>((resolve) => {
      stdin.on("data", (typed) => {
        const { bytes, quit: wanted } = escapes.filter(Buffer.from(typed));
        type(bytes);
        if (wanted) {
          resolve(0);
        }
      });
    });
    return await Promise.race([ended, quit]);
  } finally {
    if (stdin.isTTY) {
      stdin.setRawMode(false);
    }
    stdin.pause();
  }
};

/** How large this process's terminal is; as a terminal is that does not say. */
export const terminalSize = (): { rows: number; columns: number } => ({
  rows: process.stdout.rows || 24,
  columns: process.stdout.columns || 80,
});

/**
 * Gives the terminal to a shell inside, until the shell ends or Ctrl-A X is typed.
 *
 * @returns the shell's exit code; 0 after Ctrl-A X
 * @throws LabError when the machine cannot be made
 * @throws MachineFailure when it dies
 */
export const runShell = async (options: LinuxOptions): Promise<number> => {
  const linux = await LinuxMachine.boot({ ...options, terminal: true });
  try {
    const terminal = await linux.terminal();
    terminal.on("data", (bytes) => process.stdout.write(bytes));
    const { rows, columns } = terminalSize();
    const ended = linux.runShell(rows, columns);
    ended.catch((error) => error instanceof MachineFailure);
    return await lendTerminal((bytes) => terminal.write(bytes), ended);
  } finally {
    await linux.close();
  }
};
