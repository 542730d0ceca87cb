// Runs a virtual processor in a thread of its own

import { extname } from "node:path";
import { MessageChannel, Worker } from "node:worker_threads";
import type { Ending } from "./ending.ts";
import { VmmError } from "./errors.ts";
import type { ExitKind } from "./exits.ts";
import {
  type Access,
  control,
  type Devices,
  type FromWorker,
  type ToWorker,
  type WorkerInput,
} from "./thread-messages.ts";
import type { Vcpu } from "./vcpu.ts";
import type { VirtualMachine } from "./virtual-machine.ts";

export interface ThreadOptions {
  readonly devices?: Devices;
  /** Gets what the guest writes to its serial port, line by line. */
  readonly onConsole?: (bytes: Uint8Array) => void;
  /**
   * Serves accesses to ports and memory where nothing is; of a read, returns the value. The guest waits meanwhile. Without it,
   * reads give ones and writes go nowhere.
   */
  readonly onAccess?: (access: Access) => bigint | number | undefined | Promise<bigint | number | undefined>;
}

/** How a run ended, and what it took. */
export interface RunResult {
  readonly ending: Ending;
  /** Exits to this process, by kind. */
  readonly exits: Readonly<Partial<Record<ExitKind, number>>>;
}

/** Beside this file: as source, or bundled. */
const workerFile = new URL(`./vcpu-worker${extname(import.meta.url)}`, import.meta.url);

/** A virtual processor's thread. It runs once. */
export class VcpuThread {
  readonly #vcpu: Vcpu;
  readonly #options: ThreadOptions;
  readonly #flags = new Int32Array(new SharedArrayBuffer(4 * Object.keys(control).length));
  readonly #channel = new MessageChannel();
  readonly #input: WorkerInput;
  #worker: Worker | undefined;

  constructor(vm: VirtualMachine, vcpu: Vcpu, options: ThreadOptions = {}) {
    this.#vcpu = vcpu;
    this.#options = options;
    this.#input = {
      vm: vm.handle,
      vcpu: vcpu.handle,
      devices: options.devices ?? {},
      asks: options.onAccess !== undefined,
      flags: this.#flags,
      port: this.#channel.port2,
    };
    // Nothing arrives here; it must not keep the process.
    this.#channel.port1.unref();
  }

  /**
   * Runs the guest to its end.
   *
   * @throws what happened in the thread, or in `onAccess`; the thread has ended then, too
   */
  async run(): Promise<RunResult> {
    if (this.#worker !== undefined) throw new VmmError("This thread has run already: make another one.");
    const worker = new Worker(workerFile, { workerData: this.#input, transferList: [this.#channel.port2] });
    this.#worker = worker;
    // Node.js waits for its threads when it ends, and this one may be in KVM_RUN for ever.
    const stop = () => this.stop();
    process.once("exit", stop);
    try {
      return await new Promise<RunResult>((resolve, reject) => {
        worker.on("message", (message: FromWorker) => {
          if (message.kind === "console") this.#options.onConsole?.(message.bytes);
          else if (message.kind === "access") this.#answer(message.access).catch(reject);
          else resolve({ ending: message.ending, exits: message.exits });
        });
        worker.on("error", reject);
        worker.on("exit", () => reject(new VmmError("The virtual processor's thread ended without a word.")));
      });
    } finally {
      process.off("exit", stop);
      this.stop();
      await worker.terminate();
      this.#channel.port1.close();
    }
  }

  /** Ends the guest: `run` returns "stopped". */
  stop(): void {
    Atomics.store(this.#flags, control.stop, 1);
    this.#wake();
    this.#vcpu.kick();
  }

  /** Bytes for the guest's serial port. */
  send(bytes: Uint8Array): void {
    this.#post({ kind: "input", bytes });
    this.#vcpu.kick();
  }

  async #answer(access: Access): Promise<void> {
    const value = BigInt((await this.#options.onAccess?.(access)) ?? 0);
    this.#post({ kind: "answer", value });
  }

  #post(message: ToWorker): void {
    this.#channel.port1.postMessage(message);
    this.#wake();
  }

  #wake(): void {
    Atomics.add(this.#flags, control.wake, 1);
    Atomics.notify(this.#flags, control.wake);
  }
}
