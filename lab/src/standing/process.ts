// The process that keeps a machine: `bf lab up` starts it, and lets it go when the machine is up
//
// Until then the two talk by messages: the options come first; notes, and a record or a failure go back.

import { atEnd } from "../cleanup.ts";
import { LinuxMachine } from "../linux/machine.ts";
import type { LinuxOptions } from "../linux/options.ts";
import type { Failure } from "./frames.ts";
import { failureOf, Keeper } from "./keeper.ts";
import { type MachineRecord, removeRecord, socketOf, writeRecord } from "./records.ts";

/** To the process. */
export interface Order {
  readonly name: string;
  readonly options: LinuxOptions;
}

/** From it. */
export type Report = { readonly note: string } | { readonly record: MachineRecord } | { readonly failure: Failure };

const report = (message: Report): void => {
  // Whoever started it may have gone: then nobody wants the machine
  process.send?.(message, (error: Error | null) => error !== null && process.exit(1));
};

const keep = async ({ name, options }: Order): Promise<void> => {
  const linux = await LinuxMachine.boot({ ...options, onNote: (note) => report({ note }) });
  const record: MachineRecord = {
    name,
    machine: options.machine ?? "amd",
    smp: options.smp ?? 1,
    memory: options.memory ?? "1G",
    guests: options.guests === true,
    pid: process.pid,
    since: new Date().toISOString(),
    folder: linux.folder,
  };
  const keeper = new Keeper(linux, async () => {
    keeper.close();
    await linux.close();
    // Before anybody is told: the name may be another machine's at once
    forget();
    removeRecord(name);
  });
  await keeper.listen(socketOf(name));
  writeRecord(record);
  const forget = atEnd(() => removeRecord(name));
  linux.failure.then(({ sentence }) => {
    keeper.close();
    forget();
    writeRecord({ ...record, ended: sentence });
  });
  report({ record });
  process.off("disconnect", giveUp).disconnect();
};

/** Whoever started it has gone before the machine was up. */
const giveUp = (): never => process.exit(1);

process.once("disconnect", giveUp).once("message", (order: Order) => {
  keep(order).catch((error: unknown) => {
    removeRecord(order.name);
    report({ failure: failureOf(error) });
    process.off("disconnect", giveUp).disconnect();
  });
});
