// vCPUs: a VS of the microkernel's, the page that it shares with its caller, and what a guest's processor has beside
//
// Whoever runs a vCPU, or reads or writes its registers, acquires it first: one processor at a time. Its VS comes to that
// processor then.

import {
  compareExchange32,
  nativeAddress,
  ownMemory,
  peek64,
  poke64,
  processorNumber,
  storeRelease32,
  Vs,
} from "@bareflank/sdk";
import { MV_MAX_VPS, MV_PAGE_APIC_BASE } from "../../../abi/generated/bare/hypercalls";
import { GuestVp } from "./vp";

/** Who has it. */
const FREE: u32 = 0;
const ACQUIRED: u32 = 1;
/** None of these is in use. */
export const UNUSED: u32 = 2;

/** The handler of an NMI: there is none, there is one, it is at its IRET, is stepped over that. */
export const NMI_NOT_HANDLED: u32 = 0;
export const NMI_HANDLED: u32 = 1;
export const NMI_RETURNING: u32 = 2;
export const NMI_STEPPING: u32 = 3;

@unmanaged
export class Vcpu {
  /** FREE, ACQUIRED or UNUSED: for the atomic operations. */
  owner: u32 = 0;
  /** Its number. */
  id: u32 = 0;
  vsId: u32 = 0;
  vp!: GuestVp;
  /** The processor that its VS belongs to. */
  ppid: u32 = 0;
  /** The page that it shares with its caller: physical address. */
  page: u64 = 0;
  /** A page of MvCpuids: physical address, and how many there are. */
  cpuids: u64 = 0;
  cpuidCount: u32 = 0;
  /** An IN waits for its datum: so many bytes; 0: none. */
  pendingInput: u32 = 0;
  /** An access to an MSR that its caller has been told of, at which the guest is still: MSR_*; 0: none (msr-access.ts). */
  pendingMsr: u32 = 0;
  /** Whether its caller has allowed the access that it was told of last, of which MSR, and 1 when that is a WRMSR. */
  isMsrAllowed: u32 = 0;
  allowedMsr: u32 = 0;
  isWriteAllowed: u32 = 0;
  /** Whether MSRs of its VS exit that would not by themselves. */
  hasClosedMsrs: u32 = 0;
  /** MV_OPTION_*. */
  options: u32 = 0;
  /** Who waits for an exit when the guest can take an interrupt: WINDOW_* (run.ts). */
  window: u32 = 0;
  /** Its page is shown to its caller. */
  isShared: u32 = 0;
  exits: u64 = 0;
  /** CR8 as its VS has it. */
  priority: u64 = 0;
  /** A page for its XSAVE area, while that is read or written. */
  fpu: u64 = 0;
  /** Bits of CR4 that the guest may set (control-bits.ts). */
  cr4Bits: u64 = 0;
  /** A page of MSRs that nothing but the guest uses (msrs.ts). */
  msrs: u64 = 0;
  /** Whether an NMI waits; NMI_*: whether one is handled, and the IRET that ends that (nmi.ts). */
  nmiWaits: u32 = 0;
  nmiState: u32 = 0;
  nmiReturn: u64 = 0;
  /** A page of its local APIC (irqchip/apic-page.ts); 0: it has none. */
  apic: u64 = 0;
  /** Whether its writes of CR8 exit, as the next interrupt waits for one. */
  watchesPriority: u32 = 0;
  /** RFLAGS.TF and DR6 before a step over that IRET (iret-step.ts). */
  nmiFlags: u32 = 0;
  nmiConditions: u64 = 0;

  get vs(): Vs {
    return Vs.of(this.vsId);
  }
  /** Where the extension sees a field of the shared page. */
  shared(offset: u32): u64 {
    return ownMemory(this.page) + offset;
  }

  /** The local APIC's base: the page has it. */
  get apicBase(): u64 {
    return peek64(this.shared(MV_PAGE_APIC_BASE));
  }
  set apicBase(value: u64) {
    poke64(this.shared(MV_PAGE_APIC_BASE), value);
  }
}

const vcpus: usize = memory.data(MV_MAX_VPS * offsetof<Vcpu>(), 8);

/** Has all places unused: once, before anything else. */
export function initVcpus(): void {
  for (let id: u32 = 0; id < MV_MAX_VPS; id++) vcpuAt(id).owner = UNUSED;
}

/** Acquires the vCPU with a number for this processor; null: there is none, or somebody has it. */
export function acquireVcpu(id: u64): Vcpu | null {
  if (id >= MV_MAX_VPS) return null;
  const vcpu = vcpuAt(<u32>id);
  if (compareExchange32(ownerOf(vcpu), FREE, ACQUIRED) != FREE) return null;
  const here = processorNumber();
  if (vcpu.ppid != here) {
    vcpu.vs.moveTo(here);
    vcpu.ppid = here;
  }
  return vcpu;
}

/** Lets others have it. */
export function releaseVcpu(vcpu: Vcpu): void {
  storeRelease32(ownerOf(vcpu), FREE);
}

export function vcpuAt(id: u32): Vcpu {
  return changetype<Vcpu>(vcpus + <usize>id * offsetof<Vcpu>());
}

export function ownerOf(vcpu: Vcpu): u64 {
  return nativeAddress(<u32>changetype<usize>(vcpu));
}
