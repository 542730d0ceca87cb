// What the assembly's run loops and the processor do between ACTION_RUN and the kernel's handler of exits

import type { StructureView } from "./structure-view.ts";

/** One vendor's. */
export interface WorldSwitch {
  /** Physical address of the active VS's control block. */
  readonly block: bigint;
  /** Reads and writes a field of it, by the ABI's name. */
  get(name: string): bigint;
  set(name: string, value: bigint): void;
  /** Enters the guest with the general registers in the TCB; the reason when it exits at once. */
  enter(tcb: StructureView): bigint | undefined;
  /** The guest exits: what the processor and the assembly store. Result: what the kernel is told. */
  leave(reason: bigint, tcb: StructureView): number;
}
