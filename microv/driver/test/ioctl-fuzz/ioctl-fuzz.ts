// Random ioctls of a KVM from several threads at once: `node ioctl-fuzz.mjs SEED SECONDS THREADS`
//
// The threads have one table of files, so one closes what another one runs. Each maps and unmaps its own pages of vCPUs, and
// pieces of the memory that guests have. A timer takes each out of KVM_RUN.

import { spawnSync } from "node:child_process";
import { closeSync, constants, openSync } from "node:fs";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { Files } from "./files.ts";
import { Thread } from "./thread.ts";

interface Task {
  readonly seed: number;
  readonly seconds: number;
  readonly table: SharedArrayBuffer;
  readonly device: number;
  readonly memory: bigint;
}

async function main(): Promise<void> {
  const [seed = 1, seconds = 10, threads = 3] = process.argv.slice(2).map(Number);
  const device = openSync(process.env.BAREFLANK_KVM ?? "/dev/kvm", constants.O_RDWR);
  const files = Files.create();
  const memory = Thread.mapArena();
  const started = Array.from({ length: threads }, (_, index) => {
    const data: Task = { seed: seed * 100 + index, seconds, table: files.table, device, memory };
    // A thread closes what another one has opened
    return new Worker(new URL(import.meta.url), { workerData: data, trackUnmanagedFds: false });
  });
  const tallies = await Promise.all(
    started.map(
      (worker) =>
        new Promise<ReadonlyMap<string, number>>((resolve, reject) => {
          worker.once("message", resolve).once("error", reject);
        }),
    ),
  );
  files.closeAll();
  closeSync(device);
  const all = new Map<string, number>();
  for (const tally of tallies) for (const [name, count] of tally) all.set(name, (all.get(name) ?? 0) + count);
  for (const [name, count] of [...all].sort()) process.stdout.write(`${name} ${count}\n`);
}

/** What begins a process has the files until it becomes another program. */
const beginProcess = (): void => {
  spawnSync("/bin/true");
};

if (isMainThread) await main();
else {
  const { seed, seconds, table, device, memory } = workerData as Task;
  const thread = new Thread(seed, device, new Files(table), memory, beginProcess);
  parentPort?.postMessage(thread.run(seconds));
}
