// One processor: what the loader knows of it, and where its part of the hypervisor lies

import { BOOT_REPORT_PHASE, PHASE_NONE } from "../../abi/generated/bare/boot";
import { loadAcquire32 } from "../../bsl/src/atomic";
import { nativeAddress } from "../../bsl/src/memory";
import { MAX_CPUS } from "./limits";

/** The operating system has it. */
export const STAGE_OUTSIDE: u32 = 0;
/** On its way into the VM. */
export const STAGE_ENTERING: u32 = 1;
/** The operating system runs in a VM there. */
export const STAGE_INSIDE: u32 = 2;
/** Given up while it was on its way. */
export const STAGE_LOST: u32 = 3;

/** The operating system has it offline, where another loader has started it: in the VM, and out of reach. */
export const STAGE_PARKED: u32 = 4;

/** Whether a processor says of itself that it is inside: nobody has asked, or its extension does not say so; it did; it does not any more. */
export const MARK_NONE: u32 = 0;
export const MARK_THERE: u32 = 1;
export const MARK_GONE: u32 = 2;

/** No processor. */
export const NONE: u32 = 0xffff_ffff;

/** Registers of a hypercall, RAX to R9, and where they lie in Processor.snapshots: behind the snapshots. */
export const CALL_BYTES: u64 = 64;
const CALL_OFFSET: u64 = 0xc00;

/** A processor by its index: 0 is the first that is started, the kernel's PP 0. */
@unmanaged
export class Processor {
  /** STAGE_*; changed atomically, because the starter gives up while the processor arrives. */
  stage: u32 = 0;
  /** ERROR_* of the last operation on it. */
  error: u32 = 0;
  /** The error's detail. */
  detail: u64 = 0;
  /** Its BootArgs, in the operating system's address space; out of reach while the operating system is a VM. */
  args: u64 = 0;
  /** Its BootReport; 0 before there is any. */
  report: u64 = 0;
  /** Its SavedState. */
  state: u64 = 0;
  /** Physical address of its top-level page table. */
  rootPhysical: u64 = 0;
  /** A page with copies of its registers, for comparison, and with those of a hypercall. */
  snapshots: u64 = 0;
  /** CPU_FEATURE_* that it has. */
  features: u32 = 0;
  /** VENDOR_*. */
  vendor: u32 = 0;
  /** MITIGATION_* that it needs, and EXPOSED_* that holds of it. */
  mitigations: u32 = 0;
  exposures: u32 = 0;
  /** 1: another loader has started it, and its stop ends here all the same. */
  adopted: u32 = 0;
  /** MARK_*. */
  mark: u32 = 0;
  /** What it has in SPEC_CTRL while in host mode, with MITIGATION_SPEC_CTRL. */
  hostSpecCtrl: u64 = 0;
}

/** One more for a processor of which nobody knows yet which one it is (found.ts). */
const processors: usize = memory.data((MAX_CPUS + 1) * offsetof<Processor>(), 8);
let count: u32 = 0;

/** Forgets all processors and begins with `cpus` new ones. */
export function resetProcessors(cpus: u32): void {
  memory.fill(processors, 0, (MAX_CPUS + 1) * offsetof<Processor>());
  count = cpus;
}

/** Processors of the current start. */
export function processorCount(): u32 {
  return count;
}

/** Processor `index`. */
export function processorAt(index: u32): Processor {
  return changetype<Processor>(processors + <usize>index * offsetof<Processor>());
}

/** Native address of a processor's stage. */
export function stageAddress(processor: Processor): u64 {
  return nativeAddress(<u32>changetype<usize>(processor));
}

/** Native address of the registers of the hypercall that a processor is to make. */
export function callRegisters(processor: Processor): u64 {
  return processor.snapshots + CALL_OFFSET;
}

/** PHASE_* that a processor has reached. */
export function phaseOf(processor: Processor): u32 {
  return processor.report === 0 ? PHASE_NONE : loadAcquire32(processor.report + BOOT_REPORT_PHASE);
}

/** Whether a processor is inside, as far as it says itself: one that did and does not was reset behind everybody's back, by a sleep for instance. */
export function isThere(processor: Processor): bool {
  return processor.stage === STAGE_INSIDE && processor.mark !== MARK_GONE;
}

/** Processors on which the operating system runs in a VM. */
export function insideCount(): u32 {
  let inside: u32 = 0;
  for (let i: u32 = 0; i < count; i++) if (processorAt(i).stage === STAGE_INSIDE) inside++;
  return inside;
}

/** Index of the processor that is on its way into the VM, or was lost on it, or NONE. */
export function enteringIndex(): u32 {
  for (let i: u32 = 0; i < count; i++) {
    const stage = processorAt(i).stage;
    if (stage === STAGE_ENTERING || stage === STAGE_LOST) return i;
  }
  return NONE;
}
