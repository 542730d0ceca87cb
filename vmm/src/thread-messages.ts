// What a virtual processor's thread and the main thread tell one another

import type { MessagePort } from "node:worker_threads";
import type { Ending } from "./ending.ts";
import type { VcpuHandle } from "./vcpu.ts";
import type { VmHandle } from "./virtual-machine.ts";

/** Devices in a virtual processor's thread. */
export interface Devices {
  /** A 16550 at COM1: the console. */
  readonly serial?: boolean;
  /** Two 8259 and an 8254, where there are no interrupt controllers in the kernel. */
  readonly interrupts?: boolean;
  /** An MC146818. */
  readonly clock?: boolean;
  /** The port whose write ends the guest. */
  readonly exitPort?: number;
}

/** The guest reached a port or memory where nothing is. */
export interface Access {
  readonly kind: "io" | "mmio";
  readonly direction: "read" | "write";
  /** The port, or the guest physical address. */
  readonly address: bigint;
  /** 1 to 8. */
  readonly sizeBytes: number;
  /** What is written. */
  readonly value: bigint | undefined;
}

/** Words of `flags`. */
export const control = { stop: 0, wake: 1, handled: 2 } as const;

export interface WorkerInput {
  readonly vm: VmHandle;
  readonly vcpu: VcpuHandle;
  readonly devices: Devices;
  /** Whether the main thread answers accesses; otherwise reads give ones. */
  readonly asks: boolean;
  readonly flags: Int32Array;
  readonly port: MessagePort;
}

export type FromWorker =
  | { readonly kind: "console"; readonly bytes: Uint8Array }
  | { readonly kind: "access"; readonly access: Access }
  | { readonly kind: "ended"; readonly ending: Ending; readonly exits: Readonly<Record<string, number>> };

export type ToWorker =
  | { readonly kind: "input"; readonly bytes: Uint8Array }
  | { readonly kind: "answer"; readonly value: bigint };
