// Starting a machine that stays up

import { spawn } from "node:child_process";
import { join } from "node:path";
import { LabError } from "../errors.ts";
import type { LinuxOptions } from "../linux/options.ts";
import { RequestFailure, StandingMachine } from "./client.ts";
import type { Order, Report } from "./process.ts";
import { claimName, type MachineRecord, readRecord, removeRecord } from "./records.ts";

/** Takes the name, of a machine that died if need be. */
const take = async (name: string): Promise<void> => {
  if (claimName(name)) return;
  if (await StandingMachine.isUp(name)) {
    throw new LabError(`The machine "${name}" is up already.`, `End it: bf lab down ${name}`);
  }
  const record = readRecord(name);
  if (record !== undefined) removeRecord(name);
  if (record === undefined || !claimName(name)) {
    throw new LabError(`Somebody else starts the machine "${name}".`, `When nobody does: bf lab down ${name}`);
  }
};

/**
 * Boots a machine that stays up behind the end of this process, under a name.
 *
 * @param name small letters, digits and -
 * @throws LabError when it cannot be made, or the name is taken
 * @throws RequestFailure when it does not come up
 */
export const startStanding = async (name: string, options: LinuxOptions): Promise<MachineRecord> => {
  await take(name);
  const { onNote, ...rest } = options;
  const child = spawn(process.execPath, [...process.execArgv, join(import.meta.dirname, "process.ts")], {
    detached: true,
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  const order: Order = { name, options: { ...rest, terminal: true } };
  try {
    return await new Promise<MachineRecord>((resolve, reject) => {
      child.on("message", (report: Report) => {
        if ("note" in report) onNote?.(report.note);
        else if ("record" in report) resolve(report.record);
        else reject(new RequestFailure(report.failure));
      });
      child.once("error", reject);
      child.once("exit", (code, signal) =>
        reject(new LabError(`The process that keeps the machine ended: ${signal ?? `exit code ${code}`}.`)),
      );
      child.send(order, (error) => error !== null && reject(error));
    });
  } catch (error) {
    removeRecord(name);
    throw error;
  } finally {
    child.removeAllListeners().unref();
    if (child.connected) child.disconnect();
  }
};
