// Which machines stay up, as a table and for programs

import { StandingMachine } from "./client.ts";
import { type MachineRecord, readRecord, takenNames } from "./records.ts";

export interface Listed extends Partial<MachineRecord> {
  readonly name: string;
  /** `starting` is what has no record yet. */
  readonly state: "up" | "dead" | "starting";
}

export const listStanding = (): Promise<Listed[]> =>
  Promise.all(
    takenNames().map(async (name): Promise<Listed> => {
      const isUp = await StandingMachine.isUp(name);
      const record = readRecord(name);
      if (record === undefined) return { name, state: "starting" };
      return isUp ? { ...record, state: "up" } : { ...record, state: "dead", ended: record.ended ?? KILLED };
    }),
  );

/** Its process could write nothing any more. */
const KILLED = "the process that kept it was killed";

const minutes = (since: string): string => {
  const passed = Math.floor((Date.now() - Date.parse(since)) / 60_000);
  return passed < 60 ? `${passed} min` : `${Math.floor(passed / 60)} h ${passed % 60} min`;
};

const columns: readonly { readonly title: string; readonly of: (machine: Listed) => string }[] = [
  { title: "NAME", of: ({ name }) => name },
  { title: "STATE", of: ({ state }) => state },
  { title: "MACHINE", of: ({ machine = "" }) => machine },
  { title: "CPUS", of: ({ smp = "" }) => String(smp) },
  { title: "MEMORY", of: ({ memory = "" }) => memory },
  { title: "FOR", of: ({ since }) => (since === undefined ? "" : minutes(since)) },
  { title: "LOGS, OR WHY IT DIED", of: ({ ended, folder = "" }) => ended ?? folder },
];

/** Lines of text, the first with titles; empty when there are none. */
export const tableOf = (machines: readonly Listed[]): string => {
  if (machines.length === 0) return "";
  const rows = [columns.map(({ title }) => title), ...machines.map((machine) => columns.map(({ of }) => of(machine)))];
  const widths = columns.map((_, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, index) => cell.padEnd(widths[index] ?? 0))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
};
