// How a machine's run can end, and the exit code of `bf lab` for each

import { EXIT_UNWRITTEN } from "@bareflank/toolchain/output";

/**
 * Codes from 240 on: a shell's own codes end at 128 + 64 (killed by signal 64), and `timeout` and `env` use 124 to 127,
 * so a command inside the machine hardly ever ends with one of these.
 */
export const outcomes = {
  exit: { exitCode: undefined, meaning: "the command ended; its exit code is passed on (128 + n: signal n)" },
  panic: { exitCode: 240, meaning: "Linux panicked (an oops counts as a panic)" },
  "hypervisor-panic": {
    exitCode: 241,
    meaning: "the microkernel faulted, and the command did not end in the ten seconds after that",
  },
  "triple-fault": { exitCode: 242, meaning: "a processor had a triple fault" },
  hang: { exitCode: 243, meaning: "nothing came from the machine any more, or --timeout was over" },
  "boot-hang": { exitCode: 244, meaning: "Linux did not come up, and not on the second attempt either" },
  "powered-off": { exitCode: 245, meaning: "the machine was switched off or rebooted before the command ended" },
  "emulator-failed": { exitCode: 246, meaning: "the emulator itself ended without having been asked to" },
  "processor-halted": {
    exitCode: 249,
    meaning: "an extension failed for good, and the microkernel halted its processor",
  },
  "lab-error": { exitCode: 247, meaning: "the machine could not be made or started; the message says why" },
  "output-failed": { exitCode: EXIT_UNWRITTEN, meaning: "the output could not be written (disk full, reader gone)" },
} as const satisfies Record<string, { exitCode: number | undefined; meaning: string }>;

/** How a run ended. */
export type OutcomeKind = keyof typeof outcomes;

/** How a run ended when it was not by the command's own exit. */
export type FailureKind = Exclude<OutcomeKind, "exit">;

/** The table for `--help` and README: code, tab, meaning. */
export const describeExitCodes = (): string =>
  Object.values(outcomes)
    .map(({ exitCode, meaning }) => `  ${exitCode ?? "n  "}  ${meaning}`)
    .join("\n");

/** A machine that did not live to the end of what it was asked to do. Its logs are kept in `folder`. */
export class MachineFailure extends Error {
  readonly kind: FailureKind;
  /** Exit code of `bf lab` for this kind. */
  readonly exitCode: number;
  /** Where serial.log, console.log, registers.txt and the emulator's own log lie. */
  readonly folder: string;
  /** What happened, in a sentence. */
  readonly sentence: string;
  /** The last lines of the machine's logs (last-words.ts). */
  readonly lastWords: string;

  constructor(kind: FailureKind, detail: string, folder: string, lastWords = "") {
    const sentence = `${outcomes[kind].meaning}${detail === "" ? "" : `: ${detail}`} (logs: ${folder})`;
    super(`${sentence}${lastWords === "" ? "" : `\n${lastWords.trimEnd()}`}`);
    this.sentence = sentence;
    this.lastWords = lastWords;
    this.name = "MachineFailure";
    this.kind = kind;
    this.exitCode = outcomes[kind].exitCode;
    this.folder = folder;
  }
}
