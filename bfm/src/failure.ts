// The one error that bfm shows to its user

import type { ExitCode } from "./exit-codes.ts";

/** Facts beside the sentence, for `--json`. */
export type FailureFacts = Readonly<Record<string, string | number>>;

/**
 * What happened, and what to do next.
 *
 * @example throw new Failure("ERROR_NOT_LOADED", exitCodes.failed, "Nothing is loaded.", "Load a kernel: bfm load");
 */
export class Failure extends Error {
  /** A stable name for scripts: ERROR_*, an errno name, or FILE_*. */
  readonly code: string;
  readonly exitCode: ExitCode;
  readonly advice: string;
  readonly facts: FailureFacts;

  constructor(
    code: string,
    exitCode: ExitCode,
    message: string,
    advice: string,
    options: { facts?: FailureFacts; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = "Failure";
    this.code = code;
    this.exitCode = exitCode;
    this.advice = advice;
    this.facts = options.facts ?? {};
  }
}

/** Not by the class: in the bundle, a command in a file of its own has a class of its own. */
export function isFailure(error: unknown): error is Failure {
  return error instanceof Error && "exitCode" in error && "advice" in error;
}
