// A few warm compilers, one thread each

import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { CompileRequest, CompileResult } from "./assemblyscript.ts";
import { BuildError } from "./errors.ts";

interface Job {
  readonly request: CompileRequest;
  readonly resolve: (result: CompileResult) => void;
  readonly reject: (error: Error) => void;
}

/** Threads start when first needed, at most one per processor, and stay warm until `close`. */
export class Compilers {
  readonly #idle: Worker[] = [];
  readonly #waiting: Job[] = [];
  readonly #busy = new Map<Worker, Job>();

  compile(request: CompileRequest): Promise<CompileResult> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ request, resolve, reject });
      this.#next();
    });
  }

  async close(): Promise<void> {
    const workers = [...this.#idle.splice(0), ...this.#busy.keys()];
    this.#busy.clear();
    await Promise.all(workers.map((worker) => worker.terminate()));
  }

  #next(): void {
    if (this.#waiting.length === 0) return;
    const worker = this.#idle.pop() ?? this.#start();
    const job = worker === undefined ? undefined : this.#waiting.shift();
    if (worker === undefined || job === undefined) return;
    this.#busy.set(worker, job);
    worker.postMessage(job.request);
  }

  #start(): Worker | undefined {
    if (this.#busy.size >= availableParallelism()) return undefined;
    const worker = new Worker(new URL("./compile-worker.mjs", import.meta.url), { execArgv: [] });
    worker.on("message", (result: CompileResult) => {
      const job = this.#busy.get(worker);
      this.#busy.delete(worker);
      this.#idle.push(worker);
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
