// Machines that stay up, by their names: a folder each, with a record and the socket of the process that keeps the machine
//
// The process is the machine's: when it ends, however that comes about, so does the emulator. What it leaves behind of a
// machine that died is the record, which then says why, until the name is used again.

import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LabError } from "../errors.ts";
import { cacheFolder } from "../paths.ts";

/** What is known of a machine without asking it. */
export interface MachineRecord {
  readonly name: string;
  /** Name in the table of machines. */
  readonly machine: string;
  readonly smp: number;
  readonly memory: string;
  readonly guests: boolean;
  /** The process that keeps it. */
  readonly pid: number;
  /** When it was up, as an ISO date. */
  readonly since: string;
  /** Where its logs are. */
  readonly folder: string;
  /** Why it is no more; without it, it runs. */
  readonly ended?: string;
}

const NAME = /^[a-z0-9][a-z0-9-]{0,31}$/;
const RECORD = "record.json";
const SOCKET = "socket";
/** Of a Unix socket's path, its end included. (unix(7)) */
const MOST_PATH_BYTES = 107;

const machinesFolder = (): string => join(cacheFolder(), "machines");

/**
 * The machine's folder, which need not be there.
 *
 * @throws LabError when that is no name
 */
const folderOf = (name: string): string => {
  if (!NAME.test(name)) {
    throw new LabError(
      `"${name}" is no name for a machine.`,
      "A name has small letters, digits and -, at most 32 of them, and does not begin with -.",
    );
  }
  return join(machinesFolder(), name);
};

/** The socket on which the machine is asked for something. Errors: as above. */
export const socketOf = (name: string): string => {
  const path = join(folderOf(name), SOCKET);
  if (Buffer.byteLength(path) > MOST_PATH_BYTES) {
    throw new LabError(`The path of a socket would be too long: ${path}`, "Set XDG_CACHE_HOME to a shorter one.");
  }
  return path;
};

export const readRecord = (name: string): MachineRecord | undefined => {
  const path = join(folderOf(name), RECORD);
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as MachineRecord) : undefined;
};

/** Nobody ever reads half of it. */
export const writeRecord = (record: MachineRecord): void => {
  const folder = folderOf(record.name);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, RECORD);
  writeFileSync(`${path}.new`, JSON.stringify(record));
  renameSync(`${path}.new`, path);
};

export const removeRecord = (name: string): void => {
  rmSync(folderOf(name), { recursive: true, force: true });
};

/** Makes the machine's folder; false when it is there already. */
export const claimName = (name: string): boolean => {
  mkdirSync(machinesFolder(), { recursive: true, mode: 0o700 });
  try {
    mkdirSync(folderOf(name), { mode: 0o700 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return false;
  }
};

/** Names that are taken, in order. */
export const takenNames = (): string[] =>
  existsSync(machinesFolder())
    ? readdirSync(machinesFolder())
        .filter((name) => NAME.test(name))
        .sort()
    : [];
