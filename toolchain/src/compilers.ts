// A few warm compilers, one thread each

import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { COMPILER_PACKAGES, type Runtime } from "./asc-options.ts";
import type { CompileRequest, CompileResult } from "./assemblyscript.ts";
import { BuildError } from "./errors.ts";

interface Job {
  readonly request: CompileRequest;
  readonly resolve: (result: CompileResult) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Threads start when first needed, and they stay warm until `close`. Idle ones keep no process alive.
 */
export class Compilers {
  /** A thread has one of the two compilers. */
  readonly #idle: Readonly<Record<Runtime, Worker[]>> = { none: [], managed: [] };
  readonly #waiting: Job[] = [];
  readonly #busy = new Map<Worker, Job>();
  readonly #most: number;

  /** @param most So many threads are busy at once: fewer use less processor time, since each has to warm up */
  constructor(most = availableParallelism()) {
    this.#most = most;
  }

  compile(request: CompileRequest): Promise<CompileResult> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ request, resolve, reject });
      this.#next();
    });
  }

  async close(): Promise<void> {
    const { none, managed } = this.#idle;
    const workers = [...none.splice(0), ...managed.splice(0), ...this.#busy.keys()];
    this.#busy.clear();
    await Promise.all(workers.map((worker) => worker.terminate()));
  }

  #next(): void {
    const job = this.#waiting[0];
    if (job === undefined || this.#busy.size >= this.#most) return;
    this.#waiting.shift();
    const runtime = job.request.runtime ?? "none";
    const worker = this.#idle[runtime].pop() ?? this.#start(runtime);
    this.#busy.set(worker, job);
    worker.ref();
    worker.postMessage(job.request);
  }

  #start(runtime: Runtime): Worker {
    const workerData = { runtime, package: COMPILER_PACKAGES[runtime] };
    const worker = new Worker(new URL("./compile-worker.mjs", import.meta.url), { execArgv: [], workerData });
    worker.on("message", (result: CompileResult) => {
      const job = this.#busy.get(worker);
      this.#busy.delete(worker);
      this.#idle[runtime].push(worker);
      worker.unref();
      job?.resolve(result);
      this.#next();
    });
    worker.on("error", (error) => this.#lost(worker, error));
    worker.on("exit", () => this.#lost(worker, new BuildError("The AssemblyScript compiler crashed.")));
    return worker;
  }

  /** A thread ended: its job fails, the next one gets a new thread. */
  #lost(worker: Worker, error: Error): void {
    const job = this.#busy.get(worker);
    this.#busy.delete(worker);
    job?.reject(error);
    this.#next();
  }
}
