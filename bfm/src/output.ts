// Writes text to bfm's standard output and error; Node.js's streams cost more instructions than the rest of a command

import { writeSync } from "node:fs";
import { getSystemErrorMap } from "node:util";
import { exitCodes } from "./exit-codes.ts";
import { Failure } from "./failure.ts";

const STDOUT = 1;
const STDERR = 2;

/** What was asked for may be done, but nobody can read it: the disk is full, or the reader has gone. */
export class OutputFailure extends Failure {
  constructor(cause: NodeJS.ErrnoException) {
    const [, reason = cause.message] = getSystemErrorMap().get(cause.errno ?? 0) ?? [];
    const advice = "Give it somewhere to go, and ask again: bfm status tells where the hypervisor is.";
    super("OUTPUT", exitCodes.output, `the output cannot be written: ${reason}`, advice, { cause });
    this.name = "OutputFailure";
  }
}

/** Writes data; throws an OutputFailure when that does not work. */
export function writeOut(text: string): void {
  try {
    write(STDOUT, text);
  } catch (error) {
    throw new OutputFailure(error as NodeJS.ErrnoException);
  }
}

/** Writes for people. When that does not work there is nobody left to be told: the exit code says how it ended. */
export function writeError(text: string): void {
  try {
    write(STDERR, text);
  } catch {
    // As above
  }
}

function write(descriptor: number, text: string): void {
  let rest = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest));
    } catch (error) {
      // Whoever reads does it more slowly than bfm writes
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
    }
  }
}
