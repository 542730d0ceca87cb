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
  readonly #jobs: Job[] = [];
  readonly #all = new Set<Worker>();

  compile(request: CompileRequest): Promise<CompileResult> {
    return new Promise((resolve, reject) => {
      this.#jobs.push({ request, resolve, reject });
      this.#next();
    });
  }

  async close(): Promise<void> {
    await Promise.all([...this.#all].map((worker) => worker.terminate()));
    this.#all.clear();
    this.#idle.length = 0;
  }

  #next(): void {
    if (this.#jobs.length === 0) return;
    const worker = this.#idle.pop() ?? this.#start();
    const job = worker === undefined ? undefined : this.#jobs.shift();
    if (worker === undefined || job === undefined) return;
    const end = (settle: () => void) => {
      worker.removeAllListeners();
      settle();
      this.#next();
    };
    worker.once("message", (result: CompileResult) => {
      this.#idle.push(worker);
      end(() => job.resolve(result));
    });
    worker.once("error", (error) => {
      this.#all.delete(worker);
      end(() => job.reject(error));
    });
    worker.once("exit", () => {
      this.#all.delete(worker);
      end(() => job.reject(new BuildError("The AssemblyScript compiler crashed; its report stands above.")));
    });
    worker.postMessage(job.request);
  }

  #start(): Worker | undefined {
    if (this.#all.size >= availableParallelism()) return undefined;
    const worker = new Worker(new URL("./compile-worker.mjs", import.meta.url), { execArgv: [] });
    this.#all.add(worker);
    return worker;
  }
}
