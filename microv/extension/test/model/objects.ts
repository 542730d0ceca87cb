// Hypercalls, and the objects that they name, as the model has them

import type { AddressSpace } from "./address-space.ts";
import type { RegisterFile } from "./registers.ts";

/** RAX, R10 to R14 of a hypercall: changed. */
export interface Call {
  rax: bigint;
  r10: bigint;
  r11: bigint;
  r12: bigint;
  r13: bigint;
  r14: bigint;
}

export interface ModelVm {
  readonly memory: AddressSpace;
  vps: number;
  /** MV_OPTION_*. */
  options: number;
  /** MV_IRQCHIP_*; undefined: it has no interrupt controllers. */
  irqchip?: number;
}

export interface ModelVp {
  readonly vm: ModelVm;
  hasVs: boolean;
}

export interface ModelVs {
  readonly vp: ModelVp;
  /** Physical address of the page that it shares. */
  readonly page: bigint;
  readonly registers: RegisterFile;
  /** Words of MvCpuids. */
  readonly cpuids: Uint8Array;
  cpuidCount: number;
  readonly fpu: Uint8Array;
  /** MV_OPTION_*. */
  options: number;
  /** The ID of its local APIC; undefined: it has none. */
  apic?: number;
  /** Whether an interrupt of the caller's 8259 pair waits there. */
  hasExternal?: boolean;
}
