// How a command of the lab speaks to people, and ends

import { constants } from "node:os";
import { LabError } from "./errors.ts";
import { MachineFailure, outcomes } from "./outcome.ts";

export const note = (text: string): void => {
  process.stderr.write(`lab: ${text}\n`);
};

/** Ends the lab as a signal would, but with its exit handlers, which clean up; the logs stay. */
const onSignal = (signal: NodeJS.Signals): never => process.exit(128 + constants.signals[signal]);

/** A machine's failure and the lab's own errors become a sentence and an exit code. */
export const endingWithCode = async (action: () => Promise<number>): Promise<void> => {
  process.once("SIGINT", onSignal).once("SIGTERM", onSignal).once("SIGHUP", onSignal);
  try {
    process.exitCode = await action();
  } catch (error) {
    if (error instanceof MachineFailure) {
      note(error.message);
      process.exitCode = error.exitCode;
    } else if (error instanceof LabError) {
      note(error.message);
      if (error.hint !== "") {
        note(error.hint);
      }
      process.exitCode = outcomes["lab-error"].exitCode;
    } else {
      throw error;
    }
  } finally {
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal).off("SIGHUP", onSignal);
  }
};
