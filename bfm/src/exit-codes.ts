// bfm's exit codes: one table for the code, the help and the manual

/** What a script can tell from `$?`. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  noDriver: 3,
  corrupt: 4,
  file: 5,
  output: 6,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** The table as `--help` and the README show it. */
export const exitCodeTexts: readonly (readonly [ExitCode, string])[] = [
  [exitCodes.ok, "it worked"],
  [exitCodes.failed, "the operation failed, and the machine is as it was before"],
  [exitCodes.usage, "wrong usage: unknown command, option or argument"],
  [exitCodes.noDriver, "the driver is missing, of another release, or not for this user"],
  [exitCodes.corrupt, "a processor is lost: reboot"],
  [exitCodes.file, "a file is missing, or no kernel or extension"],
  [exitCodes.output, "what was asked for is done, but the output could not be written (disk full, reader gone)"],
  [exitCodes.interrupted, "interrupted (Ctrl-C); bfm status tells whether a processor was lost"],
];
