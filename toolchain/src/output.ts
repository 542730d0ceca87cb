// What becomes of a command whose output nobody can read: the disk is full, or the reader has gone

import { getSystemErrorMap } from "node:util";

/** Beside the codes of `bf lab`, so that no command inside a machine ends with it. */
export const EXIT_UNWRITTEN = 248;

/**
 * Ends this process, with one line on standard error, when its standard output cannot be written. Where standard error
 * cannot be, the exit code alone tells how the command ended.
 *
 * @param command The name that the line begins with.
 */
export function endWhenOutputFails(command: string): void {
  process.stderr.on("error", () => {});
  process.stdout.on("error", ({ errno = 0, message }: NodeJS.ErrnoException) => {
    const [, reason = message] = getSystemErrorMap().get(errno) ?? [];
    process.stderr.write(`${command}: the output cannot be written: ${reason}\n`);
    process.exit(EXIT_UNWRITTEN);
  });
}
